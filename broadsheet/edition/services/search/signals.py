"""What the search follows: stories that change, and people and topics that get another name."""

from typing import Any

from django.db.models.signals import post_save
from django.tasks import task

from broadsheet.edition.models import OpenText
from broadsheet.edition.services.search import index
from broadsheet.newsroom import listings
from broadsheet.newsroom.models import Author, Listing, Topic
from broadsheet.newsroom.signals import stories_changed
from broadsheet.rules.query import searchable


@task(backend="work")
def reindex(place: str) -> None:
    """Bring the search up to date with all stories of a list. May take minutes for an agency."""
    index.add(list(Listing.objects.filter(key=place).values_list("story", flat=True)))


def _named(instance: Author | Topic, created: bool, raw: bool = False, **_: Any) -> None:
    if created or raw:
        return
    place = listings.key(instance)
    latest = Listing.objects.filter(key=place).order_by("-published_at", "-story_id")[:1]
    names = OpenText.objects.filter(story__in=latest.values("story")).values_list(
        "names", flat=True
    )
    if any(searchable(instance.name) not in one for one in names):
        reindex.enqueue(place)


def connect() -> None:
    stories_changed.connect(index.changed, dispatch_uid="edition-search")
    post_save.connect(_named, sender=Author, dispatch_uid="edition-author-named")
    post_save.connect(_named, sender=Topic, dispatch_uid="edition-topic-named")
