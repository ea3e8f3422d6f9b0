"""What a story page costs at the edge, against nginx and against Wagtail alone.

    python -m bench.edge [--rounds 9] [--seconds 1] [--stories 1000] [--large 100000]

Server on one core, wrk on another, 32 connections kept alive, gzip; the servers take turns, a run
that something else disturbed is taken again, and of all rounds the median counts. What counts are requests per CPU second of the server process
(/proc/PID/stat), and their ratio to nginx sending the same bytes as static files. The last line is
``reread R first F wagtail W``: a signed-in reader going back to a story, a first reading recorded in
SQLite with synchronous FULL (both over nginx), and the first of these over Wagtail alone.

Needs nginx and wrk (Debian: nginx-light, wrk); PostgreSQL and Redis are measured where installed.
"""

import argparse
import gc
import gzip
import http.client
import json
import os
import shutil
import signal
import socket
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from bench import papers
from bench.servers import BROWSER, CONNECTIONS, Bench, Measured, Server, children
from tools import services

READ = 100  # stories that are read again and again
READERS = 1000  # who read them
MANY_READERS = 50_000  # more than a worker remembers
SPENT_READERS = 100  # whose month is used up
SPENT_READER = 3 * 10**9 + 1  # the number of the first of them
FIRST_READERS = 100_000  # who read for the first time, ten stories each
FIRST_READER = 2 * 10**9  # the number of the first of them
# A rush: with more readers at once more readings go into one commit.
RUSH = 128
PASS_LASTS = 86_400  # longer than any run; the paper's own is ten minutes


# Servers, each in a process of its own.


def serve(how: str, port: int) -> None:
    """Serve the paper of this process: at the edge, or Wagtail alone."""
    import django

    django.setup()
    from broadsheet.config import server

    opened = server.listen("127.0.0.1", port)
    # As the supervisor does before it forks.
    gc.collect()
    gc.freeze()
    if how == "edge":
        from broadsheet.wall import gate

        # As the supervisor has it: histories are written by the background work.
        gate.open_history_line()
        parent = os.getpid()
        if os.fork() == 0:
            gate.hear_history()
            while os.getppid() == parent:
                time.sleep(1)
            sys.exit()
        server.serve_web([opened], threads=8)
        return
    import uvicorn
    from a2wsgi import WSGIMiddleware

    from broadsheet.config.wsgi import application

    config = uvicorn.Config(
        WSGIMiddleware(application, workers=8),
        loop="uvloop",
        http="httptools",
        ws="none",
        lifespan="off",
        interface="asgi3",
        log_config=None,
        access_log=False,
    )
    uvicorn.Server(config).run(sockets=[opened])


# What is asked.


def make_paper(folder: Path, kept: Path, access: str) -> Path:
    """Copy a kept paper, with all its stories open to some, and give it readers."""
    folder.mkdir()
    shutil.copy(kept / "paper.sqlite3", folder)
    with sqlite3.connect(folder / "paper.sqlite3") as database:
        database.execute("UPDATE newsroom_storypage SET access = ?", (access,))
        # What the edge counts comes into their histories, in the server's own time.
        database.executemany(
            "INSERT INTO readers_reader (id, password, is_superuser, email, name, is_staff, "
            "is_active, joined_at, found_by) VALUES (?, '', 0, ?, '', 0, 1, '2026-01-01', '')",
            ((FIRST_READER + one, f"{one}@example.org") for one in range(1, FIRST_READERS + 1)),
        )
    # A kept paper may lack the latest migrations of what it has no stories in.
    command = [str(Path(sys.executable).with_name("broadsheet")), "migrate"]
    environment = {**os.environ, **papers.SETTINGS, "PAPER_DIR": str(folder)}
    subprocess.run(command, check=True, env=environment, stdout=subprocess.DEVNULL)
    return folder


def story_paths(paper: Path) -> list[tuple[int, str]]:
    """Return the stories' numbers and addresses, longest first."""
    with sqlite3.connect(paper / "paper.sqlite3") as database:
        root = database.execute(
            "SELECT p.url_path FROM wagtailcore_page p JOIN wagtailcore_site s ON s.root_page_id = p.id"
        ).fetchone()[0]
        rows = database.execute(
            "SELECT p.id, p.url_path FROM wagtailcore_page p "
            "JOIN newsroom_storypage s ON s.page_ptr_id = p.id ORDER BY s.words DESC, p.id"
        )
        return [(number, "/" + path.removeprefix(root)) for number, path in rows]


class Requests:
    """Files of requests, made with the seals of one paper."""

    def __init__(self, folder: Path, paper: Path, stories: list[tuple[int, str]]) -> None:
        from broadsheet.press.edge.passes import Passes

        self.folder = folder
        self.stories = stories
        key = (paper / "secret.key").read_text().strip()
        self._passes = Passes([key])
        self._month = int(time.strftime("%Y%m", time.gmtime()))

    def _cookies(self, reader: int, listed: list[int]) -> str:
        from broadsheet.press.edge.passes import Pass, Standing

        bearer = Pass(reader, Standing.READER, 0, 2**32 - 1, int(time.time()) + PASS_LASTS)
        month = self._passes.write_month(reader, self._month, listed)
        return (
            f"csrf={'c' * 32}; session={'s' * 32}; pass={self._passes.issue(bearer)}; "
            f"month={month}; counted={len(listed)}-10"
        )

    def write(self, name: str, lines: Iterator[tuple[str, str]]) -> Path:
        file = self.folder / name
        file.write_text("".join(f"{path}\t{cookies}\n" for path, cookies in lines))
        return file

    def reread(self, *, readers: int = READERS) -> Path:
        """Readers going back to a story, five on their month list."""

        def lines() -> Iterator[tuple[str, str]]:
            for reader in range(1, readers + 1):
                number, path = self.stories[reader % READ]
                others = [one for one, _ in self.stories[READ : READ + 4]]
                yield path, self._cookies(10**9 + reader, [*others, number])

        return self.write(f"reread-{readers}", lines())

    def first(self) -> Path:
        """Readers who open one story after the other, ten each."""

        def lines() -> Iterator[tuple[str, str]]:
            others = [one for one, _ in self.stories[READ : READ + 4]]
            for reader in range(1, FIRST_READERS + 1):
                yield self.stories[reader % READ][1], self._cookies(FIRST_READER + reader, others)

        return self.write("first", lines())

    def used_up(self) -> Path:
        """Readers who have read their ten stories and meet the wall of others."""

        def lines() -> Iterator[tuple[str, str]]:
            read = [number for number, _ in self.stories[READ:][:10]]
            for reader in range(SPENT_READERS):
                yield self.stories[reader % READ][1], self._cookies(SPENT_READER + reader, read)

        return self.write("used-up", lines())

    def using_up(self) -> Iterator[tuple[str, str]]:
        """Yield the requests with which those readers read their ten stories."""
        for reader in range(SPENT_READERS):
            for _, path in self.stories[READ:][:10]:
                yield path, self._cookies(SPENT_READER + reader, [])

    def opened(self, stories: list[tuple[int, str]]) -> Path:
        """One reader going back to every one of some stories."""
        reader = 3 * 10**9
        return self.write(
            "opened", ((path, self._cookies(reader, [number])) for number, path in stories)
        )

    def visitors(self, stories: list[tuple[int, str]], name: str) -> Path:
        return self.write(name, ((path, "") for _, path in stories))


def fetch(port: int, path: str, cookies: str = "") -> bytes:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    headers = {**BROWSER, "Host": f"127.0.0.1:{port}"} | ({"Cookie": cookies} if cookies else {})
    connection.request("GET", path, headers=headers)
    answer = connection.getresponse()
    body = answer.read()
    if answer.status != 200 or answer.headers["Content-Encoding"] != "gzip":
        sys.exit(f"{path} on port {port}: {answer.status}, {answer.headers}")
    return body


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def run(arguments: argparse.Namespace) -> None:
    for needed in ("nginx", "taskset", "wrk"):
        if shutil.which(needed) is None:
            sys.exit(f"{needed} is not installed (Debian: nginx-light, wrk)")
    # Ended early, it still takes its servers along.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("ended"))
    kept = papers.paper(arguments.stories)
    with tempfile.TemporaryDirectory(prefix="bench-edge-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        bench = Bench(folder, arguments)
        with bench.stack:
            measure(bench, kept, arguments)


def measure(bench: Bench, kept: Path, arguments: argparse.Namespace) -> None:
    folder = bench.folder
    paper = make_paper(folder / "readers", kept, "readers")
    open_paper = make_paper(folder / "free", kept, "free")
    stories = story_paths(paper)
    edge = bench.django("edge", "edge", paper, free_port())
    wagtail = bench.django("wagtail", "alone", open_paper, free_port())
    asked = Requests(folder, paper, stories)
    reread, visitors = asked.reread(), asked.visitors(stories[:READ], "visitors")
    nginx, size = same_bytes(bench, edge, wagtail, stories[:READ], reread)

    edges = {"SQLite": edge, **other_ledgers(bench, paper, kept)}
    subjects = {
        "nginx": (nginx, reread),
        "reread": (edge, reread),
        "wagtail": (wagtail, visitors),
        "teaser": (edge, visitors),
        "used up": (edge, asked.used_up()),
        "reread by many": (edge, asked.reread(readers=MANY_READERS)),
    }
    if arguments.large:
        subjects["reread, large"] = beside_a_large_one(bench, paper, stories, arguments.large)
    first = asked.first()
    at = dict.fromkeys(edges, 0)
    answered = dict.fromkeys(edges, 0)

    def read_first(ledger: str, connections: int = CONNECTIONS) -> Measured:
        done = bench.wrk(edges[ledger], first, at=at[ledger], turns=10, connections=connections)
        answered[ledger] += done.requests
        at[ledger] += done.requests + connections
        if at[ledger] > FIRST_READERS * 10:
            sys.exit("Everybody has read ten stories; use fewer rounds or shorter ones")
        return done

    # Everything is printed once before anything is measured.
    cookies = dict(line.split("\t") for line in reread.read_text().splitlines())
    for server in edges.values():
        for _, path in stories[:READ]:
            fetch(server.port, path)
            fetch(server.port, path, cookies[path])
    for path, reader in asked.using_up():
        fetch(edge.port, path, reader)
    for server, requests in subjects.values():
        bench.wrk(server, requests, seconds=1)
    for _ in range(arguments.rounds):
        for subject, (server, requests) in subjects.items():
            done = bench.quiet(partial(bench.wrk, server, requests))
            bench.runs.setdefault(subject, []).append(done)
        for ledger in edges:
            done = bench.quiet(partial(read_first, ledger))
            bench.runs.setdefault(f"first {ledger}", []).append(done)
        done = bench.quiet(partial(bench.wrk, nginx, reread, connections=RUSH))
        bench.runs.setdefault("nginx, rush", []).append(done)
        done = bench.quiet(partial(read_first, "SQLite", RUSH))
        bench.runs.setdefault("first SQLite, rush", []).append(done)
        print(".", end="", flush=True, file=sys.stderr)
    print(file=sys.stderr)
    spare = at["SQLite"] - answered["SQLite"] + RUSH + READ
    check_recorded(paper, answered["SQLite"] + SPENT_READERS * 10, spare=spare)

    report(bench, edges, size, arguments)
    latency(bench, edge, nginx, reread, asked)
    cold(edge, [one for one in stories[:1000] if one not in stories[:READ]], asked)
    memory(bench, paper, [path for _, path in stories[:1000]])
    base = bench.median("nginx").per_cpu_second
    again = bench.median("reread").per_cpu_second
    counted = bench.median("first SQLite").per_cpu_second
    alone = bench.median("wagtail").per_cpu_second
    print(f"reread {again / base:.2f} first {counted / base:.2f} wagtail {again / alone:.0f}")


def same_bytes(
    bench: Bench, edge: Server, wagtail: Server, stories: list[tuple[int, str]], reread: Path
) -> tuple[Server, float]:
    """Start nginx with the bytes that the edge sends; return it, and their mean length."""
    cookies = dict(line.split("\t") for line in reread.read_text().splitlines())
    sizes = []
    for _, path in stories:
        words = fetch(edge.port, path, cookies[path])
        sizes.append(len(words))
        file = bench.folder / "www" / path.strip("/") / "index.html.gz"
        file.parent.mkdir(parents=True)
        file.write_bytes(words)
        file.with_suffix("").touch()
    path = stories[0][1]
    alike = len(gzip.decompress(fetch(wagtail.port, path))) / len(
        gzip.decompress(fetch(edge.port, path, cookies[path]))
    )
    if not 0.9 < alike < 1.1:
        sys.exit(f"Wagtail alone prints another page: {alike:.2f} times as long")
    nginx = bench.nginx(free_port())
    if fetch(nginx.port, path) != fetch(edge.port, path, cookies[path]):
        sys.exit("nginx and the edge send different bytes")
    return nginx, statistics.mean(sizes)


def beside_a_large_one(
    bench: Bench, paper: Path, stories: list[tuple[int, str]], count: int
) -> tuple[Server, Path]:
    """Start a large paper, whose newest stories are those of the small one; return what to ask."""
    folder = bench.folder / "large"
    folder.mkdir()
    large = make_paper(folder / "paper", papers.paper(count), "readers")
    shutil.copy(paper / "secret.key", large)
    numbers = {path: number for number, path in story_paths(large)}
    same = [(numbers[path], path) for _, path in stories]
    server = bench.django("large", "edge", large, free_port())
    requests = Requests(folder, large, same).reread()
    for line in set(requests.read_text().splitlines()):
        fetch(server.port, *line.split("\t"))
    return server, requests


def check_recorded(paper: Path, wanted: int, *, spare: int) -> None:
    """See to it that what was answered was recorded, and once only."""
    recorded = count_readings(paper)
    # What wrk asked for and did not wait for was recorded too.
    if not wanted <= recorded <= wanted + spare:
        sys.exit(f"{wanted} first readings were answered and {recorded} recorded")


def count_readings(paper: Path) -> int:
    with sqlite3.connect(paper / "readings.sqlite3") as database:
        return int(database.execute("SELECT count(*) FROM wall_reading").fetchone()[0])


def other_ledgers(bench: Bench, paper: Path, kept: Path) -> dict[str, Server]:
    """Start the same paper with its readings in PostgreSQL and in Redis, where installed."""
    found = {}
    folder = bench.folder / "services"
    folder.mkdir()
    bench.stack.callback(services.stop, folder)
    starts = {"PostgreSQL": (services.start_postgres, "postgres.pid")}
    starts["Redis"] = (services.start_redis, "redis.pid")
    for name, (start, pid) in starts.items():
        address = start(folder)
        if address is None:
            print(f"{name} is not installed: left out", file=sys.stderr)
            continue
        own = make_paper(bench.folder / name.lower(), kept, "readers")
        shutil.copy(paper / "secret.key", own)
        server = bench.django(name, "edge", own, free_port(), LEDGER_URL=address)
        store = int((folder / pid).read_text())
        server.stores.append(store)
        for one in [store, *children(store)]:
            os.sched_setaffinity(one, {bench.server_core})
        found[name] = server
    return found


# What is said of it.


def report(
    bench: Bench, edges: dict[str, Server], size: float, arguments: argparse.Namespace
) -> None:
    said = {
        "nginx": "nginx, static .gz",
        "reread": "edge: a reader goes back to a story",
        "reread by many": f"edge: the same, by {MANY_READERS:,} readers in turn",
        "reread, large": f"edge: a reader goes back, {arguments.large:,} stories",
        "teaser": "edge: a visitor's teaser",
        "used up": "edge: the wall of a reader whose month is used up",
        **{f"first {name}": f"edge: first reading, {name}" for name in edges},
        "nginx, rush": f"nginx with {RUSH} connections",
        "first SQLite, rush": f"edge: first reading, SQLite, {RUSH} connections",
        "wagtail": "Wagtail alone",
    }
    print(
        f"{arguments.stories:,} stories; page of {size / 1000:.1f} kB gzip; {arguments.rounds} rounds; "
        f"{bench.again} runs taken again because others used the server's core, none of those kept "
        f"with more than {bench.disturbed:.0%} of it\n"
    )
    print(
        "| who | per CPU second | ÷ nginx | with the store's and histories' CPU | p50 ms | p99 ms |"
    )
    print("|---|--:|--:|--:|--:|--:|")
    for name, words in said.items():
        if name not in bench.runs:
            continue
        run = bench.median(name)
        # Like with like.
        base = bench.median("nginx, rush" if name.endswith("rush") else "nginx").per_cpu_second
        both = ""
        if run.stores_cpu:
            both = f"{run.requests / (run.cpu + run.stores_cpu) / base:.2f}"
        print(
            f"| {words} | {run.per_cpu_second:,.0f} | {run.per_cpu_second / base:.4f} | {both} "
            f"| {run.p50:.2f} | {run.p99:.2f} |"
        )
    if arguments.json:
        told = {
            name: [round(run.per_cpu_second) for run in runs] for name, runs in bench.runs.items()
        }
        Path(arguments.json).write_text(json.dumps(told, indent=1))


def latency(bench: Bench, edge: Server, nginx: Server, reread: Path, asked: Requests) -> None:
    """Say how long readers wait at half load, and while Django works too."""
    most = statistics.median(run.requests / run.seconds for run in bench.runs["reread"])
    # Each connection rests two milliseconds between two requests.
    connections = max(2, round(most / 2 * 0.0025))
    for server in (nginx, edge):
        load = partial(bench.wrk, server, reread, connections=connections, pause=2, seconds=3)
        half = bench.quiet(load, both=True)
        print(
            f"\n{server.name} at {half.requests / half.seconds:,.0f} requests a second, of the "
            f"edge's {most:,.0f} at most: p50 {half.p50:.2f} ms, p99 {half.p99:.2f} ms."
        )
    # One in twenty goes to Django, at half of what Django can do.
    pages = asked.write("django", ((f"{path}?page=2", "") for _, path in asked.stories[:READ]))
    alone = bench.wrk(edge, pages, connections=4)
    rate = alone.requests / alone.seconds / 2
    rest = max(1, round(1000 * 2 / rate - alone.p50 / 2))
    beside = subprocess.Popen(
        [sys.executable, "-m", "bench.edge", "--load", str(bench.folder), "--port", str(edge.port)]
        + ["--pause", str(rest), "--cores", f"{bench.server_core},{bench.client_core}"],
    )
    hits = max(1, round(1000 * 8 / (rate * 19)))
    try:
        time.sleep(0.5)
        # What Django does here is the server's own; wrk's core has a second load on it.
        mixed = bench.wrk(edge, reread, connections=8, pause=hits, seconds=10)
    finally:
        beside.terminate()
        beside.wait()
    print(
        f"\nWhile Django answers some {rate:,.0f} a second and the edge "
        f"{mixed.requests / mixed.seconds:,.0f}: the edge's p50 {mixed.p50:.2f} ms, "
        f"p99 {mixed.p99:.2f} ms."
    )


def load(arguments: argparse.Namespace) -> None:
    """Send requests for Django until ended."""
    folder = Path(arguments.load)
    bench = Bench(folder, arguments)
    server = Server("beside", arguments.port, os.getpid())
    bench.wrk(server, folder / "django", connections=2, pause=arguments.pause, seconds=60)


def cold(edge: Server, stories: list[tuple[int, str]], asked: Requests) -> None:
    """Say what plates cost that nobody has asked for yet."""
    reader = dict(line.split("\t") for line in asked.opened(stories).read_text().splitlines())
    for variant, cookies in (("teaser", {}), ("full story", reader)):
        before = edge.cpu()
        for _, path in stories:
            fetch(edge.port, path, cookies.get(path, ""))
        each = (edge.cpu() - before) / len(stories) * 1000
        print(f"\nA cold plate of a {variant} costs {each:.1f} ms of CPU.")


def memory(bench: Bench, paper: Path, paths: list[str]) -> None:
    """Say what two workers of a paper take that have many pages in plates, as anybody serves it."""
    port = free_port()
    command = [str(Path(sys.executable).with_name("broadsheet")), "serve", "--no-work"]
    command += ["--port", str(port), "--workers", "2"]
    served = bench.start("served", command, port, **bench.settings(paper, port))
    # Connections fall to one worker or the other; eight of them hardly all to one.
    connections = [http.client.HTTPConnection("127.0.0.1", port) for _ in range(8)]
    headers = {**BROWSER, "Host": f"127.0.0.1:{port}"}
    for path in paths:
        for connection in connections:
            connection.request("GET", path, headers=headers)
            connection.getresponse().read()
    for worker in children(served.pid):
        one = Server("worker", port, worker)
        resident, shared_out, own = one.memory()
        print(
            f"\nA worker with {len(paths):,} pages in plates, Django and all, has {resident:.0f} "
            f"MB resident: {own:.0f} MB of its own, {shared_out:.0f} MB with its part of what the "
            "processes share."
        )
    print()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--seconds", type=int, default=1)
    parser.add_argument(
        "--tries", type=int, default=20, help="at most, for a run nobody else disturbs"
    )
    parser.add_argument("--stories", type=int, default=1000)
    parser.add_argument("--large", type=int, default=0, help="beside a paper of so many stories")
    parser.add_argument("--cores", default="0,1", help="the server's and wrk's")
    parser.add_argument("--json", help="write the figures of every round here")
    parser.add_argument("--serve", choices=["edge", "alone"], help=argparse.SUPPRESS)
    parser.add_argument("--load", help=argparse.SUPPRESS)
    parser.add_argument("--port", type=int, default=0, help=argparse.SUPPRESS)
    parser.add_argument("--pause", type=int, default=0, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.serve:
        serve(arguments.serve, arguments.port)
    elif arguments.load:
        load(arguments)
    else:
        run(arguments)


if __name__ == "__main__":
    main()
