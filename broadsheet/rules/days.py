"""Days, months and years on the paper's own clock, as stretches of time.

A stretch is ``start`` ≤ moment < ``end``. Where clocks skip midnight a day begins at the skip;
where it comes twice, at the first.
"""

from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import NamedTuple

FIRST_YEAR, LAST_YEAR = 1600, 9000  # newspapers began about 1605
# The moments that pages of the archive are made for: FIRST ≤ moment < END.
FIRST, END = datetime(FIRST_YEAR, 1, 1, tzinfo=UTC), datetime(LAST_YEAR + 1, 1, 1, tzinfo=UTC)


class Stretch(NamedTuple):
    start: datetime
    end: datetime


def midnight(on: date, zone: tzinfo) -> datetime:
    return datetime(on.year, on.month, on.day, tzinfo=zone).astimezone(UTC)


def of_day(on: date, zone: tzinfo) -> Stretch:
    return Stretch(midnight(on, zone), midnight(on + timedelta(days=1), zone))


def of_month(on: date, zone: tzinfo) -> Stretch:
    """Return the stretch of the month that a day lies in."""
    return Stretch(midnight(on.replace(day=1), zone), midnight(next_month(on), zone))


def next_month(on: date) -> date:
    """Return the first day of the month after the one that a day lies in."""
    return (on.replace(day=1) + timedelta(days=31)).replace(day=1)


def last_month(on: date) -> date:
    """Return the first day of the month before the one that a day lies in."""
    return (on.replace(day=1) - timedelta(days=1)).replace(day=1)


def on_day(year: int, month: int, day: int) -> date | None:
    """Return a day; None where there is no such day, or none a newspaper could have."""
    if not FIRST_YEAR <= year <= LAST_YEAR:
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None


UNUSABLE = f"Write a year between {FIRST_YEAR} and {LAST_YEAR}."


def is_usable(moment: datetime) -> bool:
    """Tell whether a story may bear a moment: one that has a page in the archive.

    Where the calendar ends there are moments that have no day in another zone.
    """
    return FIRST_YEAR <= moment.year <= LAST_YEAR
