"""The edition's number in PostgreSQL."""

import contextlib
from collections.abc import Sequence
from typing import Any

import psycopg
from psycopg.rows import tuple_row

from broadsheet.press.edge.edition import Change
from broadsheet.press.edge.ledger.stores import StoreError
from broadsheet.press.edge.numbers import KEPT, SILENCE, Numbers, change

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


class _Impatient(psycopg.Connection[tuple[Any, ...]]):
    """A connection that waits for nothing longer than SILENCE: a server that hangs says nothing."""

    def wait(self, gen: Any, interval: float = 0.1, timeout: float | None = None) -> Any:
        return super().wait(gen, interval, SILENCE if timeout is None else timeout)


class PostgresNumbers(Numbers):
    """:param conninfo: as libpq takes it"""

    def __init__(self, conninfo: str) -> None:
        self._conninfo = conninfo
        self._connection: psycopg.Connection[tuple[Any, ...]] | None = None

    def _connect(self) -> psycopg.Connection[tuple[Any, ...]]:
        if self._connection is None:
            milliseconds = int(SILENCE * 1000)
            connection = _Impatient.connect(
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
            raise StoreError(f"PostgreSQL: {' '.join(str(error).split())}") from error

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
        changes = [change(*row[2:]) for row in rows if row[1] is not None]
        known = since is None or number - since == len(changes)
        return number, changes if known else None

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None
