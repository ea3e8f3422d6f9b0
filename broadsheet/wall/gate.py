"""What Django and the edge share: the ledger, the seals of passes, the edition's number.

One of each to a process, made when it is first asked for.
"""

import logging
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction

from broadsheet.press.crawlers.proofs import Proofs, load_ranges
from broadsheet.press.edge.cookies import Cookies
from broadsheet.press.edge.edition import EditionFile
from broadsheet.press.edge.ledger.front import Ledger
from broadsheet.press.edge.ledger.stores import Store
from broadsheet.press.edge.passes import Passes
from broadsheet.press.edge.shared import SharedEdition, shared
from broadsheet.press.outages import outages

if TYPE_CHECKING:
    from broadsheet.wall.telling import Line

log = logging.getLogger("broadsheet.wall")


def zone() -> ZoneInfo:
    """Return the paper's own zone: months turn in it."""
    return ZoneInfo(settings.TIME_ZONE)


@cache
def cookies() -> Cookies:
    start = "__Host-" if settings.SESSION_COOKIE_SECURE else ""
    return Cookies(
        session=settings.SESSION_COOKIE_NAME,
        pass_=f"{start}pass",
        month=f"{start}month",
        counted=f"{start}counted",
        secure=settings.SESSION_COOKIE_SECURE,
    )


@cache
def passes() -> Passes:
    return Passes([str(settings.SECRET_KEY), *map(str, settings.SECRET_KEY_FALLBACKS)])


@cache
def edition() -> EditionFile | SharedEdition:
    """Return the number that grows with every change: of this machine, or shared by several."""
    if settings.EDITION_URL:
        return shared(settings.EDITION_URL, on_failure=_leave_telling)
    folder = Path(settings.OPTIONS.paper_dir)
    folder.mkdir(parents=True, exist_ok=True)
    return EditionFile(folder / "edition.number")


_deputies: list[Callable[[], object]] = []


def leave_telling_to(deputy: Callable[[], object]) -> None:
    """Name who sees to it that others tell what this process may not live to tell."""
    _deputies[:] = [deputy]


def _leave_telling() -> None:
    try:
        for deputy in _deputies:
            deputy()
    except Exception as error:
        if not outages.record(error):
            log.exception("Nobody else knows of a change that couldn't be told")


def is_behind() -> bool:
    """Return whether there are changes that this process couldn't tell the others yet."""
    told = edition()
    return isinstance(told, SharedEdition) and told.is_behind


def listen() -> EditionFile | SharedEdition:
    """Have this process hear of every change; return what tells it."""
    heard = edition()
    if isinstance(heard, SharedEdition):
        heard.start()
    return heard


def make_store() -> Store:
    """Make the store of readings that LEDGER_URL names."""
    url: str = settings.LEDGER_URL
    scheme = url.partition(":")[0]
    if scheme in {"redis", "rediss", "valkey"}:
        from broadsheet.press.edge.ledger.valkey import ValkeyStore

        return ValkeyStore(url)
    if scheme in {"postgres", "postgresql"}:
        from broadsheet.press.edge.ledger.postgres import PostgresStore

        return PostgresStore(url)
    from broadsheet.press.edge.ledger.sqlite import SqliteStore

    return SqliteStore(Path(settings.OPTIONS.paper_dir) / "readings.sqlite3")


def make_telling_store() -> Store:
    """Make the store for a web process: what it counts is told to the reading history."""
    from broadsheet.wall.telling import TellingStore

    return TellingStore(make_store(), _lines[0] if _lines else None)


_makers: list[Callable[[], Store]] = [make_store]
_lines: list["Line"] = []


def tell_history() -> None:
    """Have this process tell the reading history what it counts. Said before the first reading."""
    _makers[0] = make_telling_store


def open_history_line() -> tuple[int, int]:
    """Open a line from web processes to the one that hears it; return its ends.

    Said before the fork: it is the one thing that goes through it, with the listening socket.
    """
    from broadsheet.wall.telling import Line

    _lines[:] = [Line()]
    return _lines[0].ends


def hear_history() -> None:
    """Have this process write the histories of what the others count."""
    from broadsheet.wall.telling import Histories

    for line in _lines:
        line.hear(Histories())


@cache
def ledger() -> Ledger:
    return Ledger(
        _makers[0],
        spool=Path(settings.OPTIONS.paper_dir) / "spool",
        opens_when_failing=settings.LEDGER_FAILS == "open",
    )


@cache
def proofs() -> Proofs:
    """Return what proves crawlers. Published ranges are kept in the paper's folder ``crawlers``."""
    return Proofs(load_ranges(Path(settings.OPTIONS.paper_dir) / "crawlers"))


def changed(*names: str, access: bool = False) -> None:
    """Tell every worker, once the change is committed, that what these keys name has changed.

    :param names: paths, or keys that printed pages carry; none: everything
    :param access: who may read it changed, or may have
    """
    transaction.on_commit(lambda: edition().changed(*names, access=access))


def revoked(reader: int, moment: float) -> None:
    """Make every pass of a reader worthless that was issued before a moment."""
    transaction.on_commit(lambda: edition().revoked(reader, int(moment) + 1))


def readings_changed(reader: int) -> None:
    """Have every worker ask the ledger again about a person's month.

    Said after the ledger has changed, when readings were given back or merged: workers remember
    whose month is used up.
    """
    transaction.on_commit(lambda: edition().readings_changed(reader))
