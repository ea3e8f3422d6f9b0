"""What tests share that serve a paper on PostgreSQL."""

import os
import random
import subprocess
from contextlib import contextmanager
from urllib.parse import urlsplit

import psycopg
import pytest

from tests.conftest import schema_stamp
from tests.paper.served import COMMAND, environment


@pytest.fixture(scope="session")
def database(tmp_path_factory):
    """Make a migrated database on the tests' PostgreSQL; return its address."""
    with _copy(tmp_path_factory) as address:
        yield address


@pytest.fixture
def own_database(tmp_path_factory):
    """Make one for this test alone, which looks at every row."""
    with _copy(tmp_path_factory) as address:
        yield address


@contextmanager
def _copy(tmp_path_factory):
    given = os.environ.get("BROADSHEET_TEST_POSTGRES")
    if not given:
        pytest.skip("BROADSHEET_TEST_POSTGRES names no server")
    name = f"machines_{random.randrange(10**9)}"
    # Migrating takes half a minute; a copy of what was migrated before takes none.
    template = f"broadsheet_tests_{schema_stamp()}"
    with psycopg.connect(given, autocommit=True) as connection:
        connection.execute("SELECT pg_advisory_lock(hashtext('broadsheet tests'))")
        _make_template(connection, given, template, tmp_path_factory)
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
    try:
        yield urlsplit(given)._replace(path=f"/{name}").geturl()
    finally:
        with psycopg.connect(given, autocommit=True) as connection:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def _make_template(connection, given, template, tmp_path_factory):
    known = "SELECT true FROM pg_database WHERE datname = %s"
    if connection.execute(known, (template,)).fetchone():
        return
    made = f"{template}_{os.getpid()}"
    connection.execute(f"CREATE DATABASE {made}")
    address = urlsplit(given)._replace(path=f"/{made}").geturl()
    options = environment(tmp_path_factory.mktemp("migrated"), DATABASE_URL=address)
    subprocess.run([*COMMAND, "migrate"], env=options, check=True, timeout=600)
    # Under its name only when it is whole.
    connection.execute(f"ALTER DATABASE {made} RENAME TO {template}")
