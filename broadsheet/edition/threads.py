"""The page of a thread, below its story's address: the first page is a plate like any other."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.utils import timezone

from broadsheet.comments import pages, printing, rulebook
from broadsheet.comments.models import Comment, Mute, PaperRules
from broadsheet.comments.pages import Order
from broadsheet.edition import metadata, responses
from broadsheet.edition.context import furniture
from broadsheet.edition.stories import root
from broadsheet.newsroom.models import StoryPage
from broadsheet.readers.adapters import entrance
from broadsheet.readers.models import Reader
from broadsheet.readers.requests import number
from broadsheet.rules.threads import Opening

ENDS = "comments/"
NOTHING: Mapping[str, Any] = {}
ORDERS = {
    Order.NEWEST: "Newest",
    Order.OLDEST: "Oldest",
    Order.VALUED: "Most valued",
    Order.PICKS: "The desk’s choice",
}


def below(path: str) -> str:
    """Return the path of the story whose thread stands at a path; empty when none could."""
    return path.removesuffix(ENDS) if path.endswith(f"/{ENDS}") else ""


def story_of(path: str) -> StoryPage | None:
    """Return the live story whose thread stands at a path (``world/talks/comments/``).

    Its words stay in the database.
    """
    place = below(path)
    if not place:
        return None
    story: StoryPage | None = (
        StoryPage.objects.live()
        .defer("body", "teaser")
        .filter(url_path=root() + place)
        .select_related("thread", "section__comment_rules")
        .first()
    )
    return story


def address(story: StoryPage) -> str:
    return f"{story.url}{ENDS}"


def _paper(story: StoryPage) -> PaperRules:
    """Return the paper's rules, asked for once to each story that is printed.

    Never the kept ones: what is printed lasts longer than they do.
    """
    kept: PaperRules | None = getattr(story, "_paper_rules", None)
    if kept is None:
        story._paper_rules = kept = rulebook.load_paper()
    return kept


def summary(story: StoryPage, *, now: datetime) -> dict[str, Any] | None:
    """Return what a story's own page prints of its thread; None for one that isn't published."""
    if not story.live or not story.url:
        return None
    return {
        "address": address(story),
        "count": rulebook.thread_of(story).published,
        "open": _opening(story, now=now).takes_comments,
    }


def lasts(story: StoryPage, *, now: datetime) -> float | None:
    """Return after how many seconds a page changes by itself because the thread closes."""
    ends = rulebook.facts_of(story, _paper(story)).ends_at
    return max(1.0, (ends - now).total_seconds()) if ends is not None and ends > now else None


def _opening(story: StoryPage, *, now: datetime) -> Opening:
    return rulebook.opening_of(story, _paper(story), now=now)


def _html(story: StoryPage, *, now: datetime, shown: dict[str, Any]) -> str:
    here = address(story)
    thread = rulebook.thread_of(story)
    facts = {
        **furniture(here=here),
        "story": story,
        "address": here,
        "canonical": metadata.absolute(here),
        "indexed": True,
        "count": thread.published,
        "opening": _opening(story, now=now),
        "orders": [
            (order.value, words, here if order is Order.NEWEST else f"{here}?order={order.value}")
            for order, words in ORDERS.items()
        ],
        "order": Order.NEWEST.value,
        **shown,
    }
    return render_to_string("comments/thread.html", facts).lstrip()


def page_html(
    story: StoryPage,
    *,
    now: datetime,
    order: Order = Order.NEWEST,
    after: str = "",
    muted: Collection[int] = (),
    told: Mapping[str, Any] = NOTHING,
) -> str:
    """Print a page of a thread.

    :param muted: writers that the reader who asks doesn't want to see
    :param told: what else is for that reader alone
    """
    found = pages.page(story.pk, order, after=after)
    here = address(story)
    query = {"order": order.value, "after": found.after}
    if order is Order.NEWEST:
        del query["order"]
    listed = printing.page(
        found,
        address=here,
        is_open=_opening(story, now=now).takes_comments,
        muted=muted,
        lone=order is Order.PICKS,
    )
    shown = {
        "list": listed,
        "list_is_any": bool(found.talks),
        "older": f"{here}?{urlencode(query)}" if found.after else "",
        "order": order.value,
        "indexed": order is Order.NEWEST,
        "hides": bool(muted),
        **told,
    }
    return _html(story, now=now, shown=shown)


def conversation_html(
    story: StoryPage,
    found: pages.Conversation,
    *,
    now: datetime,
    muted: Collection[int] = (),
    told: Mapping[str, Any] = NOTHING,
) -> str:
    """Print a stretch of one conversation."""
    here = address(story)
    query = {"under": found.root.number, "after": found.after}
    is_open = _opening(story, now=now).takes_comments
    shown = {
        "list": printing.conversation(found, address=here, is_open=is_open, muted=muted),
        "lone": True,
        "older": f"{here}?{urlencode(query)}" if found.after else "",
        "indexed": False,
        **told,
    }
    return _html(story, now=now, shown=shown)


def _conversation(story: StoryPage, asked: Any) -> pages.Conversation | None:
    """Return the conversation that a request asks for by a comment's number."""
    comments = Comment.objects.filter(thread=story.pk)
    if under := number(asked.get("under")):
        one = comments.filter(number=under, parent=None).first()
        return pages.conversation(one, after=asked.get("after", "")) if one else None
    one = comments.filter(number=number(asked.get("comment"))).first()
    return pages.around(one) if one else None


# What a request for another page than the first names.
ASKED = frozenset({"order", "after", "under", "comment", "mine"})


def thread(request: HttpRequest, story: StoryPage) -> HttpResponse:
    """Answer with a page of a thread that is no plate: another order, a later page, a conversation.

    :raises Http404: for a comment that has no place on pages
    """
    asked, now, told = request.GET, timezone.now(), _told(request)
    muted: frozenset[int] = frozenset()
    if "mine" in asked:
        if not isinstance(request.user, Reader):
            return redirect(entrance(request.get_full_path()))
        muted = frozenset(Mute.objects.filter(reader=request.user).values_list("muted", flat=True))
    if "under" in asked or "comment" in asked:
        found = _conversation(story, asked)
        if found is None:
            raise Http404
        html = conversation_html(story, found, now=now, muted=muted, told=told)
    else:
        try:
            order = Order(asked.get("order", Order.NEWEST))
        except ValueError:
            order = Order.NEWEST
        after = asked.get("after", "")
        html = page_html(story, now=now, order=order, after=after, muted=muted, told=told)
    own = "mine" in asked or bool(told["messages"])
    return responses.private(html) if own else responses.public(request, html)


def _told(request: HttpRequest) -> dict[str, Any]:
    """Return what a reader is told who has just done something; the session isn't touched for it."""
    there = "messages" in request.COOKIES
    return {"messages": list(messages.get_messages(request)) if there else []}
