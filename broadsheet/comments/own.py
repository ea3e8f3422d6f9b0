"""A reader's own comments, and the pages that say what comments have to keep and what became of them."""

from collections import defaultdict
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Count, Sum
from django.db.models.functions import TruncMonth
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from broadsheet.comments import actions, rulebook
from broadsheet.comments.marking import kept_findings, why_held
from broadsheet.comments.models import (
    Act,
    Appeal,
    Comment,
    Decision,
    Figure,
    Follow,
    Mute,
    Notice,
    Sanction,
)
from broadsheet.comments.pages import read_moment, write_moment
from broadsheet.readers.gates import readers_only
from broadsheet.readers.requests import ReaderRequest
from broadsheet.rules.guidelines.findings import Guideline

ON_A_PAGE = 20  # comments
NOTICES = 5
MONTHS = 13  # on the page of numbers


@readers_only
@require_safe
def comments(request: ReaderRequest) -> HttpResponse:
    """Show the reader's comments with their standing, and what the paper told about them."""
    reader, now = request.user, timezone.now()
    after = read_moment(request.GET.get("after", ""))
    rows = list(
        Comment.objects.filter(writer=reader)
        .exclude(standing=Comment.Standing.DELETED)
        .select_related("thread__story__section")
        .newest(after=after)[: ON_A_PAGE + 1]
    )
    shown = rows[:ON_A_PAGE]
    latest = {one.comment_id: one for one in _latest_notices(shown)}
    appeals = {
        one.comment_id: one for one in Appeal.objects.filter(comment__in=shown).order_by("pk")
    }
    items = [
        {
            "comment": one,
            "waits": why_held(one) if one.standing == Comment.Standing.HELD else "",
            "findings": kept_findings(one) if one.standing != Comment.Standing.PUBLISHED else [],
            "notice": latest.get(one.pk),
            "appeal": appeals.get(one.pk),
            "may_edit": actions.may_edit(one, now) and not _is_appealed(one, appeals),
            "may_appeal": (
                one.standing in {Comment.Standing.RETURNED, Comment.Standing.REMOVED}
                and actions.appealable(one) is not None
            ),
        }
        for one in shown
    ]
    facts = {
        "items": items,
        "is_start": after is None,
        "more": write_moment(shown[-1].posted_at, shown[-1].pk) if len(rows) > ON_A_PAGE else "",
        "sanctions": Sanction.objects.filter(reader=reader).holding(now).order_by("-made_at"),
        "notices": Notice.objects.filter(reader=reader, comment=None).order_by("-made_at")[
            :NOTICES
        ],
        "mutes": Mute.objects.filter(reader=reader).select_related("muted").order_by("-made_at"),
        "follows": Follow.objects.filter(reader=reader)
        .select_related("thread__story", "comment__writer")
        .order_by("-made_at"),
    }
    Notice.objects.filter(reader=reader, seen_at=None).update(seen_at=now)
    return render(request, "comments/own.html", facts)


def _is_appealed(comment: Comment, appeals: dict[int, Appeal]) -> bool:
    """Tell whether a returned comment waits for the answer to an appeal."""
    appeal = appeals.get(comment.pk)
    returned = comment.standing == Comment.Standing.RETURNED
    return returned and appeal is not None and appeal.state == Appeal.State.OPEN


def _latest_notices(comments: list[Comment]) -> list[Notice]:
    return list(Notice.objects.filter(comment__in=comments).order_by("made_at", "pk"))


# For everybody.

# What a guideline asks, and an example that keeps it beside one that doesn't.
EXPLAINED = {
    Guideline.ENGLISH: (
        "In English",
        (
            "Write in English, so that everybody here can reply. Names, quotations and a phrase in "
            "another language are fine. A comment in another language isn’t, in Latin letters either."
        ),
    ),
    Guideline.FULL_SENTENCES: (
        "In full sentences",
        (
            "Say what you think in complete sentences. A short one will do: “I was there.” Slogans, "
            "headlines, “First!” and rows of symbols won’t."
        ),
    ),
    Guideline.NOT_ABUSIVE: (
        "Not abusive",
        "No insults, no slurs, no threats, and nothing that runs people down for what they are.",
    ),
    Guideline.NOT_PERSONAL: (
        "Not personal",
        (
            "Argue with what somebody said or did, as hard as you like. Leave out what they are: “That "
            "sum is wrong” is welcome, “you can’t count” is not."
        ),
    ),
    Guideline.LINKS: (
        "No advertising",
        (
            "Two links at most, given in full. Nothing for sale, no telephone numbers, no e-mail "
            "addresses."
        ),
    ),
    Guideline.SHOUTING: (
        "No shouting",
        "No sentences in capitals, and one exclamation mark at a time.",
    ),
    Guideline.REPETITION: (
        "No repetition",
        (
            "Don’t post nearly the same words under one story again within 24 hours, or the same "
            "sentence three times in a comment."
        ),
    ),
    Guideline.LENGTH: ("Not too long", "A comment may have 5,000 characters."),
}


# A message to the reader may stand on it.
@cache_control(private=True, no_cache=True)
@require_safe
def guidelines(request: HttpRequest) -> HttpResponse:
    """Say what a comment has to keep, how it is checked, and what a writer can do about it."""
    book = rulebook.load()
    facts = {
        "words": [one for one in book.paper.guidelines.split("\n\n") if one.strip()],
        "explained": [(one.value, *words) for one, words in EXPLAINED.items()],
        "longest": book.policy.longest,
        "read_first": book.paper.read_first_comments,
        "days": book.paper.closes_after_days,
    }
    return render(request, "comments/guidelines.html", facts)


def months(now: datetime) -> list[dict[str, Any]]:
    """Return what became of comments month by month, the present one first."""
    zone = settings.OPTIONS.zone
    today = now.astimezone(zone).date()
    first = (today.replace(day=1) - timedelta(days=31 * (MONTHS - 1))).replace(day=1)
    found: defaultdict[date, defaultdict[str, int]] = defaultdict(lambda: defaultdict(int))
    counted = (
        Figure.objects.filter(on__gte=first, guideline="")
        .annotate(month=TruncMonth("on"))
        .values_list("month", "what")
        .annotate(sum=Sum("times"))
        .order_by()
    )
    for month, what, times in counted:
        found[month][what] += times
    since = datetime(first.year, first.month, 1, tzinfo=zone)
    done = Decision.objects.filter(decided_at__gte=since, undone_by=None).exclude(act=Act.UNDO)
    decided = Appeal.objects.filter(decided_at__gte=since).exclude(state=Appeal.State.OPEN)
    for what, rows, field in (("desk", done, "act"), ("appeals", decided, "state")):
        by_month = rows.annotate(month=TruncMonth("decided_at", tzinfo=zone))
        for moment, which, times in (
            by_month.values_list("month", field).annotate(sum=Count("pk")).order_by()
        ):
            found[moment.date()][f"{what}-{which}"] += times
    return [
        {
            "month": month,
            "published": of["published"] + of["desk-approve"],
            "held": of["held"],
            "returned": of["returned"],
            "returned_by_desk": of["desk-return"],
            "removed": of["desk-remove"],
            "reported": of["reported"],
            "appeals": of["appealed"] + of["asked"],
            "won": of["appeals-won"],
            "lost": of["appeals-lost"],
            "sanctions": of["desk-warn"] + of["desk-mute"] + of["desk-ban"],
        }
        for month, of in sorted(found.items(), reverse=True)
    ]


def returned_by_guideline(now: datetime) -> list[tuple[str, int]]:
    """Return how often each guideline returned a comment in the last year."""
    since = now.date() - timedelta(days=365)
    counted = (
        Figure.objects.filter(on__gte=since, what=Figure.What.RETURNED)
        .exclude(guideline="")
        .values_list("guideline")
        .annotate(sum=Sum("times"))
        .order_by("-sum")
    )
    return [(EXPLAINED.get(Guideline(one), (one, ""))[0], times) for one, times in counted]


# A message to the reader may stand on it.
@cache_control(private=True, no_cache=True)
@require_safe
def numbers(request: HttpRequest) -> HttpResponse:
    """Show how many comments were published, held, returned and removed, and appeals won."""
    now = timezone.now()
    facts = {"months": months(now), "by_guideline": returned_by_guideline(now)}
    return render(request, "comments/numbers.html", facts)
