"""The protocol: answers what the edge can answer, and lends the connection to the full server.

Every connection is the edge's. A request that it does not answer is fed, bytes and all, to a full
server in the same process (uvicorn's, with Django behind it), and so is what follows until that
server has answered all it was given; then the connection is the edge's again. No request is read
twice with two results, and nothing is relayed by hand.
"""

import asyncio
import logging
import re
import time
from collections.abc import Iterable
from typing import Any, cast

from uvicorn.config import Config
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.server import ServerState

from broadsheet.press.edge import heads, refusals
from broadsheet.press.edge.connections import Connections, Limits
from broadsheet.press.edge.edge import Edge, Wait

log = logging.getLogger("broadsheet.edge")

# What reaches Django of a request's header. Everything else is dropped, names with an underscore
# among it, which WSGI can't tell from others.
ALLOWED = frozenset(
    b"accept accept-encoding accept-language authorization cache-control content-disposition "
    b"content-encoding content-length content-type cookie date dnt expect host idempotency-key "
    b"if-match if-modified-since if-none-match if-range if-unmodified-since last-event-id origin "
    b"pragma priority purpose range referer transfer-encoding user-agent x-csrftoken x-moz x-purpose "
    b"x-requested-with sec-ch-ua sec-ch-ua-mobile sec-ch-ua-platform sec-fetch-dest "
    b"sec-fetch-mode sec-fetch-site sec-fetch-user sec-gpc sec-purpose".split()
)
FORWARDED = frozenset({b"forwarded", b"x-forwarded-for", b"x-forwarded-host", b"x-forwarded-proto"})
_NOT_ALLOWED = 405
_TOO_SLOW = 408
_TOO_LONG = 431
_TOO_MANY = 503
# A method as anybody may make one up (RFC 9110 §5.6.2), short enough to be one.
_METHOD = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,32} ")


class Door:
    """What the connections of one process share. ``http`` is what uvicorn's Config takes so named.

    :param allowed: names of headers that Django may see, in small letters
    """

    def __init__(
        self,
        edge: Edge,
        *,
        limits: Limits | None = None,
        allowed: Iterable[bytes] = ALLOWED,
    ) -> None:
        self.edge = edge
        self.limits = limits or Limits()
        self.allowed = frozenset(allowed)
        self.read = heads.reader()
        self.connections = Connections[EdgeProtocol](self.limits)
        self.now = 0.0
        self.answered = 0
        self.lent = 0
        self._loop: asyncio.AbstractEventLoop | None = None

    @property
    def http(self) -> type[asyncio.Protocol]:
        return cast("type[asyncio.Protocol]", self.protocol)

    def protocol(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> "EdgeProtocol":
        """Make the protocol of a new connection, as uvicorn calls it."""
        return EdgeProtocol(self, config, server_state, app_state)

    def opened(self, connection: "EdgeProtocol") -> bool:
        """Take a connection on; tell whether there is room for it."""
        loop = asyncio.get_running_loop()
        if self._loop is not loop:
            self._loop = loop
            self._tick()
        return self.connections.add(connection, self.now)

    def _tick(self) -> None:
        assert self._loop is not None
        # Just after the clock's next second begins, for the edge says what holds in this one.
        self._loop.call_later(1.002 - time.time() % 1, self._tick)
        self.now = self._loop.time()
        try:
            self.edge.tick()
            for connection in self.connections:
                connection.sweep()
            self.connections.sweep_heads()
        except Exception:
            log.exception("What is due every second failed")


class Full(HttpToolsProtocol):
    """uvicorn's protocol, on a connection that it borrows."""

    def __init__(
        self,
        owner: "EdgeProtocol",
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
    ) -> None:
        # llhttp takes its callbacks from us as it is made.
        self._owner = owner
        self._allowed = owner.door.allowed
        # No message is half-read.
        self.between = True
        # Bytes of a head whose end has not come; None when none has begun.
        self._head: int | None = None
        self._hosts = 0
        # It asked to go on in another protocol: nothing after it is a request for the edge.
        self._keeps = False
        super().__init__(config, server_state, app_state)

    def feed(self, data: bytes) -> bool:
        """Take what came. Return False when it is a head that finds no end."""
        if self._head is not None:
            self._head += len(data)
        self.data_received(data)
        if self._head is not None and self._head > self._owner.door.limits.longest_head:
            return False
        self._give_back()
        return True

    def on_message_begin(self) -> None:
        self.between = False
        self._head = self._hosts = 0
        super().on_message_begin()

    def on_header(self, name: bytes, value: bytes) -> None:
        if name.lower() == b"host":
            self._hosts += 1
        if name.lower() in self._allowed:
            super().on_header(name, value)

    def on_headers_complete(self) -> None:
        self._head = None
        if self._hosts > 1 or (self._hosts == 0 and self.parser.get_http_version() == "1.1"):
            # RFC 9112 §3.2
            raise ValueError("A request has one Host")
        self._keeps = self._keeps or self.parser.should_upgrade()
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        self.between = True
        super().on_message_complete()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        self._give_back()

    def send_400_response(self, msg: str) -> None:
        self.transport.write(refusals.raw(400))
        self.transport.close()

    def _give_back(self) -> None:
        answered = self.cycle is None or self.cycle.response_complete
        if self.between and answered and not self.pipeline and not self._keeps:
            # The edge has its own clock for connections that wait.
            if self.timeout_keep_alive_task is not None:
                self.timeout_keep_alive_task.cancel()
                self.timeout_keep_alive_task = None
            self._owner.take_back()


class EdgeProtocol(asyncio.Protocol):
    """One connection. At any time it is idle, or it has one of: a head half-received (``_rest``),
    an answer to wait for (``_asked``), answers the client doesn't take (not ``_writable``), or the
    full server at work (``_lent``).
    """

    __slots__ = (
        "_app_state",
        "_asked",
        "_ends",
        "_full",
        "_lasts",
        "_lent",
        "_marked",
        "_received",
        "_rest",
        "_server_state",
        "_since",
        "_transport",
        "_uvicorn",
        "_writable",
        "door",
    )

    def __init__(
        self,
        door: Door,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
    ) -> None:
        self.door = door
        self._uvicorn = config
        self._server_state = server_state
        self._app_state = app_state
        self._full: Full | None = None
        self._lent = False
        # The head that waits for its answer, and whether the connection outlasts it.
        self._asked = b""
        self._lasts = True
        # What came after what was answered.
        self._rest = b""
        # When what it is in began, on the door's clock.
        self._since = 0.0
        self._received = 0
        self._writable = True
        # Since when the client takes nothing, and how much waited then.
        self._marked: tuple[float, int] | None = None
        # The server shuts down: it closes after this answer.
        self._ends = False

    # What the transport calls.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        if not self.door.opened(self):
            self._transport.write(refusals.raw(_TOO_MANY))
            self._transport.close()
            return
        self._since = self.door.now
        # uvicorn closes what stands in this set when it stops.
        self._server_state.connections.add(self)  # type: ignore[arg-type]

    def connection_lost(self, exc: Exception | None) -> None:
        self.door.connections.discard(self)
        self._server_state.connections.discard(self)
        self._asked = self._rest = b""
        if self._full is not None:
            self._full.connection_lost(exc)
            self._full = None
            self._lent = False

    def data_received(self, data: bytes) -> None:
        if self._lent:
            assert self._full is not None
            self._received += len(data)
            if not self._full.feed(data):
                self._refuse(_TOO_LONG)
        elif self._asked or not self._writable:
            self._rest += data
            if len(self._rest) > self.door.limits.longest_head:
                self._transport.pause_reading()
        else:
            self._work(self._rest + data if self._rest else data)

    def pause_writing(self) -> None:
        self._writable = False
        self._marked = (self.door.now, self._transport.get_write_buffer_size())
        if self._full is not None:
            self._full.pause_writing()

    def resume_writing(self) -> None:
        self._writable = True
        self._marked = None
        if self._full is not None:
            self._full.resume_writing()
        if not self._lent and not self._asked:
            self._go_on()

    # The edge's own requests.

    def _work(self, data: bytes) -> None:
        """Answer the requests in ``data``, as far as they are there and the client takes answers."""
        door = self.door
        at = 0
        while (end := data.find(b"\r\n\r\n", at)) >= 0:
            end += 4
            head = data[at:end]
            read = door.read(head) if len(head) <= heads.LONGEST else None
            answer: bytes | Wait | None = None
            if read is not None:
                self._lasts = read.keeps_alive
                try:
                    answer = door.edge.consider(read, self)
                except Exception:
                    log.exception("The edge failed at %r", read.path)
            if answer is None:
                self._lend(data[at:])
                return
            if isinstance(answer, Wait):
                self._asked = head
                self._rest = data[end:]
                return
            door.answered += 1
            self._transport.write(answer)
            if not self._lasts:
                self._transport.close()
                return
            at = end
            self._since = door.now
            if not self._writable:
                self._rest = data[at:]
                return
        rest = data[at:]
        if not self._rest:
            self._since = door.now
        self._rest = rest
        if len(rest) > door.limits.longest_head:
            self._refuse(_TOO_LONG)
        elif rest and not rest[:1].isalpha():
            # Whatever this is, it is no request for the edge.
            self._lend(rest)

    def resume(self, answer: bytes | None) -> None:
        """Go on with the answer to the request that waits; None: Django gives it."""
        asked, self._asked = self._asked, b""
        if not asked or self._transport.is_closing():
            return
        if answer is None:
            rest, self._rest = self._rest, b""
            self._transport.resume_reading()
            self._lend(asked + rest)
            return
        self.door.answered += 1
        self._transport.write(answer)
        if not self._lasts or self._ends:
            self._transport.close()
            return
        self._since = self.door.now
        if self._writable:
            self._go_on()

    def _go_on(self) -> None:
        self._transport.resume_reading()
        if self._rest and not self._transport.is_closing():
            rest, self._rest = self._rest, b""
            self._work(rest)

    # The full server's.

    def _lend(self, data: bytes) -> None:
        """Have the full server answer what is there, and what comes while it does."""
        method = _METHOD.match(data)
        if method is not None and method[0][:-1] not in refusals.METHODS:
            self._refuse(_NOT_ALLOWED)
            return
        if self._full is None:
            full = Full(self, self._uvicorn, self._server_state, self._app_state)
            full.connection_made(self._transport)
            # Only one of the two is to be closed by the server.
            self._server_state.connections.discard(full)
            self._full = full
            if not self._writable:
                full.pause_writing()
        self.door.lent += 1
        self._lent = True
        self._rest = b""
        self._since = self.door.now
        self._received = len(data)
        self._full.feed(data)

    def take_back(self) -> None:
        """Be the edge's again: the full server has answered all it was given."""
        if self._lent:
            self._lent = False
            self._since = self.door.now
            if self._ends:
                self._transport.close()

    # Time.

    @property
    def since(self) -> float:
        return self._since

    @property
    def peer(self) -> str:
        name = self._transport.get_extra_info("peername")
        return str(name[0]) if name else ""

    @property
    def is_idle(self) -> bool:
        return not (self._lent or self._asked or self._rest) and self._writable

    @property
    def sends_head(self) -> bool:
        return bool(self._rest) and not (self._lent or self._asked) and self._writable

    def shutdown(self) -> None:
        """End after what is under way, as uvicorn asks when it stops."""
        self._ends = True
        if self._lent and self._full is not None:
            self._full.shutdown()
        elif not self._asked:
            self._transport.close()

    def sweep(self) -> None:
        """End the connection if the client takes too long. Called once a second."""
        limits, now = self.door.limits, self.door.now
        lasted = now - self._since
        if self._transport.is_closing() or not self._writable:
            self._sweep_writing()
        elif self._lent:
            full = self._full
            if full is None or full.between or full.flow.read_paused:
                return
            # Django waits for the rest of a head or body.
            if self._received < (lasted - limits.body) * limits.pace:
                self._refuse(_TOO_SLOW)
        elif self._asked:
            return
        elif self._rest:
            if lasted >= limits.head:
                self._refuse(_TOO_SLOW)
        elif lasted >= limits.idle:
            self.end()

    def _sweep_writing(self) -> None:
        now, left = self.door.now, self._transport.get_write_buffer_size()
        if self._marked is None:
            self._marked = (now, left)
        since, size = self._marked
        if now - since >= self.door.limits.write:
            if size - left < (now - since) * self.door.limits.pace:
                self._transport.abort()
            self._marked = (now, left)

    def _refuse(self, status: int) -> None:
        self._transport.write(refusals.raw(status))
        self.end()

    def end(self) -> None:
        """Close the connection now."""
        if self._transport.get_write_buffer_size():
            # It would wait for a client who takes nothing.
            self._transport.abort()
        else:
            self._transport.close()
