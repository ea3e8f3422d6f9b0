"""What follows when a page changes: lists and corrections are brought up to date."""

from collections.abc import Iterable
from typing import Any

from django.dispatch import Signal
from wagtail.signals import page_published, page_unpublished, post_page_move

from broadsheet.newsroom import bodies, listings
from broadsheet.newsroom.models import Correction, SectionPage, StoryPage

# Stories were published, changed, moved or taken down, and stand in their lists again: ``pks``
# holds their numbers. Sent inside the transaction. Whoever writes stories past Wagtail (an import)
# refreshes the lists and calls ``announce`` after each batch.
stories_changed = Signal()


def announce(pks: Iterable[int]) -> None:
    """Tell the floors above that stories changed."""
    stories_changed.send(sender=StoryPage, pks=list(pks))


def _published(instance: Any, **_: Any) -> None:
    if isinstance(instance, StoryPage):
        follow(instance)


def _moved(instance: Any, **_: Any) -> None:
    page = instance.specific
    if isinstance(page, StoryPage):
        page.save()
        listings.refresh([page])
        announce([page.pk])
    elif isinstance(page, SectionPage):
        stories = StoryPage.objects.descendant_of(page).prefetch_related("topics", "bylines")
        for story in stories.iterator(chunk_size=500):
            listings.refresh([story])
            announce([story.pk])


def follow(story: StoryPage) -> None:
    """Bring the lists and the corrections of one story up to date."""
    listings.refresh([story])
    found = list(bodies.corrections(story.body)) if story.live else []
    story.corrections.exclude(block__in=[one.block for one in found]).delete()
    for one in found:
        Correction.objects.update_or_create(
            story=story,
            block=one.block,
            defaults={"corrected_at": one.corrected_at, "text": one.text},
        )
    announce([story.pk])


def connect() -> None:
    page_published.connect(_published, dispatch_uid="newsroom-published")
    page_unpublished.connect(_published, dispatch_uid="newsroom-unpublished")
    post_page_move.connect(_moved, dispatch_uid="newsroom-moved")
