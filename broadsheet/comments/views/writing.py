"""Writing a comment or a reply: a preview, what breaks a guideline, and posting it."""

import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from broadsheet.comments import actions, looking, markup, pages, printing, rulebook
from broadsheet.comments.looking import (
    AlreadyPostedError,
    ClosedError,
    CommentsError,
    NamelessError,
    ParentGoneError,
    ReturnedError,
    SanctionedError,
    TooLateError,
    TooLongError,
)
from broadsheet.comments.marking import returned_facts, why_held
from broadsheet.comments.models import Comment
from broadsheet.comments.posting import Posted
from broadsheet.comments.views.common import (
    address_of,
    place_of,
    too_many,
    wait_for,
    wants_json,
)
from broadsheet.comments.views.kept_words import (
    LONGEST_KEY,
    OTHER_READER,
    gives_back,
    is_other_reader,
    kept_words,
    nowhere,
    sent_words,
    signed_in,
    taken,
)
from broadsheet.newsroom.models import StoryPage
from broadsheet.readers import shown
from broadsheet.readers.actions import change_name
from broadsheet.readers.requests import ReaderRequest, neighbourhood, number
from broadsheet.rules import names, threads
from broadsheet.rules.limits import Action

TEMPLATE = "comments/write.html"


@dataclass(frozen=True, slots=True)
class Target:
    """Where a comment is written.

    :param parent: the comment that it replies to, which may have been taken down meanwhile
    """

    story: StoryPage
    parent: Comment | None

    @property
    def form(self) -> str:
        """The address of the form."""
        query = {"answers": self.parent.pk} if self.parent else {"story": self.story.pk}
        return f"{reverse('comment-write')}?{urlencode(query)}"


def _target(asked: Any) -> Target | None:
    """Return where somebody writes; None when the story isn't to be seen any more."""
    parent = None
    if answers := number(asked.get("answers")):
        # One that nobody ever saw can't be replied to, and isn't told of.
        parent = (
            Comment.objects.filter(pk=answers, appeared_at__isnull=False)
            .select_related("writer", "thread__story__section")
            .first()
        )
    story = looking.story_for_posting(parent.thread_id if parent else number(asked.get("story")))
    return Target(story, parent) if story else None


def _form_address(request: HttpRequest) -> str:
    names = ("answers", "story")
    query = {name: number(request.POST[name]) for name in names if request.POST.get(name)}
    return f"{reverse('comment-write')}?{urlencode(dict(list(query.items())[:1]))}"


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def write(request: ReaderRequest) -> HttpResponse:
    """Write a comment or a reply: preview it, post it, or see what breaks a guideline."""
    is_sent = request.method == "POST"
    target = _target(request.POST if is_sent else request.GET)
    if target is None:
        if is_sent:
            return nowhere(request, title="The story isn’t there any more")
        raise Http404
    context = _context(request, target)
    if not is_sent:
        return _empty_form(request, target, context)
    context |= _sent(request)
    if is_other_reader(request):
        return refused(request, TooLateError(OTHER_READER), TEMPLATE, context)
    if request.POST.get("act") == "preview":
        return preview(request, context)
    return _post(request, target, context)


@gives_back("comment-write", address=_form_address)
def write_again(request: ReaderRequest, *, message: str, status: int) -> HttpResponse:
    """Show the form again with the words that it brought; nothing is done with them."""
    target = _target(request.POST)
    if target is None:
        return nowhere(request, title="The story isn’t there any more")
    context = _context(request, target) | _sent(request) | {"error": message}
    return render(request, TEMPLATE, context, status=status)


def _context(request: ReaderRequest, target: Target) -> dict[str, Any]:
    book = rulebook.load()
    return {
        "story": target.story,
        "parent": target.parent if target.parent and target.parent.is_published else None,
        "parent_gone": target.parent is not None and not target.parent.is_published,
        "opening": rulebook.opening_of(target.story, book.paper, now=timezone.now()),
        "address": address_of(target.story),
        "key": secrets.token_urlsafe(16),
        "text": "",
        "name": request.user.name,
        "longest": book.policy.longest,
        "room": f"{book.policy.longest:,}",
        "writer": printing.writer_key(request.user.pk),
        "draft": f"{target.story.pk} {target.parent.pk if target.parent else 0}",
    }


def _empty_form(request: ReaderRequest, target: Target, context: dict[str, Any]) -> HttpResponse:
    """Show the form, with the words that were kept while their writer signed in again."""
    if kept := kept_words(request, target.form):
        context |= _filled(kept) | {"are_back": True}
    context["barred"] = barred(request)
    return render(request, TEMPLATE, context)


def _sent(request: HttpRequest) -> dict[str, Any]:
    return _filled({"key": "", **sent_words(request)})


def _filled(sent: dict[str, str]) -> dict[str, Any]:
    """Return what a form prints of words that it was sent."""
    return {
        "text": sent.get("text", ""),
        "words": sent.get("words", ""),
        "offered_name": sent.get("name", ""),
        "follow": sent.get("follow", ""),
        "key": sent.get("key", "")[:LONGEST_KEY] or secrets.token_urlsafe(16),
        "is_filled": True,
    }


def barred(request: ReaderRequest) -> str:
    """Tell somebody who may not write before they do; empty for everybody else."""
    bar = looking.bar_of(request.user, timezone.now())
    return str(SanctionedError(bar)) if bar else ""


def preview(request: HttpRequest, context: dict[str, Any]) -> HttpResponse:
    text, longest = looking.with_newlines(context["text"]), context["longest"]
    if len(text) <= max(looking.FLOOD, longest):
        text = threads.clean(text)
    over = max(0, len(text) - longest)
    shown = markup.render(text[:longest])
    if wants_json(request):
        return JsonResponse({"preview": shown, "over": over})
    return render(request, TEMPLATE, context | {"preview": shown, "over": over})


def _post(request: ReaderRequest, target: Target, context: dict[str, Any]) -> HttpResponse:
    if wait := wait_for(request, Action.POST_COMMENT, thread=target.story.pk):
        return too_many(request, TEMPLATE, context, wait)
    now = timezone.now()
    try:
        _take_name(request, now=now)
        posted = actions.post_comment(
            story=target.story,
            writer=request.user,
            text=context["text"],
            parent=target.parent,
            key=context["key"],
            asks_person=request.POST.get("act") == "ask",
            words=context["words"],
            network=neighbourhood(request),
            now=now,
        )
    except ReturnedError as error:
        return returned(request, error, TEMPLATE, context)
    except CommentsError as error:
        return refused(request, error, TEMPLATE, context)
    except names.ShownNameError as error:
        context["name_error"] = str(error)
        if wants_json(request):
            return JsonResponse({"error": str(error), "field": "name"}, status=422)
        return render(request, TEMPLATE, context, status=422)
    if request.POST.get("follow"):
        actions.follow(reader=request.user, story=target.story, comment=posted.comment, now=now)
    return taken(request, arrived(request, posted, story=target.story, is_open=True))


def _take_name(request: ReaderRequest, *, now: datetime) -> None:
    """Keep the name that somebody chose who had none."""
    offered = request.POST.get("name", "").strip()
    if offered and not request.user.name:
        change_name(reader=request.user, name=offered, now=now, request=request)
        shown.leave(request, is_left=False)


def returned(
    request: HttpRequest, error: ReturnedError, template: str, context: dict[str, Any]
) -> HttpResponse:
    """Show a comment back with every finding and the words marked."""
    found = returned_facts(error)
    if wants_json(request):
        return JsonResponse({"text": error.text, **found}, status=422)
    context |= {**found, "text": error.text}
    return render(request, template, context, status=422)


def refused(
    request: HttpRequest, error: CommentsError, template: str, context: dict[str, Any]
) -> HttpResponse:
    """Say why something can't be done, and give the words back."""
    told: dict[str, Any] = {"error": str(error)}
    match error:
        case NamelessError():
            status, told["field"] = 422, "name"
        case TooLongError():
            status, told["field"] = 422, "words"
        case AlreadyPostedError(comment=comment):
            # The form has a key of its own from here on: sent again, it posts another comment.
            status, told["key"] = 409, secrets.token_urlsafe(16)
            if comment.is_published:
                told["posted"] = comment.get_absolute_url()
        case ParentGoneError():
            status, told["parent_gone"] = 409, True
            told["error"] += " You can post your words as a comment of their own."
        case TooLateError():
            status = 409
        case _:
            status = 403
    if wants_json(request):
        return JsonResponse(told, status=status)
    context |= {**told, "closed": isinstance(error, ClosedError)}
    if isinstance(error, NamelessError):
        context["name_error"] = context.pop("error")
    if isinstance(error, ParentGoneError):
        context["parent"] = None
    return render(request, template, context, status=status)


def arrived(
    request: ReaderRequest, posted: Posted, *, story: StoryPage, is_open: bool
) -> HttpResponse:
    """Show a comment where it stands; or say that it waits, and why.

    :param is_open: whether its thread takes comments
    """
    comment = posted.comment
    waits = "" if comment.is_published else _why_waiting(comment)
    warning = (
        "Your email address is a temporary one. Give us another, or you won’t hear from us about "
        "your comments."
        if posted.passing
        else ""
    )
    changed = (
        "Your first version had arrived already. It has been changed to what you sent now."
        if posted.edited and posted.repeated
        else ""
    )
    if wants_json(request):
        facts: dict[str, Any] = {"number": comment.number, "waits": waits, "warning": warning}
        facts["changed"] = changed
        if comment.is_published:
            indent = min(comment.depth, printing.INDENTS)
            facts["html"] = printing.comment(_row(posted), indent=indent, is_open=is_open)
        return JsonResponse(facts, status=201)
    if warning:
        messages.warning(request, warning)
    if waits:
        messages.info(request, f"{changed} {waits}".strip())
        return redirect("you-comments")
    done = "Your change is saved." if posted.edited else "Your comment is published."
    messages.success(request, changed or done)
    return HttpResponseRedirect(place_of(comment, story))


def _row(posted: Posted) -> pages.Row:
    """Return what is printed of a comment; one that has just been posted is asked for by nobody."""
    if posted.edited or posted.repeated:
        return pages.fetch(Comment.objects.filter(pk=posted.comment.pk))[0]
    return pages.row_of(posted.comment)


def _why_waiting(comment: Comment) -> str:
    if comment.standing == Comment.Standing.HELD:
        return why_held(comment)
    # The answer to a form that was sent before: much may have happened since.
    return f"Your comment had arrived already. It is {comment.get_standing_display().lower()}."
