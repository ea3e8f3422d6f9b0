"""Take PostgreSQL away from a paper whose readers are signed in, and start it again.

    python -m drills.postgres_restart [--readers 8] [--workers 2]

A paper with its background work is served on PostgreSQL; readers ask for their own state and pages
all the time. The server is killed and started again, restarted in order, and stopped so that it
hangs. Each time it is looked at what readers met meanwhile (a 503 with Retry-After, and after how
long), how soon every reader sees their own name again, and how many lines the log has of it. One
line each; the exit status is 1 when one isn't as it must be.
"""

import argparse
import http.client
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from drills.ledger import Way, hang, kill
from tests.paper.served import Desk, Served, children, serve, until
from tests.paper.test_own_answers import PLANT
from tools import services

AWAY = 6.0  # seconds
AT_MOST = 2.0  # seconds that a reader may wait for a 503
SECRET = "take-postgres-away-" * 4


class Reader(threading.Thread):
    """Asks for their own state and page, again and again, and keeps what came of it."""

    def __init__(self, port: int, name: str, session: str) -> None:
        super().__init__(daemon=True)
        self.own_name = name
        self.met: list[tuple[float, float, str]] = []  # when it was asked, how long it took, what
        self._port = port
        self._session = session
        self._ended = threading.Event()

    def run(self) -> None:
        while not self._ended.wait(0.05):
            for path in ("/you/state.json", "/you/"):
                began = time.monotonic()
                what = self._ask(path)
                self.met.append((began, time.monotonic() - began, what))

    def _ask(self, path: str) -> str:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=60)
        try:
            connection.request("GET", path, headers={"Cookie": f"session={self._session}"})
            answer = connection.getresponse()
            said = answer.read().decode()
        except (OSError, http.client.HTTPException) as error:
            return f"no answer ({type(error).__name__})"
        finally:
            connection.close()
        if answer.status == 503 and answer.headers["Retry-After"]:
            return "503"
        if answer.status != 200:
            return f"{answer.status}"
        if path.endswith(".json"):
            return "own" if json.loads(said)["name"] == self.own_name else "NOT THEIR OWN"
        return "own" if self.own_name in said else "NOT THEIR OWN"

    def is_back(self, since: float) -> bool:
        """Tell whether they have seen both since a moment."""
        return [what for began, _, what in self.met[-2:] if began > since] == ["own", "own"]

    def end(self) -> None:
        self._ended.set()
        self.join(60)


def restart(folder: Path) -> Way:
    """Return what stops a server in order, and what starts it again."""
    _away, back = kill("postgres", folder)
    pid_file = folder / "postgres.pid"

    def stop() -> None:
        pid = int(pid_file.read_text())
        os.kill(pid, signal.SIGINT)
        os.waitpid(pid, 0)

    return stop, back


def drill(name: str, ways: Way, served: Served, readers: list[Reader], log: Path) -> bool:
    away, back = ways
    written = len(log.read_text().splitlines())
    whole = until(lambda: all(one.is_back(0) for one in readers), 60)
    gone_at = time.monotonic()
    away()
    time.sleep(AWAY)
    back_at = time.monotonic()
    back()
    returned = until(lambda: all(one.is_back(back_at) for one in readers), 60)
    took = time.monotonic() - back_at
    met: Counter[str] = Counter()
    slowest = 0.0
    for one in readers:
        for began, lasted, what in tuple(one.met):
            if began > gone_at:
                met[what] += 1
                slowest = max(slowest, lasted) if what == "503" else slowest
    lines = log.read_text().splitlines()[written:]
    processes = len(children(served.process.pid))
    said = sum("The database is unavailable" in line for line in lines)
    good = (
        whole
        and returned
        and set(met) <= {"own", "503"}
        and met["503"] > 0
        and slowest <= AT_MOST
        and said <= processes
        and not any("Traceback" in line for line in lines)
    )
    print(
        f"{name}: {'as it must be' if good else 'WRONG'}: while it was away for {AWAY:.0f} s and "
        f"until all were back, {met.pop('503', 0)} times 503, the slowest after {slowest:.2f} s, "
        f"{met.pop('own', 0)} times their own page"
        + "".join(f", {count} times {what}" for what, count in met.items())
        + f"; {'all' if returned else 'NOT ALL'} {len(readers)} readers were back "
        f"{took:.1f} s after the start; {said} lines say so in {processes} processes, "
        f"{len(lines)} lines in all.",
        flush=True,
    )
    if not good:
        print("\n".join(f"    {line}" for line in lines[:40]))
    return good


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--readers", type=int, default=8)
    parser.add_argument("--workers", type=int, default=2)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="drill-postgres-") as name:
        folder, paper = Path(name), Path(name) / "paper"
        folder.chmod(0o755)
        paper.mkdir()
        address = services.start_postgres(folder)
        if address is None:
            sys.exit("PostgreSQL is not installed")
        try:
            good = drill_all(folder, paper, address, arguments.readers, arguments.workers)
        finally:
            services.stop(folder)
    sys.exit(0 if good else 1)


def drill_all(folder: Path, paper: Path, address: str, count: int, workers: int) -> bool:
    options = {"SECRET_KEY": SECRET, "DATABASE_URL": address}
    broadsheet = Path(sys.executable).with_name("broadsheet")
    made = {**os.environ, **options, "PAPER_DIR": str(paper)}
    subprocess.run([broadsheet, "migrate"], env=made, check=True, stdout=subprocess.DEVNULL)
    desk = Desk(paper, **options)
    people = desk.do(PLANT, prefix="drill", count=count)
    desk.close()
    log = folder / "log"
    ways: dict[str, Callable[[], Way]] = {
        "killed and started": lambda: kill("postgres", folder),
        "restarted in order": lambda: restart(folder),
        "hanging": lambda: hang("postgres", folder),
    }
    with (
        log.open("w") as told,
        serve(paper, told, True, workers=workers, **options) as served,
    ):
        readers = [Reader(served.port, *one) for one in people]
        for one in readers:
            one.start()
        good = all(drill(name, way(), served, readers, log) for name, way in ways.items())
        for one in readers:
            one.end()
    return good


if __name__ == "__main__":
    main()
