"""What the desk does about writers: warns, reads first, mutes, bans, and lifts what it did.

Somebody has one sanction of a kind at a time. The first of two moderators who act at once wins; the
other is told what was done and looks again.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from broadsheet.comments import former_bans, notices
from broadsheet.comments.decision_log import By, DecisionError, log
from broadsheet.comments.looking import TooLateError
from broadsheet.comments.models import Act, Comment, Decision, Sanction
from broadsheet.readers.models import Reader
from broadsheet.rules import stamps

Kind = Sanction.Kind


def warn(*, reader: Reader, by: By, now: datetime, comment: Comment | None = None) -> Decision:
    """Warn a writer; about one comment, once.

    :raises TooLateError: when somebody else did something about the writer meanwhile
    """
    return _sanction(reader, Kind.WARNING, Act.WARN, by, now=now, comment=comment)


def read_first(*, reader: Reader, by: By, now: datetime, until: datetime | None = None) -> Decision:
    """Read a writer's comments before they appear."""
    return _sanction(reader, Kind.READ_FIRST, Act.READ_WRITER_FIRST, by, now=now, until=until)


def mute_for(*, reader: Reader, lasting: timedelta, by: By, now: datetime) -> Decision:
    """Keep a writer from writing for a time."""
    return _sanction(reader, Kind.MUTE, Act.MUTE, by, now=now, until=now + lasting)


def ban(*, reader: Reader, by: By, now: datetime) -> Decision:
    """Keep a writer from writing, valuing and reporting until the ban is lifted. They go on reading."""
    return _sanction(reader, Kind.BAN, Act.BAN, by, now=now)


@transaction.atomic
def _sanction(
    reader: Reader,
    kind: Sanction.Kind,
    act: Act,
    by: By,
    *,
    now: datetime,
    until: datetime | None = None,
    comment: Comment | None = None,
) -> Decision:
    if not by.told:
        raise DecisionError("Say why: the writer is told.")
    if reader.is_staff:
        raise DecisionError("They work for the paper: talk to them.")
    _lock(reader)
    _not_meanwhile(reader, kind, by, comment, now=now)
    made = Sanction.objects.create(
        reader=reader, kind=kind, words=by.told, made_at=now, until=until
    )
    notices.tell(
        reader=reader,
        comment=comment,
        subject=_subject(made),
        words=by.told,
        now=now,
    )
    after = {"sanction": made.pk, "kind": str(kind), "until": until.isoformat() if until else None}
    return log(
        act, by, now=now, reader=reader, comment=comment, before={"sanction": None}, after=after
    )


def _lock(reader: Reader) -> None:
    """Let one moderator at a time act about a reader."""
    Reader.objects.get_queryset().select_for_update().get(pk=reader.pk)


def _not_meanwhile(
    reader: Reader, kind: Sanction.Kind, by: By, comment: Comment | None, *, now: datetime
) -> None:
    latest = Sanction.objects.filter(reader=reader).order_by("-pk").first()
    if latest and by.latest_sanction is not None and latest.pk != by.latest_sanction:
        raise TooLateError(f"{_by_whom(latest)} Look again before you add to it.")
    if kind is Kind.WARNING:
        if comment is not None and Decision.objects.filter(
            comment=comment, act=Act.WARN, undone_by=None
        ):
            raise TooLateError("They were warned about this comment already.")
        return
    holding = {Kind(one.kind): one for one in Sanction.objects.filter(reader=reader).holding(now)}
    # Whoever is banned can't be muted as well, nor read first who can't write.
    stronger = [Kind.BAN] if kind is not Kind.BAN else []
    for one in (kind, *stronger):
        if one in holding:
            raise TooLateError(f"{_by_whom(holding[one])} Lift that first to change it.")


def _by_whom(sanction: Sanction) -> str:
    """Say who sanctioned somebody, when and how."""
    decision = (
        Decision.objects.filter(reader=sanction.reader_id, after__sanction=sanction.pk)
        .order_by("pk")
        .first()
    )
    who = decision.moderator_name if decision else "The desk"
    until = f" until {in_words(sanction.until)}" if sanction.until else ""
    what = f"{sanction.get_kind_display().lower()}{until}"
    return f"{who} decided on {in_words(sanction.made_at)}: {what}."


def in_words(moment: datetime) -> str:
    """Return a moment on the paper's clock: “December 2, 2026, 1:30 am”."""
    return stamps.in_text(moment, settings.OPTIONS.zone)


_SUBJECTS = {
    Kind.WARNING: "A warning about your comments",
    Kind.READ_FIRST: "Your comments are read before they appear",
    Kind.MUTE: "You can’t write comments until {until}",
    Kind.BAN: "You can’t write comments any more",
}


def _subject(sanction: Sanction) -> str:
    until = in_words(sanction.until) if sanction.until else ""
    return _SUBJECTS[Kind(sanction.kind)].format(until=until)


@transaction.atomic
def lift(*, sanction: Sanction, by: By, now: datetime) -> Decision:
    """End a sanction before its time. Its writer is told what still holds.

    :raises TooLateError: when it was lifted already, or has run out
    """
    _lock(sanction.reader)
    one = Sanction.objects.select_for_update().select_related("reader").get(pk=sanction.pk)
    if one.lifted_at is not None:
        raise TooLateError("It was lifted already.")
    if one.until is not None and one.until <= now:
        raise TooLateError(f"It ended by itself on {in_words(one.until)}.")
    one.lifted_at = now
    one.save(update_fields=["lifted_at"])
    former_bans.forget(one.reader, kind=Kind(one.kind))
    notices.tell(
        reader=one.reader,
        comment=None,
        subject=what_holds(one.reader, lifted=Kind(one.kind), now=now),
        words=by.told,
        now=now,
    )
    return log(
        Act.LIFT,
        by,
        now=now,
        reader=one.reader,
        before={"sanction": one.pk, "lifted_at": None},
        after={"sanction": one.pk, "lifted_at": now.isoformat()},
    )


def what_holds(reader: Reader, *, lifted: Sanction.Kind, now: datetime) -> str:
    """Say to a writer how they may write once a sanction is lifted."""
    if lifted is Kind.WARNING:
        return "The desk took its warning back"
    holding = {Kind(one.kind): one for one in Sanction.objects.filter(reader=reader).holding(now)}
    bar = holding.get(Kind.BAN) or holding.get(Kind.MUTE)
    if bar is not None:
        until = f" until {in_words(bar.until)}" if bar.until else ""
        return f"One decision was lifted; you still can’t write comments{until}"
    if Kind.READ_FIRST in holding:
        return "You can write comments again; they are read before they appear"
    return "You can write comments as before"


def still_holding(reader: Reader, now: datetime) -> list[str]:
    """Say to a moderator what holds of a writer: “May not write until December 2, 2026, 1:30 am”."""
    rows: Iterable[Sanction] = (
        Sanction.objects.filter(reader=reader)
        .exclude(kind=Kind.WARNING)
        .holding(now)
        .order_by("-made_at", "-pk")
    )
    return [
        str(one.get_kind_display()) + (f" until {in_words(one.until)}" if one.until else "")
        for one in rows
    ]


def undo(done: Decision, *, now: datetime) -> None:
    """Take back what the desk did about a writer, or take back that it was lifted.

    :raises TooLateError: when it has been lifted, has run out, or another one holds instead
    """
    one = (
        Sanction.objects.select_for_update().select_related("reader").get(pk=done.after["sanction"])
    )
    _lock(one.reader)
    if one.until is not None and one.until <= now:
        raise TooLateError(f"It ended by itself on {in_words(one.until)}.")
    if done.act == Act.LIFT:
        same = Sanction.objects.filter(reader=one.reader, kind=one.kind).holding(now)
        if one.kind != Kind.WARNING and same.exists():
            raise TooLateError("The desk has decided again since.")
        one.lifted_at, subject = None, _subject(one)
    elif one.lifted_at is not None:
        raise TooLateError("It was lifted already.")
    else:
        one.lifted_at, subject = now, ""
    one.save(update_fields=["lifted_at"])
    subject = subject or what_holds(one.reader, lifted=Kind(one.kind), now=now)
    notices.tell(reader=one.reader, comment=None, subject=subject, words=one.words, now=now)
