"""The edge answers plain requests, and never reads one otherwise than the server behind it."""

import httptools
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from broadsheet.press.edge.heads import canonical, readable, reader

read = reader()
PLAIN = b"GET /world/ HTTP/1.1\r\nHost: paper.example\r\n\r\n"


def with_line(line):
    return PLAIN[:-2] + line + b"\r\n\r\n"


@pytest.mark.parametrize(
    ("head", "path", "keeps_alive"),
    [
        (PLAIN, b"/world/", True),
        (b"GET / HTTP/1.0\r\n\r\n", b"/", False),
        (b"GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", b"/", False),
        (with_line(b"Connection: close"), b"/world/", False),
        (with_line(b"connection: Keep-Alive, CLOSE"), b"/world/", False),
        (with_line(b"Range: bytes=0-10"), b"/world/", True),
    ],
)
def test_a_plain_request_is_the_edges(head, path, keeps_alive):
    got = read(head)

    assert got is not None
    assert (got.path, got.keeps_alive) == (path, keeps_alive)


@pytest.mark.parametrize(
    "head",
    [
        b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n",
        b"OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n",
        b"CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n",
        b"GET http://paper.example/ HTTP/1.1\r\nHost: a\r\n\r\n",
        b"GET //evil.example HTTP/1.1\nHost: a\r\n\r\n",
        b"GET /?s=1 HTTP/1.1\r\nHost: a\r\n\r\n",
        b"GET /#a HTTP/1.1\r\nHost: a\r\n\r\n",
        b"GET / HTTP/1.1\r\n\r\n",
        b"GET / HTTP/2.0\r\nHost: a\r\n\r\n",
        b"GET / HTTP/0.9\r\nHost: a\r\n\r\n",
        b"GET /\r\n\r\n",
        b"get / HTTP/1.1\r\nHost: a\r\n\r\n",
        b"GET  / HTTP/1.1\r\nHost: a\r\n\r\n",
        b"\r\n\r\n",
        b"\x16\x03\x01\r\n\r\n",
        with_line(b"Host: other.example"),
        with_line(b"Cookie: a=1\r\nCookie: b=2"),
        with_line(b"Content-Length: 5"),
        with_line(b"Content-Length: 0"),
        with_line(b"Content-Length: 5\r\nTransfer-Encoding: chunked"),
        with_line(b"Transfer-Encoding: chunked"),
        with_line(b"Transfer-Encoding: identity"),
        with_line(b"transfer-ENCODING: xchunked"),
        with_line(b"Transfer-Encoding : chunked"),
        with_line(b"X: a\r\n b"),
        with_line(b" X: a"),
        with_line(b"X: a\x00b"),
        with_line(b"X: a\rTransfer-Encoding: chunked"),
        with_line(b"X: a\nContent-Length: 5"),
        with_line(b"X"),
        with_line(b": a"),
        with_line(b"X y: a"),
        with_line(b"Expect: 100-continue"),
        with_line(b"Upgrade: h2c\r\nConnection: Upgrade, HTTP2-Settings"),
        with_line(b"Upgrade: websocket\r\nConnection: upgrade"),
        with_line(b"Authorization: Basic abc"),
        with_line(b"If-Match: *"),
        with_line(b"Trailer: X"),
    ],
)
def test_whatever_is_more_than_plain_is_handed_over(head):
    assert read(head) is None
    # And the next one is read as if nothing had been.
    assert read(PLAIN) is not None


class Message:
    def __init__(self):
        self.url = b""
        self.headers = []
        self.body = b""
        self.complete = 0

    def on_url(self, url):
        self.url += url

    def on_header(self, name, value):
        self.headers.append((name.lower(), value))

    def on_body(self, body):
        self.body += body

    def on_message_complete(self):
        self.complete += 1


lines = st.one_of(
    st.sampled_from(
        [
            b"Host: a",
            b"host: b",
            b"Cookie: a=1",
            b"COOKIE: pass=2",
            b"Content-Length: 5",
            b"Content-Length: 0",
            b"Transfer-Encoding: chunked",
            b"Transfer-Encoding: gzip, chunked",
            b"Connection: close",
            b"Connection: upgrade",
            b"Upgrade: h2c",
            b"Expect: 100-continue",
            b" folded",
            b"Accept-Encoding: gzip",
            b"X: \x00",
            b"X : y",
            b"X: y\rZ: w",
            b"X: y\nContent-Length: 4",
            b"If-None-Match: *",
        ]
    ),
    st.binary(max_size=12),
)
starts = st.one_of(
    st.sampled_from(
        [b"GET / HTTP/1.1", b"HEAD /a HTTP/1.1", b"GET /b HTTP/1.0", b"GET /?utm_source=x HTTP/1.1"]
    ),
    st.binary(max_size=16).map(lambda junk: b"GET /" + junk + b" HTTP/1.1"),
)


@given(start=starts, headers=st.lists(lines, max_size=6))
@example(start=b"GET / HTTP/1.1", headers=[b"Host: a", b"", b"GET / HTTP/1.1", b"Host: a"])
def test_what_the_edge_reads_the_server_behind_it_would_read_alike(start, headers):
    head = b"\r\n".join([start, *headers]) + b"\r\n\r\n"
    head = head[: head.index(b"\r\n\r\n") + 4]

    got = read(head)

    if got is not None:
        message = Message()
        parser = httptools.HttpRequestParser(message)
        parser.feed_data(head)
        assert message.complete == 1
        assert message.body == b""
        assert message.url.partition(b"?")[0] == got.path
        assert (parser.get_method() == b"HEAD") is got.head_only
        for name, field in ((b"host", "host"), (b"cookie", "cookie")):
            read_there = [value for known, value in message.headers if known == name]
            assert read_there == [got.read[field] for _ in read_there]
            assert bool(read_there) is (field in got.read)


@pytest.mark.parametrize(
    ("query", "left"),
    [
        (b"utm_source=mail&utm_campaign=a", True),
        (b"fbclid=abc", True),
        (b"gclid", True),
        (b"&&utm_id=1&", True),
        (b"", True),
        (b"p=123", False),
        (b"utm_source=mail&page=2", False),
        (b"xutm_source=1", False),
        (b"utm_source2=1", False),
    ],
)
def test_what_networks_add_to_an_address_changes_no_page(query, left):
    got = read(b"GET /a/?%b HTTP/1.1\r\nHost: a\r\n\r\n" % query)

    assert (got is not None and got.path == b"/a/") is left


@pytest.mark.parametrize(
    ("value", "ahead"),
    [
        (b"prefetch", True),
        (b"prefetch;prerender", True),
        (b"Prefetch;anonymous-client-ip", True),
        (b"preview", True),
        (b"", False),
        (b"navigate", False),
    ],
)
@pytest.mark.parametrize("name", [b"Sec-Purpose", b"Purpose", b"X-Moz", b"X-Purpose"])
def test_a_browser_says_when_nobody_has_asked_yet(name, value, ahead):
    got = read(with_line(name + b": " + value))

    assert got is not None
    assert got.ahead_of_time is ahead


def test_both_names_of_a_prefetch_at_once_are_not_the_edges():
    assert read(with_line(b"Purpose: prefetch\r\nSec-Purpose: prefetch")) is None


@given(path=st.text(st.characters(exclude_characters="?#%", exclude_categories=["Cs"])))
def test_one_page_has_one_address(path):
    assert readable(canonical("/" + path)) == "/" + path


@pytest.mark.parametrize(
    "path", [b"/%41", b"/caf%c3%a9", b"/caf\xc3\xa9", b"/%ff", b"/%2F", b"/a%"]
)
def test_an_address_written_unusually_is_django_s(path):
    assert readable(path) is None


def test_thousands_of_made_up_names_hide_no_header():
    own = reader()
    for number in range(3000):
        assert own(with_line(b"X-%d: a" % number)) is not None

    assert own(with_line(b"cOnTeNt-LeNgTh: 5")) is None
    got = own(with_line(b"cOoKiE: a=1"))
    assert got is not None
    assert got.read["cookie"] == b"a=1"
