"""Database outages: one log line when one begins, one when it is over.

When the database is away, everything that needs it fails at once, thousands of times a minute. Each
process logs that once, and what fails during the outage adds nothing.
"""

import errno
import logging
import threading
import time
from collections.abc import Callable

log = logging.getLogger("broadsheet.database")

FORGOTTEN_AFTER = 60.0  # seconds without a failure; the next one is a new outage
RETRY_AFTER = 5  # seconds, as the Retry-After header tells browsers

# The names that PEP 249 gives these errors: Django and every driver use them.
_OPERATIONAL = {"OperationalError", "InterfaceError"}
# SQLSTATE classes: connection exceptions, resources, shutdown by an operator, system errors.
_POSTGRESQL = ("08", "53", "57P", "58")
# What the system says when there is no room to write, whoever wanted to.
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS}
_SQLITE = ("SQLITE_BUSY", "SQLITE_CANTOPEN", "SQLITE_FULL", "SQLITE_IOERR", "SQLITE_READONLY")


class UnavailableError(Exception):
    """Something that the paper needs can't be asked at the moment; trying again will help."""


def is_outage(error: BaseException | None) -> bool:
    """Return whether an error means that the database can't be used, whoever asks and whatever for.

    A full disk is one too, whichever file was to be written. A deadlock, a statement that ran out
    of time and a programming error aren't.
    """
    while error is not None:
        if isinstance(error, UnavailableError) or (
            isinstance(error, OSError) and error.errno in _FULL
        ):
            return True
        if any(kind.__name__ in _OPERATIONAL for kind in type(error).__mro__):
            if (code := getattr(error, "sqlite_errorname", None)) is not None:
                return str(code).startswith(_SQLITE)
            if (state := getattr(error, "sqlstate", None)) is not None:
                return str(state).startswith(_POSTGRESQL)
            if error.__cause__ is None:
                # Nothing that a server said: it can't be reached.
                return True
        error = error.__cause__
    return False


class Outages:
    """What one process has logged about the outages of its database.

    :param tell: logs a sentence
    """

    def __init__(
        self,
        tell: Callable[[str], None] = log.error,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._tell = tell
        self._clock = clock
        self._lock = threading.Lock()
        self._failed_at: float | None = None

    def record(self, error: BaseException | None) -> bool:
        """Return whether an error is due to an outage, and log the outage if it is a new one."""
        if error is None or not is_outage(error):
            return False
        now = self._clock()
        with self._lock:
            is_new = self._failed_at is None or now - self._failed_at > FORGOTTEN_AFTER
            self._failed_at = now
        if is_new:
            reason = " ".join(str(error).split()) or type(error).__name__
            self._tell(
                "The database is unavailable; whatever needs it gets a 503 until it is back: "
                f"{reason}"
            )
        return True

    def end(self) -> None:
        """Note that the database can be used."""
        if self._failed_at is None:
            return
        with self._lock:
            lasted, self._failed_at = self._failed_at is not None, None
        if lasted:
            self._tell("The database is back.")


outages = Outages()


class OnceFilter(logging.Filter):
    """Leaves out what is logged with an error that is due to an outage: that has its own line."""

    def filter(self, record: logging.LogRecord) -> bool:
        error = record.exc_info[1] if record.exc_info else None
        return not outages.record(error)
