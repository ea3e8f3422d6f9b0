"""Readings that could not be recorded yet, kept in files until the store is back."""

import errno
import fcntl
import json
import os
import secrets
import threading
from collections.abc import Iterator, Sequence
from contextlib import suppress
from io import FileIO
from itertools import batched
from pathlib import Path

from broadsheet.press.edge.ledger.stores import MOST_AT_ONCE, Asked

_SUFFIX = ".readings"


class Spool:
    """A folder with one file to each process, locked while the process lives. Threads may share it.

    Whoever finds a file that nobody holds brings its readings in: a process that died leaves
    nothing behind.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._own: FileIO | None = None
        self._own_path: Path | None = None
        self._guard = threading.Lock()

    def add(self, batch: Sequence[Asked]) -> None:
        """Keep readings; they are on disk when this returns.

        :raises OSError: when they can't be written
        """
        with self._guard:
            if self._own is None:
                self._folder.mkdir(parents=True, exist_ok=True)
                self._own, self._own_path = self._new()
            self._append("".join(f"{json.dumps(asked)}\n" for asked in batch).encode())

    def _new(self) -> tuple[FileIO, Path]:
        """Make a file that nobody takes for one whose process has died: it has its name last."""
        path = self._folder / f"{os.getpid()}-{secrets.token_hex(4)}{_SUFFIX}"
        unnamed = path.with_suffix(".new")
        file = unnamed.open("ab", buffering=0)
        try:
            fcntl.flock(file, fcntl.LOCK_EX)
            unnamed.rename(path)
        except BaseException:
            file.close()
            raise
        return file, path

    def _append(self, lines: bytes) -> None:
        """Write lines and wait for the disk. What can't be written whole is taken back."""
        assert self._own is not None
        size = self._own.seek(0, os.SEEK_END)
        try:
            written = self._own.write(lines)
            if written != len(lines):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            os.fsync(self._own.fileno())
        except OSError:
            with suppress(OSError):
                self._own.truncate(size)
            raise

    def batches(self) -> Iterator[list[Asked]]:
        """Yield everything that waits, some hundreds at a time.

        A file is removed once the batch after its last is asked for. When that never comes, it
        stays, and all of it comes again.
        """
        with self._guard:
            # What is added meanwhile goes into another file.
            own, self._own = self._own, None
            path = self._own_path
        if own is not None and path is not None:
            with own:
                yield from _batches(path)
        if not self._folder.is_dir():
            return
        for path in sorted(self._folder.glob(f"*{_SUFFIX}")):
            with suppress(FileNotFoundError), path.open("ab", buffering=0) as file:
                try:
                    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    continue  # its process lives
                yield from _batches(path)

    @property
    def waits(self) -> bool:
        return self._own is not None

    def close(self) -> None:
        with self._guard:
            if self._own is not None:
                self._own.close()
                self._own = None


def _batches(path: Path) -> Iterator[list[Asked]]:
    for batch in batched(_read(path), MOST_AT_ONCE):
        yield list(batch)
    path.unlink(missing_ok=True)


def _read(path: Path) -> Iterator[Asked]:
    with path.open(encoding="ascii", errors="replace") as file:
        for line in file:
            # A line that a power cut has torn was never acknowledged.
            with suppress(ValueError, TypeError):
                yield Asked(*(int(part) for part in json.loads(line)))
