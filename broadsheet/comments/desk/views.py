"""The queues and the decisions: pages that work without script, and pieces of them for the script."""

import secrets
from collections.abc import Callable
from functools import wraps
from typing import Any, cast
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from broadsheet.comments import decisions, screening
from broadsheet.comments.decision_log import By
from broadsheet.comments.desk import acts, context, queues, work
from broadsheet.comments.desk.acts import ActForm, Button
from broadsheet.comments.desk.fields import DayField, NumberField
from broadsheet.comments.desk.queues import Filters, Queue
from broadsheet.comments.looking import CommentsError, TooLateError
from broadsheet.comments.models import Comment, Decision, DeskClaim
from broadsheet.readers.models import Reader
from broadsheet.readers.requests import ReaderRequest, number

MODERATES = "comments.moderate_comments"
SETS_RULES = "comments.set_comment_rules"

# Where the desk's pages are, in the order of their links.
PAGES = (
    ("Queues", "desk-comments"),
    ("Log", "desk-comments-log"),
    ("Load", "desk-comments-load"),
    ("Texts", "desk_reason_texts:index"),
    ("Guidelines", "desk-comments-guidelines"),
    ("Word lists", "desk-comments-words"),
    ("Rules", "desk-comments-rules"),
    ("Help", "desk-comments-help"),
)


def moderators_only(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    @wraps(view)
    def gate(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.has_perm(MODERATES):
            raise PermissionDenied
        return view(cast("ReaderRequest", request), *args, **kwargs)

    return gate


def page(
    request: HttpRequest, template: str, title: str, *, status: int = 200, **facts: Any
) -> HttpResponse:
    """Print one of the desk's pages, with the links to the others."""
    shown = {
        "pages": [(words, reverse(name), name) for words, name in PAGES],
        "here": request.resolver_match.view_name if request.resolver_match else "",
        "sets_rules": request.user.has_perm(SETS_RULES),
        "breadcrumbs_items": [
            {"url": reverse("desk-comments"), "label": "Comments"},
            *([{"url": "", "label": title}] if title != "Comments" else []),
        ],
        "header_title": title,
        "header_icon": "comment",
    }
    return render(request, f"comments/desk/{template}", {**shown, **facts}, status=status)


class FiltersForm(forms.Form):
    typed = forms.CharField(label="Words", required=False, max_length=300)
    standing = forms.ChoiceField(
        label="Stands as", required=False, choices=[("", "anything"), *Comment.Standing.choices]
    )
    writer = NumberField(required=False)
    thread = NumberField(required=False)
    since = DayField(label="From", required=False)
    until = DayField(label="To", required=False)

    def filters(self) -> Filters:
        """Return what is filtered by; a field with nonsense in it filters nothing."""
        if not self.is_bound:
            return Filters()
        self.full_clean()
        given = self.cleaned_data
        return Filters(
            typed=given.get("typed") or "",
            standing=given.get("standing") or "",
            writer=given.get("writer"),
            thread=given.get("thread"),
            since=given.get("since"),
            until=given.get("until"),
        )


def _asked(request: HttpRequest) -> tuple[Queue, FiltersForm, str]:
    queue = context.asked(request.GET.get("queue", ""))
    form = FiltersForm(request.GET if queue is Queue.ALL else None)
    kept = {name: value for name, value in request.GET.items() if name in form.fields and value}
    return queue, form, urlencode({"queue": queue.value, **kept})


@require_safe
@moderators_only
def comments(request: ReaderRequest) -> HttpResponse:
    """Show a queue, and one of its comments with everything beside it."""
    queue, form, address = _asked(request)
    filters = form.filters()
    batch = queues.page(queue, filters, after=request.GET.get("after", "")[:80])
    chosen = number(request.GET.get("at"))
    if not chosen and batch.rows:
        chosen = _first_free(batch, request.user)
    one = _find(chosen) if chosen else None
    counts = queues.counts()
    unscreened = queues.unscreened()
    return page(
        request,
        "queue.html",
        "Comments",
        queue=queue,
        tabs=[
            (one.value, title, counts.get(one), queues.MOST_COUNTED)
            for one, title in queues.TITLES.items()
        ],
        batch=batch,
        address=address,
        form=form if queue is Queue.ALL else None,
        is_narrowed=filters != Filters(),
        thread=queues.thread_of(filters.thread) if filters.thread else None,
        chosen=chosen,
        one=_beside(request, one, queue) if one else None,
        why=context.REASONS,
        taken=_taken(batch),
        me=request.user.pk,
        unscreened=unscreened,
        is_screened=screening.is_installed(),
        reasons=context.offered(),
    )


@require_safe
@moderators_only
def rows(request: ReaderRequest) -> HttpResponse:
    """Return the next rows of a queue, for the script."""
    queue, form, address = _asked(request)
    batch = queues.page(queue, form.filters(), after=request.GET.get("after", "")[:80])
    return render(
        request,
        "comments/desk/_rows.html",
        {
            "batch": batch,
            "address": address,
            "queue": queue,
            "why": context.REASONS,
            "taken": _taken(batch),
            "me": request.user.pk,
        },
    )


def _taken(batch: queues.Batch) -> dict[int, DeskClaim]:
    return work.taken((row.comment for row in batch.rows), timezone.now())


def _first_free(batch: queues.Batch, moderator: Reader) -> int:
    """Return the first comment of a queue that nobody else works on; the first where all are taken."""
    taken = _taken(batch)
    pks = [row.comment.pk for row in batch.rows]
    free = (pk for pk in pks if pk not in taken or taken[pk].moderator_id == moderator.pk)
    return next(free, pks[0])


def _find(pk: int) -> Comment | None:
    return (
        Comment.objects.select_related("writer", "thread__story")
        .defer("thread__story__body", "thread__story__teaser")
        .filter(pk=pk)
        .first()
    )


def _beside(request: ReaderRequest, one: Comment, queue: Queue) -> context.Context:
    return context.of(one, queue, request.user, now=timezone.now())


@require_safe
@moderators_only
def pane(request: ReaderRequest, pk: int) -> HttpResponse:
    """Return one comment with everything beside it, for the script."""
    one = _find(pk)
    if one is None:
        return HttpResponse(status=404)
    queue, _, address = _asked(request)
    facts = {"one": _beside(request, one, queue), "queue": queue, "address": address}
    return render(request, "comments/desk/_pane.html", facts)


def _wants_json(request: HttpRequest) -> bool:
    return "application/json" in request.headers.get("Accept", "")


def back(request: HttpRequest, at: int | None = None) -> str:
    """Return the queue that a form was sent from, at the comment that comes next."""
    queue = context.asked(request.POST.get("queue", ""))
    where = {"queue": queue.value}
    if queue is Queue.ALL:
        kept = FiltersForm.base_fields
        where |= {name: request.POST[name] for name in kept if request.POST.get(name)}
    if at is None:
        at = number(request.POST.get("following"))
    if at:
        where["at"] = str(at)
    return f"{reverse('desk-comments')}?{urlencode(where)}"


def _counts() -> dict[str, int]:
    return {queue.value: times for queue, times in queues.counts().items()}


@require_POST
@moderators_only
def act(request: ReaderRequest, pk: int) -> HttpResponse:
    """Do what was pressed, or say why it can't be done."""
    comment = get_object_or_404(Comment, pk=pk)
    form = ActForm(request.POST)
    try:
        if not form.is_valid():
            raise CommentsError(
                " ".join(str(one) for field in form.errors.values() for one in field)
            )
        button = Button(form.cleaned_data["act"])
        decision = acts.perform(
            button,
            comment,
            form.by(request.user),
            now=timezone.now(),
            days=form.cleaned_data["days"],
        )
    except CommentsError as error:
        return _refused(request, comment, error)
    comment.refresh_from_db()
    if _wants_json(request):
        return JsonResponse(
            {
                "done": True,
                "what": decision.get_act_display(),
                "undo": reverse("desk-comments-undo", args=[decision.pk]),
                "standing": comment.standing,
                "version": comment.version,
                "counts": _counts(),
            }
        )
    messages.success(
        request,
        render_to_string("comments/desk/_done.html", {"decision": decision}, request=request),
    )
    return redirect(back(request))


def _refused(request: ReaderRequest, comment: Comment, error: CommentsError) -> HttpResponse:
    """Say that nothing was done, and where somebody else was quicker, who."""
    too_late = isinstance(error, TooLateError)
    comment.refresh_from_db()
    latest = acts.who_decided(comment) if too_late else None
    words = str(error)
    if latest:
        words = f"{words} {latest['what']}, by {latest['who']}. Nothing of yours was done."
    if _wants_json(request):
        facts = {"done": False, "words": words, "too_late": too_late, "version": comment.version}
        return JsonResponse(facts, status=409 if too_late else 422)
    messages.error(request, words)
    return redirect(back(request, comment.pk))


@require_POST
@moderators_only
def bulk(request: ReaderRequest) -> HttpResponse:
    """Do one thing to all comments chosen; those that can't have it are named."""
    form = ActForm(request.POST)
    chosen = _chosen(request)
    if not (chosen and form.is_valid() and form.cleaned_data["act"] in acts.BULK):
        if _wants_json(request):
            return JsonResponse({"done": False, "words": "Choose some comments."}, status=422)
        messages.error(request, "Choose some comments, and what to do with them.")
        return redirect(back(request))
    found = Comment.objects.in_bulk(chosen)
    outcome = acts.perform_many(
        Button(form.cleaned_data["act"]),
        [(found[pk], _version(request, pk)) for pk in chosen if pk in found],
        form.by(request.user),
        batch=secrets.token_hex(12),
        now=timezone.now(),
    )
    if _wants_json(request):
        done = outcome.done
        facts = {
            "done": [one.comment_id for one in done],
            "refused": outcome.refused,
            "what": done[0].get_act_display() if done else "",
            "undo": reverse("desk-comments-undo-batch", args=[done[0].batch]) if done else "",
            "counts": _counts(),
        }
        return JsonResponse(facts)
    if outcome.done:
        told: dict[str, Any] = {"decision": outcome.done[0], "times": len(outcome.done)}
        messages.success(
            request, render_to_string("comments/desk/_done.html", told, request=request)
        )
    _say_refused(request, outcome)
    return redirect(back(request))


def _say_refused(request: HttpRequest, outcome: acts.Outcome) -> None:
    for words in dict.fromkeys(outcome.refused.values()):
        times = sum(one == words for one in outcome.refused.values())
        messages.error(request, f"{times} left as they are: {words}")


def _chosen(request: HttpRequest) -> list[int]:
    said = dict.fromkeys(request.POST.getlist("chosen")[: acts.MOST_AT_ONCE])
    return [int(one) for one in said if one.isascii() and one.isdigit() and len(one) < 19]


def _version(request: HttpRequest, pk: int) -> int | None:
    said = request.POST.get(f"version-{pk}", "")
    return int(said) if said.isascii() and said.isdigit() and len(said) < 10 else None


@require_POST
@moderators_only
def undo(request: ReaderRequest, pk: int) -> HttpResponse:
    """Take an act back; that is an act of its own, and logged."""
    decision = get_object_or_404(Decision.objects.select_related("comment"), pk=pk)
    by = By(moderator=request.user, note=request.POST.get("note", "")[:500])
    try:
        decisions.undo(decision=decision, by=by, now=timezone.now())
    except CommentsError as error:
        if _wants_json(request):
            return JsonResponse({"done": False, "words": str(error)}, status=409)
        messages.error(request, str(error))
    else:
        if _wants_json(request):
            return JsonResponse(_undone([decision]))
        messages.success(request, f"Taken back: {decision.get_act_display().lower()}.")
    if request.POST.get("from") == "log":
        return redirect("desk-comments-log")
    return redirect(back(request, decision.comment_id))


def _undone(done: list[Decision]) -> dict[str, Any]:
    pks = [one.comment_id for one in done if one.comment_id]
    versions = dict(Comment.objects.filter(pk__in=pks).values_list("pk", "version"))
    return {"done": True, "comments": versions, "counts": _counts()}


@require_POST
@moderators_only
def undo_batch(request: ReaderRequest, batch: str) -> HttpResponse:
    """Take back what was done together."""
    outcome = acts.undo_many(batch, By(moderator=request.user), now=timezone.now())
    if _wants_json(request):
        return JsonResponse({**_undone(outcome.done), "refused": outcome.refused})
    if outcome.done:
        messages.success(request, f"Taken back: {len(outcome.done)}.")
    _say_refused(request, outcome)
    return redirect(back(request))
