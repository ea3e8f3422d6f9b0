"""What a process must not hold when it forks.

Two processes that share a connection read each other's answers, and a lock that another thread held
is never released in the child. So only the listening socket and the pipe to the reading history
(broadsheet.wall.telling.Line) are shared; every process opens the rest itself. The supervisor checks
that before every fork and refuses to fork otherwise.
"""

import fcntl
import os
import stat
import threading
from collections.abc import Collection, Iterator
from contextlib import suppress
from pathlib import Path

from django.db import connections


class UnsafeForkError(Exception):
    """The process holds something that two processes must not share. Says what."""


def close_databases() -> None:
    """Close this thread's database connections."""
    connections.close_all()


def check_before_fork(allowed: Collection[int]) -> None:
    """Check that this process holds nothing that must not be shared.

    :param allowed: descriptors that all processes are meant to share
    :raises UnsafeForkError: naming everything it holds
    """
    if found := [*_connected(), *_threads(), *_open(allowed)]:
        raise UnsafeForkError("The paper can't fork while it holds " + "; ".join(found) + ".")


def _connected() -> Iterator[str]:
    for one in connections.all(initialized_only=True):
        if one.connection is not None:
            yield f"a connection to the database {one.alias!r}"


def _threads() -> Iterator[str]:
    for one in threading.enumerate():
        if one is not threading.current_thread():
            yield f"the thread {one.name!r}"
    # Threads that Python doesn't know about.
    with suppress(OSError):
        more = len(list(Path("/proc/self/task").iterdir())) - threading.active_count()
        if more > 0:
            yield f"{more} threads of a library"


def _open(allowed: Collection[int]) -> Iterator[str]:
    """Yield the sockets, pipes and writable files that this program has opened."""
    with suppress(OSError):
        for descriptor in [int(one.name) for one in Path("/dev/fd").iterdir()]:
            if descriptor > 2 and descriptor not in allowed:
                # The descriptor that listed the folder is closed by now.
                with suppress(OSError):
                    if what := _shared(descriptor):
                        yield what


def _shared(descriptor: int) -> str:
    if not fcntl.fcntl(descriptor, fcntl.F_GETFD) & fcntl.FD_CLOEXEC:
        # Inherited from whoever started the program: Python and libraries open theirs close-on-exec.
        return ""
    mode = os.fstat(descriptor).st_mode
    reads = fcntl.fcntl(descriptor, fcntl.F_GETFL) & os.O_ACCMODE == os.O_RDONLY
    if stat.S_ISCHR(mode) or (reads and (stat.S_ISREG(mode) or stat.S_ISDIR(mode))):
        return ""
    leads_to = ""
    with suppress(OSError):
        leads_to = f" ({Path(f'/proc/self/fd/{descriptor}').readlink()})"
    return f"descriptor {descriptor}{leads_to}"
