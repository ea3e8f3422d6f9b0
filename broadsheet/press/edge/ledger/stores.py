"""What every store of readings does, and how a reading is settled."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from enum import StrEnum
from typing import NamedTuple

from broadsheet.press.outages import UnavailableError
from broadsheet.rules.meter import month_counted, next_month

MOST_AT_ONCE = 500


class Result(StrEnum):
    COUNTED = "counted"
    ALREADY = "already"  # it was counted before
    REFUSED = "refused"  # the allowance is used
    FAILED = "failed"  # the store could not be asked; where the paper opens then, it is kept
    CLOSED = "closed"  # the store could not be asked, and nothing is opened without it


class Asked(NamedTuple):
    """A story that somebody wants to read.

    :param reader: their key; negative for a visitor
    :param month: as in 202611, on the paper's clock
    :param at: seconds since 1970
    """

    reader: int
    month: int
    story: int
    allowance: int
    at: int


# Readers' keys are positive, those of visitors negative.
_NOBODYS = Asked(reader=0, month=200001, story=0, allowance=1, at=0)


class Outcome(NamedTuple):
    """What came of it.

    :param month: the month it counts for
    :param opened: the stories counted for that month, this one last; empty when the store failed
    """

    result: Result
    month: int
    opened: tuple[int, ...]


class Reading(NamedTuple):
    """One story counted in one month. ``at`` is in seconds since 1970."""

    month: int
    story: int
    at: int


class StoreError(UnavailableError):
    """The store can't be asked, or not in time."""


class Store(ABC):
    """Keeps readings. Used by one thread at a time; opens its connection when it is first asked.

    Every method raises StoreError when the store can't be asked. It may be asked again then: what
    was done before is found done. What has returned survives a power cut.
    """

    @abstractmethod
    def record(self, batch: Sequence[Asked]) -> list[Outcome]:
        """Count what may be counted, at one stroke: all in one commit, each decided in turn."""

    @abstractmethod
    def merge(self, visitor: int, reader: int, month: int, allowance: int) -> int:
        """Count a visitor's readings of a month for the account they signed in to.

        Oldest first, while the allowance lasts. Each goes to one account only, the first; asked
        again, nothing more happens. They stay counted for the visitor, so that signing in and out
        opens nothing. Return how many came to count.
        """

    @abstractmethod
    def give_back(self, reader: int, month: int, story: int) -> bool:
        """Take a reading back; tell whether there was one."""

    @abstractmethod
    def readings(self, reader: int, month: int | None = None) -> list[Reading]:
        """Return the readings of a month, or all, oldest first."""

    @abstractmethod
    def forget(self, reader: int) -> None:
        """Erase all readings of a person."""

    @abstractmethod
    def forget_before(self, month: int) -> None:
        """Erase the readings of all months before one."""

    def try_out(self) -> None:
        """Write a reading of nobody's and take it back: on a full disk one can read, but not write."""
        self.record([_NOBODYS])
        self.give_back(_NOBODYS.reader, _NOBODYS.month, _NOBODYS.story)

    @abstractmethod
    def close(self) -> None:
        """Let go of the connection. The next question opens another."""

    def warning(self) -> str:
        """Return a sentence when the store can't promise to keep what it has taken, else nothing."""
        return ""


type Held = dict[tuple[int, int], dict[int, int]]


def months_of(batch: Sequence[Asked]) -> set[int]:
    """Return the months whose readings are needed to settle a batch."""
    months = {asked.month for asked in batch}
    return months | {next_month(month) for month in months}


def settle(
    batch: Sequence[Asked], held_by: Held
) -> tuple[list[Outcome], list[tuple[int, Reading]]]:
    """Decide what of a batch is counted. Return the outcomes and what is to be written.

    :param held_by: the readings (story → at) of every person and month asked for and of the months
        after, where there are any; what is counted is added to it
    """
    outcomes = []
    written = []
    following = {month: next_month(month) for month in {asked.month for asked in batch}}
    for reader, month, story, allowance, at in batch:
        latest = following[month] if (reader, following[month]) in held_by else None
        counted = month if latest is None else month_counted(month, latest)
        held = held_by.get((reader, counted))
        if held is None:
            held = held_by[reader, counted] = {}
        if story in held:
            result = Result.ALREADY
        elif len(held) < allowance:
            result = Result.COUNTED
            held[story] = at
            written.append((reader, Reading(counted, story, at)))
        else:
            result = Result.REFUSED
            if not held:
                del held_by[reader, counted]
        opened = tuple(held)
        if result is Result.ALREADY and opened[-1] != story:
            opened = (*(one for one in opened if one != story), story)
        outcomes.append(Outcome(result, counted, opened))
    return outcomes, written
