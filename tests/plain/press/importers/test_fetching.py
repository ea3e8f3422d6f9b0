"""Pictures are fetched from public machines only, whatever their addresses try."""

import socket
import threading
import time
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from broadsheet.press.importers import fetching
from broadsheet.press.importers.fetching import Fetcher, is_public


class Server(ThreadingHTTPServer):
    """A web server of former days; ``asked`` are the paths it was asked for."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Answering)
        self.asked: list[str] = []
        self.answers: dict[str, Any] = {}

    @property
    def address(self):
        return f"http://127.0.0.1:{self.server_port}"


class Answering(BaseHTTPRequestHandler):
    server: Server

    def do_GET(self):
        self.server.asked.append(self.path)
        answer = self.server.answers[self.path]
        if callable(answer):
            answer(self)
            return
        status, headers, body = answer
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        if "Content-Length" not in headers:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


@pytest.fixture
def server():
    made = Server()
    threading.Thread(target=made.serve_forever, args=(0.02,), daemon=True).start()
    yield made
    made.shutdown()
    made.server_close()


@pytest.fixture
def fetcher(server):
    """One that may talk to this machine, as no import may."""
    return Fetcher(
        allows=lambda address: address == "127.0.0.1",
        ports=frozenset({server.server_port}),
        step=2,
        whole=4,
        most_bytes=10_000,
    )


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "127.8.8.8", "0.0.0.0", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254",
        "100.64.0.1", "192.0.0.8", "198.18.0.1", "224.0.0.1", "240.0.0.1", "255.255.255.255",
        "::", "::1", "::7f00:1", "::ffff:127.0.0.1", "::ffff:169.254.169.254", "64:ff9b::7f00:1",
        "64:ff9b::a9fe:a9fe", "64:ff9b:1::1", "2002:7f00:1::", "2001:0:7f00:1::", "fe80::1",
        "fe80::1%eth0", "fec0::1", "fc00::1", "fd00:ec2::254", "ff02::1", "ff0e::1", "2001:db8::1",
        "no address", "",
    ],
)  # fmt: skip
def test_machines_of_no_public_network_are_told(address):
    assert not is_public(address)


@pytest.mark.parametrize(
    "address", ["93.184.215.14", "2606:2800:21f::1", "::ffff:8.8.8.8", "64:ff9b::808:808"]
)
def test_public_machines_are_told(address):
    assert is_public(address)


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "2130706433", "0x7f.1", "0177.0.0.1", "127.1", "[::1]"]
)
def test_nothing_of_this_machine_is_fetched_however_it_is_spelt(server, host):
    with pytest.raises(ValueError, match=r"private network|can't be reached"):
        Fetcher(ports=frozenset({server.server_port}))(f"http://{host}:{server.server_port}/a.jpg")

    assert server.asked == []


@pytest.mark.parametrize("port", [22, 25, 6379, 5432, 9200])
def test_other_servers_than_the_webs_are_not_asked(port, monkeypatch):
    monkeypatch.setattr(socket, "create_connection", lambda *_, **__: pytest.fail("it asked"))

    with pytest.raises(ValueError, match="none of a web server"):
        Fetcher()(f"http://93.184.215.14:{port}/a.jpg")


def test_redirect_to_a_private_machine_is_not_followed(server, fetcher):
    for place in (
        "http://169.254.169.254/latest/meta-data/",
        f"http://[::1]:{server.server_port}/b",
    ):
        server.answers["/a.jpg"] = (302, {"Location": place}, b"")
        with pytest.raises(ValueError, match=r"private network|none of a web server"):
            fetcher(f"{server.address}/a.jpg")

    assert set(server.asked) == {"/a.jpg"}


@pytest.mark.parametrize(
    "place", ["file:///etc/passwd", "ftp://127.0.0.1/a", "gopher://127.0.0.1/"]
)
def test_redirect_away_from_the_web_is_not_followed(server, fetcher, place):
    server.answers["/a.jpg"] = (301, {"Location": place}, b"")

    with pytest.raises(ValueError, match="away from the web"):
        fetcher(f"{server.address}/a.jpg")


def test_redirects_end(server, fetcher):
    server.answers["/a.jpg"] = (301, {"Location": "/a.jpg"}, b"")

    with pytest.raises(ValueError, match="without end"):
        fetcher(f"{server.address}/a.jpg")

    assert len(server.asked) == 4


def test_redirect_that_leads_to_a_picture_is_followed(server, fetcher):
    server.answers["/a.jpg"] = (301, {"Location": "/b%20c.jpg?x=1"}, b"")
    server.answers["/b%20c.jpg?x=1"] = (200, {}, b"picture")

    assert fetcher(f"{server.address}/a.jpg") == b"picture"


def test_name_is_looked_up_once_and_the_checked_address_is_connected_to(
    server, fetcher, monkeypatch
):
    # A name that answers with a public address first and with a private one when asked again.
    answers = iter(["203.0.114.7", "127.0.0.1"])
    asked, connected = [], []

    def resolve(host, port, *_, **__):
        asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (next(answers), port))]

    def connect(address, *_, **__):
        connected.append(address[0])
        raise OSError

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    monkeypatch.setattr(socket, "create_connection", connect)

    with pytest.raises(ValueError, match="can't be reached"):
        Fetcher()("http://rebinding.example/a.jpg")

    assert asked == ["rebinding.example"]
    assert connected == ["203.0.114.7"]


def test_of_a_names_addresses_only_public_ones_are_asked(monkeypatch):
    connected = []

    def resolve(host, port, *_, **__):
        return [
            (socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, port))
            for one in ("10.0.0.1", "203.0.114.7", "127.0.0.1", "203.0.114.8")
        ]

    def connect(address, *_, **__):
        connected.append(address[0])
        raise OSError

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    monkeypatch.setattr(socket, "create_connection", connect)

    with pytest.raises(ValueError, match="can't be reached"):
        Fetcher()("https://old.example/a.jpg")

    assert connected == ["203.0.114.7", "203.0.114.8"]


@pytest.mark.parametrize("told", [True, False])
def test_picture_that_is_too_large_is_not_read_to_its_end(server, fetcher, told):
    sent = []

    def answer(request):
        request.send_response(200)
        if told:
            request.send_header("Content-Length", str(1 << 40))
        request.end_headers()
        with suppress(OSError):
            sent.extend(request.wfile.write(b"x" * 1000) for _ in range(100_000))

    server.answers["/a.jpg"] = answer

    with pytest.raises(ValueError, match="larger than"):
        fetcher(f"{server.address}/a.jpg")

    assert len(sent) < 50_000


@pytest.mark.parametrize("part", ["head", "body"])
def test_server_that_sends_a_byte_now_and_then_is_left(server, fetcher, part):
    def answer(request):
        if part == "body":
            request.send_response(200)
            request.end_headers()
        with suppress(OSError):
            while True:
                request.wfile.write(b"x")
                time.sleep(0.02)

    server.answers["/a.jpg"] = answer
    fetcher.whole = 0.3

    with pytest.raises(ValueError, match="can't be reached"):
        fetcher(f"{server.address}/a.jpg")


def test_server_that_says_nothing_is_left(server, fetcher):
    server.answers["/a.jpg"] = lambda _: time.sleep(3)
    fetcher.step = 0.1

    with pytest.raises(ValueError, match="can't be reached"):
        fetcher(f"{server.address}/a.jpg")


def test_answer_that_breaks_off_is_no_picture(server, fetcher):
    server.answers["/a.jpg"] = (200, {"Content-Length": "500"}, b"half")

    with pytest.raises(ValueError, match="can't be reached"):
        fetcher(f"{server.address}/a.jpg")


@pytest.mark.parametrize("status", [204, 403, 404, 500])
def test_other_answers_are_told(server, fetcher, status):
    server.answers["/a.jpg"] = (status, {}, b"")

    with pytest.raises(ValueError, match=str(status)):
        fetcher(f"{server.address}/a.jpg")


def test_server_that_never_answers_is_not_asked_for_each_picture(server, fetcher):
    server.server_close()
    server.answers["/a.jpg"] = (200, {}, b"picture")

    for number in range(fetching._MOST_FAILURES):
        with pytest.raises(ValueError, match="can't be reached"):
            fetcher(f"{server.address}/{number}.jpg")
    with pytest.raises(ValueError, match="no longer asked"):
        fetcher(f"{server.address}/a.jpg")


@pytest.mark.parametrize(
    "address", ["2011/03/quay.jpg", "", "data:image/png;base64,x", "file:///a"]
)
def test_what_is_no_web_address_is_left_to_others(address):
    assert Fetcher()(address) is None


@pytest.mark.parametrize(
    "address",
    [
        "http://",
        "http:///a",
        "http://a:99999/x",
        "http://[::1/x",
        "http://a\x00b/x",
        "http://é\udc80/",
    ],
)
def test_address_that_is_none_is_told_in_words(address):
    with pytest.raises(ValueError, match=r"address is none|can't be reached"):
        Fetcher()(address)


def test_address_cant_smuggle_a_second_request(server, fetcher):
    server.answers["/aHost:%20evil/"] = (200, {}, b"picture")

    assert fetcher(f"{server.address}/a\r\nHost: evil/") == b"picture"
    assert len(server.asked) == 1
