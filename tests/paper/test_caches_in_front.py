"""Caches between the paper and its readers: a good one, a careless one, and a stupid one.

The paper is served as anybody would serve it, the edge in front; canaries are planted beyond the
teasers. Whoever asks first, and however, nobody gets from a cache what isn't theirs.
"""

import gzip
import http.client
import http.server
import itertools
import re
import shutil
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import brotli
import pytest

from tests.conftest import _migrated
from tests.paper.planting import leaks
from tests.paper.proxies import documented, log, nginx
from tests.paper.served import Desk, serve, until

SECRET = "caches-in-front-" * 4
PERSONS = ("visitor", "spent reader", "subscriber")
ORDERS = list(itertools.permutations(PERSONS))
FRONTS = ["the edge alone", "nginx as documented", "a careless nginx", "a stupid cache"]
READERS_WALL = re.compile("Resets on|your account has no subscription")
EACH = 2 * len(ORDERS) + 1  # stories that one of them is asked for, two in each order
PLANT = """
from datetime import UTC, datetime
from tests.paper import planting
from broadsheet.demo import factories
section = factories.section("World")
day = datetime(2026, 11, 20, 6, 0, tzinfo=UTC)
answer = {"stories": [], "cookies": {"visitor": ""}}
free = factories.story("A free story", section=section, access="free", body=planting.body(),
                       published_at=day)
answer["free"] = [free.url, free.pk, section.url]
for number in range(count):
    story = factories.story(f"Story {number}", section=section, access=["readers", "subscribers"][number % 2],
                            body=planting.body(), published_at=day)
    answer["stories"].append(story.url)
for name, make in (("spent reader", planting.spent_reader), ("subscriber", planting.subscriber)):
    client = planting.client_of(make())
    client.get("/you/")
    answer["cookies"][name] = "; ".join(f"{k}={m.value}" for k, m in client.cookies.items())
"""
CARELESS = """
proxy_cache_path {folder}/kept keys_zone=paper:1m;
map $upstream_http_cache_control $is_somebodys {{ default 0; "~*private" 1; "~*no-store" 1; }}
server {{
    listen 127.0.0.1:{port};
    location / {{
        proxy_pass http://127.0.0.1:{behind};
        proxy_set_header Host 127.0.0.1:{behind};
        proxy_cache paper;
        proxy_cache_key $uri;
        proxy_cache_valid any 1h;
        proxy_ignore_headers Cache-Control Expires Vary Set-Cookie;
        proxy_no_cache $is_somebodys;
    }}
}}
"""


def careless(folder: Path, port: int, behind: int) -> str:
    return CARELESS.format(folder=folder, port=port, behind=behind)


@contextmanager
def stupid(behind: int) -> Iterator[int]:
    """A cache that looks at addresses only: whatever isn't private it keeps for ever."""
    kept: dict[str, tuple[int, list[tuple[str, str]], bytes]] = {}

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            found = kept.get(self.path)
            if found is None:
                upstream = http.client.HTTPConnection("127.0.0.1", behind, timeout=30)
                headers = {**self.headers, "Host": f"127.0.0.1:{behind}"}
                upstream.request(self.command, self.path, headers=headers)
                answer = upstream.getresponse()
                found = answer.status, answer.getheaders(), answer.read()
                upstream.close()
                control = answer.headers.get("Cache-Control", "")
                if "private" not in control and "no-store" not in control:
                    kept[self.path] = found
            status, lines, body = found
            self.send_response_only(status)
            for name, value in lines:
                if name.lower() not in {"content-length", "connection", "transfer-encoding"}:
                    self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if self.command == "GET":
                self.wfile.write(body)

        do_HEAD = do_GET  # noqa: N815

        def log_message(self, *_: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()


@pytest.fixture(scope="module")
def paper(tmp_path_factory, django_db_setup):
    """A served paper: its port, stories enough for every cache and order, cookies of persons."""
    folder = tmp_path_factory.mktemp("paper")
    shutil.copy(_migrated(), folder / "paper.sqlite3")
    options = {"SECRET_KEY": SECRET, "ALLOWED_HOSTS": "testserver"}
    desk = Desk(folder, **options)
    planted = desk.do(PLANT, count=EACH * len(FRONTS))
    with serve(folder, workers=2, **options) as served:
        yield served.port, planted["stories"], planted["cookies"], desk, planted["free"]
    desk.close()


@pytest.fixture(scope="module", params=FRONTS)
def front(request, paper, tmp_path_factory):
    """Return the port to ask, and stories that nobody has asked it for."""
    port, stories = paper[:2]
    place = FRONTS.index(request.param)
    own = stories[place * EACH :][:EACH]
    with ExitStack() as stack:
        if "nginx" in request.param:
            if shutil.which("nginx") is None:
                pytest.skip("nginx is not installed")
            folder = tmp_path_factory.mktemp("nginx")
            configure = documented if "documented" in request.param else careless
            port = stack.enter_context(nginx(folder, port, configure))
        elif "stupid" in request.param:
            port = stack.enter_context(stupid(port))
        # The first two ask the paper each time, as they are told to.
        yield port, own, place < 2


def ask(port: int, path: str, cookies: str, *, method="GET", version=11, **headers: str) -> tuple:
    """Return status, header and words of an answer, its coding undone."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection._http_vsn = version  # type: ignore[attr-defined]
    connection._http_vsn_str = f"HTTP/{version // 10}.{version % 10}"  # type: ignore[attr-defined]
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    if cookies:
        named["Cookie"] = cookies
    connection.request(method, path, headers={"Accept-Encoding": "gzip", **named})
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    coding = answer.headers.get("Content-Encoding", "")
    if body and coding == "gzip" and answer.status != 206:
        body = gzip.decompress(body)
    elif body and coding == "br" and answer.status != 206:
        body = brotli.decompress(body)
    return answer.status, answer.headers, body.decode("utf-8", "replace")


WAYS: list[dict] = [
    {},
    {"method": "HEAD"},
    {"version": 10},
    {"range": "bytes=0-"},
    {"range": "bytes=-2000"},
    {"accept_encoding": "identity"},
    {"accept_encoding": "br"},
    {"if_none_match": "*"},
    {"if_modified_since": "Thu, 01 Jan 1970 00:00:00 GMT"},
    {"cache_control": "only-if-cached"},
    {"x_forwarded_for": "66.249.66.1", "user_agent": "Googlebot/2.1"},
    {"sec_purpose": "prefetch"},
]


@pytest.mark.parametrize("number", range(len(ORDERS)), ids=[" ".join(one) for one in ORDERS])
def test_nobody_gets_from_a_cache_what_is_not_theirs(paper, front, number):
    cookies = paper[2]
    port, stories, asks_each_time = front
    for path in stories[2 * number : 2 * number + 2]:
        teasers: dict[bool, set[str]] = {True: set(), False: set()}
        for place, person in enumerate(ORDERS[number]):
            for way in WAYS:
                _, headers, words = ask(port, path, cookies[person], **way)
                if person != "subscriber":
                    assert leaks(words) == [], (person, way)
                    if way == {}:
                        is_public = headers["Cache-Control"] == "public, no-cache"
                        # A reader's wall comes from the paper, or a cache that keeps what it was
                        # told to ask for again shows the visitors' one. Never the other way round.
                        assert is_public or person == "spent reader"
                        if asks_each_time:
                            assert is_public is (person == "visitor")
                        assert is_public or headers["Cache-Control"] == "private, no-store"
                        assert is_public or headers["ETag"] is None
                        assert is_public is (READERS_WALL.search(words) is None)
                        teasers[is_public].add(words)
                elif leaks(words):
                    assert headers["Cache-Control"] == "private, no-store"
                    assert headers["ETag"] is None
                elif way == {}:
                    # Only a cache that keeps what it was told to ask for again shows them a teaser.
                    assert place > 0
                    assert not asks_each_time
                assert headers["Vary"] in {"Accept-Encoding", None}
        assert [len(kinds) <= 1 for kinds in teasers.values()] == [True, True]
        assert teasers[True]


def test_what_is_opened_for_one_reader_is_in_no_cache(paper, front):
    """The test above could not fail if nobody ever got the whole story."""
    port, stories, _ = front
    cookies = paper[2]
    path = stories[-1]

    _, headers, words = ask(port, path, cookies["subscriber"])

    assert leaks(words)
    assert headers["Cache-Control"] == "private, no-store"
    assert leaks(ask(port, path, "")[2]) == []


@pytest.fixture
def behind_nginx(paper, tmp_path):
    if shutil.which("nginx") is None:
        pytest.skip("nginx is not installed")
    with nginx(tmp_path, paper[0], documented) as port:
        yield port, tmp_path


def connections(port: int) -> int:
    """Return how many connections to a port of loopback there are or were a moment ago."""
    wanted = f":{port:04X}"
    lines = Path("/proc/net/tcp").read_text().splitlines()[1:]
    return sum(line.split()[2].endswith(wanted) for line in lines)


def test_nginx_as_documented_keeps_connections_and_what_is_open_to_all(paper, behind_nginx):
    behind, _, cookies, _, (free, _, section) = paper
    port, folder = behind_nginx
    before = connections(behind)

    answers = {ask(port, path, cookies[who])[0] for who in PERSONS for path in (free, section) * 40}

    kept = [state for _, path, _, state in log(folder) if path in {free, section}]
    assert answers == {200}
    assert len(kept) == 6 * 40
    # As it expires it is asked for again, and not sent anew.
    assert kept.count("HIT") > 10
    assert "STALE" not in kept
    # One connection for each request would be a hundred by now.
    assert connections(behind) - before < 20


def test_what_is_published_shows_behind_nginx_and_what_is_taken_down_goes(paper, behind_nginx):
    behind, _, _, desk, (free, pk, _) = paper
    port, _ = behind_nginx
    names = {"pk": pk}
    change = """
from broadsheet.newsroom.models import StoryPage
story = StoryPage.objects.get(pk=pk)
story.title = "Quite another headline"
story.save_revision().publish()
"""
    assert "Quite another" not in ask(port, free, "")[2]

    desk.do(change, **names)
    assert until(lambda: "Quite another headline" in ask(port, free, "")[2])
    desk.do("StoryPage.objects.get(pk=pk).unpublish()", **names)
    assert until(lambda: ask(port, free, "")[0] != 200)
    desk.do("StoryPage.objects.get(pk=pk).save_revision().publish()", **names)
    assert until(lambda: ask(port, free, "")[0] == 200)
    assert behind != port


def test_nothing_that_depends_on_who_asks_is_kept_by_nginx(paper, behind_nginx):
    _, stories, cookies, _, (free, _, _) = paper
    port, folder = behind_nginx
    private = [stories[0], stories[1], f"{free}comments/", "/you/", "/accounts/login/", "/saved/"]

    for _ in range(3):
        for path in private:
            for person in PERSONS:
                ask(port, path, cookies[person])
                ask(port, path, cookies[person], method="HEAD")

    states = {state for _, path, _, state in log(folder) if path in private}
    assert states <= {"MISS", "BYPASS", "-"}


def test_nginx_hands_a_message_to_whom_it_is_for_and_says_nothing_of_keeping(paper, behind_nginx):
    _, _, _, _, (free, _, _) = paper
    port, folder = behind_nginx

    for _ in range(5):
        _, headers, _ = ask(port, free, "messages=x")
        assert headers["X-Accel-Expires"] is None
        assert headers["Cache-Control"] == "public, no-cache"

    assert {state for *_, state in log(folder)} == {"BYPASS"}


def test_a_head_stays_one_and_is_not_answered_with_what_was_kept_for_a_get(paper, behind_nginx):
    _, _, _, _, (free, _, _) = paper
    port, _ = behind_nginx

    for method in ("GET", "HEAD", "GET", "HEAD"):
        status, _, words = ask(port, free, "", method=method)
        assert status == 200
        assert bool(words) is (method == "GET")
