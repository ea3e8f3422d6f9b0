"""What a reader's browser carries for the edge: the pass and the month list.

The **pass** names its bearer. Django issues it after sign-in and renews it; it is short-lived, so
that the edge need ask nobody. The **month list** names the stories already counted this month, so
that going back to one needs no store. Both are sealed; neither is ever read by a page's script.
"""

import struct
from collections.abc import Iterable
from enum import IntEnum
from typing import NamedTuple

from broadsheet.press.edge.seals import Seal
from broadsheet.rules.access import Person

PASS_LASTS = 600  # seconds; Django renews a reader's
VISITOR_PASS_LASTS = 40 * 86_400  # seconds; longer than a month
LARGEST_STORY = 2**32 - 1
LIST_HOLDS = 100  # stories; a longer month asks the ledger again, which costs time and nothing else


class Standing(IntEnum):
    """What the paper knows of a bearer."""

    VISITOR = 0
    READER = 1
    STAFF = 2
    BLOCKED = 3


class Pass(NamedTuple):
    """Who asks.

    :param reader: the reader's key; negative for a visitor, 0 for one who has none
    :param subscriber_until: seconds since 1970; 0 for none
    :param epoch: how often this reader's passes have been revoked when it was issued
    :param expires_at: seconds since 1970
    """

    reader: int
    standing: Standing
    subscriber_until: int
    epoch: int
    expires_at: int

    def person(self, now: float) -> Person:
        if self.standing is Standing.VISITOR:
            return Person.VISITOR
        return Person.SUBSCRIBER if self.subscriber_until > now else Person.READER


NOBODY = Pass(0, Standing.VISITOR, 0, 0, 0)
_PASS = struct.Struct("<BBqIII")
_MONTH = struct.Struct("<BqIB")
_VERSION = 1
_STANDINGS = {standing.value: standing for standing in Standing}
_unpack_pass = _PASS.unpack_from
_unpack_month = _MONTH.unpack_from
_STORIES = [struct.Struct(f"<{count}I") for count in range(LIST_HOLDS + 1)]


class MonthList(NamedTuple):
    """The stories counted for one person in one month, or the latest of them."""

    reader: int
    month: int
    stories: tuple[int, ...]


class Passes:
    """Writes and reads passes and month lists.

    :param keys: secrets, the one that seals first
    """

    def __init__(self, keys: Iterable[str]) -> None:
        secrets = list(keys)
        self._passes = Seal(secrets, "pass")
        self._months = Seal(secrets, "month list")

    def issue(self, bearer: Pass) -> str:
        """Return a pass as a cookie's value.

        :raises ValueError: for a negative reader who isn't a visitor
        """
        if (bearer.reader <= 0) is not (bearer.standing is Standing.VISITOR):
            raise ValueError("Keys of readers are positive; those of visitors are not.")
        packed = _PASS.pack(
            _VERSION,
            bearer.standing,
            bearer.reader,
            bearer.subscriber_until,
            bearer.epoch,
            bearer.expires_at,
        )
        return self._passes.close(packed).decode()

    def read(self, value: bytes) -> Pass | None:
        """Return the pass, which may have expired; None when it isn't the paper's."""
        opened = self._passes.open(value)
        if opened is None or len(opened) < _PASS.size or opened[0] != _VERSION:
            return None
        _, standing, reader, subscriber_until, epoch, expires_at = _unpack_pass(opened)
        known = _STANDINGS.get(standing)
        if known is None:
            return None
        return Pass(reader, known, subscriber_until, epoch, expires_at)

    def write_month(self, reader: int, month: int, stories: Iterable[int]) -> str:
        """Return a month list as a cookie's value: the last ``LIST_HOLDS`` stories of it."""
        kept = tuple(stories)[-LIST_HOLDS:]
        head = _MONTH.pack(_VERSION, reader, month, len(kept))
        return self._months.close(head + _STORIES[len(kept)].pack(*kept)).decode()

    def read_month(self, value: bytes) -> MonthList | None:
        """Return the month list, whosever it is; None when it isn't the paper's."""
        opened = self._months.open(value)
        if opened is None or len(opened) < _MONTH.size or opened[0] != _VERSION:
            return None
        _, reader, month, count = _unpack_month(opened)
        return MonthList(reader, month, _STORIES[count].unpack_from(opened, _MONTH.size))
