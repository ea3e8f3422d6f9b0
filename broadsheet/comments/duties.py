"""What the background work does for comments."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db.models import Q

from broadsheet.comments import again, alerts, follows, former_bans, notices
from broadsheet.comments.models import Comment, DeskClaim, Notice, Thread
from broadsheet.comments.signals import numbers_changed

NETWORKS_KEPT = timedelta(days=30)
NOTICES_KEPT = timedelta(days=365)
TELLING_LASTS = timedelta(minutes=2)
AT_ONCE = 500  # rows; the next turn takes the next ones


class Duty(NamedTuple):
    name: str
    every_seconds: float
    function: Callable[..., object]


def tell_numbers(*, now: datetime) -> None:
    """Have pages that print numbers of comments printed anew: once a minute, not for each comment.

    Told twice does no harm, so what a worker began and never ended is told again.
    """
    free = Q(is_told=False) | Q(telling_at__lte=now - TELLING_LASTS)
    pks = list(Thread.objects.filter(free).order_by().values_list("pk", flat=True)[:AT_ONCE])
    if not pks:
        return
    # Marked first: what changes while they are told is told in the next turn.
    Thread.objects.filter(free, pk__in=pks).update(is_told=True, telling_at=now)
    mine = Thread.objects.filter(pk__in=pks, telling_at=now)
    if threads := list(mine.values_list("pk", flat=True)):
        numbers_changed.send(sender=Thread, threads=threads)
        mine.update(telling_at=None)


def sweep(*, now: datetime) -> None:
    """Forget from which networks comments came, old notices, and bans of erased accounts."""
    former_bans.forget_old(now=now)
    old = Comment.objects.filter(posted_at__lt=now - NETWORKS_KEPT).exclude(network="")
    Comment.objects.filter(pk__in=list(old.values_list("pk", flat=True)[:AT_ONCE])).update(
        network="", key=""
    )
    DeskClaim.objects.filter(until__lt=now).delete()
    told = Notice.objects.filter(made_at__lt=now - NOTICES_KEPT).order_by("pk")
    Notice.objects.filter(pk__in=list(told.values_list("pk", flat=True)[:AT_ONCE])).delete()


DUTIES = [
    Duty("comments-notices", 2, notices.mail_due),
    Duty("comments-follows", 60, follows.mail_due),
    Duty("comments-numbers", 60, tell_numbers),
    Duty("comments-screening", 30, again.screen_again),
    Duty("comments-alerts", 60, alerts.alert_due),
    Duty("comments-sweep", 3_600, sweep),
]
