"""Mailing readers what is new in the threads they follow."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import F, Q
from django.urls import reverse

from broadsheet.comments.models import Comment, CommentQuerySet, Follow
from broadsheet.readers import mails

EVERY = timedelta(minutes=10)  # at least, between two mails of one follow
AT_ONCE = 100  # follows to one turn of the duty
PRINTED = 10  # comments in one mail
GIVES_UP = 3  # refused letters that end a turn


def mail_due(*, now: datetime) -> int:
    """Mail what appeared since the last mail of each follow; return how many went."""
    due = (
        Follow.objects.filter(
            thread__last_published_at__gt=F("told_until"),
            told_until__lt=now - EVERY,
            reader__is_active=True,
            thread__story__live=True,
        )
        .select_related("reader", "thread__story", "comment")
        .order_by("told_until", "pk")[:AT_ONCE]
    )
    sent = refused = 0
    for follow in due:
        found = list(_news(follow, now)[: PRINTED + 1])
        if found:
            try:
                _send(follow, found)
            except mails.NotSent:
                refused += 1
                if refused == GIVES_UP:
                    break
                continue
            sent += 1
        Follow.objects.filter(pk=follow.pk).update(told_until=now)
    return sent


def _news(follow: Follow, now: datetime) -> CommentQuerySet:
    """Return what others wrote in a followed thread, or under a followed comment."""
    rows = (
        Comment.objects.published()
        .filter(thread=follow.thread_id, appeared_at__gt=follow.told_until, appeared_at__lte=now)
        .exclude(writer=follow.reader_id)
        .exclude(writer__muted_by__reader=follow.reader_id)
    )
    if follow.comment is not None:
        rows = rows.filter(Q(parent=follow.comment) | Q(root=follow.comment))
    return rows.select_related("writer").order_by("appeared_at", "pk")


def _send(follow: Follow, found: list[Comment]) -> None:
    ends = f"{settings.PAPER_ADDRESS}{reverse('comment-unfollow', args=[follow.token])}"
    mails.send(
        "follow",
        follow.reader.email,
        {
            "headline": follow.thread.story.title,
            "comments": found[:PRINTED],
            "more": len(found) > PRINTED,
            "answers": follow.comment is not None,
            "thread": f"{settings.PAPER_ADDRESS}{follow.thread.story.url}comments/",
            "ends": ends,
        },
        headers={
            "List-Unsubscribe": f"<{ends}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        },
    )
