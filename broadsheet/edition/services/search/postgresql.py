"""Asking PostgreSQL's full-text search.

A GIN index knows which rows hold the words, not their order, and whether words stand side by side
only the row itself tells (7 µs each). So all rows with the words are taken from the index and the
newest kept (20 ms for a word that half of 100,000 stories hold), and phrases and ranks are looked
up in a limited number of these.
"""

# ruff: noqa: S608  # names in statements are our own, values are parameters
from typing import Any

from django.db import connection, transaction

from broadsheet.edition.services.search.asking import END, OPEN, START, Ask, Texts
from broadsheet.rules.query import Query, Term, fold

# Stories in which a phrase is looked up, each in its own row.
most_phrase_checks = 3000

_LATEST, _NEARLY_ALL = 100, 80
_WEIGHTS = "{0.1, 0.3, 0.4, 1.0}"  # words, names, standfirst, headline


def everywhere(terms: tuple[Term, ...]) -> frozenset[Term]:
    counts = ", ".join(
        "count(*) FILTER (WHERE vector @@ phraseto_tsquery('paper_words', %s))" for _ in terms
    )
    latest = f"SELECT vector FROM {OPEN} ORDER BY number DESC LIMIT {_LATEST}"
    counted, *found = _rows(
        f"SELECT count(*), {counts} FROM ({latest}) latest",
        *(fold(" ".join(term)) for term in terms),
    )[0]
    if counted < _LATEST:
        return frozenset()
    return frozenset(term for term, count in zip(terms, found, strict=True) if count >= _NEARLY_ALL)


def bound(ask: Ask) -> int | None:
    if not ask.phrases:
        return None
    hits, parameters = _hits(ask)
    rows = _rows(
        f"{hits} SELECT number FROM hits WHERE number >= %s AND number < %s"
        " ORDER BY number DESC LIMIT 1 OFFSET %s",
        *parameters,
        ask.least,
        ask.below,
        most_phrase_checks - 1,
    )
    return rows[0][0] if rows else None


def newest(ask: Ask, limit: int, *, headlines: bool = False) -> list[int]:
    latest, parameters = _latest(ask, limit, headlines=headlines)
    return [number for (number,) in _rows(f"{latest} SELECT number FROM latest", *parameters)]


def ranked(ask: Ask, limit: int) -> list[tuple[int, float]]:
    latest, parameters = _latest(ask, limit)
    words, words_parameters = _words(ask.query.wanted)
    return _rows(
        f"{latest} SELECT number, ts_rank('{_WEIGHTS}', vector, {words}, 1)"
        f" FROM latest JOIN {ask.source.table} USING (number)",
        *parameters,
        *words_parameters,
    )


def texts(ask: Ask, numbers: list[int]) -> dict[int, Texts]:
    words, parameters = _words(ask.query.wanted) if ask.query.wanted else ("''::tsquery", [])
    marks = f"StartSel={START}, StopSel={END}"
    rows = _rows(
        f"SELECT number, ts_headline('paper_words', headline, {words}, %s),"
        f" ts_headline('paper_words', standfirst, {words}, %s),"
        f" ts_headline('paper_words', words, {words}, %s)"
        f" FROM {ask.source.table} WHERE number = ANY(%s)",
        *parameters,
        f"{marks}, HighlightAll=true",
        *parameters,
        f"{marks}, HighlightAll=true",
        *parameters,
        f'{marks}, MaxFragments=2, MinWords=12, MaxWords=28, FragmentDelimiter=" … "',
        numbers,
    )
    return {number: Texts(*printed) for number, *printed in rows}


def _latest(ask: Ask, limit: int, *, headlines: bool = False) -> tuple[str, list[Any]]:
    """Return the beginning of a statement: ``latest`` is the numbers of the newest matches."""
    hits, parameters = _hits(ask, headlines=headlines)
    within = "number >= %s AND number < %s"
    bounds = [ask.least, ask.below]
    if not ask.phrases:
        newest = f"SELECT number FROM hits WHERE {within} ORDER BY number DESC LIMIT %s"
        return f"{hits}, latest AS MATERIALIZED ({newest})", [*parameters, *bounds, limit]
    query, query_parameters = _query(ask.query)
    checked = f"SELECT number FROM hits WHERE {within} ORDER BY number DESC LIMIT %s"
    return (
        (
            f"{hits}, checked AS MATERIALIZED ({checked}), latest AS MATERIALIZED ("
            f"SELECT number FROM checked JOIN {ask.source.table} USING (number)"
            f" WHERE vector @@ ({query}) ORDER BY number DESC LIMIT %s)"
        ),
        [*parameters, *bounds, most_phrase_checks, *query_parameters, limit],
    )


def _hits(ask: Ask, *, headlines: bool = False) -> tuple[str, list[Any]]:
    """Return ``WITH hits``: all rows with the words and the marks, straight from the index."""
    apart = Query(
        wanted=tuple(dict.fromkeys((word,) for term in ask.query.wanted for word in term)),
        # An unwanted phrase is left to the check; its words may well be there.
        unwanted=tuple(term for term in ask.query.unwanted if len(term) == 1),
    )
    query, parameters = _query(apart)
    for mark in ask.marks:
        query, parameters = f"{query} && %s::tsquery", [*parameters, f"'={mark}'"]
    if ask.source.levels:
        levels = " | ".join(f"'={level}'" for level in ask.source.levels)
        query, parameters = f"{query} && %s::tsquery", [*parameters, levels]
    if not ask.query.wanted and not ask.marks and not ask.source.levels:
        query, parameters = f"{query} && %s::tsquery", [*parameters, "'=all'"]
    where = f"vector @@ ({query})"
    if headlines:
        words, more = _words(apart.wanted)
        where, parameters = f"{where} AND headline_vector @@ ({words})", [*parameters, *more]
    return (
        f"WITH hits AS MATERIALIZED (SELECT number FROM {ask.source.table} WHERE {where})",
        parameters,
    )


def _query(query: Query) -> tuple[str, list[Any]]:
    sql, parameters = _words(query.wanted) if query.wanted else ("''::tsquery", [])
    for term in query.unwanted:
        sql += " && !!phraseto_tsquery('paper_words', %s)"
        parameters = [*parameters, fold(" ".join(term))]
    return sql, parameters


def _words(terms: tuple[Term, ...]) -> tuple[str, list[Any]]:
    return (
        "(" + " && ".join("phraseto_tsquery('paper_words', %s)" for _ in terms) + ")",
        [fold(" ".join(term)) for term in terms],
    )


def _rows(sql: str, *parameters: Any) -> list[Any]:
    # The planner takes reading all rows for cheap: it doesn't count unpacking their words.
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("SET LOCAL jit = off")
        cursor.execute(sql, parameters)
        return cursor.fetchall()
