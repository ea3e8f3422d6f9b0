"""Hold two thousand idle connections against a paper, and ask for pages beside them.

    python -m drills.idle_connections [--connections 2000]

A paper is served by one worker, first with the usual soft limit of 1,024 open files, which it raises,
then with a hard limit of 1,024, which it can't. So many connections are opened that send nothing, a
quarter of them at one stroke. Then fifty pages are asked for, each over a new connection, some of them
Django's. The last line is ``answered A of B, the slowest after S s, told T times``; the exit status is 1
when one page wasn't answered, or when the log didn't say once for each limit that was reached.
"""

import argparse
import http.client
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from broadsheet.press.edge import files
from drills.ledger import SECRET
from tests.paper import served
from tests.paper.served import Desk, serve

FILES = 1024
PAGES = 50
TOLD = "connections of this process are in use"
PLANT = """
from broadsheet.demo import factories
section = factories.section("World")
answer = factories.story("A story", section=section, body=factories.paragraphs("Words.")).url
"""


def hold(port: int, count: int) -> list[socket.socket]:
    """Open connections that send nothing, the last quarter without waiting for one another."""
    held = []
    for number in range(count):
        opened = socket.socket()
        opened.setblocking(number < count * 3 // 4)
        if opened.connect_ex(("127.0.0.1", port)) not in (0, 115):
            sys.exit("a connection was refused")
        held.append(opened)
    return held


def ask(port: int, path: str) -> float | None:
    """Return after how many seconds a page came; None when it didn't."""
    began = time.monotonic()
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        answer.read()
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()
    return time.monotonic() - began if answer.status == 200 else None


def drill(migrated: Path, limit: str, connections: int) -> tuple[int, float, int]:
    """Return how many pages came, how long the slowest took, and how often the log told of it."""
    with tempfile.TemporaryDirectory(prefix="drill-idle-") as name:
        paper, log = Path(name) / "paper", Path(name) / "log"
        paper.mkdir()
        shutil.copy(migrated, paper / "paper.sqlite3")
        options = {"SECRET_KEY": SECRET, "ALLOWED_HOSTS": "testserver"}
        desk = Desk(paper, **options)
        story = desk.do(PLANT)
        desk.close()
        command = list(served.COMMAND)
        served.COMMAND[:0] = ["prlimit", f"--nofile={limit}"]
        try:
            with log.open("w") as told, serve(paper, told, workers=1, **options) as running:
                served.COMMAND[:] = command
                held = hold(running.port, connections)
                took = [
                    ask(running.port, (story, "/", "/search/?q=story", "/accounts/login/")[one % 4])
                    for one in range(PAGES)
                ]
                for one in held:
                    one.close()
        finally:
            served.COMMAND[:] = command
        came = [one for one in took if one is not None]
        times = log.read_text().count(TOLD)
        print(
            f"{connections} idle connections, {limit} files (soft:hard): {len(came)} of {PAGES} "
            f"answered, the slowest after {max(came, default=30):.2f} s, told {times} times."
        )
        return len(came), max(came, default=30.0), times


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--connections", type=int, default=2000)
    arguments = parser.parse_args()
    # This process holds the other end of every connection.
    hard = files.raise_limit()
    with tempfile.TemporaryDirectory(prefix="drill-paper-") as name:
        made = {**os.environ, "PAPER_DIR": name}
        broadsheet = Path(sys.executable).with_name("broadsheet")
        subprocess.run([broadsheet, "migrate"], env=made, check=True, stdout=subprocess.DEVNULL)
        found, wanted = [], []
        for limit, files_then in ((f"{FILES}:{hard}", hard), (f"{FILES}:{FILES}", FILES)):
            found.append(drill(Path(name) / "paper.sqlite3", limit, arguments.connections))
            wanted.append(int(arguments.connections > files.connections(files_then)))
    answered = sum(came for came, _, _ in found)
    told = [times for _, _, times in found]
    print(
        f"answered {answered} of {2 * PAGES}, the slowest after "
        f"{max(slowest for _, slowest, _ in found):.2f} s, told {sum(told)} times"
    )
    sys.exit(0 if answered == 2 * PAGES and told == wanted else 1)


if __name__ == "__main__":
    main()
