"""What waits for a moderator, queue by queue. Each page is one range of one index (keyset)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Any

from django.conf import settings
from django.db.models import QuerySet

from broadsheet.comments import searching
from broadsheet.comments.desk.paging import Order, beyond, place_of
from broadsheet.comments.models import Appeal, Comment, Thread
from broadsheet.rules.guidelines.judging import Reason
from broadsheet.rules.query import Query, parse

AT_ONCE = 25  # rows
MOST_COUNTED = 1_000
# Batches of matches that are looked through for one page, where filters leave few of them.
MOST_BATCHES = 20

Standing = Comment.Standing
# A story's own words are long; no row of a queue shows them.
_UNREAD = ("thread__story__body", "thread__story__teaser")


class Queue(StrEnum):
    HELD = "held"
    NEW = "new"
    REPORTED = "reported"
    APPEALS = "appeals"
    TOLD = "told"
    ALL = "all"


TITLES = {
    Queue.HELD: "Held",
    Queue.NEW: "New readers",
    Queue.REPORTED: "Reported",
    Queue.APPEALS: "Appeals",
    Queue.TOLD: "Worth a look",
    Queue.ALL: "All comments",
}


@dataclass(frozen=True, slots=True)
class Filters:
    """What narrows the queue of all comments; empty values don't.

    :param since: the first day, and ``until`` the last one, on the paper's calendar
    """

    typed: str = ""
    standing: str = ""
    writer: int | None = None
    thread: int | None = None
    since: date | None = None
    until: date | None = None

    @property
    def query(self) -> Query:
        return parse(self.typed)


@dataclass(frozen=True, slots=True)
class Row:
    """One comment in a queue; ``appeal`` is what waits for a second moderator."""

    comment: Comment
    appeal: Appeal | None = None


@dataclass(frozen=True, slots=True)
class Batch:
    """:param after: where the next page begins; empty when this is the last"""

    rows: list[Row]
    after: str = ""


_ORDERS: dict[Queue, Order] = {
    Queue.HELD: ("posted_at", "pk"),
    Queue.NEW: ("posted_at", "pk"),
    Queue.REPORTED: ("-reports", "posted_at", "pk"),
    Queue.APPEALS: ("made_at", "pk"),
    Queue.TOLD: ("posted_at", "pk"),
    Queue.ALL: ("-posted_at", "-pk"),
}


def _comments() -> QuerySet[Comment]:
    return Comment.objects.select_related("writer", "thread__story").defer(*_UNREAD)


def _appeals() -> QuerySet[Appeal]:
    return (
        Appeal.objects.filter(state=Appeal.State.OPEN, decision__isnull=False)
        .select_related("comment__writer", "comment__thread__story", "decision", "first_moderator")
        .defer(*(f"comment__{name}" for name in _UNREAD))
    )


def _waiting(queue: Queue) -> QuerySet[Any]:
    match queue:
        case Queue.HELD:
            return _comments().filter(standing=Standing.HELD)
        case Queue.NEW:
            return _comments().filter(standing=Standing.HELD, reason=Reason.NEW_READER.value)
        case Queue.REPORTED:
            return _comments().filter(reports__gt=0)
        case Queue.TOLD:
            return _comments().filter(wants_look=True)
        case Queue.APPEALS:
            return _appeals()
        case Queue.ALL:
            return _comments()


def page(queue: Queue, filters: Filters = Filters(), *, after: str = "") -> Batch:
    """Return a page of a queue; the first one for a place that nobody was given."""
    if queue is Queue.ALL:
        return _all(filters, after)
    order = _ORDERS[queue]
    rows = beyond(_waiting(queue), order, after)
    return _batch(list(rows[: AT_ONCE + 1]), order)


def following(queue: Queue, comment: Comment, appeal: Appeal | None = None) -> int | None:
    """Return the comment (its primary key) that stands after one in a queue that waits."""
    if queue is Queue.ALL or (queue is Queue.APPEALS and appeal is None):
        return None
    order = _ORDERS[queue]
    row = appeal if queue is Queue.APPEALS else comment
    rows = beyond(_waiting(queue), order, place_of(row, order))
    name = "comment" if queue is Queue.APPEALS else "pk"
    return rows.values_list(name, flat=True).first()


def counts() -> dict[Queue, int]:
    """Count what waits, to a thousand at most: more is as good as a thousand."""
    return {
        queue: _waiting(queue).order_by().select_related(None).values("pk")[:MOST_COUNTED].count()
        for queue in Queue
        if queue is not Queue.ALL
    }


def oldest(queue: Queue) -> datetime | None:
    """Return since when the first one in a queue waits."""
    name = "made_at" if queue is Queue.APPEALS else "posted_at"
    return _waiting(queue).order_by(*_ORDERS[queue]).values_list(name, flat=True).first()


def unscreened() -> int:
    """Count what is held because it could not be screened, to a thousand at most."""
    rows = Comment.objects.filter(standing=Standing.HELD, reason=Reason.SCREENING_FAILED.value)
    return rows.values("pk")[:MOST_COUNTED].count()


def _all(filters: Filters, after: str) -> Batch:
    rows = _comments()
    if filters.standing:
        rows = rows.filter(standing=filters.standing)
    if filters.writer is not None:
        rows = rows.filter(writer=filters.writer)
    if filters.thread is not None:
        rows = rows.filter(thread=filters.thread)
    zone = settings.OPTIONS.zone
    if filters.since is not None:
        rows = rows.filter(posted_at__gte=datetime.combine(filters.since, time.min, zone))
    if filters.until is not None:
        midnight = datetime.combine(filters.until + timedelta(days=1), time.min, zone)
        rows = rows.filter(posted_at__lt=midnight)
    if filters.typed:
        return _found(rows, filters.query, after)
    # Numbers count within a thread as time does, and have an index there.
    order = _ORDERS[Queue.ALL] if filters.thread is None else ("-number",)
    return _batch(list(beyond(rows, order, after)[: AT_ONCE + 1]), order)


def _found(rows: QuerySet[Comment], query: Query, after: str) -> Batch:
    """Return what holds some words, latest stored first."""
    before = int(after) if after.isascii() and after.isdigit() and len(after) < 19 else None
    found: list[Comment] = []
    for times, batch in enumerate(searching.matches(query, before=before), start=1):
        found += rows.filter(pk__in=batch).order_by("-pk")[: AT_ONCE + 1 - len(found)]
        if len(found) > AT_ONCE:
            return Batch([Row(one) for one in found[:AT_ONCE]], str(found[AT_ONCE - 1].pk))
        if times == MOST_BATCHES and len(batch) == searching.AT_ONCE:
            return Batch([Row(one) for one in found], str(batch[-1]))
    return Batch([Row(one) for one in found])


def _batch(found: Sequence[Any], order: Order) -> Batch:
    rows = [
        Row(one.comment, one) if isinstance(one, Appeal) else Row(one) for one in found[:AT_ONCE]
    ]
    is_more = len(found) > AT_ONCE
    return Batch(rows, place_of(found[AT_ONCE - 1], order) if is_more else "")


def thread_of(pk: int) -> Thread | None:
    return (
        Thread.objects.select_related("story")
        .defer("story__body", "story__teaser")
        .filter(pk=pk)
        .first()
    )
