"""Counting what happens to comments day by day, for the page that tells readers."""

from datetime import datetime

from django.conf import settings
from django.db import connection

from broadsheet.comments.models import Figure

_COUNT = """
    INSERT INTO comments_figure ("on", what, guideline, times) VALUES (%s, %s, %s, 1)
    ON CONFLICT ("on", what, guideline) DO UPDATE SET times = comments_figure.times + 1
"""


def count(what: Figure.What, *, now: datetime, guideline: str = "") -> None:
    """Add one, in one statement."""
    on = now.astimezone(settings.OPTIONS.zone).date()
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, [on, what.value, guideline])
