"""The report of a run: what was read, and every reason why something did not come in."""

import json
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, NamedTuple

MOST_PLACES = 20
MOST_REASONS = 2000


@dataclass(slots=True)
class Warned:
    reason: str
    count: int = 0
    places: list[str] = field(default_factory=list)


class Mark(NamedTuple):
    """How far a report was at some moment. Refusals are for good."""

    imported: int
    already_there: int
    warned: dict[str, tuple[int, int]]


class Report:
    """Counts, refusals and warnings. Memory does not grow with the refusals: they go to disk.

    ``read`` is always ``imported + already_there + refused``.
    """

    def __init__(self) -> None:
        self.imported = 0
        self.already_there = 0
        self.refused = 0
        self.warned: dict[str, Warned] = {}
        self._refusals: IO[str] = tempfile.TemporaryFile("w+", encoding="utf-8")  # noqa: SIM115

    @property
    def read(self) -> int:
        return self.imported + self.already_there + self.refused

    def refuse(self, place: str, reason: str) -> None:
        self.refused += 1
        self._refusals.seek(0, 2)
        self._refusals.write(json.dumps([place, reason]) + "\n")

    def warn(self, place: str, reason: str) -> None:
        """Note something about a story that came in; equal reasons are told once, with places."""
        if reason not in self.warned and len(self.warned) >= MOST_REASONS:
            reason = "further warnings of other kinds"
        known = self.warned.setdefault(reason, Warned(reason))
        known.count += 1
        if len(known.places) < MOST_PLACES:
            known.places.append(place)

    def mark(self) -> Mark:
        """Return how far the report is, for ``back``."""
        warned = {one.reason: (one.count, len(one.places)) for one in self.warned.values()}
        return Mark(self.imported, self.already_there, warned)

    def back(self, mark: Mark) -> None:
        """Forget what came in, and what was said of it, since a mark."""
        self.imported, self.already_there = mark.imported, mark.already_there
        self.warned = {reason: self.warned[reason] for reason in mark.warned}
        for reason, (count, places) in mark.warned.items():
            known = self.warned[reason]
            known.count = count
            del known.places[places:]

    def refusals(self) -> Iterator[dict[str, str]]:
        """Yield every refusal."""
        self._refusals.seek(0)
        for line in self._refusals:
            place, reason = json.loads(line)
            yield {"place": place, "reason": reason}

    def warnings(self) -> list[dict[str, Any]]:
        return [
            {"reason": one.reason, "count": one.count, "places": one.places}
            for one in self.warned.values()
        ]

    def write(self, path: Path) -> None:
        """Write the report as JSON.

        :raises OSError: when the file can't be written
        """
        with path.open("w", encoding="utf-8") as stream:
            counts = {
                "read": self.read,
                "imported": self.imported,
                "already_there": self.already_there,
            }
            stream.write(json.dumps(counts)[:-1] + ', "refused": [')
            for number, one in enumerate(self.refusals()):
                stream.write(("," if number else "") + "\n  " + json.dumps(one, ensure_ascii=False))
            warnings = json.dumps(self.warnings(), ensure_ascii=False, indent=1)
            stream.write(f'], "warnings": {warnings}}}\n')

    def close(self) -> None:
        self._refusals.close()
