"""A paper is backed up while it is read and written, lost, and made again from the backup.

    python -m drills.backup

Two workers serve a paper. A reader opens five of ten metered stories; the last while the ledger is
locked, so that it waits in the spool. While stories are published and others read on, `broadsheet
backup` is run; then every process is killed with -9 and the paper's folder removed. What `broadsheet
restore` makes is served again: with the cookies that the reader had, the five stories are still open,
exactly five more open, and the next meets the wall. Every story published before the backup began is
there, and SQLite finds nothing wrong. The exit status is 1 when one of these isn't so.
"""

import argparse
import contextlib
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

from drills.ledger import CLOSING, lock, opened
from tests.paper.served import COMMAND, Desk, Served, children, environment, serve, until

OPTIONS = {"ALLOWED_HOSTS": "testserver"}
PLANT = """
from django.test import Client
from broadsheet.demo import factories
section = factories.section("World")
words = [*factories.paragraphs(*("An opening sentence of the story. " * 12 for _ in range(4))),
         *factories.paragraphs(closing)]
stories = [factories.story(f"Story {one}", section=section, access="readers", body=words)
           for one in range(12)]
reader = factories.reader("reader@example.org")
client = Client()
client.force_login(reader)
client.get("/you/")
answer = [[one.url for one in stories],
          "; ".join(f"{k}={m.value}" for k, m in client.cookies.items())]
"""
PUBLISH = """
made = factories.story(f"Published meanwhile {number}", section=section, access="free", body=words)
answer = made.url
"""


class Writer(threading.Thread):
    """Publishes story after story."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(daemon=True)
        self.desk = desk
        self.published: list[str] = []
        self.stop = threading.Event()

    def run(self) -> None:
        while not self.stop.is_set():
            self.published.append(self.desk.do(PUBLISH, number=len(self.published)))


def kill(served: Served) -> None:
    """Kill the supervisor and all its workers at once."""
    pids = [served.process.pid, *children(served.process.pid)]
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def run(folder: Path, *words: str) -> float:
    began = time.monotonic()
    command, options = [*COMMAND, *words], environment(folder, **OPTIONS)
    subprocess.run(command, env=options, check=True, stdout=subprocess.DEVNULL)
    return time.monotonic() - began


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="drill-backup-") as name:
        paper, kept = Path(name) / "paper", Path(name) / "kept"
        paper.mkdir()
        run(paper, "migrate")
        desk = Desk(paper, **OPTIONS)
        paths, cookies = desk.do(PLANT, closing=CLOSING)
        writer = Writer(desk)
        with (
            (Path(name) / "log").open("w") as log,
            # Its supervisor is gone when it is to be stopped.
            contextlib.suppress(ProcessLookupError),
            serve(paper, log, workers=2, **OPTIONS) as served,
        ):
            writer.start()
            five = all(opened(served, path, cookies)[0] for path in paths[:4])
            away, unlock = lock(paper)
            away()
            five &= opened(served, paths[4], cookies)[0]
            until(lambda: len(writer.published) >= 3)
            before = list(writer.published)
            took = run(paper, "backup", str(kept))
            meanwhile = len(writer.published) - len(before)
            writer.stop.set()
            writer.join()
            desk.close()
            kill(served)
            unlock()
        spooled = sum(1 for _ in (kept / "spool").glob("*")) if (kept / "spool").exists() else 0
        shutil.rmtree(paper)
        back = run(paper, "restore", str(kept))
        run(paper, "migrate")
        with (
            (Path(name) / "log").open("w") as log,
            serve(paper, log, workers=2, **OPTIONS) as served,
        ):
            # The readings that waited are counted first.
            until(lambda: not any((paper / "spool").glob("*.readings")), 30)
            again = [opened(served, path, cookies)[0] for path in paths[:5]]
            more = [opened(served, path, cookies)[0] for path in paths[5:12]]
            there = [opened(served, path, "")[0] for path in before]
        with contextlib.closing(sqlite3.connect(paper / "paper.sqlite3")) as checked:
            whole = checked.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        good = five and all(again) and sum(more) == 5 and not any(more[5:]) and all(there) and whole
        print(
            f"{'As it must be' if good else 'WRONG'}: five of ten stories read before, and in the "
            f"restored paper {sum(again)} of these open and {sum(more)} more ({spooled} files of "
            f"readings waited in the spool); {sum(there)} of {len(before)} stories published before "
            f"the backup are there, {meanwhile} were published while it ran; the database is "
            f"{'whole' if whole else 'DAMAGED'}. Backup {took:.1f} s, restoring {back:.1f} s."
        )
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()
