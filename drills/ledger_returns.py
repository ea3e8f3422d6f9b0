"""Lock the store of readings for nine seconds while readers keep asking for their readings.

    python -m drills.ledger_returns [--seconds 9]

A paper is served by two workers. A reader with ten stories a month has opened two. The file of
readings is locked; meanwhile one browser asks for /you/readings/ twice a second and two others, which
keep no cookies, ask for story after story. Once the file is free again, it is
measured how long it takes until every worker counts, and what was opened is compared with what the
store holds and what the log tells.
The last line is ``back after S s, opened O, counted C, told T beyond``; the exit status is 1 when
it took more than a second or a story that was opened is neither counted nor told.
"""

import argparse
import contextlib
import http.client
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from drills.ledger import CLOSING, SECRET, lock
from tests.paper.served import Desk, Served, serve, until

BOUND = 1.0  # seconds
ALLOWANCE = 10
PLANT = """
from django.test import Client
from broadsheet.demo import factories
from broadsheet.wall import gate
section = factories.section("World")
words = [*factories.paragraphs(*("An opening sentence of the story. " * 12 for _ in range(4))),
         *factories.paragraphs(closing)]
stories = [factories.story(f"Story {one}", section=section, access="readers", body=words)
           for one in range(60)]
reader = factories.reader("reader@example.org")
client = Client()
client.force_login(reader)
client.get("/you/")
answer = [[one.url for one in stories],
          "; ".join(f"{k}={m.value}" for k, m in client.cookies.items())]
"""


HELD = """
held = {one.story for one in gate.ledger().readings(reader.pk)}
answer = [one.url for one in stories if one.pk in held]
"""
FAILS, BACK = "The store of readings fails", "The store of readings is back"


class Again:
    """Something done again and again, however long it takes, until it is stopped."""

    def __init__(self, every: float, work: Callable[[], None]) -> None:
        self.times = 0
        self._end = threading.Event()
        self._every = every
        self._work = work
        self._browsers = ThreadPoolExecutor(32)
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        while not self._end.wait(self._every):
            self._browsers.submit(self._once)

    def _once(self) -> None:
        # A worker may be behind with its answers: a browser would try again too.
        with contextlib.suppress(OSError, http.client.HTTPException):
            self._work()
            self.times += 1

    def stop(self) -> None:
        self._end.set()
        self._thread.join()
        self._browsers.shutdown()


def get(served: Served, path: str, cookies: str) -> str:
    connection = http.client.HTTPConnection("127.0.0.1", served.port, timeout=30)
    try:
        connection.request("GET", path, headers={"Cookie": cookies})
        return connection.getresponse().read().decode()
    finally:
        connection.close()


def said_at(words: str, sentence: str) -> list[float]:
    """Return when a log said something, in seconds since 1970."""
    stamps = re.findall(rf"^(\S+ \S+),(\d+) .*{re.escape(sentence)}", words, re.MULTILINE)
    return [
        time.mktime(time.strptime(stamp, "%Y-%m-%d %H:%M:%S")) + int(beside) / 1000
        for stamp, beside in stamps
    ]


def drill(migrated: Path, seconds: float) -> bool:
    with tempfile.TemporaryDirectory(prefix="drill-returns-") as name:
        folder, paper = Path(name), Path(name) / "paper"
        paper.mkdir()
        shutil.copy(migrated, paper / "paper.sqlite3")
        options = {"SECRET_KEY": SECRET, "ALLOWED_HOSTS": "testserver", "TZ": time.tzname[0]}
        desk = Desk(paper, **options)
        paths, cookies = desk.do(PLANT, closing=CLOSING)
        log = folder / "log"
        opened: set[str] = set()
        left = iter(paths)

        def ask() -> None:
            get(served, "/you/readings/", cookies)

        def open_next() -> None:
            path = next(left)
            if CLOSING in get(served, path, cookies):
                opened.add(path)

        with log.open("w") as told, serve(paper, told, workers=2, **options) as served:
            open_next()
            open_next()
            away, back = lock(paper)
            away()
            asking = [Again(0.5, ask)]
            asking += [Again(0.5, open_next) for _ in range(2)]
            time.sleep(seconds)
            back()
            at = time.time()

            def all_back() -> bool:
                words = log.read_text()
                return words.count(FAILS) == words.count(BACK) > 0

            returned = until(all_back, 30)
            for one in asking:
                one.stop()
            spool = paper / "spool"
            empty = until(lambda: not spool.is_dir() or not any(spool.iterdir()), 30)
        held = set(desk.do(HELD))
        desk.close()
        words = log.read_text()
        took = max(said_at(words, BACK), default=at + 99) - at
        beyond = sum(int(one) for one in re.findall(r"(\d+) stories were opened beyond", words))
        counted = len(opened & held)
        good = (
            returned
            and empty
            and took <= BOUND
            and len(held) <= ALLOWANCE
            and len(opened) <= counted + beyond
        )
        print(
            f"Locked for {seconds:g} s; {asking[0].times} times somebody asked for their readings "
            f"meanwhile; {'as it must be' if good else 'WRONG'}."
        )
        print(
            f"back after {took:.2f} s, opened {len(opened)}, counted {counted}, told {beyond} beyond"
        )
        return good


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--seconds", type=float, default=9)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="drill-paper-") as name:
        made = {**os.environ, "PAPER_DIR": name}
        broadsheet = Path(sys.executable).with_name("broadsheet")
        subprocess.run([broadsheet, "migrate"], env=made, check=True, stdout=subprocess.DEVNULL)
        sys.exit(0 if drill(Path(name) / "paper.sqlite3", arguments.seconds) else 1)


if __name__ == "__main__":
    main()
