"""Every reader gets their own answers, however many ask at once and whichever worker answers.

Real workers on PostgreSQL: they are forked, and no connection may be shared by two of them.
"""

import http.client
import json
import random
import threading
from collections import Counter

import pytest

from tests.paper.served import Desk, serve

READERS = 8
TIMES = 40
EACH = 5
PLANT = """
from django.test import Client
from broadsheet.demo import factories
answer = []
for one in range(count):
    reader = factories.reader(f"{prefix}-{one}@example.org", name=f"Reader {prefix} {one}")
    client = Client(HTTP_HOST="127.0.0.1")
    client.force_login(reader)
    answer.append([reader.get_full_name(), client.cookies["session"].value])
"""


@pytest.fixture(scope="module")
def paper(database, tmp_path_factory):
    folder = tmp_path_factory.mktemp("paper")
    options = {"SECRET_KEY": "own-answers-" * 5, "DATABASE_URL": database}
    desk = Desk(folder, **options)
    readers = desk.do(PLANT, prefix=random.randrange(10**9), count=READERS)
    desk.close()
    with serve(folder, workers=2, **options) as served:
        yield served, readers


def asked(connection: http.client.HTTPConnection, name: str, session: str) -> str:
    """Ask who is signed in; tell whose answer came."""
    connection.request("GET", "/you/state.json", headers={"Cookie": f"session={session}"})
    answer = connection.getresponse()
    said = answer.read()
    if answer.status != 200:
        return f"status {answer.status}"
    told = json.loads(said)["name"]
    return "own" if told == name else f"{told}, not {name}"


def test_readers_who_ask_at_once_each_see_their_own_name(paper):
    served, readers = paper
    seen: Counter[str] = Counter()
    start = threading.Barrier(READERS)

    def ask(name: str, session: str) -> None:
        start.wait()
        for _ in range(TIMES // EACH):
            # Another connection now and then, so that each asks both workers.
            connection = http.client.HTTPConnection("127.0.0.1", served.port, timeout=30)
            try:
                for _ in range(EACH):
                    seen[asked(connection, name, session)] += 1
            except OSError as error:
                # Once is enough: a worker that hangs does so for all.
                seen[f"no answer: {error!r}"] += 1
                return
            finally:
                connection.close()

    threads = [threading.Thread(target=ask, args=reader) for reader in readers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)

    assert seen == {"own": READERS * TIMES}
