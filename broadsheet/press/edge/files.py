"""How many files a process may have open, and how many connections that leaves room for.

Connections are files to the system. A process that has none left can't accept the next connection,
read a template or write to its database, so that many idle connections would take the paper down.
"""

import resource
from contextlib import suppress

WANTED = 65_536  # files; more than MOST connections need
MOST = 10_000  # connections in one process, however many files it may have
RESERVE = 256  # files for the database, libraries, pipes, threads and a burst of new connections


def raise_limit() -> int:
    """Raise the limit of open files as far as the system lets us; return it."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft == resource.RLIM_INFINITY:
        return WANTED
    wanted = WANTED if hard == resource.RLIM_INFINITY else min(hard, WANTED)
    if soft < wanted:
        with suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
            return wanted
    return soft


def connections(files: int) -> int:
    """Return how many connections a process may have that may open so many files.

    Each may need a file beside itself: a body that is large, an answer that is taken slowly.
    """
    return max(16, min(MOST, (files - RESERVE) // 2))


def backlog(files: int) -> int:
    """Return how many connections may wait to be accepted: all may be at one stroke."""
    return max(16, min(2048, RESERVE // 2 if files < 4 * 2048 else 2048))
