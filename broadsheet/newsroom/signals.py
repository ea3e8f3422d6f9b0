"""What follows when a page changes: lists and corrections are brought up to date."""

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.db.models.signals import post_delete, pre_delete
from django.dispatch import Signal
from wagtail.signals import (
    page_published,
    page_slug_changed,
    page_unpublished,
    post_page_move,
)

from broadsheet.newsroom import bodies, listings, tasks
from broadsheet.newsroom.models import (
    Author,
    Correction,
    Listing,
    SectionPage,
    StoryPage,
    Topic,
)

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
        if instance.live:
            pk = instance.pk
            transaction.on_commit(lambda: tasks.make_renditions.enqueue(pk))


def _moved(instance: Any, parent_page_before: Any, parent_page_after: Any, **_: Any) -> None:
    page = instance.specific
    if isinstance(page, StoryPage):
        page.section = SectionPage.objects.filter(pk=parent_page_after.pk).first()
        page.save(update_fields=["section"])
        listings.refresh([page])
        announce([page.pk])
    elif isinstance(page, SectionPage) and parent_page_before.pk != parent_page_after.pk:
        listings.carry(page, away_from=parent_page_before, to=parent_page_after)
        for pks in listings.numbers(page):
            announce(pks)


def _renamed(instance: Any, instance_before: Any, **_: Any) -> None:
    """A section's new address is that of every story in it, too."""
    page = instance.specific
    if isinstance(page, SectionPage):
        for pks in listings.numbers(page):
            announce(pks)


def _deleted(instance: StoryPage, **_: Any) -> None:
    announce([instance.pk])


def _list_ended(instance: Topic | Author, **_: Any) -> None:
    Listing.objects.filter(key=listings.key(instance)).delete()


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
    page_slug_changed.connect(_renamed, dispatch_uid="newsroom-renamed")
    post_delete.connect(_deleted, sender=StoryPage, dispatch_uid="newsroom-deleted")
    for kind in (Topic, Author):
        pre_delete.connect(_list_ended, sender=kind, dispatch_uid=f"newsroom-{kind.__name__}-gone")
