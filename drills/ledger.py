"""Take the store of readings away from a paper that is being read, and bring it back.

    python -m drills.ledger [--stores sqlite,postgres,redis]

A paper is served by two workers, edge in front. A reader opens two stories; the store is killed (or
locked: SQLite; or stopped, so that it hangs); three more are opened; a worker is killed with -9; the
store comes back. What the reader met, what the log said, and what the store holds in the end are
looked at, for a paper that opens and for one that closes. One line to each; the exit status is 1
when one isn't as it must be.
"""

import argparse
import contextlib
import http.client
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from tests.paper.served import Desk, Served, children, serve, until
from tools import services

CLOSING = "The closing words are only for those who may read on."
SECRET = "take-the-store-away-" * 4
PLANT = """
from django.test import Client
from broadsheet.demo import factories
from broadsheet.wall import gate
section = factories.section("World")
words = [*factories.paragraphs(*("An opening sentence of the story. " * 12 for _ in range(4))),
         *factories.paragraphs(closing)]
stories = [factories.story(f"Story {one}", section=section, access="readers", body=words)
           for one in range(8)]
reader = factories.reader("reader@example.org")
client = Client()
client.force_login(reader)
client.get("/you/")
answer = [[one.url for one in stories], [one.pk for one in stories],
          "; ".join(f"{k}={m.value}" for k, m in client.cookies.items())]
"""
HELD = "answer = sorted(one.story for one in gate.ledger().readings(reader.pk))"

type Way = tuple[Callable[[], None], Callable[[], None]]


def kill(kind: str, folder: Path) -> Way:
    """Return what kills a server with -9, and what starts it again on its data."""
    pid_file = folder / f"{kind}.pid"
    pid = int(pid_file.read_text())
    command = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")[:-1]
    owner = Path(f"/proc/{pid}").stat()

    def away() -> None:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)

    def back() -> None:
        if kind == "redis":
            services.start_redis(folder, port=port)
            return
        again = subprocess.Popen(
            command,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd="/",
            start_new_session=True,
            user=owner.st_uid,
            group=owner.st_gid,
        )
        pid_file.write_text(str(again.pid))

    # Redis shows its address in the place of its command.
    port = int(command[0].rpartition(b":")[2]) if kind == "redis" else 0
    return away, back


def hang(kind: str, folder: Path) -> Way:
    """Return what stops a server and all its processes, and what lets them go on."""
    pid = int((folder / f"{kind}.pid").read_text())

    def send(which: signal.Signals) -> None:
        for one in (pid, *children(pid)):
            os.kill(one, which)

    return lambda: send(signal.SIGSTOP), lambda: send(signal.SIGCONT)


def lock(folder: Path) -> Way:
    """Return what locks the SQLite file of readings, and what lets it go."""
    held: list[sqlite3.Connection] = []

    def away() -> None:
        connection = sqlite3.connect(folder / "readings.sqlite3", isolation_level=None)
        connection.execute("BEGIN IMMEDIATE")
        held.append(connection)

    def back() -> None:
        held.pop().execute("ROLLBACK")

    return away, back


@contextlib.contextmanager
def store(kind: str, way: str, folder: Path, paper: Path) -> Iterator[tuple[str, Way]]:
    """Start a store; give its address and what takes it away and brings it back."""
    if kind == "sqlite":
        yield "", lock(paper)
        return
    start = {"postgres": services.start_postgres, "redis": services.start_redis}[kind]
    address = start(folder)
    if address is None:
        sys.exit(f"{kind} is not installed")
    try:
        yield address, (kill if way == "killed" else hang)(kind, folder)
    finally:
        services.stop(folder)


def opened(served: Served, path: str, cookies: str) -> tuple[bool, float]:
    """Ask for a story; tell whether it opened, and how many seconds that took."""
    began = time.monotonic()
    while True:
        connection = http.client.HTTPConnection("127.0.0.1", served.port, timeout=30)
        try:
            connection.request("GET", path, headers={"Cookie": cookies})
            answer = connection.getresponse()
            words = answer.read().decode()
            break
        except (ConnectionError, http.client.HTTPException):
            # It fell to the worker that was killed; a browser would try again too.
            time.sleep(0.1)
        finally:
            connection.close()
    if answer.status != 200:
        sys.exit(f"{path}: {answer.status}")
    return CLOSING in words, time.monotonic() - began


def drill(kind: str, way: str, fails: str, migrated: Path) -> bool:
    with tempfile.TemporaryDirectory(prefix="drill-ledger-") as name:
        folder, paper = Path(name), Path(name) / "paper"
        folder.chmod(0o755)
        paper.mkdir()
        shutil.copy(migrated, paper / "paper.sqlite3")
        with store(kind, way, folder, paper) as (address, (away, back)):
            options = {"SECRET_KEY": SECRET, "LEDGER_URL": address, "ALLOWED_HOSTS": "testserver"}
            options |= {"LEDGER_FAILS": fails}
            desk = Desk(paper, **options)
            paths, pks, cookies = desk.do(PLANT, closing=CLOSING)
            log = folder / "log"
            with log.open("w") as told, serve(paper, told, workers=2, **options) as served:
                before = [opened(served, path, cookies)[0] for path in paths[:2]]
                away()
                meanwhile = [opened(served, path, cookies) for path in paths[2:5]]
                # Somebody who had nothing to do with it dies too.
                victim = min(children(served.process.pid))
                os.kill(victim, signal.SIGKILL)
                until(lambda: victim not in children(served.process.pid))
                until(lambda: len(children(served.process.pid)) == 2)
                back()
                wanted = sorted(pks[:5] if fails == "open" else pks[:2])
                reconciled = until(lambda: desk.do(_HELD) == wanted, 30)
                said = until(lambda: "is back" in log.read_text(), 10)
                # One worker after the other finds that it is back.
                after = until(lambda: opened(served, paths[5], cookies)[0], 10)
            desk.close()
            words = log.read_text()
            loud = "The store of readings fails" in words
            opens = [one for one, _ in meanwhile]
            good = (
                all(before)
                and all(one is (fails == "open") for one in opens)
                and loud
                and said
                and reconciled
                and after
            )
            print(
                f"{kind}, {way}, fails {fails}: {'as it must be' if good else 'WRONG'}: meanwhile "
                f"{sum(opens)} of 3 opened, the slowest after "
                f"{max(lasted for _, lasted in meanwhile):.1f} s; it was "
                f"{'said' if loud and said else 'NOT SAID'} in the log; the store "
                f"{'holds what it must' if reconciled else 'DOES NOT HOLD what it must'}; the next "
                f"story {'opened' if after else 'DID NOT OPEN'}."
            )
            return good


# The store may still be away when it is asked.
_HELD = f"""
try:
    {HELD}
except Exception:
    answer = None
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--stores", default="sqlite,postgres,redis")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="drill-paper-") as name:
        made = {**os.environ, "PAPER_DIR": name}
        broadsheet = Path(sys.executable).with_name("broadsheet")
        subprocess.run([broadsheet, "migrate"], env=made, check=True, stdout=subprocess.DEVNULL)
        good = True
        for kind in arguments.stores.split(","):
            for way in ("locked",) if kind == "sqlite" else ("killed", "hanging"):
                for fails in ("open", "closed"):
                    good &= drill(kind, way, fails, Path(name) / "paper.sqlite3")
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()
