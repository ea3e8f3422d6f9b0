"""Others' comments: where one stands, valuing it, reporting it, muting who wrote it."""

import secrets
from typing import Any

from django.contrib import messages
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseRedirect,
    JsonResponse,
)
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from broadsheet.comments import actions, printing
from broadsheet.comments.appeals import LONGEST_REPORT
from broadsheet.comments.looking import CommentsError, TooLateError
from broadsheet.comments.models import Comment, Follow, Report, Valuation
from broadsheet.comments.views.common import (
    address_of,
    place_of,
    published_comment,
    too_many,
    wait_for,
    wants_json,
)
from broadsheet.comments.views.kept_words import (
    OTHER_READER,
    gives_back,
    is_other_reader,
    kept_words,
    nowhere,
    sent_words,
    signed_in,
    taken,
)
from broadsheet.comments.views.writing import refused
from broadsheet.readers.gates import readers_only
from broadsheet.readers.requests import ReaderRequest
from broadsheet.rules.limits import Action

MORE = "comments/more.html"


@require_safe
def comment(request: HttpRequest, pk: int) -> HttpResponse:
    """Lead from a comment's permalink to where it stands."""
    found = get_object_or_404(
        Comment.objects.shown().select_related("thread__story"), pk=pk, thread__story__live=True
    )
    return HttpResponseRedirect(place_of(found))


def _more_address(request: HttpRequest, pk: int) -> str:
    return reverse("comment-more", args=[pk])


def _more_context(request: ReaderRequest, one: Comment) -> dict[str, Any]:
    return {
        "comment": one,
        "story": one.thread.story,
        "address": address_of(one.thread.story),
        "own": one.writer_id == request.user.pk,
        "may_edit": actions.may_edit(one, timezone.now()),
        "follows": Follow.objects.filter(reader=request.user, comment=one).first(),
        "reasons": Report.Reason.choices,
        "longest": LONGEST_REPORT,
        "room": f"{LONGEST_REPORT:,}",
        "key": secrets.token_urlsafe(16),
        "writer": printing.writer_key(request.user.pk),
        "draft": f"report {one.pk}",
    }


@signed_in
@require_safe
def more(request: ReaderRequest, pk: int) -> HttpResponse:
    """Show what else can be done with a comment: its own writer's acts, or everybody else's."""
    context = _more_context(request, published_comment(pk))
    if kept := kept_words(request, _more_address(request, pk)):
        context |= {**kept, "is_filled": True, "are_back": True}
    return render(request, MORE, context)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def value(request: ReaderRequest, pk: int) -> HttpResponse:
    """Find a comment thoughtful or well sourced, or take that back."""
    one = published_comment(pk)
    asked = request.POST if request.method == "POST" else request.GET
    kind = asked.get("kind", "")
    if kind not in Valuation.Kind.values:
        raise Http404
    mine = Valuation.objects.filter(comment=one, reader=request.user, kind=kind).exists()
    context = {
        "comment": one,
        "story": one.thread.story,
        "kind": Valuation.Kind(kind),
        "valued": mine,
        "address": place_of(one),
    }
    if request.method != "POST":
        return render(request, "comments/value.html", context)
    if wait := wait_for(request, Action.VALUE_COMMENT):
        return too_many(request, "comments/value.html", context, wait)
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
        return HttpResponseRedirect(place_of(published_comment(pk)))
    times = one.thoughtful if kind == Valuation.Kind.THOUGHTFUL else one.well_sourced
    if wants_json(request):
        return JsonResponse({"valued": wanted, "times": times})
    return HttpResponseRedirect(place_of(one))


# Reports.


def _reported(pk: int) -> Comment | None:
    """Return the comment that a report is about; None when it isn't to be seen any more."""
    try:
        return published_comment(pk)
    except Http404:
        return None


def _gone(request: HttpRequest) -> HttpResponse:
    return nowhere(request, title="This comment isn’t there any more")


@signed_in
@require_POST
def report(request: ReaderRequest, pk: int) -> HttpResponse:
    """Report a comment to the desk."""
    one = _reported(pk)
    if one is None:
        return _gone(request)
    context = _more_context(request, one) | {**sent_words(request), "is_filled": True}
    if is_other_reader(request):
        return refused(request, TooLateError(OTHER_READER), MORE, context)
    reason = request.POST.get("reason", "")
    if reason not in Report.Reason.values:
        context["error"] = "Choose why the desk should look at it."
        return render(request, MORE, context, status=422)
    if wait := wait_for(request, Action.REPORT_COMMENT):
        return too_many(request, MORE, context, wait)
    try:
        actions.report_comment(
            comment=one,
            reader=request.user,
            reason=Report.Reason(reason),
            words=context.get("words", ""),
            now=timezone.now(),
        )
    except TooLateError:
        return _gone(request)
    except CommentsError as error:
        return refused(request, error, MORE, context)
    messages.success(request, "Thank you. The desk will look at the comment.")
    return taken(request, HttpResponseRedirect(place_of(one)))


@gives_back("comment-report", address=_more_address)
def report_again(request: ReaderRequest, pk: int, *, message: str, status: int) -> HttpResponse:
    """Show the form again with the words that it brought; nothing is done with them."""
    one = _reported(pk)
    if one is None:
        return _gone(request)
    context = _more_context(request, one)
    context |= {**sent_words(request), "is_filled": True, "error": message}
    return render(request, MORE, context, status=status)


# Muting.


@signed_in
@require_POST
def mute(request: ReaderRequest, pk: int) -> HttpResponse:
    """Hide what the writer of a comment writes from the reader who asks."""
    one = published_comment(pk)
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
