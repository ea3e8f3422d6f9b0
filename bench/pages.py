"""What public pages cost in a paper of 100 stories and in one of 100,000, in CPU milliseconds.

    python -m bench.pages [--small 100] [--large 100000] [--rounds 15] [--postgres URL]

Each paper is asked in a process of its own, through Django's WSGI application without a network.
The papers take turns, page by page, so that a busy machine is busy for both. Counted is the
process's own CPU time (on PostgreSQL with that of its server process), the median of all requests;
for searches also the 95th of a hundred. The pages are the same in both papers, word for word
(bench.papers), so the ratio is the archive's doing.
"""

import argparse
import io
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

from bench import papers
from bench.papers import COMMON, NEWEST_AT, OTHER, RARE

MOST_RATIO = 1.3
MOST_SEARCH = 50.0  # CPU milliseconds, the 95th of a hundred searches in the large paper
_SEVERAL = 20  # different addresses to a page, where it has several

HOSTILE = {
    "eight commonest words": "the of and to in a that is",
    "phrase of commonest words": '"the of and the of and the of"',
    "phrase of two common words": f'"{COMMON} {OTHER}"',
    "300 words": " ".join(["harbour", "lantern", "bridge", "the", "of"] * 60),
    "one long word": "a" * 20_000,
    "all without": f"{COMMON} -the -of -and",
    "quotes and operators": '"" * "a" OR (NOT ^ NEAR/2) col:umn {x} -- \\ %s',
    "one letter": "a*",
}
SEARCHES = {
    "a rare word": RARE,
    "a word in half of the stories": COMMON,
    "two words": f"{COMMON} bridge",
    "two words, each in half of the stories": f"{COMMON} {OTHER}",
    "a phrase": '"harbour bridge"',
}


def addresses(page: str) -> list[str]:
    """Return the addresses of a page to ask for in turn. Needs Django set up."""
    from broadsheet.newsroom import listings
    from broadsheet.newsroom.models import SectionPage, StoryPage

    def searches(typed: str, **more: str) -> list[str]:
        asked = "&".join(f"{name}={value}" for name, value in more.items())
        return [f"/search/?q={quote(typed)}&{asked}"]

    day = (NEWEST_AT - timedelta(days=5)).date()
    match page:
        case "front page":
            return ["/"]
        case "section page":
            return [f"/{slug}/" for slug in SectionPage.objects.values_list("slug", flat=True)]
        case "story page":
            newest = listings.page(listings.ALL, limit=_SEVERAL)
            return [str(story.url) for story in newest]
        case "archive day":
            return [f"/archive/{day:%Y/%m/%d}/"]
        case "sitemap chunk":
            return [f"/sitemaps/{NEWEST_AT:%Y-%m}.xml"]
        case "sitemap index":
            return ["/sitemap.xml"]
        case "feed":
            return ["/rss.xml"]
        case "section feed":
            return ["/world/rss.xml"]
        case "API list":
            return ["/api/v1/stories"]
        case "API story":
            newest = list(
                StoryPage.objects.order_by("-published_at").values_list("pk", flat=True)[:_SEVERAL]
            )
            return [f"/api/v1/stories/{pk}" for pk in newest]
        case _ if page.startswith("search: "):
            name = page.removeprefix("search: ")
            name, _, how = (
                name.partition(", ")
                if name.endswith((", newest", ", filtered"))
                else (name, "", "")
            )
            typed = {**SEARCHES, **HOSTILE}[name]
            if how == "newest":
                return searches(typed, order="newest")
            if how == "filtered":
                (latest,) = listings.page(listings.ALL, limit=1)
                author = latest.bylines.all()[0].author.slug
                return searches(typed, author=author, since="1990-01-01")
            return searches(typed)
    raise ValueError(page)


PAGES = [
    "front page", "section page", "story page", "archive day", "sitemap chunk", "feed", "section feed", "API list",
    "API story",
]  # fmt: skip
# What a larger archive has more of is told, and may cost more.
GROWING = ["sitemap index"]
SEARCH_PAGES = [
    *(f"search: {name}" for name in SEARCHES),
    *(f"search: {name}, newest" for name in SEARCHES),
    "search: a word in half of the stories, filtered",
    *(f"search: {name}" for name in HOSTILE),
]


# In a worker: one paper, asked over standard input.


def work() -> None:
    import django

    django.setup()
    from django.core.management import call_command
    from django.core.wsgi import get_wsgi_application
    from django.db import connection

    call_command("migrate", verbosity=0)
    application = get_wsgi_application()
    known: dict[str, list[str]] = {}
    turn = 0
    for line in sys.stdin:
        order = json.loads(line)
        page, times = order["page"], order["times"]
        if page not in known:
            known[page] = addresses(page)
        spent = []
        for _ in range(times):
            address = known[page][turn % len(known[page])]
            turn += 1
            spent.append(_ask(application, address, _server_cpu(connection)))
        print(json.dumps(spent), flush=True)


def _server_cpu(connection: Any) -> Callable[[], float]:
    """Return a function that tells how much CPU time the database's server process has used."""
    if connection.vendor != "postgresql":
        return lambda: 0.0
    connection.ensure_connection()
    schedule = Path(f"/proc/{connection.connection.info.backend_pid}/schedstat")
    # Nanoseconds on the processor: finer than the ticks of /proc/…/stat.
    return lambda: int(schedule.read_text().split()[0]) / 1e6


def _ask(application: Any, address: str, server: Callable[[], float]) -> dict[str, Any]:
    parts = urlsplit(address)
    environ = {
        "REQUEST_METHOD": "GET",
        "SCRIPT_NAME": "",
        "PATH_INFO": parts.path,
        "QUERY_STRING": parts.query,
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "8000",
        "HTTP_HOST": "127.0.0.1:8000",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "HTTP_ACCEPT_ENCODING": "gzip",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": False,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    status: list[str] = []
    before, server_before = time.process_time_ns(), server()
    answer = application(environ, lambda told, *_: status.append(told))
    length = sum(len(part) for part in answer)
    if close := getattr(answer, "close", None):
        close()
    spent = (time.process_time_ns() - before) / 1e6 + server() - server_before
    return {"ms": spent, "status": status[0], "bytes": length}


# In the parent: both papers in turn.


class Paper:
    def __init__(self, count: int, postgres: str) -> None:
        environment = {**os.environ, **papers.SETTINGS, "PYTHONPATH": str(papers.ROOT)}
        if postgres:
            environment["DATABASE_URL"] = _on_postgres(postgres, count, environment)
            environment["PAPER_DIR"] = str(papers.KEPT / "postgres")
        else:
            environment["PAPER_DIR"] = str(papers.paper(count))
        self.process = subprocess.Popen(
            [sys.executable, "-m", "bench.pages", "--worker"],
            env=environment,
            cwd=papers.ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def ask(self, page: str, times: int) -> list[dict[str, Any]]:
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(json.dumps({"page": page, "times": times}) + "\n")
        self.process.stdin.flush()
        answers: list[dict[str, Any]] = json.loads(self.process.stdout.readline())
        for answer in answers:
            if not answer["status"].startswith("200"):
                raise SystemExit(f"{page}: {answer['status']}")
        return answers

    def end(self) -> None:
        assert self.process.stdin
        self.process.stdin.close()
        self.process.wait()


def _on_postgres(url: str, count: int, environment: dict[str, str]) -> str:
    """Return the address of a database with that many stories, made unless it is there."""
    import psycopg

    server, _, _ = url.rpartition("/")
    with psycopg.connect(url, autocommit=True) as connection:
        there = connection.execute(
            "SELECT 1 FROM pg_database WHERE datname = %s", [f"bench_{count}"]
        ).fetchone()
        if not there:
            connection.execute(f"CREATE DATABASE bench_{count}")
    address = f"{server}/bench_{count}"
    if not there:
        made = {**environment, "DATABASE_URL": address, "PAPER_DIR": str(papers.KEPT / "postgres")}
        subprocess.run(
            [sys.executable, "-m", "bench.papers", str(count)],
            env=made,
            cwd=papers.ROOT,
            check=True,
        )
    return address


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--small", type=int, default=100)
    parser.add_argument("--large", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--postgres", default="", help="a database on the server to measure on")
    parser.add_argument("--only", default="", help="pages whose name has these words")
    parser.add_argument("--worker", action="store_true", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.worker:
        work()
        return 0
    small, large = (Paper(count, asked.postgres) for count in (asked.small, asked.large))
    worst, searches = 0.0, []
    print(f"{'CPU ms a page, median':<58}{asked.small:>9,}{asked.large:>9,}{'ratio':>7}{'p95':>8}")
    for page in _named(asked.only):
        at_small, at_large = [], []
        for paper in (small, large):
            paper.ask(page, 10)
        for _ in range(asked.rounds):
            at_small += [answer["ms"] for answer in small.ask(page, 4)]
            at_large += [answer["ms"] for answer in large.ask(page, 4)]
        ratio = statistics.median(at_large) / statistics.median(at_small)
        is_search = page.startswith("search")
        if is_search:
            searches += at_large
        elif page not in GROWING:
            worst = max(worst, ratio)
        print(
            f"{page:<58}{statistics.median(at_small):>9.1f}{statistics.median(at_large):>9.1f}"
            f"{ratio:>7.2f}{_p95(at_large):>8.1f}",
            flush=True,
        )
    for paper in (small, large):
        paper.end()
    p95 = _p95(searches) if searches else 0.0
    held = worst <= MOST_RATIO and p95 <= MOST_SEARCH
    print(
        f"pages within {worst:.2f} times (most {MOST_RATIO}), search p95 {p95:.1f} CPU ms at"
        f" {asked.large:,} stories (most {MOST_SEARCH:.0f}): {'held' if held else 'NOT HELD'}"
    )
    return 0 if held else 1


def _named(words: str) -> Iterator[str]:
    return (page for page in [*PAGES, *GROWING, *SEARCH_PAGES] if words in page)


def _p95(values: list[float]) -> float:
    return statistics.quantiles(values, n=100)[94]


if __name__ == "__main__":
    raise SystemExit(main())
