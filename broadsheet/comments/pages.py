"""Pages of a thread: which comments stand on them, in which order, and what comes after.

Each page is a few ranges of indexes, whatever the size of the thread. A page starts after the last
comment of the page before (``?after=``), named by what it is ordered by and by its number, so that
comments of one moment or one score are never left out nor shown twice.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from django.db import connection

from broadsheet.comments.models import Comment, CommentQuerySet

ROOTS = 20  # comments that answer no other, on a page
ANSWERS = 3  # printed under each of them
CONVERSATION = 50  # answers on a page of one conversation
BEFORE = 10  # answers printed before the one that an address names

_START = datetime(1970, 1, 1, tzinfo=UTC)
_PLACE = re.compile(r"(\d{1,18})-(\d{1,18})", re.ASCII)
_TREE = re.compile(r"[0-9a-z]{1,45}")


class Order(StrEnum):
    NEWEST = "newest"
    OLDEST = "oldest"
    VALUED = "valued"
    PICKS = "picks"


class Row(NamedTuple):
    """What is printed of a comment, in the order of FIELDS."""

    pk: int
    number: int
    root: int | None
    parent: int | None
    depth: int
    place: str
    writer: int | None
    writer_name: str | None
    name: str
    badge: str
    html: str
    standing: str
    posted_at: datetime
    edited_at: datetime | None
    picked_at: datetime | None
    answers: int
    thoughtful: int
    well_sourced: int
    score: int
    parent_number: int | None
    parent_writer_name: str | None
    parent_name: str | None


FIELDS = (
    "pk",
    "number",
    "root",
    "parent",
    "depth",
    "place",
    "writer",
    "writer__name",
    "name",
    "badge",
    "html",
    "standing",
    "posted_at",
    "edited_at",
    "picked_at",
    "answers",
    "thoughtful",
    "well_sourced",
    "score",
    "parent__number",
    "parent__writer__name",
    "parent__name",
)


@dataclass(frozen=True, slots=True)
class Talk:
    """One comment that answers no other, and the answers printed under it.

    :param more: how many answers there are besides
    """

    root: Row
    answers: Sequence[Row] = ()
    more: int = 0


@dataclass(frozen=True, slots=True)
class Page:
    """:param after: what the next page starts after; empty for none"""

    talks: Sequence[Talk]
    after: str = ""


@dataclass(frozen=True, slots=True)
class Conversation:
    """A comment and a stretch of the answers under it.

    :param is_start: whether no answer stands before them
    """

    root: Row
    answers: Sequence[Row]
    after: str = ""
    is_start: bool = True


def fetch(comments: CommentQuerySet) -> list[Row]:
    return [Row(*values) for values in comments.values_list(*FIELDS)]


def row_of(comment: Comment) -> Row:
    """Return what is printed of a comment that was just stored, as :func:`fetch` would return it.

    Costs no query where its writer, its parent and that one's writer are at hand.
    """
    writer, parent = comment.writer, comment.parent
    return Row(
        pk=comment.pk,
        number=comment.number,
        root=comment.root_id,
        parent=comment.parent_id,
        depth=comment.depth,
        place=comment.place,
        writer=comment.writer_id,
        writer_name=writer.name if writer else None,
        name=comment.name,
        badge=str(comment.badge),
        html=comment.html,
        standing=str(comment.standing),
        posted_at=comment.posted_at,
        edited_at=comment.edited_at,
        picked_at=comment.picked_at,
        answers=comment.answers,
        thoughtful=comment.thoughtful,
        well_sourced=comment.well_sourced,
        score=comment.score,
        parent_number=parent.number if parent else None,
        parent_writer_name=parent.writer.name if parent and parent.writer else None,
        parent_name=parent.name if parent else None,
    )


def _microseconds(moment: datetime) -> int:
    return (moment - _START) // timedelta(microseconds=1)


def read_place(written: str) -> tuple[int, int] | None:
    """Return what a page starts after; None for what nobody was given."""
    found = _PLACE.fullmatch(written)
    return (int(found[1]), int(found[2])) if found else None


def _moment(place: tuple[int, int] | None) -> tuple[datetime, int] | None:
    if place is None:
        return None
    try:
        return _START + timedelta(microseconds=place[0]), place[1]
    except OverflowError:
        return None


def write_moment(moment: datetime, pk: int) -> str:
    """Return what a page that starts after a moment is asked for with."""
    return f"{_microseconds(moment)}-{pk}"


def read_moment(written: str) -> tuple[datetime, int] | None:
    return _moment(read_place(written))


def page(thread: int, order: Order, *, after: str = "") -> Page:
    """Return a page of a thread; one that starts after nothing we know is the first."""
    place = read_place(after)
    first = Comment.objects.first_in_thread(thread)
    match order:
        case Order.NEWEST:
            found = first.newest(after=_moment(place))
        case Order.OLDEST:
            found = first.oldest(after=_moment(place))
        case Order.VALUED:
            found = first.most_valued(after=place)
        case Order.PICKS:
            found = Comment.objects.picked(thread, after=_moment(place))
    rows = fetch(found[: ROOTS + 1])
    shown = rows[:ROOTS]
    last = _place_of(shown[-1], order) if len(rows) > ROOTS else ""
    if order is Order.PICKS:
        # Each stands for itself, with a way to where it was said.
        return Page([Talk(row) for row in shown], last)
    return Page(_with_answers(shown), last)


def _place_of(row: Row, order: Order) -> str:
    if order is Order.VALUED:
        return f"{row.score}-{row.pk}"
    moment = row.picked_at if order is Order.PICKS and row.picked_at else row.posted_at
    return write_moment(moment, row.pk)


def _with_answers(roots: Sequence[Row]) -> list[Talk]:
    """Return each comment with its first answers: two queries for all of them."""
    answered = [row.pk for row in roots if row.answers]
    under: dict[int, list[Row]] = {}
    for row in fetch(Comment.objects.filter(pk__in=_first_answers(answered)).order_by("place")):
        assert row.root is not None
        under.setdefault(row.root, []).append(row)
    talks = []
    for root in roots:
        answers = under.get(root.pk, [])
        talks.append(Talk(root, answers, max(0, root.answers - len(answers))))
    return talks


def _first_answers(roots: Iterable[int]) -> list[int]:
    """Return the numbers of the first answers under each comment, each a look into one index."""
    pks = list(roots)
    if not pks:
        return []
    table = connection.ops.quote_name(Comment._meta.db_table)
    one = (
        f"SELECT id FROM (SELECT id FROM {table} WHERE root_id = %s AND is_shown "  # noqa: S608
        f"ORDER BY place LIMIT {ANSWERS}) AS first"
    )
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join([one] * len(pks)), pks)
        return [pk for (pk,) in cursor.fetchall()]


def conversation(root: Comment, *, after: str = "") -> Conversation | None:
    """Return a page of the answers under a comment; None when it has no place on pages."""
    rows = fetch(Comment.objects.filter(pk=root.pk, is_shown=True))
    if not rows:
        return None
    place = after if _TREE.fullmatch(after) else ""
    found = fetch(Comment.objects.answers_to(root.pk, after=place)[: CONVERSATION + 1])
    shown = found[:CONVERSATION]
    last = shown[-1].place if len(found) > CONVERSATION else ""
    return Conversation(rows[0], shown, last, is_start=not place)


def around(comment: Comment) -> Conversation | None:
    """Return the stretch of a conversation that a comment stands in, with some before it."""
    if comment.root_id is None:
        return conversation(comment)
    rows = fetch(Comment.objects.filter(pk=comment.root_id))
    answers = Comment.objects.filter(root=comment.root_id, is_shown=True)
    before = fetch(answers.filter(place__lt=comment.place).order_by("-place")[: BEFORE + 1])
    found = fetch(answers.filter(place__gte=comment.place).order_by("place")[: CONVERSATION + 1])
    shown = [*reversed(before[:BEFORE]), *found[:CONVERSATION]]
    last = found[CONVERSATION - 1].place if len(found) > CONVERSATION else ""
    return Conversation(rows[0], shown, last, is_start=len(before) <= BEFORE)
