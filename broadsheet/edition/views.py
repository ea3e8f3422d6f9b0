"""The public pages. What lives at no address is asked of those who know old ones."""

import logging
import sys

from django.db import DatabaseError
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponsePermanentRedirect,
)
from django.template.loader import render_to_string
from django.urls import Resolver404, resolve
from django.utils import timezone
from django.utils.encoding import iri_to_uri
from django.utils.http import escape_leading_slashes
from django.views.decorators.http import require_safe

from broadsheet.edition import (
    archives,
    context,
    cursors,
    indexes,
    most_read,
    plates,
    printing,
    responses,
    stories,
    subscribing,
    threads,
    unavailable,
)
from broadsheet.edition import on_this_day as on_this_day_pages
from broadsheet.newsroom import oldaddresses
from broadsheet.newsroom.models import Author, FrontPage, SectionPage, StoryPage, Topic
from broadsheet.press.edge.plates import answer
from broadsheet.press.outages import outages
from broadsheet.readers.models import Reader
from broadsheet.rules import crawlers, days
from broadsheet.rules.access import Access
from broadsheet.rules.variants import Variant
from broadsheet.saved.actions import remember_reading
from broadsheet.wall import doors

log = logging.getLogger(__name__)


def place(request: HttpRequest, name: str = "before") -> cursors.Place | None:
    """Return where the page of a list starts that a request asks for; None for the first.

    :raises Http404: when no page of ours leads there
    """
    written = request.GET.get(name)
    if written is None:
        return None
    found = cursors.read(written)
    if found is None:
        raise Http404
    return found


@require_safe
def page(request: HttpRequest, path: str) -> HttpResponse:
    """Answer with the front page, a section or a story, by its place in the tree."""
    if not path:
        return front(request)
    if talked_about := threads.story_of(path):
        return thread(request, talked_about)
    if story := stories.story_at(path):
        return print_story(story, request)
    if section := stories.section_at(path):
        return print_section(section, request)
    return missing(request)


def front(request: HttpRequest) -> HttpResponse:
    query = request.META.get("QUERY_STRING", "")
    if oldaddresses.may_be_old(query) and (answer := _old(request)):
        return answer
    front_page = stories.front_page()
    return print_front(front_page, request) if front_page else missing(request)


def print_front(front_page: FrontPage, request: HttpRequest) -> HttpResponse:
    today = timezone.now().astimezone(archives.zone()).date()
    return responses.public(request, printing.front_html(front_page, today=today))


def print_section(section: SectionPage, request: HttpRequest) -> HttpResponse:
    return responses.public(request, printing.section_html(section, before=place(request)))


def print_story(story: StoryPage, request: HttpRequest) -> HttpResponse:
    """Answer with a story, or a teaser and its wall: what the edge would send, byte for byte."""
    opening = doors.knock(request, story=story.pk, access=Access(story.access), path=story.path)
    variant = opening.variant
    if not opening.opens and doors.is_ahead_of_time(request):
        # Kept and shown later it would be a wall to somebody who may read on.
        return HttpResponse(status=503, headers={"Cache-Control": "no-store"})
    status, pairs, body = answer(
        plates.print_story(story, variant),
        variant,
        accept_encoding=request.headers.get("Accept-Encoding"),
        if_none_match=request.headers.get("If-None-Match"),
    )
    response = HttpResponse(body, status=status, headers=dict(pairs))
    if opening.opens:
        opening.give(response)
        if (
            doors.is_reading(request)
            and crawlers.name(request.headers.get("User-Agent", "")) is None
        ):
            most_read.counter.add(story.pk)
        if not story.is_open_to_all and doors.is_signed_in(request):
            remember(request, story)
    # Who asked has been looked at to decide; what is sent is the same for all who get it.
    if hasattr(request, "session"):
        request.session.accessed = False
        if variant is Variant.TEASER:
            # Its new end would have to be told in a cookie, and what anybody may keep carries none.
            request.session.modified = False
    return response


def thread(request: HttpRequest, story: StoryPage) -> HttpResponse:
    """Answer with a story's thread; the first page is what the edge would send, byte for byte."""
    if not threads.ASKED.isdisjoint(request.GET):
        try:
            return threads.thread(request, story)
        except Http404:
            return not_found(request)
    status, pairs, body = answer(
        plates.print_thread(story),
        Variant.FULL,
        accept_encoding=request.headers.get("Accept-Encoding"),
        if_none_match=request.headers.get("If-None-Match"),
    )
    return HttpResponse(body, status=status, headers=dict(pairs))


def remember(request: HttpRequest, story: StoryPage) -> None:
    """Write a whole story that a reader opened into their history."""
    if isinstance(request.user, Reader) and doors.is_reading(request):
        try:
            remember_reading(reader=request.user, story_pk=story.pk, now=timezone.now())
        except DatabaseError as error:
            # On a full disk one can still read.
            if not outages.record(error):
                raise


@require_safe
def topics(request: HttpRequest) -> HttpResponse:
    after = request.GET.get("after", "").replace("\x00", "")[:120]
    return responses.public(request, indexes.topics_html(after=after))


@require_safe
def authors(request: HttpRequest) -> HttpResponse:
    after = request.GET.get("after", "").replace("\x00", "")[:120]
    return responses.public(request, indexes.authors_html(after=after))


@require_safe
def most_read_page(request: HttpRequest) -> HttpResponse:
    return responses.public(request, printing.most_read_html(most_read.stories()))


@require_safe
def feeds(request: HttpRequest) -> HttpResponse:
    return responses.public(request, indexes.feeds_html())


@require_safe
def topic(request: HttpRequest, slug: str) -> HttpResponse:
    found = Topic.objects.filter(slug=slug).first()
    if found is None:
        return missing(request)
    return responses.public(request, printing.topic_html(found, before=place(request)))


@require_safe
def author(request: HttpRequest, slug: str) -> HttpResponse:
    found = (
        Author.objects.filter(slug=slug)
        .select_related("portrait")
        .prefetch_related("portrait__renditions")
        .first()
    )
    if found is None:
        return missing(request)
    return responses.public(request, printing.author_html(found, before=place(request)))


@require_safe
def corrections(request: HttpRequest) -> HttpResponse:
    return responses.public(request, archives.corrections_html(before=place(request)))


@require_safe
def subscribe(request: HttpRequest) -> HttpResponse:
    return responses.public(request, subscribing.subscribe_html(here=request.path))


@require_safe
def archive(request: HttpRequest) -> HttpResponse:
    return responses.public(request, archives.years_html())


@require_safe
def archive_month(request: HttpRequest, year: int, month: int) -> HttpResponse:
    on = days.on_day(year, month, 1)
    html = archives.month_html(on) if on else None
    return responses.public(request, html) if html else missing(request)


@require_safe
def archive_day(request: HttpRequest, year: int, month: int, day: int) -> HttpResponse:
    on = days.on_day(year, month, day)
    html = archives.day_html(on, after=place(request, "after")) if on else None
    return responses.public(request, html) if html else missing(request)


@require_safe
def on_this_day(
    request: HttpRequest, month: int | None = None, day: int | None = None
) -> HttpResponse:
    if month is None or day is None:
        today = timezone.now().astimezone(archives.zone()).date()
        return responses.public(request, on_this_day_pages.html(today, dated=False))
    # Any leap year has every day there is.
    on = days.on_day(on_this_day_pages.ANY_YEAR, month, day)
    if on is None:
        return missing(request)
    return responses.public(request, on_this_day_pages.html(on, dated=True))


@require_safe
def elsewhere(request: HttpRequest, path: str) -> HttpResponse:
    """Answer for every address that no other page has."""
    if not path.endswith("/") and "." not in path.rpartition("/")[2]:
        with_slash = escape_leading_slashes(f"{request.path_info}/")
        if _is_page(with_slash):
            return _permanently(with_slash, request.META.get("QUERY_STRING", ""))
    return missing(request)


def _is_page(path: str) -> bool:
    try:
        found = resolve(path)
    except Resolver404:
        return False
    if found.url_name == "elsewhere":
        return False
    if found.url_name != "wagtail_serve":
        return True
    inner = found.args[0]
    return bool(stories.section_at(inner) or stories.story_at(inner))


def missing(request: HttpRequest) -> HttpResponse:
    """Answer where nothing lives: lead on from an old address, or say so."""
    return _old(request) or not_found(request)


def _old(request: HttpRequest) -> HttpResponse | None:
    found = oldaddresses.find(request.path, request.META.get("QUERY_STRING", ""))
    if found is None:
        return None
    if found.gone:
        return gone(request)
    if found.address in {request.path, request.get_full_path()}:
        # An address that once was old and lives again must not lead in a circle.
        return None
    return _permanently(found.address)


def _permanently(address: str, query: str = "") -> HttpResponse:
    response = HttpResponsePermanentRedirect(iri_to_uri(address) + (f"?{query}" if query else ""))
    response["Cache-Control"] = "public, max-age=3600"
    return response


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Say that nothing is there."""
    return _trouble("404", 404)


def gone(request: HttpRequest) -> HttpResponse:
    """Say that a story was there and was taken back."""
    return _trouble("410", 410)


def _trouble(template: str, status: int) -> HttpResponse:
    # The same for every path, so that a wrong address has nothing of its own on the page.
    response = HttpResponse(printing.page(template, here="/"), status=status)
    response["Cache-Control"] = "no-cache"
    return response


def failed(request: HttpRequest) -> HttpResponse:
    """Say that something went wrong here. Asks nothing of the database."""
    if outages.record(sys.exception()):
        return unavailable.answer(request)
    try:
        html: str = render_to_string(
            "edition/500.html", {**context.furniture(here="/"), "sections": []}
        )
    except Exception:
        log.exception("the page that says so failed too")
        html = (
            "<!doctype html><title>Something went wrong</title><p>Something went wrong. Try again."
        )
    return HttpResponse(html.lstrip(), status=500, headers={"Cache-Control": "no-store"})
