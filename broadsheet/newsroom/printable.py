"""Which stories a list can print. One bad row must not take a page of the paper down.

The desk's forms, the importers and the database's constraints keep such rows out. Should one get
in all the same, by hand or by a fault of ours, it is left out of every list and the log says why,
once.
"""

from collections.abc import Iterable, Iterator

from broadsheet.newsroom.models import StoryPage
from broadsheet.newsroom.notes import note
from broadsheet.rules import days
from broadsheet.rules.access import Access

_ACCESS = frozenset(access.value for access in Access)


def printable(stories: Iterable[StoryPage]) -> list[StoryPage]:
    """Return the stories that lists can print, in their order."""
    return [story for story in stories if not _is_bad(story)]


def _is_bad(story: StoryPage) -> bool:
    reason = next(_faults(story), "")
    if reason:
        note("story", story.pk, reason)
    return bool(reason)


def _faults(story: StoryPage) -> Iterator[str]:
    """Yield what is wrong with what a list prints of a story. Asks for no field that isn't there."""
    if story.published_at is None or not days.is_usable(story.published_at):
        yield f"it was published at {story.published_at}"
    if story.updated_at is not None and not days.is_usable(story.updated_at):
        yield f"it was updated at {story.updated_at}"
    if story.access not in _ACCESS:
        yield f"its access level is {story.access!r}"
    if not is_path(story.url_path):
        yield f"its address is {story.url_path!r}"
    if not story.title.strip():
        yield "it has no headline"


def is_path(url_path: str | None) -> bool:
    """Tell whether something is the address of a page below the front page."""
    return (
        bool(url_path) and len(str(url_path)) > 2 and str(url_path)[0] == str(url_path)[-1] == "/"
    )
