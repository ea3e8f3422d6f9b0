"""The stores of readings, each in its turn."""

import os
import random

import psycopg
import pytest

from broadsheet.press.edge.ledger.postgres import PostgresStore
from broadsheet.press.edge.ledger.resp import Link
from broadsheet.press.edge.ledger.sqlite import SqliteStore
from broadsheet.press.edge.ledger.valkey import ValkeyStore
from broadsheet.wall import gate
from tests.plain.press.edge.test_ledger import in_a_schema_of_its_own

_schemas: dict[str, str] = {}
# Beside each other, processes of the tests use databases of their own.
DATABASE = 1 + (int(os.environ.get("PYTEST_XDIST_WORKER", "gw0")[2:]) + random.randrange(8)) % 15


def address_of(kind: str) -> str:
    """Return the address of an empty store; skip the test where there is no server for it."""
    if kind == "sqlite":
        return ""
    variable = {"postgres": "BROADSHEET_TEST_POSTGRES", "valkey": "BROADSHEET_TEST_REDIS"}[kind]
    given = os.environ.get(variable)
    if not given:
        pytest.skip(f"{variable} names no server")
    if kind == "postgres":
        place = _schemas.get(given) or _schemas.setdefault(given, in_a_schema_of_its_own(given))
        with psycopg.connect(place, autocommit=True) as connection:
            connection.execute("DROP TABLE IF EXISTS wall_reading")
        return place
    place = f"{given.rpartition('/')[0]}/{DATABASE}"
    link = Link(place, timeout=5)
    link.one("FLUSHDB")
    link.close()
    return place


@pytest.fixture(params=["sqlite", "postgres", "valkey"])
def store(request, settings):
    """Have Django count in one store after the other; return its class."""
    settings.LEDGER_URL = address_of(request.param)
    gate.ledger.cache_clear()
    # It is closed and forgotten after every test.
    return {"sqlite": SqliteStore, "postgres": PostgresStore, "valkey": ValkeyStore}[request.param]
