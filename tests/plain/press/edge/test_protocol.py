"""One connection, two who answer: in order, whole, and never by two readings of one request."""

import asyncio
import os
import random
import socket
from contextlib import suppress
from itertools import pairwise

import pytest
import uvicorn
import uvloop
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from uvicorn.server import ServerState

from broadsheet.press.edge.connections import Limits
from broadsheet.press.edge.protocol import ALLOWED, FORWARDED, Door
from broadsheet.press.edge.threads import Threads
from broadsheet.rules.access import Access
from tests.plain.press.edge.support import HOST, Page, Paper, parse

CLOSE = "Connection: close\r\n"


class Django:
    """A full server's application that says what it was asked."""

    def __init__(self):
        self.asked = []
        # While it is set, answers wait.
        self.gate = asyncio.Event()
        self.gate.set()

    async def __call__(self, scope, receive, send):
        body, more = b"", True
        while more:
            message = await receive()
            if message["type"] != "http.request":
                return
            body += message["body"]
            more = message["more_body"]
        await self.gate.wait()
        self.asked.append((scope["method"], scope["path"], body, dict(scope["headers"])))
        words = f"django {scope['method']} {scope['path']} {body.decode('latin-1')}".encode()
        headers = [(b"content-length", str(len(words)).encode())]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": words})


class Served(Paper):
    """A paper behind a port."""

    def __init__(self, folder, *, application=None, limits=None, allowed=ALLOWED, **about):
        super().__init__(folder, **about)
        self.loop.close()
        self.loop = uvloop.new_event_loop()
        self.django = application or Django()
        self.door = Door(self.edge, limits=limits, allowed=allowed)
        # The tests move the clock themselves.
        self.door._loop = self.loop
        self.state = ServerState()
        config = uvicorn.Config(
            self.django, lifespan="off", ws="none", interface="asgi3", log_config=None
        )

        def protocol():
            return self.door.protocol(config=config, server_state=self.state, app_state={})

        listening = socket.create_server(("127.0.0.1", 0))
        self.port = listening.getsockname()[1]
        self.server = self.loop.run_until_complete(
            self.loop.create_server(protocol, sock=listening)
        )

    def close(self):
        self.server.close()
        for connection in tuple(self.door.connections):
            connection._transport.abort()
        self.loop.run_until_complete(asyncio.sleep(0))
        super().close()

    def run(self, work):
        return self.loop.run_until_complete(asyncio.wait_for(work, 30))

    def connect(self):
        return asyncio.open_connection("127.0.0.1", self.port)

    def talk(self, *chunks):
        """Send bytes, one piece after the other; return all that comes until the end."""

        async def exchange():
            reads, writes = await self.connect()
            for chunk in chunks:
                writes.write(chunk)
                await asyncio.sleep(0)
                await asyncio.sleep(0)
            with suppress(ConnectionResetError):
                received = await reads.read()
            writes.close()
            return received

        return self.run(exchange())

    def tick(self, seconds):
        """Let time pass for every connection."""
        self.door.now += seconds
        for connection in tuple(self.door.connections):
            connection.sweep()


@pytest.fixture
def served(tmp_path):
    made = Served(tmp_path)
    made.press.pages["/"] = Page(Access.FREE, words="The front page. ", locked="")
    made.story("/story/", 1)
    yield made
    made.close()


def get(path, cookies="", more="", *, method="GET", version="1.1"):
    carried = f"Cookie: {cookies}\r\n" if cookies else ""
    return f"{method} {path} HTTP/{version}\r\nHost: {HOST}\r\n{carried}{more}\r\n".encode()


def post(path, body, more=""):
    head = f"POST {path} HTTP/1.1\r\nHost: {HOST}\r\nContent-Length: {len(body)}\r\n{more}\r\n"
    return (head + body).encode()


def chunked(path, *pieces):
    head = f"POST {path} HTTP/1.1\r\nHost: {HOST}\r\nTransfer-Encoding: chunked\r\n\r\n"
    return (head + "".join(f"{len(one):x}\r\n{one}\r\n" for one in pieces) + "0\r\n\r\n").encode()


def answers(raw, *methods):
    """Take apart everything that came, given the methods that were asked with."""
    found = []
    for method in methods:
        answer, raw = parse(raw, head_only=method == "HEAD")
        found.append((answer.status, answer.body.decode()))
    assert raw == b""
    return found


FRONT = (200, "The front page. ")
TEASER = (200, "The first screen.")


def test_hits_and_django_answer_in_the_order_they_were_asked(served):
    stream = [
        get("/"),
        post("/form/", "a=1"),
        get("/"),
        chunked("/upload/", "one", "two"),
        get("/elsewhere/"),
        get("/", method="HEAD"),
        get("/story/", more=CLOSE),
    ]

    raw = served.talk(b"".join(stream))

    assert answers(raw, "GET", "POST", "GET", "POST", "GET", "HEAD", "GET") == [
        FRONT,
        (200, "django POST /form/ a=1"),
        (200, "django GET / "),
        (200, "django POST /upload/ onetwo"),
        (200, "django GET /elsewhere/ "),
        (200, ""),
        (200, "django GET /story/ "),
    ]


def test_a_connection_that_django_answered_is_the_edges_again(served):
    async def one_after_the_other():
        reads, writes = await served.connect()
        got = []
        for request in (post("/form/", "a=1"), get("/"), get("/elsewhere/"), get("/story/")):
            writes.write(request)
            head = await reads.readuntil(b"\r\n\r\n")
            length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
            got.append((await reads.readexactly(length)).decode())
        writes.close()
        return got

    assert served.run(one_after_the_other()) == [
        "django POST /form/ a=1",
        "The front page. ",
        "django GET /elsewhere/ ",
        "The first screen.",
    ]
    assert (served.door.answered, served.door.lent) == (2, 2)


def test_a_reading_that_waits_for_the_ledger_keeps_its_place(served):
    cookies = served.cookies(17)

    raw = served.talk(get("/story/", cookies) + get("/") + get("/story/", more=CLOSE))

    (first, first_words), front, teaser = answers(raw, "GET", "GET", "GET")
    assert first == 200
    assert "Locked words" in first_words
    assert [front, teaser] == [FRONT, TEASER]


STREAM = [
    (get("/"), "GET"),
    (get("/story/"), "GET"),
    (post("/form/", "GET / HTTP/1.1\r\n\r\n"), "POST"),
    (chunked("/upload/", "one", "GET / HTTP/1.1\r\n\r\n"), "POST"),
    (get("/elsewhere/"), "GET"),
    (get("/", method="HEAD"), "HEAD"),
    (get("/?page=2"), "GET"),
    (get("/", more="Cookie: a=b\r\nCookie: c=d\r\n"), "GET"),
]


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    chosen=st.lists(st.sampled_from(STREAM), min_size=1, max_size=5),
    cuts=st.lists(st.integers(0, 600), max_size=8),
)
def test_however_a_stream_is_cut_the_same_comes_back(served, chosen, cuts):
    stream = b"".join(request for request, _ in chosen) + get("/last/", more=CLOSE)
    places = sorted({0, len(stream), *(cut % len(stream) for cut in cuts)})
    pieces = [stream[start:end] for start, end in pairwise(places)]

    got = answers(served.talk(*pieces), *(method for _, method in chosen), "GET")

    # Who answers a page may differ; that it is answered, once and in its place, may not.
    for (request, method), (status, words) in zip(chosen, got, strict=False):
        path = request.split(b" ")[1].decode().partition("?")[0]
        assert status == 200
        if method == "HEAD":
            assert words == ""
        elif not words.startswith("The "):
            assert words.startswith(f"django {method} {path} ")
    assert got[-1] == (200, "django GET /last/ ")


SMUGGLED = "GET /smuggled/ HTTP/1.1\r\nHost: a\r\n\r\n"


@pytest.mark.parametrize(
    "request_",
    [
        f"POST / HTTP/1.1\r\nHost: {HOST}\r\nContent-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n{SMUGGLED}",
        f"GET / HTTP/1.1\r\nHost: {HOST}\r\nContent-Length: 5\r\nContent-Length: 0\r\n\r\n{SMUGGLED}",
        f"GET / HTTP/1.1\r\nHost: {HOST}\r\nContent-Length: 0, 5\r\n\r\n{SMUGGLED}",
        f"GET / HTTP/1.1\r\nHost: {HOST}\r\nContent-Length: -1\r\n\r\n{SMUGGLED}",
        f"GET / HTTP/1.1\r\nHost: {HOST}\r\nContent-Length: +5\r\n\r\n{SMUGGLED}",
        f"GET / HTTP/1.1\r\nHost: {HOST}\r\nContent-Length: 0x5\r\n\r\n{SMUGGLED}",
        f"GET / HTTP/1.1\r\nHost: {HOST}\r\nContent-Length : 5\r\n\r\n{SMUGGLED}",
        f"GET / HTTP/1.1\r\nHost: {HOST}\r\nTransfer-Encoding : chunked\r\n\r\n{SMUGGLED}",
        f"GET / HTTP/1.1\r\nHost: {HOST}\r\nTransfer-Encoding: xchunked\r\n\r\n{SMUGGLED}",
        f"POST / HTTP/1.1\r\nHost: {HOST}\r\nTransfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n{SMUGGLED}",
        f"POST / HTTP/1.1\r\nHost: {HOST}\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: x\r\n\r\n0\r\n\r\n{SMUGGLED}",
        f"POST / HTTP/1.1\r\nHost: {HOST}\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n\r\n{SMUGGLED}",
        f"GET / HTTP/1.1\r\nHost: {HOST}\r\nX: a\rb\r\n\r\n{SMUGGLED}",
        f"GET / HTTP/1.1\r\nHost: {HOST}\nX: a\r\n\r\n{SMUGGLED}",
        f"GET / HTTP/1.1\r\nHost: {HOST}\r\nX: a\x00b\r\n\r\n{SMUGGLED}",
        f"GET / HTTP/1.1\r\n Host: {HOST}\r\n\r\n{SMUGGLED}",
        f"GET / HTTP/1.1 \r\nHost: {HOST}\r\n\r\n{SMUGGLED}",
        f"\x00GET / HTTP/1.1\r\nHost: {HOST}\r\n\r\n{SMUGGLED}",
        "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        "hello\r\n\r\n",
        f"GET / HTCPCP/1.0\r\nHost: {HOST}\r\n\r\n{SMUGGLED}",
    ],
)
def test_what_can_be_read_in_two_ways_is_refused(served, request_):
    raw = served.talk(request_.encode("latin-1"))

    assert raw.startswith(b"HTTP/1.1 400 ")
    assert b"connection: close" in raw.lower()
    assert not any(path == "/smuggled/" for _, path, _, _ in served.django.asked)
    assert raw.count(b"HTTP/1.1 ") == 1


def test_a_body_that_looks_like_a_request_is_a_body(served):
    raw = served.talk(post("/form/", SMUGGLED) + get("/", more=CLOSE))

    assert answers(raw, "POST", "GET")[0] == (200, f"django POST /form/ {SMUGGLED}")
    assert [path for _, path, _, _ in served.django.asked] == ["/form/", "/"]


def test_http_1_0_gets_its_answer_and_the_end(served):
    for version, more in (("1.0", ""), ("1.0", "Connection: keep-alive\r\n"), ("1.1", CLOSE)):
        raw = served.talk(get("/", more=more, version=version))
        answer, rest = parse(raw)
        assert (answer.status, answer.body, rest) == (200, b"The front page. ", b"")
        assert answer["Connection"] == "close"


def test_a_proxy_that_sends_no_host_is_django_s(served):
    raw = served.talk(b"GET / HTTP/1.0\r\n\r\n")

    assert answers(raw, "GET") == [(200, "django GET / ")]


def test_who_asks_to_go_on_in_another_protocol_stays_with_the_full_server(served):
    upgrade = "Upgrade: h2c\r\nConnection: Upgrade, HTTP2-Settings\r\nHTTP2-Settings: AAMAAABk\r\n"

    async def upgrading():
        reads, writes = await served.connect()
        writes.write(get("/", more=upgrade))
        first = await reads.readuntil(b"django GET / ")
        writes.write(get("/"))
        await asyncio.sleep(0.05)
        writes.close()
        return first

    assert served.run(upgrading()).startswith(b"HTTP/1.1 200")
    assert served.door.answered == 0


def test_who_waits_for_leave_to_send_gets_it(served):
    async def expecting():
        reads, writes = await served.connect()
        writes.write(post("/form/", "", "Expect: 100-continue\r\n").replace(b"th: 0", b"th: 3"))
        leave = await reads.readuntil(b"\r\n\r\n")
        writes.write(b"a=1")
        answer = await reads.readuntil(b"a=1")
        writes.close()
        return leave, answer

    leave, answer = served.run(expecting())
    assert leave == b"HTTP/1.1 100 Continue\r\n\r\n"
    assert b"django POST /form/ a=1" in answer


# Headers.


def test_only_known_headers_reach_django(served):
    more = (
        "X-Forwarded-For: 1.2.3.4\r\nX-Forwarded-Host: evil\r\nX_Forwarded_For: 1.2.3.4\r\n"
        "Accept-Language: en\r\nX-Original-URL: /desk/\r\nX-HTTP-Method-Override: PUT\r\n"
        "Proxy: evil\r\nX-CSRFToken: abc\r\nCONTENT_LENGTH: 5\r\n"
    )

    served.talk(get("/elsewhere/", more=more + CLOSE))

    assert set(served.django.asked[0][3]) == {b"host", b"accept-language", b"x-csrftoken"}


def test_headers_of_a_proxy_in_front_reach_django_where_one_is_configured(tmp_path):
    served = Served(tmp_path, allowed=ALLOWED | FORWARDED)

    served.talk(get("/elsewhere/", more="X-Forwarded-For: 1.2.3.4\r\n" + CLOSE))

    assert served.django.asked[0][3][b"x-forwarded-for"] == b"1.2.3.4"
    served.close()


def test_a_head_too_long_for_the_edge_is_django_s(served):
    raw = served.talk(get("/", more=f"X-Long: {'a' * 20_000}\r\n{CLOSE}"))

    assert answers(raw, "GET") == [(200, "django GET / ")]


def test_a_head_without_end_is_refused(served):
    raw = served.talk(get("/")[:-2], *[b"X-Long: " + b"a" * 20_000 + b"\r\n"] * 5)

    assert raw.startswith(b"HTTP/1.1 431 ")


def test_a_head_without_end_behind_a_form_is_refused(served):
    """The full server sees it first: it has no measure of its own."""

    async def endless():
        reads, writes = await served.connect()
        writes.write(post("/form/", "a=1") + b"GET / HTTP/1.1\r\n")
        await reads.readuntil(b"a=1")
        with suppress(ConnectionError):
            for _ in range(20):
                writes.write(b"X-Long: " + b"a" * 20_000 + b"\r\n")
                await writes.drain()
                await asyncio.sleep(0)
            return await reads.read()

    served.run(endless())

    assert len(served.door.connections) == 0


# Clients that take their time.


def test_a_head_has_to_come_in_time(served):
    async def slow():
        reads, writes = await served.connect()
        writes.write(b"GET / HT")
        await asyncio.sleep(0.05)
        served.tick(9)
        assert len(served.door.connections) == 1
        writes.write(b"TP/1.1\r\n")
        await asyncio.sleep(0.05)
        served.tick(1)
        return await reads.read()

    assert served.run(slow()).startswith(b"HTTP/1.1 408 ")


def test_a_body_has_to_come_at_some_pace(served):
    async def slow(size):
        _, writes = await served.connect()
        writes.write(post("/form/", "a" * 100_000)[:-100_000])
        writes.write(b"a" * size)
        await asyncio.sleep(0.05)
        served.tick(19)
        assert len(served.door.connections) == 1
        served.tick(20)
        await asyncio.sleep(0.05)
        still = len(served.door.connections)
        writes.close()
        await asyncio.sleep(0.05)
        return still

    assert served.run(slow(100)) == 0
    assert served.run(slow(20_000)) == 1


def test_a_view_may_take_its_time(served):
    async def patient():
        served.django.gate.clear()
        reads, writes = await served.connect()
        writes.write(post("/form/", "a=1", CLOSE))
        await asyncio.sleep(0.05)
        served.tick(500)
        served.django.gate.set()
        return await reads.read()

    assert b"django POST /form/ a=1" in served.run(patient())


def test_a_connection_that_nobody_uses_is_closed(served):
    async def idle():
        reads, writes = await served.connect()
        writes.write(get("/"))
        await reads.readuntil(b"page. ")
        served.tick(29)
        assert len(served.door.connections) == 1
        writes.write(post("/form/", "a=1"))
        await reads.readuntil(b"a=1")
        served.tick(29)
        assert len(served.door.connections) == 1
        served.tick(1)
        return await reads.read()

    assert served.run(idle()) == b""


def test_who_takes_nothing_is_cut_off_and_costs_no_memory(tmp_path):
    served = Served(tmp_path)
    noise = random.Random(1).randbytes(300_000).hex()
    served.press.pages["/"] = Page(Access.FREE, words=noise, locked="")

    async def taking_nothing():
        _, writes = await served.connect()
        writes.transport.pause_reading()
        for _ in range(40):
            writes.write(get("/") * 50)
            await asyncio.sleep(0.005)
        (connection,) = served.door.connections
        waiting = connection._transport.get_write_buffer_size()
        held = len(connection._rest)
        served.tick(19)
        before = len(served.door.connections)
        served.tick(1)
        await asyncio.sleep(0.05)
        writes.transport.abort()
        return waiting, held, before, len(served.door.connections)

    waiting, held, before, after = served.run(taking_nothing())
    assert waiting < 3 * len(noise)
    assert held < 400_000
    assert (before, after) == (1, 0)
    served.close()


def test_who_takes_answers_slowly_gets_them_all_in_order(tmp_path):
    served = Served(tmp_path)
    for number in range(10):
        words = f"<{number}>" + random.Random(number).randbytes(40_000).hex()
        served.press.pages[f"/{number}/"] = Page(Access.FREE, words=words, locked="")

    async def slowly():
        reads, writes = await served.connect()
        stream = b"".join(get(f"/{number % 10}/") for number in range(60))
        writes.write(stream + get("/0/", more=CLOSE))
        received = b""
        while piece := await reads.read(50_000):
            received += piece
            await asyncio.sleep(0)
        return received

    raw = served.run(slowly())
    order = []
    while raw:
        answer, raw = parse(raw)
        order.append(answer.body[:3].decode())
    assert order == [f"<{number % 10}>" for number in range(60)] + ["<0>"]
    served.close()


def test_slow_forms_hold_none_of_djangos_threads(tmp_path):
    """Two threads, ten clients that never finish their forms, and one who asks for a page."""

    def django(environ, start_response):
        words = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        start_response("200 OK", [("Content-Length", str(len(words) + 6))])
        return [b"django", words]

    application = Threads(django, threads=2)
    loop_made_later = Served(tmp_path, application=application)

    async def crowd():
        served = loop_made_later
        slow = [await served.connect() for _ in range(10)]
        for _, writes in slow:
            writes.write(post("/form/", "a" * 1000)[:-500])
        await asyncio.sleep(0.05)
        reads, writes = await served.connect()
        writes.write(get("/elsewhere/") + post("/form/", "a=1", CLOSE))
        answered = await reads.read()
        for _, writes in slow:
            writes.transport.abort()
        return answered

    answered = loop_made_later.run(crowd())
    assert answers(answered, "GET", "POST") == [(200, "django"), (200, "djangoa=1")]
    loop_made_later.close()


def test_there_is_room_for_so_many_and_no_more(tmp_path):
    served = Served(tmp_path, limits=Limits(connections=2))
    served.press.pages["/"] = Page(Access.FREE)
    served.django.gate.clear()

    async def crowd():
        first, second = [await served.connect() for _ in range(2)]
        for _, writes in (first, second):
            writes.write(get("/elsewhere/"))
        while served.door.lent < 2:
            await asyncio.sleep(0.001)
        third = await served.connect()
        refused = await third[0].read()
        first[1].close()
        while len(served.door.connections) == 2:
            await asyncio.sleep(0.001)
        reads, writes = await served.connect()
        writes.write(get("/", more=CLOSE))
        answered = await reads.read()
        second[1].close()
        return refused, answered

    refused, answered = served.run(crowd())
    assert refused.startswith(b"HTTP/1.1 503 ")
    assert b"Retry-After: 5" in refused
    assert answered.startswith(b"HTTP/1.1 200 ")
    served.close()


def test_whoever_has_been_idle_longest_makes_room(tmp_path, caplog):
    served = Served(tmp_path, limits=Limits(connections=3))
    served.press.pages["/"] = Page(Access.FREE)

    async def crowd():
        first, used, last = [await served.connect() for _ in range(3)]
        while len(served.door.connections) < 3:
            await asyncio.sleep(0.001)
        served.door.now += 1
        used[1].write(get("/"))
        await used[0].readuntil(b"\r\n\r\n")
        last[1].write(b"GET / HT")
        await asyncio.sleep(0.01)
        more = []
        for _ in range(2):
            more.append(await served.connect())
            more[-1][1].write(get("/", more=CLOSE))
            assert (await more[-1][0].read()).startswith(b"HTTP/1.1 200")
        still = await served.connect()
        assert await first[0].read() == b""
        # Who only sent half a head may go on with it while others can go.
        last[1].write(b"TP/1.1\r\nHost: %b\r\n%b\r\n" % (HOST.encode(), CLOSE.encode()))
        assert (await last[0].read()).startswith(b"HTTP/1.1 200")
        for _, writes in (first, used, last, still, *more):
            writes.close()

    served.run(crowd())
    assert caplog.text.count("connections of this process are in use") == 1
    served.close()


def test_of_one_address_only_so_many_send_heads(tmp_path):
    served = Served(tmp_path, limits=Limits(heads_of_one_address=2))

    async def crowd():
        slow = []
        for _ in range(4):
            slow.append(await served.connect())
            slow[-1][1].write(b"GET / HT")
            while sum(one.sends_head for one in served.door.connections) < len(slow):
                await asyncio.sleep(0.001)
            served.door.now += 1
        served.door.connections.sweep_heads()
        gone = [await reads.read() for reads, _ in slow[:2]]
        kept = [one.sends_head for one in served.door.connections]
        for _, writes in slow:
            writes.close()
        return gone, kept

    assert served.run(crowd()) == ([b"", b""], [True, True])
    served.close()


@pytest.mark.parametrize("method", ["BREW", "PROPFIND", "TRACE", "DELETE", "M-SEARCH"])
def test_a_method_that_the_paper_has_not_is_not_allowed(served, method):
    raw = served.talk(f"{method} / HTTP/1.1\r\nHost: {HOST}\r\n\r\n".encode())

    answer, rest = parse(raw)
    assert (answer.status, answer["Allow"]) == (405, "GET, HEAD, OPTIONS, POST")
    assert answer["Permissions-Policy"]
    assert rest == b""
    assert served.django.asked == []


@pytest.mark.parametrize("hosts", ["", "Host: a\r\nHost: a\r\n", "Host: a\r\nhost: b\r\n"])
@pytest.mark.parametrize("before", [b"", post("/form/", "a=1")])
def test_http_1_1_names_one_host(served, hosts, before):
    raw = served.talk(before + f"GET /elsewhere/ HTTP/1.1\r\n{hosts}\r\n".encode())

    while raw:
        answer, raw = parse(raw)
    assert answer.status == 400
    assert ("GET", "/elsewhere/") not in [asked[:2] for asked in served.django.asked]


def test_a_client_that_leaves_while_it_waits_harms_nobody(served):
    async def leave():
        _, writes = await served.connect()
        writes.write(get("/story/", served.cookies(17)))
        await asyncio.sleep(0)
        writes.transport.abort()
        await asyncio.sleep(0.1)

    served.run(leave())

    assert len(served.door.connections) == 0
    assert answers(served.talk(get("/", more=CLOSE)), "GET") == [FRONT]


# The end.


def test_the_server_ends_after_what_is_under_way(served):
    async def ending():
        idle = await served.connect()
        idle[1].write(get("/"))
        await idle[0].readuntil(b"page. ")
        served.django.gate.clear()
        busy = await served.connect()
        busy[1].write(get("/elsewhere/"))
        await asyncio.sleep(0.05)
        for connection in list(served.state.connections):
            connection.shutdown()
        assert await idle[0].read() == b""
        assert len(served.state.connections) == 1
        served.django.gate.set()
        return await busy[0].read()

    assert b"django GET /elsewhere/" in served.run(ending())
    assert served.state.connections == set()


def test_uvicorn_serves_with_it_and_stops(tmp_path):
    served = Served(tmp_path)
    served.press.pages["/"] = Page(Access.FREE)
    config = uvicorn.Config(
        served.django, port=0, http=served.door.http, lifespan="off", log_config=None
    )
    server = uvicorn.Server(config)

    async def serve():
        serving = asyncio.ensure_future(server._serve())
        while not server.started:
            await asyncio.sleep(0.01)
        port = server.servers[0].sockets[0].getsockname()[1]
        reads, writes = await asyncio.open_connection("127.0.0.1", port)
        writes.write(get("/"))
        answered = await reads.readuntil(b"\r\n\r\n")
        server.should_exit = True
        await serving
        return answered

    assert served.run(serve()).startswith(b"HTTP/1.1 200 OK\r\nDate: ")
    served.close()


def test_the_edges_own_clock_ticks(tmp_path, monkeypatch):
    served = Served(tmp_path)
    served.door._loop = None
    ticked = []
    monkeypatch.setattr(served.edge, "tick", lambda: ticked.append(os.getpid()))
    served.press.pages["/"] = Page(Access.FREE)

    served.talk(get("/", more=CLOSE))

    assert ticked == [os.getpid()]
    served.close()
