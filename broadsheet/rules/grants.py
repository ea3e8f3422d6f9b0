"""Reading a list of subscriptions, as circulation keeps it in a spreadsheet.

The first line names the columns: ``email`` and ``until`` (a day, as in 2027-03-31), ``note`` if
wanted; other columns are left alone. ``until`` is the last day the subscription holds, on the
paper's clock. Comma, semicolon and tab are all read, as spreadsheets of different countries write
them.
"""

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from broadsheet.rules.addresses import AddressError, canonical

COLUMNS = {
    "email": ("email", "e-mail", "mail", "address", "email address", "e-mail address"),
    "until": ("until", "ends", "end", "expires", "valid until", "expiry", "expiry date"),
    "note": ("note", "notes", "reason", "comment"),
}
# A cell is one line of one spreadsheet; anything longer is a quotation mark left open.
LONGEST_LINE = 4_000


class ColumnsError(ValueError):
    """The first line names no ``email`` or no ``until``."""


@dataclass(frozen=True, slots=True)
class Grant:
    """One line: who has a subscription, and to which day."""

    line: int
    email: str
    until: date
    note: str


@dataclass(frozen=True, slots=True)
class Complaint:
    """A line that can't be taken, with its reason in words."""

    line: int
    reason: str


def read(lines: Iterable[str]) -> Iterator[Grant | Complaint]:
    """Yield a grant for every line, and a complaint for every one that can't be taken.

    Empty lines are neither. Memory does not grow with the list.

    :raises ColumnsError: when the first line does not name the columns; nothing is yielded then
    """
    rows = _rows(lines)
    first = next(rows, None)
    if first is None:
        raise ColumnsError("The file is empty. Its first line must name the columns: email, until.")
    places = _places(first[1])
    for number, cells in rows:
        if not any(cell.strip() for cell in cells):
            continue
        yield _grant(number, cells, places)


def _rows(lines: Iterable[str]) -> Iterator[tuple[int, list[str]]]:
    delimiter = None
    for number, line in enumerate(lines, start=1):
        text = line.rstrip("\r\n")
        if number == 1:
            text = text.removeprefix("\ufeff")
            delimiter = max(",;\t", key=text.count)
        if len(text) > LONGEST_LINE:
            yield number, [text[:LONGEST_LINE]]
            continue
        assert delimiter is not None
        yield number, next(csv.reader([text], delimiter=delimiter), [])


def _places(names: list[str]) -> dict[str, int]:
    said = [name.strip().lower() for name in names]
    places = {
        column: said.index(known)
        for column, spellings in COLUMNS.items()
        for known in spellings[::-1]
        if known in said
    }
    if missing := [column for column in ("email", "until") if column not in places]:
        raise ColumnsError(
            f"The first line names no column “{'” and no column “'.join(missing)}”. "
            "It must name the columns: email, until."
        )
    return places


def _grant(number: int, cells: list[str], places: dict[str, int]) -> Grant | Complaint:
    def cell(column: str) -> str:
        place = places.get(column)
        return cells[place].strip() if place is not None and place < len(cells) else ""

    email, until = cell("email"), cell("until")
    if not email:
        return Complaint(number, "There is no e-mail address.")
    try:
        email = canonical(email)
    except AddressError:
        return Complaint(number, f"“{email[:80]}” is no e-mail address.")
    if not until:
        return Complaint(number, "There is no last day.")
    try:
        day = date.fromisoformat(until)
    except ValueError:
        return Complaint(number, f"“{until[:40]}” is no day; write it as in 2027-03-31.")
    return Grant(number, email, day, cell("note")[:200])
