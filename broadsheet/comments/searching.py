"""Finding comments by their words, for the desk: every comment, whatever it stands as.

SQLite: an FTS5 table without words of its own (they stay in the rows), written by triggers.
PostgreSQL: a GIN index over an expression. Neither stems: a moderator who looks for a word means
that word. What was stored last comes first, and no ranks are kept, so that a page of matches costs
the same for a word in every comment as for a rare one.
"""

# ruff: noqa: S608  # names in statements are our own, values are parameters
from collections.abc import Iterator
from typing import Any

from django.apps import AppConfig
from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper

from broadsheet.rules.query import Query, Term

TABLE = "comments_comment"
INDEX = "comments_words"
# Marks on letters (M*) are part of words, as Indian scripts need it.
TOKENIZER = "unicode61 remove_diacritics 2 categories 'L* N* M* Co'"
# These make PostgreSQL see addresses, numbers and paths where the query has words.
VECTOR = "to_tsvector('simple', translate(text, './:@-_+~', '        '))"
AT_ONCE = 500


def establish(connection: BaseDatabaseWrapper) -> None:
    """Make what is missing of the index. A migration that remakes SQLite's table loses triggers."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT to_regclass(%s)", [INDEX])
            if cursor.fetchone() == (None,):
                cursor.execute(f"CREATE INDEX {INDEX} ON {TABLE} USING gin ({VECTOR})")
            return
        cursor.execute("SELECT 1 FROM sqlite_master WHERE name = %s", [INDEX])
        is_new = cursor.fetchone() is None
        for statement in _STATEMENTS:
            cursor.execute(statement)
        if is_new:
            cursor.execute(f"INSERT INTO {INDEX}({INDEX}) VALUES ('rebuild')")


_TAKE_OUT = f"INSERT INTO {INDEX}({INDEX}, rowid, text) VALUES ('delete', old.id, old.text);"
_PUT_IN = f"INSERT INTO {INDEX}(rowid, text) VALUES (new.id, new.text);"
_STATEMENTS = (
    (
        f"CREATE VIRTUAL TABLE IF NOT EXISTS {INDEX} USING fts5(text, content='{TABLE}', "
        f"content_rowid='id', tokenize=\"{TOKENIZER}\")"
    ),
    (f"CREATE TRIGGER IF NOT EXISTS {INDEX}_insert AFTER INSERT ON {TABLE} BEGIN {_PUT_IN} END"),
    (f"CREATE TRIGGER IF NOT EXISTS {INDEX}_delete AFTER DELETE ON {TABLE} BEGIN {_TAKE_OUT} END"),
    # Saving a row writes every column: most of the time the words are the same.
    (
        f"CREATE TRIGGER IF NOT EXISTS {INDEX}_update AFTER UPDATE OF text ON {TABLE} "
        f"WHEN old.text IS NOT new.text BEGIN {_TAKE_OUT} {_PUT_IN} END"
    ),
)


def after_migrate(sender: AppConfig, **_: Any) -> None:
    if TABLE in connection.introspection.table_names():
        establish(connection)


def drop(connection: BaseDatabaseWrapper) -> None:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(f"DROP INDEX IF EXISTS {INDEX}")
            return
        for event in ("insert", "delete", "update"):
            cursor.execute(f"DROP TRIGGER IF EXISTS {INDEX}_{event}")
        cursor.execute(f"DROP TABLE IF EXISTS {INDEX}")


def matches(query: Query, *, before: int | None = None) -> Iterator[list[int]]:
    """Yield the numbers (primary keys) of matching comments, latest stored first, in batches.

    :param before: the number that the batch before ended with
    """
    if not query:
        return
    at = before if before is not None else 2**62
    while True:
        batch = _batch(query, at)
        if batch:
            yield batch
        if len(batch) < AT_ONCE:
            return
        at = batch[-1]


def matching_any(words: list[str], *, limit: int) -> list[int]:
    """Return the latest comments that hold one of some words, at most so many."""
    if not words:
        return []
    if connection.vendor == "postgresql":
        wanted = " || ".join(["phraseto_tsquery('simple', %s)"] * len(words))
        statement = f"SELECT id FROM {TABLE} WHERE {VECTOR} @@ ({wanted}) ORDER BY id DESC LIMIT %s"
        values: list[str | int] = [*words, limit]
    else:
        statement = f"SELECT rowid FROM {INDEX} WHERE {INDEX} MATCH %s ORDER BY rowid DESC LIMIT %s"
        values = [" OR ".join(_quoted((word,)) for word in words), limit]
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return [row[0] for row in cursor.fetchall()]


def _batch(query: Query, before: int) -> list[int]:
    if connection.vendor == "postgresql":
        statement, values = _postgresql(query)
        statement = (
            f"SELECT id FROM {TABLE} WHERE {VECTOR} @@ ({statement}) AND id < %s "
            "ORDER BY id DESC LIMIT %s"
        )
    else:
        wanted = " AND ".join(map(_quoted, query.wanted))
        unwanted = "".join(f" NOT {_quoted(term)}" for term in query.unwanted)
        statement = (
            f"SELECT rowid FROM {INDEX} WHERE {INDEX} MATCH %s AND rowid < %s "
            "ORDER BY rowid DESC LIMIT %s"
        )
        # NOT binds tighter than AND there.
        values = [f"({wanted}){unwanted}"]
    with connection.cursor() as cursor:
        cursor.execute(statement, [*values, before, AT_ONCE])
        return [row[0] for row in cursor.fetchall()]


def _quoted(term: Term) -> str:
    return '"' + " ".join(term).replace('"', '""') + '"'


def _postgresql(query: Query) -> tuple[str, list[str]]:
    one = "phraseto_tsquery('simple', translate(%s, './:@-_+~', '        '))"
    wanted = " && ".join([one] * len(query.wanted))
    unwanted = "".join(f" && !! {one}" for _ in query.unwanted)
    return wanted + unwanted, [" ".join(term) for term in (*query.wanted, *query.unwanted)]
