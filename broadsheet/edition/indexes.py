"""Printing the indexes of topics and authors, and the page about the feeds."""

from typing import Any

from django.db.models import CharField, Exists, OuterRef, QuerySet, Value
from django.db.models.functions import Cast, Concat
from django.urls import reverse

from broadsheet.edition import metadata, navigation
from broadsheet.edition.printing import page
from broadsheet.newsroom.models import Author, Listing, Topic

NAMES = 200  # on one page


def topics_html(*, after: str = "") -> str:
    """Print the topics that have stories, by their names.

    :param after: the slug of the last one on the page before
    """
    return _index_html(
        Topic.objects.all(),
        mark="t",
        after=after,
        title="Topics",
        intro="Everything we write about, from A to Z.",
        address=reverse("topics"),
    )


def authors_html(*, after: str = "") -> str:
    """Print the authors who have stories, by their names."""
    return _index_html(
        Author.objects.all(),
        mark="a",
        after=after,
        title="Authors",
        intro="Everybody whose stories we publish, from A to Z.",
        address=reverse("authors"),
    )


def _index_html(
    rows: QuerySet[Any], *, mark: str, after: str, title: str, intro: str, address: str
) -> str:
    """Print one page of names: a range of one index and one look-up for each name."""
    key = Concat(Value(mark), Cast(OuterRef("pk"), CharField()))
    listed = rows.filter(Exists(Listing.objects.filter(key=key))).order_by("slug")
    if after:
        listed = listed.filter(slug__gt=after)
    names = list(listed.only("name", "slug")[: NAMES + 1])
    more = len(names) > NAMES
    names = names[:NAMES]
    canonical = metadata.absolute(address) + (f"?after={after}" if after else "")
    return page(
        "names",
        here=address,
        title=title,
        intro=intro,
        names=names,
        first=not after,
        more=names[-1].slug if more else "",
        address=address,
        canonical=canonical,
        description=intro,
    )


def feeds_html() -> str:
    """Print what feeds the paper has, and how to follow one."""
    return page(
        "feeds",
        here=reverse("feeds"),
        title="Feeds",
        lists=navigation.sections(),
        canonical=metadata.absolute(reverse("feeds")),
        description="Follow the paper, a section, a topic or an author in a feed reader.",
    )
