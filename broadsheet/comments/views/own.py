"""A reader's own comment: editing it, deleting it, appealing against what the desk decided."""

import secrets
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from broadsheet.comments import actions, printing, rulebook
from broadsheet.comments.appeals import LONGEST_APPEAL
from broadsheet.comments.looking import CommentsError, ReturnedError, TooLateError, TooLongError
from broadsheet.comments.models import Comment
from broadsheet.comments.posting import EDIT_ENDED
from broadsheet.comments.views.common import address_of, too_many, wait_for
from broadsheet.comments.views.kept_words import (
    OTHER_READER,
    gives_back,
    is_other_reader,
    kept_words,
    sent_words,
    signed_in,
    taken,
)
from broadsheet.comments.views.writing import arrived, barred, preview, refused, returned
from broadsheet.readers.requests import ReaderRequest, number
from broadsheet.rules.limits import Action

EDIT = "comments/write.html"
APPEAL = "comments/appeal.html"


def _own(request: ReaderRequest, pk: int) -> Comment:
    comment: Comment = get_object_or_404(
        Comment.objects.select_related("thread__story", "parent__writer", "writer"),
        pk=pk,
        writer=request.user,
    )
    return comment


def _edit_address(request: HttpRequest, pk: int) -> str:
    return reverse("comment-edit", args=[pk])


def _edit_context(request: ReaderRequest, comment: Comment) -> dict[str, Any]:
    is_fix = comment.standing == Comment.Standing.RETURNED
    longest = rulebook.load().policy.longest
    return {
        "comment": comment,
        "story": comment.thread.story,
        "parent": comment.parent if comment.parent and comment.parent.is_published else None,
        "address": address_of(comment.thread.story),
        "text": comment.text,
        "version": comment.version,
        "key": secrets.token_urlsafe(16),
        "longest": longest,
        "room": f"{longest:,}",
        "editing": True,
        "fixing": is_fix,
        "told": comment.notices.order_by("-made_at", "-pk").first() if is_fix else None,
        "writer": printing.writer_key(request.user.pk),
        "draft": f"edit {comment.pk} {comment.version}",
    }


def _edit_sent(request: HttpRequest) -> dict[str, Any]:
    # A version that was sent is what its writer saw, though it may be older by now.
    return {
        "text": "",
        **sent_words(request),
        "version": number(request.POST.get("version")),
        "is_filled": True,
    }


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: ReaderRequest, pk: int) -> HttpResponse:
    """Change one's comment within five minutes, or fix one that the desk returned."""
    mine = _own(request, pk)
    now = timezone.now()
    context = _edit_context(request, mine)
    is_sent = request.method == "POST"
    if is_sent:
        context |= _edit_sent(request)
    if not actions.may_edit(mine, now):
        context["ended"] = True
        return refused(request, TooLateError(EDIT_ENDED), EDIT, context)
    if not is_sent:
        if kept := kept_words(request, _edit_address(request, pk)):
            context |= {**kept, "is_filled": True, "are_back": True}
        context["barred"] = barred(request)
        return render(request, EDIT, context)
    if is_other_reader(request):
        return refused(request, TooLateError(OTHER_READER), EDIT, context)
    if request.POST.get("act") == "preview":
        return preview(request, context)
    return _save(request, mine, context)


def _save(request: ReaderRequest, mine: Comment, context: dict[str, Any]) -> HttpResponse:
    if wait := wait_for(request, Action.POST_COMMENT, thread=mine.thread_id):
        return too_many(request, EDIT, context, wait)
    now = timezone.now()
    try:
        posted = actions.edit_comment(
            comment=mine,
            writer=request.user,
            text=context["text"],
            version=context["version"],
            asks_person=request.POST.get("act") == "ask",
            words=context.get("words", ""),
            now=now,
        )
    except ReturnedError as error:
        return returned(request, error, EDIT, context)
    except CommentsError as error:
        if not isinstance(error, TooLongError):
            # Another press of the button is about the comment as it is now, which stands beside.
            mine.refresh_from_db()
            context |= {
                "version": mine.version,
                "current": mine,
                "ended": not actions.may_edit(mine, now),
            }
        return refused(request, error, EDIT, context)
    story = mine.thread.story
    opening = rulebook.opening_of(story, rulebook.load().paper, now=now)
    answer = arrived(request, posted, story=story, is_open=opening.takes_comments)
    return taken(request, answer)


@gives_back("comment-edit", address=_edit_address)
def edit_again(request: ReaderRequest, pk: int, *, message: str, status: int) -> HttpResponse:
    """Show the form again with the words that it brought; nothing is done with them."""
    context = _edit_context(request, _own(request, pk)) | _edit_sent(request)
    return render(request, EDIT, context | {"error": message}, status=status)


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


# Appeals.


def _appeal_address(request: HttpRequest, pk: int) -> str:
    return reverse("comment-appeal", args=[pk])


def _appeal_context(request: ReaderRequest, comment: Comment) -> dict[str, Any]:
    return {
        "comment": comment,
        "story": comment.thread.story,
        "decision": actions.appealable(comment),
        "longest": LONGEST_APPEAL,
        "room": f"{LONGEST_APPEAL:,}",
        "key": secrets.token_urlsafe(16),
        "writer": printing.writer_key(request.user.pk),
        "draft": f"appeal {comment.pk}",
    }


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def appeal(request: ReaderRequest, pk: int) -> HttpResponse:
    """Ask another moderator to look at the desk's decision."""
    mine = _own(request, pk)
    context = _appeal_context(request, mine)
    if request.method != "POST":
        if context["decision"] is None:
            raise Http404
        if kept := kept_words(request, _appeal_address(request, pk)):
            context |= {**kept, "is_filled": True, "are_back": True}
        return render(request, APPEAL, context)
    context |= {**sent_words(request), "is_filled": True}
    try:
        actions.appeal(
            comment=mine, writer=request.user, words=context.get("words", ""), now=timezone.now()
        )
    except CommentsError as error:
        return refused(request, error, APPEAL, context)
    messages.success(request, "Another moderator will look at it. We’ll email you.")
    return taken(request, redirect("you-comments"))


@gives_back("comment-appeal", address=_appeal_address)
def appeal_again(request: ReaderRequest, pk: int, *, message: str, status: int) -> HttpResponse:
    """Show the form again with the words that it brought; nothing is done with them."""
    context = _appeal_context(request, _own(request, pk))
    context |= {**sent_words(request), "is_filled": True, "error": message}
    return render(request, APPEAL, context, status=status)
