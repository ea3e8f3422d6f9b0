"""What must hold between two tables, kept by triggers: a live story is dated, a list holds live
stories.

Wagtail keeps whether a page is live in a table of its own, so that no CHECK can speak of both.
The triggers are taken away while migrations run, since SQLite makes a table anew to change it, and
put back after them.
"""

from dataclasses import dataclass
from typing import Any

from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper

PAGE, STORY, LISTING = "wagtailcore_page", "newsroom_storypage", "newsroom_listing"

UNDATED = "a live story has published_at"
NOT_LIVE = "a list holds live stories"


@dataclass(frozen=True, slots=True)
class Rule:
    """A trigger.

    :param on: the event and the table
    :param rows: a comparison of the row before (OLD) and after (NEW); empty for every row
    :param refused_if: a condition on other tables under which the change is refused, as ``words``
    :param act: what follows instead, where nothing is refused
    """

    name: str
    on: str
    table: str
    rows: str = ""
    refused_if: str = ""
    words: str = ""
    act: str = ""


def _exists(table: str, condition: str) -> str:
    return f"EXISTS (SELECT 1 FROM {table} WHERE {condition})"  # noqa: S608  # our own names


_LIVE = _exists(PAGE, "id = NEW.page_ptr_id AND live")
_UNDATED = "NEW.published_at IS NULL"
_RULES = [
    Rule("story_dated_insert", "INSERT", STORY, _UNDATED, _LIVE, UNDATED),
    Rule("story_dated_update", "UPDATE OF published_at", STORY, _UNDATED, _LIVE, UNDATED),
    Rule(
        "story_dated_live",
        "UPDATE OF live",
        PAGE,
        "NEW.live AND NOT OLD.live",
        _exists(STORY, "page_ptr_id = NEW.id AND published_at IS NULL"),
        UNDATED,
    ),
    Rule(
        "story_unlisted",
        "UPDATE OF live",
        PAGE,
        "OLD.live AND NOT NEW.live",
        act=f"DELETE FROM {LISTING} WHERE story_id = NEW.id;",  # noqa: S608  # our own names
    ),
    Rule(
        "listing_live",
        "INSERT",
        LISTING,
        refused_if=f"NOT {_exists(PAGE, 'id = NEW.story_id AND live')}",
        words=NOT_LIVE,
    ),
]


def establish(connection: BaseDatabaseWrapper) -> None:
    """Put the triggers in place where one is missing; safe to call again."""
    if _present(connection) == {rule.name for rule in _RULES}:
        return
    drop(connection)
    write = _postgresql if connection.vendor == "postgresql" else _sqlite
    with connection.cursor() as cursor:
        for rule in _RULES:
            for statement in write(rule):
                cursor.execute(statement)


def drop(connection: BaseDatabaseWrapper) -> None:
    there = set(connection.introspection.table_names())
    with connection.cursor() as cursor:
        for rule in _RULES:
            if rule.table not in there:
                continue
            on = f" ON {rule.table}" if connection.vendor == "postgresql" else ""
            cursor.execute(f"DROP TRIGGER IF EXISTS newsroom_{rule.name}{on}")


def _present(connection: BaseDatabaseWrapper) -> set[str]:
    names = (
        "SELECT tgname FROM pg_trigger"
        if connection.vendor == "postgresql"
        else "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    )
    with connection.cursor() as cursor:
        cursor.execute(names)
        found = {name.removeprefix("newsroom_") for (name,) in cursor.fetchall()}
    return found & {rule.name for rule in _RULES}


def _sqlite(rule: Rule) -> list[str]:
    only = " AND ".join(filter(None, [rule.rows, rule.refused_if]))
    act = rule.act or f"SELECT RAISE(ABORT, '{rule.words}');"
    return [
        (
            f"CREATE TRIGGER newsroom_{rule.name} AFTER {rule.on} ON {rule.table} FOR EACH ROW "
            f"WHEN {only} BEGIN {act} END"
        )
    ]


def _postgresql(rule: Rule) -> list[str]:
    act = rule.act or (
        f"IF {rule.refused_if} THEN RAISE EXCEPTION '{rule.words}' "
        "USING ERRCODE = 'integrity_constraint_violation'; END IF;"
    )
    function = (
        f"CREATE OR REPLACE FUNCTION newsroom_{rule.name}() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN {act} RETURN NULL; END $$"
    )
    only = f"WHEN ({rule.rows}) " if rule.rows else ""
    trigger = (
        f"CREATE TRIGGER newsroom_{rule.name} AFTER {rule.on} ON {rule.table} FOR EACH ROW "
        f"{only}EXECUTE FUNCTION newsroom_{rule.name}()"
    )
    return [function, trigger]


def before_migrate(using: str, plan: Any, **_: Any) -> None:
    if plan:
        drop(connections[using])


def after_migrate(using: str, **_: Any) -> None:
    connection = connections[using]
    if {PAGE, STORY, LISTING} <= set(connection.introspection.table_names()):
        establish(connection)
