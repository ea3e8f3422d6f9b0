"""The ledger as the edge and Django call it: one thread before one store.

What is asked in one turn of the event loop, and while the last commit runs, goes into one batch and
one commit: nobody waits for a timer, and a batch is as large as the load.
"""

import asyncio
import logging
import os
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeoutError
from contextlib import suppress
from itertools import groupby, islice
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import cast

from broadsheet.press.edge.ledger.spool import Spool
from broadsheet.press.edge.ledger.stores import (
    MOST_AT_ONCE,
    Asked,
    Outcome,
    Reading,
    Result,
    Store,
    StoreError,
)

log = logging.getLogger("broadsheet.ledger")

type Done = Callable[[Outcome], object]
MOST_WAITING = 10_000  # batches
NOT_ANSWERED = "It did not answer in time."


class Ticket:
    """A reading on its way."""

    __slots__ = ("asked", "done", "kept", "settled", "unwanted")

    def __init__(self, asked: Asked, done: Done) -> None:
        self.asked = asked
        self.done = done
        self.settled = False
        # The wall was shown for it, so it must not be counted.
        self.unwanted = False
        # The story was shown without an answer of the store, and waits to be counted.
        self.kept = False


def _failed(tickets: Sequence[Ticket]) -> list[Outcome]:
    return [Outcome(Result.FAILED, ticket.asked.month, ()) for ticket in tickets]


class _Batch:
    """Readings asked for in one turn of a loop, or by one thread."""

    __slots__ = ("loop", "tickets", "timer")

    def __init__(self, tickets: list[Ticket], loop: asyncio.AbstractEventLoop | None) -> None:
        self.tickets = tickets
        self.loop = loop
        self.timer: asyncio.TimerHandle | None = None

    def settle(self, outcomes: Sequence[Outcome]) -> None:
        if self.timer is not None:
            self.timer.cancel()
        for ticket, outcome in zip(self.tickets, outcomes, strict=True):
            if ticket.settled:
                continue
            ticket.settled = True
            try:
                ticket.done(outcome)
            except Exception:
                log.exception("Whoever asked for a reading failed to hear of it")


class _Call:
    """Anything else that is asked of the store."""

    def __init__(self, function: Callable[[Store], object]) -> None:
        self.function = function
        self.future: Future[object] = Future()


class Ledger:
    """Records readings, exactly and durably, for any number of callers.

    When the store fails or is too slow, whoever asks gets ``Result.FAILED`` at once. If the paper
    opens stories then, the readings are kept in a spool and recorded when the store is back; if it
    closes them, they are not counted.

    :param make: makes the store; called once in each process
    :param spool: a folder for readings that wait; None keeps them in memory only
    :param opens_when_failing: whether the paper opens stories while the store fails
    :param deadline: seconds that a reader waits for the store
    :param retry: seconds between two tries while it fails
    :param told: called with a sentence when the store fails, and when it is back
    """

    def __init__(
        self,
        make: Callable[[], Store],
        *,
        spool: Path | None = None,
        opens_when_failing: bool = True,
        deadline: float = 1.0,
        retry: float = 1.0,
        told: Callable[[str], None] = log.error,
    ) -> None:
        self.opens_when_failing = opens_when_failing
        self.failing = False
        self._make = make
        self._spool_folder = spool
        self._deadline = deadline
        self._retry = retry
        self._told = told
        self._starting = threading.Lock()
        self._process = 0
        self._turn: list[Ticket] = []
        self._reset()

    def _reset(self) -> None:
        # None ends the thread.
        self._queue: SimpleQueue[_Batch | _Call | None] = SimpleQueue()
        self._unwritten: list[Asked] = []
        self._spool = Spool(self._spool_folder) if self._spool_folder else None
        self._failed_at = float("-inf")
        self._thread: threading.Thread | None = None

    def _start(self) -> None:
        """Start the thread of this process, unless it runs."""
        if self._process == os.getpid() and self._thread is not None:
            return
        with self._starting:
            if self._process != os.getpid():
                # After a fork nothing of the parent's may be used.
                self._reset()
                self._process = os.getpid()
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="ledger", daemon=True)
                self._thread.start()

    # For the event loop.

    def ask(self, asked: Asked, done: Done) -> None:
        """Record a reading; call ``done`` with the outcome, later and on the loop.

        Called on a running loop. It never raises, and ``done`` is always called, once.
        """
        if not self._turn:
            asyncio.get_running_loop().call_soon(self._end_turn)
        self._turn.append(Ticket(asked, done))

    async def record(self, asked: Asked) -> Outcome:
        """Record a reading and wait for the outcome."""
        future: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()

        def done(outcome: Outcome) -> None:
            if not future.done():
                future.set_result(outcome)

        self.ask(asked, done)
        return await future

    def _end_turn(self) -> None:
        tickets, self._turn = self._turn, []
        loop = asyncio.get_running_loop()
        self._start()
        batch = _Batch(tickets, loop)
        full = self._queue.qsize() > MOST_WAITING
        if self.failing or full:
            self._give_up(batch)
            return
        batch.timer = loop.call_later(self._deadline, self._overdue, batch)
        self._queue.put(batch)

    def _overdue(self, batch: _Batch) -> None:
        if not all(ticket.settled for ticket in batch.tickets):
            self._fails(NOT_ANSWERED)
            self._give_up(batch)

    def _give_up(self, batch: _Batch) -> None:
        self._do_without(batch.tickets)
        batch.settle(_failed(batch.tickets))

    def _do_without(self, tickets: Sequence[Ticket]) -> None:
        """Have readings wait that are let through without the store; forget those that are not."""
        if not self.opens_when_failing:
            for ticket in tickets:
                ticket.unwanted = True
            return
        # Before anybody is shown the story: whatever becomes of this process, it is counted.
        waiting = [ticket for ticket in tickets if not ticket.settled]
        for ticket in waiting:
            ticket.kept = True
        self._keep([ticket.asked for ticket in waiting])

    # For threads: Django's views and commands.

    def record_now(self, asked: Asked) -> Outcome:
        """Record a reading and wait for the outcome. Not to be called on the loop."""
        self._start()
        future: Future[Outcome] = Future()
        ticket = Ticket(asked, future.set_result)
        if not self.failing:
            self._queue.put(_Batch([ticket], None))
            with suppress(FutureTimeoutError):
                return future.result(self._deadline)
            self._fails(NOT_ANSWERED)
        self._do_without([ticket])
        return Outcome(Result.FAILED, asked.month, ())

    def merge(self, visitor: int, reader: int, month: int, allowance: int) -> int:
        """See Store.merge, which this calls. :raises StoreError: when the store fails."""
        return self._call(lambda store: store.merge(visitor, reader, month, allowance))

    def give_back(self, reader: int, month: int, story: int) -> bool:
        """See Store.give_back."""
        return self._call(lambda store: store.give_back(reader, month, story))

    def readings(self, reader: int, month: int | None = None) -> list[Reading]:
        """See Store.readings."""
        return self._call(lambda store: store.readings(reader, month))

    def forget(self, reader: int) -> None:
        """See Store.forget."""
        self._call(lambda store: store.forget(reader))

    def forget_before(self, month: int) -> None:
        """See Store.forget_before."""
        self._call(lambda store: store.forget_before(month))

    def _call[T](self, function: Callable[[Store], T]) -> T:
        self._start()
        call = _Call(function)
        self._queue.put(call)
        try:
            return cast("T", call.future.result(self._deadline + 5))
        except FutureTimeoutError as error:
            raise StoreError(NOT_ANSWERED) from error

    def close(self) -> None:
        """Record what waits and let go of the store. What is asked later starts it anew."""
        thread = self._thread
        if thread is not None and self._process == os.getpid():
            self._queue.put(None)
            thread.join(10)
            self._thread = None

    # In the thread.

    def _run(self) -> None:
        store = self._make()
        if warning := store.warning():
            self._told(warning)
        self._catch_up(store)
        running = True
        while running:
            jobs = self._take()
            if not jobs:
                self._catch_up(store)
            for kind, group in groupby(jobs, type):
                if kind is _Batch:
                    self._record_all(store, cast("list[_Batch]", list(group)))
                elif kind is _Call:
                    for call in cast("Iterator[_Call]", group):
                        self._answer(store, call)
                else:
                    running = False
        store.close()
        if self._spool is not None:
            self._spool.close()

    def _take(self) -> list[_Batch | _Call | None]:
        """Wait for something to do; return all there is. While the store fails, wait a while."""
        with suppress(Empty):
            jobs = [self._queue.get(timeout=self._retry if self.failing else None)]
            with suppress(Empty):
                while len(jobs) < MOST_AT_ONCE:
                    jobs.append(self._queue.get_nowait())
            return jobs
        return []

    def _record_all(self, store: Store, batches: list[_Batch]) -> None:
        outcomes = iter(self._record(store, [one for batch in batches for one in batch.tickets]))
        for batch in batches:
            own = list(islice(outcomes, len(batch.tickets)))
            if batch.loop is None:
                batch.settle(own)
            else:
                with suppress(RuntimeError):  # the loop has been closed
                    batch.loop.call_soon_threadsafe(batch.settle, own)

    def _record(self, store: Store, tickets: list[Ticket]) -> list[Outcome]:
        wanted = [ticket for ticket in tickets if not ticket.unwanted]
        batch = [ticket.asked for ticket in wanted]
        if not batch:
            return _failed(tickets)
        if self.failing and time.monotonic() - self._failed_at < self._retry:
            self._keep([ticket.asked for ticket in wanted if not ticket.kept])
            return _failed(tickets)
        outcomes = []
        try:
            for at in range(0, len(batch), MOST_AT_ONCE):
                outcomes += store.record(batch[at : at + MOST_AT_ONCE])
            for ticket, outcome in zip(wanted, outcomes, strict=True):
                if ticket.unwanted and outcome.result is Result.COUNTED:
                    # It took so long that the wall was shown meanwhile.
                    asked = ticket.asked
                    store.give_back(asked.reader, outcome.month, asked.story)
        except Exception as error:
            self._fails(str(error))
            self._keep([ticket.asked for ticket in wanted if not ticket.kept])
            return _failed(tickets)
        if self.failing:
            self._catch_up(store)
        if len(wanted) < len(tickets):
            found = dict(zip(map(id, wanted), outcomes, strict=True))
            return [found.get(id(one)) or _failed([one])[0] for one in tickets]
        return outcomes

    def _keep(self, batch: list[Asked]) -> None:
        """Keep readings of an open paper until the store is back."""
        if not self.opens_when_failing or not batch:
            return
        try:
            if self._spool is None:
                self._unwritten += batch
            else:
                self._spool.add(batch)
        except OSError as error:
            self._unwritten += batch
            self._told(f"Readings that wait for the store can't be written down either: {error}")

    def _catch_up(self, store: Store) -> None:
        """Record what waits, if the store is back."""
        refused = 0

        def record(batch: Sequence[Asked]) -> None:
            nonlocal refused
            refused += sum(one.result is Result.REFUSED for one in store.record(batch))

        try:
            while self._unwritten:
                record(self._unwritten[:MOST_AT_ONCE])
                del self._unwritten[:MOST_AT_ONCE]
            if self._spool is not None:
                self._spool.bring_in(record)
            if self.failing:
                store.readings(0, 0)  # does it answer?
        except Exception as error:
            self._fails(str(error))
            return
        if refused:
            self._told(
                f"While the store failed, {refused} stories were opened beyond the allowance."
            )
        if self.failing:
            self.failing = False
            self._told("The store of readings is back, and what waited is recorded.")

    def _fails(self, why: str) -> None:
        self._failed_at = time.monotonic()
        if not self.failing:
            self.failing = True
            shown = "stories open uncounted" if self.opens_when_failing else "the wall is shown"
            self._told(f"The store of readings fails, and {shown} until it is back: {why}")

    @staticmethod
    def _answer(store: Store, call: _Call) -> None:
        try:
            call.future.set_result(call.function(store))
        except Exception as error:
            call.future.set_exception(error)
