"""Fill the disk under a paper that is read and written, and make room again.

    python -m drills.full_disk [--readers 12]

A paper on a small disk of its own (a tmpfs, so root runs this) is served by two workers and the
background work. Readers post comments and open stories; then the disk is filled and they go on; then
there is room again and they go on. A comment that was acknowledged must be stored, and one that wasn't
must have been answered with 503 and Retry-After. The last line is ``while full: A of P posts told 503, O
others, L log lines of which T tracebacks, M acknowledged comments missing; after: B of P posted``; the exit
status is 1 unless every post was told, nothing is missing, the log has no traceback and all is well after.
"""

import argparse
import contextlib
import http.client
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

from drills.ledger import CLOSING, SECRET
from tests.paper.served import COMMAND, ROOT, Desk, Served, environment, serve, until

SIZE = "256m"
TOKEN = "a" * 32
PLANT = """
from django.test import Client
from broadsheet.comments.models import Comment
from broadsheet.demo import factories
from broadsheet.readers.models import Reader
section = factories.section("World")
words = [*factories.paragraphs(*("An opening sentence of the story. " * 12 for _ in range(4))),
         *factories.paragraphs(closing)]
stories = [factories.story(f"Story {one}", section=section, access="readers", body=words)
           for one in range(6)]
cookies = []
for one in range(readers):
    reader = factories.reader(f"reader{one}@example.org", name=f"Ada {chr(65 + one)}lovelace")
    client = Client()
    client.force_login(reader)
    client.get("/you/")
    cookies.append("; ".join(f"{k}={m.value}" for k, m in client.cookies.items() if k != "csrf"))
answer = [[one.url for one in stories], stories[0].pk, cookies]
"""
EMPTY_LOG = """
from django.db import connection
with connection.cursor() as cursor:
    cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
"""
STORED = "answer = list(Comment.objects.values_list('text', flat=True))"


@contextlib.contextmanager
def small_disk(at: Path) -> Iterator[None]:
    at.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "tmpfs", at], check=True)
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", at], check=True)


def fill(disk: Path) -> Path:
    """Fill a disk to the last byte."""
    filler = disk / "filler"
    with filler.open("wb", buffering=0) as file, contextlib.suppress(OSError):
        while True:
            file.write(b"\0" * 65_536)
    with filler.open("ab", buffering=0) as file, contextlib.suppress(OSError):
        while True:
            file.write(b"\0")
    return filler


class Paper:
    """The readers of a paper, and what they were told."""

    def __init__(self, served: Served, paths: list[str], story: int, cookies: list[str]) -> None:
        self._served = served
        self._paths = paths
        self._story = story
        self._cookies = cookies
        self.acknowledged: list[str] = []

    def _ask(
        self, method: str, path: str, cookies: str, form: dict[str, str] | None = None
    ) -> tuple[int, str, str]:
        connection = http.client.HTTPConnection("127.0.0.1", self._served.port, timeout=60)
        headers = {"Cookie": f"csrf={TOKEN}; {cookies}"}
        if form is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        try:
            connection.request(method, path, urlencode(form) if form else None, headers)
            answer = connection.getresponse()
            return answer.status, answer.getheader("Retry-After", ""), answer.read().decode()
        finally:
            connection.close()

    def post(self, about: str) -> list[int]:
        """Have every reader post a comment; return what they were answered."""
        statuses = []
        for number, cookies in enumerate(self._cookies):
            text = f"The {about} ought to look at bridge number {number + 10} before the winter."
            form = {"csrfmiddlewaretoken": TOKEN, "story": str(self._story), "text": text}
            form |= {"act": "post", "key": f"{about}-{number}".replace(" ", "-")}
            status, retry, page = self._ask("POST", "/comments/write/", cookies, form)
            if status == 302:
                self.acknowledged.append(text)
            elif status == 503 and not (retry and text in page):
                status = -503
            elif status == 422:
                print(page)
            statuses.append(status)
        return statuses

    def read(self) -> tuple[int, int]:
        """Have every reader open two stories; return how many opened and how many failed."""
        opened = failed = 0
        for number, cookies in enumerate(self._cookies):
            for path in (self._paths[number % 3], self._paths[3 + number % 3]):
                status, _, page = self._ask("GET", path, cookies)
                opened += CLOSING in page
                failed += status != 200
        return opened, failed


@contextlib.contextmanager
def background(paper: Path, log: Path, options: dict[str, str]) -> Iterator[None]:
    with log.open("a") as told:
        process = subprocess.Popen(
            [*COMMAND, "work"], env=environment(paper, **options), cwd=ROOT, stderr=told
        )
        try:
            yield
        finally:
            process.terminate()
            process.wait(30)


def drill(migrated: Path, readers: int) -> bool:
    with tempfile.TemporaryDirectory(prefix="drill-disk-") as name:
        disk, log = Path(name) / "disk", Path(name) / "log"
        options = {"SECRET_KEY": SECRET, "ALLOWED_HOSTS": "testserver"}
        with small_disk(disk):
            paper = disk / "paper"
            paper.mkdir()
            shutil.copy(migrated, paper / "paper.sqlite3")
            desk = Desk(paper, **options)
            paths, story, cookies = desk.do(PLANT, closing=CLOSING, readers=readers)
            with (
                log.open("a") as told,
                serve(paper, told, workers=2, **options) as served,
                background(paper, log, options),
            ):
                there = Paper(served, paths, story, cookies)
                before = there.post("town council")
                began = len(log.read_text().splitlines())
                # SQLite writes into the room that its log has before it asks for more.
                desk.do(EMPTY_LOG)
                filler = fill(disk)
                full = there.post("county board")
                opened, failed = there.read()
                time.sleep(5)
                lines = log.read_text().splitlines()[began:]
                filler.unlink()
                settled = until(lambda: there.post("state office")[0] == 302, 60)
                after = there.post("port authority")
                back = until(lambda: not any((paper / "spool").glob("*")), 60)
            stored = set(desk.do(STORED))
            desk.close()
        missing = [text for text in there.acknowledged if text not in stored]
        tracebacks = sum(line.startswith("Traceback") for line in lines)
        print(f"Before: {before.count(302)} of {readers} posts taken.")
        print(f"While full: {2 * readers} stories asked for, {opened} opened, {failed} failed.")
        for line in lines[:40]:
            print(f"  log: {line[:150]}")
        others = readers - full.count(503) - full.count(302)
        print(
            f"while full: {full.count(503)} of {readers} posts told 503, {others} others, "
            f"{len(lines)} log lines of which {tracebacks} tracebacks, {len(missing)} acknowledged "
            f"comments missing; after: {after.count(302)} of {readers} posted"
        )
        return (
            before.count(302) == after.count(302) == readers
            and others == failed == tracebacks == 0
            and not missing
            and settled
            and back
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--readers", type=int, default=12)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="drill-paper-") as name:
        made = {**os.environ, "PAPER_DIR": name}
        broadsheet = Path(sys.executable).with_name("broadsheet")
        subprocess.run([broadsheet, "migrate"], env=made, check=True, stdout=subprocess.DEVNULL)
        sys.exit(0 if drill(Path(name) / "paper.sqlite3", arguments.readers) else 1)


if __name__ == "__main__":
    main()
