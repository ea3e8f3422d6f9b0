"""What readers do with comments. What the desk does is in :mod:`broadsheet.comments.decisions`."""

import secrets
from datetime import datetime

from django.conf import settings
from django.db import transaction

from broadsheet.comments import figures, looking, standings
from broadsheet.comments.appeals import LONGEST_REPORT, appeal, appealable, to_desk
from broadsheet.comments.looking import BannedError, CommentsError, TooLateError
from broadsheet.comments.models import (
    Appeal,
    Comment,
    Figure,
    Follow,
    Mute,
    Report,
    Thread,
    Valuation,
)
from broadsheet.comments.posting import edit_comment, may_edit, post_comment
from broadsheet.newsroom.models import StoryPage
from broadsheet.readers.models import Reader
from broadsheet.rules import stamps, threads

# Those that have modules of their own are called from here too.
__all__ = [
    "appeal",
    "appealable",
    "delete_comment",
    "edit_comment",
    "follow",
    "forget_words",
    "may_edit",
    "mute_reader",
    "post_comment",
    "report_comment",
    "unfollow",
    "unfollow_by_token",
    "unmute_reader",
    "value_comment",
]

Standing = Comment.Standing


@transaction.atomic
def delete_comment(*, comment: Comment, writer: Reader, now: datetime) -> Comment:
    """Delete one's own comment: its words are gone at once and for good.

    Where others answered, its place stays and says so.

    :raises TooLateError: when it is another's, or gone already
    """
    mine = standings.locked(comment)
    if mine.writer_id != writer.pk or mine.standing == Standing.DELETED:
        raise TooLateError("This comment isn’t there any more.")
    forget_words(mine)
    Appeal.objects.filter(comment=mine, state=Appeal.State.OPEN).update(
        state=Appeal.State.LOST, decided_at=now, answer="Its writer deleted the comment."
    )
    _close_reports(mine, Report.State.DISMISSED, now=now)
    standings.restand(mine, Standing.DELETED, reason="deleted", now=now)
    figures.count(Figure.What.DELETED, now=now)
    return mine


def forget_words(comment: Comment) -> None:
    """Take a comment's words and all that was found in them away. Its caller saves it."""
    comment.text = comment.html = comment.network = ""
    comment.findings = []


def _close_reports(comment: Comment, state: Report.State, *, now: datetime) -> None:
    comment.all_reports.filter(state=Report.State.OPEN).update(state=state, decided_at=now)
    comment.reports = 0


# What others do with it.


@transaction.atomic
def value_comment(
    *, comment: Comment, reader: Reader, kind: Valuation.Kind, valued: bool, now: datetime
) -> Comment:
    """Say that a comment is thoughtful or well sourced, or take it back. Twice is once.

    :raises CommentsError: for one's own comment, and one that isn't published
    """
    one = standings.locked(comment)
    if not one.is_published:
        raise TooLateError("This comment isn’t there any more.")
    if one.writer_id == reader.pk:
        raise CommentsError("You can’t value your own comment.")
    if valued and looking.is_banned(reader, now):
        raise BannedError
    mine = Valuation.objects.filter(comment=one, reader=reader, kind=kind)
    if valued == mine.exists():
        return one
    if valued:
        Valuation.objects.create(comment=one, reader=reader, kind=kind, made_at=now)
    else:
        mine.delete()
    field = "thoughtful" if kind == Valuation.Kind.THOUGHTFUL else "well_sourced"
    setattr(one, field, getattr(one, field) + (1 if valued else -1))
    one.score = threads.score(one.thoughtful + one.well_sourced, one.reports)
    one.save(update_fields=[field, "score"])
    # The number is told to the pages by a duty, not at every touch.
    Thread.objects.filter(pk=one.thread_id).update(is_told=False)
    return one


@transaction.atomic
def report_comment(
    *, comment: Comment, reader: Reader, reason: Report.Reason, words: str = "", now: datetime
) -> Report:
    """Report a comment to the desk.

    While a reader's report waits, another adds its words to it. Once the desk has decided, the comment
    can be reported again if its writer changed it since.

    :raises CommentsError: for one's own comment, one that isn't published, and one that the desk has
        decided about as it stands; for somebody who is banned
    :raises TooLongError: when ``words`` are longer than there is room for
    """
    words = to_desk(words, LONGEST_REPORT)
    one = standings.locked(comment)
    if not one.is_published:
        raise TooLateError("This comment isn’t there any more.")
    if one.writer_id == reader.pk:
        raise CommentsError("You can’t report your own comment. You can delete it.")
    if looking.is_banned(reader, now):
        raise BannedError
    latest = Report.objects.filter(comment=one, reader=reader).order_by("-made_at", "-pk").first()
    if latest is not None and latest.state == Report.State.OPEN:
        return _add_to_report(latest, reason, words)
    if latest is not None and not _changed_since(one, latest):
        assert latest.decided_at is not None
        day = stamps.day(latest.decided_at.astimezone(settings.OPTIONS.zone))
        raise CommentsError(
            f"You reported this comment before, and on {day} the desk decided that it stays."
        )
    report = Report.objects.create(
        comment=one, reader=reader, reason=reason, words=words, made_at=now
    )
    one.reports += 1
    one.score = threads.score(one.thoughtful + one.well_sourced, one.reports)
    one.save(update_fields=["reports", "score"])
    figures.count(Figure.What.REPORTED, now=now)
    return report


def _changed_since(comment: Comment, report: Report) -> bool:
    """Tell whether a comment's writer changed it after the report on it was made."""
    return comment.edited_at is not None and comment.edited_at > report.made_at


def _add_to_report(report: Report, reason: Report.Reason, words: str) -> Report:
    """Add to a report that the desk has yet to read; sent twice, it is the same."""
    lines = [f"{reason.label}."] if reason != report.reason else []
    lines += [words] if words else []
    fresh = [line for line in lines if line not in report.words]
    if fresh:
        report.words = "\n".join([report.words, *fresh]).strip()
        report.save(update_fields=["words"])
    return report


@transaction.atomic
def mute_reader(*, reader: Reader, muted: Reader, now: datetime) -> None:
    """Hide what another reader writes from this one.

    :raises CommentsError: for oneself
    """
    if reader.pk == muted.pk:
        raise CommentsError("You can’t mute yourself.")
    Mute.objects.get_or_create(reader=reader, muted=muted, defaults={"made_at": now})


@transaction.atomic
def unmute_reader(*, reader: Reader, muted: int) -> bool:
    """Show what another reader writes again; tell whether it was hidden."""
    return bool(Mute.objects.filter(reader=reader, muted=muted).delete()[0])


@transaction.atomic
def follow(
    *, reader: Reader, story: StoryPage, now: datetime, comment: Comment | None = None
) -> Follow:
    """Mail a reader about new comments under a story, or about replies to one comment."""
    Thread.objects.bulk_create([Thread(pk=story.pk)], ignore_conflicts=True)
    made, _ = Follow.objects.get_or_create(
        reader=reader,
        thread_id=story.pk,
        comment=comment,
        defaults={"token": secrets.token_urlsafe(32), "made_at": now, "told_until": now},
    )
    return made


@transaction.atomic
def unfollow(*, reader: Reader, follow: int) -> bool:
    """End a follow of a reader; tell whether there was one."""
    return bool(Follow.objects.filter(reader=reader, pk=follow).delete()[0])


@transaction.atomic
def unfollow_by_token(*, token: str) -> bool:
    """End the follow that a mail's link names; tell whether there was one."""
    return bool(token and Follow.objects.filter(token=token).delete()[0])
