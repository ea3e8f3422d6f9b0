"""The back office's search on SQLite (FTS5)."""

from typing import Any

from django.db.models import BigIntegerField, F
from django.db.models.functions import Cast
from modelsearch.backends.database.sqlite import sqlite
from modelsearch.backends.database.sqlite.query import MatchExpression
from modelsearch.query import MatchAll, Not
from modelsearch.utils import get_descendants_content_types_pks

from broadsheet.newsroom.searching.newest import NewestFirst, SafeWords, WithoutRanks


class MatchedOnce(NewestFirst):
    """Look the words up once.

    Wagtail's way leaves it to SQLite where to begin, and where that is with the entries of one
    kind, the words are looked up anew for each of 100,000 of them.
    """

    FTS_TABLE_FIELDS: list[str]
    query: Any
    fields: Any

    def search(self, config: Any, start: int | None, stop: int | None, **options: Any) -> Any:
        plain = self.query.subquery if isinstance(self.query, Not) else self.query
        if isinstance(plain, Not | MatchAll):
            return super().search(config, start, stop, **options)  # type: ignore[misc]
        wanted = self.build_search_query(plain, config=config)  # type: ignore[attr-defined]
        matching = sqlite.SQLiteFTSIndexEntry.objects.filter(
            MatchExpression(self.fields or self.FTS_TABLE_FIELDS, wanted)
        )
        found = (
            sqlite.IndexEntry.objects.filter(pk__in=matching.values("pk"))
            # A sum is no column: no index on it may tempt SQLite to begin there.
            .annotate(kind=F("content_type_id") + 0)
            .filter(kind__in=get_descendants_content_types_pks(self.queryset.model))
            .annotate(number=Cast("object_id", BigIntegerField()))
            .values("number")
        )
        negated = isinstance(self.query, Not)
        queryset = (
            self.queryset.exclude(pk__in=found) if negated else self.queryset.filter(pk__in=found)
        )
        if not queryset.query.order_by:
            queryset = queryset.order_by("-pk")
        return queryset[start:stop]


class Compiler(MatchedOnce, sqlite.SQLiteSearchQueryCompiler):
    pass


class AutocompleteCompiler(MatchedOnce, sqlite.SQLiteAutocompleteQueryCompiler):
    pass


class Index(WithoutRanks, sqlite.SQLiteIndex):
    pass


class Backend(SafeWords, sqlite.SQLiteSearchBackend):
    query_compiler_class = Compiler
    autocomplete_query_compiler_class = AutocompleteCompiler
    index_class = Index
