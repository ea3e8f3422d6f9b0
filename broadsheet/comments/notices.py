"""Telling writers what happened to what they wrote: kept on their pages, and mailed by a duty."""

import logging
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth.models import Permission
from django.db.models import Q
from django.urls import reverse

from broadsheet.comments import claims
from broadsheet.comments.models import Comment, Notice
from broadsheet.readers import mails, tallies
from broadsheet.readers.models import Reader

log = logging.getLogger("broadsheet.comments")

TRIED_FOR = timedelta(days=2)
AT_ONCE = 100  # letters to one turn of the duty
GIVES_UP = 3  # refused letters that end a turn: one may have a bad address, three mean a bad server
ALARM_EVERY = 3_600  # seconds


def tell(
    *, reader: Reader | None, comment: Comment | None, subject: str, words: str, now: datetime
) -> Notice | None:
    """Tell a reader something about a comment; None when the account is gone."""
    if reader is None:
        return None
    return Notice.objects.create(
        reader=reader, comment=comment, subject=subject[:120], words=words, made_at=now
    )


def mail_due(*, now: datetime) -> int:
    """Mail the notices that wait; return how many went.

    One whose letter the mail server doesn't take is tried again in the next turn, for two days.
    """
    waiting = Notice.objects.filter(mailed_at=None, made_at__gt=now - TRIED_FOR)
    rows = (
        waiting.filter(claims.free(now))
        .select_related("reader", "comment__thread__story")
        .order_by("made_at", "pk")[:AT_ONCE]
    )
    turn = claims.Turn(gives_up=GIVES_UP)
    for notice in rows:
        if turn.is_over:
            break
        if not claims.claim(waiting, notice.pk, now=now):
            continue
        if notice.claimed_at is not None:
            log.warning("a worker died while it mailed a notice; the letter is sent again")
        same = {"Message-ID": claims.message_id("notice", notice.pk)}
        try:
            mails.send("comment", notice.reader.email, _facts(notice), headers=same)
        except mails.NotSent:
            Notice.objects.filter(pk=notice.pk).update(claimed_at=None)
            turn.refused += 1
            continue
        Notice.objects.filter(pk=notice.pk).update(mailed_at=now, claimed_at=None)
        turn.sent += 1
    return turn.sent


def _facts(notice: Notice) -> dict[str, object]:
    comment = notice.comment
    return {
        "about": notice.subject,
        "words": notice.words,
        "comment": comment,
        "headline": comment.thread.story.title if comment else "",
        "fix": f"{settings.PAPER_ADDRESS}{reverse('comment-edit', args=[comment.pk])}"
        if comment
        else "",
        "own": f"{settings.PAPER_ADDRESS}{reverse('you-comments')}",
        "guidelines": f"{settings.PAPER_ADDRESS}{reverse('guidelines')}",
    }


def moderators() -> list[Reader]:
    """Return everybody who may moderate."""
    right = Permission.objects.filter(
        content_type__app_label="comments", codename="moderate_comments"
    )
    held = Q(groups__permissions__in=right) | Q(user_permissions__in=right) | Q(is_superuser=True)
    return list(Reader.objects.get_queryset().filter(held, is_active=True).distinct())


def alarm(*, words: str, now: datetime) -> None:
    """Tell the moderators that something is out of order; once an hour at most."""
    log.error("the desk is told: %s", words)
    if not tallies.first_time("comments alarm", seconds=ALARM_EVERY):
        return
    for moderator in moderators():
        tell(reader=moderator, comment=None, subject="Comments are held", words=words, now=now)
