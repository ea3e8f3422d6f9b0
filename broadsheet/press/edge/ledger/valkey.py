"""Readings in Valkey or Redis, one server or a cluster.

A person's readings are one hash, ``month:story`` → at, and a script settles each new one, so that
asking and writing are one. A batch of scripts goes out at one stroke, and a server with
``appendfsync always`` commits it with one fsync. It is one key to a person, because a cluster that
moves its keys about refuses commands with several. What is older than a year goes.
"""

import contextlib
from collections.abc import Sequence

from broadsheet.press.edge.ledger.resp import Reply, ReplyError
from broadsheet.press.edge.ledger.servers import Command, Script, Servers, words
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
_YEAR = 100  # months are written as in 202611


_record = Script(_RECORD)
_claim = Script(_CLAIM)


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
        self._servers = Servers(url, (_record, _claim), timeout=timeout)
        self._prefix = prefix
        self._keep = keep

    def _key(self, reader: int) -> str:
        return f"{self._prefix}:reading:{{{reader}}}"

    def _ask(self, commands: Sequence[tuple[int, Command]]) -> list[Reply]:
        return self._servers.ask([(str(reader), command) for reader, command in commands])

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
        others = [int(one) for one in words(stories)]
        if result is not Result.REFUSED:
            others = [one for one in others if one != asked.story] + [asked.story]
        month = next_month(asked.month) if later else asked.month
        return Outcome(result, month, tuple(others))

    def merge(self, visitor: int, reader: int, month: int, allowance: int) -> int:
        # Claimed first, counted then: who is cut off in between asks again, and the claim holds.
        claim = ("EVALSHA", _claim.digest, 1, self._key(visitor), month, reader)
        (found,) = self._ask([(visitor, claim)])
        numbers = [int(one) for one in words(found)]
        moved = sorted(zip(numbers[1::2], numbers[::2], strict=True))
        outcomes = self.record([Asked(reader, month, story, allowance, at) for at, story in moved])
        return sum(one.result is Result.COUNTED for one in outcomes)

    def give_back(self, reader: int, month: int, story: int) -> bool:
        (gone,) = self._ask([(reader, ("HDEL", self._key(reader), f"{month}:{story}"))])
        return gone == 1

    def readings(self, reader: int, month: int | None = None) -> list[Reading]:
        (reply,) = self._ask([(reader, ("HGETALL", self._key(reader)))])
        pairs = words(reply)
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
            self._servers.connect()
            for link in self._servers.links.values():
                with contextlib.suppress(ReplyError):  # a rented server may refuse to tell
                    for name, wanted in ((b"appendonly", b"yes"), (b"appendfsync", b"always")):
                        reply = link.one("CONFIG", "GET", name)
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
        self._servers.close()
