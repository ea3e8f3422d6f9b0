"""While PostgreSQL is away readers get a 503 that says so, and everything comes back by itself."""

import http.client
import json
import random
import threading
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.paper.relay import relay
from tests.paper.served import Desk, serve, until
from tests.paper.test_own_answers import PLANT

READERS = 8
UNAVAILABLE = "The database is unavailable"


@pytest.fixture(scope="module")
def paper(database, tmp_path_factory):
    """A paper with one worker whose database can be taken away: it, its relay, readers, its log."""
    folder = tmp_path_factory.mktemp("paper")
    parts = urlsplit(database)
    key = "database-away-" * 4
    desk = Desk(folder, SECRET_KEY=key, DATABASE_URL=database)
    readers = desk.do(PLANT, prefix=random.randrange(10**9), count=READERS)
    desk.close()
    log = folder / "log"
    with relay(parts.port) as between, log.open("w") as told:
        through = parts._replace(netloc=f"{parts.username}@127.0.0.1:{between.port}").geturl()
        # The ledger and the changes are asked straight, so that this is about pages alone.
        options = {"DATABASE_URL": through, "LEDGER_URL": database, "EDITION_URL": database}
        with serve(folder, told, workers=1, SECRET_KEY=key, **options) as served:
            yield served, between, readers, log


def ask(
    port: int, path: str, session: str, method: str = "GET", **headers: str
) -> tuple[int, http.client.HTTPMessage, str]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        connection.request(method, path, headers={"Cookie": f"session={session}", **headers})
        answer = connection.getresponse()
        return answer.status, answer.headers, answer.read().decode()
    finally:
        connection.close()


def at_once(readers: list[Any], work: Callable[[str, str], object]) -> list[Any]:
    """Have every reader do something at the same time; return what came of it."""
    found: list[Any] = []
    threads = [threading.Thread(target=lambda one=one: found.append(work(*one))) for one in readers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    return found


@pytest.mark.parametrize("way", ["stopped", "hanging"])
def test_readers_are_told_and_all_comes_back(paper, way):
    served, between, readers, log = paper
    lines = len(log.read_text().splitlines())

    def name_of(name: str, session: str) -> bool:
        status, _, said = ask(served.port, "/you/state.json", session)
        return status == 200 and json.loads(said)["name"] == name

    assert all(at_once(readers, name_of))
    between.cut() if way == "stopped" else between.hang()

    def page(name: str, session: str) -> list[tuple[int, http.client.HTTPMessage, str]]:
        return [ask(served.port, "/you/", session) for _ in range(5)]

    for answers in at_once(readers, page):
        for status, headers, said in answers:
            assert status == 503
            assert headers["Retry-After"] == "5"
            assert "no-store" in headers["Cache-Control"]
            assert "Back in a moment" in said
            assert "<html" in said
    session = readers[0][1]
    status, headers, said = ask(served.port, "/you/state.json", session, Accept="application/json")
    assert (status, headers["Retry-After"]) == (503, "5")
    assert "detail" in json.loads(said)
    between.mend()

    assert until(lambda: all(at_once(readers, name_of)), 60)
    told = log.read_text().splitlines()[lines:]
    assert len([line for line in told if UNAVAILABLE in line]) == 1
    assert until(lambda: "The database is back." in log.read_text())
    assert not [line for line in told if "Traceback" in line or "Internal Server Error" in line]
    assert len(told) < 5
