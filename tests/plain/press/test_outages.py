"""An outage of the database is told from other errors, and logged once."""

import sqlite3

import psycopg
import pytest
from django.db import utils

from broadsheet.press.outages import FORGOTTEN_AFTER, Outages, is_outage


def by_django(error):
    """Wrap a driver's error as Django does."""
    try:
        raise utils.OperationalError(str(error)) from error
    except utils.OperationalError as wrapped:
        return wrapped


def of_sqlite(name, message):
    error = sqlite3.OperationalError(message)
    error.sqlite_errorname = name
    return error


@pytest.mark.parametrize(
    "error",
    [
        psycopg.OperationalError("connection refused"),
        psycopg.errors.AdminShutdown("terminating connection"),
        psycopg.errors.CannotConnectNow("the database system is starting up"),
        psycopg.errors.TooManyConnections("too many clients already"),
        psycopg.errors.DiskFull("no space left on device"),
        utils.InterfaceError("connection already closed"),
        of_sqlite("SQLITE_CANTOPEN", "unable to open database file"),
        of_sqlite("SQLITE_IOERR_READ", "disk I/O error"),
        of_sqlite("SQLITE_BUSY", "database is locked"),
    ],
)
def test_an_outage_is_one_whoever_wraps_it(error):
    assert is_outage(error)
    assert is_outage(by_django(error))


@pytest.mark.parametrize(
    "error",
    [
        psycopg.errors.DeadlockDetected("deadlock detected"),
        psycopg.errors.QueryCanceled("statement timeout"),
        psycopg.errors.UndefinedTable("no such table"),
        of_sqlite("SQLITE_ERROR", "no such table: newsroom_story"),
        ValueError("database is locked"),
        ConnectionError("of something else"),
    ],
)
def test_what_a_program_did_wrong_is_no_outage(error):
    assert not is_outage(error)
    if not isinstance(error, ValueError | ConnectionError):
        assert not is_outage(by_django(error))


def test_an_outage_is_logged_when_it_begins_and_when_it_ends():
    lines = []
    now = [0.0]
    outages = Outages(lines.append, clock=lambda: now[0])
    gone = psycopg.OperationalError("connection refused\n\tIs the server running?")

    for _ in range(1000):
        now[0] += 1
        assert outages.record(gone)
    assert not outages.record(ValueError())
    assert not outages.record(None)
    outages.end()
    outages.end()

    assert len(lines) == 2
    assert "connection refused Is the server running?" in lines[0]
    assert "is back" in lines[1]


def test_after_a_quiet_while_an_outage_is_a_new_one():
    lines = []
    now = [0.0]
    outages = Outages(lines.append, clock=lambda: now[0])

    outages.record(psycopg.OperationalError("gone"))
    now[0] += FORGOTTEN_AFTER + 1
    outages.record(psycopg.OperationalError("gone"))

    assert len(lines) == 2
