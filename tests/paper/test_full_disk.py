"""Whoever writes while the disk is full is told so, and nothing that was acknowledged is lost."""

import http.client
import os
import resource
import shutil
import threading
from urllib.parse import urlencode

import pytest

from tests.conftest import _migrated
from tests.paper.served import Desk, children, serve, until

SECRET = "a full disk under a paper " * 3
TOKEN = "a" * 32
PLANT = """
from django.test import Client
from broadsheet.comments.models import Comment
from broadsheet.demo import factories
section = factories.section("World")
story = factories.story("A story", section=section, body=factories.paragraphs("Words of it."))
reader = factories.reader("reader@example.org", name="Ada Lovelace")
client = Client()
client.force_login(reader)
answer = [story.url, story.pk, f"session={client.cookies['session'].value}"]
"""
STORED = "answer = sorted(Comment.objects.values_list('text', flat=True))"


def no_room(supervisor: int, *, limit: int) -> None:
    """Let no process of a paper write to files beyond so many bytes. -1: as before."""
    for pid in children(supervisor):
        hard = resource.prlimit(pid, resource.RLIMIT_FSIZE)[1]
        soft = hard if limit < 0 else limit
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (soft, hard))


class Log:
    """What a paper logs, read from a pipe: a file would be full as well."""

    def __init__(self) -> None:
        reading, writing = os.pipe()
        self.lines: list[str] = []
        self.writes = os.fdopen(writing, "w")
        self._reads = os.fdopen(reading)
        self._thread = threading.Thread(target=lambda: self.lines.extend(self._reads), daemon=True)
        self._thread.start()

    def close(self) -> str:
        self.writes.close()
        self._thread.join(30)
        return "".join(self.lines)


@pytest.fixture(scope="module")
def told(tmp_path_factory, django_db_setup):
    """Write and read a paper before, while and after its disk is full."""
    folder = tmp_path_factory.mktemp("full")
    shutil.copy(_migrated(), folder / "paper.sqlite3")
    desk = Desk(folder, SECRET_KEY=SECRET, ALLOWED_HOSTS="testserver")
    path, story, cookie = desk.do(PLANT)
    log = Log()
    answers: dict[str, list[tuple[int, str | None, str]]] = {}
    options = {"SECRET_KEY": SECRET, "ALLOWED_HOSTS": "testserver"}
    with serve(folder, log.writes, workers=1, **options) as served:

        def ask(method, path, body=None):
            connection = http.client.HTTPConnection("127.0.0.1", served.port, timeout=60)
            headers = {"Cookie": f"csrf={TOKEN}; {cookie}"}
            if body:
                headers["Content-Type"] = "application/x-www-form-urlencoded"
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            page = answer.read().decode()
            connection.close()
            return answer.status, answer.getheader("Retry-After"), page

        def post(text):
            key = text.replace(" ", "-")[:30]
            form = {"csrfmiddlewaretoken": TOKEN, "story": story, "act": "post"}
            return ask("POST", "/comments/write/", urlencode({**form, "text": text, "key": key}))

        answers["before"] = [post("The town council ought to look at the bridge in May.")]
        no_room(served.process.pid, limit=0)
        answers["full"] = [
            post(f"A county board has {n} reasons to close the road.") for n in (2, 3, 4)
        ]
        answers["read"] = [ask("GET", path), ask("GET", "/")]
        no_room(served.process.pid, limit=-1)
        until(lambda: post("Nobody asked the harbour master before the vote.")[0] == 302)
        answers["after"] = [post("Our school needs the new roof more than a car park.")]
    stored = desk.do(STORED)
    desk.close()
    return answers, stored, log.close()


def test_writers_are_told_to_try_again(told):
    answers, _, _ = told

    assert [status for status, _, _ in answers["before"]] == [302]
    assert [(status, retry) for status, retry, _ in answers["full"]] == [(503, "5")] * 3
    for number, (_, _, page) in enumerate(answers["full"], start=2):
        assert f"A county board has {number} reasons to close the road." in page


def test_readers_read_on(told):
    assert [status for status, _, _ in told[0]["read"]] == [200, 200]


def test_what_was_acknowledged_is_there_and_nothing_else(told):
    answers, stored, _ = told

    assert answers["after"][0][0] == 302
    assert [text.split()[0] for text in stored] == ["Nobody", "Our", "The"]


def test_it_is_one_line_in_the_log(told):
    _, _, words = told

    assert words.count("The database is unavailable") == 1
    assert "Traceback" not in words
