"""Moments as the paper prints them, and the head line over a story.

Source: the head line of a national daily, ``March 22, 2011 09:11 pm | Updated September 30, 2016
11:26 pm IST - MOSCOW:``. The caller brings the paper's zone; docs/rules/head-line.md has the rule.
"""

import re
from dataclasses import dataclass
from datetime import date, datetime, tzinfo

MONTHS = (
    "January", "February", "March", "April", "May", "June", "July",
    "August", "September", "October", "November", "December",
)  # fmt: skip
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_OFFSET = re.compile(r"([+-])(\d\d)(\d\d)?(\d\d)?")


def day(on: date) -> str:
    """Return a day as in ``March 22, 2011``."""
    return f"{MONTHS[on.month - 1]} {on.day}, {on.year}"


def day_near(on: date, today: date) -> str:
    """Return a day as a page of a day says it: without the year where it is this one's."""
    return f"{MONTHS[on.month - 1]} {on.day}" if on.year == today.year else day(on)


def weekday(on: date) -> str:
    """Return a day as in ``Tuesday, March 22, 2011``."""
    return f"{WEEKDAYS[on.weekday()]}, {day(on)}"


def month(on: date) -> str:
    """Return a month as in ``March 2011``."""
    return f"{MONTHS[on.month - 1]} {on.year}"


def clock(at: datetime, zone: tzinfo) -> str:
    """Return the time of day as in ``09:11 pm``."""
    here = at.astimezone(zone)
    return f"{(here.hour - 1) % 12 + 1:02}:{here.minute:02} {'am' if here.hour < 12 else 'pm'}"


def moment(at: datetime, zone: tzinfo) -> str:
    """Return a moment as in ``March 22, 2011 09:11 pm``."""
    return f"{day(at.astimezone(zone))} {clock(at, zone)}"


def in_text(at: datetime, zone: tzinfo) -> str:
    """Return a moment as sentences have it: ``November 30, 2026, 9:01 am``."""
    here = at.astimezone(zone)
    hour = (here.hour - 1) % 12 + 1
    return f"{day(here)}, {hour}:{here.minute:02} {'am' if here.hour < 12 else 'pm'}"


def zone_name(at: datetime, zone: tzinfo) -> str:
    """Return what a zone is called at a moment: ``IST``, or ``GMT+4`` where it has no letters."""
    name = at.astimezone(zone).tzname() or ""
    offset = _OFFSET.fullmatch(name)
    if not offset:
        return name or "GMT"
    sign, hours, minutes, _ = offset.groups()
    past = f":{minutes}" if minutes and minutes != "00" else ""
    if not past and hours == "00":
        return "GMT"
    return f"GMT{sign}{int(hours)}{past}"


@dataclass(frozen=True, slots=True)
class HeadLine:
    """The parts of a head line, each ready to print.

    :param updated: empty where the story was not updated, or within the minute
    :param zone: once for both moments; ``EST/EDT`` where they differ
    :param place: in capitals; empty for none
    """

    published: str
    updated: str
    zone: str
    place: str

    def __str__(self) -> str:
        updated = f" | Updated {self.updated}" if self.updated else ""
        place = f" - {self.place}:" if self.place else ""
        return f"{self.published}{updated} {self.zone}{place}"


def head_line(
    published_at: datetime, updated_at: datetime | None, *, zone: tzinfo, dateline: str = ""
) -> HeadLine:
    """Make the head line of a story.

    :param updated_at: when an editor last said its news had changed; None for never
    :param dateline: the place, however it is written; a colon or dash after it is left out
    """
    published, first = moment(published_at, zone), zone_name(published_at, zone)
    updated, last = "", first
    if updated_at is not None and updated_at > published_at:
        updated, last = moment(updated_at, zone), zone_name(updated_at, zone)
        if (updated, last) == (published, first):
            updated = ""
    return HeadLine(
        published=published,
        updated=updated,
        zone=first if first == last else f"{first}/{last}",
        place=_capitals(dateline),
    )


def _capitals(dateline: str) -> str:
    place = " ".join(dateline.split()).rstrip(" :,-–—")
    return place.upper()
