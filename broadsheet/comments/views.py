"""What readers do with comments: every act has a page of its own, which works without a script."""

import secrets
from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any

from django.contrib import messages
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseRedirect,
    JsonResponse,
)
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from broadsheet.comments import actions, looking, markup, pages, printing, rulebook
from broadsheet.comments.actions import Posted
from broadsheet.comments.looking import (
    CUT,
    ClosedError,
    CommentsError,
    NamelessError,
    ReturnedError,
    SanctionedError,
    TooLateError,
)
from broadsheet.comments.marking import returned_facts, why_held
from broadsheet.comments.models import Comment, Follow, Report, Valuation
from broadsheet.newsroom.models import StoryPage
from broadsheet.readers.actions import change_name
from broadsheet.readers.adapters import entrance
from broadsheet.readers.gates import readers_only
from broadsheet.readers.models import Reader
from broadsheet.readers.requests import (
    ReaderRequest,
    neighbourhood,
    number,
    too_often,
    try_once,
)
from broadsheet.rules import limits, names, threads
from broadsheet.rules.limits import Action

LONGEST_KEY = 43


def wants_json(request: HttpRequest) -> bool:
    return "application/json" in request.headers.get("Accept", "")


def address_of(story: StoryPage) -> str:
    """Return the address of a story's thread."""
    return f"{story.url}comments/"


def place_of(comment: Comment) -> str:
    """Return where a comment stands."""
    story: StoryPage = comment.thread.story
    return f"{address_of(story)}?comment={comment.number}#{comment.anchor}"


def _story(pk: int) -> StoryPage:
    story = looking.story_for_posting(pk)
    if story is None:
        raise Http404
    return story


def _published(pk: int) -> Comment:
    """Return a comment that others see, with what its pages print."""
    found: Comment = get_object_or_404(
        Comment.objects.published().select_related("writer", "thread__story__section"),
        pk=pk,
        thread__story__live=True,
    )
    return found


def _limited(request: ReaderRequest, action: Action, *, thread: int = 0) -> HttpResponse | None:
    """Count a try; return the answer when there were too many."""
    outcome = try_once(request, action, reader=request.user.pk, thread=thread)
    if outcome.allowed:
        return None
    if wants_json(request):
        words = f"That is a lot at once. Wait {limits.wait_in_words(outcome.wait)}."
        return JsonResponse({"error": words}, status=429)
    return too_often(request, outcome.wait)


def signed_in(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Send visitors to the entrance; a script is told instead."""

    @wraps(view)
    def gate(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if isinstance(request.user, Reader):
            return view(request, *args, **kwargs)
        if wants_json(request):
            return JsonResponse({"error": "Sign in first."}, status=401)
        return redirect(entrance(request.get_full_path() if request.method != "POST" else "/"))

    return gate


@require_safe
def comment(request: HttpRequest, pk: int) -> HttpResponse:
    """Lead from a comment's address for good to where it stands."""
    found = get_object_or_404(
        Comment.objects.shown().select_related("thread__story"), pk=pk, thread__story__live=True
    )
    return HttpResponseRedirect(place_of(found))


# Writing.


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def write(request: ReaderRequest) -> HttpResponse:
    """Write a comment, or an answer: preview it, post it, or see what breaks a guideline."""
    asked = request.POST if request.method == "POST" else request.GET
    answers = number(asked.get("answers"))
    parent = _published(answers) if answers else None
    story = _story(parent.thread_id if parent else number(asked.get("story")))
    facts = _form_facts(request, story, parent)
    if request.method != "POST":
        facts["barred"] = _barred(request)
        return render(request, "comments/write.html", facts, status=200)
    text = asked.get("text", "")[:CUT]
    facts |= {"text": text, "key": asked.get("key", "")[:LONGEST_KEY]}
    if asked.get("act") == "preview":
        cleaned = threads.clean(text)
        preview = markup.render(cleaned[: facts["longest"]])
        if wants_json(request):
            return JsonResponse({"preview": preview})
        facts |= {"text": cleaned, "preview": preview}
        return render(request, "comments/write.html", facts)
    return _post(request, story, parent, text, facts)


def _form_facts(request: ReaderRequest, story: StoryPage, parent: Comment | None) -> dict[str, Any]:
    book = rulebook.load()
    return {
        "story": story,
        "parent": parent,
        "opening": rulebook.opening_of(story, book.paper, now=timezone.now()),
        "address": address_of(story),
        "key": secrets.token_urlsafe(16),
        "text": "",
        "name": request.user.name,
        "longest": book.policy.longest,
    }


def _barred(request: ReaderRequest) -> str:
    """Tell somebody who may not write before they do; empty for everybody else."""
    bar = looking.bar_of(request.user, timezone.now())
    return str(SanctionedError(bar)) if bar else ""


def _post(
    request: ReaderRequest,
    story: StoryPage,
    parent: Comment | None,
    text: str,
    facts: dict[str, Any],
) -> HttpResponse:
    if refused := _limited(request, Action.POST_COMMENT, thread=story.pk):
        return refused
    now = timezone.now()
    asked = request.POST
    try:
        _take_name(request, now=now)
        posted = actions.post_comment(
            story=story,
            writer=request.user,
            text=text,
            parent=parent,
            key=facts["key"],
            asks_person=asked.get("act") == "ask",
            words=asked.get("words", "")[:CUT],
            network=neighbourhood(request),
            now=now,
        )
    except ReturnedError as error:
        return _returned(request, error, "comments/write.html", facts)
    except CommentsError as error:
        return _refused(request, error, "comments/write.html", facts)
    except names.ShownNameError as error:
        facts |= {"name_error": str(error), "offered_name": asked.get("name", "")}
        if wants_json(request):
            return JsonResponse({"error": str(error), "field": "name"}, status=422)
        return render(request, "comments/write.html", facts, status=422)
    if asked.get("follow"):
        actions.follow(reader=request.user, story=story, comment=posted.comment, now=now)
    return _posted(request, posted, is_open=True)


def _take_name(request: ReaderRequest, *, now: datetime) -> None:
    """Keep the name that somebody chose who had none."""
    offered = request.POST.get("name", "").strip()
    if offered and not request.user.name:
        change_name(reader=request.user, name=offered, now=now, request=request)


def _returned(
    request: HttpRequest, error: ReturnedError, template: str, facts: dict[str, Any]
) -> HttpResponse:
    """Show a comment back with every finding and the words marked."""
    found = returned_facts(error)
    if wants_json(request):
        return JsonResponse(
            {"text": error.text, "marked": found["marked"], "findings": found["findings"]},
            status=422,
        )
    facts |= {**found, "text": error.text}
    return render(request, template, facts, status=422)


def _refused(
    request: HttpRequest, error: CommentsError, template: str, facts: dict[str, Any]
) -> HttpResponse:
    status = 409 if isinstance(error, TooLateError) else 403
    if isinstance(error, NamelessError):
        status = 422
    if wants_json(request):
        told: dict[str, Any] = {"error": str(error)}
        if isinstance(error, NamelessError):
            told["field"] = "name"
        return JsonResponse(told, status=status)
    facts |= {"error": str(error), "closed": isinstance(error, ClosedError)}
    if isinstance(error, NamelessError):
        facts["name_error"] = str(error)
        del facts["error"]
    return render(request, template, facts, status=status)


def _posted(request: ReaderRequest, posted: Posted, *, is_open: bool) -> HttpResponse:
    """Show a comment where it stands; or say that it waits, and why.

    :param is_open: whether its thread takes comments
    """
    comment = posted.comment
    waits = "" if comment.is_published else why_held(comment)
    warning = (
        "Your e-mail address is one that lasts for minutes: give us another, or you will not hear "
        "from us about your comments."
        if posted.passing
        else ""
    )
    if wants_json(request):
        facts: dict[str, Any] = {"number": comment.number, "waits": waits, "warning": warning}
        if comment.is_published:
            rows = pages.fetch(Comment.objects.filter(pk=comment.pk))
            indent = min(comment.depth, printing.INDENTS)
            facts["html"] = printing.comment(rows[0], indent=indent, is_open=is_open)
        return JsonResponse(facts, status=201)
    if warning:
        messages.warning(request, warning)
    if waits:
        messages.info(request, waits)
        return redirect("you-comments")
    messages.success(request, "Your comment is published.")
    return HttpResponseRedirect(place_of(comment))


# One's own comment.


def _own(request: ReaderRequest, pk: int) -> Comment:
    found: Comment = get_object_or_404(
        Comment.objects.select_related("thread__story", "parent__writer", "writer"),
        pk=pk,
        writer=request.user,
    )
    return found


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: ReaderRequest, pk: int) -> HttpResponse:
    """Change one's comment within five minutes."""
    mine = _own(request, pk)
    now = timezone.now()
    facts: dict[str, Any] = {
        "comment": mine,
        "story": mine.thread.story,
        "parent": mine.parent,
        "address": address_of(mine.thread.story),
        "text": mine.text,
        "version": mine.version,
        "editing": True,
    }
    if not actions.may_edit(mine, now):
        error = TooLateError("A comment can be changed for five minutes after it was posted.")
        return _refused(request, error, "comments/write.html", facts)
    if request.method != "POST":
        facts["barred"] = _barred(request)
        return render(request, "comments/write.html", facts)
    if refused := _limited(request, Action.POST_COMMENT, thread=mine.thread_id):
        return refused
    text = request.POST.get("text", "")[:CUT]
    facts["text"] = text
    try:
        posted = actions.edit_comment(
            comment=mine,
            writer=request.user,
            text=text,
            version=number(request.POST.get("version")),
            now=now,
        )
    except ReturnedError as error:
        return _returned(request, error, "comments/write.html", facts)
    except CommentsError as error:
        return _refused(request, error, "comments/write.html", facts)
    opening = rulebook.opening_of(mine.thread.story, rulebook.load().paper, now=now)
    return _posted(request, posted, is_open=opening.takes_comments)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: ReaderRequest, pk: int) -> HttpResponse:
    """Delete one's comment; a page asks first."""
    mine = _own(request, pk)
    if request.method == "POST":
        try:
            actions.delete_comment(comment=mine, writer=request.user, now=timezone.now())
        except TooLateError as error:
            messages.info(request, str(error))
        else:
            messages.success(request, "Your comment is deleted.")
        return HttpResponseRedirect(f"{address_of(mine.thread.story)}?mine=1")
    return render(request, "comments/delete.html", {"comment": mine, "story": mine.thread.story})


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def appeal(request: ReaderRequest, pk: int) -> HttpResponse:
    """Ask another moderator to look at the desk's decision."""
    mine = _own(request, pk)
    decision = actions.appealable(mine)
    facts = {"comment": mine, "story": mine.thread.story, "decision": decision}
    if request.method == "POST":
        try:
            actions.appeal(
                comment=mine,
                writer=request.user,
                words=request.POST.get("words", "")[:CUT],
                now=timezone.now(),
            )
        except CommentsError as error:
            messages.info(request, str(error))
        else:
            messages.success(
                request, "Another moderator will look at it. You will be told by mail."
            )
        return redirect("you-comments")
    if decision is None:
        raise Http404
    return render(request, "comments/appeal.html", facts)


# Others' comments.


@signed_in
@require_safe
def more(request: ReaderRequest, pk: int) -> HttpResponse:
    """Show what else can be done with a comment: its own writer's acts, or everybody else's."""
    one = _published(pk)
    facts = {
        "comment": one,
        "story": one.thread.story,
        "address": address_of(one.thread.story),
        "own": one.writer_id == request.user.pk,
        "may_edit": actions.may_edit(one, timezone.now()),
        "follows": Follow.objects.filter(reader=request.user, comment=one).first(),
        "reasons": Report.Reason.choices,
        "longest_words": actions.LONGEST_WORDS,
    }
    return render(request, "comments/more.html", facts)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def value(request: ReaderRequest, pk: int) -> HttpResponse:
    """Find a comment thoughtful or well sourced, or take that back."""
    one = _published(pk)
    asked = request.POST if request.method == "POST" else request.GET
    kind = asked.get("kind", "")
    if kind not in Valuation.Kind.values:
        raise Http404
    mine = Valuation.objects.filter(comment=one, reader=request.user, kind=kind).exists()
    if request.method != "POST":
        facts = {
            "comment": one,
            "story": one.thread.story,
            "kind": Valuation.Kind(kind),
            "valued": mine,
            "address": place_of(one),
        }
        return render(request, "comments/value.html", facts)
    if refused := _limited(request, Action.VALUE_COMMENT):
        return refused
    wanted = {"yes": True, "no": False}.get(asked.get("valued", ""), not mine)
    try:
        one = actions.value_comment(
            comment=one,
            reader=request.user,
            kind=Valuation.Kind(kind),
            valued=wanted,
            now=timezone.now(),
        )
    except CommentsError as error:
        if wants_json(request):
            return JsonResponse({"error": str(error)}, status=403)
        messages.info(request, str(error))
        return HttpResponseRedirect(place_of(_published(pk)))
    times = one.thoughtful if kind == Valuation.Kind.THOUGHTFUL else one.well_sourced
    if wants_json(request):
        return JsonResponse({"valued": wanted, "times": times})
    return HttpResponseRedirect(place_of(one))


@signed_in
@require_http_methods(["POST"])
def report(request: ReaderRequest, pk: int) -> HttpResponse:
    """Report a comment to the desk."""
    one = _published(pk)
    reason = request.POST.get("reason", "")
    if reason not in Report.Reason.values:
        messages.error(request, "Choose why the desk should look at it.")
        return redirect("comment-more", pk=pk)
    if refused := _limited(request, Action.REPORT_COMMENT):
        return refused
    try:
        actions.report_comment(
            comment=one,
            reader=request.user,
            reason=Report.Reason(reason),
            words=request.POST.get("words", "")[:CUT],
            now=timezone.now(),
        )
    except CommentsError as error:
        messages.info(request, str(error))
    else:
        messages.success(request, "Thank you. The desk will look at the comment.")
    return HttpResponseRedirect(place_of(one))


@signed_in
@require_POST
def mute(request: ReaderRequest, pk: int) -> HttpResponse:
    """Hide what the writer of a comment writes from the reader who asks."""
    one = _published(pk)
    if one.writer is None:
        raise Http404
    try:
        actions.mute_reader(reader=request.user, muted=one.writer, now=timezone.now())
    except CommentsError as error:
        messages.info(request, str(error))
    else:
        messages.success(request, f"You won’t see what {one.writer.name} writes.")
    return HttpResponseRedirect(f"{address_of(one.thread.story)}?mine=1")


@readers_only
@require_POST
def unmute(request: ReaderRequest, pk: int) -> HttpResponse:
    """Show what a reader writes again."""
    actions.unmute_reader(reader=request.user, muted=pk)
    return redirect("you-comments")


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def follow(request: ReaderRequest) -> HttpResponse:
    """Have new comments under a story mailed, or answers to a comment."""
    asked = request.POST if request.method == "POST" else request.GET
    answers = number(asked.get("comment"))
    one = _published(answers) if answers else None
    story = _story(one.thread_id if one else number(asked.get("story")))
    facts = {"story": story, "comment": one, "address": address_of(story)}
    if request.method != "POST":
        return render(request, "comments/follow.html", facts)
    actions.follow(reader=request.user, story=story, comment=one, now=timezone.now())
    messages.success(request, "You will be told by mail. Every mail has a link that ends it.")
    return HttpResponseRedirect(place_of(one) if one else f"{address_of(story)}?mine=1")


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def unfollow(request: HttpRequest, token: str) -> HttpResponse:
    """End a follow by the link of a mail: a page asks, a mail program's one click doesn't.

    It needs no sign-in and no form token: the address is the proof (RFC 8058), and all it does is
    to end this one follow.
    """
    if request.method == "POST":
        actions.unfollow_by_token(token=token)
        return render(request, "comments/unfollowed.html", {})
    there = Follow.objects.filter(token=token).select_related("thread__story").first()
    return render(request, "comments/unfollow.html", {"follow": there, "token": token})


@readers_only
@require_POST
def end_follow(request: ReaderRequest, pk: int) -> HttpResponse:
    """End a follow from the reader's own page."""
    actions.unfollow(reader=request.user, follow=pk)
    return redirect("you-comments")
