"""Threads and comments in a paper's export, and their way in again.

No reader goes along: a comment has the name that was shown beside it, and comes in without an
account, as one does whose writer's account is gone. What is counted from the comments themselves
(threads, answers, places in the tree) is counted anew.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator
from datetime import UTC, datetime
from itertools import batched, groupby
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Count, Exists, F, Max, OuterRef, Q
from django.utils.dateparse import parse_datetime

from broadsheet.comments import markup
from broadsheet.comments.models import Comment, Thread
from broadsheet.comments.models.threads import PLACE, PLACES
from broadsheet.comments.posting import under
from broadsheet.comments.signals import thread_changed
from broadsheet.newsroom.models import StoryPage
from broadsheet.newsroom.portable import Part, Row, address, numbers
from broadsheet.rules import threads
from broadsheet.rules.guidelines.findings import Guideline

AT_ONCE = 500
MOST_NUMBER = len(PLACES) ** PLACE - 1
Standing = Comment.Standing

_WORDS = (
    "name",
    "badge",
    "text",
    "standing",
    "reason",
    "screened_by",
    "source",
    "source_id",
)
_MOMENTS = ("posted_at", "edited_at", "appeared_at", "picked_at")
_COUNTS = ("thoughtful", "well_sourced")
# Named by the comment's own row, or found out here.
_OWN = ("thread", "writer", "parent", "root", "place", "html", "findings")

type Tell = Callable[[str], None]


def moment(given: Any) -> datetime | None:
    """Read a moment of an export.

    :raises ValueError: when it is none, or has no offset
    """
    if given is None:
        return None
    found = parse_datetime(given) if isinstance(given, str) else None
    if found is None or found.tzinfo is None:
        raise ValueError(f"{str(given)[:40]!r} is no moment with its offset")
    try:
        return found.astimezone(UTC)
    except OverflowError as error:
        raise ValueError(f"{given!r} is out of all time") from error


def text(row: Row, name: str) -> str:
    """Read words of an export that every database can keep.

    :raises ValueError: for anything else
    """
    given = row.get(name, "")
    if not isinstance(given, str) or "\0" in given:
        raise ValueError(f"{name}: no text")
    given.encode()  # lone surrogates raise an error that is a ValueError
    return given


def whole(row: Row, name: str, *, least: int = 0, most: int = 2**31 - 1) -> int:
    """Read a whole number of an export.

    :raises ValueError: for anything else
    """
    given = row.get(name, 0)
    if not isinstance(given, int) or isinstance(given, bool) or not least <= given <= most:
        raise ValueError(f"{name}: no whole number from {least:,} to {most:,}")
    return given


def why(error: Exception) -> str:
    """Return what is wrong with a row, in one line."""
    if isinstance(error, ValidationError):
        return "; ".join(
            f"{name}: {' '.join(messages)}" for name, messages in error.message_dict.items()
        )
    return str(error)


def _stories(rows: Iterable[Row]) -> dict[Any, int]:
    """Return the numbers of the stories that rows are about, as far as they are here."""
    found = numbers({one["story"] for one in rows if isinstance(one.get("story"), str)})
    here = set(StoryPage.objects.filter(pk__in=found.values()).values_list("pk", flat=True))
    return {place: number for place, number in found.items() if number in here}


def _missing(row: Row) -> str:
    return f"the story {str(row.get('story'))[:200]} is not there, so that its talk is left out"


# What the desk said of threads.


def write_threads() -> Iterator[Row]:
    """Yield the threads that the desk said something of, in the order of their stories."""
    rows = Thread.objects.exclude(state=Thread.State.AS_STORY, closes_at=None)
    said = rows.order_by("story__path").values_list("story__url_path", "state", "closes_at")
    for path, state, closes_at in said.iterator(chunk_size=AT_ONCE):
        yield {"story": address(path), "state": state, "closes_at": closes_at}


def read_threads(rows: Iterable[Row], tell: Tell) -> None:
    """Bring in what the desk said, where this paper's desk has said nothing."""
    for some in batched(rows, AT_ONCE):
        stories = _stories(some)
        given: dict[int, Thread] = {}
        for row in some:
            number = stories.get(row.get("story")) if isinstance(row.get("story"), str) else None
            if number is None:
                tell(_missing(row))
                continue
            try:
                one = Thread(
                    pk=number, state=text(row, "state"), closes_at=moment(row["closes_at"])
                )
                one.clean_fields(exclude=["story"])
            except KeyError:
                tell(f"the thread under {row['story']} says nothing of when it closes")
            except (ValueError, ValidationError) as error:
                tell(f"the thread under {row['story']} can't be what it says ({why(error)})")
            else:
                given.setdefault(number, one)
        with transaction.atomic():
            Thread.objects.bulk_create([Thread(pk=one) for one in given], ignore_conflicts=True)
            silent = Thread.objects.filter(state=Thread.State.AS_STORY, closes_at=None)
            for number, one in given.items():
                if silent.filter(pk=number).update(state=one.state, closes_at=one.closes_at):
                    thread_changed.send(sender=Thread, thread=number)


# Comments.


def write_comments() -> Iterator[Row]:
    """Yield all comments, whatever they stand as: story by story, as they are numbered."""
    talks = Thread.objects.filter(Exists(Comment.objects.filter(thread=OuterRef("pk"))))
    places = talks.order_by("story__path").values_list("pk", "story__url_path")
    for thread, path in places.iterator(chunk_size=AT_ONCE):
        # Thread by thread, by an index: a sort across threads would hold all their words.
        rows = Comment.objects.filter(thread=thread).order_by("number").defer("html")
        rows = rows.annotate(answered=F("parent__number"), called=F("writer__name"))
        for one in rows.iterator(chunk_size=AT_ONCE):
            yield {
                "story": address(path),
                "number": one.number,
                "parent": one.answered,
                "findings": one.findings,
                "wants_look": one.wants_look,
                **{name: getattr(one, name) for name in (*_WORDS, *_MOMENTS, *_COUNTS)},
                "name": one.called or one.name,
            }


def read_comments(rows: Iterable[Row], tell: Tell) -> None:
    """Bring comments in, each once: one is known by its story, its number and its moment."""
    restoring = _Restoring(tell)
    for some in batched(rows, AT_ONCE):
        restoring.batch(some)
    restoring.finish()


def _made(row: Row) -> Comment:
    """Return a comment as a row has it, without its place.

    :raises ValueError: when no comment can be like that
    :raises ValidationError: likewise
    """
    if not isinstance(row.get("wants_look", False), bool):
        raise ValueError("wants_look: neither true nor false")
    one = Comment(
        number=whole(row, "number", least=1, most=MOST_NUMBER),
        findings=[_finding(given) for given in row.get("findings", [])],
        wants_look=row.get("wants_look", False),
        **{name: text(row, name) for name in _WORDS},
        **{name: moment(row.get(name)) for name in _MOMENTS},
        **{name: whole(row, name) for name in _COUNTS},
    )
    one.clean_fields(exclude=_OWN)
    if not one.text and one.standing != Standing.DELETED:
        raise ValueError("it has no words")
    if not one.is_published and (one.picked_at or one.wants_look):
        raise ValueError("what isn't published is neither picked nor to be looked at")
    if bool(one.source) is not bool(one.source_id):
        raise ValueError("where it came from is half said")
    # Reports are about readers, and stay behind.
    one.score = threads.score(one.thoughtful + one.well_sourced, 0)
    return one


def _finding(given: Any) -> Row:
    if not isinstance(given, dict):
        raise ValueError("findings: no object")
    strength = given.get("strength")
    if not isinstance(strength, int | float) or not 0 <= strength <= 1:
        raise ValueError("findings: no strength from 0 to 1")
    return {
        "guideline": Guideline(text(given, "guideline")).value,
        "start": whole(given, "start"),
        "end": whole(given, "end"),
        "strength": strength,
        "explanation": text(given, "explanation"),
    }


class _Restoring:
    """Batches of rows. A thread is counted when its last row came; some hundred rows are in memory,
    and of the thread that is counted a few numbers a comment.
    """

    def __init__(self, tell: Tell) -> None:
        self.tell = tell
        # The thread whose rows go on in the next batch; those in which a comment was made.
        self.going_on: int | None = None
        self.fresh: set[int] = set()
        # (story, number) of rows whose number another comment has here, of the thread that goes on.
        self.strange: set[tuple[int, int]] = set()

    def batch(self, rows: Collection[Row]) -> None:
        stories = _stories(rows)
        given: list[tuple[Comment, int | None]] = []
        for row in rows:
            story = stories.get(row.get("story")) if isinstance(row.get("story"), str) else None
            if story is None:
                self.tell(_missing(row))
                continue
            try:
                one = _made(row)
                parent = row.get("parent")
                above = None if parent is None else whole(row, "parent", least=1, most=MOST_NUMBER)
            except (ValueError, TypeError, ValidationError) as error:
                place = f"comment {str(row.get('number'))[:20]} under {row['story']}"
                self.tell(f"{place} can't be what it says ({why(error)})")
                continue
            one.thread_id = story
            given.append((one, above))
        if not given:
            return
        with transaction.atomic():
            self.store(given, {number: place for place, number in stories.items()})
            touched = {one.thread_id for one, _ in given}
            last = given[-1][0].thread_id
            if self.going_on is not None:
                touched.add(self.going_on)
            self.going_on = last
            self.strange = {one for one in self.strange if one[0] == last}
            self.settle(touched - {last})

    def finish(self) -> None:
        if self.going_on is not None:
            with transaction.atomic():
                self.settle({self.going_on})

    def store(self, given: list[tuple[Comment, int | None]], stories: dict[int, str]) -> None:
        latest: dict[int, int] = {}
        for one, _ in given:
            latest[one.thread_id] = max(latest.get(one.thread_id, 0), one.number)
        Thread.objects.bulk_create([Thread(pk=one) for one in latest], ignore_conflicts=True)
        locked = list(Thread.objects.select_for_update().filter(pk__in=latest).order_by("pk"))
        known = _known(given)
        taken = _taken(given)
        new: list[tuple[Comment, Comment | None]] = []
        for one, number in given:
            key = (one.thread_id, one.number)
            place = f"comment {one.number} under {stories[one.thread_id]}"
            if there := known.get(key):
                if there.posted_at != one.posted_at:
                    self.strange.add(key)
                    self.tell(f"{place} is another one here, so that it is left out")
                continue
            above = None
            if number is not None:
                above_key = (one.thread_id, number)
                above = None if above_key in self.strange else known.get(above_key)
                if above is None:
                    self.tell(f"{place} answers comment {number}, which did not come in before it")
                    continue
                one.depth = above.depth + 1
            if one.source and (one.source, one.source_id) in taken:
                self.tell(f"{place} was brought in from {one.source} before")
                continue
            taken.add((one.source, one.source_id))
            known[key] = one
            new.append((one, above))
        # What answers is stored after what it answers, whose number in the database it needs.
        new.sort(key=lambda pair: pair[0].depth)
        for _, level in groupby(new, key=lambda pair: pair[0].depth):
            pairs = list(level)
            for one, above in pairs:
                under(one, above)
                one.html, one.is_shown = markup.render(one.text), one.is_published
            Comment.objects.bulk_create([one for one, _ in pairs])
        self.fresh.update(one.thread_id for one, _ in new)
        behind = [one for one in locked if one.last_number < latest[one.pk]]
        for thread in behind:
            thread.last_number = latest[thread.pk]
        Thread.objects.bulk_update(behind, ["last_number"])

    def settle(self, stories: Collection[int]) -> None:
        """Count threads and answers, where they aren't right already."""
        if not stories:
            return
        _count_answers(stories)
        rows = Comment.objects.filter(thread__in=stories).order_by().values_list("thread")
        published = Q(standing=Standing.PUBLISHED)
        counted = rows.annotate(
            shown=Count("pk", filter=published),
            waiting=Count("pk", filter=Q(standing=Standing.HELD)),
            latest=Max("appeared_at", filter=published),
        )
        found = {thread: (shown, held, at) for thread, shown, held, at in counted}
        changed = []
        for thread in Thread.objects.select_for_update().filter(pk__in=found).order_by("pk"):
            shown, held, at = found[thread.pk]
            if thread.pk not in self.fresh and (thread.published, thread.held) == (shown, held):
                continue
            thread.published, thread.held = shown, held
            moments = [one for one in (thread.last_published_at, at) if one is not None]
            thread.last_published_at = max(moments, default=None)
            thread.changes += 1
            thread.is_told = False
            changed.append(thread)
        Thread.objects.bulk_update(
            changed, ["published", "held", "last_published_at", "changes", "is_told"]
        )
        for thread in changed:
            thread_changed.send(sender=Thread, thread=thread.pk)
        self.fresh.difference_update(stories)


def _known(given: list[tuple[Comment, int | None]]) -> dict[tuple[int, int], Comment]:
    """Return what is here already of some comments and of what they answer."""
    wanted = {one.number for one, _ in given} | {above for _, above in given if above is not None}
    rows = Comment.objects.filter(thread__in={one.thread_id for one, _ in given}, number__in=wanted)
    rows = rows.only("thread", "number", "posted_at", "root", "depth", "place")
    return {(one.thread_id, one.number): one for one in rows}


def _taken(given: list[tuple[Comment, int | None]]) -> set[tuple[str, str]]:
    """Return which of the places that comments came from have brought their comment in already."""
    asked: dict[str, list[str]] = {}
    for one, _ in given:
        if one.source:
            asked.setdefault(one.source, []).append(one.source_id)
    taken: set[tuple[str, str]] = set()
    for source, names in asked.items():
        rows = Comment.objects.filter(source=source, source_id__in=names)
        taken.update(rows.values_list("source", "source_id"))
    return taken


def _count_answers(stories: Collection[int]) -> None:
    """Count the shown answers under each comment, the deepest first."""
    children: Counter[int] = Counter()
    answers: Counter[int] = Counter()
    wrong = []
    rows = Comment.objects.filter(thread__in=stories).order_by("-depth")
    fields = ("pk", "parent", "root", "standing", "children", "answers", "is_shown")
    for pk, parent, root, standing, *was in rows.values_list(*fields).iterator(chunk_size=2_000):
        is_shown = standing == Standing.PUBLISHED or children[pk] > 0
        if is_shown and parent is not None:
            children[parent] += 1
            answers[root] += 1
        if was != [children[pk], answers[pk], is_shown]:
            wrong.append((pk, children[pk], answers[pk], is_shown))
    # Batch by batch: bulk_update alone would build the statements of all batches first.
    for some in batched(wrong, 200):
        found = [Comment(pk=pk, children=c, answers=a, is_shown=shown) for pk, c, a, shown in some]
        Comment.objects.bulk_update(found, ["children", "answers", "is_shown"])


# In this order: parts come in by their names.
THREADS = Part("comment-threads", write_threads, read_threads)
COMMENTS = Part("comments", write_comments, read_comments)
