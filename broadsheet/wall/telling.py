"""Telling the reading history what the ledger counted.

The edge counts a first reading without asking Django. What it counted is told afterwards, so that
no reader waits for it: over a line to the background work where that runs under the same
supervisor, so that the processes that answer readers write no history, or else by a thread here.
It is told at most once: a process that dies takes a second of it along, while the ledger, which the
meter goes by, has it all.
"""

import contextlib
import json
import logging
import os
import select
import threading
import time
from collections.abc import Sequence
from itertools import batched
from queue import SimpleQueue

from django.db import close_old_connections

from broadsheet.press.edge.ledger.stores import Asked, Outcome, Reading, Result, Store
from broadsheet.press.outages import outages
from broadsheet.readers.signals import stories_read

log = logging.getLogger("broadsheet.wall")

AT_ONCE = 1000  # readings, or a few hundred more
GROUPED = 0.5  # seconds in which they are gathered for one write
TRY_AGAIN = 1.0  # seconds between two tries while the database is away
MOST_WAITING = 10_000  # batches, while it is away; what comes then is left out
ON_A_LINE = 64  # readings; the longest take less than PIPE_BUF

type Row = tuple[int, int, int]  # a reader's key, a story's number, seconds since 1970


class Line:
    """A pipe from the processes that count to the one that writes histories.

    Made before the fork, so that all hold both its ends: while nobody listens it keeps some
    thousand readings, and what doesn't fit is refused.
    """

    def __init__(self) -> None:
        self._listening, self._speaking = os.pipe()
        os.set_blocking(self._speaking, False)
        self.ends = (self._listening, self._speaking)

    def tell(self, rows: Sequence[Row]) -> bool:
        """Put rows on the line, all or none; tell whether there was room."""
        said = json.dumps(rows).encode() + b"\n"
        # Up to this many bytes are written whole, never between another process's (POSIX, write).
        if len(said) > select.PIPE_BUF:
            return False
        try:
            os.write(self._speaking, said)
        except OSError:
            return False
        return True

    def hear(self, histories: "Histories") -> None:
        """Pass on what is told, from now on, by a thread of its own."""

        def run() -> None:
            with open(self._listening, "rb", closefd=False) as lines:
                for one in lines:
                    # Whoever listened before may have died with the beginning of a line.
                    with contextlib.suppress(ValueError):
                        histories.put([tuple(row) for row in json.loads(one)])

        threading.Thread(target=run, name="line", daemon=True).start()


class Histories:
    """Has histories written, some readings at a time, by a thread that starts with the first."""

    def __init__(self) -> None:
        self._counted: SimpleQueue[list[Row]] = SimpleQueue()
        self._starting = threading.Lock()
        self._started = False

    def put(self, rows: list[Row]) -> None:
        if not self._started:
            self._start()
        if self._counted.qsize() < MOST_WAITING:
            self._counted.put(rows)

    def _start(self) -> None:
        with self._starting:
            if not self._started:
                threading.Thread(target=self._run, name="history", daemon=True).start()
                self._started = True

    def _run(self) -> None:
        while True:
            rows = self._counted.get()
            time.sleep(GROUPED)
            while len(rows) < AT_ONCE and not self._counted.empty():
                rows += self._counted.get()
            while not self._write(rows):
                time.sleep(TRY_AGAIN)

    @staticmethod
    def _write(rows: list[Row]) -> bool:
        """Write rows; return False when that should be tried again, once the database is back."""
        close_old_connections()
        try:
            stories_read.send(sender=Histories, rows=rows)
        except Exception as error:
            if outages.record(error):
                return False
            log.exception("%s readings are missing from histories", len(rows))
        return True


class TellingStore(Store):
    """A store that says what it counted, once it is counted.

    :param line: to the process that writes histories; None writes them in this one
    """

    def __init__(self, store: Store, line: Line | None = None) -> None:
        self._store = store
        self._line = line
        self._histories = Histories()

    def record(self, batch: Sequence[Asked]) -> list[Outcome]:
        outcomes = self._store.record(batch)
        counted = [
            (asked.reader, asked.story, asked.at)
            for asked, outcome in zip(batch, outcomes, strict=True)
            if outcome.result is Result.COUNTED and asked.reader > 0
        ]
        for some in batched(counted, ON_A_LINE):
            if self._line is None or not self._line.tell(some):
                self._histories.put(list(some))
        return outcomes

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
