"""What a moderator's buttons and keys do: from a form to one act of the desk."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from django import forms
from django.db import transaction

from broadsheet.comments import decisions, sanctions
from broadsheet.comments.decision_log import By, DecisionError
from broadsheet.comments.desk import work
from broadsheet.comments.looking import CommentsError
from broadsheet.comments.models import Appeal, Comment, Decision, ReasonText, Thread
from broadsheet.newsroom.models import StoryPage
from broadsheet.readers.models import Reader

LONGEST_BAN = 365  # days of a mute
MOST_AT_ONCE = 200  # comments of one bulk act


class Button(StrEnum):
    """What can be pressed about one comment."""

    APPROVE = "approve"
    RETURN = "return"
    REMOVE = "remove"
    PICK = "pick"
    UNPICK = "unpick"
    APPEAL_WON = "appeal-won"
    APPEAL_LOST = "appeal-lost"
    WARN = "warn"
    READ_FIRST = "read-first"
    MUTE = "mute"
    BAN = "ban"
    CLOSE_THREAD = "close-thread"
    READ_THREAD_FIRST = "read-thread-first"
    OPEN_THREAD = "open-thread"


# What many comments can be given at once.
BULK = (Button.APPROVE, Button.RETURN, Button.REMOVE)
THREAD_STATES = {
    Button.CLOSE_THREAD: Thread.State.CLOSED,
    Button.READ_THREAD_FIRST: Thread.State.READ_FIRST,
    Button.OPEN_THREAD: Thread.State.OPEN,
}


class ActForm(forms.Form):
    act = forms.ChoiceField(choices=[(one.value, one.value) for one in Button])
    version = forms.IntegerField(required=False, min_value=0)
    reason = forms.ModelChoiceField(
        ReasonText.objects.filter(is_offered=True), required=False, empty_label="No text"
    )
    words = forms.CharField(required=False, max_length=2_000)
    note = forms.CharField(required=False, max_length=500)
    days = forms.IntegerField(required=False, min_value=1, max_value=LONGEST_BAN)
    # The newest sanction of the writer that the moderator saw; 0 for none.
    latest_sanction = forms.IntegerField(required=False, min_value=0)

    def by(self, moderator: Reader) -> By:
        given = self.cleaned_data
        return By(
            moderator=moderator,
            reason=given["reason"],
            words=given["words"].strip(),
            note=given["note"].strip(),
            version=given["version"],
            latest_sanction=given["latest_sanction"],
        )


def perform(
    button: Button, comment: Comment, by: By, *, now: datetime, days: int | None = None
) -> Decision:
    """Do what a button says.

    :raises CommentsError: with words for the moderator
    """
    if button in THREAD_STATES:
        return set_thread(comment.thread_id, THREAD_STATES[button], by, now=now)
    if button in ABOUT_WRITERS:
        if comment.writer is None:
            raise DecisionError("The account is gone.")
        return about_writer(button, comment.writer, by, now=now, days=days, comment=comment)
    work.refuse_if_taken(comment, by.moderator, now)
    decision = _ABOUT_COMMENTS[button](comment, by, now)
    work.release(comment=comment, moderator=by.moderator)
    return decision


def set_thread(story: int, state: Thread.State, by: By, *, now: datetime) -> Decision:
    found = StoryPage.objects.defer("body", "teaser").get(pk=story)
    kept = Thread.objects.filter(pk=story).values_list("closes_at", flat=True).first()
    return decisions.set_thread(story=found, state=state, by=by, now=now, closes_at=kept)


def about_writer(
    button: Button,
    reader: Reader,
    by: By,
    *,
    now: datetime,
    days: int | None = None,
    comment: Comment | None = None,
) -> Decision:
    if reader.pk == by.moderator.pk:
        raise DecisionError("It is about you: somebody else decides.")
    match button:
        case Button.WARN:
            return sanctions.warn(reader=reader, by=by, now=now, comment=comment)
        case Button.READ_FIRST:
            until = now + timedelta(days=days) if days else None
            return sanctions.read_first(reader=reader, by=by, now=now, until=until)
        case Button.MUTE:
            if not days:
                raise DecisionError("Say for how many days.")
            return sanctions.mute_for(reader=reader, lasting=timedelta(days=days), by=by, now=now)
        case _:
            return sanctions.ban(reader=reader, by=by, now=now)


def _appeal(comment: Comment, by: By, now: datetime, *, won: bool) -> Decision:
    waiting = Appeal.objects.filter(comment=comment, state=Appeal.State.OPEN).first()
    if waiting is None:
        raise DecisionError("The appeal was decided already.")
    return decisions.decide_appeal(appeal=waiting, won=won, by=by, now=now)


ABOUT_WRITERS = {Button.WARN, Button.READ_FIRST, Button.MUTE, Button.BAN}
_ABOUT_COMMENTS: dict[Button, Callable[[Comment, By, datetime], Decision]] = {
    Button.APPROVE: lambda comment, by, now: decisions.approve(comment=comment, by=by, now=now),
    Button.RETURN: lambda comment, by, now: decisions.return_to_writer(
        comment=comment, by=by, now=now
    ),
    Button.REMOVE: lambda comment, by, now: decisions.remove(comment=comment, by=by, now=now),
    Button.PICK: lambda comment, by, now: decisions.pick(comment=comment, by=by, now=now),
    Button.UNPICK: lambda comment, by, now: decisions.pick(
        comment=comment, by=by, now=now, picked=False
    ),
    Button.APPEAL_WON: lambda comment, by, now: _appeal(comment, by, now, won=True),
    Button.APPEAL_LOST: lambda comment, by, now: _appeal(comment, by, now, won=False),
}


@dataclass(slots=True)
class Outcome:
    """What became of many acts: those done, and the words for each that wasn't, by its comment."""

    done: list[Decision] = field(default_factory=list)
    refused: dict[int, str] = field(default_factory=dict)


def perform_many(
    button: Button,
    comments: Iterable[tuple[Comment, int | None]],
    by: By,
    *,
    batch: str,
    now: datetime,
) -> Outcome:
    """Do one act to many comments, each by itself: one that can't be done stops no other.

    :param comments: each with the version that the moderator saw
    :param batch: names the acts, so that they can be taken back together
    """
    outcome = Outcome()
    for comment, version in comments:
        try:
            with transaction.atomic():
                mine = replace(by, version=version, batch=batch)
                outcome.done.append(perform(button, comment, mine, now=now))
        except CommentsError as error:
            outcome.refused[comment.pk] = str(error)
    return outcome


def undo_many(batch: str, by: By, *, now: datetime) -> Outcome:
    """Take back what was done together, where it is still as it was left."""
    outcome = Outcome()
    done = Decision.objects.filter(batch=batch).exclude(batch="").order_by("-pk")
    for one in done.filter(undone_by=None, undoes=None):
        try:
            outcome.done.append(decisions.undo(decision=one, by=by, now=now))
        except CommentsError as error:
            outcome.refused[one.comment_id or 0] = str(error)
    return outcome


def who_decided(comment: Comment) -> dict[str, Any] | None:
    """Say who decided on a comment last; None when nobody did."""
    latest = Decision.objects.filter(comment=comment).order_by("-decided_at", "-pk").first()
    if latest is None:
        return None
    return {"who": latest.moderator_name, "what": latest.get_act_display(), "decision": latest.pk}
