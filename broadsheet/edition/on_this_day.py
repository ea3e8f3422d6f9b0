"""Printing what the paper had on a day of the year, over all years."""

from collections.abc import Iterable
from datetime import date, datetime

from django.urls import reverse

from broadsheet.edition import metadata
from broadsheet.edition.archives import Link, day_address, links, on_this_day_address, zone
from broadsheet.edition.printing import page
from broadsheet.newsroom import listings
from broadsheet.newsroom.models import StoryPage
from broadsheet.rules import days, stamps

YEAR_STORIES = 3  # stories of each year
ANY_YEAR = 4000  # a leap year in which the paper has no stories: it names a day of every year


def html(on: date, *, dated: bool) -> str:
    """Print what the paper had on this day in the years before and after, latest first.

    :param on: a day of the year that isn't printed
    :param dated: whether the address names the day. Otherwise it is today; where no other year has
        a story of today, the nearest day before that has some is printed
    """
    asked, years = on, _years(on)
    if not years and not dated and (nearest := _nearest(on, before=True, but=on.year)):
        on = days.on_day(asked.year, nearest.month, nearest.day) or _of_any_year(nearest)
        years = _years(on)
    address = on_this_day_address(on)
    return page(
        "archive/on_this_day",
        here=address if dated else reverse("on-this-day-today"),
        day=_name(on),
        asked="" if on == asked else _name(asked),
        years=years,
        before=_beside(on, before=True),
        after=_beside(on, before=False),
        canonical=metadata.absolute(address),
    )


def _name(on: date) -> str:
    return f"{stamps.MONTHS[on.month - 1]} {on.day}"


def _of_any_year(on: date) -> date:
    return date(ANY_YEAR, on.month, on.day)


def _all_years() -> Iterable[int]:
    """Return the years of the paper, latest first, and one more at both ends: it has another zone."""
    bounds = listings.bounds(listings.ALL)
    if bounds is None:
        return ()
    # A row that no newspaper could have has no year here.
    first, last = max(bounds[0].year, days.FIRST_YEAR), min(bounds[1].year, days.LAST_YEAR)
    return range(last + 1, first - 2, -1)


def _years(on: date) -> list[tuple[Link, list[StoryPage]]]:
    """Return the stories of a day of the year by year, without those of the year that ``on`` names."""
    same = [
        day
        for year in _all_years()
        if year != on.year and (day := days.on_day(year, on.month, on.day))
    ]
    linked = [link for link in links(same, days.of_day, day_address) if link.address]
    stretches = [days.of_day(link.on, zone()) for link in linked]
    stories = listings.between_each(listings.ALL, stretches, limit=YEAR_STORIES)
    return list(zip(linked, stories, strict=True))


def _nearest(on: date, *, before: bool, but: int = ANY_YEAR) -> date | None:
    """Return the day of a story that comes soonest before or after a day of any year.

    :param but: a year in which the day itself isn't looked at
    """
    from_days = [
        # Years that lack the 29th of February count from the day after it.
        days.on_day(year, on.month, on.day) or date(year, 3, 1)
        for year in _all_years()
        if year != but
    ]
    found: list[tuple[date, datetime | None]]
    if before:
        starts = [days.midnight(day, zone()) for day in from_days]
        found = list(zip(from_days, listings.last_before(listings.ALL, starts), strict=True))
    else:
        ends = [days.of_day(day, zone()).end for day in from_days]
        found = list(zip(from_days, listings.first_from(listings.ALL, ends), strict=True))
    apart = [
        (abs(day - there), there)
        for day, moment in found
        if moment and days.is_usable(moment) and (there := moment.astimezone(zone()).date())
    ]
    return min(apart)[1] if apart else None


def _beside(on: date, *, before: bool) -> Link | None:
    """Return the nearest day of the year before or after that has stories; None for no other."""
    found = _nearest(on, before=before)
    if found is None or (found.month, found.day) == (on.month, on.day):
        return None
    return Link(found, on_this_day_address(found))
