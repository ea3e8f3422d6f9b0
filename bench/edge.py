"""What a story page costs at the edge, against nginx and against Wagtail alone.

    python -m bench.edge [--rounds 7] [--seconds 3] [--stories 1000] [--markdown]

Server on one core, wrk on another, 32 connections kept alive, gzip; the servers take turns, and of
all rounds the median counts. What counts are requests per CPU second of the server process
(/proc/PID/stat), and their ratio to nginx sending the same bytes as static files. The last line is
``reread R first F wagtail W``: a signed-in reader going back to a story, a first reading recorded in
SQLite with synchronous FULL (both over nginx), and the first of these over Wagtail alone.

Needs nginx and wrk (Debian: nginx-light, wrk); PostgreSQL and Redis are measured where installed.
"""

import argparse
import contextlib
import gzip
import http.client
import json
import os
import re
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
from dataclasses import dataclass, field
from pathlib import Path

from bench import papers
from tools import services

TICKS = os.sysconf("SC_CLK_TCK")
CONNECTIONS = 32
READ = 100  # stories that are read again and again
READERS = 1000  # who read them
FIRST_READERS = 100_000  # who read for the first time, ten stories each
PASS_LASTS = 86_400  # longer than any run; the paper's own is ten minutes
BROWSER = {
    "User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
    "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "Accept-Language": "en-GB,en;q=0.5",
    "Accept-Encoding": "gzip",
}

# Requests come from a file, one a line: path, tab, cookies. ``first`` turns over the stories so
# that no reader meets one twice; ``pause`` lets a connection rest between two requests.
SCRIPT = """
local lines, paths, heads = {}, {}, "%s"
local count, at, turns, pause = 0, 0, 1, 0
function init(arguments)
    local file = arguments[1]
    at, turns, pause = tonumber(arguments[2]), tonumber(arguments[3]), tonumber(arguments[4])
    for line in io.lines(file) do
        local path, cookies = line:match("^(.-)\\t(.*)$")
        count = count + 1
        paths[count] = path
        lines[count] = cookies == "" and heads or heads .. "Cookie: " .. cookies .. "\\r\\n"
    end
end
function request()
    local turn = math.floor(at / count) %% turns
    local line = at %% count + 1
    at = at + 1
    return "GET " .. paths[(line + turn - 1) %% count + 1] .. " HTTP/1.1\\r\\n" .. lines[line] .. "\\r\\n"
end
function delay()
    return pause
end
"""
NGINX = """
worker_processes 1; daemon off; pid {folder}/nginx.pid; error_log {folder}/nginx.log;
events {{ worker_connections 1024; }}
http {{
    access_log off; sendfile on; tcp_nopush on; gzip_static always; keepalive_requests 1000000000;
    open_file_cache max=2000; default_type text/html; types {{ }}
    client_body_temp_path {folder}/1; proxy_temp_path {folder}/2; fastcgi_temp_path {folder}/3;
    uwsgi_temp_path {folder}/4; scgi_temp_path {folder}/5;
    add_header Cache-Control "private, no-store"; add_header Vary Accept-Encoding;
    server {{ listen 127.0.0.1:{port}; root {folder}/www; index index.html; }}
}}
"""


@dataclass
class Server:
    """A process that answers on a port, and those whose work is done for it."""

    name: str
    port: int
    pid: int
    stores: list[int] = field(default_factory=list)

    def cpu(self) -> float:
        """Return the CPU seconds it has used."""
        return _cpu(self.pid)

    def stores_cpu(self) -> float:
        """Return those that its store of readings has used."""
        return sum(_cpu(one) + sum(map(_cpu, _children(one))) for one in self.stores)

    def resident(self) -> float:
        """Return its resident memory in MiB."""
        told = Path(f"/proc/{self.pid}/status").read_text()
        found = re.search(r"VmRSS:\s+(\d+)", told)
        assert found is not None
        return int(found[1]) / 1024


def _cpu(pid: int) -> float:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except FileNotFoundError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / TICKS


def _children(pid: int) -> list[int]:
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            if int(stat.read_text().rpartition(")")[2].split()[1]) == pid:
                found.append(int(stat.parent.name))
    return found


@dataclass
class Measured:
    """One run of wrk."""

    requests: int
    seconds: float
    cpu: float
    stores_cpu: float
    p50: float  # milliseconds
    p99: float

    @property
    def per_cpu_second(self) -> float:
        return self.requests / self.cpu


class Bench:
    def __init__(self, folder: Path, arguments: argparse.Namespace) -> None:
        self.folder = folder
        self.server_core, self.client_core = (int(one) for one in arguments.cores.split(","))
        self.seconds: int = arguments.seconds
        self.stack = contextlib.ExitStack()
        self.runs: dict[str, list[Measured]] = {}

    # Servers.

    def start(self, name: str, command: list[str], port: int, **environment: str) -> Server:
        log = self.stack.enter_context((self.folder / f"{name}.log").open("wb"))
        process = subprocess.Popen(
            ["taskset", "-c", str(self.server_core), *command],
            stdout=log,
            stderr=log,
            env={**os.environ, **environment},
        )
        self.stack.callback(_end, process)
        until = time.monotonic() + 60
        while True:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                return Server(name, port, process.pid)
            if process.poll() is not None or time.monotonic() > until:
                sys.exit(f"{name} did not start; see {self.folder}/{name}.log")
            time.sleep(0.05)

    def django(self, name: str, how: str, paper: Path, port: int, **environment: str) -> Server:
        return self.start(
            name,
            [sys.executable, "-m", "bench.edge", "--serve", how, "--port", str(port)],
            port,
            PAPER_DIR=str(paper),
            PORT=str(port),
            # Its own, so that a paper's settings can't make it another paper.
            **(papers.SETTINGS | {"PAPER_ADDRESS": f"http://127.0.0.1:{port}"} | environment),
        )

    def nginx(self, port: int) -> Server:
        file = self.folder / "nginx.conf"
        file.write_text(NGINX.format(folder=self.folder, port=port))
        server = self.start("nginx", ["nginx", "-c", str(file)], port)
        (worker,) = _children(server.pid)
        return Server("nginx", port, worker)

    # Load.

    def wrk(
        self,
        server: Server,
        requests: Path,
        *,
        at: int = 0,
        turns: int = 1,
        connections: int = CONNECTIONS,
        pause: int = 0,
        seconds: int = 0,
    ) -> Measured:
        """Send requests for some seconds.

        :param pause: milliseconds that each connection rests between two
        """
        script = self.folder / f"{server.name}.lua"
        heads = "".join(f"{name}: {value}\\r\\n" for name, value in BROWSER.items())
        script.write_text(SCRIPT % f"Host: 127.0.0.1:{server.port}\\r\\n{heads}")
        command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds or self.seconds}s", "--latency"]
        command += ["-s", str(script), f"http://127.0.0.1:{server.port}/", "--", str(requests)]
        command += [str(at), str(turns), str(pause)]
        cpu, stores_cpu = server.cpu(), server.stores_cpu()
        told = subprocess.run(
            ["taskset", "-c", str(self.client_core), *command],
            check=True,
            capture_output=True,
            text=True,
        ).stdout
        if "Non-2xx" in told or "Socket errors" in told:
            sys.exit(f"{server.name} answered with errors:\n{told}")
        total = re.search(r"(\d+) requests in ([\d.]+)s", told)
        assert total is not None
        return Measured(
            requests=int(total[1]),
            seconds=float(total[2]),
            cpu=server.cpu() - cpu,
            stores_cpu=server.stores_cpu() - stores_cpu,
            p50=_milliseconds(told, "50%"),
            p99=_milliseconds(told, "99%"),
        )

    def median(self, name: str) -> Measured:
        runs = sorted(self.runs[name], key=lambda run: run.per_cpu_second)
        return runs[len(runs) // 2]


def _milliseconds(told: str, which: str) -> float:
    found = re.search(rf"{which}\s+([\d.]+)(us|ms|s)", told)
    assert found is not None
    return float(found[1]) * {"us": 0.001, "ms": 1, "s": 1000}[found[2]]


def _end(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(20)
    except subprocess.TimeoutExpired:
        process.kill()


# Servers, each in a process of its own.


def serve(how: str, port: int) -> None:
    """Serve the paper of this process: at the edge, or Wagtail alone."""
    import django

    django.setup()
    from broadsheet.config import server

    opened = server.listen("127.0.0.1", port)
    if how == "edge":
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
    """Copy a kept paper, with all its stories open to some."""
    folder.mkdir()
    shutil.copy(kept / "paper.sqlite3", folder)
    with sqlite3.connect(folder / "paper.sqlite3") as database:
        database.execute("UPDATE newsroom_storypage SET access = ?", (access,))
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

    def first(self, *, offset: int) -> Path:
        """Readers who open one story after the other, ten each."""

        def lines() -> Iterator[tuple[str, str]]:
            others = [one for one, _ in self.stories[READ : READ + 4]]
            for reader in range(1, FIRST_READERS + 1):
                yield self.stories[reader % READ][1], self._cookies(offset + reader, others)

        return self.write(f"first-{offset}", lines())

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
    reread = asked.reread()

    # The same bytes for nginx that the edge sends.
    cookies = dict(line.split("\t") for line in reread.read_text().splitlines())
    sizes = []
    for _, path in stories[:READ]:
        words = fetch(edge.port, path, cookies[path])
        sizes.append(len(words))
        file = folder / "www" / path.strip("/") / "index.html.gz"
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

    edges = {"SQLite": edge, **other_ledgers(bench, paper, kept)}
    subjects = {
        "nginx": (nginx, reread),
        "reread": (edge, reread),
        "wagtail": (wagtail, asked.visitors(stories[:READ], "visitors")),
        "teaser": (edge, asked.visitors(stories[:READ], "visitors")),
        "reread by 50,000": (edge, asked.reread(readers=50_000)),
    }
    firsts = {}
    for number, ledger in enumerate(edges):
        firsts[ledger] = asked.first(offset=2 * 10**9 + number * 10**6)
    at = dict.fromkeys(edges, 0)
    # Everything is printed once before anything is measured.
    for server in edges.values():
        for _, path in stories[:READ]:
            fetch(server.port, path)
            fetch(server.port, path, cookies[path])
    for server, requests in subjects.values():
        bench.wrk(server, requests, seconds=1)
    for _ in range(arguments.rounds):
        for subject, (server, requests) in subjects.items():
            bench.runs.setdefault(subject, []).append(bench.wrk(server, requests))
        for ledger, server in edges.items():
            done = bench.wrk(server, firsts[ledger], at=at[ledger], turns=10)
            at[ledger] += done.requests + CONNECTIONS
            if at[ledger] > FIRST_READERS * 10:
                sys.exit("Everybody has read ten stories; use fewer rounds or shorter ones")
            bench.runs.setdefault(f"first {ledger}", []).append(done)
        print(".", end="", flush=True, file=sys.stderr)
    print(file=sys.stderr)
    recorded = count_readings(paper)
    wanted = sum(one.requests for one in bench.runs["first SQLite"])
    if not wanted <= recorded <= wanted + 2 * CONNECTIONS * (arguments.rounds + 1) + READ:
        sys.exit(f"{wanted} first readings were answered and {recorded} recorded")

    report(bench, edges, statistics.mean(sizes), arguments)
    latency(bench, edge, reread, asked)
    memory(bench, edge, stories[:1000], asked)
    base = bench.median("nginx").per_cpu_second
    again = bench.median("reread").per_cpu_second
    first = bench.median("first SQLite").per_cpu_second
    alone = bench.median("wagtail").per_cpu_second
    print(f"reread {again / base:.2f} first {first / base:.2f} wagtail {again / alone:.0f}")


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
        own = make_paper(bench.folder / name, kept, "readers")
        shutil.copy(paper / "secret.key", own)
        server = bench.django(name, "edge", own, free_port(), LEDGER_URL=address)
        server.stores = [int((folder / pid).read_text())]
        for one in [*server.stores, *_children(server.stores[0])]:
            os.sched_setaffinity(one, {bench.server_core})
        found[name] = server
    return found


# What is said of it.


def report(
    bench: Bench, edges: dict[str, Server], size: float, arguments: argparse.Namespace
) -> None:
    base = bench.median("nginx").per_cpu_second
    said = {
        "nginx": "nginx, static .gz",
        "reread": "edge: a reader goes back to a story",
        "reread by 50,000": "edge: the same, every request from another reader",
        "teaser": "edge: a visitor's teaser",
        **{f"first {name}": f"edge: first reading, {name}" for name in edges},
        "wagtail": "Wagtail alone",
    }
    print(
        f"{arguments.stories:,} stories; page of {size / 1000:.1f} kB gzip; {arguments.rounds} rounds\n"
    )
    print("| who | per CPU second | ÷ nginx | with the store's CPU | p50 ms | p99 ms |")
    print("|---|--:|--:|--:|--:|--:|")
    for name, words in said.items():
        run = bench.median(name)
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


def latency(bench: Bench, edge: Server, reread: Path, asked: Requests) -> None:
    """Say how long readers wait at half load, and while Django works too."""
    most = statistics.median(run.requests / run.seconds for run in bench.runs["reread"])
    # Each connection rests two milliseconds between two requests.
    connections = max(2, round(most / 2 * 0.0025))
    half = bench.wrk(edge, reread, connections=connections, pause=2)
    print(
        f"\nAt {half.requests / half.seconds:,.0f} requests a second, of {most:,.0f} at most: "
        f"p50 {half.p50:.2f} ms, p99 {half.p99:.2f} ms."
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
        mixed = bench.wrk(edge, reread, connections=8, pause=hits)
    finally:
        beside.terminate()
        beside.wait()
    print(
        f"While Django answers some {rate:,.0f} a second and the edge "
        f"{mixed.requests / mixed.seconds:,.0f}: the edge's p50 {mixed.p50:.2f} ms, "
        f"p99 {mixed.p99:.2f} ms."
    )


def load(arguments: argparse.Namespace) -> None:
    """Send requests for Django until ended."""
    folder = Path(arguments.load)
    bench = Bench(folder, arguments)
    server = Server("beside", arguments.port, os.getpid())
    bench.wrk(server, folder / "django", connections=2, pause=arguments.pause, seconds=60)


def memory(bench: Bench, edge: Server, stories: list[tuple[int, str]], asked: Requests) -> None:
    """Say what a cold plate costs, and how much memory a worker takes with all of them."""
    cold = [one for one in stories if one not in asked.stories[:READ]]
    before = edge.cpu()
    for _, path in cold:
        fetch(edge.port, path)
    cost = (edge.cpu() - before) / len(cold) * 1000 if cold else 0
    print(
        f"A cold plate costs {cost:.1f} ms of CPU. With {len(stories):,} pages in plates the worker, "
        f"Django and all, has {edge.resident():.0f} MiB resident.\n"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--seconds", type=int, default=3)
    parser.add_argument("--stories", type=int, default=1000)
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
