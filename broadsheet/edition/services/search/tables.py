"""The full-text indexes over the rows of OpenText and FullText, as each database has them.

SQLite: an FTS5 table ``<table>_index`` without words of its own (they stay in the rows), written
by triggers. It stems English only. No prefix index: a prefix of one letter costs a quarter of a
second at 100,000 stories, so prefixes can't be asked for.

PostgreSQL: generated tsvector columns with GIN indexes. All wide columns live outside the row, so
that the 50,000 rows of a common word are a walk over 1,600 pages and not over the whole archive.

What is made here is derived: it is dropped and made anew when the paper's language changes
(``broadsheet reindex``). Keep in mind that SQLite forgets triggers where a migration remakes a
table: call ``create`` again there.
"""

# ruff: noqa: S608  # names in statements are our own, values are parameters
from collections.abc import Iterable
from itertools import batched

from django.conf import settings
from django.db import transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.utils import Error

from broadsheet.rules.query import FOLDED

TABLES = ("edition_opentext", "edition_fulltext")
# The words a reader sees, by weight (A to D on PostgreSQL), and the marks, which weigh nothing.
WORDS = ("headline", "standfirst", "names", "words")
COLUMNS = (*WORDS, "marks")

# The languages PostgreSQL can stem.
STEMMERS = {
    "ar": "arabic", "ca": "catalan", "da": "danish", "de": "german", "el": "greek",
    "en": "english", "es": "spanish", "eu": "basque", "fi": "finnish", "fr": "french",
    "ga": "irish", "hi": "hindi", "hu": "hungarian", "hy": "armenian", "id": "indonesian",
    "it": "italian", "lt": "lithuanian", "nb": "norwegian", "ne": "nepali", "nl": "dutch",
    "nn": "norwegian", "no": "norwegian", "pt": "portuguese", "ro": "romanian", "ru": "russian",
    "sr": "serbian", "sv": "swedish", "ta": "tamil", "tr": "turkish", "yi": "yiddish",
}  # fmt: skip


def create(connection: BaseDatabaseWrapper) -> None:
    """Make the indexes over the rows that are there, in the paper's language."""
    statements = _sqlite if connection.vendor == "sqlite" else _postgresql
    language = settings.LANGUAGE_CODE.partition("-")[0].lower()
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            _configure(connection, language)
        for table in TABLES:
            for statement in statements(table, language):
                cursor.execute(statement)


def drop(connection: BaseDatabaseWrapper) -> None:
    """Take the indexes away; the rows stay."""
    if connection.vendor == "postgresql":
        # No table can be altered while checks of its keys are waiting.
        connection.check_constraints()
    with connection.cursor() as cursor:
        for table in TABLES:
            if connection.vendor == "sqlite":
                for event in ("insert", "delete", "update"):
                    cursor.execute(f"DROP TRIGGER IF EXISTS {table}_{event}")
                cursor.execute(f"DROP TABLE IF EXISTS {table}_index")
            else:
                for column in ("vector", "headline_vector"):
                    cursor.execute(f"ALTER TABLE {table} DROP COLUMN IF EXISTS {column}")
        if connection.vendor == "postgresql":
            cursor.execute("DROP TEXT SEARCH CONFIGURATION IF EXISTS paper_words")
            cursor.execute("DROP TEXT SEARCH DICTIONARY IF EXISTS paper_stems")


def optimize(connection: BaseDatabaseWrapper) -> None:
    """Tidy up after much was written: fewer, larger pieces are searched faster."""
    with connection.cursor() as cursor:
        for table in TABLES:
            if connection.vendor == "sqlite":
                cursor.execute(f"INSERT INTO {table}_index({table}_index) VALUES ('optimize')")
            else:
                cursor.execute(f"ANALYZE {table}")


def _folded(column: str, letters: Iterable[tuple[str, str]] = FOLDED.items()) -> str:
    """Return the SQL of a column as broadsheet.rules.query.fold gives it.

    What is indexed is folded, what is printed isn't: both have the same words in the same order, so
    that the places of matches in the one are those in the other.
    """
    for letter, plain in letters:
        column = f"replace({column}, '{letter}', '{plain}')"
    return column


def _folded_row(row: str, source: str = "") -> str:
    """Return a statement that selects a row's number and its folded columns: 0.3 ms for a long story.

    In steps: SQLite's parser takes expressions of a hundred levels at most.
    """
    columns = ", ".join(f"{row}.{name} AS {name}" for name in COLUMNS)
    statement = f"SELECT {row}.number AS number, {columns}{source}"
    for letters in batched(FOLDED.items(), 20):
        columns = ", ".join(f"{_folded(name, letters)} AS {name}" for name in COLUMNS)
        statement = f"SELECT number, {columns} FROM ({statement})"
    return statement


def _sqlite(table: str, language: str) -> list[str]:
    columns = ", ".join(COLUMNS)
    index = f"{table}_index"
    # Marks on letters (M*) are part of words, as Indian scripts need it.
    tokenizer = "unicode61 remove_diacritics 2 categories 'L* N* M* Co'"
    if language == "en":
        tokenizer = f"porter {tokenizer}"
    take_out = (
        f"INSERT INTO {index}({index}, rowid, {columns}) "
        f"SELECT 'delete', number, {columns} FROM ({_folded_row('old')});"
    )
    put_in = f"INSERT INTO {index}(rowid, {columns}) {_folded_row('new')};"
    return [
        (
            f"CREATE VIRTUAL TABLE {index} USING fts5({columns}, content='{table}', "
            f"content_rowid='number', tokenize=\"{tokenizer}\")"
        ),
        f"CREATE TRIGGER {table}_insert AFTER INSERT ON {table} BEGIN {put_in} END",
        f"CREATE TRIGGER {table}_delete AFTER DELETE ON {table} BEGIN {take_out} END",
        f"CREATE TRIGGER {table}_update AFTER UPDATE ON {table} BEGIN {take_out} {put_in} END",
        # Not by 'rebuild', which would take the words as they are printed.
        f"INSERT INTO {index}(rowid, {columns}) {_folded_row(table, f' FROM {table}')}",
    ]


def _postgresql(table: str, language: str) -> list[str]:
    def vector(column: str) -> str:
        # These make PostgreSQL see addresses, numbers and paths where the query has words.
        words = f"translate({_folded(column)}, './:@-_+~', '        ')"
        return f"to_tsvector('paper_words', {words})"

    weighed = " || ".join(
        f"setweight({vector(column)}, '{weight}')"
        for column, weight in zip(WORDS, "ABCD", strict=True)
    )
    # No word a reader types can begin with an equals sign.
    marks = "array_to_tsvector(string_to_array('=' || replace(marks, ' ', ' ='), ' '))"
    return [
        f"ALTER TABLE {table} SET (toast_tuple_target = 128)",
        f"ALTER TABLE {table} ADD vector tsvector GENERATED ALWAYS AS ({weighed} || {marks}) STORED",
        (
            f"ALTER TABLE {table} ADD headline_vector tsvector GENERATED ALWAYS AS "
            f"({vector('headline')}) STORED"
        ),
        f"CREATE INDEX {table}_vector ON {table} USING gin (vector)",
        f"CREATE INDEX {table}_headline ON {table} USING gin (headline_vector)",
    ]


def _configure(connection: BaseDatabaseWrapper, language: str) -> None:
    """Make PostgreSQL's text search configuration: stems, no stop words, accents taken off."""
    try:
        with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
            cursor.execute("CREATE EXTENSION IF NOT EXISTS unaccent")
        accents = "unaccent, "
    except Error:
        # The database's owner may make it; where the paper isn't that, accents count.
        accents = ""
    with connection.cursor() as cursor:
        # Without stop words: “The Who” and “to be or not to be” can be found.
        if language in STEMMERS:
            template = f"snowball, LANGUAGE = {STEMMERS[language]}"
        else:
            template = "simple"
        cursor.execute(f"CREATE TEXT SEARCH DICTIONARY paper_stems (TEMPLATE = {template})")
        cursor.execute("CREATE TEXT SEARCH CONFIGURATION paper_words (COPY = simple)")
        cursor.execute(
            "ALTER TEXT SEARCH CONFIGURATION paper_words ALTER MAPPING FOR "
            "asciiword, asciihword, hword_asciipart WITH paper_stems"
        )
        cursor.execute(
            "ALTER TEXT SEARCH CONFIGURATION paper_words ALTER MAPPING FOR "
            f"word, hword, hword_part, numword, numhword, hword_numpart WITH {accents}paper_stems"
        )
