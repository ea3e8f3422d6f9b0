"""The data that the detectors are trained on, read from a folder that is given.

Only sources whose licence lets a trained model be given away are named here; the model card
(``docs/screening-model.md``) lists each with its licence. No text of theirs goes into the project.
"""

import csv
import gzip
import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

csv.field_size_limit(sys.maxsize)


@dataclass(frozen=True, slots=True)
class Row:
    """One text. The labels are 1, 0 or None for none: rules kept, and rules broken."""

    key: str
    text: str
    english: int | None
    full_sentences: int | None
    abusive: int | None
    personal: int | None
    soft: float | None
    context: str
    original: dict[str, Any]


def read(folder: Path, name: str) -> Iterator[Row]:
    """Yield the rows of one source.

    :raises FileNotFoundError: where the folder lacks it
    """
    with gzip.open(folder / f"{name}.csv.gz", "rt", encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            yield Row(
                row["id"],
                row["text"],
                *(
                    int(row[column]) if row[column] in {"0", "1"} else None
                    for column in ("english", "full_sentences", "abusive", "personal")
                ),
                float(row["soft"]) if row["soft"] not in {"", "None"} else None,
                row["context"],
                json.loads(row["orig"] or "{}"),
            )
