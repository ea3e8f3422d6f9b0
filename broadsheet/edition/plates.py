"""The edition as the edge's press: under what terms a page is read, and its prints.

The story view prints here too, so that what Django answers and what the edge sends are the same
bytes under the same header.
"""

import logging
from collections.abc import Iterable, Iterator
from datetime import datetime, time, timedelta
from typing import Any, cast
from urllib.parse import unquote

from django.conf import settings
from django.db import close_old_connections
from django.db.models.signals import post_delete, post_save
from django.utils import timezone
from django.utils.csp import build_policy
from wagtail.signals import page_published, page_unpublished

from broadsheet.comments.models import PaperRules, SectionRules
from broadsheet.comments.signals import numbers_changed, thread_changed
from broadsheet.edition import most_read, navigation, printing, related, stories, threads, walls
from broadsheet.newsroom import bodies, listings
from broadsheet.newsroom.models import Author, FrontPage, Listing, SectionPage, StoryPage, Topic
from broadsheet.newsroom.signals import stories_changed
from broadsheet.press.edge.plates import Printed, Terms
from broadsheet.rules import browsers
from broadsheet.rules.access import Access
from broadsheet.rules.variants import Variant
from broadsheet.wall import gate, policies
from broadsheet.wall.policies import Policies

log = logging.getLogger("broadsheet.edition")

EVERYTHING = 50  # changed stories at once from which all pages count as changed


def headers() -> tuple[tuple[str, str], ...]:
    """Return what goes with every page: what Django's middleware would add."""
    pairs = [
        ("Content-Type", "text/html; charset=utf-8"),
        (
            "Content-Security-Policy",
            build_policy(cast("dict[str, list[str]]", settings.SECURE_CSP)),
        ),
        ("X-Frame-Options", settings.X_FRAME_OPTIONS),
        ("X-Content-Type-Options", "nosniff"),
        ("Referrer-Policy", settings.SECURE_REFERRER_POLICY),
        ("Permissions-Policy", browsers.PERMISSIONS_POLICY),
        ("Cross-Origin-Resource-Policy", browsers.resource_policy("/")),
        ("Cross-Origin-Opener-Policy", settings.SECURE_CROSS_ORIGIN_OPENER_POLICY),
    ]
    if settings.SECURE_HSTS_SECONDS:
        hsts = f"max-age={settings.SECURE_HSTS_SECONDS}; includeSubDomains"
        pairs.append(("Strict-Transport-Security", hsts))
    return tuple(pairs)


def of_story(pk: int) -> str:
    """Return the key of what shows a story."""
    return f"story:{pk}"


def of_list(key: str) -> str:
    """Return the key of what shows the latest of a list (broadsheet.newsroom.listings)."""
    return f"list:{key}"


def of_thread(pk: int) -> str:
    """Return the key of what shows a story's comments."""
    return f"thread:{pk}"


def of_count(pk: int) -> str:
    """Return the key of what prints how many comments a story has."""
    return f"count:{pk}"


def terms(story: StoryPage, allowed: Policies | None = None) -> Terms:
    """Return under what terms a story is read.

    :param allowed: the paper's policies; None reads them
    """
    access = Access(story.access)
    if access is Access.FREE:
        return Terms(access, story.pk)
    return Terms(access, story.pk, (allowed or policies.load()).of(story.path))


def print_story(story: StoryPage, variant: Variant) -> Printed:
    """Print a story. A teaser is printed without loading a word beyond it."""
    allowed = None if story.is_open_to_all else policies.load()
    under = terms(story, allowed)
    now = timezone.now()
    html = printing.story_html(story, variant, allowed=allowed, now=now)
    body = story.body if variant is Variant.FULL else story.teaser
    shown = [story.pk, *(one.pk for one in related.shown(story)), *bodies.stories(body.raw_data)]
    return Printed(
        terms=under,
        words=html.encode(),
        headers=headers(),
        keys=frozenset([*map(of_story, shown), of_count(story.pk)]),
        lasts=threads.lasts(story, now=now),
        # A reader's wall names the day on which the month turns.
        variant_lasts=walls.seconds_to_month_end(now) if variant is Variant.READER_TEASER else None,
        shared=under.access is Access.FREE,
    )


def print_thread(story: StoryPage) -> Printed:
    """Print the first page of a story's thread, which everybody may read.

    No proxy keeps it: whoever has just written there sees it at once, and is told so there.
    """
    now = timezone.now()
    return _printed(
        threads.page_html(story, now=now),
        [of_story(story.pk), of_thread(story.pk)],
        lasts=threads.lasts(story, now=now),
        shared=False,
    )


def _printed(
    html: str, keys: Iterable[str], *, lasts: float | None = None, shared: bool = True
) -> Printed:
    free = Terms(Access.FREE)
    return Printed(free, html.encode(), headers(), keys=frozenset(keys), lasts=lasts, shared=shared)


def seconds_to_midnight(now: datetime) -> float:
    """Return how long the paper's day still lasts."""
    zone = gate.zone()
    tomorrow = now.astimezone(zone).date() + timedelta(days=1)
    return (datetime.combine(tomorrow, time(), tzinfo=zone) - now).total_seconds()


class EditionPress:
    """Looks pages up and prints them, for the edge. Called in threads of its own."""

    def look_up(self, path: str) -> Terms | None:
        """Return under what terms the page at a path is read; None where plates have none."""
        close_old_connections()
        if self._thread(path):
            return Terms(Access.FREE)
        found = self._find(path)
        if found is None:
            return None
        return terms(found) if isinstance(found, StoryPage) else Terms(Access.FREE)

    def print(self, path: str, variant: Variant) -> Printed | None:
        close_old_connections()
        if story := self._thread(path):
            return print_thread(story)
        found = self._find(path)
        match found:
            case None:
                return None
            case StoryPage():
                return print_story(found, variant)
            case FrontPage():
                now = timezone.now()
                today = now.astimezone(gate.zone()).date()
                keys = [
                    "front",
                    most_read.KEY,
                    *(of_list(entry.key) for entry in navigation.sections()),
                ]
                return _printed(
                    printing.front_html(found, today=today),
                    [of_list(listings.ALL), *keys],
                    lasts=seconds_to_midnight(now),
                )
            case SectionPage():
                return _printed(printing.section_html(found), [of_list(listings.key(found))])
            case Topic():
                return _printed(printing.topic_html(found), [of_list(listings.key(found))])
            case Author():
                return _printed(printing.author_html(found), [of_list(listings.key(found))])

    def _thread(self, path: str) -> StoryPage | None:
        return threads.story_of(unquote(path).removeprefix("/"))

    def _find(self, path: str) -> StoryPage | SectionPage | FrontPage | Topic | Author | None:
        place = unquote(path).removeprefix("/")
        if not place:
            return stories.front_page()
        if not place.endswith("/"):
            return None
        match place.split("/"):
            case ["topics", slug, ""]:
                return Topic.objects.filter(slug=slug).first()
            case ["authors", slug, ""]:
                author: Author | None = (
                    Author.objects.filter(slug=slug)
                    .select_related("portrait")
                    .prefetch_related("portrait__renditions")
                    .first()
                )
                return author
        return stories.story_at(place) or stories.section_at(place)


# What changes.


def _stories_changed(pks: list[int], **_: Any) -> None:
    if len(pks) > EVERYTHING:
        gate.changed(access=True)
        return
    # A page that shows a story may not outlive a change of who may read it.
    gate.changed(*map(of_story, pks), access=True)
    gate.changed(*map(of_list, _lists(pks)))


def _lists(pks: list[int]) -> Iterator[str]:
    # A story that stands in no list any more was on pages that carry its own key.
    yield listings.ALL
    yield from Listing.objects.filter(story__in=pks).values_list("key", flat=True).distinct()


def _thread_changed(thread: int, **_: Any) -> None:
    gate.changed(of_thread(thread))


def _numbers_changed(threads: list[int], **_: Any) -> None:
    gate.changed(*map(of_thread, threads), *map(of_count, threads))
    gate.changed(*map(of_list, _lists(threads)))


def _page_changed(instance: Any, **_: Any) -> None:
    if isinstance(instance, FrontPage):
        gate.changed("front")
    elif isinstance(instance, SectionPage):
        # It stands in the head of every page.
        gate.changed()


def _named(**_: Any) -> None:
    gate.changed()


def connect() -> None:
    stories_changed.connect(_stories_changed, dispatch_uid="plates-stories")
    thread_changed.connect(_thread_changed, dispatch_uid="plates-thread")
    numbers_changed.connect(_numbers_changed, dispatch_uid="plates-numbers")
    page_published.connect(_page_changed, dispatch_uid="plates-published")
    page_unpublished.connect(_page_changed, dispatch_uid="plates-unpublished")
    for model in (Topic, Author, PaperRules, SectionRules):
        post_save.connect(_named, sender=model, dispatch_uid=f"plates-{model.__name__}")
        post_delete.connect(_named, sender=model, dispatch_uid=f"plates-{model.__name__}-gone")
