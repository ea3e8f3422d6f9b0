"""What a writer tells the desk: asking a person to look, and appealing against a decision."""

from datetime import datetime

from django.db import transaction

from broadsheet.comments import figures, looking, standings
from broadsheet.comments.looking import CommentsError, TooLongError
from broadsheet.comments.models import Appeal, Comment, Decision, Figure
from broadsheet.readers.models import Reader
from broadsheet.rules import threads

Standing = Comment.Standing
LONGEST_REPORT = 500  # characters of what a reader tells the desk with a report
LONGEST_APPEAL = 2_000


def to_desk(words: str, longest: int) -> str:
    """Return what somebody tells the desk, cleaned.

    :raises TooLongError: when it is longer than there is room for
    """
    if len(words) <= looking.FLOOD:
        words = threads.clean(words)
    if len(words) > longest:
        raise TooLongError(len(words) - longest, longest)
    return words


def open_appeal(comment: Comment) -> Appeal | None:
    return Appeal.objects.filter(comment=comment, state=Appeal.State.OPEN).first()


def ask_person(*, comment: Comment, words: str, now: datetime) -> Appeal:
    """Ask the desk to look at a comment that a check would return."""
    figures.count(Figure.What.ASKED, now=now)
    if asked := open_appeal(comment):
        # Asked before, about words that were changed since.
        asked.words = words
        asked.save(update_fields=["words"])
        return asked
    return Appeal.objects.create(comment=comment, reader=comment.writer, words=words, made_at=now)


@transaction.atomic
def appeal(*, comment: Comment, writer: Reader, words: str, now: datetime) -> Appeal:
    """Ask another moderator to look at the latest decision on one's comment.

    :raises CommentsError: when there is none to appeal against, or it was appealed already
    :raises TooLongError: when ``words`` are longer than there is room for
    """
    words = to_desk(words, LONGEST_APPEAL)
    mine = standings.locked(comment)
    if mine.writer_id != writer.pk or mine.standing not in {Standing.RETURNED, Standing.REMOVED}:
        raise CommentsError("There is no decision to appeal against.")
    decision = appealable(mine)
    if decision is None:
        raise CommentsError("You have appealed against this decision already.")
    figures.count(Figure.What.APPEALED, now=now)
    return Appeal.objects.create(
        comment=mine,
        reader=writer,
        decision=decision,
        first_moderator=decision.moderator,
        words=words,
        made_at=now,
    )


def appealable(comment: Comment) -> Decision | None:
    """Return the decision that a comment's writer may appeal against; None for none."""
    latest = (
        Decision.objects.filter(comment=comment, act__in=["return", "remove"], undone_by=None)
        .order_by("-decided_at", "-pk")
        .first()
    )
    if latest is None or Appeal.objects.filter(decision=latest).exists():
        return None
    return latest
