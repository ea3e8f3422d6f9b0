"""RSS 2.0, Atom 1.0 and JSON Feed 1.1: of the paper, of each section, topic and author."""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.html import format_html
from django.views.decorators.http import require_safe

from broadsheet.edition import stories
from broadsheet.edition.services import addresses, xml
from broadsheet.edition.services.answers import answer
from broadsheet.edition.services.wire import Dispatch, dispatches
from broadsheet.edition.services.xml import around, element
from broadsheet.newsroom import listings, oldaddresses
from broadsheet.newsroom.models import Author, SectionPage, Topic

ENTRIES = 30
GENERATOR = "Broadsheet"
_NO_LATER = 1 << 62


@dataclass(frozen=True, slots=True)
class Feed:
    """What is told of a list.

    :param home: the path of its page, as in ``/world/``
    :param file: the last part of the feed's own address
    """

    title: str
    description: str
    home: str
    file: str
    entries: list[Dispatch]

    @property
    def address(self) -> str:
        return addresses.whole(self.home + self.file)

    @property
    def page(self) -> str:
        return addresses.whole(self.home)

    @property
    def changed_at(self) -> datetime | None:
        return max((entry.changed_at for entry in self.entries), default=None)


type Writer = Callable[[Feed], bytes]


@require_safe
def paper(request: HttpRequest, file: str) -> HttpResponse:
    name = settings.PAPER_NAME
    about = settings.PAPER_TAGLINE or f"The latest from {name}"
    return _answer(request, Feed(name, about, "/", file, _latest(None)))


@require_safe
def section(request: HttpRequest, path: str, file: str) -> HttpResponse:
    found = stories.section_at(path)
    if found is None:
        old = oldaddresses.find(f"/{path}")
        if old and old.address.startswith("/") and stories.section_at(old.address.lstrip("/")):
            return HttpResponsePermanentRedirect(f"{old.address}{file}")
        raise Http404(f"There is no section at {path}")
    return _answer(request, _feed(found, found.title, found.description, found.url, file))


@require_safe
def topic(request: HttpRequest, slug: str, file: str) -> HttpResponse:
    found = get_object_or_404(Topic, slug=slug)
    home = found.get_absolute_url()
    return _answer(request, _feed(found, found.name, found.description, home, file))


@require_safe
def author(request: HttpRequest, slug: str, file: str) -> HttpResponse:
    found = get_object_or_404(Author, slug=slug)
    home = found.get_absolute_url()
    return _answer(request, _feed(found, found.name, found.office, home, file))


def _feed(
    of: SectionPage | Topic | Author, name: str, description: str, home: str, file: str
) -> Feed:
    return Feed(
        title=f"{name} – {settings.PAPER_NAME}",
        description=description or f"{name} in {settings.PAPER_NAME}",
        home=home,
        file=file,
        entries=_latest(of),
    )


def _latest(of: SectionPage | Topic | Author | None) -> list[Dispatch]:
    now = timezone.now()
    latest = listings.page(listings.key(of), before=(now, _NO_LATER), limit=ENTRIES)
    return dispatches(latest, now=now)


def _answer(request: HttpRequest, feed: Feed) -> HttpResponse:
    write, content_type = WRITERS[feed.file]
    return answer(request, write(feed), content_type=content_type, modified_at=feed.changed_at)


def _content(entry: Dispatch) -> str:
    """Return the open words, with the way to the rest where there is one."""
    if entry.complete:
        return entry.html
    on = format_html('<p><a href="{}">Read on in {}</a></p>', entry.address, settings.PAPER_NAME)
    return f"{entry.html}\n{on}".strip()


def _categories(entry: Dispatch) -> Iterable[str]:
    section = [entry.section.name] if entry.section else []
    return dict.fromkeys([*section, *(topic.name for topic in entry.topics)])


def rss(feed: Feed) -> bytes:
    channel = [
        element("title", feed.title),
        element("link", feed.page),
        element("description", feed.description),
        element("language", settings.LANGUAGE_CODE),
        element("generator", GENERATOR),
        element("docs", "https://www.rssboard.org/rss-specification"),
        element("ttl", 15),
        element("atom:link", href=feed.address, rel="self", type="application/rss+xml"),
    ]
    if feed.changed_at:
        channel.append(element("lastBuildDate", _rfc822(feed.changed_at)))
    for entry in feed.entries:
        item = [
            element("title", entry.headline),
            element("link", entry.address),
            element("guid", entry.key, isPermaLink="false"),
            element("pubDate", _rfc822(entry.published_at)),
            *(element("dc:creator", author.name) for author in entry.authors),
            *(element("category", name) for name in _categories(entry)),
        ]
        if entry.standfirst:
            item.append(element("description", entry.standfirst))
        if entry.updated_at:
            item.append(element("atom:updated", _iso(entry.updated_at)))
        item.append(element("content:encoded", _content(entry)))
        if entry.picture:
            item.append(
                f'<media:content url="{xml.text(addresses.whole(entry.picture.address))}" '
                f'medium="image" type="image/jpeg" width="{entry.picture.width}" '
                f'height="{entry.picture.height}">'
                + element("media:description", entry.picture.alternative_text, type="plain")
                + "</media:content>"
            )
        channel.append(around("item", *item))
    return (
        xml.DECLARATION + '<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom"'
        ' xmlns:content="http://purl.org/rss/1.0/modules/content/"'
        ' xmlns:dc="http://purl.org/dc/elements/1.1/"'
        ' xmlns:media="http://search.yahoo.com/mrss/">' + around("channel", *channel) + "</rss>\n"
    ).encode()


def atom(feed: Feed) -> bytes:
    parts = [
        element("id", feed.address),
        element("title", feed.title),
        element("subtitle", feed.description),
        # An empty list has not changed since the paper was founded, whenever that was.
        element("updated", _iso(feed.changed_at or datetime(2000, 1, 1, tzinfo=UTC))),
        element("link", href=feed.address, rel="self", type="application/atom+xml"),
        element("link", href=feed.page, rel="alternate", type="text/html"),
        around("author", element("name", settings.PAPER_NAME)),
        element("generator", GENERATOR),
    ]
    for entry in feed.entries:
        written = [
            element("id", entry.key),
            element("title", entry.headline),
            element("link", href=entry.address, rel="alternate", type="text/html"),
            element("published", _iso(entry.published_at)),
            element("updated", _iso(entry.changed_at)),
            *(
                around("author", element("name", one.name), element("uri", one.address))
                for one in entry.authors
            ),
            *(element("category", term=name) for name in _categories(entry)),
        ]
        if entry.standfirst:
            written.append(element("summary", entry.standfirst))
        written.append(element("content", _content(entry), type="html"))
        if entry.picture:
            address = addresses.whole(entry.picture.address)
            written.append(element("link", href=address, rel="enclosure", type="image/jpeg"))
        language = xml.text(entry.language)
        parts.append(f'<entry xml:lang="{language}">{"".join(written)}</entry>')
    return (
        xml.DECLARATION
        + f'<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="{settings.LANGUAGE_CODE}">'
        + "".join(parts)
        + "</feed>\n"
    ).encode()


def json_feed(feed: Feed) -> bytes:
    items = []
    for entry in feed.entries:
        item: dict[str, Any] = {
            "id": entry.key,
            "url": entry.address,
            "title": entry.headline,
            "content_html": _content(entry),
            "date_published": _iso(entry.published_at),
            "language": entry.language,
        }
        if entry.standfirst:
            item["summary"] = entry.standfirst
        if entry.updated_at:
            item["date_modified"] = _iso(entry.updated_at)
        if entry.authors:
            item["authors"] = [{"name": one.name, "url": one.address} for one in entry.authors]
        if entry.picture:
            item["image"] = addresses.whole(entry.picture.address)
        if tags := list(_categories(entry)):
            item["tags"] = tags
        items.append(item)
    told = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": feed.title,
        "description": feed.description,
        "home_page_url": feed.page,
        "feed_url": feed.address,
        "language": settings.LANGUAGE_CODE,
        "authors": [{"name": settings.PAPER_NAME, "url": addresses.whole("/")}],
        "items": items,
    }
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()


def _iso(moment: datetime) -> str:
    return timezone.localtime(moment).isoformat(timespec="seconds")


def _rfc822(moment: datetime) -> str:
    return format_datetime(timezone.localtime(moment))


WRITERS: dict[str, tuple[Writer, str]] = {
    "rss.xml": (rss, "application/rss+xml; charset=utf-8"),
    "atom.xml": (atom, "application/atom+xml; charset=utf-8"),
    "feed.json": (json_feed, "application/feed+json; charset=utf-8"),
}
