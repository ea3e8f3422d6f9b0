"""What a moderator sees beside a comment before deciding. The cost is the same for any comment."""

import itertools
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Max

from broadsheet.comments.desk import alike, queues, work
from broadsheet.comments.desk.queues import Queue
from broadsheet.comments.models import (
    Appeal,
    Comment,
    Decision,
    DeskClaim,
    ReasonText,
    Report,
    Sanction,
    WriterNote,
)
from broadsheet.readers.models import Reader
from broadsheet.rules.guidelines.findings import Guideline
from broadsheet.rules.guidelines.judging import Reason

Standing = Comment.Standing
LATEST = 100  # comments of the writer that are counted
ANSWERS = 3
REPORTS = 20
DECISIONS = 10
NOTES = 50

GUIDELINES = {
    Guideline.ENGLISH: "English",
    Guideline.FULL_SENTENCES: "Full sentences",
    Guideline.NOT_ABUSIVE: "Not abusive",
    Guideline.NOT_PERSONAL: "Not personal",
    Guideline.LINKS: "Links",
    Guideline.SHOUTING: "Shouting",
    Guideline.REPETITION: "Repetition",
    Guideline.LENGTH: "Length",
    Guideline.WORDS: "Word lists",
}
# The check said so, or the desk did: why a comment stands as it does.
REASONS = {
    Reason.TELLS_DESK: "Published; worth a look",
    Reason.BREAKS_GUIDELINE: "Breaks a guideline",
    Reason.DOUBTFUL: "Doubtful",
    Reason.ASKED_FOR_PERSON: "The writer asks a person",
    Reason.SCREENING_FAILED: "Couldn’t be screened",
    Reason.THREAD_READ_FIRST: "The thread is read first",
    Reason.WRITER_READ_FIRST: "The writer is read first",
    Reason.FIXED_AFTER_RETURN: "Changed after it was returned",
    Reason.NEW_READER: "A new reader",
    Reason.PASSING_ADDRESS: "A throw-away address",
}


def why(comment: Comment) -> str:
    """Say why a comment stands as it does; empty where nothing was found, or the desk decided."""
    try:
        return REASONS.get(Reason(comment.reason), "")
    except ValueError:
        return ""


@dataclass(frozen=True, slots=True)
class Mark:
    """A stretch of a comment.

    :param is_found: whether a finding is about it
    :param ends: the numbers of the findings whose words end with it
    """

    text: str
    is_found: bool = False
    ends: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """A finding as the desk reads it; ``words`` are empty when it is about the whole comment."""

    number: int
    title: str
    percent: int
    words: str
    explanation: str


def findings(comment: Comment) -> list[Found]:
    return [
        Found(
            at,
            GUIDELINES.get(one["guideline"], one["guideline"]),
            round(one["strength"] * 100),
            comment.text[one["start"] : one["end"]],
            one["explanation"],
        )
        for at, one in enumerate(comment.findings, start=1)
    ]


def marks(comment: Comment) -> list[Mark]:
    """Cut a comment where findings begin and end; findings may overlap."""
    text = comment.text
    spans = [(one["start"], min(one["end"], len(text))) for one in comment.findings]
    edges = sorted({0, len(text), *(at for span in spans for at in span if at < len(text))})
    return [
        Mark(
            text[start:end],
            is_found=any(first <= start and end <= last for first, last in spans),
            ends=", ".join(
                str(number)
                for number, (first, last) in enumerate(spans, start=1)
                if first < last == end
            ),
        )
        for start, end in itertools.pairwise(edges)
    ]


@dataclass(frozen=True, slots=True)
class Writer:
    """Somebody as the desk knows them, of their latest comments.

    :param latest_sanction: the number of their newest one, 0 for none: what a moderator saw who acts
    """

    reader: Reader
    counted: int
    standings: list[tuple[str, int]]
    sanctions: list[Sanction]
    against: list[Decision]
    latest_sanction: int
    notes: list[WriterNote]


def writer(reader: Reader, now: datetime) -> Writer:
    latest = list(
        Comment.objects.filter(writer=reader)
        .order_by("-posted_at", "-pk")
        .values_list("standing", flat=True)[:LATEST]
    )
    times = Counter(latest)
    return Writer(
        reader,
        len(latest),
        [(Standing(one).label, times[one]) for one in Standing if times[one]],
        list(Sanction.objects.filter(reader=reader).holding(now).order_by("-made_at")),
        list(
            Decision.objects.filter(reader=reader)
            .select_related("reason")
            .order_by("-decided_at", "-pk")[:DECISIONS]
        ),
        Sanction.objects.filter(reader=reader).aggregate(latest=Max("pk"))["latest"] or 0,
        list(WriterNote.objects.filter(reader=reader).order_by("-made_at", "-pk")[:NOTES]),
    )


@dataclass(slots=True)
class Context:
    """Everything beside one comment. ``appeal`` waits for an answer; ``following`` comes next."""

    comment: Comment
    why: str
    marks: list[Mark]
    findings: list[Found]
    root: Comment | None
    parent: Comment | None
    answers: list[Comment]
    writer: Writer | None
    reports: list[Report]
    appeal: Appeal | None
    earlier_appeals: list[Appeal]
    decisions: list[Decision]
    alike: list[alike.Earlier]
    following: int | None
    reasons: list[ReasonText]
    mine: bool
    claim: DeskClaim | None = None
    claim_is_mine: bool = False
    barred: str = ""
    buttons: dict[str, bool] = field(default_factory=dict)


def of(comment: Comment, queue: Queue, moderator: Reader, *, now: datetime) -> Context:
    """Gather what is known.

    :param comment: with its writer, thread and story
    """
    appeals = list(
        Appeal.objects.filter(comment=comment)
        .select_related("decision", "first_moderator", "decided_by")
        .order_by("-made_at", "-pk")
    )
    appeal = next((one for one in appeals if one.state == Appeal.State.OPEN), None)
    above = {
        one.pk: one
        for one in Comment.objects.filter(
            pk__in=[pk for pk in (comment.root_id, comment.parent_id) if pk]
        ).select_related("writer")
    }
    parent = above.get(comment.parent_id or 0)
    root = above.get(comment.root_id or 0)
    mine = comment.writer_id == moderator.pk
    second = appeal is not None and appeal.decision_id is not None
    first = second and appeal is not None and appeal.first_moderator_id == moderator.pk
    claim = work.claim_of(comment, now)
    return Context(
        comment=comment,
        claim=claim,
        claim_is_mine=claim is not None and claim.moderator_id == moderator.pk,
        why=why(comment),
        marks=marks(comment),
        findings=findings(comment),
        root=root if root != parent else None,
        parent=parent,
        answers=list(
            Comment.objects.filter(parent=comment, is_shown=True)
            .select_related("writer")
            .order_by("pk")[:ANSWERS]
        )
        if comment.children
        else [],
        writer=writer(comment.writer, now) if comment.writer else None,
        reports=list(
            Report.objects.filter(comment=comment)
            .select_related("reader")
            .order_by("-made_at", "-pk")[:REPORTS]
        ),
        appeal=appeal,
        earlier_appeals=[one for one in appeals if one is not appeal],
        decisions=list(
            Decision.objects.filter(comment=comment)
            .select_related("reason", "undone_by")
            .order_by("-decided_at", "-pk")[:DECISIONS]
        ),
        alike=alike.to(comment) if comment.text else [],
        following=queues.following(queue, comment, appeal if second else None),
        reasons=offered(),
        mine=mine,
        barred=_barred(mine=mine, first=first, gone=comment.standing == Standing.DELETED),
        buttons={
            "appeal": second,
            "approve": not second
            and (
                comment.standing != Standing.PUBLISHED or comment.reports > 0 or comment.wants_look
            ),
            "against": not second
            and comment.standing in {Standing.PUBLISHED, Standing.HELD, Standing.RETURNED},
            "pick": comment.is_published and comment.picked_at is None,
            "unpick": comment.picked_at is not None,
        },
    )


def _barred(*, mine: bool, first: bool, gone: bool) -> str:
    """Say why this moderator can't decide; empty where they can."""
    if gone:
        return "Its writer has deleted it."
    if mine:
        return "You wrote it: somebody else decides."
    if first:
        return "You made the decision that its writer appeals against: somebody else answers."
    return ""


def offered() -> list[ReasonText]:
    """Return the paper's own texts, in the order in which keys choose them."""
    return list(ReasonText.objects.filter(is_offered=True))


def asked(value: Any) -> Queue:
    """Return the queue that a request names; that of what is held for one that doesn't exist."""
    try:
        return Queue(value)
    except ValueError:
        return Queue.HELD
