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

from broadsheet.press.edge.ledger.backlog import Backlog
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
AWAY = "It fails, and is not asked until it is back."
CATCHES_UP = 0.5  # seconds for what waits before readers are counted again; the rest comes between
_PATIENCE = 6.0  # seconds that a change waits for the store
_BETWEEN = 0.02  # seconds for it then, each time


class Ticket:
    """A reading on its way."""

    __slots__ = ("asked", "done", "kept", "settled", "unwanted", "walled")

    def __init__(self, asked: Asked, done: Done, walled: bool = False) -> None:
        self.asked = asked
        self.done = done
        # Whoever asks shows the wall unless the store says otherwise.
        self.walled = walled
        self.settled = False
        # The wall was shown for it, so it must not be counted.
        self.unwanted = False
        # The story was shown without an answer of the store, and waits to be counted.
        self.kept = False


def _without_the_store(ticket: Ticket) -> Outcome:
    result = Result.FAILED if ticket.kept else Result.CLOSED
    return Outcome(result, ticket.asked.month, ())


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

    When the store fails or is too slow, whoever asks gets an answer at once. If the paper opens
    stories then, it is ``Result.FAILED``: the readings are kept in a spool and recorded when the
    store is back. Where the wall stands it is ``Result.CLOSED``, and nothing is counted: if the
    paper closes stories then, for who has used their month up, and for who was let through to a
    whole month's stories since the store failed.

    Coming back goes before everything else: while the store fails it is tried every ``retry``
    seconds, whatever is asked, and what waits keeps readers waiting no longer than ``CATCHES_UP``.

    :param make: makes the store; called once in each process
    :param spool: a folder for readings that wait; None keeps them in memory only
    :param opens_when_failing: whether the paper opens stories while the store fails
    :param deadline: seconds that a reader waits for the store
    :param retry: seconds between two tries while it fails; with CATCHES_UP, a second
    :param told: called with a sentence when the store fails, and when it is back
    """

    def __init__(
        self,
        make: Callable[[], Store],
        *,
        spool: Path | None = None,
        opens_when_failing: bool = True,
        deadline: float = 1.0,
        retry: float = 0.5,
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
        self._backlog = Backlog(self._spool_folder, self._told)
        self._failed_at = float("-inf")
        self._caught_up = False
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

    def ask(self, asked: Asked, done: Done, walled: bool = False) -> None:
        """Record a reading; call ``done`` with the outcome, later and on the loop.

        Called on a running loop. It never raises, and ``done`` is always called, once.

        :param walled: whether the wall stands unless the store says otherwise
        """
        if not self._turn:
            asyncio.get_running_loop().call_soon(self._end_turn)
        self._turn.append(Ticket(asked, done, walled))

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
        batch.settle(self._do_without(batch.tickets))

    def _do_without(self, tickets: Sequence[Ticket]) -> list[Outcome]:
        """Have readings wait that are let through without the store; forget those that are not."""
        waiting = []
        for ticket in tickets:
            if ticket.settled or ticket.kept or ticket.unwanted:
                continue
            if (
                not self.opens_when_failing
                or ticket.walled
                or not self._backlog.has_room(ticket.asked)
            ):
                ticket.unwanted = True
                continue
            ticket.kept = True
            waiting.append(ticket.asked)
        # Before anybody is shown the story: whatever becomes of this process, it is counted.
        self._backlog.keep(waiting)
        return [_without_the_store(ticket) for ticket in tickets]

    # For threads: Django's views and commands.

    def record_now(self, asked: Asked, *, walled: bool = False) -> Outcome:
        """Record a reading and wait for the outcome. Not to be called on the loop.

        :param walled: whether the wall stands unless the store says otherwise
        """
        self._start()
        future: Future[Outcome] = Future()
        ticket = Ticket(asked, future.set_result, walled)
        if not self.failing:
            self._queue.put(_Batch([ticket], None))
            with suppress(FutureTimeoutError):
                return future.result(self._deadline)
            self._fails(NOT_ANSWERED)
        return self._do_without([ticket])[0]

    def merge(self, visitor: int, reader: int, month: int, allowance: int) -> int:
        """See Store.merge, which this calls. :raises StoreError: when the store fails."""
        return self._call(lambda store: store.merge(visitor, reader, month, allowance))

    def give_back(self, reader: int, month: int, story: int) -> bool:
        """See Store.give_back."""
        return self._call(lambda store: store.give_back(reader, month, story))

    def readings(self, reader: int, month: int | None = None) -> list[Reading]:
        """See Store.readings."""
        return self._call(lambda store: store.readings(reader, month), self._deadline)

    def forget(self, reader: int) -> None:
        """See Store.forget."""
        self._call(lambda store: store.forget(reader))

    def forget_before(self, month: int) -> None:
        """See Store.forget_before."""
        self._call(lambda store: store.forget_before(month))

    def _call[T](self, function: Callable[[Store], T], seconds: float = _PATIENCE) -> T:
        self._start()
        if self.failing:
            # Whoever asks would hold a thread, and what waits isn't in the store.
            raise StoreError(AWAY)
        call = _Call(function)
        self._queue.put(call)
        try:
            return cast("T", call.future.result(seconds))
        except FutureTimeoutError as error:
            call.future.cancel()
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
        running = True
        while running:
            jobs = self._take()
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
        self._backlog.close()

    def _take(self) -> list[_Batch | _Call | None]:
        """Wait for something to do; return all there is, at most until the store is tried again."""
        with suppress(Empty):
            jobs = [self._queue.get(timeout=self._idle_for())]
            with suppress(Empty):
                while len(jobs) < MOST_AT_ONCE:
                    jobs.append(self._queue.get_nowait())
            return jobs
        return []

    def _idle_for(self) -> float | None:
        if self.failing:
            return max(0.0, self._failed_at + self._retry - time.monotonic())
        return 0.0 if self._backlog.waits else None

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
        if not batch or self.failing:
            return self._do_without(tickets)
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
            return self._do_without(tickets)
        if len(wanted) < len(tickets):
            found = dict(zip(map(id, wanted), outcomes, strict=True))
            return [found.get(id(one)) or _without_the_store(one) for one in tickets]
        return outcomes

    def _catch_up(self, store: Store) -> None:
        """Try a store that fails, and record what waits if it is back."""
        failing = self.failing
        if failing and time.monotonic() - self._failed_at < self._retry:
            return
        first = failing or not self._caught_up
        try:
            if failing:
                store.try_out()
            done = self._backlog.bring_in(store.record, CATCHES_UP if first else _BETWEEN)
        except Exception as error:
            self._fails(str(error))
            return
        self._caught_up = True
        if failing:
            self.failing = False
            self._backlog.reopen()
            waited = "what waited is recorded" if done else "what waited is being recorded"
            self._told(f"The store of readings is back, and {waited}.")
        if done and (beyond := self._backlog.settle()):
            self._told(
                f"While the store failed, {beyond} stories were opened beyond the allowance."
            )

    def _fails(self, why: str) -> None:
        self._failed_at = time.monotonic()
        if not self.failing:
            self.failing = True
            shown = "stories open uncounted" if self.opens_when_failing else "the wall is shown"
            self._told(f"The store of readings fails, and {shown} until it is back: {why}")

    def _answer(self, store: Store, call: _Call) -> None:
        if not call.future.set_running_or_notify_cancel():
            return  # whoever asked was told that it did not answer
        try:
            if self.failing:
                raise StoreError(AWAY)
            call.future.set_result(call.function(store))
        except Exception as error:
            call.future.set_exception(error)
