"""The search: what a person looks for, answered with the stories that person may know of."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from functools import cache
from heapq import merge
from importlib import import_module
from statistics import median
from typing import NamedTuple, cast

from django.db import connection
from django.utils import timezone
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from broadsheet.edition.models import FullText, OpenText
from broadsheet.edition.services.search.asking import END, SOURCES, START, Ask, Index
from broadsheet.edition.services.search.index import moment_at, number_at
from broadsheet.newsroom import listings
from broadsheet.newsroom.models import Author, SectionPage, StoryPage, Topic
from broadsheet.newsroom.printable import printable
from broadsheet.rules.access import Person
from broadsheet.rules.query import ZERO_WIDTH_SPACE, Query

PAGE = 20
# Where more stories match, these are the newest of them and only they are ranked, beside the
# newest of those that have all the words in the headline.
MOST_RANKED = 1000
MOST_HEADLINES = 200


class Order(StrEnum):
    RELEVANCE = "relevance"
    NEWEST = "newest"


@dataclass(frozen=True, slots=True)
class Filters:
    """Which stories are looked at. The days are those of the paper's zone, both included."""

    section: SectionPage | None = None
    topic: Topic | None = None
    author: Author | None = None
    since: date | None = None
    until: date | None = None

    def __bool__(self) -> bool:
        return any((self.section, self.topic, self.author, self.since, self.until))

    @property
    def marks(self) -> tuple[str, ...]:
        return tuple(
            listings.key(one) for one in (self.section, self.topic, self.author) if one is not None
        )

    def numbers(self, now: datetime) -> tuple[int, int]:
        """Return the least number and the one that all are below; none is of the future."""
        least, below = -(1 << 62), number_at(now + timedelta(minutes=1))
        if self.since:
            least = max(least, number_at(_midnight(self.since)))
        if self.until and self.until < date.max:
            below = min(below, number_at(_midnight(self.until + timedelta(days=1))))
        return least, below


@dataclass(frozen=True, slots=True)
class Hit:
    """A story that was found; what was found in it is marked."""

    story: StoryPage
    headline: SafeString
    standfirst: SafeString
    # Empty where nothing was found below the standfirst.
    snippet: SafeString


@dataclass(frozen=True, slots=True)
class Found:
    """A page of what was found.

    :param matches: how many stories match; ``MOST_RANKED`` stands for more than that, and None
        where they were not counted (on later pages of the newest)
    :param before: what to pass for the next page of the newest; None on the last
    :param page: the number of the next page by relevance; None on the last
    :param looked_back_to: where phrases were looked for no further than that minute
    :param everywhere: words not looked for, since nearly every story has them
    """

    hits: list[Hit] = field(default_factory=list)
    matches: int | None = 0
    before: int | None = None
    page: int | None = None
    looked_back_to: datetime | None = None
    everywhere: tuple[str, ...] = ()


def find(
    query: Query,
    *,
    person: Person,
    now: datetime,
    filters: Filters | None = None,
    order: Order = Order.RELEVANCE,
    before: int | None = None,
    page: int = 1,
) -> Found:
    """Find stories.

    :param before: of the newest, only those below this number
    :param page: which page by relevance, from 1
    """
    filters = filters or Filters()
    if not query and not filters:
        return Found()
    index = _index()
    query, dropped, tells = _telling(index, query) if query else _Telling(query)
    least, below = filters.numbers(now)
    if before is not None:
        below = min(below, before)
    asks = [Ask(source, query, filters.marks, least, below) for source in SOURCES[person]]
    bounds = [bound for ask in asks if (bound := index.bound(ask)) is not None]
    if bounds:
        # All sources are looked through equally far back, or later pages would miss some.
        asks = [replace(ask, least=max(least, *bounds)) for ask in asks]

    if order is Order.NEWEST or not query:
        found = _newest(index, asks, counted=before is None)
    else:
        found = _ranked(index, asks, page, tells=tells)
    return replace(
        found,
        before=found.before if found.before or not bounds else max(bounds),
        looked_back_to=moment_at(max(bounds)) if bounds else None,
        everywhere=dropped,
    )


def _newest(index: Index, asks: Sequence[Ask], *, counted: bool) -> Found:
    limit = MOST_RANKED if counted else PAGE + 1
    numbered = [[(number, ask) for number in index.newest(ask, limit)] for ask in asks]
    together = list(merge(*numbered, key=lambda pair: -pair[0]))
    some = together[:PAGE]
    return Found(
        hits=_hits(index, some),
        matches=min(len(together), MOST_RANKED) if counted else None,
        before=some[-1][0] if len(together) > PAGE else None,
    )


def _ranked(index: Index, asks: Sequence[Ask], page: int, *, tells: bool) -> Found:
    scored: dict[int, tuple[float, Ask]] = {}
    matches = 0
    for ask in asks:
        if tells:
            ranks = dict(index.ranked(ask, MOST_RANKED))
        else:
            # What all stories have ranks none before another, and to find that out is dear.
            ranks = dict.fromkeys(index.newest(ask, MOST_RANKED), 0.0)
        matches += len(ranks)
        if len(ranks) == MOST_RANKED:
            ranks |= _by_headline(ranks, index.newest(ask, MOST_HEADLINES, headlines=True))
        scored |= {number: (score, ask) for number, score in ranks.items()}
    ordered = sorted(scored.items(), key=lambda item: (-item[1][0], -item[0]))
    start = (page - 1) * PAGE
    some = [(number, ask) for number, (_, ask) in ordered[start : start + PAGE]]
    return Found(
        hits=_hits(index, some),
        matches=min(matches, MOST_RANKED),
        page=page + 1 if len(ordered) > start + PAGE else None,
    )


def _by_headline(ranks: dict[int, float], headlines: Sequence[int]) -> dict[int, float]:
    """Return scores of stories that were not ranked and have all words in the headline.

    They count as much as those commonly do that were.
    """
    others = [number for number in headlines if number not in ranks]
    known = [ranks[number] for number in headlines if number in ranks]
    return dict.fromkeys(others, median(known) if known else max(ranks.values()))


class _Telling(NamedTuple):
    """What is looked for of a query.

    :param dropped: words left out
    :param tells: whether any word tells one story from another
    """

    query: Query
    dropped: tuple[str, ...] = ()
    tells: bool = True


def _telling(index: Index, query: Query) -> _Telling:
    """Leave out the words that nearly every story has, as long as others remain.

    A phrase of nothing but such words is looked for as words: side by side they would have to be
    looked for in every story.
    """
    apart = tuple(dict.fromkeys((word,) for term in query.wanted for word in term))
    everywhere = index.everywhere(apart)
    if not everywhere:
        return _Telling(query)
    telling = tuple(
        term for term in query.wanted if any((word,) not in everywhere for word in term)
    )
    if not telling:
        return _Telling(replace(query, wanted=apart), tells=False)
    dropped = dict.fromkeys(word for term in query.wanted if term not in telling for word in term)
    return _Telling(replace(query, wanted=telling), tuple(dropped))


def _hits(index: Index, some: Sequence[tuple[int, Ask]]) -> list[Hit]:
    hits: dict[int, Hit] = {}
    for ask in dict.fromkeys(ask for _, ask in some):
        numbers = [number for number, one in some if one is ask]
        texts = index.texts(ask, numbers)
        keys = _keys(ask, numbers)
        stories = _stories(keys.values())
        for number in numbers:
            story = stories.get(keys.get(number, 0))
            if story is None or not story.live or number not in texts:
                continue
            headline, standfirst, words = texts[number]
            hits[number] = Hit(
                story,
                marked(headline),
                marked(standfirst),
                marked(words if START in words else ""),
            )
    return [hits[number] for number, _ in some if number in hits]


def _keys(ask: Ask, numbers: list[int]) -> dict[int, int]:
    model = next(one for one in (OpenText, FullText) if one._meta.db_table == ask.source.table)
    return dict(model._default_manager.filter(number__in=numbers).values_list("number", "story_id"))


def _stories(pks: Iterable[int]) -> dict[int, StoryPage]:
    """Fetch what is printed of a story that was found, beside its texts: no pictures."""
    found: dict[int, StoryPage] = (
        StoryPage.objects.filter(pk__in=list(pks))
        .select_related("section")
        .only(
            "title", "url_path", "path", "live", "published_at", "updated_at", "language", "access",
            "section__title", "section__url_path", "section__path",
        )
        .prefetch_related("bylines__author")
        .in_bulk()
    )  # fmt: skip
    live = printable(story for story in found.values() if story.live)
    return {story.pk: story for story in live}


def marked(text: str) -> SafeString:
    """Return HTML of a text from the index, with <mark> around what was found."""
    text = str(escape(text.replace(ZERO_WIDTH_SPACE, "")))
    # Escaping leaves the two signs alone; a text cut between them must not open what stays open.
    if text.count(START) != text.count(END):
        return mark_safe(text.replace(START, "").replace(END, ""))  # noqa: S308  # escaped above
    return mark_safe(text.replace(START, "<mark>").replace(END, "</mark>"))  # noqa: S308


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=timezone.get_default_timezone())


@cache
def _index() -> Index:
    name = "sqlite" if connection.vendor == "sqlite" else "postgresql"
    return cast("Index", import_module(f"broadsheet.edition.services.search.{name}"))
