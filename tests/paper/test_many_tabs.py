"""A reader with sixty-four tabs, several workers, one allowance: ten stories open and no eleventh.

The paper is served by real workers with the edge in front, its readings in each of the stores.
"""

import random
import shutil
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.conftest import _migrated
from tests.paper.served import Desk, Served, Worker, serve, until
from tests.paper.wall.conftest import address_of
from tests.plain.press.edge.test_cluster import cluster  # noqa: F401  # a fixture

SECRET = "sixty-four-tabs-" * 4
TABS, STORIES, ALLOWANCE = 64, 20, 10
CLOSING = "The closing words are only for those who may read on."
PLANT = """
from django.test import Client
from broadsheet.demo import factories
section = factories.section("World")
words = [*factories.paragraphs(*("An opening sentence of the story. " * 12 for _ in range(4))),
         *factories.paragraphs(closing)]
answer = []
for number in range(count):
    story = factories.story(f"Story {number}", section=section, access="readers", body=words)
    answer.append(story.url)
"""
READER = """
from django.test import Client
from broadsheet.wall import gate
reader = factories.reader(f"reader-{number}@example.org")
client = Client()
client.force_login(reader)
client.get("/you/")
answer = [reader.pk, "; ".join(f"{k}={m.value}" for k, m in client.cookies.items())]
"""
COUNTED = """
from broadsheet.saved.models import ReadStory
answer = [[one.story for one in gate.ledger().readings(pk)],
          ReadStory.objects.filter(reader=pk).count()]
"""


@pytest.fixture(scope="module", params=["sqlite", "postgres", "valkey", "cluster"])
def paper(request, tmp_path_factory, django_db_setup):
    """A served paper, a desk, and the addresses of twenty stories."""
    folder = tmp_path_factory.mktemp("paper")
    shutil.copy(_migrated(), folder / "paper.sqlite3")
    if request.param == "cluster":
        url = request.getfixturevalue("cluster")[0][0]
    else:
        url = address_of(request.param)
    options = {"SECRET_KEY": SECRET, "LEDGER_URL": url, "ALLOWED_HOSTS": "testserver"}
    desk = Desk(folder, **options)
    stories = desk.do(PLANT, closing=CLOSING, count=STORIES)
    with serve(folder, workers=3, **options) as served:
        connect(served, desk, stories)
        yield served, desk, stories
        desk.close()


def connect(served: Served, desk: Desk, stories: list[str]) -> None:
    """Have every worker reach the store once: on a busy machine that takes longer than it waits."""
    pk, cookies = desk.do(READER, number=0)
    workers = served.workers()
    for worker, story in zip(workers, stories, strict=False):
        worker.get(story, cookie=cookies)
    assert until(lambda: len(desk.do(COUNTED, pk=pk)[0]) == len(workers))


def together(served: Served, stories: list[str], cookies: str) -> Counter[str]:
    """Ask for stories from sixty-four tabs at one moment; return which opened how often."""
    workers = served.workers()
    barrier = threading.Barrier(TABS)

    def tab(number: int) -> str:
        one = workers[number % len(workers)]
        own = Worker(type(one.connection)("127.0.0.1", served.port, timeout=60), one.pid)
        barrier.wait(30)
        path = stories[number % len(stories)]
        status, words = own.get(path, cookie=cookies)
        assert status == 200
        own.connection.close()
        return path if CLOSING in words else ""

    with ThreadPoolExecutor(TABS) as tabs:
        opened = Counter(tabs.map(tab, range(TABS)))
    del opened[""]
    return opened


@pytest.mark.parametrize("times", range(3))
def test_ten_stories_open_in_all_tabs_and_going_back_never_counts(paper, times):
    served, desk, stories = paper
    pk, cookies = desk.do(READER, number=random.randrange(10**9))

    opened = together(served, random.sample(stories, STORIES), cookies)

    assert len(opened) == ALLOWANCE
    assert len(desk.do(COUNTED, pk=pk)[0]) == ALLOWANCE
    # The browser's month list is still empty here, so the store has the word on every one.
    again = together(served, list(opened), cookies)
    assert set(again) == set(opened)
    assert again.total() == TABS
    assert len(desk.do(COUNTED, pk=pk)[0]) == ALLOWANCE
    others = [story for story in stories if story not in opened]
    assert not together(served, others, cookies)
    assert until(lambda: desk.do(COUNTED, pk=pk)[1] == ALLOWANCE)
