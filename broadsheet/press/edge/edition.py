"""The edition's number: it grows with every change of what the paper shows, and tells which.

Whoever changes something, in whatever process, says so here once the change is committed. Every
worker compares the number at every request and drops the plates concerned.
"""

import fcntl
import logging
import mmap
import os
import struct
import threading
import time
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from enum import IntEnum
from pathlib import Path
from typing import NamedTuple, Protocol

from broadsheet.press.edge.plates import key_of

log = logging.getLogger("broadsheet.edge")


class Kind(IntEnum):
    WORDS = 1  # what is shown changed: the old plate may be sent for half a second after
    ACCESS = 2  # who may read it changed: the old plate is never sent again
    # A reader's passes from before an epoch are worth nothing from now on, and what is remembered
    # of the reader's month holds no more. Epoch 0 voids no pass.
    REVOKED = 3


EVERYBODY = 0  # the key with which the passes of all readers are revoked


class Change(NamedTuple):
    """One change.

    :param key: what changed (broadsheet.press.edge.plates.key_of), 0 for everything; the reader's
        key where passes were revoked, or ``EVERYBODY``
    :param epoch: the lowest epoch of a pass that is still good
    :param at: seconds since 1970; from other machines whole ones, rounded down
    """

    kind: Kind
    key: int
    epoch: int = 0
    at: float = 0


class Edition(Protocol):
    """Where the number comes from."""

    def number(self) -> int:
        """Return the number, at the cost of a look into memory. Negative: it isn't known."""

    def changes(self, since: int) -> tuple[int, Sequence[Change] | None]:
        """Return the number and the changes after ``since``; None: more than is remembered."""

    def remembered(self) -> tuple[int, Sequence[Change], int]:
        """Return the number, the changes remembered, and since when (seconds since 1970)."""

    def check(self) -> None:
        """See to it that the number is still heard of. Called once a second."""


class Speaker(ABC):
    """Whoever makes changes known to every worker."""

    @abstractmethod
    def say(self, changes: Iterable[Change]) -> None:
        """Make changes known to every worker. Call it after they are committed."""

    def changed(self, *names: str, access: bool = False) -> None:
        """Say that what these keys name has changed; without any: everything.

        :param access: who may read it changed, or may have
        """
        kind = Kind.ACCESS if access else Kind.WORDS
        self.say([Change(kind, key_of(name)) for name in names] or [Change(kind, 0)])

    def revoked(self, reader: int, epoch: int) -> None:
        """Say that passes of a reader from before an epoch are worth nothing."""
        self.say([Change(Kind.REVOKED, reader, epoch)])

    def readings_changed(self, reader: int) -> None:
        """Say that readings of a person were given back, or came from elsewhere."""
        self.say([Change(Kind.REVOKED, reader, 0)])

    def everything_changed(self) -> None:
        """Say that nothing known so far may be relied on: no page, and no pass from before now.

        Said where a change may have been lost: who made it died, or couldn't tell anybody.
        """
        epoch = int(time.time()) + 1
        self.say([Change(Kind.ACCESS, 0), Change(Kind.REVOKED, EVERYBODY, epoch)])


_MAGIC = int.from_bytes(b"BSedit01", "little")
_SLOT = struct.Struct("<QqIIII")  # number, key, kind, epoch, at, milliseconds beside
_HEAD = 64
SLOTS = 8192
_IS, _NUMBER, _MADE_AT, _FIRST = range(4)


class EditionFile(Speaker):
    """The number and the latest changes in a file that all processes of one machine map.

    A change costs a lock and a few writes to memory; the disk is not waited for, because nothing
    must survive a power cut: plates don't either.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock_path = path.with_name(path.name + ".lock")
        with self._lock():
            self._open()

    def _open(self) -> None:
        """Map the file, made where there is none. The lock is held."""
        size = _HEAD + SLOTS * _SLOT.size
        descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            if os.fstat(descriptor).st_size != size:
                os.ftruncate(descriptor, 0)
                os.ftruncate(descriptor, size)
            self._map = mmap.mmap(descriptor, size)
            self._inode = os.fstat(descriptor).st_ino
        finally:
            os.close(descriptor)
        self._cells = memoryview(self._map).cast("Q")
        if self._cells[_IS] != _MAGIC:
            # A file made anew says no number that an older one has said.
            self._cells[_NUMBER] = self._cells[_FIRST] = time.time_ns()
            self._cells[_MADE_AT] = int(time.time())
            self._cells[_IS] = _MAGIC

    @contextmanager
    def _lock(self) -> Iterator[None]:
        with self._lock_path.open("a") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def _moved(self) -> bool:
        try:
            return self.path.stat().st_ino != self._inode
        except FileNotFoundError:
            return True

    def number(self) -> int:
        return self._cells[_NUMBER]

    def say(self, changes: Iterable[Change]) -> None:
        at, beside = divmod(int(time.time() * 1000), 1000)
        with self._lock():
            if self._moved():
                self._open()
            number = self._cells[_NUMBER]
            for change in changes:
                number += 1
                place = _HEAD + number % SLOTS * _SLOT.size
                key = (change.key + 2**63) % 2**64 - 2**63
                _SLOT.pack_into(
                    self._map, place, number, key, change.kind, change.epoch, at, beside
                )
            # Last, so that who sees the number finds the changes.
            self._cells[_NUMBER] = number

    def changes(self, since: int) -> tuple[int, Sequence[Change] | None]:
        number = self._cells[_NUMBER]
        if not 0 <= number - since <= SLOTS:
            return number, None
        found = [self._slot(one) for one in range(since + 1, number + 1)]
        if self._cells[_NUMBER] - since > SLOTS or None in found:
            # They were written over while they were read.
            return number, None
        return number, [one for one in found if one is not None]

    def remembered(self) -> tuple[int, Sequence[Change], int]:
        first = self._cells[_FIRST]
        while True:
            number = self._cells[_NUMBER]
            oldest = max(first, number - SLOTS) + 1
            found, kept = self.changes(oldest - 1)
            if kept is not None:
                break
        # What was written over before the oldest is not known.
        since = self._cells[_MADE_AT] if oldest == first + 1 else int(kept[0].at) + 1
        return found, kept, since

    def _slot(self, number: int) -> Change | None:
        place = _HEAD + number % SLOTS * _SLOT.size
        written, key, kind, epoch, at, beside = _SLOT.unpack_from(self._map, place)
        if written != number:
            return None
        key = key if kind == Kind.REVOKED else key % 2**64
        return Change(Kind(kind), key, epoch, at + beside / 1000)

    def check(self) -> None:
        if self._moved():
            with self._lock():
                self._open()


type Fetch = Callable[[int | None], tuple[int, Sequence[Change] | None]]


class PolledEdition:
    """The number asked for by a thread, for papers on several machines.

    When the store was away and is back, everything counts as changed: who changed something
    meanwhile may have died before the store could hear of it.

    :param fetch: returns the number and the changes since another (None where they aren't known);
        called with None for those of the last ten minutes. It may raise
    :param every: seconds between two questions
    :param patience: seconds without an answer after which the number isn't known, and no plate is
        sent
    """

    def __init__(self, fetch: Fetch, *, every: float = 0.25, patience: float = 5.0) -> None:
        self._fetch = fetch
        self._every = every
        self._patience = patience
        self._number = -1
        # How often the store was lost and found again. The number grows by one each time.
        self._losses = 0
        self._answered_at = float("-inf")
        self._said: deque[tuple[int, Sequence[Change] | None]] = deque(maxlen=1000)
        self._asking = threading.Lock()
        self._guard = threading.Lock()
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self._failed = False

    def start(self) -> None:
        """Ask once, then again and again in a thread of its own."""
        self.ask()
        self._thread = threading.Thread(target=self._run, name="edition", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._stop.set()
        if self._thread is not None:
            self._thread.join()

    def _run(self) -> None:
        while not self._stop.wait(self._every):
            self.ask()

    def ask(self) -> None:
        """Ask for the number now."""
        # One at a time, so that the number never goes back.
        with self._asking:
            self._ask()

    def _ask(self) -> None:
        asked_at = time.monotonic()
        known = self._number >= 0
        try:
            number, changes = self._fetch(self._number - self._losses if known else None)
        except Exception as error:
            if not self._failed:
                reason = " ".join(str(error).split()) or type(error).__name__
                log.error("The store of changes can't be read, so plates aren't sent: %s", reason)
            self._failed = True
            return
        with self._guard:
            if self._failed and known:
                self._losses += 1
                changes = None
            number += self._losses
            if number != self._number:
                self._said.append((number, changes))
                self._number = number
            self._answered_at = asked_at
        if self._failed:
            log.warning("The store of changes can be read again; every page is printed again")
        self._failed = False

    def number(self) -> int:
        fresh = time.monotonic() - self._answered_at < self._patience
        return self._number if fresh else -1

    def changes(self, since: int) -> tuple[int, Sequence[Change] | None]:
        with self._guard:
            if since == self._number:
                return since, ()
            found: list[Change] = []
            # Not by comparing numbers: a store that was restored may have gone back to a lower one.
            for number, changes in reversed(self._said):
                if number == since:
                    return self._number, found
                if changes is None:
                    break
                found = [*changes, *found]
            return self._number, None

    def remembered(self) -> tuple[int, Sequence[Change], int]:
        with self._guard:
            kept: list[Change] = []
            for _, changes in self._said:
                if changes is None:
                    return self._number, (), int(time.time())
                kept.extend(changes)
            forgotten = not self._said or len(self._said) == self._said.maxlen
            return self._number, kept, int(time.time()) if forgotten else 0

    def check(self) -> None:
        """Nothing: the thread sees to it."""
