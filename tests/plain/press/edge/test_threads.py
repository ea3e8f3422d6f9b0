"""Django's threads are held by neither slow senders nor slow readers, nor all by one address."""

import asyncio
import threading
from contextlib import suppress
from io import BytesIO

import pytest

from broadsheet.press.edge.bodies import BodyLimits
from broadsheet.press.edge.threads import IN_MEMORY, FileAnswer, Threads
from broadsheet.press.edge.turns import LineFullError, Turns, address_of

SMALL = BodyLimits(form=10, upload=20, in_memory=4, of_one_address=2, waiting=24, drained=50)
SENT = {"type": "http.request", "body": b"", "more_body": False}


class Django:
    """A WSGI application that answers with what it was sent."""

    def __init__(self):
        self.environs = []
        self.gate = threading.Event()
        self.gate.set()

    def __call__(self, environ, start_response):
        self.environs.append(environ)
        self.gate.wait(20)
        words = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
        start_response("200 OK", [("Content-Type", "text/plain"), ("Set-Cookie", "a=1")])
        return [b"<", words, b">"]


class Request:
    """What one client sends and is sent, on a running loop."""

    def __init__(self, application, path="/form/", *, method="POST", address="192.0.2.1", **named):
        self.sent = []
        self.takes = asyncio.Event()
        self.takes.set()
        self._comes = asyncio.Queue()
        headers = [(name.replace("_", "-").encode(), str(v).encode()) for name, v in named.items()]
        scope = {
            "type": "http",
            "http_version": "1.1",
            "method": method,
            "path": path,
            "query_string": b"a=1",
            "client": (address, 4321),
            "server": ("127.0.0.1", 8000),
            "headers": headers,
        }
        self.task = asyncio.ensure_future(application(scope, self._comes.get, self._send))

    async def _send(self, message):
        await self.takes.wait()
        self.sent.append(message)

    def send(self, *pieces, more=False):
        for number, piece in enumerate(pieces, 1):
            last = number == len(pieces) and not more
            message = {"type": "http.request", "body": piece, "more_body": not last}
            self._comes.put_nowait(message)

    def leave(self):
        self._comes.put_nowait({"type": "http.disconnect"})

    async def answer(self):
        await asyncio.wait_for(self.task, 20)
        return self.status, b"".join(one.get("body", b"") for one in self.sent[1:])

    @property
    def status(self):
        return self.sent[0]["status"] if self.sent else None

    @property
    def headers(self):
        return dict(self.sent[0]["headers"])


async def until(condition):
    async with asyncio.timeout(20):
        while not condition():
            await asyncio.sleep(0.001)


def test_the_application_begins_when_the_last_byte_is_there():
    django = Django()

    async def run():
        request = Request(Threads(django, threads=1), content_length=13)
        request.send(b"one ", b"two ", more=True)
        await asyncio.sleep(0.02)
        assert django.environs == []
        request.send(b"three")
        return await request.answer(), request.headers

    answer, headers = asyncio.run(run())
    assert answer == (200, b"<one two three>")
    assert headers == {b"content-type": b"text/plain", b"set-cookie": b"a=1"}


def test_a_body_in_chunks_has_a_length_in_the_end():
    django = Django()

    async def run():
        request = Request(Threads(django, threads=1), transfer_encoding="chunked", host="a")
        request.send(b"abc", b"")
        return await request.answer()

    assert asyncio.run(run()) == (200, b"<abc>")
    assert django.environs[0]["CONTENT_LENGTH"] == "3"
    assert "HTTP_TRANSFER_ENCODING" not in django.environs[0]


def test_a_request_is_told_as_wsgi_has_it():
    django = Django()

    async def run():
        named = {"host": "a.example", "content_type": "text/x", "cookie": "a=ü"}
        await Request(Threads(django, threads=1), "/ü/", method="GET", **named).answer()

    asyncio.run(run())
    environ = django.environs[0]
    told = {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": "/ü/".encode().decode("latin-1"),
        "SCRIPT_NAME": "",
        "QUERY_STRING": "a=1",
        "REMOTE_ADDR": "192.0.2.1",
        "SERVER_PORT": "8000",
        "HTTP_HOST": "a.example",
        "HTTP_COOKIE": "a=ü".encode().decode("latin-1"),
        "CONTENT_TYPE": "text/x",
        "CONTENT_LENGTH": "0",
    }
    assert {name: environ.get(name) for name in told} == told


@pytest.mark.parametrize(
    ("path", "pieces", "named", "words"),
    [
        ("/form/", [b"x" * 11], {"content_length": 11}, b"1 kB at most"),
        ("/form/", [b"x" * 11], {"transfer_encoding": "chunked"}, b"1 kB at most"),
        ("/form/", [b"x" * 6, b"x" * 6, b"x" * 30], {"content_length": 3}, b"1 kB at most"),
        ("/desk/files/", [b"x" * 21], {"content_length": 21}, b"1 kB at most"),
    ],
)
def test_a_body_that_is_too_large_is_refused_in_words(path, pieces, named, words):
    django = Django()

    async def run():
        request = Request(Threads(django, threads=1, limits=SMALL), path, **named)
        request.send(*pieces)
        return await request.answer(), request.headers

    (status, body), headers = asyncio.run(run())
    assert status == 413
    assert words in body
    assert headers[b"content-length"] == str(len(body)).encode()
    assert headers[b"connection"] == b"close"
    assert b"permissions-policy" in headers
    assert django.environs == []


def test_who_is_refused_can_read_why_before_the_connection_ends():
    async def run():
        application = Threads(Django(), threads=1, limits=SMALL)
        request = Request(application, content_length=1000)
        await until(lambda: len(request.sent) == 2)
        # The words are there; it reads on until the client is done, or has sent enough.
        assert not request.task.done()
        request.send(b"x" * 40, b"x" * 20, more=True)
        await request.answer()

    asyncio.run(run())


def test_staff_may_send_more():
    async def run():
        request = Request(
            Threads(Django(), threads=1, limits=SMALL), "/desk/files/", content_length=20
        )
        request.send(b"x" * 20)
        return await request.answer()

    assert asyncio.run(run()) == (200, b"<" + b"x" * 20 + b">")


def test_of_one_address_whoever_has_been_sending_longest_makes_room():
    async def run():
        application = Threads(Django(), threads=1, limits=SMALL)
        slow = [Request(application, content_length=9) for _ in range(2)]
        other = Request(application, address="192.0.2.2", content_length=9)
        for request in (*slow, other):
            request.send(b"x", more=True)
        await until(lambda: len(application.bodies) == 3)
        quick = Request(application, content_length=2)
        quick.send(b"ab")
        answered = await quick.answer()
        refused = await slow[0].answer()
        for request in (slow[1], other):
            request.send(b"y")
        return answered, refused[0], await slow[1].answer(), await other.answer(), application

    answered, refused, second, other, application = asyncio.run(run())
    assert (answered, refused) == ((200, b"<ab>"), 408)
    assert second == other == (200, b"<xy>")
    assert len(application.bodies) == 0


def test_bodies_on_their_way_take_no_more_room_than_there_is():
    async def run():
        application = Threads(Django(), threads=1, limits=SMALL)
        clients = [
            Request(application, address=f"192.0.2.{one}", content_length=9) for one in range(3)
        ]
        for client in clients:
            client.send(b"x" * 8, more=True)
        await until(lambda: application.bodies._waiting == 24)
        last = Request(application, address="192.0.2.9", content_length=2)
        last.send(b"ab")
        answers = [await last.answer(), await clients[0].answer()]
        for client in clients[1:]:
            client.send(b"")
        return answers + [await client.answer() for client in clients[1:]], application

    answers, application = asyncio.run(run())
    assert [status for status, _ in answers] == [200, 408, 200, 200]
    assert application.bodies._waiting == 0


def test_a_client_that_leaves_is_not_worked_for():
    django = Django()

    async def run():
        application = Threads(django, threads=1)
        request = Request(application, content_length=9)
        request.send(b"half", more=True)
        request.leave()
        await asyncio.wait_for(request.task, 20)
        return request.sent, len(application.bodies)

    assert asyncio.run(run()) == ([], 0)
    assert django.environs == []


def test_one_address_does_not_keep_the_others_waiting():
    django = Django()
    django.gate.clear()

    async def run():
        application = Threads(django, threads=2)
        crowd = [Request(application, method="GET") for _ in range(5)]
        await until(lambda: len(django.environs) == 1)
        other = Request(application, method="GET", address="192.0.2.2")
        await until(lambda: len(django.environs) == 2)
        django.gate.set()
        return [await request.answer() for request in (other, *crowd)]

    assert asyncio.run(run()) == [(200, b"<>")] * 6
    assert [one["REMOTE_ADDR"] for one in django.environs[:2]] == ["192.0.2.1", "192.0.2.2"]


def test_a_line_that_is_too_long_is_closed():
    async def run():
        turns = Turns(1, waiting=1)
        await turns.take("a")
        second = asyncio.ensure_future(turns.take("a"))
        await asyncio.sleep(0)
        with pytest.raises(LineFullError):
            await turns.take("a")
        await turns.take("b")
        turns.give("a")
        await second
        turns.give("a")
        turns.give("b")
        return turns

    turns = asyncio.run(run())
    assert (turns._working, turns._lines) == ({}, {})


def test_whoever_gives_up_a_turn_gives_it_to_the_next():
    async def run():
        turns = Turns(1)
        await turns.take("a")
        second, third = (asyncio.ensure_future(turns.take("a")) for _ in range(2))
        await asyncio.sleep(0)
        turns.give("a")
        second.cancel()
        with suppress(asyncio.CancelledError):
            await second
        await asyncio.wait_for(third, 20)

    asyncio.run(run())


@pytest.mark.parametrize(
    ("client", "forwarded", "proxies", "expected"),
    [
        ("192.0.2.1", "203.0.113.9", 0, "192.0.2.1"),
        ("192.0.2.1", "203.0.113.9", 1, "203.0.113.9"),
        ("192.0.2.1", "6.6.6.6, 203.0.113.9, 10.0.0.1", 2, "203.0.113.9"),
        ("192.0.2.1", "", 1, "192.0.2.1"),
        ("2001:db8:1:2:3::4", "", 0, "2001:db8:1:2::"),
        ("::ffff:192.0.2.1", "", 0, "192.0.2.1"),
        ("192.0.2.1", "unknown", 1, "unknown"),
    ],
)
def test_whose_requests_count_together(client, forwarded, proxies, expected):
    headers = [(b"x-forwarded-for", forwarded.encode())] if forwarded else []

    assert address_of((client, 1), headers, proxies) == expected


def test_a_reader_who_takes_nothing_holds_no_thread():
    def django(environ, start_response):
        start_response("200 OK", [])
        return (b"x" * 1000 for _ in range(400 if environ["PATH_INFO"] == "/long/" else 1))

    async def run():
        application = Threads(django, threads=1)
        slow = [Request(application, "/long/", method="GET") for _ in range(3)]
        for request in slow:
            request.takes.clear()
        other = Request(application, "/other/", method="GET")
        answered = await other.answer()
        for request in slow:
            request.takes.set()
        return answered, [await request.answer() for request in slow]

    answered, late = asyncio.run(run())
    assert answered == (200, b"x" * 1000)
    assert late == [(200, b"x" * 400_000)] * 3
    assert IN_MEMORY < 400_000


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_file_is_sent_and_closed(method):
    made = []

    def django(environ, start_response):
        start_response("200 OK", [("Content-Length", "200000")])
        made.append(BytesIO(b"x" * 200_000))
        return environ["wsgi.file_wrapper"](made[0], 4096)

    async def run():
        return await Request(Threads(django, threads=1), method=method).answer()

    status, words = asyncio.run(run())
    assert (status, len(words)) == (200, 200_000 if method == "GET" else 0)
    assert made[0].closed


def test_whatever_stands_in_between_may_read_a_file_too():
    assert b"".join(FileAnswer(BytesIO(b"abc" * 100), 7)) == b"abc" * 100


def test_an_answer_is_closed_in_the_thread_that_made_it():
    closed = []

    class Closing(list):
        def close(self):
            closed.append(threading.current_thread().name)

    def django(environ, start_response):
        start_response("200 OK", [])
        return Closing([b"a"])

    async def run():
        return await Request(Threads(django, threads=1), method="GET").answer()

    assert asyncio.run(run()) == (200, b"a")
    assert closed[0].startswith("django")


def test_a_method_that_the_paper_has_not_is_not_allowed():
    async def run():
        request = Request(Threads(Django(), threads=1), method="PROPFIND")
        return (await request.answer())[0], request.headers[b"allow"]

    assert asyncio.run(run()) == (405, b"GET, HEAD, OPTIONS, POST")
