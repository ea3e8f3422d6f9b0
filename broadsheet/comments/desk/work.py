"""Who works on what: a moderator takes a comment, and the others are told until it is free again."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction

from broadsheet.comments.looking import CommentsError
from broadsheet.comments.models import Comment, DeskClaim
from broadsheet.readers.models import Reader

LASTS = timedelta(minutes=10)


class TakenError(CommentsError):
    """Somebody else is working on it; the words say who, and until when."""

    def __init__(self, claim: DeskClaim) -> None:
        self.claim = claim
        super().__init__(
            f"{claim.moderator.get_full_name()} is working on this comment. Take it over first if "
            "you want to decide."
        )


def take(*, comment: Comment, moderator: Reader, now: datetime, over: bool = False) -> DeskClaim:
    """Take a comment to work on, or take it for longer.

    :param over: from whoever works on it now
    :raises TakenError: when somebody else works on it
    """
    until = now + LASTS
    rows = DeskClaim.objects.filter(comment=comment)
    if not over:
        rows = rows.filter(until__lte=now) | rows.filter(moderator=moderator)
    if not rows.update(moderator=moderator, until=until):
        try:
            with transaction.atomic():
                DeskClaim.objects.create(comment=comment, moderator=moderator, until=until)
        except IntegrityError:
            held = DeskClaim.objects.select_related("moderator").get(comment=comment)
            raise TakenError(held) from None
    return DeskClaim(comment=comment, moderator=moderator, until=until)


def release(*, comment: Comment, moderator: Reader) -> None:
    """Let a comment go that this moderator took; nothing where they didn't."""
    DeskClaim.objects.filter(comment=comment, moderator=moderator).delete()


def claim_of(comment: Comment, now: datetime) -> DeskClaim | None:
    held = DeskClaim.objects.holding(now).filter(comment=comment)
    return held.select_related("moderator").first()


def refuse_if_taken(comment: Comment, moderator: Reader, now: datetime) -> None:
    """Refuse a decision on what somebody else works on.

    :raises TakenError: when somebody does
    """
    claim = claim_of(comment, now)
    if claim is not None and claim.moderator_id != moderator.pk:
        raise TakenError(claim)


def taken(comments: Iterable[Comment], now: datetime) -> dict[int, DeskClaim]:
    """Return who works on which of some comments, by the comment's primary key."""
    pks = [comment.pk for comment in comments]
    rows = DeskClaim.objects.holding(now).filter(comment__in=pks).select_related("moderator")
    return {claim.comment_id: claim for claim in rows}
