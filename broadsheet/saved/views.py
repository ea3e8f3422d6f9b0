"""Saving stories, the saved list, the reading history."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from broadsheet.newsroom import listings
from broadsheet.newsroom.models import StoryPage
from broadsheet.readers.adapters import entrance
from broadsheet.readers.gates import readers_only
from broadsheet.readers.models import Reader
from broadsheet.readers.requests import ReaderRequest, number, wants_json
from broadsheet.rules.addresses import own_path
from broadsheet.saved import actions
from broadsheet.saved.models import OfReaderQuerySet, ReadStory, SavedStory

ON_A_PAGE = 30  # stories
SHOWS = {"all": "All", "unread": "Not read yet", "read": "Read"}
ORDERS = {"last": "Saved last", "first": "Saved first"}


def place_in_list(text: str) -> tuple[datetime, int] | None:
    """Read where a page of a list begins; None for the beginning."""
    moment, _, row = text.rpartition("_")
    try:
        found = datetime.fromisoformat(moment)
    except ValueError:
        return None
    return (found, number(row)) if found.tzinfo and number(row) else None


def add_address(story_pk: int, back: str, *, script: bool = False) -> str:
    """Return the address of the page that saves a story, or says that it is saved.

    :param back: where its link back leads; empty: to the story
    :param script: the story's page shows by itself what is saved
    """
    asked = {"story": str(story_pk), "next": back, "script": "1" if script else ""}
    kept = {name: value for name, value in asked.items() if value}
    return f"{reverse('saved-add')}?{urlencode(kept)}"


def live_story(pk: int) -> StoryPage:
    stories = StoryPage.objects.live().for_lists()
    found: StoryPage = get_object_or_404(stories, pk=pk)
    return found


@require_http_methods(["GET", "HEAD", "POST"])
def add(request: HttpRequest) -> HttpResponseBase:
    """Save a story. Links lead to a page with a button, for nothing is done by following a link.

    That page says afterwards that the story is saved; the story's own, the same for everybody, can't.
    """
    asked = request.POST if request.method == "POST" else request.GET
    story = live_story(number(asked.get("story")))
    back = own_path(asked.get("next"))
    reader = request.user
    if not isinstance(reader, Reader):
        if wants_json(request):
            return JsonResponse({"error": "Sign in to save stories."}, status=401)
        return redirect(entrance(add_address(story.pk, back, script=asked.get("script") == "1")))
    if request.method == "POST":
        actions.save(reader=reader, story=story, now=timezone.now())
        if wants_json(request):
            return JsonResponse({"saved": True})
        return redirect(add_address(story.pk, back))
    saved = actions.saved_among(reader=reader, stories=[story.pk])
    facts = {
        "story": story,
        "is_saved": bool(saved),
        "next": back,
        "back": back or story.get_url(request),
    }
    return render(request, "saved/add.html", facts)


@require_POST
@readers_only
def remove(request: ReaderRequest) -> HttpResponse:
    """Take a story off the list, and show the list or the page that saves it again."""
    story_pk = number(request.POST.get("story"))
    gone = actions.unsave(reader=request.user, story_pk=story_pk)
    if wants_json(request):
        return JsonResponse({"saved": False})
    if gone:
        messages.success(request, "The story is off your list.")
    back = own_path(request.POST.get("next"))
    if request.POST.get("from") == "add" and StoryPage.objects.live().filter(pk=story_pk).exists():
        return redirect(add_address(story_pk, back))
    return redirect(back or "saved")


@require_POST
@readers_only
def mark(request: ReaderRequest) -> HttpResponse:
    """Mark a saved story as read or unread."""
    actions.mark(
        reader=request.user,
        story_pk=number(request.POST.get("story")),
        is_read=request.POST.get("as") == "read",
        now=timezone.now(),
    )
    return redirect(own_path(request.POST.get("next")) or "saved")


def _page(
    rows: OfReaderQuerySet, moment: Callable[[Any], datetime]
) -> tuple[list[dict[str, Any]], str]:
    """Return a page of rows with their stories, and where the next one begins."""
    found: Sequence[Any] = list(rows[: ON_A_PAGE + 1])
    more = ""
    if len(found) > ON_A_PAGE:
        last = found[ON_A_PAGE - 1]
        more = f"{moment(last).isoformat()}_{last.pk}"
        found = found[:ON_A_PAGE]
    fetched = listings.fetch((row.story_id for row in found), live_only=False)
    stories = {story.pk: story for story in fetched}
    items = []
    for row in found:
        story = stories.get(row.story_id)
        # A story that was taken back is named no more, but the reader can take it off the list.
        shown = story if story is not None and story.live else None
        items.append({"row": row, "pk": row.story_id, "story": shown})
    return items, more


@require_safe
@readers_only
def saved(request: ReaderRequest) -> HttpResponse:
    """Show the reader's saved stories."""
    asked = request.GET.get("q", "").strip()[:200]
    show = request.GET.get("show", "all")
    order = request.GET.get("order", "last")
    if show not in SHOWS or order not in ORDERS:
        raise Http404
    rows = SavedStory.objects.filter(reader=request.user)
    if show != "all":
        rows = rows.filter(read_at__isnull=show == "unread")
    if asked:
        rows = rows.about(asked)
    start = place_in_list(request.GET.get("from", ""))
    rows = rows.from_latest(before=start) if order == "last" else rows.from_earliest(after=start)
    items, more = _page(rows, lambda row: row.saved_at)
    kept = {"q": asked, "show": show, "order": order}
    facts = {
        "items": items,
        "asked": asked,
        "show": show,
        "shows": [(value, words, link({**kept, "show": value})) for value, words in SHOWS.items()],
        "order": order,
        "orders": [
            (value, words, link({**kept, "order": value})) for value, words in ORDERS.items()
        ],
        "more": link({**kept, "from": more}) if more else "",
        "is_start": start is None,
        "here": request.get_full_path(),
    }
    return render(request, "saved/saved.html", facts)


def link(asked: dict[str, str]) -> str:
    """Return a query that leaves out what is so anyway."""
    plain = {"show": "all", "order": "last"}
    kept = {name: value for name, value in asked.items() if value and plain.get(name) != value}
    return f"?{urlencode(kept)}" if kept else "."


@readers_only
@require_http_methods(["GET", "HEAD", "POST"])
def history(request: ReaderRequest) -> HttpResponse:
    """Show what the reader has read, and let them switch that off or erase it."""
    reader = request.user
    if request.method == "POST":
        return _change_history(request)
    asked = request.GET.get("q", "").strip()[:200]
    rows = ReadStory.objects.filter(reader=reader)
    if asked:
        rows = rows.about(asked)
    start = place_in_list(request.GET.get("from", ""))
    items, more = _page(rows.from_latest(before=start), lambda row: row.last_read_at)
    facts = {
        "items": items,
        "asked": asked,
        "is_kept": actions.history_is_kept(reader),
        "more": link({"q": asked, "from": more}) if more else "",
        "is_start": start is None,
        "here": request.get_full_path(),
    }
    return render(request, "saved/history.html", facts)


def _change_history(request: ReaderRequest) -> HttpResponse:
    reader = request.user
    match request.POST.get("action"):
        case "forget":
            actions.forget_reading(reader=reader, story_pk=number(request.POST.get("story")))
        case "erase":
            gone = actions.erase_history(reader=reader)
            messages.success(request, f"{gone} stories are out of your history.")
        case "on" | "off" as wanted:
            actions.keep_history(reader=reader, is_kept=wanted == "on")
            messages.success(
                request,
                "What you read is kept here from now on."
                if wanted == "on"
                else "From now on nothing you read is kept here.",
            )
        case _:
            raise Http404
    return redirect(own_path(request.POST.get("next")) or "history")
