"""Fixtures that tests of the paper share. They are made by broadsheet.demo.factories."""

import hashlib
import os
import shutil
import sys
import tempfile
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import setup_databases, teardown_databases

from broadsheet.demo import factories

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


def schema_stamp() -> str:
    """Return what changes with everything that migrating a database depends on."""
    root = Path(__file__).parents[1]
    told = "".join(f"{name} {version(name)};" for name in ("django", "wagtail", "django-allauth"))
    told += (root / "broadsheet/config/settings.py").read_text()
    told += (root / "broadsheet/newsroom/roles.py").read_text()
    for file in sorted(root.glob("broadsheet/*/migrations/*.py")):
        told += f"{file.name} {file.read_text()}"
    return hashlib.sha256(told.encode()).hexdigest()[:16]


def _migrated() -> Path:
    """Return a migrated SQLite database, kept from run to run: making one costs ten seconds."""
    kept = Path(__file__).parents[1] / ".build" / "tests" / f"{schema_stamp()}.sqlite3"
    if not kept.exists():
        from django.core.management import call_command

        kept.parent.mkdir(parents=True, exist_ok=True)
        made = kept.with_suffix(f".{os.getpid()}")
        connection.settings_dict["NAME"] = str(made)
        connection.close()
        call_command("migrate", verbosity=0, interactive=False)
        connection.cursor().execute("PRAGMA journal_mode=DELETE")
        connection.close()
        made.rename(kept)
    return kept


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment, django_db_blocker, django_db_modify_db_settings):
    """Give every process a copy of the migrated database; on PostgreSQL, one made anew."""
    with django_db_blocker.unblock():
        if connection.vendor != "sqlite":
            made = setup_databases(verbosity=0, interactive=False)
            yield
            teardown_databases(made, verbosity=0)
            return
        folder = tempfile.mkdtemp(prefix="broadsheet-tests-")
        mine = Path(folder) / "paper.sqlite3"
        shutil.copy(_migrated(), mine)
        connection.close()
        connection.settings_dict["NAME"] = str(mine)
        # What a test with real transactions puts back when it ends.
        connection._test_serialized_contents = connection.creation.serialize_db_to_string()  # type: ignore[attr-defined]
        yield
        connection.close()
        shutil.rmtree(folder)


@pytest.fixture(autouse=True, scope="session")
def _nothing_kept():
    """Ask the database each time for what is kept for seconds: every test has another one."""
    from broadsheet.readers import kept

    kept.LASTS[0] = 0.0


@pytest.fixture(autouse=True)
def _nothing_counted():
    """Forget the readings of a test: the ledger is a store of its own, which nothing rolls back."""
    yield
    gate = sys.modules.get("broadsheet.wall.gate")
    if gate is not None and gate.ledger.cache_info().currsize:
        from django.conf import settings

        gate.ledger().close()
        gate.ledger.cache_clear()
        for file in settings.OPTIONS.paper_dir.glob("readings.sqlite3*"):
            file.unlink()


@pytest.fixture
def front_page(db):
    return factories.front_page()


@pytest.fixture
def section(db):
    return factories.section("World")


@pytest.fixture
def story(section):
    return factories.story("A headline", section=section)


@pytest.fixture
def reader(db):
    return factories.reader("reader@example.org")


@pytest.fixture
def editor(db):
    return factories.staff("editor@example.org", role="Editors")
