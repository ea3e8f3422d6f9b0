"""The back office's search: in titles, names and headlines, what was made last comes first.

Wagtail's own search orders by relevance, which takes minutes on SQLite for a word that half of
100,000 stories hold, and reads the whole table on PostgreSQL. Nobody in a newsroom looks for the
most relevant story, but for the latest: this one uses Wagtail's index and leaves the ranks out.
Readers search with broadsheet.edition.
"""

import re
from typing import Any

from django.db import connection

_WORD = re.compile(r"\w+")


def words(query: str) -> str:
    """Return the words of what somebody typed, without what the databases take for operators."""
    return " ".join(_WORD.findall(query))


def SearchBackend(params: dict[str, Any]) -> Any:  # noqa: N802  # Wagtail asks for this name.
    """Return the search for the paper's database."""
    if connection.vendor == "postgresql":
        from broadsheet.newsroom.searching import postgresql

        return postgresql.Backend(params)
    from broadsheet.newsroom.searching import sqlite

    return sqlite.Backend(params)
