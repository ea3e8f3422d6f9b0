"""The variants of a story's page: the whole story, or its beginning and a wall that says one thing.

A variant is the same for everybody who gets it, so that it can be kept as a plate. Who gets which
follows from the meter's reason and from who asks.
"""

from enum import StrEnum

from broadsheet.rules.access import Access, Person
from broadsheet.rules.meter import OPENING, Policy, Reason


class Variant(StrEnum):
    """What is printed of a story."""

    # Enum's own is written in Python, and the edge looks plates up by these.
    __hash__ = str.__hash__

    FULL = "full"
    # For visitors, search engines and caches: the only teaser that anybody may keep.
    TEASER = "teaser"
    # For a reader whose month is used up, or whose access isn't enough.
    READER_TEASER = "reader-teaser"
    # For a reader for whom the paper can't open the story just now: the store of readings fails, or
    # circulation has closed the account.
    PAUSED_TEASER = "paused-teaser"


_PAUSED = frozenset({Reason.STORE_FAILED_CLOSED, Reason.BLOCKED})


def variant_for(reason: Reason, person: Person) -> Variant:
    """Return what somebody gets of a story, given why it opens or stays closed."""
    if reason in OPENING:
        return Variant.FULL
    if person is Person.VISITOR:
        return Variant.TEASER
    return Variant.PAUSED_TEASER if reason in _PAUSED else Variant.READER_TEASER


def needs_subscription(access: Access, policy: Policy) -> bool:
    """Tell whether an account alone never opens a story."""
    if access is Access.FREE:
        return False
    return access is Access.SUBSCRIBERS or policy.readers == 0
