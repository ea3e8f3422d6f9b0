"""The lists of the paper: which live story stands in which list, latest first.

A list's key is ``all``, or ``s``, ``t`` or ``a`` with the number of a section, topic or author.
A story stands in the list of its section and of every section above it.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from itertools import batched

from django.db import connection, transaction
from django.db.models import DateTimeField, Max, Min, Q, QuerySet
from django.db.models.expressions import RawSQL
from wagtail.models import Page

from broadsheet.newsroom.models import Author, Listing, SectionPage, StoryPage, Topic
from broadsheet.newsroom.printable import printable
from broadsheet.newsroom.rows import insert
from broadsheet.rules import days

ALL = "all"

# Floors above sign here what else a list prints of its stories: each is called with all of them.
_companions: list[Callable[[Sequence[StoryPage]], None]] = []


def accompany(companion: Callable[[Sequence[StoryPage]], None]) -> None:
    _companions.append(companion)


# What printing a picture takes, beside its renditions.
_PICTURE = (
    "alternative_text", "caption", "credit", "file", "width", "height",
    "focal_point_x", "focal_point_y", "focal_point_width", "focal_point_height",
)  # fmt: skip


def key(of: SectionPage | Topic | Author | None) -> str:
    """Return the key of a list; that of the whole paper for None."""
    match of:
        case None:
            return ALL
        case SectionPage():
            return f"s{of.pk}"
        case Topic():
            return f"t{of.pk}"
        case Author():
            return f"a{of.pk}"


def keys(story: StoryPage, sections: dict[str, int]) -> Iterator[str]:
    """Yield the keys of the lists a story stands in.

    :param sections: tree path → number of every section
    """
    yield ALL
    for end in range(story.steplen, len(story.path), story.steplen):
        if section := sections.get(story.path[:end]):
            yield f"s{section}"
    for topic in story.topics.all():
        yield f"t{topic.pk}"
    for byline in story.bylines.all():
        yield f"a{byline.author_id}"


def section_paths() -> dict[str, int]:
    """Return tree path → number of every section."""
    return dict(SectionPage.objects.values_list("path", "pk"))


@transaction.atomic
def refresh(stories: Iterable[StoryPage]) -> None:
    """Put live stories into their lists, and take others out."""
    sections = section_paths()
    stories = list(stories)
    Listing.objects.filter(story__in=[story.pk for story in stories]).delete()
    Listing.objects.bulk_create(
        Listing(key=place, published_at=story.published_at, story=story)
        for story in stories
        if story.live and story.published_at
        for place in dict.fromkeys(keys(story, sections))
    )


@transaction.atomic
def carry(section: SectionPage, *, away_from: Page, to: Page) -> None:
    """Follow a section that was moved: all its stories change lists, in a few statements.

    :param away_from: the page it was in
    :param to: the page it is in now
    """
    before, now = set(_around(away_from)), set(_around(to))
    inside = Listing.objects.filter(key=key(section))
    Listing.objects.filter(
        key__in=[f"s{pk}" for pk in before - now], story__in=inside.values("story")
    ).delete()
    table = connection.ops.quote_name(Listing._meta.db_table)
    with connection.cursor() as cursor:
        for pk in sorted(now - before):
            cursor.execute(
                f"INSERT INTO {table} (key, published_at, story_id) "  # noqa: S608
                f"SELECT %s, published_at, story_id FROM {table} WHERE key = %s",
                [f"s{pk}", key(section)],
            )


def _around(page: Page) -> list[int]:
    """Return the numbers of the sections that a page stands in, itself among them."""
    steps = range(page.steplen, len(page.path) + 1, page.steplen)
    paths = [page.path[:end] for end in steps]
    return list(SectionPage.objects.filter(path__in=paths).values_list("pk", flat=True))


def numbers(section: SectionPage, *, at_once: int = 500) -> Iterator[list[int]]:
    """Yield the numbers of all live stories of a section, some at a time."""
    rows = Listing.objects.filter(key=key(section)).order_by().values_list("story_id", flat=True)
    for some in batched(list(rows), at_once):
        yield list(some)


def add(rows: Iterable[tuple[int, datetime, Iterable[str]]]) -> None:
    """Put live stories that stand in no list yet into theirs, many at once.

    :param rows: number, published_at and keys of each
    """
    insert(
        Listing,
        ["key", "published_at", "story_id"],
        (
            (place, published_at, number)
            for number, published_at, places in rows
            for place in dict.fromkeys(places)
        ),
    )


def page(
    place: str, *, before: tuple[datetime, int] | None = None, limit: int = 20
) -> list[StoryPage]:
    """Return a page of a list, latest first, ready to print.

    :param before: (published_at, number) of the last story of the page before; None for the first
    """
    rows = Listing.objects.filter(key=place)
    if before is not None:
        moment, number = before
        rows = rows.filter(
            Q(published_at__lte=moment) & (Q(published_at__lt=moment) | Q(story_id__lt=number))
        )
    return fetch(
        rows.order_by("-published_at", "-story_id").values_list("story_id", flat=True)[:limit]
    )


def headlines(place: str, *, before: tuple[datetime, int], limit: int) -> list[StoryPage]:
    """Return a few stories of a list in one query, with headline, standfirst and picture only."""
    moment, number = before
    found = list(
        StoryPage.objects.filter(
            Q(listings__published_at__lt=moment) | Q(listings__story_id__lt=number),
            listings__key=place,
            listings__published_at__lte=moment,
        )
        .select_related("lead_picture")
        .only(
            "title",
            "path",
            "url_path",
            "live",
            "standfirst",
            "published_at",
            "updated_at",
            "access",
            "language",
            *(f"lead_picture__{name}" for name in _PICTURE),
        )
        .order_by("-listings__published_at", "-listings__story_id")[:limit]
    )
    return printable(story for story in found if story.live)


def between(
    place: str,
    start: datetime,
    end: datetime,
    *,
    after: tuple[datetime, int] | None = None,
    limit: int = 500,
) -> list[StoryPage]:
    """Return the stories of a stretch of time, earliest first: ``start`` ≤ published < ``end``.

    :param after: (published_at, number) of the last story of the page before; None for the first
    """
    rows = Listing.objects.filter(key=place, published_at__gte=start, published_at__lt=end)
    if after is not None:
        moment, number = after
        rows = rows.filter(
            Q(published_at__gte=moment) & (Q(published_at__gt=moment) | Q(story_id__gt=number))
        )
    return fetch(
        rows.order_by("published_at", "story_id").values_list("story_id", flat=True)[:limit]
    )


def between_each(
    place: str, stretches: Iterable[tuple[datetime, datetime]], *, limit: int
) -> list[list[StoryPage]]:
    """Return the first stories of each of several stretches of time, without their pictures.

    :param limit: of each stretch
    """
    numbers = [
        list(
            Listing.objects.filter(key=place, published_at__gte=start, published_at__lt=end)
            .order_by("published_at", "story_id")
            .values_list("story_id", flat=True)[:limit]
        )
        for start, end in stretches
    ]
    # All together: a hundred years would be three hundred questions.
    every = fetch((number for some in numbers for number in some), pictures=False)
    found = {story.pk: story for story in every}
    return [[found[number] for number in some if number in found] for some in numbers]


def latest(places: Iterable[str], *, limit: int) -> dict[str, list[int]]:
    """Return the numbers of the latest stories of several lists, for ``fetch``."""
    return {
        place: list(
            Listing.objects.filter(key=place)
            .order_by("-published_at", "-story_id")
            .values_list("story_id", flat=True)[:limit]
        )
        for place in places
    }


def _on_the_calendar(place: str) -> QuerySet[Listing]:
    """Return the rows of a list whose moments have a page in the archive, as all should."""
    return Listing.objects.filter(
        key=place, published_at__gte=days.FIRST, published_at__lt=days.END
    )


def bounds(place: str) -> tuple[datetime, datetime] | None:
    """Return when the first and the last story of a list were published; None for an empty one."""
    rows = _on_the_calendar(place)
    # One by one: asked for both at once, SQLite reads the whole list.
    first = rows.aggregate(first=Min("published_at"))["first"]
    return (first, rows.aggregate(last=Max("published_at"))["last"]) if first else None


def beside(place: str, moment: datetime, *, before: bool) -> datetime | None:
    """Return when the nearest story of a list was published: before a moment, or from it on."""
    rows = _on_the_calendar(place)
    if before:
        return rows.filter(published_at__lt=moment).aggregate(last=Max("published_at"))["last"]
    return rows.filter(published_at__gte=moment).aggregate(first=Min("published_at"))["first"]


def last_before(place: str, moments: Sequence[datetime]) -> list[datetime | None]:
    """Return for each moment when the last story before it was published, in one query for hundreds."""
    last = f"(SELECT MAX(published_at) FROM {Listing._meta.db_table} WHERE key = %s AND published_at < %s)"  # noqa: S608
    return _nearest(place, moments, last)


def first_from(place: str, moments: Sequence[datetime]) -> list[datetime | None]:
    """Return for each moment when the first story from it on was published."""
    first = f"(SELECT MIN(published_at) FROM {Listing._meta.db_table} WHERE key = %s AND published_at >= %s)"  # noqa: S608
    return _nearest(place, moments, first)


def _nearest(place: str, moments: Sequence[datetime], select: str) -> list[datetime | None]:
    found: list[datetime | None] = []
    # Rows of the model, so that the database's way of writing moments is Django's business.
    for some in batched(moments, 200):
        columns = {
            f"at_{at}": RawSQL(  # noqa: S611  # no word of it is a reader's
                select,
                [place, connection.ops.adapt_datetimefield_value(moment)],
                output_field=DateTimeField(),
            )
            for at, moment in enumerate(some)
        }
        row = Listing.objects.filter(key=place).order_by()[:1].values(**columns).first()
        found += [row[name] for name in columns] if row else [None] * len(some)
    return found


def filled(place: str, stretches: Sequence[tuple[datetime, datetime]]) -> list[bool]:
    """Tell for each stretch of time whether a list has a story in it, in one query for hundreds."""
    there = f"EXISTS(SELECT 1 FROM {Listing._meta.db_table} WHERE key = %s AND published_at >= %s AND published_at < %s)"  # noqa: S608
    answers: list[bool] = []
    with connection.cursor() as cursor:
        for some in batched(stretches, 500):
            moments = [
                [place, *map(connection.ops.adapt_datetimefield_value, stretch)] for stretch in some
            ]
            cursor.execute(
                f"SELECT {', '.join([there] * len(some))}",
                [value for values in moments for value in values],
            )
            answers += map(bool, cursor.fetchone())
    return answers


def fetch(
    numbers: Iterable[int], *, pictures: bool = True, live_only: bool = True
) -> list[StoryPage]:
    """Return stories by number, in the order given, with what a list prints.

    What can't be printed is left out (``newsroom.printable``).

    :param live_only: False for a list that has a place for what was taken down
    """
    numbers = list(numbers)
    found = StoryPage.objects.for_lists(pictures=pictures).in_bulk(numbers)
    stories = [found[number] for number in numbers if number in found]
    sound = {story.pk for story in printable(story for story in stories if story.live)}
    stories = [
        story for story in stories if story.pk in sound or (not live_only and not story.live)
    ]
    for companion in _companions:
        companion(stories)
    return stories
