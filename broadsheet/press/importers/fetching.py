"""Fetching a picture from its old address, and from nowhere else.

An export file names the addresses, so they are distrusted: only the web, only public machines
(checked on the very address that is then connected to, so that a name can't change its mind, and
anew at every redirect), only the web's ports, few redirects, a limit on size and on time.
"""

import http.client
import io
import ipaddress
import socket
import ssl
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urljoin, urlsplit

MOST_BYTES = 20 * 1024 * 1024
_REDIRECTS = 4
_PORTS = {80, 443, 8080, 8443}
# A server that has failed so often in a row is asked no more: each try may take the whole time.
_MOST_FAILURES = 5
# What a network that speaks only IPv6 makes of IPv4 addresses (RFC 6052).
_TRANSLATED = ipaddress.IPv6Network("64:ff9b::/96")
_UNREACHABLE = "a picture could not be fetched (its server can't be reached)"


def is_public(address: str) -> bool:
    """Tell whether an IP address belongs to a public machine: no private, local or other network."""
    try:
        number = ipaddress.ip_address(address)
    except ValueError:
        return False
    if isinstance(number, ipaddress.IPv6Address):
        # Two kinds are an address of the older sort in another dress, others may lead to one.
        if number.ipv4_mapped:
            return is_public(str(number.ipv4_mapped))
        if number in _TRANSLATED:
            return is_public(str(ipaddress.IPv4Address(int(number) & 0xFFFF_FFFF)))
        if number.is_site_local or number.is_reserved or number.sixtofour or number.teredo:
            return False
    return number.is_global and not number.is_multicast


@dataclass(slots=True)
class Fetcher:
    """Fetches pictures, and remembers which servers don't answer.

    :param step: seconds to wait for a server's next bytes
    :param whole: seconds for one picture, redirects included
    :param allows: tells which IP addresses may be connected to
    :param ports: which of their ports
    """

    step: float = 15
    whole: float = 60
    most_bytes: int = MOST_BYTES
    allows: Callable[[str], bool] = is_public
    ports: frozenset[int] = frozenset(_PORTS)
    _failures: Counter[str] = field(default_factory=Counter)

    def __call__(self, address: str) -> bytes | None:
        """Return the bytes at an address; None for one that is no web address.

        :raises ValueError: with the reason in words
        """
        if not _is_web(address):
            return None
        ends_at = time.monotonic() + self.whole
        for _ in range(_REDIRECTS):
            status, location, data = self._get(address, ends_at)
            if status in {301, 302, 303, 307, 308} and location:
                address = urljoin(address, location)
                if not _is_web(address):
                    raise ValueError("a picture's address leads away from the web")
                continue
            if status != 200:
                raise ValueError(f"a picture could not be fetched (the server answers {status})")
            return data
        raise ValueError("a picture's address leads from one to the next without end")

    def _get(self, address: str, ends_at: float) -> tuple[int, str, bytes]:
        try:
            parts = urlsplit(address)
            port = parts.port or (443 if parts.scheme == "https" else 80)
            host = (parts.hostname or "").encode("idna").decode("ascii")
        except ValueError as error:
            raise ValueError("a picture's address is none") from error
        if not host or port not in self.ports:
            raise ValueError("a picture's address is none of a web server: not fetched")
        if self._failures[host] >= _MOST_FAILURES:
            raise ValueError(f"pictures of {host} were no longer asked for: it does not answer")
        try:
            found = self._ask(parts, host, port, ends_at)
        except (OSError, http.client.HTTPException) as error:
            self._failures[host] += 1
            raise ValueError(_UNREACHABLE) from error
        del self._failures[host]
        return found

    def _ask(self, parts: Any, host: str, port: int, ends_at: float) -> tuple[int, str, bytes]:
        clock = _Clock(self.step, ends_at)
        connected = self._connect(host, port, clock, secure=parts.scheme == "https")
        connection = http.client.HTTPConnection(host, port)
        connection.sock = _Clocked(connected, clock)
        try:
            path = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~-._")
            query = f"?{quote(parts.query, safe='/%:@!$&()*+,;=~-._?')}" if parts.query else ""
            wishes = {"User-Agent": "Broadsheet", "Accept": "image/*", "Connection": "close"}
            connection.request("GET", path + query, headers=wishes)
            response = connection.getresponse()
            if response.status != 200:
                return response.status, response.getheader("Location") or "", b""
            if response.length is not None and response.length > self.most_bytes:
                raise ValueError("a picture is larger than pictures may be here")
            data = response.read(self.most_bytes + 1)
            if len(data) > self.most_bytes:
                raise ValueError("a picture is larger than pictures may be here")
            if response.length:
                raise http.client.IncompleteRead(b"", response.length)
            return 200, "", data
        finally:
            connected.close()

    def _connect(self, host: str, port: int, clock: "_Clock", *, secure: bool) -> socket.socket:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        public = [str(one[4][0]) for one in found if self.allows(str(one[4][0]))]
        if not public:
            raise ValueError("a picture's address is inside a private network: not fetched")
        for number, address in enumerate(public, start=1):
            try:
                plain = socket.create_connection((address, port), timeout=clock.left())
                break
            except OSError:
                if number == len(public):
                    raise
        if not secure:
            return plain
        try:
            return ssl.create_default_context().wrap_socket(plain, server_hostname=host)
        except BaseException:
            plain.close()
            raise


def _is_web(address: str) -> bool:
    return address.lower().startswith(("http://", "https://"))


@dataclass(frozen=True, slots=True)
class _Clock:
    step: float
    ends_at: float

    def left(self) -> float:
        """Return the seconds that the next step may take.

        :raises TimeoutError: when there are none
        """
        left = self.ends_at - time.monotonic()
        if left <= 0:
            raise TimeoutError("the time for one picture is over")
        return min(self.step, left)


class _Clocked(io.RawIOBase):
    """What http.client needs of a socket, with a look at the clock before each step.

    Bytes may come one by one for ever. Whoever made the socket closes it.
    """

    def __init__(self, connected: socket.socket, clock: _Clock) -> None:
        self._connected = connected
        self._clock = clock

    def makefile(self, *_: Any, **__: Any) -> io.BufferedReader:
        return io.BufferedReader(self)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        self._connected.settimeout(self._clock.left())
        return self._connected.recv_into(buffer)

    def sendall(self, data: bytes) -> None:
        self._connected.settimeout(self._clock.left())
        self._connected.sendall(data)

    def close(self) -> None:
        """Leave the socket open: http.client closes it before it has read the answer."""
