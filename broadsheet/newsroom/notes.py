"""Telling the log, once, what is left out of the paper's pages because it can't be printed."""

import logging

log = logging.getLogger(__name__)

_MOST = 1000
_noted: set[tuple[str, object]] = set()


def note(what: str, pk: object, reason: str) -> None:
    """Log that something is left out, once for as long as this process runs."""
    if (what, pk) in _noted:
        return
    if len(_noted) >= _MOST:
        _noted.clear()
    _noted.add((what, pk))
    log.error("%s %s is left out of the paper's pages: %s", what, pk, reason)
