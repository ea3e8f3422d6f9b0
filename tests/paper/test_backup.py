"""A backup has the whole paper: restored, a reader who had five stories left has five."""

import json
import os
import shutil
import sqlite3
import stat
import subprocess
from pathlib import Path

import psycopg
import pytest

from tests.conftest import _migrated
from tests.paper.served import COMMAND, Desk, environment

PLANT = """
import time
from pathlib import Path
from django.conf import settings
from django.utils import timezone
from broadsheet.demo import factories
from broadsheet.press.edge.ledger.spool import Spool
from broadsheet.press.edge.ledger.stores import Asked
from broadsheet.rules.meter import month_of
from broadsheet.wall import gate
reader = factories.reader("reader@example.org")
section = factories.section("World")
stories = [factories.story(f"Story {one}", section=section).pk for one in range(5)]
month = month_of(timezone.now(), gate.zone())
asked = [Asked(reader.pk, month, story, 10, int(time.time())) for story in stories]
store = gate.make_store()
store.record(asked[:4])
store.close()
# One was read while the ledger was away, by a process that has died since.
folder = Path(settings.OPTIONS.paper_dir)
Spool(folder / "spool").add(asked[4:])
(folder / "media").mkdir()
(folder / "media/picture.jpg").write_bytes(b"a picture")
(folder / "screening").mkdir()
(folder / "screening/own.npz").write_bytes(b"a detector of its own")
answer = [reader.pk, month, stories]
"""
HELD = """
from broadsheet.readers.models import Reader
from broadsheet.wall import gate
from broadsheet.press.edge.ledger.spool import Spool
from pathlib import Path
from django.conf import settings
store = gate.make_store()
for batch in Spool(Path(settings.OPTIONS.paper_dir) / "spool").batches():
    store.record(batch)
reader = Reader.objects.get(email="reader@example.org").pk
answer = [reader, sorted(one.story for one in store.readings(reader, month)), settings.SECRET_KEY]
"""


def run(folder: Path, *words: str, **options: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*COMMAND, *words],
        env=environment(folder, **options),
        cwd=folder.parent,
        capture_output=True,
        text=True,
        timeout=120,
    )


@pytest.fixture
def paper(tmp_path, django_db_setup):
    folder = tmp_path / "paper"
    folder.mkdir()
    shutil.copy(_migrated(), folder / "paper.sqlite3")
    return folder


@pytest.fixture
def backup(paper, tmp_path):
    """Return the folder of a backup of a paper in which somebody has read five stories."""
    desk = Desk(paper)
    planted = desk.do(PLANT)
    # The paper runs meanwhile.
    made = run(paper, "backup", str(tmp_path / "kept/monday"))
    desk.close()
    assert (made.returncode, made.stderr) == (0, "")
    return tmp_path / "kept/monday", planted


def test_who_had_five_stories_left_has_five_in_a_restored_paper(backup, paper, tmp_path):
    kept, (reader, month, stories) = backup
    key = (paper / "secret.key").read_text()
    shutil.rmtree(paper)

    told = run(paper, "restore", str(kept))

    assert (told.returncode, told.stderr) == (0, "")
    desk = Desk(paper)
    assert desk.do(HELD, month=month) == [reader, sorted(stories), key]
    desk.close()
    assert (paper / "media/picture.jpg").read_bytes() == b"a picture"
    assert (paper / "screening/own.npz").exists()
    assert run(paper, "check").returncode == 0


def test_nobody_else_may_read_a_backup(backup):
    kept, _ = backup

    assert stat.S_IMODE(kept.stat().st_mode) == 0o700
    assert not (kept / "static").exists()
    assert "secret.key" in json.loads((kept / "manifest.json").read_text())["files"]


def test_a_backup_is_no_other_paper_and_no_half_one(backup, paper, tmp_path):
    kept, _ = backup

    again = run(paper, "backup", str(kept))
    inside = run(paper, "backup", str(paper / "backup"))
    over = run(paper, "restore", str(kept))
    with (kept / "readings.sqlite3").open("r+b") as file:
        file.seek(100)
        file.write(b"x")
    damaged = run(tmp_path / "other", "restore", str(kept))
    none = run(tmp_path / "other", "restore", str(paper))

    for told, words in (
        (again, "isn't an empty folder"),
        (inside, "in the paper's own folder"),
        (over, "already; restore into an empty folder"),
        (damaged, "isn't as it was written"),
        (none, "manifest.json is not there"),
    ):
        assert told.returncode == 1
        assert words in told.stderr
        assert "Traceback" not in told.stderr
    assert not (tmp_path / "other").exists()
    assert [one.name for one in kept.parent.iterdir()] == ["monday"]


def test_what_is_kept_elsewhere_is_named(paper, tmp_path):
    told = run(
        paper,
        "backup",
        str(tmp_path / "kept"),
        LEDGER_URL="redis://user:sesame@store.example/0",
        SECRET_KEY="long-enough-" * 5,
    )

    assert told.returncode == 3
    assert "LEDGER_URL (store.example)" in told.stderr
    assert "SECRET_KEY" in told.stderr
    assert "sesame" not in told.stderr


def test_a_database_that_is_written_to_is_copied_as_it_was_at_one_moment(tmp_path):
    from broadsheet.config import backup

    source = tmp_path / "source.sqlite3"
    with sqlite3.connect(source) as writer:
        writer.execute("PRAGMA journal_mode=WAL")
        writer.execute("CREATE TABLE account (pounds INTEGER)")
        writer.execute("INSERT INTO account VALUES (60), (40)")
    writer.execute("UPDATE account SET pounds = pounds - 10 WHERE pounds = 60")

    # Half of a transfer is written and not committed.
    backup._copy_sqlite(source, tmp_path / "copy.sqlite3")

    writer.rollback()
    writer.close()
    copy = sqlite3.connect(tmp_path / "copy.sqlite3")
    assert copy.execute("SELECT sum(pounds) FROM account").fetchone() == (100,)
    copy.close()


def test_a_paper_on_postgresql_comes_back_with_its_readings(own_database, tmp_path):
    given = os.environ["BROADSHEET_TEST_POSTGRES"]
    if not shutil.which("pg_dump"):
        pytest.skip("pg_dump is not installed")
    paper, other = tmp_path / "paper", tmp_path / "other"
    paper.mkdir()
    desk = Desk(paper, DATABASE_URL=own_database)
    reader, month, stories = desk.do(PLANT)
    made = run(paper, "backup", str(tmp_path / "kept"), DATABASE_URL=own_database)
    desk.close()
    assert (made.returncode, made.stderr) == (0, "")
    assert run(other, "restore", str(tmp_path / "kept"), DATABASE_URL=own_database).returncode == 1
    shutil.rmtree(other, ignore_errors=True)
    empty = f"restored_{os.getpid()}"
    with psycopg.connect(given, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {empty}")
    restored = f"{given.rpartition('/')[0]}/{empty}"
    try:
        told = run(other, "restore", str(tmp_path / "kept"), DATABASE_URL=restored)
        assert (told.returncode, told.stderr) == (0, "")
        desk = Desk(other, DATABASE_URL=restored)
        assert desk.do(HELD, month=month)[:2] == [reader, sorted(stories)]
        desk.close()
    finally:
        with psycopg.connect(given, autocommit=True) as connection:
            connection.execute(f"DROP DATABASE {empty} WITH (FORCE)")
