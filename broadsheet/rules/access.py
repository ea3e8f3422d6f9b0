"""Who may read a story to its end.

The one rule of access: pages, feeds, search, the API, mail and caches ask here and nowhere else.
The meter (broadsheet.rules.meter) decides about stories that are open to readers.
"""

from enum import StrEnum


class Access(StrEnum):
    """The access level of a story, set by the desk."""

    FREE = "free"
    READERS = "readers"
    SUBSCRIBERS = "subscribers"


class Person(StrEnum):
    """Who asks."""

    VISITOR = "visitor"
    READER = "reader"
    SUBSCRIBER = "subscriber"


def open_to_all(access: Access) -> bool:
    """Tell whether every word of a story may go into what anyone can fetch."""
    return access is Access.FREE
