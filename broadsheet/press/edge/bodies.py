"""Bodies of requests, received whole before a thread is given to them.

Django's threads are few. A client that sends a form one byte a minute would hold one of them all
the while; here it holds some memory, or a file where the body is large. How slow it may be is the
protocol's to say (broadsheet.press.edge.protocol.Limits); what is said here is how much may wait at
once. When that is reached, whoever has been sending longest is turned away: a form takes a moment,
so it is never an honest one that has been at it the longest.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from tempfile import SpooledTemporaryFile
from typing import Any

FRAMING = frozenset({b"content-length", b"transfer-encoding"})


@dataclass(frozen=True, slots=True)
class BodyLimits:
    """How large bodies may be and how many may be on their way, in one process.

    :param form: bytes of a body anywhere
    :param upload: bytes of a body where staff send files
    :param uploads: what begins the paths where they do
    :param in_memory: bytes of a body kept in memory; what is larger goes into a file
    :param of_one_address: bodies on their way from one address (one /64 of IPv6)
    :param waiting: bytes of all bodies on their way, in memory and in files
    :param drained: bytes that are read and thrown away after a body was found too large, so that
        the client comes to read why
    """

    form: int = 1024 * 1024
    upload: int = 32 * 1024 * 1024
    uploads: tuple[str, ...] = ("/desk/",)
    in_memory: int = 64 * 1024
    of_one_address: int = 64
    waiting: int = 256 * 1024 * 1024
    drained: int = 64 * 1024 * 1024

    def largest(self, path: str) -> int:
        """Return how many bytes a body may have that is sent to a path."""
        return self.upload if path.startswith(self.uploads) else self.form


class TooLargeError(Exception):
    """The body is too large.

    :ivar largest: bytes that it may have
    :ivar more: whether some of it is still to come
    """

    def __init__(self, largest: int, *, more: bool) -> None:
        super().__init__(largest)
        self.largest = largest
        self.more = more


class TooSlowError(Exception):
    """Others wait, and this body has been on its way longest."""


class ClientLeftError(Exception):
    """The client has gone."""


class _Sender:
    """A body on its way."""

    __slots__ = ("address", "evicted", "size", "task")

    def __init__(self, address: str, task: "asyncio.Task[Any]") -> None:
        self.address = address
        self.task = task
        self.size = 0
        self.evicted = False


class Bodies:
    """Receives bodies, within limits."""

    def __init__(self, limits: BodyLimits | None = None) -> None:
        self.limits = limits or BodyLimits()
        # Those that came first are first.
        self._senders: dict[_Sender, None] = {}
        self._of: dict[str, dict[_Sender, None]] = {}
        self._waiting = 0

    def __len__(self) -> int:
        return len(self._senders)

    @asynccontextmanager
    async def received(
        self, scope: Any, receive: Callable[[], Any], address: str
    ) -> AsyncIterator[tuple[Any, int]]:
        """Receive a body; give a file that stands at its beginning, and its length.

        :raises TooLargeError: as soon as that is known
        :raises TooSlowError: when it has to make room for others
        :raises ClientLeftError: when the client goes before all is there
        """
        largest = self.limits.largest(scope["path"])
        if _announced(scope) > largest:
            raise TooLargeError(largest, more=True)
        with SpooledTemporaryFile(self.limits.in_memory) as body:
            task = asyncio.current_task()
            assert task is not None
            sender = _Sender(address, task)
            self._enter(sender)
            try:
                await self._receive(body, receive, sender, largest)
            except asyncio.CancelledError:
                if not sender.evicted:
                    raise
                task.uncancel()
                raise TooSlowError from None
            finally:
                self._leave(sender)
            length = body.tell()
            body.seek(0)
            yield body, length

    async def _receive(
        self, body: Any, receive: Callable[[], Any], sender: _Sender, largest: int
    ) -> None:
        more = True
        while more:
            message = await receive()
            if message["type"] != "http.request":
                raise ClientLeftError
            piece = message.get("body", b"")
            more = message.get("more_body", False)
            sender.size += len(piece)
            self._waiting += len(piece)
            if sender.size > largest:
                raise TooLargeError(largest, more=more)
            body.write(piece)
            while self._waiting > self.limits.waiting and self._evict_first(self._senders):
                pass

    def _enter(self, sender: _Sender) -> None:
        of_address = self._of.setdefault(sender.address, {})
        if len(of_address) >= self.limits.of_one_address:
            self._evict_first(of_address)
        self._senders[sender] = of_address[sender] = None

    def _evict_first(self, among: dict[_Sender, None]) -> bool:
        sender = next(iter(among), None)
        if sender is None:
            return False
        sender.evicted = True
        self._leave(sender)
        sender.task.cancel()
        return True

    def _leave(self, sender: _Sender) -> None:
        if self._senders.pop(sender, self) is self:
            return  # it was turned away before
        self._waiting -= sender.size
        of_address = self._of[sender.address]
        del of_address[sender]
        if not of_address:
            del self._of[sender.address]

    async def drain(self, receive: Callable[[], Any]) -> None:
        """Read on without keeping anything: who is cut off while sending reads no answer."""
        drained = 0
        while drained < self.limits.drained:
            message = await receive()
            drained += len(message.get("body", b""))
            if message["type"] != "http.request" or not message.get("more_body", False):
                return


def has_body(scope: Any) -> bool:
    return any(name in FRAMING for name, _ in scope["headers"])


def _announced(scope: Any) -> int:
    length = dict(scope["headers"]).get(b"content-length", b"0")
    return int(length) if length.isdigit() else 0
