"""What nginx in front of the paper costs and saves: connections, answers kept, the paper's CPU.

    python -m bench.proxy [--seconds 5]

One worker serves a paper; wrk asks with 32 connections for a free story, which nginx may keep until its
second is over, and for a visitor's teaser, which it never keeps. In front stands nothing; nginx with the
block that deploying.md shows; and that block without `upstream` and without keeping, a connection to each
request. Connections are those that the machine has accepted, without wrk's own; CPU is that of the paper's
worker, from /proc. Last, a story is published twenty times, and the longest time is told after which an
answer of nginx still was the one before.
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections import Counter
from pathlib import Path

from tests.paper import proxies
from tests.paper.served import COMMAND, Desk, children, environment, serve

CONNECTIONS = 32
PLANT = """
from broadsheet.demo import factories
from broadsheet.newsroom.models import StoryPage
section = factories.section("World")
words = factories.paragraphs(*("An opening sentence of the story. " * 12 for _ in range(8)))
free, walled = (factories.story(name, section=section, access=name, body=words)
                for name in ("free", "subscribers"))
answer = [free.url, walled.url, free.pk]
"""
PUBLISH = """
story = StoryPage.objects.get(pk=pk)
story.title = title
story.save_revision().publish()
"""


def without_keeping(folder: Path, port: int, behind: int) -> str:
    """Return the block as it was: a connection to each request, and nothing kept."""
    block = proxies.documented(folder, port, behind)
    block = re.sub(r"upstream paper \{.*?\}\n", "", block, flags=re.DOTALL)
    block = block.replace("http://paper;", f"http://127.0.0.1:{behind};")
    return re.sub(r"        proxy_cache.*\n", "", block)


def accepted() -> int:
    """Return how many connections this machine has accepted so far."""
    names, values = [
        line.split()
        for line in Path("/proc/net/snmp").read_text().splitlines()
        if line[:4] == "Tcp:"
    ]
    return int(values[names.index("PassiveOpens")])


def cpu(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def measure(port: int, path: str, worker: int, seconds: int) -> tuple[int, float, int]:
    """Return requests, the worker's CPU seconds, and connections accepted beside wrk's."""
    address = f"http://127.0.0.1:{port}{path}"
    urllib.request.urlopen(address).read()
    before, opened = cpu(worker), accepted()
    ran = subprocess.run(
        ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "-H", "Accept-Encoding: gzip", address],
        check=True,
        capture_output=True,
        text=True,
    )
    found = re.search(r"(\d+) requests in", ran.stdout)
    assert found is not None
    assert "Non-2xx" not in ran.stdout, ran.stdout
    return int(found[1]), cpu(worker) - before, max(0, accepted() - opened - CONNECTIONS)


def row(name: str, requests: int, used: float, opened: int, states: Counter[str]) -> None:
    kept = states["HIT"] / max(1, sum(states.values()))
    print(
        f"| {name} | {requests:,} | {opened / requests:.4f} | {kept:.1%} | "
        f"{used / requests * 1e6:.1f} |",
        flush=True,
    )


def oldest(port: int, path: str, desk: Desk, pk: int) -> float:
    """Publish again and again; return the longest that nginx still sent what was before."""
    worst = 0.0
    for number in range(20):
        title = f"Headline number {number}."
        desk.do(PUBLISH, pk=pk, title=title)
        published_at = time.monotonic()
        while title not in urllib.request.urlopen(f"http://127.0.0.1:{port}{path}").read().decode():
            time.sleep(0.005)
        worst = max(worst, time.monotonic() - published_at)
    return worst


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--seconds", type=int, default=5)
    arguments = parser.parse_args()
    for program in ("nginx", "wrk"):
        if shutil.which(program) is None:
            sys.exit(f"{program} is not installed")
    with tempfile.TemporaryDirectory(prefix="bench-proxy-") as name:
        paper = Path(name)
        subprocess.run(
            [*COMMAND, "migrate"], env=environment(paper), check=True, stdout=subprocess.DEVNULL
        )
        desk = Desk(paper)
        free, walled, pk = desk.do(PLANT)
        with serve(paper, workers=1) as served:
            (worker,) = children(served.process.pid)
            print(
                "| | requests | connections to the paper a request | kept | the paper's CPU, µs |"
            )
            print("| --- | --: | --: | --: | --: |")
            for what, path in (("free story", free), ("teaser", walled)):
                measured = measure(served.port, path, worker, arguments.seconds)
                row(f"{what}, no nginx", *measured, Counter())
                for how, block in (
                    ("without keeping", without_keeping),
                    ("as documented", proxies.documented),
                ):
                    folder = paper / f"nginx-{what[:4]}-{how[:2]}"
                    folder.mkdir()
                    with proxies.nginx(folder, served.port, block) as port:
                        measured = measure(port, path, worker, arguments.seconds)
                        states = Counter(state for *_, state in proxies.log(folder))
                        row(f"{what}, nginx {how}", *measured, states)
            folder = paper / "nginx-last"
            folder.mkdir()
            with proxies.nginx(folder, served.port, proxies.documented) as port:
                late = oldest(port, free, desk, pk)
            print(f"\nPublished twenty times: nginx sent what was before for {late:.2f} s at most.")
        desk.close()


if __name__ == "__main__":
    main()
