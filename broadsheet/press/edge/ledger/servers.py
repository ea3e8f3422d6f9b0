"""Servers of Valkey or Redis: one, or a cluster whose keys move about."""

import binascii
import contextlib
import hashlib
from collections.abc import Sequence
from urllib.parse import urlsplit, urlunsplit

from broadsheet.press.edge.ledger.resp import Link, Reply, ReplyError
from broadsheet.press.edge.ledger.stores import StoreError

_SLOTS = 16_384
_TRIES = 8

type Command = Sequence[str | bytes | int]


class Script:
    """What a server does at one stroke. Run it with EVALSHA and ``digest``."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.digest = hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest()


def words(reply: Reply) -> list[bytes]:
    """Return the strings of a reply that is a list.

    :raises StoreError: when it is none
    """
    if not isinstance(reply, list):
        raise StoreError(f"Valkey: {reply!r} is no list")
    return [one for one in reply if isinstance(one, bytes)]


class Servers:
    """Sends commands to the server that has their key. It connects when it is first asked.

    :param url: of the server, or of servers of a cluster with commas between:
        ``redis://one:6379,redis://two:6379``
    :param scripts: what every server is to know
    :param timeout: seconds to wait for a server at any one time
    """

    def __init__(self, url: str, scripts: Sequence[Script], *, timeout: float) -> None:
        self._seeds = url.split(",")
        self._url = self._seeds[0]
        self._scripts = scripts
        self._timeout = timeout
        self.links: dict[str, Link] = {}
        # Which server has which keys; empty where there is no cluster.
        self._servers: list[str] = []

    def _url_of(self, tag: str) -> str:
        if not self._servers:
            return self._url
        # A cluster's own sum: CRC-16/XMODEM of what stands in the braces.
        return self._servers[binascii.crc_hqx(tag.encode(), 0) % _SLOTS]

    def _teach(self, link: Link) -> None:
        for script in self._scripts:
            link.one("SCRIPT", "LOAD", script.text)

    def _link(self, url: str) -> Link:
        if url not in self.links:
            link = self.links[url] = Link(url, timeout=self._timeout)
            self._teach(link)
        return self.links[url]

    def connect(self) -> None:
        if self.links:
            return
        link = self._first_link()
        info = link.one("INFO", "cluster")
        if isinstance(info, bytes) and b"cluster_enabled:1" in info:
            self._learn(link)

    def _first_link(self) -> Link:
        for url in self._seeds[:-1]:
            with contextlib.suppress(OSError):
                self._url = url
                return self._link(url)
        self._url = self._seeds[-1]
        return self._link(self._url)

    def _learn(self, link: Link) -> None:
        """Learn from one server of a cluster which of them has what."""
        servers = [self._url] * _SLOTS
        slots = link.one("CLUSTER", "SLOTS")
        assert isinstance(slots, list)
        for entry in slots:
            assert isinstance(entry, list)
            first, last, primary, *_ = entry
            assert isinstance(first, int)
            assert isinstance(last, int)
            assert isinstance(primary, list)
            host, port, *_ = primary
            assert isinstance(host, bytes | None)
            url = self._address(host.decode() if host else "", port)
            servers[first : last + 1] = [url] * (last + 1 - first)
        self._servers = servers
        # Any of them may be asked when the first has gone.
        self._seeds = list(dict.fromkeys([*self._seeds, *servers]))[:100]

    def _address(self, host: str, port: object) -> str:
        parts = urlsplit(self._url)
        who, at, _ = parts.netloc.rpartition("@")
        # An empty name is that of the server one has asked.
        host = host or parts.hostname or "127.0.0.1"
        shown = f"[{host}]" if ":" in host else host
        return urlunsplit((parts.scheme, f"{who}{at}{shown}:{port}", parts.path, "", ""))

    def ask(self, commands: Sequence[tuple[str, Command]]) -> list[Reply]:
        """Send commands to whoever has the keys with their tag; return replies in order.

        :param commands: each with the tag that stands in the braces of its key

        :raises StoreError: when one was not carried out
        """
        try:
            self.connect()
            replies: list[Reply] = [None] * len(commands)
            waiting = list(range(len(commands)))
            for _ in range(_TRIES):
                waiting = self._round(commands, waiting, replies)
                if not waiting:
                    return replies
            raise StoreError("Valkey: the cluster is moving its keys")
        except (OSError, ReplyError, AssertionError, ValueError) as error:
            self.close()
            raise StoreError(f"Valkey: {error}") from error

    def _round(
        self, commands: Sequence[tuple[str, Command]], waiting: list[int], replies: list[Reply]
    ) -> list[int]:
        """Send what waits; return what must be sent once more."""
        to: dict[str, list[int]] = {}
        for number in waiting:
            to.setdefault(self._url_of(commands[number][0]), []).append(number)
        again: list[int] = []
        for url, numbers in to.items():
            answers = self._link(url).many([commands[number][1] for number in numbers])
            for number, reply in zip(numbers, answers, strict=True):
                if isinstance(reply, ReplyError):
                    replies[number] = self._redirected(reply, commands[number][1], again, number)
                else:
                    replies[number] = reply
        return again

    def _redirected(
        self, error: ReplyError, command: Command, again: list[int], number: int
    ) -> Reply:
        """Do what an error asks for, and put the command among those to be sent again.

        :raises ReplyError: when it is no error that a cluster or a new server explains
        """
        word, *rest = str(error).split(" ")
        if word == "MOVED":
            self._learn(self._link(self._place(rest[1])))
        elif word == "ASK":
            # These keys are being moved: this once, the other server has them.
            link = self._link(self._place(rest[1]))
            _, reply = link.many([("ASKING",), command])
            if not isinstance(reply, ReplyError):
                return reply
            if not str(reply).startswith("TRYAGAIN"):
                raise reply
        elif word == "NOSCRIPT":
            # A server that was started anew, or whose scripts were flushed.
            for link in self.links.values():
                self._teach(link)
        elif word != "TRYAGAIN":
            raise error
        again.append(number)
        return None

    def _place(self, place: str) -> str:
        host, _, port = place.rpartition(":")
        return self._address(host, port)

    def close(self) -> None:
        for link in self.links.values():
            link.close()
        self.links.clear()
        self._servers = []
