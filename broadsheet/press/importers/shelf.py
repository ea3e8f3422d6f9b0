"""What must be known of a whole file before its first story: kept on disk, not in memory.

An export names a story's picture by a number whose address comes later, or in another file. So a
first reading puts such things on a shelf, and the second asks for them.
"""

import json
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

_AT_ONCE = 2000


class Shelf:
    """Rows by kind and key, several to a key, in the order they were put."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._waiting: list[tuple[str, str, str]] = []

    def put(self, kind: str, key: str, value: Any) -> None:
        self._waiting.append((kind, key, json.dumps(value)))
        if len(self._waiting) >= _AT_ONCE:
            self._write()

    def all(self, kind: str, key: str) -> list[Any]:
        if self._waiting:
            self._write()
        rows = self._connection.execute(
            "SELECT value FROM shelf WHERE kind = ? AND key = ? ORDER BY number", (kind, key)
        )
        return [json.loads(value) for (value,) in rows]

    def one(self, kind: str, key: str) -> Any:
        """Return what was put there first, or None."""
        return next(iter(self.all(kind, key)), None)

    def _write(self) -> None:
        self._connection.executemany(
            "INSERT INTO shelf (kind, key, value) VALUES (?, ?, ?)", self._waiting
        )
        self._waiting = []


@contextmanager
def shelf() -> Iterator[Shelf]:
    """Open an empty shelf, which goes away afterwards."""
    with tempfile.TemporaryDirectory(prefix="broadsheet-") as folder:
        connection = sqlite3.connect(Path(folder) / "shelf", isolation_level=None)
        connection.executescript(
            "PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA cache_size=-8000;"
            "CREATE TABLE shelf (number INTEGER PRIMARY KEY, kind TEXT, key TEXT, value TEXT);"
            "CREATE INDEX by_key ON shelf (kind, key, number);"
        )
        try:
            yield Shelf(connection)
        finally:
            connection.close()
