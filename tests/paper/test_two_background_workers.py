"""Two background workers on one database: every letter goes once, also when one of them is killed."""

import shutil
import threading
from collections import Counter

import pytest

from tests.conftest import _migrated
from tests.paper.served import Desk, until
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
def options(request, tmp_path, django_db_setup):
    """Return the options that name a migrated database."""
    if request.param == "SQLite":
        shutil.copy(_migrated(), tmp_path / "paper.sqlite3")
        return {}
    return {"DATABASE_URL": request.getfixturevalue("own_database")}


def test_two_workers_send_each_letter_once_though_one_is_killed_in_between(options, tmp_path):
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
        options |= {"SECRET_KEY": SECRET, "MAIL_URL": mailbox.url}
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
