"""Whose turn it is for a thread: nobody's requests keep everybody else's waiting.

Requests of one address take at most half of the threads at once; what else comes from there waits
in a line of its own. Many readers may share an address (a school, a phone company): they are slowed
down when others wait too, never shut out, until the line is as long as nobody's patience.
"""

import asyncio
import ipaddress
from collections import deque
from collections.abc import Iterable
from functools import lru_cache

LONGEST_LINE = 256  # requests of one address that wait


class LineFullError(Exception):
    """Too many requests of one address wait already."""


class Turns:
    """Used on one event loop.

    :param at_once: requests of one address that may be worked on
    :param waiting: requests of one address that may wait for it
    """

    def __init__(self, at_once: int, waiting: int = LONGEST_LINE) -> None:
        self._at_once = max(1, at_once)
        self._waiting = waiting
        self._working: dict[str, int] = {}
        self._lines: dict[str, deque[asyncio.Future[None]]] = {}

    async def take(self, address: str) -> None:
        """Wait for a turn. Whoever has had it calls ``give``.

        :raises LineFullError: when too many wait
        """
        working = self._working.get(address, 0)
        if working < self._at_once:
            self._working[address] = working + 1
            return
        line = self._lines.setdefault(address, deque())
        if len(line) >= self._waiting:
            raise LineFullError
        turn = asyncio.get_running_loop().create_future()
        line.append(turn)
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                self.give(address)
            raise

    def give(self, address: str) -> None:
        """Let the next of an address have the turn."""
        line = self._lines.get(address)
        while line:
            turn = line.popleft()
            if not line:
                del self._lines[address]
            if not turn.done():
                turn.set_result(None)
                return
        working = self._working[address] - 1
        if working:
            self._working[address] = working
        else:
            del self._working[address]


def address_of(
    client: tuple[str, int] | None, headers: Iterable[tuple[bytes, bytes]], trusted_proxies: int
) -> str:
    """Return whose requests count together: an address of IPv4, a /64 of IPv6.

    :param client: the other end of the connection
    :param trusted_proxies: how many proxies in front add to X-Forwarded-For; 0 believes nobody
    """
    peer = client[0] if client else ""
    if trusted_proxies:
        named = b",".join(value for name, value in headers if name == b"x-forwarded-for")
        addresses = [one.strip() for one in named.decode("latin-1").split(",") if one.strip()]
        if len(addresses) >= trusted_proxies:
            peer = addresses[-trusted_proxies]
    return network_of(peer)


@lru_cache(4096)
def network_of(address: str) -> str:
    """Return the network that one customer of a provider has to themselves."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed.ipv4_mapped:
            return str(parsed.ipv4_mapped)
        return str(ipaddress.IPv6Network((parsed, 64), strict=False).network_address)
    return address
