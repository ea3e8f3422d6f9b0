"""Where a page went: the archive, a floor above, signs in here when it starts.

The edition asks when nothing lives at an address (and at the front page, when ``may_be_old`` says
that the query names a story), and answers with one permanent redirect, or with 410 for a story
that was taken back.
"""

from collections.abc import Callable
from typing import NamedTuple

# What a query must hold to name a story by its number, as in ``/?p=123``.
_STORY_NUMBERS = ("p=", "page_id=", "id=", "story", "article", "aid=", "nid=")


class Found(NamedTuple):
    """What is known of an old address.

    :param address: where it is now, an absolute path or a whole address; empty when it is gone
    :param gone: whether what was there has been taken back for good
    """

    address: str
    gone: bool = False


type Finder = Callable[[str, str], Found | None]

_finders: list[Finder] = []


def register(finder: Finder) -> None:
    """Name a function that knows old addresses, by path (decoded, as in request.path) and query."""
    if finder not in _finders:
        _finders.append(finder)


def may_be_old(query: str) -> bool:
    """Tell cheaply whether a query on a page that lives may name a story of former days."""
    return bool(query) and any(name in query.lower() for name in _STORY_NUMBERS)


def find(path: str, query: str = "") -> Found | None:
    """Return what is known of an address, or None. Costs one indexed look-up."""
    for finder in _finders:
        if found := finder(path, query):
            return found
    return None
