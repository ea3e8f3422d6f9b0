"""Two background workers on one database: every letter goes once, also when one of them is killed."""

import os
import random
import shutil
import subprocess
import threading
from collections import Counter
from urllib.parse import urlsplit

import psycopg
import pytest

from tests.conftest import _migrated
from tests.paper.served import COMMAND, Desk, environment, until
from tests.paper.smtp import Mailbox, mail_server
from tests.paper.workers import OWED, PLANT, Crew

SECRET = "two-background-workers-" * 3
# What `broadsheet work` does when the dead worker's claims have run out.
TAKE_OVER = """
from broadsheet.comments import claims, follows
later = timezone.now() + claims.LEASE
answer = notices.mail_due(now=later) + follows.mail_due(now=later)
"""


@pytest.fixture(params=["SQLite", "PostgreSQL"])
def database(request, tmp_path, django_db_setup):
    """Return the options that name a migrated database."""
    if request.param == "SQLite":
        shutil.copy(_migrated(), tmp_path / "paper.sqlite3")
        yield {}
        return
    given = os.environ.get("BROADSHEET_TEST_POSTGRES")
    if not given:
        pytest.skip("BROADSHEET_TEST_POSTGRES names no server")
    name = f"workers_{random.randrange(10**9)}"
    with psycopg.connect(given, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    options = {"DATABASE_URL": urlsplit(given)._replace(path=f"/{name}").geturl()}
    migrate = environment(tmp_path, **options)
    subprocess.run([*COMMAND, "migrate"], env=migrate, check=True, timeout=120, capture_output=True)
    yield options
    with psycopg.connect(given, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def test_two_workers_send_each_letter_once_though_one_is_killed_in_between(database, tmp_path):
    reached = threading.Event()
    held: list[tuple[str, int]] = []
    guard = threading.Lock()

    def hold_the_first(letter, port):
        """Never answer the first letter: whoever sends it has claimed it and not marked it."""
        with guard:
            if held:
                return True
            held.append((letter["Message-ID"], port))
        reached.set()
        gone.wait(60)
        return False

    gone = threading.Event()
    with mail_server(Mailbox(hold_the_first)) as mailbox:
        options = {"SECRET_KEY": SECRET, "MAIL_URL": mailbox.url, **database}
        desk = Desk(tmp_path, **options)
        owed = desk.do(PLANT, notices_owed=40, follows_owed=10)
        crew = Crew(tmp_path, **options)
        try:
            for _ in range(2):
                crew.start()
            assert reached.wait(60)
            victim = crew.who_has(held[0][1])
            assert victim is not None
            crew.kill(victim)
            gone.set()

            assert until(lambda: len(mailbox.letters) == owed - 1, 60)
            assert until(lambda: desk.do(OWED) == 1, 60)
            assert held[0][0] not in mailbox.ids()
        finally:
            crew.close()
        assert desk.do(TAKE_OVER) == 1
        assert desk.do(OWED) == 0
        desk.close()
    assert set(Counter(mailbox.ids()).values()) == {1}
    assert len(mailbox.letters) == owed
    assert mailbox.ids()[-1] == held[0][0]
