"""Bodies of requests, received whole before a thread is given to them.

Django's threads are few. A client that sends a form one byte a minute would hold one of them all
the while; here it holds some memory, or a file where the body is large.
"""

from collections.abc import Callable, Coroutine
from tempfile import SpooledTemporaryFile
from typing import Any

LARGEST = 32 * 1024 * 1024  # bytes of a body
IN_MEMORY = 256 * 1024  # bytes of it kept in memory
_PIECE = 64 * 1024
_FRAMING = frozenset({b"content-length", b"transfer-encoding"})

# As in ASGI, whose own types every library writes in another way.
type Application = Callable[[Any, Any, Any], Coroutine[Any, Any, None]]


def whole(
    application: Application, *, largest: int = LARGEST, in_memory: int = IN_MEMORY
) -> Application:
    """Return an ASGI application that calls another once a request's body is there.

    A body that is too large is refused with 413; a client that leaves meanwhile costs nothing.
    """

    async def answer(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http" or not _has_body(scope):
            await application(scope, receive, send)
            return
        if _length(scope) > largest:
            await _refuse(send)
            return
        with SpooledTemporaryFile(in_memory) as body:
            more = True
            while more:
                message = await receive()
                if message["type"] != "http.request":
                    return
                body.write(message.get("body", b""))
                more = message.get("more_body", False)
                if body.tell() > largest:
                    await _refuse(send)
                    return
            length = body.tell()
            body.seek(0)
            left = True

            async def again() -> Any:
                nonlocal left
                if not left:
                    return await receive()
                piece = body.read(_PIECE)
                left = len(piece) == _PIECE
                return {"type": "http.request", "body": piece, "more_body": left}

            # A body that came in chunks has a length now, without which WSGI sees none.
            headers = [pair for pair in scope["headers"] if pair[0] not in _FRAMING]
            headers.append((b"content-length", str(length).encode()))
            await application({**scope, "headers": headers}, again, send)

    return answer


def _has_body(scope: Any) -> bool:
    return any(name in _FRAMING for name, _ in scope["headers"])


def _length(scope: Any) -> int:
    told = dict(scope["headers"]).get(b"content-length", b"0")
    return int(told) if told.isdigit() else 0


async def _refuse(send: Any) -> None:
    words = b"This is too large to be sent here."
    headers = [
        (b"content-type", b"text/plain; charset=utf-8"),
        (b"content-length", str(len(words)).encode()),
        (b"connection", b"close"),
    ]
    await send({"type": "http.response.start", "status": 413, "headers": headers})
    await send({"type": "http.response.body", "body": words})
