"""The connections of one process: how many there may be, and which go when there are more.

Whoever only holds a connection makes room for whoever comes; who is being answered stays.
"""

import logging
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from broadsheet.press.edge.turns import network_of

log = logging.getLogger("broadsheet.edge")

_TOLD_AGAIN = 600  # seconds without it, after which running out of connections is told again
_CLOSED_AT_ONCE = 16  # the part of all connections that makes room for new ones


@dataclass(frozen=True, slots=True)
class Limits:
    """What a client may take, in seconds and bytes.

    :param head: seconds from the first byte of a head to its last
    :param body: seconds before ``pace`` is asked of a head or body that Django waits for
    :param pace: bytes a second, of what is sent and of what is taken
    :param write: seconds after which a client that takes nothing is cut off
    :param idle: seconds that a connection may stay open between two requests
    :param connections: at one time, in one process
    :param longest_head: bytes
    :param heads_of_one_address: heads on their way from one address (one /64 of IPv6); 0: any
        number, because all come from a proxy
    """

    head: int = 10
    body: int = 20
    pace: int = 500
    write: int = 20
    idle: int = 30
    connections: int = 10_000
    longest_head: int = 65_536
    heads_of_one_address: int = 64


class Connection(Protocol):
    """What is asked of a connection here."""

    @property
    def since(self) -> float:
        """When what it is in began."""

    @property
    def peer(self) -> str:
        """The address of the other end."""

    @property
    def is_idle(self) -> bool:
        """Whether it is between two requests."""

    @property
    def sends_head(self) -> bool:
        """Whether a head has begun and not ended."""

    def end(self) -> None:
        """Close it now."""


class Connections[C: Connection]:
    """Used on one event loop."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.closed = 0
        self._open: set[C] = set()
        self._full_at = float("-inf")

    def __len__(self) -> int:
        return len(self._open)

    def __iter__(self) -> Iterator[C]:
        return iter(tuple(self._open))

    def add(self, connection: C, now: float) -> bool:
        """Take a connection on; tell whether there is room for it."""
        if len(self._open) >= self.limits.connections and not self._make_room(now):
            return False
        self._open.add(connection)
        return True

    def discard(self, connection: C) -> None:
        self._open.discard(connection)

    def _make_room(self, now: float) -> bool:
        """Close what nobody uses, the oldest first; tell whether there was anything.

        Some at a time, so that not every new one has all of them looked at.
        """
        some = max(1, self.limits.connections // _CLOSED_AT_ONCE)
        oldest = [one for one in self._open if one.is_idle] or [
            one for one in self._open if one.sends_head
        ]
        oldest.sort(key=lambda one: one.since)
        for connection in oldest[:some]:
            self._close(connection)
        if now - self._full_at > _TOLD_AGAIN:
            log.warning(
                "All %s connections of this process are in use; those that have been idle longest "
                "are closed for new ones. If they are readers', raise the limit of open files.",
                self.limits.connections,
            )
        self._full_at = now
        return bool(oldest)

    def _close(self, connection: C) -> None:
        self.closed += 1
        self._open.discard(connection)
        connection.end()

    def sweep_heads(self) -> None:
        """Where one address sends many heads, close those that have been at it longest."""
        most = self.limits.heads_of_one_address
        begun = [one for one in self._open if one.sends_head]
        if not most or len(begun) <= most:
            return
        of_address: defaultdict[str, list[C]] = defaultdict(list)
        for connection in begun:
            of_address[network_of(connection.peer)].append(connection)
        for connections in of_address.values():
            connections.sort(key=lambda one: one.since)
            for connection in connections[: max(0, len(connections) - most)]:
                self._close(connection)
