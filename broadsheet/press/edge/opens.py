"""Counting how often stories are opened: a number for each story, and nothing about who opened it.

Counted in memory while pages are sent, handed on once a minute. A process that dies takes a minute
of it along: it decides about nothing.
"""

from collections import Counter
from collections.abc import Callable

HANDED_ON = 60.0  # seconds

type Opens = dict[int, int]  # a story's key → how often


class OpenCounter:
    """One to a process. Threads add to it too; one that is lost between two of them is no matter."""

    def __init__(self) -> None:
        self.counts: Counter[int] = Counter()
        self._handed_on_at: float | None = None

    def add(self, story: int) -> None:
        self.counts[story] += 1

    def take_due(self, now: float) -> Opens:
        """Return what was counted, once a minute; nothing meanwhile.

        :param now: seconds of a clock that is never put back
        """
        if self._handed_on_at is None:
            self._handed_on_at = now
        if not self.counts or now - self._handed_on_at < HANDED_ON:
            return {}
        self._handed_on_at = now
        taken, self.counts = self.counts, Counter()
        return dict(taken)


def ignore(opens: Opens) -> None:
    """Throw away what was counted, where nobody wants it."""


type Keep = Callable[[Opens], None]
