"""Readings that were let through while the store failed, until the store has counted them."""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from broadsheet.press.edge.ledger.spool import Spool
from broadsheet.press.edge.ledger.stores import MOST_AT_ONCE, Asked, Outcome, Result

type Record = Callable[[Sequence[Asked]], Sequence[Outcome]]


class Backlog:
    """On disk where that is possible, in memory where it isn't. Threads may share it.

    Only the ledger's thread brings in what waits.

    :param folder: for the files (broadsheet.press.edge.ledger.spool); None keeps them in memory
    :param told: called with a sentence when they can't be written down, and when they can again
    """

    def __init__(self, folder: Path | None, told: Callable[[str], None]) -> None:
        self._spool = Spool(folder) if folder else None
        self._told = told
        self._memory: list[Asked] = []
        self._unwritable = False
        self._guard = threading.Lock()
        # What each person was let through to since the store failed.
        self._let_through: dict[tuple[int, int], set[int]] = {}
        # Those that turned out to be more than somebody's allowance.
        self._beyond: set[tuple[int, int, int]] = set()
        # Processes that died may have left files behind: the folder is looked through at first.
        self._batches: Iterator[Sequence[Asked]] | None = (
            self._spool.batches() if self._spool else None
        )

    def has_room(self, asked: Asked) -> bool:
        """Tell whether somebody may be let through to one more story.

        Nobody knows what they read before. Whoever opened a whole month's allowance since the
        store failed has had it in any case.
        """
        with self._guard:
            stories = self._let_through.setdefault((asked.reader, asked.month), set())
            if asked.story not in stories and len(stories) >= asked.allowance:
                return False
            stories.add(asked.story)
            return True

    def keep(self, batch: Sequence[Asked]) -> None:
        """Keep readings; they are on disk when this returns, unless that can't be done."""
        if not batch:
            return
        if self._spool is None:
            self._memory += batch
            return
        try:
            self._spool.add(batch)
        except OSError as error:
            self._memory += batch
            if not self._unwritable:
                self._unwritable = True
                self._told(
                    f"Readings that wait for the store can't be written down either: {error}"
                )
        else:
            self._unwritable = False

    @property
    def waits(self) -> bool:
        """Whether something is to be brought in."""
        own = self._spool is not None and self._spool.waits
        return own or self._batches is not None or bool(self._memory)

    def bring_in(self, record: Record, seconds: float) -> bool:
        """Have what waits recorded, for so long and a batch; tell whether all of it is.

        What ``record`` raises ends it: what waits stays, and comes again. A reading that comes
        again is found counted.
        """
        end = time.monotonic() + seconds
        while self.waits:
            self._bring_in_one(record)
            if time.monotonic() >= end:
                break
        return not self.waits

    def _bring_in_one(self, record: Record) -> None:
        if self._memory:
            batch = self._memory[:MOST_AT_ONCE]
            self._note(batch, record(batch))
            del self._memory[: len(batch)]
            return
        assert self._spool is not None
        if self._batches is None:
            self._batches = self._spool.batches()
        try:
            found = next(self._batches, None)
            if found is None:
                self._batches = None
            else:
                self._note(found, record(found))
        except BaseException:
            self._batches = None
            raise

    def _note(self, batch: Sequence[Asked], outcomes: Sequence[Outcome]) -> None:
        for asked, outcome in zip(batch, outcomes, strict=True):
            if outcome.result is Result.REFUSED:
                self._beyond.add((asked.reader, outcome.month, asked.story))

    def settle(self) -> int:
        """Begin anew, once all is brought in; return how many stories were beyond an allowance."""
        beyond = len(self._beyond)
        self._beyond.clear()
        return beyond

    def reopen(self) -> None:
        """Forget who was let through to what: the store says again who may read."""
        with self._guard:
            self._let_through.clear()

    def close(self) -> None:
        with suppress(OSError):
            if self._spool is not None:
                self._spool.close()
