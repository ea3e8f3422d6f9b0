"""Printing the archive: years, months, days, and corrections."""

from calendar import Calendar
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from itertools import groupby
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Q
from django.urls import reverse

from broadsheet.edition import cursors, markup, metadata
from broadsheet.edition.printing import page
from broadsheet.newsroom import listings
from broadsheet.newsroom.models import Correction
from broadsheet.newsroom.notes import note
from broadsheet.newsroom.printable import is_path
from broadsheet.rules import days, stamps

MONTH_STORIES = 8  # the latest of a month, beside its calendar
DAY_PAGE = 100  # stories of a day on one page
MANY_YEARS = 20  # from here on the archive folds its older decades
CORRECTIONS = 25


@dataclass(frozen=True, slots=True)
class Link:
    """A day, a month or a year; its address is empty where the paper has no story of it."""

    on: date
    address: str


def zone() -> ZoneInfo:
    return ZoneInfo(settings.TIME_ZONE)


def day_address(on: date) -> str:
    return reverse("archive-day", args=[on.year, on.month, on.day])


def month_address(on: date) -> str:
    return reverse("archive-month", args=[on.year, on.month])


def on_this_day_address(on: date) -> str:
    return reverse("on-this-day", args=[on.month, on.day])


@dataclass(frozen=True, slots=True)
class Decade:
    """Ten years of the archive, each with its twelve months, latest year first."""

    first: int
    years: list[tuple[int, list[Link]]]
    opened: bool


def years_html() -> str:
    """Print all years with their months, latest first."""
    years: list[tuple[int, list[Link]]] = []
    if bounds := listings.bounds(listings.ALL):
        first, last = (moment.astimezone(zone()).date() for moment in bounds)
        months = [
            date(year, month, 1)
            for year in range(last.year, first.year - 1, -1)
            for month in range(1, 13)
        ]
        linked = links(months, days.of_month, month_address)
        years = [(linked[at].on.year, linked[at : at + 12]) for at in range(0, len(linked), 12)]
        years = [(year, some) for year, some in years if any(one.address for one in some)]
    return page(
        "archive/years",
        here=reverse("archive"),
        decades=_decades(years),
        canonical=metadata.absolute(reverse("archive")),
    )


def _decades(years: list[tuple[int, list[Link]]]) -> list[Decade]:
    """Return years in decades; where there are many, only the latest is open at first."""
    groups = [(first, list(some)) for first, some in groupby(years, lambda one: one[0] // 10 * 10)]
    opened = 1 if len(years) > MANY_YEARS else len(groups)
    return [Decade(first, some, at < opened) for at, (first, some) in enumerate(groups)]


def month_html(on: date) -> str | None:
    """Print a month as a calendar; None where the paper has no story of it."""
    month = on.replace(day=1)
    weeks = Calendar(firstweekday=0).monthdatescalendar(month.year, month.month)
    inside = [one for week in weeks for one in week if one.month == month.month]
    by_day = {link.on: link for link in links(inside, days.of_day, day_address)}
    if not any(link.address for link in by_day.values()):
        return None
    address = month_address(month)
    start, end = days.of_month(month, zone())
    return page(
        "archive/month",
        here=address,
        title=stamps.month(month),
        latest=[
            story
            for story in listings.page(listings.ALL, before=(end, 0), limit=MONTH_STORIES)
            if story.published_at and story.published_at >= start
        ],
        weeks=[[by_day.get(one) for one in week] for week in weeks],
        month_before=_month_beside(month, before=True),
        month_after=_month_beside(month, before=False),
        canonical=metadata.absolute(address),
    )


def day_html(on: date, *, after: cursors.Place | None = None) -> str | None:
    """Print a day's stories, earliest first; None where the paper has none.

    :param after: where the page before ended
    """
    start, end = days.of_day(on, zone())
    found = listings.between(listings.ALL, start, end, after=after, limit=DAY_PAGE + 1)
    if not found:
        return None
    stories, more = found[:DAY_PAGE], len(found) > DAY_PAGE
    address = day_address(on)
    return page(
        "archive/day",
        here=address,
        on=on,
        title=stamps.day(on),
        stories=stories,
        more=cursors.after(stories[-1]) if more else "",
        first=after is None,
        month=Link(on, month_address(on)),
        day_before=_day_beside(on, before=True),
        day_after=_day_beside(on, before=False),
        other_years=on_this_day_address(on),
        canonical=metadata.absolute(address) + (f"?after={cursors.write(after)}" if after else ""),
    )


def corrections_html(*, before: cursors.Place | None = None) -> str:
    """Print the corrections, latest first."""
    rows = Correction.objects.select_related("story").only(
        "corrected_at",
        "text",
        "story__live",
        "story__title",
        "story__url_path",
        "story__path",
        "story__language",
    )
    if before is not None:
        moment, number = before
        rows = rows.filter(
            Q(corrected_at__lte=moment) & (Q(corrected_at__lt=moment) | Q(pk__lt=number))
        )
    found = list(rows.order_by("-corrected_at", "-pk")[: CORRECTIONS + 1])
    more = len(found) > CORRECTIONS
    printed = [one for one in found[:CORRECTIONS] if _is_printable(one)]
    texts = markup.expand(one.text for one in printed)
    address = reverse("corrections")
    return page(
        "corrections",
        here=address,
        corrections=list(zip(printed, texts, strict=True)),
        older=cursors.write((found[CORRECTIONS - 1].corrected_at, found[CORRECTIONS - 1].pk))
        if more
        else "",
        first=before is None,
        canonical=metadata.absolute(address)
        + (f"?before={cursors.write(before)}" if before else ""),
    )


def _is_printable(correction: Correction) -> bool:
    story = correction.story
    if story.live and is_path(story.url_path) and days.is_usable(correction.corrected_at):
        return True
    if story.live:
        note("correction", correction.pk, f"of {correction.corrected_at}, at {story.url_path!r}")
    return False


def links(
    dates: list[date],
    stretch: Callable[[date, tzinfo], days.Stretch],
    address: Callable[[date], str],
) -> list[Link]:
    there = listings.filled(listings.ALL, [stretch(one, zone()) for one in dates])
    return [
        Link(one, address(one) if filled else "") for one, filled in zip(dates, there, strict=True)
    ]


def _beside(stretch: days.Stretch, *, before: bool) -> date | None:
    """Return the nearest day with a story before or after a stretch of time."""
    found: datetime | None = listings.beside(
        listings.ALL, stretch.start if before else stretch.end, before=before
    )
    return found.astimezone(zone()).date() if found else None


def _day_beside(on: date, *, before: bool) -> Link | None:
    found = _beside(days.of_day(on, zone()), before=before)
    return Link(found, day_address(found)) if found else None


def _month_beside(on: date, *, before: bool) -> Link | None:
    found = _beside(days.of_month(on, zone()), before=before)
    return Link(found, month_address(found)) if found else None
