"""Telling the reading history what the ledger counted.

The edge counts a first reading without asking Django. What it counted is told afterwards, by a
thread of its own, so that no reader waits for it. It is told at most once: a process that dies takes
a second of it along, while the ledger, which the meter goes by, has it all.
"""

import logging
import threading
import time
from collections.abc import Sequence
from queue import SimpleQueue

from django.db import close_old_connections

from broadsheet.press.edge.ledger.stores import Asked, Outcome, Reading, Result, Store
from broadsheet.readers.signals import stories_read

log = logging.getLogger("broadsheet.wall")

AT_ONCE = 1000  # readings, or a few hundred more
GROUPED = 0.5  # seconds in which they are gathered for one write


class TellingStore(Store):
    """A store that says what it counted, once it is counted."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._counted: SimpleQueue[list[tuple[int, int, int]]] = SimpleQueue()
        threading.Thread(target=self._run, name="history", daemon=True).start()

    def record(self, batch: Sequence[Asked]) -> list[Outcome]:
        outcomes = self._store.record(batch)
        counted = [
            (asked.reader, asked.story, asked.at)
            for asked, outcome in zip(batch, outcomes, strict=True)
            if outcome.result is Result.COUNTED and asked.reader > 0
        ]
        if counted:
            self._counted.put(counted)
        return outcomes

    def _run(self) -> None:
        while True:
            rows = self._counted.get()
            time.sleep(GROUPED)
            while len(rows) < AT_ONCE and not self._counted.empty():
                rows += self._counted.get()
            close_old_connections()
            try:
                stories_read.send(sender=TellingStore, rows=rows)
            except Exception:
                log.exception("%s readings are missing from histories", len(rows))

    def merge(self, visitor: int, reader: int, month: int, allowance: int) -> int:
        return self._store.merge(visitor, reader, month, allowance)

    def give_back(self, reader: int, month: int, story: int) -> bool:
        return self._store.give_back(reader, month, story)

    def readings(self, reader: int, month: int | None = None) -> list[Reading]:
        return self._store.readings(reader, month)

    def forget(self, reader: int) -> None:
        self._store.forget(reader)

    def forget_before(self, month: int) -> None:
        self._store.forget_before(month)

    def close(self) -> None:
        self._store.close()

    def warning(self) -> str:
        return self._store.warning()
