"""Mailing readers what is new in the threads they follow."""

import logging
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import F, Q
from django.urls import reverse

from broadsheet.comments import claims
from broadsheet.comments.models import Comment, CommentQuerySet, Follow
from broadsheet.readers import mails

log = logging.getLogger("broadsheet.comments")

EVERY = timedelta(minutes=10)  # at least, between two mails of one follow
AT_ONCE = 100  # follows to one turn of the duty
PRINTED = 10  # comments in one mail
GIVES_UP = 3  # refused letters that end a turn


def mail_due(*, now: datetime) -> int:
    """Mail what appeared since the last mail of each follow; return how many went."""
    due = Follow.objects.filter(
        thread__last_published_at__gt=F("told_until"),
        told_until__lt=now - EVERY,
        reader__is_active=True,
        thread__story__live=True,
    )
    rows = (
        due.filter(claims.free(now))
        .select_related("reader", "thread__story", "comment")
        .order_by("told_until", "pk")[:AT_ONCE]
    )
    turn = claims.Turn(gives_up=GIVES_UP)
    for follow in rows:
        if turn.is_over:
            break
        # A letter that was begun before keeps its end, so that it is the same letter.
        until = follow.mailing_until or now
        # Another worker may have mailed it since the row was read: it has another start then.
        mine = Follow.objects.filter(told_until=follow.told_until)
        if claims.claim(mine, follow.pk, now=now, mailing_until=until):
            _mail(follow, until, turn)
    return turn.sent


def _mail(follow: Follow, until: datetime, turn: claims.Turn) -> None:
    """Mail one follow, which this worker has claimed, up to a moment, and mark it."""
    if follow.claimed_at is not None:
        log.warning("a worker died while it mailed a follow; the letter is sent again")
    row = Follow.objects.filter(pk=follow.pk)
    if news := list(_news(follow, until)[: PRINTED + 1]):
        try:
            _send(follow, news, until)
        except mails.NotSent:
            row.update(claimed_at=None)
            turn.refused += 1
            return
        turn.sent += 1
    row.update(told_until=until, claimed_at=None, mailing_until=None)


def _news(follow: Follow, until: datetime) -> CommentQuerySet:
    """Return what others wrote in a followed thread, or under a followed comment."""
    rows = (
        Comment.objects.published()
        .filter(thread=follow.thread_id, appeared_at__gt=follow.told_until, appeared_at__lte=until)
        .exclude(writer=follow.reader_id)
        .exclude(writer__muted_by__reader=follow.reader_id)
    )
    if follow.comment is not None:
        rows = rows.filter(Q(parent=follow.comment) | Q(root=follow.comment))
    return rows.select_related("writer").order_by("appeared_at", "pk")


def _send(follow: Follow, news: list[Comment], until: datetime) -> None:
    ends = f"{settings.PAPER_ADDRESS}{reverse('comment-unfollow', args=[follow.token])}"
    mails.send(
        "follow",
        follow.reader.email,
        {
            "headline": follow.thread.story.title,
            "comments": news[:PRINTED],
            "more": len(news) > PRINTED,
            "answers": follow.comment is not None,
            "thread": f"{settings.PAPER_ADDRESS}{follow.thread.story.url}comments/",
            "ends": ends,
        },
        headers={
            "Message-ID": claims.message_id("follow", follow.pk, follow.told_until, until),
            "List-Unsubscribe": f"<{ends}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        },
    )
