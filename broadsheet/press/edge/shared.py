"""The edition's number in a store that several machines share: PostgreSQL, Valkey or Redis.

Every worker asks for it four times a second (broadsheet.press.edge.edition.PolledEdition). While
the store is away for longer than five seconds no plate is sent, because nobody could say that it
still holds.
"""

import logging
import os
import threading
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from broadsheet.press.edge.edition import Change, PolledEdition, Speaker
from broadsheet.press.edge.ledger.servers import Script, Servers, words
from broadsheet.press.edge.ledger.stores import StoreError
from broadsheet.press.edge.numbers import KEPT, SILENCE, Numbers, change

log = logging.getLogger("broadsheet.edge")

_TRY_AGAIN = 0.25  # seconds


_PLACE = "{broadsheet:edition}"
_VALKEY_SAY = Script("""
local now = redis.call('TIME')
redis.call('SET', KEYS[1], now[1] .. string.format('%06d', now[2]), 'NX')
for at = 2, #ARGV do
    local number = redis.call('INCR', KEYS[1])
    redis.call('RPUSH', KEYS[2], string.format('%.0f', number) .. ':' .. now[1] .. ':' .. ARGV[at])
end
while true do
    local first = redis.call('LINDEX', KEYS[2], 0)
    if not first or now[1] - string.match(first, ':(%d+):') <= tonumber(ARGV[1]) then
        break
    end
    redis.call('LPOP', KEYS[2])
end
""")
_VALKEY_FETCH = Script("""
local now = redis.call('TIME')
redis.call('SET', KEYS[1], now[1] .. string.format('%06d', now[2]), 'NX')
local number = redis.call('GET', KEYS[1])
if number == ARGV[1] then
    return {number}
end
return {number, unpack(redis.call('LRANGE', KEYS[2], -tonumber(ARGV[2]), -1))}
""")
_AT_MOST = 5000  # changes told at once; more are all of them


class ValkeyNumbers(Numbers):
    """:param url: as ValkeyStore takes it (broadsheet.press.edge.ledger.valkey)"""

    def __init__(self, url: str) -> None:
        self._servers = Servers(url, (_VALKEY_SAY, _VALKEY_FETCH), timeout=SILENCE)
        self._keys = (f"{_PLACE}:number", f"{_PLACE}:changes")

    def _run(self, script: Script, *values: str | int) -> Any:
        command = ("EVALSHA", script.digest, 2, *self._keys, *values)
        return self._servers.ask([(_PLACE.strip("{}"), command)])[0]

    def say(self, changes: Sequence[Change]) -> None:
        self._run(_VALKEY_SAY, KEPT, *(f"{one.kind:d}:{one.key}:{one.epoch}" for one in changes))

    def fetch(self, since: int | None) -> tuple[int, Sequence[Change] | None]:
        number, *told = words(self._run(_VALKEY_FETCH, since or 0, _AT_MOST))
        found = []
        for one in told:
            of, at, kind, key, epoch = map(int, one.split(b":"))
            if since is None or of > since:
                found.append(change(kind, key, epoch, at))
        if since is None:
            return int(number), found if len(told) < _AT_MOST else None
        return int(number), found if int(number) - since == len(found) else None

    def close(self) -> None:
        self._servers.close()


class SharedEdition(PolledEdition, Speaker):
    """The number of a paper on several machines, to be heard and to be raised.

    A process that only changes things needs no ``start``. What can't be said because the store is
    away is said as soon as it is back, while the process lives; ``on_failure`` sees to it that it is
    said if the process dies first.

    :param make: makes what asks the store; called twice in each process
    :param on_failure: called when a change can't be told, once until everything is told again
    """

    def __init__(
        self,
        make: Callable[[], Numbers],
        *,
        on_failure: Callable[[], object] = lambda: None,
        **settings: float,
    ) -> None:
        self._make = make
        self._on_failure = on_failure
        self._numbers = make()
        super().__init__(self._numbers.fetch, **settings)
        self._reset()

    def _reset(self) -> None:
        self._process = os.getpid()
        self._saying = threading.Lock()
        self._speaks = self._make()
        self._unsaid: list[Change] = []

    @property
    def is_behind(self) -> bool:
        """Whether there are changes that this process couldn't tell yet."""
        return self._process == os.getpid() and bool(self._unsaid)

    def say(self, changes: Iterable[Change]) -> None:
        if self._process != os.getpid():
            # After a fork nothing of the parent's may be used.
            self._reset()
        with self._saying:
            waits = bool(self._unsaid)
            self._unsaid += changes
            why = "" if waits else self._try()
            if why:
                log.error(
                    "A change can't be told to the other machines; it will be, once the store of "
                    "changes is back: %s",
                    why,
                )
                threading.Thread(target=self._insist, name="edition-says", daemon=True).start()
        if why:
            self._on_failure()
        if self._thread is not None:
            # Here it shows at once.
            self.ask()

    def remembered(self) -> tuple[int, Sequence[Change], int]:
        number, changes, since = super().remembered()
        # Numbers begin with the microsecond in which the store was made: what an older one
        # remembered isn't known.
        return number, changes, max(since, (number - self._losses) // 1_000_000 + 1)

    def _try(self) -> str:
        """Say what waits; return why it can't be said, or nothing. The lock is held."""
        try:
            self._speaks.say(self._unsaid)
        except StoreError as error:
            return " ".join(str(error).split())
        self._unsaid.clear()
        return ""

    def _insist(self) -> None:
        pause = threading.Event()
        while True:
            pause.wait(_TRY_AGAIN)
            with self._saying:
                if not self._try():
                    log.warning("What waited is told to the other machines")
                    return

    def stop(self) -> None:
        super().stop()
        self._numbers.close()
        self._speaks.close()


def numbers(url: str) -> Numbers:
    """Make what asks and tells the store that keeps the edition's number.

    :param url: ``postgresql://…``, ``redis://…`` or ``valkey://…``
    """
    if url.partition(":")[0] in {"postgres", "postgresql"}:
        # psycopg takes 10 MB of every worker; only who uses it has it.
        from broadsheet.press.edge.postgres import PostgresNumbers

        return PostgresNumbers(url)
    return ValkeyNumbers(url)


def shared(url: str, *, on_failure: Callable[[], object] = lambda: None) -> SharedEdition:
    """Return the number that a store keeps.

    :param url: as ``numbers`` takes it
    :param on_failure: see SharedEdition
    """
    return SharedEdition(lambda: numbers(url), on_failure=on_failure)
