"""Keyset paging in any order: a page begins after the last row of the one before.

A place is written as the numbers that the order goes by, as in ``1300808460000000_123``.
"""

from datetime import UTC, datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet

# Names of fields; a minus before one turns it round. The last one tells equals apart.
type Order = tuple[str, ...]

_START = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def place_of(row: Any, order: Order) -> str:
    """Return where a row stands in an order."""
    values = (getattr(row, name.removeprefix("-")) for name in order)
    return "_".join(str(_written(value)) for value in values)


def beyond(rows: QuerySet[Any], order: Order, after: str) -> QuerySet[Any]:
    """Order rows, and leave out those up to a place; none for a place that nobody was given."""
    place = _read(after, order) if after else None
    if place is not None:
        names = [name.removeprefix("-") for name in order]
        past = Q()
        for at, name in enumerate(names):
            same = dict(zip(names[:at], place, strict=False))
            side = "lt" if order[at].startswith("-") else "gt"
            past |= Q(**same, **{f"{name}__{side}": place[at]})
        # The bound alone lets the index begin where the page does.
        side = "lte" if order[0].startswith("-") else "gte"
        rows = rows.filter(Q(**{f"{names[0]}__{side}": place[0]}) & past)
    return rows.order_by(*order)


def _written(value: datetime | int) -> int:
    return (value - _START) // _MICROSECOND if isinstance(value, datetime) else value


def _read(place: str, order: Order) -> list[Any] | None:
    parts = place.split("_")
    if len(parts) != len(order) or not all(map(_is_number, parts)):
        return None
    try:
        return [
            _START + int(part) * _MICROSECOND if name.endswith("_at") else int(part)
            for part, name in zip(parts, order, strict=True)
        ]
    except OverflowError:
        return None


def _is_number(part: str) -> bool:
    digits = part.removeprefix("-")
    return digits.isascii() and digits.isdigit() and len(digits) < 19
