"""The options of the demo paper, as they stand in its ``broadsheet.toml``."""

import json
import tomllib
from pathlib import Path

HERE = Path(__file__).parent


def of_demo() -> str:
    """Return the text of the demo paper's ``broadsheet.toml``."""
    told = tomllib.loads((HERE / "paper.toml").read_text(encoding="utf-8"))
    # TOML writes a text as JSON does.
    text = {
        "paper_name": told["name"],
        "paper_tagline": told["tagline"],
        "time_zone": told["time_zone"],
        "language": told["language"],
        "mail_url": "file:mail",
        "mail_from": told["mail_from"],
    }
    lines = [f"{name} = {json.dumps(value, ensure_ascii=False)}" for name, value in text.items()]
    return (
        "# The options of the demo paper. All that there are: docs/running/settings.md.\n"
        "# Mail goes to the folder `mail`, one file to a letter.\n" + "\n".join(lines) + "\n"
    )
