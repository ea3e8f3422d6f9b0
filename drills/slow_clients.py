"""Ask for pages while three hundred slow clients hold connections, heads, forms and answers.

    python -m drills.slow_clients [--clients 300]

A paper is served by one worker with its usual eight threads. So many clients send a head one byte
after the other; so many send a form that way; so many ask for a large file and for a long page and
take next to nothing of it; then all at once. Each time eight things that readers and staff do are done
from the same address: the front page, a story, signing in (the page and the form), a search, a
thread, the desk and the API. The last line is ``answered A of B within a second, the slowest after
S s``; the exit status is 1 when one wasn't.
"""

import argparse
import contextlib
import http.client
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

from broadsheet.press.edge import files
from drills.ledger import SECRET
from tests.paper.served import Desk, Served, serve

WITHIN = 1.0  # seconds
SETTLES = 5  # seconds in which what the slow ones ask for is made, as for anybody else
PLANT = """
from broadsheet.demo import factories
section = factories.section("World")
words = factories.paragraphs(*("A sentence of the story. " * 40 for _ in range(20)))
stories = [factories.story(f"Story {one}", section=section, body=words) for one in range(30)]
answer = [stories[0].url, section.url]
"""


def connect(port: int, receives: int = 0) -> socket.socket:
    opened = socket.socket()
    if receives:
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receives)
    opened.connect(("127.0.0.1", port))
    opened.setblocking(False)
    return opened


class Crowd:
    """Slow clients: what they have sent is followed by a byte every two seconds."""

    def __init__(self, served: Served, clients: int, begins: list[bytes], drips: bytes) -> None:
        self._sockets = []
        self._drips = drips
        self._end = threading.Event()
        for number in range(clients):
            # Who takes answers slowly has hardly room for them either.
            opened = connect(served.port, 0 if drips else 4096)
            with contextlib.suppress(OSError):
                opened.send(begins[number % len(begins)])
            self._sockets.append(opened)
        self._thread = threading.Thread(target=self._drip, daemon=True)
        self._thread.start()

    def _drip(self) -> None:
        while not self._end.wait(2):
            for opened in self._sockets:
                with contextlib.suppress(OSError):
                    if self._drips:
                        opened.send(self._drips)
                    else:
                        opened.recv(16)

    def leave(self) -> None:
        self._end.set()
        self._thread.join()
        for opened in self._sockets:
            opened.close()


def ask(served: Served, method: str, path: str, form: dict[str, str] | None) -> float | None:
    """Return after how many seconds it was answered; None when it wasn't, or with an error."""
    began = time.monotonic()
    connection = http.client.HTTPConnection("127.0.0.1", served.port, timeout=30)
    try:
        headers = {"Accept-Encoding": "gzip"}
        if form is not None:
            # Django compares the form's token with the cookie's.
            headers["Content-Type"] = "application/x-www-form-urlencoded"
            headers["Cookie"] = f"csrf={form['csrfmiddlewaretoken']}"
        connection.request(method, path, urlencode(form) if form is not None else None, headers)
        answer = connection.getresponse()
        answer.read()
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()
    return time.monotonic() - began if answer.status < 500 else None


def probes(story: str) -> Iterator[tuple[str, str, dict[str, str] | None]]:
    token = "a" * 32
    yield "GET", "/", None
    yield "GET", story, None
    yield "GET", "/accounts/login/", None
    yield "POST", "/accounts/login/", {"csrfmiddlewaretoken": token, "login": "a@example.org"}
    yield "GET", "/search/?q=story", None
    yield "GET", f"{story}comments/", None
    yield "GET", "/desk/", None
    yield "GET", "/api/v1/docs", None


def crowds(story: str, large: str) -> dict[str, tuple[list[bytes], bytes]]:
    """Return what each kind of slow client sends at once, and what it sends then, again and again."""
    host = b"Host: 127.0.0.1\r\n"
    form = b"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 100000\r\n"
    paths = ("/accounts/login/", f"{story}comments/", "/accounts/signup/")
    return {
        "heads": ([b"GET / HTTP/1.1\r\n" + host + b"X-A: "], b"b"),
        "bodies": (
            [b"POST %b HTTP/1.1\r\n%b%b\r\na=" % (path.encode(), host, form) for path in paths],
            b"b",
        ),
        "reads": (
            [
                b"GET %b HTTP/1.1\r\n%b\r\n" % (path.encode(), host)
                for path in (large, story, "/sitemaps/pages.xml")
            ],
            b"",
        ),
    }


class Tally:
    """How soon what was asked was answered."""

    def __init__(self) -> None:
        self.asked = 0
        self.in_time = 0
        self.slowest = 0.0

    def probe(self, served: Served, story: str) -> None:
        """Do the eight things, one after the other."""
        for method, path, form in probes(story):
            lasted = ask(served, method, path, form)
            self.asked += 1
            self.in_time += lasted is not None and lasted <= WITHIN
            self.slowest = max(self.slowest, 30.0 if lasted is None else lasted)
            if lasted is None or lasted > WITHIN:
                print(f"  {method} {path}: {'no answer' if lasted is None else f'{lasted:.1f} s'}")


def drill(migrated: Path, clients: int) -> bool:
    with tempfile.TemporaryDirectory(prefix="drill-slow-") as name:
        folder, paper = Path(name), Path(name) / "paper"
        paper.mkdir()
        shutil.copy(migrated, paper / "paper.sqlite3")
        options = {"SECRET_KEY": SECRET, "ALLOWED_HOSTS": "testserver"}
        desk = Desk(paper, **options)
        story, _ = desk.do(PLANT)
        desk.close()
        total = Tally()
        with (folder / "log").open("w") as log, serve(paper, log, workers=1, **options) as served:
            quiet = Tally()
            quiet.probe(served, story)
            print(f"Nobody slow: the slowest after {quiet.slowest:.2f} s.")
            kinds = crowds(story, "/static/wagtailadmin/js/vendor.js")
            for kind in (*kinds, "all at once"):
                begins = [kinds[kind]] if kind in kinds else list(kinds.values())
                present = [Crowd(served, clients, first, then) for first, then in begins]
                time.sleep(SETTLES)
                tally = Tally()
                tally.probe(served, story)
                for crowd in present:
                    crowd.leave()
                print(
                    f"{clients} slow {kind}: {tally.in_time} of {tally.asked} within a second, "
                    f"the slowest after {tally.slowest:.2f} s."
                )
                total.asked += tally.asked
                total.in_time += tally.in_time
                total.slowest = max(total.slowest, tally.slowest)
        print(
            f"answered {total.in_time} of {total.asked} within a second, "
            f"the slowest after {total.slowest:.2f} s"
        )
        return total.in_time == total.asked


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--clients", type=int, default=300)
    arguments = parser.parse_args()
    # This process holds the other end of every connection.
    files.raise_limit()
    with tempfile.TemporaryDirectory(prefix="drill-paper-") as name:
        made = {**os.environ, "PAPER_DIR": name}
        broadsheet = Path(sys.executable).with_name("broadsheet")
        subprocess.run([broadsheet, "migrate"], env=made, check=True, stdout=subprocess.DEVNULL)
        sys.exit(0 if drill(Path(name) / "paper.sqlite3", arguments.clients) else 1)


if __name__ == "__main__":
    main()
