"""The lists of the paper: which live story stands in which list, latest first.

A list's key is ``all``, or ``s``, ``t`` or ``a`` with the number of a section, topic or author.
A story stands in the list of its section and of every section above it.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from broadsheet.newsroom.models import Author, Listing, SectionPage, StoryPage, Topic

ALL = "all"


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


def between(place: str, start: datetime, end: datetime, *, limit: int = 500) -> list[StoryPage]:
    """Return the stories of a stretch of time, earliest first: ``start`` ≤ published < ``end``."""
    rows = Listing.objects.filter(key=place, published_at__gte=start, published_at__lt=end)
    return fetch(
        rows.order_by("published_at", "story_id").values_list("story_id", flat=True)[:limit]
    )


def fetch(numbers: Iterable[int]) -> list[StoryPage]:
    """Return stories by number, in the order given, with what a list prints."""
    numbers = list(numbers)
    found = StoryPage.objects.for_lists().in_bulk(numbers)
    return [found[number] for number in numbers if number in found]
