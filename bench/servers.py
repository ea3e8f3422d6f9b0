"""Servers side by side: each on one core, wrk on the other, their CPU seconds read from /proc."""

import argparse
import contextlib
import os
import random
import re
import resource
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from bench import papers

TICKS = os.sysconf("SC_CLK_TCK")
CONNECTIONS = 32
QUIET = 0.05  # of a core that others may use during a run
# With Host the eleven lines that Firefox sends when a reader follows a link; the cookies come besides.
BROWSER = {
    "User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
    "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "Accept-Language": "en-GB,en;q=0.5",
    "Accept-Encoding": "gzip",
    "Connection": "keep-alive",
    "Upgrade-Insecure-Requests": "1",
    "Sec-Fetch-Dest": "document",
    "Sec-Fetch-Mode": "navigate",
    "Sec-Fetch-Site": "same-origin",
    "Priority": "u=0, i",
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
# At its best: a page of a few kilobytes is read and written sooner than it is sent by sendfile.
NGINX = """
worker_processes 1; daemon off; pid {folder}/nginx.pid; error_log {folder}/nginx.log;
events {{ worker_connections 1024; }}
http {{
    access_log off; sendfile off; gzip_static always; keepalive_requests 1000000000;
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
        return sum(_cpu(one) + sum(map(_cpu, children(one))) for one in self.stores)

    def memory(self) -> tuple[float, float, float]:
        """Return its resident memory in MB, its part of it, and what nobody shares."""
        told = Path(f"/proc/{self.pid}/smaps_rollup").read_text()
        kilobytes = {name: int(size) for name, size in re.findall(r"(\w+):\s+(\d+) kB", told)}
        own = kilobytes["Private_Clean"] + kilobytes["Private_Dirty"]
        megabytes = [size * 1024 / 1e6 for size in (kilobytes["Rss"], kilobytes["Pss"], own)]
        return megabytes[0], megabytes[1], megabytes[2]


def _cpu(pid: int) -> float:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except FileNotFoundError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / TICKS


def children(pid: int) -> list[int]:
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            if int(stat.read_text().rpartition(")")[2].split()[1]) == pid:
                found.append(int(stat.parent.name))
    return found


def busy(core: int) -> float:
    """Return the seconds for which a core has worked, for whomever."""
    lines = Path("/proc/stat").read_text().splitlines()
    fields = next(line.split()[1:] for line in lines if line.startswith(f"cpu{core} "))
    # All but the idle ones: the fourth is idle, the fifth waits for the disk.
    return (sum(map(int, fields[:8])) - int(fields[3]) - int(fields[4])) / TICKS


def _children_cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


@dataclass
class Measured:
    """One run of wrk."""

    requests: int
    seconds: float
    cpu: float
    stores_cpu: float
    p50: float  # milliseconds
    p99: float
    # What others did meanwhile, as shares of the server's core and of wrk's.
    beside: tuple[float, float]

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
        self.tries: int = arguments.tries
        # Runs taken again because of others, and the most that was put up with.
        self.again = 0
        self.disturbed = 0.0

    # Servers.

    def start(self, name: str, command: list[str], port: int, **environment: str) -> Server:
        log = self.stack.enter_context((self.folder / f"{name}.log").open("wb"))
        process = subprocess.Popen(
            ["taskset", "-c", str(self.server_core), *command],
            stdout=log,
            stderr=log,
            env={**os.environ, **environment},
        )
        self.stack.callback(end, process)
        until = time.monotonic() + 60
        while True:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                return Server(name, port, process.pid)
            if process.poll() is not None or time.monotonic() > until:
                sys.exit(f"{name} did not start; see {self.folder}/{name}.log")
            time.sleep(0.05)

    def django(self, name: str, how: str, paper: Path, port: int, **environment: str) -> Server:
        server = self.start(
            name,
            [sys.executable, "-m", "bench.edge", "--serve", how, "--port", str(port)],
            port,
            **(self.settings(paper, port) | environment),
        )
        # The process that writes the histories of the edge's readers; the socket is open before it.
        while how == "edge" and not server.stores:
            time.sleep(0.05)
            server.stores = children(server.pid)
        return server

    @staticmethod
    def settings(paper: Path, port: int) -> dict[str, str]:
        """Return the options of a paper on a port."""
        own = {"PAPER_ADDRESS": f"http://127.0.0.1:{port}", "PORT": str(port)}
        return papers.SETTINGS | own | {"PAPER_DIR": str(paper)}

    def nginx(self, port: int) -> Server:
        file = self.folder / "nginx.conf"
        file.write_text(NGINX.format(folder=self.folder, port=port))
        server = self.start("nginx", ["nginx", "-c", str(file)], port)
        (worker,) = children(server.pid)
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
        cpu, stores_cpu, own, started = (
            server.cpu(),
            server.stores_cpu(),
            _children_cpu(),
            time.monotonic(),
        )
        worked = busy(self.server_core), busy(self.client_core)
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
        lasted = time.monotonic() - started
        used, stores_used = server.cpu() - cpu, server.stores_cpu() - stores_cpu
        by_others = busy(self.server_core) - worked[0] - used - stores_used
        by_others_there = busy(self.client_core) - worked[1] - (_children_cpu() - own)
        return Measured(
            requests=int(total[1]),
            seconds=float(total[2]),
            cpu=used,
            stores_cpu=stores_used,
            p50=_milliseconds(told, "50%"),
            p99=_milliseconds(told, "99%"),
            beside=(by_others / lasted, by_others_there / lasted),
        )

    def quiet(self, run: Callable[[], Measured], *, both: bool = False) -> Measured:
        """Return a run during which nobody else used the server's core, or the least disturbed.

        :param both: nobody used wrk's core either, which a latency depends on
        """
        tries = []
        for _ in range(self.tries):
            done = run()
            tries.append((max(done.beside) if both else done.beside[0], done))
            if tries[-1][0] <= QUIET:
                break
            self.again += 1
            time.sleep(random.random())
        disturbed, best = min(tries, key=lambda one: one[0])
        self.disturbed = max(self.disturbed, disturbed)
        return best

    def median(self, name: str) -> Measured:
        runs = sorted(self.runs[name], key=lambda run: run.per_cpu_second)
        return runs[len(runs) // 2]


def _milliseconds(told: str, which: str) -> float:
    found = re.search(rf"{which}\s+([\d.]+)(us|ms|s)", told)
    assert found is not None
    return float(found[1]) * {"us": 0.001, "ms": 1, "s": 1000}[found[2]]


def end(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(20)
    except subprocess.TimeoutExpired:
        process.kill()
