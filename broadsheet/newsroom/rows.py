"""Writing many rows at once, without a model's instance for each: an import makes a million."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, models
from wagtail.fields import StreamField


def insert(
    model: type[models.Model],
    names: Sequence[str],
    rows: Iterable[Sequence[Any]],
) -> None:
    """Insert rows as they are: no signals, no defaults, no checks but the database's.

    :param names: the fields that the rows give, by attribute name
    """
    fields = [_field(model, name) for name in names]
    sent = _ready(fields, rows)
    if sent:
        with connection.cursor() as cursor:
            cursor.executemany(_statement(model, fields, 1), sent)


def insert_numbered(
    model: type[models.Model], names: Sequence[str], rows: Iterable[Sequence[Any]]
) -> list[int]:
    """Insert rows as ``insert`` does, and return the numbers the database gave them, in order."""
    fields = [_field(model, name) for name in names]
    sent = _ready(fields, rows)
    if not sent:
        return []
    key = connection.ops.quote_name(str(model._meta.pk.column))
    with connection.cursor() as cursor:
        cursor.execute(
            f"{_statement(model, fields, len(sent))} RETURNING {key}",
            [value for row in sent for value in row],
        )
        return sorted(number for (number,) in cursor.fetchall())


def _statement(model: type[models.Model], fields: Sequence[Any], rows: int) -> str:
    quote = connection.ops.quote_name
    columns = ", ".join(quote(field.column) for field in fields)
    places = "(" + ", ".join(["%s"] * len(fields)) + ")"
    return (
        f"INSERT INTO {quote(model._meta.db_table)} ({columns}) "  # noqa: S608
        f"VALUES {', '.join([places] * rows)}"
    )


def _ready(fields: Sequence[Any], rows: Iterable[Sequence[Any]]) -> list[Sequence[Any]]:
    # Moments, JSON and such have a form of their own in each database; numbers and text are sent
    # as they are.
    special = [
        at
        for at, field in enumerate(fields)
        if isinstance(
            field, models.DateTimeField | models.JSONField | models.UUIDField | StreamField
        )
    ]
    if not special:
        return list(rows)
    made: list[Sequence[Any]] = []
    for row in rows:
        ready = list(row)
        for at in special:
            field = fields[at]
            if isinstance(field, StreamField):
                # Blocks as they are stored, ids and all.
                ready[at] = connection.ops.adapt_json_value(ready[at], DjangoJSONEncoder)
            elif ready[at] is not None:
                ready[at] = field.get_db_prep_save(ready[at], connection)
        made.append(ready)
    return made


def _field(model: type[models.Model], name: str) -> Any:
    for field in model._meta.local_concrete_fields:
        if field.attname == name:
            return field
    raise ValueError(f"{model.__name__} has no field {name!r}")
