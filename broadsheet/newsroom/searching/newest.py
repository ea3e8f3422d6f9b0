"""What both databases share: words made safe, the newest first, no ranks kept."""

from typing import Any

from modelsearch.backends.base import EmptySearchResults

from broadsheet.newsroom.searching import words


class NewestFirst:
    """A query compiler that never ranks. Mixed in before the database's own."""

    queryset: Any

    def __init__(
        self, queryset: Any, query: Any, *, order_by_relevance: bool = True, **options: Any
    ) -> None:
        if order_by_relevance:
            queryset = queryset.order_by("-pk")
        super().__init__(queryset, query, order_by_relevance=False, **options)  # type: ignore[call-arg]

    def check(self) -> None:
        """Accept every filter: the database knows all columns, not only the index's."""


class WithoutRanks:
    """An index that leaves out a figure for ranking whose upkeep reads every entry each time."""

    def _refresh_title_norms(self, full: bool = False) -> None:
        """Leave them at 1."""


class SafeWords:
    """A backend that looks for words, whatever was typed between them."""

    def _search(self, compiler: Any, query: Any, model_or_queryset: Any, **options: Any) -> Any:
        if isinstance(query, str):
            query = words(query)
            if not query:
                return EmptySearchResults()
        return super()._search(compiler, query, model_or_queryset, **options)  # type: ignore[misc]
