"""Where a page of a list ended: ``?before=1300808460000000-123``, the moment and the number."""

import re
from datetime import UTC, datetime, timedelta

from broadsheet.newsroom.models import StoryPage

type Place = tuple[datetime, int]

_START = datetime(1970, 1, 1, tzinfo=UTC)
_WRITTEN = re.compile(r"(-?\d{1,18})-(\d{1,18})", re.ASCII)
_MICROSECOND = timedelta(microseconds=1)


def write(place: Place) -> str:
    moment, number = place
    return f"{(moment - _START) // _MICROSECOND}-{number}"


def after(story: StoryPage) -> str:
    """Return where a page ended whose last story this is."""
    if story.published_at is None:
        raise ValueError("a story that isn't published stands in no list")
    return write((story.published_at, story.pk))


def read(written: str) -> Place | None:
    """Return the place that a query names; None for one that nobody was given."""
    found = _WRITTEN.fullmatch(written)
    if not found:
        return None
    try:
        return _START + int(found[1]) * _MICROSECOND, int(found[2])
    except OverflowError:
        return None
