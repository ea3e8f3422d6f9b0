"""What the desk does with comments and threads.

Every act is logged as a :class:`Decision` with what it changed, can be undone while that is still
as it left it, and tells the writer. Nothing is hidden from a writer that others don't see. What the
desk does about writers is in broadsheet.comments.sanctions.
"""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.dateparse import parse_datetime

from broadsheet.comments import notices, rulings, sanctions, standings
from broadsheet.comments.decision_log import By, DecisionError, log
from broadsheet.comments.looking import TooLateError
from broadsheet.comments.models import (
    Act,
    Appeal,
    Comment,
    Decision,
    Report,
    Thread,
)
from broadsheet.newsroom.models import StoryPage
from broadsheet.rules import threads

Standing = Comment.Standing


def _kept(comment: Comment) -> dict[str, Any]:
    """Return what an act may change of a comment, as the log keeps it."""
    return {
        "standing": str(comment.standing),
        "reason": comment.reason,
        "picked_at": comment.picked_at.isoformat() if comment.picked_at else None,
        "wants_look": comment.wants_look,
    }


def _locked(comment: Comment, by: By) -> Comment:
    one = standings.locked(comment)
    if one.standing == Standing.DELETED:
        raise TooLateError("Its writer has deleted the comment.")
    if by.version is not None and one.version != by.version:
        raise TooLateError("Somebody decided on it, or its writer changed it, a moment ago.")
    if one.writer_id == by.moderator.pk:
        raise DecisionError("You wrote it: somebody else decides.")
    return one


def _not_under_appeal(comment: Comment) -> None:
    if Appeal.objects.filter(comment=comment, state=Appeal.State.OPEN, decision__isnull=False):
        raise DecisionError("Its writer appeals: decide the appeal, or leave it to somebody else.")


def _not_lost_before(comment: Comment, by: By) -> None:
    """Keep a moderator from deciding anew what another moderator decided against them."""
    if Appeal.objects.filter(
        comment=comment, state=Appeal.State.WON, first_moderator=by.moderator
    ).exists():
        raise DecisionError("Its writer won an appeal against you: somebody else decides.")


# Comments.


@transaction.atomic
def approve(*, comment: Comment, by: By, now: datetime) -> Decision:
    """Publish a comment, or let a published one stand that was reported or looked doubtful.

    :raises CommentsError: when it is gone, under appeal, or was decided on meanwhile
    """
    one = _locked(comment, by)
    _not_under_appeal(one)
    # What is published already isn't published once more: the paper's numbers tell them apart.
    act = Act.LET_STAND if one.is_published else Act.APPROVE
    return _decide(one, act, Standing.PUBLISHED, by, now=now)


@transaction.atomic
def return_to_writer(*, comment: Comment, by: By, now: datetime) -> Decision:
    """Take a comment from view and give it back to its writer, with the reason.

    :raises CommentsError: without a reason; when it is gone, under appeal or was decided on
    """
    return _against(comment, Act.RETURN, Standing.RETURNED, by, now=now)


@transaction.atomic
def remove(*, comment: Comment, by: By, now: datetime) -> Decision:
    """Remove a comment, with the reason; with answers its place stays and says so.

    :raises CommentsError: without a reason; when it is gone, under appeal or was decided on
    """
    return _against(comment, Act.REMOVE, Standing.REMOVED, by, now=now)


def _against(comment: Comment, act: Act, standing: Standing, by: By, *, now: datetime) -> Decision:
    if not by.told:
        raise DecisionError("Say why: the writer is told.")
    one = _locked(comment, by)
    _not_under_appeal(one)
    _not_lost_before(one, by)
    return _decide(one, act, standing, by, now=now)


def _decide(comment: Comment, act: Act, standing: Standing, by: By, *, now: datetime) -> Decision:
    before = _kept(comment)
    was = Standing(comment.standing)
    had_reports = comment.reports > 0
    upheld = act not in {Act.APPROVE, Act.LET_STAND}
    before["reports"] = _close_reports(comment, upheld=upheld, now=now)
    before["appeal"] = _close_ask(comment, won=not upheld, by=by, now=now)
    comment.wants_look = False
    standings.restand(comment, standing, reason=act.value, now=now)
    decision = log(
        act,
        by,
        now=now,
        comment=comment,
        thread=comment.thread,
        reader=comment.writer,
        before=before,
        after=_kept(comment),
    )
    rulings.settle(comment)
    subject = _SUBJECTS[act]
    if act is Act.LET_STAND and not had_reports:
        # Nobody but the desk knew that it was looked at; nothing has changed for anybody.
        return decision
    _tell(comment, subject, by.told or _WORDS.get((act, was), ""), now=now)
    return decision


_SUBJECTS = {
    Act.APPROVE: "Your comment is published",
    Act.LET_STAND: "Your comment stays as it is",
    Act.RETURN: "Your comment comes back to you",
    Act.REMOVE: "Your comment was removed",
}
_WORDS = {
    (Act.APPROVE, Standing.HELD): "Somebody at the desk has read it. Thank you for waiting.",
    (Act.APPROVE, Standing.RETURNED): "The desk has looked at it again.",
    (Act.APPROVE, Standing.REMOVED): "The desk has looked at it again.",
    (
        Act.LET_STAND,
        Standing.PUBLISHED,
    ): "Readers had reported it. The desk has read it, and it stays.",
}


def _tell(comment: Comment, subject: str, words: str, *, now: datetime) -> None:
    notices.tell(reader=comment.writer, comment=comment, subject=subject, words=words, now=now)


def _open_reports(comment: Comment) -> QuerySet[Report]:
    return Report.objects.filter(comment=comment, state=Report.State.OPEN)


def _close_reports(comment: Comment, *, upheld: bool, now: datetime) -> list[int]:
    """Decide the open reports of a comment; return their numbers."""
    pks = list(_open_reports(comment).values_list("pk", flat=True))
    state = Report.State.UPHELD if upheld else Report.State.DISMISSED
    Report.objects.filter(pk__in=pks).update(state=state, decided_at=now)
    comment.reports = 0
    comment.score = threads.score(comment.thoughtful + comment.well_sourced, 0)
    return pks


def _close_ask(comment: Comment, *, won: bool, by: By, now: datetime) -> int | None:
    """Answer a writer who asked a person to look at a finding; return the appeal's number."""
    ask = Appeal.objects.filter(comment=comment, state=Appeal.State.OPEN, decision=None).first()
    if ask is None:
        return None
    ask.state = Appeal.State.WON if won else Appeal.State.LOST
    ask.answer, ask.decided_at, ask.decided_by = by.told, now, by.moderator
    ask.save()
    return ask.pk


@transaction.atomic
def pick(*, comment: Comment, by: By, now: datetime, picked: bool = True) -> Decision:
    """Make a published comment the desk's choice, or take that back."""
    one = _locked(comment, by)
    if not one.is_published:
        raise DecisionError("Only what is published can be picked.")
    if (one.picked_at is not None) is picked:
        raise TooLateError("It is as you want it already.")
    before = _kept(one)
    one.picked_at = now if picked else None
    one.version += 1
    one.save(update_fields=["picked_at", "version"])
    standings.changed(one.thread_id)
    act = Act.PICK if picked else Act.UNPICK
    subject, words = _ABOUT_PICKS[act]
    _tell(one, subject, by.told or words, now=now)
    return log(
        act,
        by,
        now=now,
        comment=one,
        thread=one.thread,
        reader=one.writer,
        before=before,
        after=_kept(one),
    )


_ABOUT_PICKS = {
    Act.PICK: ("The desk picked your comment", "Readers see it as its choice."),
    Act.UNPICK: ("The desk took its pick back", "Your comment stands as before."),
}


# Threads.

_THREAD_ACTS = {
    Thread.State.CLOSED: Act.CLOSE_THREAD,
    Thread.State.OPEN: Act.OPEN_THREAD,
    Thread.State.AS_STORY: Act.OPEN_THREAD,
    Thread.State.READ_FIRST: Act.READ_THREAD_FIRST,
}


@transaction.atomic
def set_thread(
    *,
    story: StoryPage,
    state: Thread.State,
    by: By,
    now: datetime,
    closes_at: datetime | None = None,
) -> Decision:
    """Close a thread, open it, or have its comments read first.

    :param closes_at: when it closes by itself; None: as section and paper say
    """
    Thread.objects.bulk_create([Thread(pk=story.pk)], ignore_conflicts=True)
    thread = Thread.objects.select_for_update().get(pk=story.pk)
    before = _thread_kept(thread)
    thread.state, thread.closes_at = state, closes_at
    thread.save(update_fields=["state", "closes_at"])
    standings.changed(thread.pk)
    return log(
        _THREAD_ACTS[state], by, now=now, thread=thread, before=before, after=_thread_kept(thread)
    )


def _thread_kept(thread: Thread) -> dict[str, Any]:
    closes = thread.closes_at.isoformat() if thread.closes_at else None
    return {"state": str(thread.state), "closes_at": closes}


# Appeals.


@transaction.atomic
def decide_appeal(*, appeal: Appeal, won: bool, by: By, now: datetime) -> Decision:
    """Answer a writer who appeals. Another moderator than the first decides about a decision.

    :raises DecisionError: for the first moderator; without an answer to an appeal that is lost
    :raises TooLateError: when it was decided already
    """
    comment = standings.locked(appeal.comment)
    one = (
        Appeal.objects.select_for_update(of=("self",)).select_related("decision").get(pk=appeal.pk)
    )
    if one.state != Appeal.State.OPEN:
        raise TooLateError("The appeal was decided already.")
    if one.first_moderator_id is not None and one.first_moderator_id == by.moderator.pk:
        raise DecisionError("You made the decision: somebody else answers the appeal.")
    if comment.writer_id == by.moderator.pk:
        raise DecisionError("You wrote it: somebody else decides.")
    if not won and not by.told:
        raise DecisionError("Say why it stays: the writer is told.")
    if one.decision is None:
        act = Act.APPROVE if won else Act.RETURN
        standing = Standing.PUBLISHED if won else Standing.RETURNED
        return _decide(comment, act, standing, by, now=now)
    before = {**_kept(comment), "appeal": one.pk}
    one.state = Appeal.State.WON if won else Appeal.State.LOST
    one.answer, one.decided_at, one.decided_by = by.told, now, by.moderator
    one.save()
    act = Act.UPHOLD_APPEAL if won else Act.REJECT_APPEAL
    if won:
        standings.restand(comment, Standing.PUBLISHED, reason=act.value, now=now)
    subject = "You were right: your comment is published" if won else "Your appeal: it stays"
    _tell(comment, subject, by.told or "Another moderator has read it.", now=now)
    decision = log(
        act,
        by,
        now=now,
        comment=comment,
        thread=comment.thread,
        reader=comment.writer,
        before=before,
        after=_kept(comment),
    )
    rulings.settle(comment)
    return decision


# Taking an act back.


@transaction.atomic
def undo(*, decision: Decision, by: By, now: datetime) -> Decision:
    """Take an act back, while what it changed is as it left it; the writer is told.

    :raises TooLateError: when that isn't so any more, or it was taken back already
    :raises DecisionError: for taking back
    """
    done = Decision.objects.select_for_update(of=("self",)).get(pk=decision.pk)
    if done.act == Act.SET_RULES:
        raise DecisionError("Set the rules as they were, where they are set.")
    if done.act == Act.UNDO:
        raise DecisionError("Act anew in the place of taking back what was taken back.")
    if Decision.objects.filter(undoes=done).exists():
        raise TooLateError("It was taken back already.")
    if done.reader_id == by.moderator.pk:
        raise DecisionError("It is about you: somebody else decides.")
    before, after = done.before, done.after
    if "sanction" in after:
        sanctions.undo(done, now=now)
    elif done.comment_id is not None:
        _undo_comment(done, by, now=now)
    elif done.thread is not None:
        _undo_thread(done)
    else:
        raise TooLateError("What it was about isn’t there any more.")
    undone = log(
        Act.UNDO,
        by,
        now=now,
        comment=done.comment,
        thread=done.thread,
        reader=done.reader,
        before=after,
        after=before,
        undoes=done,
    )
    if done.comment is not None and done.act in rulings.ABOUT_STANDING:
        rulings.settle(done.comment)
    return undone


def _undo_comment(done: Decision, by: By, *, now: datetime) -> None:
    assert done.comment is not None
    comment = standings.locked(done.comment)
    if _kept(comment) != done.after:
        raise TooLateError("The comment was decided on since.")
    # What its writer appeals against, or won, isn't the first moderator's to change again.
    if done.act in rulings.AGAINST:
        _not_under_appeal(comment)
    before = done.before
    reopened = Appeal.objects.filter(pk=before.get("appeal")).first()
    if reopened is not None:
        if reopened.first_moderator_id == by.moderator.pk:
            raise DecisionError("The appeal was against you: somebody else decides.")
        reopened.state, reopened.answer = Appeal.State.OPEN, ""
        reopened.decided_at = reopened.decided_by = None
        reopened.save()
    if reports := before.get("reports"):
        Report.objects.filter(pk__in=reports).update(state=Report.State.OPEN, decided_at=None)
        # Others may have reported it since.
        comment.reports = _open_reports(comment).count()
        comment.score = threads.score(comment.thoughtful + comment.well_sourced, comment.reports)
    was = comment.standing
    standings.restand(comment, Standing(before["standing"]), reason=before["reason"], now=now)
    comment.picked_at = parse_datetime(before["picked_at"]) if before["picked_at"] else None
    comment.wants_look = before["wants_look"]
    comment.save(update_fields=["picked_at", "wants_look"])
    standings.changed(comment.thread_id)
    if was != comment.standing or reopened is not None:
        words = f"Your comment stands again as before: {comment.get_standing_display().lower()}."
        _tell(comment, "The desk took its decision back", words, now=now)
    elif reports:
        words = (
            "Readers had reported your comment. The desk will read it anew; it stays until then."
        )
        _tell(comment, "The desk took its decision back", words, now=now)
    elif done.act in _UNPICKS:
        # Taking a pick back is to its writer what it is when it is done by itself; and the reverse.
        _tell(comment, *_ABOUT_PICKS[_UNPICKS[Act(done.act)]], now=now)


_UNPICKS = {Act.PICK: Act.UNPICK, Act.UNPICK: Act.PICK}


def _undo_thread(done: Decision) -> None:
    thread = Thread.objects.select_for_update().get(pk=done.thread_id)
    if _thread_kept(thread) != done.after:
        raise TooLateError("The thread was changed since.")
    closes = done.before["closes_at"]
    thread.state = done.before["state"]
    thread.closes_at = parse_datetime(closes) if closes else None
    thread.save(update_fields=["state", "closes_at"])
    standings.changed(thread.pk)
