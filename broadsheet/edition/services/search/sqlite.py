"""Asking SQLite's FTS5.

Its lists of rows are in the order of the row numbers, so that the newest matches come first and
nothing else is read: a word that half of 100,000 stories hold takes 0.1 ms, ranking its newest
thousand 3 ms, ranking all 65 ms.
"""

# ruff: noqa: S608  # names in statements are our own, values are parameters
from typing import Any

from django.db import connection

from broadsheet.edition.services.search.asking import END, OPEN, START, Ask, Texts
from broadsheet.edition.services.search.tables import WORDS
from broadsheet.rules.query import Query, Term, fold

_LATEST, _NEARLY_ALL = 100, 80
_WEIGHTS = "10.0, 4.0, 3.0, 1.0, 0.0"


def everywhere(terms: tuple[Term, ...]) -> frozenset[Term]:
    oldest = _rows(f"SELECT number FROM {OPEN} ORDER BY number DESC LIMIT 1 OFFSET %s", _LATEST - 1)
    if not oldest:
        return frozenset()
    count = f"SELECT count(*) FROM {OPEN}_index WHERE {OPEN}_index MATCH %s AND rowid >= %s"
    return frozenset(
        term
        for term in terms
        if _rows(count, _words(Query(wanted=(term,))), oldest[0][0])[0][0] >= _NEARLY_ALL
    )


def bound(ask: Ask) -> int | None:
    # Where words stand is in the index, beside the rows: looking that up needs no limit.
    return None


def newest(ask: Ask, limit: int, *, headlines: bool = False) -> list[int]:
    expression = _expression(ask, ("headline",) if headlines else WORDS)
    rows = _rows(_matches(ask, "rowid"), expression, ask.least, ask.below, limit)
    return [number for (number,) in rows]


def ranked(ask: Ask, limit: int) -> list[tuple[int, float]]:
    index = f"{ask.source.table}_index"
    # FTS5 counts what is better as less.
    what = f"rowid, -bm25({index}, {_WEIGHTS})"
    return _rows(_matches(ask, what), _expression(ask), ask.least, ask.below, limit)


def texts(ask: Ask, numbers: list[int]) -> dict[int, Texts]:
    index = f"{ask.source.table}_index"
    places = ", ".join(["%s"] * len(numbers))
    rows = _rows(
        f"SELECT rowid, highlight({index}, 0, %s, %s), highlight({index}, 1, %s, %s),"
        f" snippet({index}, 3, %s, %s, '…', 32)"
        f" FROM {index} WHERE {index} MATCH %s AND rowid IN ({places})",
        *[START, END] * 3,
        _expression(ask),
        *numbers,
    )
    return {number: Texts(*printed) for number, *printed in rows}


def _matches(ask: Ask, what: str) -> str:
    index = f"{ask.source.table}_index"
    return (
        f"SELECT {what} FROM {index} WHERE {index} MATCH %s"
        f" AND rowid >= %s AND rowid < %s ORDER BY rowid DESC LIMIT %s"
    )


def _expression(ask: Ask, columns: tuple[str, ...] = WORDS) -> str:
    """Return the FTS5 expression of a question. It holds letters and digits of the reader's only."""
    parts = [_words(ask.query, columns)] if ask.query.wanted else []
    marks = [f'"{mark}"' for mark in ask.marks]
    if ask.source.levels:
        marks.append("(" + " OR ".join(f'"{level}"' for level in ask.source.levels) + ")")
    if marks or not parts:
        parts.append("marks : (" + " AND ".join(marks or ['"all"']) + ")")
    return " AND ".join(parts)


def _words(query: Query, columns: tuple[str, ...] = WORDS) -> str:
    expression = " AND ".join(f'"{fold(" ".join(term))}"' for term in query.wanted)
    if query.unwanted:
        unwanted = " OR ".join(f'"{fold(" ".join(term))}"' for term in query.unwanted)
        # What is unwanted is unwanted anywhere in the story, not in the headline alone.
        everywhere = " ".join(WORDS)
        return f"(({{{' '.join(columns)}}} : ({expression})) NOT ({{{everywhere}}} : ({unwanted})))"
    return f"({{{' '.join(columns)}}} : ({expression}))"


def _rows(sql: str, *parameters: Any) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return cursor.fetchall()
