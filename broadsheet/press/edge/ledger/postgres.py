"""Readings in PostgreSQL, beside the paper's other tables.

A batch is one transaction of two round trips: lock the persons and fetch their readings; write the
new ones and commit. A lock for each person makes it exact: at PostgreSQL's usual level of isolation
two transactions would both find room for the last story.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg.rows import tuple_row

from broadsheet.press.edge.ledger.stores import (
    Asked,
    Held,
    Outcome,
    Reading,
    Store,
    StoreError,
    months_of,
    settle,
)

_TABLE = """
CREATE TABLE IF NOT EXISTS wall_reading (
    reader bigint NOT NULL,
    month integer NOT NULL,
    story bigint NOT NULL,
    read_at bigint NOT NULL,
    moved_to bigint NOT NULL DEFAULT 0,
    PRIMARY KEY (reader, month, story)
)
"""
# Advisory locks are shared by all that use the database: the first number is ours.
_OURS = int.from_bytes(b"read")
_LOCK = "SELECT count(pg_advisory_xact_lock(%s::int4, one)) FROM unnest(%s::int4[]) AS one"
_SELECT = (
    "SELECT reader, month, story, read_at FROM wall_reading "
    "WHERE reader = ANY(%s::bigint[]) AND month = ANY(%s::int4[])"
)
_INSERT = (
    "INSERT INTO wall_reading (reader, month, story, read_at) "
    "SELECT * FROM unnest(%s::bigint[], %s::int4[], %s::bigint[], %s::bigint[])"
)
# Who may commit without waiting for the disk must not promise what the ledger promises.
_DURABLE = (
    "SELECT set_config('synchronous_commit', 'on', false) "
    "WHERE current_setting('synchronous_commit') = 'off'"
)


class PostgresStore(Store):
    """:param conninfo: as libpq takes it, ``postgresql://…`` or ``host=… dbname=…``"""

    def __init__(self, conninfo: str, *, timeout: float = 5.0) -> None:
        self._conninfo = conninfo
        self._timeout = timeout
        self._connection: psycopg.Connection[tuple[Any, ...]] | None = None

    def _connect(self) -> psycopg.Connection[tuple[Any, ...]]:
        if self._connection is None:
            milliseconds = int(self._timeout * 1000)
            connection = psycopg.connect(
                self._conninfo,
                autocommit=True,
                row_factory=tuple_row,
                connect_timeout=max(2, int(self._timeout)),
                tcp_user_timeout=milliseconds,
                prepare_threshold=1,
            )
            try:
                connection.execute(f"SET statement_timeout = {milliseconds}")
                connection.execute(_DURABLE)
                if connection.execute("SELECT to_regclass('wall_reading')").fetchone() == (None,):
                    with connection.transaction():
                        # Two workers may start at once.
                        connection.execute("SELECT pg_advisory_xact_lock(%s, 0)", (_OURS,))
                        connection.execute(_TABLE)
            except BaseException:
                connection.close()
                raise
            self._connection = connection
        return self._connection

    @contextmanager
    def _asking(self) -> Iterator[psycopg.Connection[tuple[Any, ...]]]:
        try:
            yield self._connect()
        except (psycopg.Error, OSError) as error:
            self.close()
            raise StoreError(f"PostgreSQL: {' '.join(str(error).split())}") from error

    def record(self, batch: Sequence[Asked]) -> list[Outcome]:
        with self._asking() as connection, connection.pipeline():
            connection.execute("BEGIN")
            self._lock(connection, {asked.reader for asked in batch})
            outcomes = self._record(connection, batch)
            connection.execute("COMMIT")
        return outcomes

    @staticmethod
    def _lock(connection: psycopg.Connection[tuple[Any, ...]], readers: set[int]) -> None:
        # In order, so that two batches can't wait for each other.
        keys = sorted({(reader + 2**31) % 2**32 - 2**31 for reader in readers})
        connection.execute(_LOCK, (_OURS, keys))

    @staticmethod
    def _record(
        connection: psycopg.Connection[tuple[Any, ...]], batch: Sequence[Asked]
    ) -> list[Outcome]:
        held: Held = {}
        persons = list({one.reader for one in batch})
        rows = connection.execute(_SELECT, (persons, list(months_of(batch))))
        for reader, month, story, at in rows.fetchall():
            held.setdefault((reader, month), {})[story] = at
        outcomes, written = settle(batch, held)
        if written:
            columns = zip(*[(reader, *reading) for reader, reading in written], strict=True)
            connection.execute(_INSERT, [list(column) for column in columns])
        return outcomes

    def merge(self, visitor: int, reader: int, month: int, allowance: int) -> int:
        with self._asking() as connection, connection.transaction():
            self._lock(connection, {visitor, reader})
            rows = connection.execute(
                "UPDATE wall_reading SET moved_to = %(reader)s WHERE reader = %(visitor)s "
                "AND month = %(month)s AND moved_to IN (0, %(reader)s) RETURNING read_at, story",
                {"reader": reader, "visitor": visitor, "month": month},
            ).fetchall()
            batch = [Asked(reader, month, story, allowance, at) for at, story in sorted(rows)]
            outcomes = self._record(connection, batch)
        return sum(one.result == "counted" for one in outcomes)

    def give_back(self, reader: int, month: int, story: int) -> bool:
        with self._asking() as connection, connection.transaction():
            self._lock(connection, {reader})
            gone = connection.execute(
                "DELETE FROM wall_reading WHERE reader = %s AND month = %s AND story = %s",
                (reader, month, story),
            )
        return gone.rowcount > 0

    def readings(self, reader: int, month: int | None = None) -> list[Reading]:
        with self._asking() as connection:
            rows = connection.execute(
                "SELECT month, story, read_at FROM wall_reading WHERE reader = %(reader)s "
                "AND (%(month)s::int4 IS NULL OR month = %(month)s) ORDER BY read_at, story",
                {"reader": reader, "month": month},
            ).fetchall()
        return [Reading(*row) for row in rows]

    def forget(self, reader: int) -> None:
        with self._asking() as connection, connection.transaction():
            self._lock(connection, {reader})
            connection.execute("DELETE FROM wall_reading WHERE reader = %s", (reader,))

    def forget_before(self, month: int) -> None:
        with self._asking() as connection:
            connection.execute("DELETE FROM wall_reading WHERE month < %s", (month,))

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None
