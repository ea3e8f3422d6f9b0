"""Keeping the search's rows: one for the open words of every live story, one for all its words.

Called whenever stories change (broadsheet.newsroom.signals.stories_changed), in the same
transaction. A story is searched when it stands in the lists of the paper, so the lists are
refreshed first.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import batched
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from broadsheet.edition.models import FullText, OpenText, SearchText
from broadsheet.edition.services.search import tables
from broadsheet.newsroom import bodies, listings
from broadsheet.newsroom.models import Byline, Listing, StoryPage
from broadsheet.newsroom.rows import insert
from broadsheet.rules.access import Access, open_to_all
from broadsheet.rules.query import searchable

# Of the body; PostgreSQL holds a megabyte of different words at most.
MOST_CHARACTERS = 300_000
LEVELS = {Access.FREE: "l0", Access.READERS: "l1", Access.SUBSCRIBERS: "l2"}

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SLOTS = 1 << 20


def number_at(moment: datetime) -> int:
    """Return the least number of a story published in the minute of that moment."""
    return (moment - _EPOCH) // timedelta(minutes=1) * _SLOTS


def moment_at(number: int) -> datetime:
    """Return the minute that a story with this number was published in."""
    return _EPOCH + timedelta(minutes=number // _SLOTS)


def add(pks: Iterable[int]) -> None:
    """Bring the search up to date with these stories: those that aren't live go out of it."""
    for some in batched(pks, 250):
        _add(list(some))


@transaction.atomic
def _add(pks: list[int]) -> None:
    OpenText.objects.filter(story__in=pks).delete()
    FullText.objects.filter(story__in=pks).delete()
    opened, full = [], []
    for text in _texts(pks):
        if isinstance(text, OpenText):
            opened.append(text)
        else:
            full.append(text)
    _insert(OpenText, opened)
    _insert(FullText, full)


def _texts(pks: list[int]) -> Iterator[OpenText | FullText]:
    now = timezone.now()
    marks: defaultdict[int, list[str]] = defaultdict(list)
    moments: dict[int, datetime] = {}
    places = Listing.objects.filter(story__in=pks).order_by("key")
    for story, key, moment in places.values_list("story", "key", "published_at"):
        marks[story].append(key)
        moments[story] = moment
    names: defaultdict[int, list[str]] = defaultdict(list)
    bylines = Byline.objects.filter(story__in=pks).order_by("sort_order", "pk")
    topics = StoryPage.topics.through.objects.filter(storypage__in=pks).order_by("topic__name")
    for story, name in bylines.values_list("story", "author__name"):
        names[story].append(name)
    for story, name in topics.values_list("storypage", "topic__name"):
        names[story].append(name)

    stories = StoryPage.objects.filter(pk__in=moments, live=True).exclude(embargoed_until__gt=now)
    columns = ("pk", "title", "standfirst", "dateline", "access", "teaser", "body")
    for pk, headline, standfirst, dateline, level, teaser, body in stories.values_list(*columns):
        access = Access(level)
        row: dict[str, Any] = {
            "number": number_at(moments[pk]) + pk % _SLOTS,
            "story_id": pk,
            "headline": searchable(headline),
            "standfirst": searchable(standfirst),
            "names": searchable(", ".join([*names[pk], *filter(None, [dateline])])),
            "marks": " ".join([*marks[pk], LEVELS[access]]),
        }
        if open_to_all(access):
            yield OpenText(**row, words=_words(body))
        else:
            yield OpenText(**row, words=_words(teaser))
            yield FullText(**row, words=_words(body))


def _words(body: Any) -> str:
    text = "\n".join(filter(None, (words for _, words in bodies.texts(body))))
    return searchable(text[:MOST_CHARACTERS])


def _insert[T: SearchText](model: type[T], texts: list[T]) -> None:
    names = [field.attname for field in model._meta.concrete_fields]
    insert(
        model, names, [[getattr(text, name) for name in names] for text in _parted(model, texts)]
    )


def _parted[T: SearchText](model: type[T], texts: list[T]) -> list[T]:
    """Give each row a number that no other story has.

    Two meet only where they were published in the same minute and their keys differ by a multiple
    of a million.
    """

    def taken(numbers: Iterable[int]) -> set[int]:
        rows = model._default_manager.filter(number__in=list(numbers))
        return set(rows.values_list("number", flat=True))

    used = taken(text.number for text in texts)
    for text in texts:
        while text.number in used:
            text.number += 1
            used |= taken([text.number])
        used.add(text.number)
    return texts


def rebuild(progress: Callable[[int], None] = lambda _: None) -> int:
    """Make the search anew from the stories, and return how many it holds.

    The search finds less while this goes on; nothing else waits for long.

    :param progress: called with the number of stories done so far
    """
    with transaction.atomic():
        tables.drop(connection)
        for model in (OpenText, FullText):
            model.objects.all().delete()
        tables.create(connection)
    done = 0
    for some in batched(_all(), 500):
        add(some)
        done += len(some)
        progress(done)
    tables.optimize(connection)
    return done


def _all() -> Iterator[int]:
    """Yield the numbers of all listed stories, latest first, a stretch at a time."""
    rows = Listing.objects.filter(key=listings.ALL).order_by("-published_at", "-story_id")
    last: tuple[datetime, int] | None = None
    while True:
        some = rows
        if last is not None:
            some = rows.filter(published_at__lte=last[0]).exclude(
                published_at=last[0], story__gte=last[1]
            )
        page = list(some.values_list("published_at", "story_id")[:2000])
        if not page:
            return
        yield from (story for _, story in page)
        last = page[-1]


def changed(pks: Iterable[int], **_: Any) -> None:
    """Follow broadsheet.newsroom.signals.stories_changed."""
    add(pks)
