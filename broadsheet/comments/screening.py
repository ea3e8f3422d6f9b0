"""Asking the detector, where one is installed. What it can't measure is held, never published.

The paper's process installs a function that loads it; it is loaded when the first comment comes, or
when the process starts (:func:`warm_up`).
"""

import logging
import threading
import time
from collections.abc import Callable
from typing import NamedTuple

from broadsheet.rules.guidelines.findings import Detector, Measured, Written
from broadsheet.rules.guidelines.judging import Screened

log = logging.getLogger("broadsheet.comments")

AGAIN = 30.0  # seconds after which loading is tried once more

type Load = Callable[[], Detector]


class Screening(NamedTuple):
    """:param version: that of the detector; empty when none looked"""

    screened: Screened
    measured: Measured | None = None
    version: str = ""


class _Desk:
    """What this process has loaded."""

    load: Load | None = None
    detector: Detector | None = None
    failed_at: float = float("-inf")
    guard = threading.Lock()


def install(load: Load | None) -> None:
    """Say how the detector is loaded; None takes it away."""
    with _Desk.guard:
        _Desk.load, _Desk.detector, _Desk.failed_at = load, None, float("-inf")


def is_installed() -> bool:
    return _Desk.load is not None


def detector() -> Detector:
    """Return the detector, loaded once.

    :raises RuntimeError: when it could not be loaded a moment ago; whatever loading raises
    """
    found = _Desk.detector
    if found is not None:
        return found
    with _Desk.guard:
        if _Desk.detector is None:
            if _Desk.load is None:
                raise RuntimeError("no detector is installed")
            if time.monotonic() - _Desk.failed_at < AGAIN:
                raise RuntimeError("the detector could not be loaded a moment ago")
            try:
                _Desk.detector = _Desk.load()
            except BaseException:
                _Desk.failed_at = time.monotonic()
                raise
        return _Desk.detector


def warm_up() -> None:
    """Load the detector now, so that the first writer doesn't wait."""
    if is_installed():
        try:
            detector()
        except Exception:
            log.exception("the detector can't be loaded; comments are held until it can")


def screen(written: Written) -> Screening:
    """Measure a comment; whatever goes wrong is logged, and the comment can't be published."""
    if not is_installed():
        return Screening(Screened.NOT_INSTALLED)
    try:
        found = detector()
        return Screening(Screened.DONE, found.measure(written), found.version)
    except Exception:
        log.exception("a comment could not be screened; it is held")
        return Screening(Screened.FAILED)
