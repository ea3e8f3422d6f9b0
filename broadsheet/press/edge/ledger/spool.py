"""Readings that could not be recorded yet, kept in files until the store is back."""

import fcntl
import json
import os
import secrets
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO

from broadsheet.press.edge.ledger.stores import MOST_AT_ONCE, Asked

_SUFFIX = ".readings"


class Spool:
    """A folder with one file to each process, locked while the process lives. Threads may share it.

    Whoever finds a file that nobody holds brings its readings in: a process that died leaves
    nothing behind.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._own: IO[str] | None = None
        self._own_path: Path | None = None
        self._guard = threading.Lock()

    def add(self, batch: Sequence[Asked]) -> None:
        """Keep readings; they are on disk when this returns.

        :raises OSError: when they can't be written
        """
        with self._guard:
            if self._own is None:
                self._folder.mkdir(parents=True, exist_ok=True)
                name = f"{os.getpid()}-{secrets.token_hex(4)}{_SUFFIX}"
                self._own_path = self._folder / name
                self._own = self._own_path.open("a", encoding="ascii")
                fcntl.flock(self._own, fcntl.LOCK_EX)
            self._own.write("".join(f"{json.dumps(asked)}\n" for asked in batch))
            self._own.flush()
            os.fsync(self._own.fileno())

    def bring_in(self, record: Callable[[Sequence[Asked]], object]) -> None:
        """Hand over everything that waits, some hundreds at a time, and forget it.

        What ``record`` raises ends it; the file stays, and all of it comes again.
        """
        with self._guard:
            # What is added meanwhile goes into another file.
            own, self._own = self._own, None
            path = self._own_path
        if own is not None and path is not None:
            with own:
                self._bring_in(path, record)
        if not self._folder.is_dir():
            return
        for path in sorted(self._folder.glob(f"*{_SUFFIX}")):
            with suppress(FileNotFoundError), path.open("a", encoding="ascii") as file:
                try:
                    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    continue  # its process lives
                self._bring_in(path, record)

    @staticmethod
    def _bring_in(path: Path, record: Callable[[Sequence[Asked]], object]) -> None:
        batch: list[Asked] = []
        for asked in _read(path):
            batch.append(asked)
            if len(batch) == MOST_AT_ONCE:
                record(batch)
                batch = []
        if batch:
            record(batch)
        path.unlink(missing_ok=True)

    @property
    def waits(self) -> bool:
        return self._own is not None

    def close(self) -> None:
        with self._guard:
            if self._own is not None:
                self._own.close()
                self._own = None


def _read(path: Path) -> Iterator[Asked]:
    with path.open(encoding="ascii", errors="replace") as file:
        for line in file:
            # A line that a power cut has torn was never acknowledged.
            with suppress(ValueError, TypeError):
                yield Asked(*(int(part) for part in json.loads(line)))
