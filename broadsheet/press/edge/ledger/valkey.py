"""Readings in Valkey or Redis, one server or a cluster.

A person's readings are one hash, ``month:story`` → at, and a script settles each new one, so that
asking and writing are one. A batch of scripts goes out at one stroke, and a server with
``appendfsync always`` commits it with one fsync. It is one key to a person, because a cluster that
moves its keys about refuses commands with several. What is older than a year goes.
"""

import binascii
import contextlib
import hashlib
from collections.abc import Sequence
from urllib.parse import urlsplit, urlunsplit

from broadsheet.press.edge.ledger.resp import Link, Reply, ReplyError
from broadsheet.press.edge.ledger.stores import (
    Asked,
    Outcome,
    Reading,
    Result,
    Store,
    StoreError,
)
from broadsheet.rules.meter import next_month

_RECORD = """
local month, following, story, allowance, at, keep, oldest = unpack(ARGV)
local now, later, old = {}, {}, {}
for _, field in ipairs(redis.call('HKEYS', KEYS[1])) do
    local of = string.sub(field, 1, 6)
    if of == month then
        table.insert(now, string.sub(field, 8))
    elseif of == following then
        table.insert(later, string.sub(field, 8))
    elseif of < oldest then
        table.insert(old, field)
    end
end
local held, turned = now, 0
if #later > 0 then
    held, turned, month = later, 1, following
end
for _, one in ipairs(held) do
    if one == story then
        return {1, turned, held}
    end
end
if #held >= tonumber(allowance) then
    return {2, turned, held}
end
redis.call('HSET', KEYS[1], month .. ':' .. story, at)
redis.call('EXPIRE', KEYS[1], keep)
if #old > 0 then
    redis.call('HDEL', KEYS[1], unpack(old, 1, math.min(#old, 1000)))
end
return {0, turned, held}
"""
# Mark a visitor's readings of a month as gone to an account, and return those that went to it, now
# or before.
_CLAIM = """
local found = {}
local all = redis.call('HGETALL', KEYS[1])
for number = 1, #all, 2 do
    if string.sub(all[number], 1, 6) == ARGV[1] then
        local at, moved_to = string.match(all[number + 1], '^(%d+):?(.*)$')
        if moved_to == '' or moved_to == ARGV[2] then
            redis.call('HSET', KEYS[1], all[number], at .. ':' .. ARGV[2])
            table.insert(found, string.sub(all[number], 8))
            table.insert(found, at)
        end
    end
end
return found
"""
_RESULTS = (Result.COUNTED, Result.ALREADY, Result.REFUSED)
_SLOTS = 16_384
_TRIES = 8
_YEAR = 100  # months are written as in 202611


class _Script:
    def __init__(self, text: str) -> None:
        self.text = text
        self.digest = hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest()


_record = _Script(_RECORD)
_claim = _Script(_CLAIM)

type Command = Sequence[str | bytes | int]


def _words(reply: Reply) -> list[bytes]:
    if not isinstance(reply, list):
        raise StoreError(f"Valkey: {reply!r} is no list")
    return [one for one in reply if isinstance(one, bytes)]


class ValkeyStore(Store):
    """Keeps readings for the time named, then lets them go by itself.

    :param url: of the server, or of servers of a cluster with commas between:
        ``redis://one:6379,redis://two:6379``
    :param prefix: begins every key, so that two papers can share a server
    :param keep: seconds after which a month's readings go by themselves
    """

    def __init__(
        self,
        url: str,
        *,
        prefix: str = "broadsheet",
        timeout: float = 2.0,
        keep: int = 400 * 86_400,
    ) -> None:
        self._seeds = url.split(",")
        self._url = self._seeds[0]
        self._prefix = prefix
        self._timeout = timeout
        self._keep = keep
        self._links: dict[str, Link] = {}
        # Which server has which keys; empty where there is no cluster.
        self._servers: list[str] = []

    # Keys.

    def _key(self, reader: int) -> str:
        return f"{self._prefix}:reading:{{{reader}}}"

    def _url_of(self, reader: int) -> str:
        if not self._servers:
            return self._url
        # A cluster's own sum: CRC-16/XMODEM of what stands in the braces.
        return self._servers[binascii.crc_hqx(str(reader).encode(), 0) % _SLOTS]

    # Connections.

    def _link(self, url: str) -> Link:
        if url not in self._links:
            link = self._links[url] = Link(url, timeout=self._timeout)
            for script in (_record, _claim):
                link.one("SCRIPT", "LOAD", script.text)
        return self._links[url]

    def _connect(self) -> None:
        if self._links:
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

    def _ask(self, commands: Sequence[tuple[int, Command]]) -> list[Reply]:
        """Send commands to whoever has the person they are about; return replies in order.

        :raises StoreError: when one was not carried out
        """
        try:
            self._connect()
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
        self, commands: Sequence[tuple[int, Command]], waiting: list[int], replies: list[Reply]
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
            for link in self._links.values():
                for script in (_record, _claim):
                    link.one("SCRIPT", "LOAD", script.text)
        elif word != "TRYAGAIN":
            raise error
        again.append(number)
        return None

    def _place(self, place: str) -> str:
        host, _, port = place.rpartition(":")
        return self._address(host, port)

    # What a store does.

    def record(self, batch: Sequence[Asked]) -> list[Outcome]:
        replies = self._ask([(asked.reader, self._recording(asked)) for asked in batch])
        return [self._outcome(asked, reply) for asked, reply in zip(batch, replies, strict=True)]

    def _recording(self, asked: Asked) -> Command:
        reader, month, story, allowance, at = asked
        values = (month, next_month(month), story, allowance, at, self._keep, month - _YEAR)
        return ("EVALSHA", _record.digest, 1, self._key(reader), *values)

    @staticmethod
    def _outcome(asked: Asked, reply: Reply) -> Outcome:
        if not isinstance(reply, list) or not isinstance(reply[0], int):
            raise StoreError(f"Valkey: {reply!r} is no answer")
        result = _RESULTS[reply[0]]
        later, stories = reply[1:]
        others = [int(one) for one in _words(stories)]
        if result is not Result.REFUSED:
            others = [one for one in others if one != asked.story] + [asked.story]
        month = next_month(asked.month) if later else asked.month
        return Outcome(result, month, tuple(others))

    def merge(self, visitor: int, reader: int, month: int, allowance: int) -> int:
        # Claimed first, counted then: who is cut off in between asks again, and the claim holds.
        claim = ("EVALSHA", _claim.digest, 1, self._key(visitor), month, reader)
        (found,) = self._ask([(visitor, claim)])
        numbers = [int(one) for one in _words(found)]
        moved = sorted(zip(numbers[1::2], numbers[::2], strict=True))
        outcomes = self.record([Asked(reader, month, story, allowance, at) for at, story in moved])
        return sum(one.result is Result.COUNTED for one in outcomes)

    def give_back(self, reader: int, month: int, story: int) -> bool:
        (gone,) = self._ask([(reader, ("HDEL", self._key(reader), f"{month}:{story}"))])
        return gone == 1

    def readings(self, reader: int, month: int | None = None) -> list[Reading]:
        (reply,) = self._ask([(reader, ("HGETALL", self._key(reader)))])
        pairs = _words(reply)
        found = []
        for field, value in zip(pairs[::2], pairs[1::2], strict=True):
            of, _, story = field.partition(b":")
            if month is None or int(of) == month:
                found.append(Reading(int(of), int(story), int(value.partition(b":")[0])))
        return sorted(found, key=lambda reading: (reading.at, reading.story))

    def forget(self, reader: int) -> None:
        self._ask([(reader, ("DEL", self._key(reader)))])

    def forget_before(self, month: int) -> None:
        """Nothing: every month goes by itself, a year after it was over."""

    def warning(self) -> str:
        try:
            self._connect()
            for url in list(self._links):
                with contextlib.suppress(ReplyError):  # a rented server may refuse to tell
                    for name, wanted in ((b"appendonly", b"yes"), (b"appendfsync", b"always")):
                        reply = self._link(url).one("CONFIG", "GET", name)
                        if isinstance(reply, list) and reply[1:] not in ([], [wanted]):
                            return (
                                f"Valkey keeps readings with {name.decode()} "
                                f"{reply[1]!r}: some would be lost at a power cut. "
                                "Set appendonly yes and appendfsync always."
                            )
        except (OSError, ReplyError, ValueError):
            return ""
        return ""

    def close(self) -> None:
        for link in self._links.values():
            link.close()
        self._links.clear()
        self._servers = []
