"""Draw the demo paper's pictures: tools/draw_pictures.py [NAME…]; all of them without a name.

Writes broadsheet/demo/pictures/<name>.avif, with Chromium. Run `make prepare` afterwards.
"""

import io
import sys
import zlib
from importlib import import_module
from pathlib import Path

from drawing.svg import PICTURES, Sheet
from PIL import Image
from playwright.sync_api import sync_playwright

# No page prints a picture any wider.
KEPT = (1440, 960)
INTO = Path(__file__).parents[1] / "broadsheet" / "demo" / "pictures"


def main(names: list[str]) -> None:
    for module in ("harbour", "port", "town", "land", "sky", "charts", "things"):
        import_module(f"drawing.{module}")
    unknown = [name for name in names if name not in PICTURES]
    if unknown:
        raise SystemExit(f"There is no {unknown[0]!r}; these are: {', '.join(sorted(PICTURES))}")
    INTO.mkdir(exist_ok=True)
    with sync_playwright() as play:
        browser = play.chromium.launch(
            executable_path="/usr/bin/chromium", args=["--no-sandbox", "--force-color-profile=srgb"]
        )
        for name in names or PICTURES:
            sheet = Sheet(zlib.crc32(name.encode()))
            PICTURES[name](sheet)
            page = browser.new_page(viewport={"width": sheet.width, "height": sheet.height})
            page.set_content(f"<style>body{{margin:0}}svg{{display:block}}</style>{sheet}")
            shot = Image.open(io.BytesIO(page.screenshot()))
            page.close()
            file = INTO / f"{name}.avif"
            shot.convert("RGB").resize(KEPT, Image.Resampling.LANCZOS).save(file, quality=74)
            print(f"{name}: {file.stat().st_size // 1024} kB")
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1:])
