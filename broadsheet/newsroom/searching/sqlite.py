"""The back office's search on SQLite (FTS5)."""

from modelsearch.backends.database.sqlite import sqlite

from broadsheet.newsroom.searching.newest import NewestFirst, SafeWords, WithoutRanks


class Compiler(NewestFirst, sqlite.SQLiteSearchQueryCompiler):
    pass


class AutocompleteCompiler(NewestFirst, sqlite.SQLiteAutocompleteQueryCompiler):
    pass


class Index(WithoutRanks, sqlite.SQLiteIndex):
    pass


class Backend(SafeWords, sqlite.SQLiteSearchBackend):
    query_compiler_class = Compiler
    autocomplete_query_compiler_class = AutocompleteCompiler
    index_class = Index
