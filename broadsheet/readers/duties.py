"""What the background work does for accounts."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import NamedTuple

from django.contrib.sessions.models import Session

from broadsheet.readers import codes, tallies
from broadsheet.readers.models import AccountEvent

EVENTS_KEPT = timedelta(days=365)
AT_ONCE = 5_000  # rows; the next turn takes the next ones


class Duty(NamedTuple):
    name: str
    every_seconds: float
    function: Callable[..., object]


def sweep(*, now: datetime) -> None:
    """Remove what has run out: codes, tallies, sessions, old events."""
    codes.sweep(now=now)
    tallies.sweep(now=now.timestamp())
    ended = Session.objects.filter(expire_date__lt=now).values_list("pk", flat=True)
    Session.objects.filter(pk__in=list(ended[:AT_ONCE])).delete()
    old = AccountEvent.objects.filter(happened_at__lt=now - EVENTS_KEPT).order_by("pk")
    AccountEvent.objects.filter(pk__in=list(old.values_list("pk", flat=True)[:AT_ONCE])).delete()


DUTIES = [Duty("readers-sweep", 600, sweep)]
