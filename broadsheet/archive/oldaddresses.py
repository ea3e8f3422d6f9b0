"""Answering old addresses, and keeping them when a story or a section moves."""

from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import urlsplit

from django.db import transaction
from wagtail.models import Page
from wagtail.signals import page_slug_changed, post_page_move

from broadsheet.archive.models import OldAddress
from broadsheet.newsroom.models import SectionPage, StoryPage
from broadsheet.newsroom.oldaddresses import Found
from broadsheet.newsroom.portable import address as address_of
from broadsheet.rules import oldaddresses as rule

_AT_ONCE = 500
_MOST_STEPS = 5


def find(path: str, query: str = "") -> Found | None:
    """Return where an old address leads, in one indexed look-up; None when nobody knows it."""
    for _ in range(_MOST_STEPS):
        found = _look_up(path, query)
        if found is None or found.gone or not found.address.startswith("/"):
            return found
        now = urlsplit(found.address)
        if now.path == path:
            # It leads to itself.
            return None
        if found.by_redirect:
            # Where a redirect taken over leads to an old address, readers go there at once.
            further = _look_up(now.path, now.query)
            if further is not None and further.address != found.address:
                path, query = now.path, now.query
                continue
        return Found(found.address, found.gone)
    return None


class _Step(Found):
    by_redirect = False


class _Redirect(_Step):
    by_redirect = True


def _look_up(path: str, query: str) -> "_Step | None":
    keys = rule.candidates(path, query)
    if not keys:
        return None
    rows = {
        row["key"]: row
        for row in OldAddress.objects.filter(key__in=keys).values(
            "key", "target", "page__url_path", "page__live", "page__first_published_at"
        )
    }
    row = next((rows[key] for key in keys if key in rows), None)
    if row is None:
        return None
    if row["target"]:
        return _Redirect(row["target"])
    if row["page__live"]:
        return _Step(address_of(row["page__url_path"]))
    # What was published and isn't any more is gone; a draft is nobody's business.
    return _Step("", True) if row["page__first_published_at"] else None


def keep(pages: Iterable[tuple[int, str]]) -> int:
    """Keep addresses (of a page, by number); the first that has one keeps it.

    :return: how many were new
    """
    made = 0
    waiting: dict[str, OldAddress] = {}
    for number, address in pages:
        key = rule.key(address)
        if not key or key in waiting:
            continue
        waiting[key] = OldAddress(key=key, address=rule.readable(address), page_id=number)
        if len(waiting) >= _AT_ONCE:
            made += _write(waiting)
            waiting = {}
    return made + _write(waiting)


def _write(waiting: dict[str, OldAddress]) -> int:
    known = set(OldAddress.objects.filter(key__in=waiting).values_list("key", flat=True))
    new = [row for key, row in waiting.items() if key not in known]
    OldAddress.objects.bulk_create(new, ignore_conflicts=True)
    return len(new)


@transaction.atomic
def moved(page: Page, before: str) -> None:
    """Keep the address that a page, and all pages under it, had before it moved.

    :param before: its url_path then
    """
    now = page.url_path
    if before == now:
        return

    def former() -> Iterator[tuple[int, str]]:
        pages = Page.objects.filter(path__startswith=page.path).order_by("path")
        for number, url_path in pages.values_list("pk", "url_path").iterator(chunk_size=2000):
            yield number, address_of(before + url_path.removeprefix(now))

    _take_over(former())


def _take_over(rows: Iterable[tuple[int, str]]) -> None:
    """Keep addresses that were a page's own until now, whoever had them long before."""
    batch: dict[str, OldAddress] = {}
    for number, address in rows:
        if key := rule.key(address):
            batch[key] = OldAddress(key=key, address=address, page_id=number)
        if len(batch) >= _AT_ONCE:
            _replace(batch)
            batch = {}
    _replace(batch)


def _replace(batch: dict[str, OldAddress]) -> None:
    OldAddress.objects.bulk_create(
        batch.values(),
        update_conflicts=True,
        unique_fields=["key"],
        update_fields=["address", "page", "target"],
    )


def _slug_changed(instance: Any, instance_before: Any, **_: Any) -> None:
    if isinstance(instance, StoryPage | SectionPage):
        moved(instance, instance_before.url_path)


def _page_moved(instance: Any, url_path_before: str, url_path_after: str, **_: Any) -> None:
    page = instance.specific
    if isinstance(page, StoryPage | SectionPage) and url_path_before != url_path_after:
        moved(page, url_path_before)


def connect() -> None:
    page_slug_changed.connect(_slug_changed, dispatch_uid="archive-slug-changed")
    post_page_move.connect(_page_moved, dispatch_uid="archive-moved")
