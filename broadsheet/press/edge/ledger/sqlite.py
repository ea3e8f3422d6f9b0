"""Readings in a SQLite file of their own.

Of its own, because SQLite has one writer at a time: an import that writes the paper's database for
a minute would keep every first reading waiting.
"""

import fcntl
import json
import os
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

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
    reader INTEGER NOT NULL,  -- negative for a visitor
    month INTEGER NOT NULL,  -- 202611
    story INTEGER NOT NULL,
    read_at INTEGER NOT NULL,  -- seconds since 1970
    moved_to INTEGER NOT NULL DEFAULT 0,  -- the account a visitor's reading went to
    PRIMARY KEY (reader, month, story)
) WITHOUT ROWID
"""
# One question and one answer to a batch, as JSON: Python lets go of its lock at every step of a
# statement, and a busy event loop gives it back five milliseconds later.
_SELECT = (
    "SELECT json_group_array(json_array(held.reader, held.month, held.story, held.read_at)) "
    "FROM json_each(?1) AS one CROSS JOIN wall_reading AS held "
    "WHERE held.reader = one.value AND held.month BETWEEN ?2 AND ?3"
)
_INSERT = (
    "INSERT INTO wall_reading (reader, month, story, read_at) "
    "SELECT json_extract(value, '$[0]'), json_extract(value, '$[1]'), json_extract(value, '$[2]'), "
    "json_extract(value, '$[3]') FROM json_each(?)"
)
# A commit writes every page that it touches. Readers are met in any order, so that each reading
# touches another page: small ones take a third off what a batch costs. Only a new file is made so.
_PAGE = 1024  # bytes
_CHECKPOINT = 4000  # pages of the log that are as large as SQLite's own thousand
_BUSY = 5.0  # seconds


class SqliteStore(Store):
    """Commits in WAL mode with synchronous FULL: one fsync to a batch, and it is on disk."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._connection: sqlite3.Connection | None = None
        self._lock = -1

    def _connect(self) -> sqlite3.Connection:
        if self._connection is None:
            connection = sqlite3.connect(
                self.path, timeout=_BUSY, isolation_level=None, check_same_thread=False
            )
            try:
                connection.execute(f"PRAGMA page_size={_PAGE}")
                connection.execute("PRAGMA journal_mode=WAL")
                connection.execute(f"PRAGMA wal_autocheckpoint={_CHECKPOINT}")
                connection.execute("PRAGMA synchronous=FULL")
                connection.execute(_TABLE)
                lock = self.path.with_name(self.path.name + "-lock")
                self._lock = os.open(lock, os.O_WRONLY | os.O_CREAT, 0o600)
            except BaseException:
                connection.close()
                raise
            self._connection = connection
        return self._connection

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        try:
            connection = self._connect()
            # Workers stand in line here: SQLite's own way of waiting is to sleep and try again.
            fcntl.flock(self._lock, fcntl.LOCK_EX)
            try:
                connection.execute("BEGIN IMMEDIATE")
                try:
                    yield connection
                    connection.execute("COMMIT")
                except BaseException:
                    if connection.in_transaction:
                        connection.execute("ROLLBACK")
                    raise
            finally:
                fcntl.flock(self._lock, fcntl.LOCK_UN)
        except (sqlite3.Error, OSError) as error:
            self.close()
            raise StoreError(f"{self.path}: {error}") from error

    def record(self, batch: Sequence[Asked]) -> list[Outcome]:
        with self._writing() as connection:
            return self._record(connection, batch)

    @staticmethod
    def _record(connection: sqlite3.Connection, batch: Sequence[Asked]) -> list[Outcome]:
        if not batch:
            return []
        persons = json.dumps([*{asked.reader for asked in batch}])
        months = months_of(batch)
        (found,) = connection.execute(_SELECT, (persons, min(months), max(months))).fetchone()
        held: Held = {}
        for reader, month, story, at in json.loads(found):
            held.setdefault((reader, month), {})[story] = at
        outcomes, written = settle(batch, held)
        if written:
            rows = json.dumps([(reader, *reading) for reader, reading in written])
            connection.execute(_INSERT, (rows,))
        return outcomes

    def merge(self, visitor: int, reader: int, month: int, allowance: int) -> int:
        with self._writing() as connection:
            rows = connection.execute(
                "UPDATE wall_reading SET moved_to = ?1 WHERE reader = ?2 AND month = ?3 "
                "AND moved_to IN (0, ?1) RETURNING read_at, story",
                (reader, visitor, month),
            ).fetchall()
            batch = [Asked(reader, month, story, allowance, at) for at, story in sorted(rows)]
            outcomes = self._record(connection, batch)
        return sum(one.result == "counted" for one in outcomes)

    def give_back(self, reader: int, month: int, story: int) -> bool:
        with self._writing() as connection:
            gone = connection.execute(
                "DELETE FROM wall_reading WHERE reader = ? AND month = ? AND story = ?",
                (reader, month, story),
            )
            return gone.rowcount > 0

    def readings(self, reader: int, month: int | None = None) -> list[Reading]:
        try:
            rows = self._connect().execute(
                "SELECT month, story, read_at FROM wall_reading WHERE reader = ?1 "
                "AND (?2 IS NULL OR month = ?2) ORDER BY read_at, story",
                (reader, month),
            )
            return [Reading(*row) for row in rows]
        except (sqlite3.Error, OSError) as error:
            self.close()
            raise StoreError(f"{self.path}: {error}") from error

    def forget(self, reader: int) -> None:
        with self._writing() as connection:
            connection.execute("DELETE FROM wall_reading WHERE reader = ?", (reader,))

    def forget_before(self, month: int) -> None:
        with self._writing() as connection:
            connection.execute("DELETE FROM wall_reading WHERE month < ?", (month,))

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None
        if self._lock >= 0:
            os.close(self._lock)
            self._lock = -1
