"""Which topics and authors everybody may know of: those that a published story stands under.

A topic made for tomorrow's story says what tomorrow's story is about.
"""

from django.db.models import CharField, Exists, OuterRef, QuerySet, Value
from django.db.models.functions import Cast, Concat

from broadsheet.newsroom import listings
from broadsheet.newsroom.models import Author, Listing, Topic


def topics() -> QuerySet[Topic]:
    return Topic.objects.filter(_listed(listings.key(Topic(pk=0)).rstrip("0")))


def authors() -> QuerySet[Author]:
    return Author.objects.filter(_listed(listings.key(Author(pk=0)).rstrip("0")))


def called(slug: str) -> list[Author | Topic]:
    """Return the author and the topic of that slug, where a story stands under them."""
    found: list[Author | Topic] = [
        *Author.objects.filter(slug=slug)[:1],
        *Topic.objects.filter(slug=slug)[:1],
    ]
    return [one for one in found if Listing.objects.filter(key=listings.key(one)).exists()]


def _listed(letter: str) -> Exists:
    key = Concat(Value(letter), Cast(OuterRef("pk"), CharField()))
    return Exists(Listing.objects.filter(key=key))
