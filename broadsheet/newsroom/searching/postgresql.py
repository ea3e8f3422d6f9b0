"""The back office's search on PostgreSQL (tsvector with GIN)."""

from typing import Any

from django.db.models import BigIntegerField, F
from django.db.models.functions import Cast
from modelsearch.backends.database.postgres import postgres
from modelsearch.query import MatchAll, Not
from modelsearch.utils import get_descendants_content_types_pks

from broadsheet.newsroom.searching.newest import NewestFirst, SafeWords, WithoutRanks


class FromTheIndex(NewestFirst):
    """Look the words up in the index first.

    Wagtail's way joins the index to the pages by a cast of their number, for which there is no
    index, so that every search reads all pages.
    """

    columns: tuple[str, ...]
    query: Any

    def search(self, config: Any, start: int | None, stop: int | None, **options: Any) -> Any:
        plain = self.query.subquery if isinstance(self.query, Not) else self.query
        if isinstance(plain, MatchAll):
            return super().search(config, start, stop, **options)  # type: ignore[misc]
        vector: Any = F(self.columns[0])
        for column in self.columns[1:]:
            vector = vector._combine(F(column), "||", False)
        wanted = self.build_tsquery(self.query, config=config)  # type: ignore[attr-defined]
        found = (
            postgres.IndexEntry.objects.filter(
                content_type__in=get_descendants_content_types_pks(self.queryset.model)
            )
            .annotate(vector=vector)
            .filter(vector=wanted)
            .annotate(number=Cast("object_id", BigIntegerField()))
        )
        queryset = self.queryset.filter(pk__in=found.values("number"))
        if not queryset.query.order_by:
            queryset = queryset.order_by("-pk")
        return queryset[start:stop]


class Compiler(FromTheIndex, postgres.PostgresSearchQueryCompiler):
    columns = ("title", "body")


class AutocompleteCompiler(FromTheIndex, postgres.PostgresAutocompleteQueryCompiler):
    columns = ("autocomplete",)


class Index(WithoutRanks, postgres.PostgresIndex):
    pass


class Backend(SafeWords, postgres.PostgresSearchBackend):
    query_compiler_class = Compiler
    autocomplete_query_compiler_class = AutocompleteCompiler
    index_class = Index
