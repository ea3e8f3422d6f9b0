"""The edition's number in a store that several machines share: PostgreSQL, Valkey or Redis.

Every worker asks for it four times a second (broadsheet.press.edge.edition.PolledEdition). While
the store is away for longer than five seconds no plate is sent, because nobody could say that it
still holds.
"""

import contextlib
import logging
import os
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import psycopg
from psycopg.rows import tuple_row

from broadsheet.press.edge.edition import Change, Kind, PolledEdition, Speaker
from broadsheet.press.edge.ledger.servers import Script, Servers, words
from broadsheet.press.edge.ledger.stores import StoreError

log = logging.getLogger("broadsheet.edge")

KEPT = 700  # seconds that changes are remembered: longer than a pass lasts
SILENCE = 2.0  # seconds to wait for the store
_TRY_AGAIN = 0.25  # seconds


class Numbers(ABC):
    """Keeps the number and the changes of the last minutes. Used by one thread at a time.

    Every method raises StoreError when the store can't be asked.
    """

    @abstractmethod
    def say(self, changes: Sequence[Change]) -> None:
        """Write changes down, each under a number of its own."""

    @abstractmethod
    def fetch(self, since: int | None) -> tuple[int, Sequence[Change] | None]:
        """Return the number and the changes after another; None: they aren't all known.

        :param since: None asks for all that are remembered
        """

    @abstractmethod
    def close(self) -> None:
        """Let go of the connection. The next question opens another."""


_TABLES = """
CREATE TABLE IF NOT EXISTS edge_edition (
    one boolean PRIMARY KEY DEFAULT true CHECK (one),
    number bigint NOT NULL
);
CREATE TABLE IF NOT EXISTS edge_change (
    number bigint PRIMARY KEY,
    kind smallint NOT NULL,
    key bigint NOT NULL,
    epoch bigint NOT NULL,
    said_at bigint NOT NULL  -- seconds since 1970
);
-- No number that an older table has said is said again.
INSERT INTO edge_edition (number) VALUES (extract(epoch FROM now()) * 1000000)
    ON CONFLICT DO NOTHING
"""
_OURS = int.from_bytes(b"edge")
# The row is locked until the commit: who sees a number sees every change up to it.
_TAKE = "UPDATE edge_edition SET number = number + %s RETURNING number"
_SAY = (
    "INSERT INTO edge_change SELECT *, extract(epoch FROM now())::bigint "
    "FROM unnest(%s::bigint[], %s::int2[], %s::bigint[], %s::bigint[])"
)
_FORGET = "DELETE FROM edge_change WHERE said_at < extract(epoch FROM now()) - %s"
_FETCH = (
    "SELECT edition.number, change.number, kind, key, epoch, said_at FROM edge_edition AS edition "
    "LEFT JOIN edge_change AS change ON change.number > %s ORDER BY change.number"
)


class PostgresNumbers(Numbers):
    """:param conninfo: as libpq takes it"""

    def __init__(self, conninfo: str) -> None:
        self._conninfo = conninfo
        self._connection: psycopg.Connection[tuple[Any, ...]] | None = None

    def _connect(self) -> psycopg.Connection[tuple[Any, ...]]:
        if self._connection is None:
            milliseconds = int(SILENCE * 1000)
            connection = psycopg.connect(
                self._conninfo,
                autocommit=True,
                row_factory=tuple_row,
                connect_timeout=2,
                tcp_user_timeout=milliseconds,
            )
            try:
                connection.execute(f"SET statement_timeout = {milliseconds}")
                if connection.execute("SELECT to_regclass('edge_edition')").fetchone() == (None,):
                    with connection.transaction():
                        # Two workers may start at once.
                        connection.execute("SELECT pg_advisory_xact_lock(%s, 0)", (_OURS,))
                        connection.execute(_TABLES)
            except BaseException:
                connection.close()
                raise
            self._connection = connection
        return self._connection

    @contextlib.contextmanager
    def _asking(self) -> Any:
        try:
            yield self._connect()
        except (psycopg.Error, OSError) as error:
            self.close()
            raise StoreError(f"PostgreSQL: {error}") from error

    def say(self, changes: Sequence[Change]) -> None:
        with self._asking() as connection, connection.transaction():
            (last,) = connection.execute(_TAKE, (len(changes),)).fetchone()
            numbers = list(range(last - len(changes) + 1, last + 1))
            kinds = [int(one.kind) for one in changes]
            keys = [(one.key + 2**63) % 2**64 - 2**63 for one in changes]
            connection.execute(_SAY, (numbers, kinds, keys, [one.epoch for one in changes]))
            connection.execute(_FORGET, (KEPT,))

    def fetch(self, since: int | None) -> tuple[int, Sequence[Change] | None]:
        with self._asking() as connection:
            rows = connection.execute(_FETCH, (since or 0,)).fetchall()
        number = rows[0][0]
        changes = [_change(*row[2:]) for row in rows if row[1] is not None]
        known = since is None or number - since == len(changes)
        return number, changes if known else None

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None


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
                found.append(_change(kind, key, epoch, at))
        if since is None:
            return int(number), found if len(told) < _AT_MOST else None
        return int(number), found if int(number) - since == len(found) else None

    def close(self) -> None:
        self._servers.close()


def _change(kind: int, key: int, epoch: int, at: int) -> Change:
    return Change(Kind(kind), key if kind == Kind.REVOKED else key % 2**64, epoch, at)


class SharedEdition(PolledEdition, Speaker):
    """The number of a paper on several machines, to be heard and to be raised.

    A process that only changes things needs no ``start``. What can't be said because the store is
    away is said as soon as it is back, while the process lives.

    :param make: makes what asks the store; called twice in each process
    """

    def __init__(self, make: Callable[[], Numbers], **settings: float) -> None:
        self._make = make
        self._numbers = make()
        super().__init__(self._numbers.fetch, **settings)
        self._reset()

    def _reset(self) -> None:
        self._process = os.getpid()
        self._saying = threading.Lock()
        self._speaks = self._make()
        self._unsaid: list[Change] = []

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
                    "the edition's number is back: %s",
                    why,
                )
                threading.Thread(target=self._insist, name="edition-says", daemon=True).start()
        if self._thread is not None:
            # Here it shows at once.
            self.ask()

    def _try(self) -> str:
        """Say what waits; return why it can't be said, or nothing. The lock is held."""
        try:
            self._speaks.say(self._unsaid)
        except StoreError as error:
            return str(error)
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


def shared(url: str) -> SharedEdition:
    """Return the number that a store keeps.

    :param url: ``postgresql://…``, ``redis://…`` or ``valkey://…``
    """
    if url.partition(":")[0] in {"postgres", "postgresql"}:
        return SharedEdition(lambda: PostgresNumbers(url))
    return SharedEdition(lambda: ValkeyNumbers(url))
