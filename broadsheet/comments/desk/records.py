"""The log of all acts, how much each moderator does, and a writer's and a thread's own page."""

from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.db.models import Count, Q, QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from broadsheet.comments import decisions, notices, rulebook, sanctions
from broadsheet.comments.decision_log import By
from broadsheet.comments.desk import acts, context, queues
from broadsheet.comments.desk.acts import ActForm, Button
from broadsheet.comments.desk.fields import DayField, NumberField
from broadsheet.comments.desk.paging import Order, beyond, place_of
from broadsheet.comments.desk.views import moderators_only, page
from broadsheet.comments.looking import CommentsError
from broadsheet.comments.models import Act, Appeal, Decision, Sanction, Thread
from broadsheet.newsroom.models import StoryPage
from broadsheet.readers.models import Reader
from broadsheet.readers.requests import ReaderRequest
from broadsheet.rules import days

AT_ONCE = 50
COUNTED = timedelta(days=30)
_NEWEST: Order = ("-decided_at", "-pk")


class LogForm(forms.Form):
    moderator = forms.ModelChoiceField(
        Reader.objects.none(), required=False, empty_label="anybody", label="Moderator"
    )
    act = forms.ChoiceField(choices=[("", "anything"), *Act.choices], required=False, label="What")
    since = DayField(label="From", required=False)
    until = DayField(label="To", required=False)
    reader = NumberField(required=False)
    comment = NumberField(required=False)

    def __init__(self, data: Any) -> None:
        super().__init__(data)
        known = Reader.objects.filter(pk__in=[one.pk for one in notices.moderators()])
        self.fields["moderator"].queryset = known.order_by("email")  # type: ignore[attr-defined]

    def narrow(self, rows: QuerySet[Decision]) -> QuerySet[Decision]:
        """Filter by what was given; a field with nonsense in it filters nothing."""
        self.full_clean()
        given = self.cleaned_data
        zone = settings.OPTIONS.zone
        for name in ("moderator", "act", "reader", "comment"):
            if given.get(name):
                rows = rows.filter(**{name: given[name]})
        if given.get("since"):
            rows = rows.filter(decided_at__gte=datetime.combine(given["since"], time.min, zone))
        if given.get("until"):
            midnight = datetime.combine(given["until"] + timedelta(days=1), time.min, zone)
            rows = rows.filter(decided_at__lt=midnight)
        return rows


@require_safe
@moderators_only
def log(request: ReaderRequest) -> HttpResponse:
    """Show every act, the latest first."""
    form = LogForm(request.GET)
    rows = form.narrow(
        Decision.objects.select_related(
            "comment", "thread__story", "reader", "reason", "undone_by"
        ).defer("thread__story__body", "thread__story__teaser")
    )
    found = list(beyond(rows, _NEWEST, request.GET.get("after", "")[:80])[: AT_ONCE + 1])
    kept = request.GET.copy()
    kept.pop("after", None)
    return page(
        request,
        "log.html",
        "Log",
        form=form,
        rows=found[:AT_ONCE],
        after=place_of(found[AT_ONCE - 1], _NEWEST) if len(found) > AT_ONCE else "",
        address=kept.urlencode(),
    )


@require_safe
@moderators_only
def load(request: ReaderRequest) -> HttpResponse:
    """Show how much each moderator did in a month, and what others changed of it."""
    now = timezone.now()
    since = now - COUNTED
    done = (
        Decision.objects.filter(decided_at__gte=since)
        .order_by()
        .values("moderator", "moderator_name")
        .annotate(
            month=Count("pk"),
            week=Count("pk", filter=Q(decided_at__gte=now - timedelta(days=7))),
            day=Count("pk", filter=Q(decided_at__gte=now - timedelta(days=1))),
            approved=Count("pk", filter=Q(act__in=[Act.APPROVE, Act.LET_STAND])),
            returned=Count("pk", filter=Q(act=Act.RETURN)),
            removed=Count("pk", filter=Q(act=Act.REMOVE)),
            appeals=Count("pk", filter=Q(act__in=[Act.UPHOLD_APPEAL, Act.REJECT_APPEAL])),
            undone=Count("pk", filter=Q(undone_by__isnull=False)),
        )
        .order_by("-month", "moderator_name")
    )
    lost = dict(
        Appeal.objects.filter(state=Appeal.State.WON, decided_at__gte=since)
        .exclude(first_moderator=None)
        .order_by()
        .values_list("first_moderator")
        .annotate(times=Count("pk"))
    )
    rows = [{**one, "overturned": lost.get(one["moderator"], 0)} for one in done]
    waiting = [
        {"title": queues.TITLES[queue], "times": times, "oldest": queues.oldest(queue)}
        for queue, times in queues.counts().items()
    ]
    return page(request, "load.html", "Load", rows=rows, waiting=waiting, most=queues.MOST_COUNTED)


# Writers.


@require_http_methods(["GET", "HEAD", "POST"])
@moderators_only
def writer(request: ReaderRequest, pk: int) -> HttpResponse:
    """Show how somebody writes and what the desk did about it; warn, mute, ban."""
    reader = get_object_or_404(Reader, pk=pk)
    if request.method == "POST":
        _about(request, reader)
        return redirect("desk-comments-writer", pk=pk)
    return page(
        request,
        "writer.html",
        str(reader),
        writer=context.writer(reader, timezone.now()),
        sanctions=list(Sanction.objects.filter(reader=reader).order_by("-pk")[:50]),
        now=timezone.now(),
        reasons=context.offered(),
        sees_account=request.user.has_perm("readers.manage_readers"),
    )


def _about(request: ReaderRequest, reader: Reader) -> None:
    form = ActForm(request.POST)
    if not form.is_valid() or form.cleaned_data["act"] not in acts.ABOUT_WRITERS:
        messages.error(request, "That can’t be done; nothing was changed.")
        return
    try:
        decision = acts.about_writer(
            Button(form.cleaned_data["act"]),
            reader,
            form.by(request.user),
            now=timezone.now(),
            days=form.cleaned_data["days"],
        )
    except CommentsError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, f"{decision.get_act_display()}. {reader} is told.")


@require_POST
@moderators_only
def lift(request: ReaderRequest, pk: int) -> HttpResponse:
    """End a sanction before its time."""
    sanction = get_object_or_404(Sanction.objects.select_related("reader"), pk=pk)
    by = By(moderator=request.user, words=request.POST.get("words", "").strip()[:2_000])
    try:
        if sanction.reader_id == request.user.pk:
            raise CommentsError("It is about you: somebody else decides.")
        sanctions.lift(sanction=sanction, by=by, now=timezone.now())
    except CommentsError as error:
        messages.error(request, str(error))
    else:
        holds = sanctions.still_holding(sanction.reader, timezone.now())
        still = f" Still holds: {'; '.join(holds)}." if holds else ""
        messages.success(request, f"Lifted. {sanction.reader} is told.{still}")
    return redirect("desk-comments-writer", pk=sanction.reader_id)


# Threads.


class ThreadForm(forms.Form):
    state = forms.ChoiceField(choices=Thread.State.choices, required=False, label="Comments are")
    closes_at = forms.DateTimeField(
        label="Closes by itself at",
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        help_text="On the paper’s clock. Empty: as section and paper say.",
    )
    note = forms.CharField(label="Note for the desk alone", required=False, max_length=500)

    def clean_closes_at(self) -> datetime | None:
        given: datetime | None = self.cleaned_data["closes_at"]
        if given is not None and days.on_day(given.year, given.month, given.day) is None:
            raise forms.ValidationError("No newspaper closes a thread then.")
        return given


def story_or_404(pk: int) -> StoryPage:
    """Return a story that has a thread, or may have one: a draft has none, and isn't every
    moderator's to see.
    """
    found: StoryPage | None = (
        StoryPage.objects.defer("body", "teaser")
        .select_related("thread", "section__comment_rules")
        .filter(Q(live=True) | Q(thread__isnull=False), pk=pk)
        .first()
    )
    if found is None:
        raise Http404
    return found


@require_http_methods(["GET", "HEAD", "POST"])
@moderators_only
def thread(request: ReaderRequest, pk: int) -> HttpResponse:
    """Show a thread: whether it is open, its numbers, its export; open and close it."""
    story = story_or_404(pk)
    kept = rulebook.thread_of(story)
    if request.method == "POST":
        form = ThreadForm(request.POST)
        if form.is_valid():
            given = form.cleaned_data
            decisions.set_thread(
                story=story,
                state=Thread.State(given["state"]),
                closes_at=given["closes_at"],
                by=By(moderator=request.user, note=given["note"]),
                now=timezone.now(),
            )
            messages.success(request, "The thread is set.")
            return redirect("desk-comments-thread", pk=pk)
    else:
        form = ThreadForm(initial={"state": kept.state, "closes_at": kept.closes_at})
    paper = rulebook.read().paper
    return page(
        request,
        "thread.html",
        story.title,
        status=422 if form.errors else 200,
        story=story,
        thread=kept,
        form=form,
        opening=rulebook.opening_of(story, paper, now=timezone.now()).value.replace("-", " "),
        ends_at=rulebook.facts_of(story, paper).ends_at,
    )
