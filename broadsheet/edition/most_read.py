"""What is read most: opens of stories by the hour, and the list that is made of them.

Nothing is kept about who opened a story. Crawlers, prefetches and pages that a cache in front sends
by itself aren't counted.
"""

import logging
from contextlib import suppress
from datetime import UTC, datetime, timedelta

from django.db import IntegrityError, close_old_connections, connection, transaction
from django.db.models import Sum
from django.utils import timezone

from broadsheet.edition.models import MostRead, StoryHour
from broadsheet.newsroom import listings
from broadsheet.newsroom.models import StoryPage
from broadsheet.press.edge.opens import OpenCounter, Opens
from broadsheet.press.outages import outages
from broadsheet.wall import gate

log = logging.getLogger("broadsheet.edition")

KEY = "most-read"  # what a page that shows the list carries
RANKED = 10
SHOWN = 5  # on the front page
LEAST = 5  # opens without which a story is on no list: less says nothing
COUNTED = timedelta(hours=24)
KEPT = timedelta(days=7)
AT_ONCE = 5_000  # rows

counter = OpenCounter()


def keep(opens: Opens) -> None:
    """Write down what a process counted. Runs in a thread of its own; what fails is lost."""
    close_old_connections()
    try:
        add(opens, now=timezone.now())
    except Exception as error:
        if not outages.record(error):
            log.exception("Opens of %s stories are not counted", len(opens))


@transaction.atomic
def add(opens: Opens, *, now: datetime) -> None:
    """Add opens to those of the present hour. Stories that have gone meanwhile are passed over."""
    there = StoryPage.objects.filter(pk__in=opens).values_list("pk", flat=True)
    table = StoryHour._meta.db_table
    hour = now.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    moment = connection.ops.adapt_datetimefield_value(hour)
    with connection.cursor() as cursor:
        cursor.executemany(
            f"INSERT INTO {table} (story_id, hour, opens) VALUES (%s, %s, %s)"  # noqa: S608  # our own name
            f" ON CONFLICT (story_id, hour) DO UPDATE SET opens = {table}.opens + excluded.opens",
            # In one order, so that two processes don't wait for each other.
            [(pk, moment, opens[pk]) for pk in sorted(there)],
        )


def rank(*, now: datetime) -> list[int]:
    """Make the list anew from the last day and return it; pages are told when it changed."""
    rows = (
        StoryHour.objects.filter(hour__gt=now - COUNTED, story__live=True)
        .values("story")
        .annotate(total=Sum("opens"))
        .filter(total__gte=LEAST)
        .order_by("-total", "-story")
    )
    ranked = [row["story"] for row in rows[:RANKED]]
    if ranked != list(MostRead.objects.order_by("rank").values_list("story", flat=True)):
        # Another background worker that makes the same list now is no fault; a story that was
        # deleted meanwhile is left out in the next turn.
        with suppress(IntegrityError):
            _replace(ranked)
    return ranked


@transaction.atomic
def _replace(ranked: list[int]) -> None:
    MostRead.objects.all().delete()
    MostRead.objects.bulk_create(
        MostRead(rank=at, story_id=pk) for at, pk in enumerate(ranked, start=1)
    )
    gate.changed(KEY)


def forget_old(*, now: datetime) -> None:
    """Forget the counts of more than a week ago."""
    old = StoryHour.objects.filter(hour__lt=now - KEPT).order_by("hour")
    StoryHour.objects.filter(pk__in=list(old.values_list("pk", flat=True)[:AT_ONCE])).delete()


def stories(limit: int = RANKED) -> list[StoryPage]:
    """Return the stories that are read most, ready to print; none where there are fewer than three."""
    pks = list(MostRead.objects.order_by("rank").values_list("story", flat=True)[:limit])
    found = listings.fetch(pks, pictures=False)
    return found if len(found) > 2 else []
