"""What a comment costs that is posted over HTTP: the CPU time of the served process, from /proc.

``python -m bench.comments`` runs it on the thread that it made. Signed-in readers post as comments.js
does (answered with JSON) and as a browser without script does (answered with a redirect), on one kept
connection: everything in it, from the edge to the answer, with the limits that the view counts.
"""

import argparse
import gc
import http.client
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from bench import comments, servers

POSTS = 400  # of each kind; clock ticks are 10 ms, so fewer say little
WARM_UP = 60
MOST_POST = 7.0  # CPU milliseconds
FORM = "application/x-www-form-urlencoded"


def _free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
    return port


@contextmanager
def served(folder: Path) -> Iterator[servers.Server]:
    """Serve the paper in a folder as a web worker of ``broadsheet serve`` does."""
    port = _free_port()
    command = [sys.executable, "-m", "bench.posting", "--folder", str(folder), "--port", str(port)]
    process = subprocess.Popen(command)
    try:
        until = time.monotonic() + 60
        while time.monotonic() < until and process.poll() is None:
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            except OSError:
                time.sleep(0.05)
        else:
            sys.exit("The paper did not start")
        yield servers.Server("posting", port, process.pid)
    finally:
        servers.end(process)


class Poster:
    """Posts comments under a story, its writers in turn, each as a browser does that is signed in."""

    def __init__(self, story: Any, writers: list[Any], first: int) -> None:
        from django.conf import settings
        from django.test import Client
        from django.urls import reverse

        self.path, self.story, self.next, self.writers = reverse("comment-write"), story, first, []
        for number, writer in enumerate(writers):
            client = Client(HTTP_HOST="127.0.0.1")
            client.force_login(writer)
            # The form sets the cookies that a browser has when it posts.
            client.get(f"{self.path}?story={story.pk}")
            self.writers.append(
                {
                    "Cookie": "; ".join(
                        f"{key}={one.value}" for key, one in client.cookies.items()
                    ),
                    "X-CSRFToken": client.cookies[settings.CSRF_COOKIE_NAME].value,
                    "X-Forwarded-For": f"192.0.{number}.1",
                }
            )

    def post(self, connection: http.client.HTTPConnection, *, script: bool) -> None:
        self.next += 1
        heads = servers.BROWSER | self.writers[self.next % len(self.writers)]
        heads |= {"Host": "127.0.0.1", "Origin": "http://127.0.0.1", "Content-Type": FORM}
        form = {"story": self.story.pk, "text": comments.said(self.next), "act": "post"}
        form["key"] = f"posted-{self.next}"
        if script:
            heads["Accept"] = "application/json"
        else:
            form["csrfmiddlewaretoken"] = heads.pop("X-CSRFToken")
        connection.request("POST", self.path, urlencode(form), heads)
        answer = connection.getresponse()
        body = answer.read()
        if answer.status != (201 if script else 302):
            sys.exit(f"A comment was answered with {answer.status}: {body[:500]!r}")


def cost(folder: Path, story: Any, writers: list[Any], first: int) -> dict[str, float]:
    """Return the CPU milliseconds of a comment, posted with script and without."""
    poster = Poster(story, writers, first)
    found = {}
    with served(folder) as server:
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
        for name, script in (("with script", True), ("without script", False)):
            for _ in range(WARM_UP):
                poster.post(connection, script=script)
            began = server.cpu()
            for _ in range(POSTS):
                poster.post(connection, script=script)
            found[name] = (server.cpu() - began) / POSTS * 1_000
        connection.close()
    return found


def serve(folder: Path, port: int) -> None:
    # Each writer comes from a network of their own, which a proxy names: a limit counts by network.
    os.environ["TRUSTED_PROXIES"] = "1"
    comments.start(folder)
    from broadsheet.comments import screening
    from broadsheet.config import server
    from broadsheet.config.forking import close_databases

    screening.warm_up()
    opened = server.listen("127.0.0.1", port)
    # As the supervisor does before it forks.
    close_databases()
    gc.collect()
    gc.freeze()
    server.serve_web([opened], threads=8)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--port", type=int, required=True)
    given = parser.parse_args()
    serve(given.folder, given.port)
