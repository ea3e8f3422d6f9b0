"""Keeping for seconds what hardly ever changes and is asked for all the time."""

import time
from collections.abc import Callable

LASTS = [2.0]  # seconds; tests keep nothing


class Kept[T]:
    """What a function returned last, for two seconds; one to a process.

    A change made by another process is seen after that. What is kept is shared: nobody changes it.
    """

    def __init__(self, function: Callable[[], T]) -> None:
        self._function = function
        self._kept: tuple[float, T] | None = None

    def __call__(self) -> T:
        now = time.monotonic()
        kept = self._kept
        if kept is None or now - kept[0] >= LASTS[0]:
            self._kept = kept = (now, self._function())
        return kept[1]
