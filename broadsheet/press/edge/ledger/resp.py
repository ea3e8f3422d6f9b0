"""Just enough of a Valkey or Redis client: one connection, many commands at a stroke (RESP2).

A library does all this too, at four times the cost for each command, and the ledger's speed is the
number of commands it can send without waiting.
"""

import socket
import ssl
from collections.abc import Sequence
from urllib.parse import unquote, urlsplit

type Reply = int | bytes | list["Reply"] | ReplyError | None

_LONGEST = 64 * 1024 * 1024


class ReplyError(Exception):
    """What the server answered instead: its own words."""


class Link:
    """A connection to one server.

    :param url: ``redis://[[user]:password@]host[:port][/database]``, or ``rediss://`` for TLS
    :param timeout: seconds to wait for the server at any one time
    :raises OSError: when nothing answers there
    """

    def __init__(self, url: str, *, timeout: float) -> None:
        parts = urlsplit(url)
        if parts.scheme not in {"redis", "rediss", "valkey", "valkeys"}:
            raise ValueError("write it as redis://host:6379/0 or rediss://host:6379/0")
        host = parts.hostname or "127.0.0.1"
        opened = socket.create_connection((host, parts.port or 6379), timeout)
        try:
            opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if parts.scheme in {"rediss", "valkeys"}:
                opened = ssl.create_default_context().wrap_socket(opened, server_hostname=host)
            self._socket = opened
            self._buffer = b""
            self._at = 0
            if parts.password is not None:
                user = [unquote(parts.username)] if parts.username else []
                self.one("AUTH", *user, unquote(parts.password))
            database = parts.path.strip("/")
            if database not in {"", "0"}:
                self.one("SELECT", database)
        except BaseException:
            opened.close()
            raise

    def one(self, *command: str | bytes | int) -> Reply:
        """Send a command and return its reply.

        :raises ReplyError: when the reply is an error
        :raises OSError: when the server is gone or too slow
        """
        (reply,) = self.many([command])
        if isinstance(reply, ReplyError):
            raise reply
        return reply

    def many(self, commands: Sequence[Sequence[str | bytes | int]]) -> list[Reply]:
        """Send commands at one stroke and return their replies, errors among them."""
        self._socket.sendall(b"".join(map(_command, commands)))
        return [self._reply() for _ in commands]

    def close(self) -> None:
        self._socket.close()

    def _more(self) -> None:
        received = self._socket.recv(262_144)
        if not received:
            raise ConnectionError("the server closed the connection")
        self._buffer = self._buffer[self._at :] + received
        self._at = 0
        if len(self._buffer) > _LONGEST:
            raise ConnectionError("the server's reply has no end")

    def _line(self) -> bytes:
        while (end := self._buffer.find(b"\r\n", self._at)) < 0:
            self._more()
        line = self._buffer[self._at : end]
        self._at = end + 2
        return line

    def _reply(self) -> Reply:
        line = self._line()
        kind, rest = line[:1], line[1:]
        match kind:
            case b":":
                return int(rest)
            case b"+":
                return rest
            case b"-":
                return ReplyError(rest.decode("utf-8", "replace"))
            case b"$":
                length = int(rest)
                if length < 0:
                    return None
                while len(self._buffer) - self._at < length + 2:
                    self._more()
                value = self._buffer[self._at : self._at + length]
                self._at += length + 2
                return value
            case b"*":
                return None if rest == b"-1" else [self._reply() for _ in range(int(rest))]
        raise ConnectionError("what answers there speaks another language")


def _command(parts: Sequence[str | bytes | int]) -> bytes:
    out = [b"*%d\r\n" % len(parts)]
    for part in parts:
        told = part if isinstance(part, bytes) else str(part).encode()
        out.append(b"$%d\r\n%b\r\n" % (len(told), told))
    return b"".join(out)
