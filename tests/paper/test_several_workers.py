"""What is changed at the desk shows in every process, on one machine and on two.

Real workers, and a desk that is a process of its own.
"""

import os
import random
import shutil
from urllib.parse import urlsplit

import pytest

from tests.conftest import _migrated
from tests.paper.relay import relay
from tests.paper.served import Desk, serve, until

SECRET = "several-workers-" * 4
CLOSING = "The closing words are only for those who may read on."
STORY = """
from broadsheet.demo import factories
words = [*factories.paragraphs(*(f"Opening sentence {one} of the story. " * 12 for one in range(4))),
         *factories.paragraphs(closing)]
section = factories.section(f"Section {number}")
story = factories.story(f"Headline {number}", section=section, access=access, body=words)
answer = [story.url, story.pk]
"""
CHANGE = """
from broadsheet.newsroom.models import StoryPage
story = StoryPage.objects.get(pk=pk)
story.title, story.access = title, access
story.save_revision().publish()
"""
UNPUBLISH = """
from broadsheet.newsroom.models import StoryPage
StoryPage.objects.get(pk=pk).unpublish()
"""
SUBSCRIBER = """
import time
from broadsheet.demo import factories
from broadsheet.press.edge.passes import Pass, Standing
from broadsheet.wall import gate
reader = factories.reader(f"reader-{number}@example.org")
now = int(time.time())
answer = [reader.pk, gate.passes().issue(
    Pass(reader.pk, Standing.READER, now + 10**6, now - 1, now + 600))]
"""
# What `broadsheet work` would do on any machine.
TASKS = """
from django.utils import timezone
from django_tasks_db.models import DBTaskResult
waiting = DBTaskResult.objects.filter(backend_name="work", task_path__endswith="tell_everything")
answer = [waiting.count(), *(one.task.call() for one in waiting)]
"""
SIGN_IN = """
from allauth.usersessions.models import UserSession
from django.test import Client
from django.utils import timezone
from broadsheet.readers import actions
reader = factories.reader(f"leaves{number}@example.org")
client = Client(SERVER_NAME="127.0.0.1")
client.force_login(reader)
client.get("/you/")
answer = "; ".join(f"{k}={m.value}" for k, m in client.cookies.items())
"""
LEAVE = """
if way == "signs out":
    client.post("/accounts/logout/")
else:
    key = client.cookies["session"].value
    UserSession.objects.get_or_create(
        session_key=key, defaults={"user": reader, "ip": "127.0.0.1", "user_agent": ""}
    )
    if way == "ends the session":
        actions.end_sessions(UserSession.objects.filter(session_key=key))
    else:
        actions.sign_out_everywhere(reader=reader, now=timezone.now())
answer = None
"""
VOID = """
import time
from broadsheet.wall import gate
gate.revoked(pk, time.time())
"""


@pytest.fixture(scope="module", params=["one machine", "two machines", "two machines, Valkey"])
def paper(request, tmp_path_factory, django_db_setup):
    """A served paper: a connection to every worker, the desk, and whether it is one machine."""
    if request.param == "one machine":
        folder = tmp_path_factory.mktemp("paper")
        shutil.copy(_migrated(), folder / "paper.sqlite3")
        desk = Desk(folder, SECRET_KEY=SECRET)
        with serve(folder, workers=3, SECRET_KEY=SECRET) as served:
            yield served.workers(), desk, True
            desk.close()
        return
    options = {"SECRET_KEY": SECRET, "DATABASE_URL": request.getfixturevalue("database")}
    if "Valkey" in request.param:
        given = os.environ.get("BROADSHEET_TEST_REDIS")
        if not given:
            pytest.skip("BROADSHEET_TEST_REDIS names no server")
        options["EDITION_URL"] = f"{given.rpartition('/')[0]}/{random.randrange(1, 16)}"
    here, there = (tmp_path_factory.mktemp(name) for name in ("here", "there"))
    desk = Desk(here, **options)
    with serve(here, workers=2, **options) as one, serve(there, workers=1, **options) as two:
        yield [*one.workers(), *two.workers()], desk, False
        desk.close()


@pytest.fixture
def story(paper):
    """A new story, open to all, in the plates of every worker: its path and number."""
    workers, desk, _ = paper
    path, pk = desk.do(STORY, closing=CLOSING, number=random.randrange(10**9), access="free")
    for _ in range(2):
        for worker in workers:
            status, words = worker.get(path)
            assert status == 200
            assert CLOSING in words
    return path, pk


def test_a_changed_headline_shows_in_every_worker(paper, story):
    workers, desk, _ = paper
    path, pk = story

    desk.do(CHANGE, pk=pk, title="Quite another headline", access="free")

    for worker in workers:
        assert until(lambda: "Quite another headline" in worker.get(path)[1])  # noqa: B023


def test_no_worker_sends_a_story_that_has_been_closed(paper, story):
    workers, desk, is_one_machine = paper
    path, pk = story

    desk.do(CHANGE, pk=pk, title="Closed now", access="subscribers")

    for worker in workers:
        if is_one_machine:
            # No plate outlives the change, not for a moment.
            assert CLOSING not in worker.get(path)[1]
        assert until(lambda: CLOSING not in worker.get(path)[1])  # noqa: B023
        assert "Closed now" in worker.get(path)[1]


def test_a_story_that_was_taken_down_is_gone_everywhere(paper, story):
    workers, desk, _ = paper
    path, pk = story

    desk.do(UNPUBLISH, pk=pk)

    for worker in workers:
        assert until(lambda: worker.get(path)[0] in {404, 410})  # noqa: B023


def test_a_story_that_is_opened_to_all_opens_everywhere(paper):
    workers, desk, _ = paper
    number = random.randrange(10**9)
    path, pk = desk.do(STORY, closing=CLOSING, number=number, access="subscribers")
    for worker in workers:
        assert CLOSING not in worker.get(path)[1]

    desk.do(CHANGE, pk=pk, title="Open now", access="free")

    for worker in workers:
        assert until(lambda: CLOSING in worker.get(path)[1])  # noqa: B023


def test_a_pass_that_was_revoked_opens_nothing_anywhere(paper):
    workers, desk, _ = paper
    number = random.randrange(10**9)
    path, _ = desk.do(STORY, closing=CLOSING, number=number, access="subscribers")
    pk, sealed = desk.do(SUBSCRIBER, number=number)
    cookies = f"session=none-that-django-knows; pass={sealed}"
    for worker in workers:
        # Twice: the second answer is the edge's, if the first was Django's.
        assert until(lambda: CLOSING in worker.get(path, cookie=cookies)[1])  # noqa: B023

    desk.do(VOID, pk=pk)

    for worker in workers:
        assert until(lambda: CLOSING not in worker.get(path, cookie=cookies)[1])  # noqa: B023


@pytest.mark.parametrize("way", ["signs out", "ends the session", "signs out elsewhere"])
def test_cookies_that_were_copied_open_nothing_after_signing_out(paper, way):
    workers, desk, _ = paper
    number = random.randrange(10**9)
    path, _ = desk.do(STORY, closing=CLOSING, number=number, access="readers")
    cookies = desk.do(SIGN_IN, number=number)
    for worker in workers:
        for _ in range(2):
            assert until(lambda: CLOSING in worker.get(path, cookie=cookies)[1])  # noqa: B023

    desk.do(LEAVE, way=way)

    for worker in workers:
        assert until(lambda: CLOSING not in worker.get(path, cookie=cookies)[1])  # noqa: B023


def test_a_story_taken_down_by_a_machine_that_lost_the_store_and_died_is_gone_elsewhere(
    database, tmp_path_factory
):
    given = os.environ.get("BROADSHEET_TEST_REDIS")
    if not given:
        pytest.skip("BROADSHEET_TEST_REDIS names no server")
    parts = urlsplit(f"{given.rpartition('/')[0]}/{random.randrange(1, 16)}")
    options = {"SECRET_KEY": SECRET, "DATABASE_URL": database, "EDITION_URL": parts.geturl()}
    here, there = (tmp_path_factory.mktemp(name) for name in ("here", "there"))
    with relay(parts.port or 6379) as between, serve(there, workers=1, **options) as served:
        through = {
            **options,
            "EDITION_URL": parts._replace(netloc=f"127.0.0.1:{between.port}").geturl(),
        }
        desk, other = Desk(here, **through), Desk(there, **options)
        path, pk = desk.do(STORY, closing=CLOSING, number=random.randrange(10**9), access="free")
        (worker,) = served.workers()
        for _ in range(2):
            assert worker.get(path)[0] == 200

        between.cut()
        desk.do(UNPUBLISH, pk=pk)
        desk.kill()

        count, *told = other.do(TASKS)
        assert count >= 1
        assert all(told)
        assert until(lambda: worker.get(path)[0] in {404, 410})
        other.close()
