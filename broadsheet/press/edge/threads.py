"""Django in threads, which neither a slow sender nor a slow reader holds.

A thread is given to a request once its body is there, and is free again as soon as Django has
answered: the answer is kept here until the client has taken it, and a file isn't read by the thread
at all. This is what it does beyond other adapters from ASGI to WSGI (PEP 3333).
"""

import asyncio
import contextvars
import sys
from collections.abc import Awaitable, Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from tempfile import TemporaryFile
from typing import Any, Protocol

from broadsheet.press.edge import refusals
from broadsheet.press.edge.bodies import (
    FRAMING,
    Bodies,
    BodyLimits,
    ClientLeftError,
    TooLargeError,
    TooSlowError,
    has_body,
)
from broadsheet.press.edge.turns import LineFullError, Turns, address_of
from broadsheet.press.outages import outages

IN_MEMORY = 256 * 1024  # bytes of an answer; a longer one goes into a file
_PIECE = 64 * 1024

type Environ = dict[str, Any]
type Receive = Callable[[], Awaitable[Any]]
type Send = Callable[[Any], Awaitable[None]]
type Application = Callable[[Environ, Any], Iterable[bytes]]


class Readable(Protocol):
    def read(self, size: int, /) -> bytes: ...


class FileAnswer:
    """A file that is the answer: WSGI's ``wsgi.file_wrapper``."""

    def __init__(self, file: Any, block_size: int = _PIECE) -> None:
        self.file: Readable = file
        self._block_size = block_size
        self.close: Callable[[], None] = getattr(file, "close", lambda: None)

    def __iter__(self) -> Iterator[bytes]:
        while piece := self.file.read(self._block_size):
            yield piece


class _Answer:
    """What the application answered, complete.

    :ivar file: what is left to send after ``words``
    :ivar close: called when that is sent
    """

    def __init__(self) -> None:
        self.status = 0
        self.headers: list[tuple[bytes, bytes]] = []
        self.words = b""
        self.file: Readable | None = None
        self.close: Callable[[], None] | None = None
        self._written: list[bytes] = []

    def start(
        self, status: str, headers: list[tuple[str, str]], exc_info: Any = None
    ) -> Callable[[bytes], None]:
        self.status = int(status.partition(" ")[0])
        self.headers = [
            (name.strip().lower().encode("latin-1"), value.strip().encode("latin-1"))
            for name, value in headers
        ]
        return self._written.append

    def take(self, pieces: Iterable[bytes]) -> None:
        """Take the answer from the application, in the thread."""
        if isinstance(pieces, FileAnswer):
            self.file, self.close = pieces.file, pieces.close
            return
        close: Callable[[], None] = getattr(pieces, "close", lambda: None)
        try:
            self._keep(pieces)
        finally:
            close()

    def _keep(self, pieces: Iterable[bytes]) -> None:
        written, length = self._written, 0
        rest = iter(pieces)
        for piece in rest:
            written.append(piece)
            length += len(piece)
            if length > IN_MEMORY:
                file = TemporaryFile()  # noqa: SIM115  # closed when it is sent
                self.file, self.close = file, file.close
                for one in written:
                    file.write(one)
                for one in rest:
                    file.write(one)
                file.seek(0)
                return
        self.words = written[0] if len(written) == 1 else b"".join(written)


class Threads:
    """An ASGI application: a WSGI application in threads.

    :param threads: how many; requests of one address get half of them at once
    :param trusted_proxies: how many proxies in front add to X-Forwarded-For
    """

    def __init__(
        self,
        application: Application,
        *,
        threads: int,
        trusted_proxies: int = 0,
        limits: BodyLimits | None = None,
    ) -> None:
        self._application = application
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="django")
        self._trusted_proxies = trusted_proxies
        self.turns = Turns(threads // 2)
        self.bodies = Bodies(limits)

    async def __call__(self, scope: Any, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        if scope["method"].encode() not in refusals.METHODS:
            await _refuse(send, 405)
            return
        try:
            await self._answer(scope, receive, send)
        except OSError as error:
            # No room for a body or an answer.
            if not outages.record(error):
                raise
            await _refuse(send, 503)

    async def _answer(self, scope: Any, receive: Receive, send: Send) -> None:
        address = address_of(scope["client"], scope["headers"], self._trusted_proxies)
        if not has_body(scope):
            await self._work(scope, BytesIO(), 0, address, send)
            return
        try:
            async with self.bodies.received(scope, receive, address) as (body, length):
                await self._work(scope, body, length, address, send)
        except ClientLeftError:
            return
        except TooSlowError:
            await _refuse(send, 408)
        except TooLargeError as error:
            words = f"This is too large to be sent here: {_in_words(error.largest)} at most."
            rest = self.bodies.drain(receive) if error.more else None
            await _refuse(send, 413, words, rest)

    async def _work(self, scope: Any, body: Any, length: int, address: str, send: Send) -> None:
        try:
            await self.turns.take(address)
        except LineFullError:
            await _refuse(send, 503)
            return
        try:
            answer = await self._in_thread(self._ask, environ_of(scope, body, length))
        finally:
            self.turns.give(address)
        try:
            await _send(answer, scope["method"] == "HEAD", send)
        finally:
            if answer.close is not None:
                await self._in_thread(answer.close)

    def _ask(self, environ: Environ) -> _Answer:
        answer = _Answer()
        answer.take(self._application(environ, answer.start))
        return answer

    async def _in_thread[**P, T](
        self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        context = contextvars.copy_context()
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, lambda: context.run(work, *args, **kwargs))


async def _send(answer: _Answer, head_only: bool, send: Send) -> None:
    start = {"type": "http.response.start", "status": answer.status, "headers": answer.headers}
    await send(start)
    if answer.file is not None and not head_only:
        while piece := answer.file.read(_PIECE):
            await send({"type": "http.response.body", "body": piece, "more_body": True})
            # Who has left takes everything at once.
            await asyncio.sleep(0)
    await send({"type": "http.response.body", "body": answer.words})


async def _refuse(
    send: Send, status: int, words: str = "", first: Awaitable[None] | None = None
) -> None:
    """Refuse a request.

    :param first: what is to be done before the connection is closed
    """
    headers, body = refusals.page(status, words)
    lines = [(name.lower().encode(), value.encode()) for name, value in headers]
    await send({"type": "http.response.start", "status": status, "headers": lines})
    await send({"type": "http.response.body", "body": body, "more_body": True})
    if first is not None:
        await first
    await send({"type": "http.response.body", "body": b""})


def _in_words(size: int) -> str:
    return f"{size // 1024**2} MB" if size >= 1024**2 else f"{size // 1024 or 1} kB"


def environ_of(scope: Any, body: Any, length: int) -> Environ:
    """Return a request as WSGI has it."""
    host, port = scope.get("server") or ("localhost", 80)
    environ: Environ = {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": "",
        "PATH_INFO": scope["path"].encode().decode("latin-1"),
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "SERVER_NAME": host,
        "SERVER_PORT": str(port or 0),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope.get("scheme", "http"),
        "wsgi.input": body,
        "wsgi.errors": sys.stderr,
        "wsgi.file_wrapper": FileAnswer,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    if client := scope.get("client"):
        environ["REMOTE_ADDR"], environ["REMOTE_PORT"] = client
    for name, value in scope["headers"]:
        if name in FRAMING:
            continue
        words = value.decode("latin-1")
        if name == b"content-type":
            key = "CONTENT_TYPE"
        else:
            key = "HTTP_" + name.decode("latin-1").upper().replace("-", "_")
        # Cookies of several lines are one line's (RFC 9113, section 8.2.3); all else is a list.
        apart = "; " if name == b"cookie" else ","
        environ[key] = f"{environ[key]}{apart}{words}" if key in environ else words
    # A body that came in chunks has a length now, without which WSGI sees none.
    environ["CONTENT_LENGTH"] = str(length)
    return environ
