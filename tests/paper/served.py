"""A paper in processes of its own, for tests that need several of them: workers and a desk."""

import http.client
import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

COMMAND = [str(Path(sys.executable).with_name("broadsheet"))]
ROOT = Path(__file__).parents[2]

# Runs Python given as JSON, a line at a time, and answers with what it left in `answer`.
_DESK = """
import json, sys, django
django.setup()
kept = {}
for line in sys.stdin:
    kept["answer"] = None
    exec(json.loads(line), kept)
    print(json.dumps(kept["answer"]), flush=True)
"""


def environment(folder: Path, **more: str) -> dict[str, str]:
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return {**kept, "PAPER_DIR": str(folder), "PYTHONUNBUFFERED": "1", **more}


def children(pid: int) -> set[int]:
    return {int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()}


class Desk:
    """Somebody who changes the paper, in a process of their own."""

    def __init__(self, folder: Path, **options: str) -> None:
        settings = {"DJANGO_SETTINGS_MODULE": "broadsheet.config.settings"}
        self._process = subprocess.Popen(
            [sys.executable, "-c", _DESK],
            env=environment(folder, **settings, **options),
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def do(self, words: str, **names: Any) -> Any:
        """Run some Python there; return what it left in ``answer``. Names stay from run to run."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        given = "".join(f"{name} = {value!r}\n" for name, value in names.items())
        self._process.stdin.write(json.dumps(given + words) + "\n")
        self._process.stdin.flush()
        return json.loads(self._process.stdout.readline())

    def close(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(30)

    def kill(self) -> None:
        """End without a last word, as in a power cut."""
        self._process.kill()
        self._process.wait(30)


class Worker:
    """A connection to one worker, and no other."""

    def __init__(self, connection: http.client.HTTPConnection, pid: int) -> None:
        self.connection = connection
        self.pid = pid

    def get(self, path: str, **headers: str) -> tuple[int, str]:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.connection.request("GET", path, headers=named)
        answer = self.connection.getresponse()
        return answer.status, answer.read().decode()


class Served:
    """A paper that is served. ``pid`` is the supervisor's."""

    def __init__(self, process: subprocess.Popen[str], address: str) -> None:
        self.process = process
        self.address = address
        self.port = int(address.rpartition(":")[2])

    def workers(self) -> list[Worker]:
        """Return a connection to every worker."""
        wanted = children(self.process.pid)
        found: dict[int, Worker] = {}
        spare = []
        for _ in range(500):
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
            connection.request("GET", "/robots.txt")
            connection.getresponse().read()
            pid = self._answers(connection, wanted)
            if pid in found:
                spare.append(connection)
            else:
                found[pid] = Worker(connection, pid)
            if len(found) == len(wanted):
                break
        for connection in spare:
            connection.close()
        assert set(found) == wanted
        return list(found.values())

    def _answers(self, connection: http.client.HTTPConnection, among: set[int]) -> int:
        """Return which process holds the other end of a connection."""
        here = f"{connection.sock.getsockname()[1]:04X}"
        for line in Path("/proc/net/tcp").read_text().splitlines()[1:]:
            fields = line.split()
            if fields[2].endswith(f":{here}") and fields[1].endswith(f":{self.port:04X}"):
                wanted = f"socket:[{fields[9]}]"
                for pid in among:
                    for one in Path(f"/proc/{pid}/fd").iterdir():
                        if _leads_to(one) == wanted:
                            return pid
        raise AssertionError("nobody holds the other end")


def _leads_to(link: Path) -> str:
    try:
        return str(link.readlink())
    except OSError:
        return ""


@contextmanager
def serve(
    folder: Path,
    stderr: IO[str] | None = None,
    background: bool = False,
    /,
    *,
    workers: int,
    **options: str,
) -> Iterator[Served]:
    """Serve a migrated paper.

    :param background: with the background work
    :param stderr: where its log goes; None: to that of the tests
    """
    process = subprocess.Popen(
        [
            *(*COMMAND, "serve", "--port", "0", "--workers", str(workers)),
            *([] if background else ["--no-work"]),
        ],
        env=environment(folder, **options),
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=stderr,
        text=True,
    )
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        address = next(word for word in line.split() if word.startswith("http://127"))
        until = time.monotonic() + 30
        while time.monotonic() < until:
            try:
                urllib.request.urlopen(f"{address}/robots.txt", timeout=10)
                break
            except urllib.error.HTTPError:
                break
            except urllib.error.URLError:
                time.sleep(0.05)
        yield Served(process, address)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)


def until(works: Any, seconds: float = 20) -> bool:
    """Wait for something that must come. Never coming is the failure, not being late."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if works():
            return True
        time.sleep(0.02)
    return False
