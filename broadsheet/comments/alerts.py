"""Telling moderators by mail or webhook when something waits for them too long."""

import json
import logging
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.urls import reverse

from broadsheet.comments import claims, notices
from broadsheet.comments.desk import queues
from broadsheet.comments.desk.queues import Queue
from broadsheet.comments.models import Report, WaitingAlert
from broadsheet.press.delivery import webhooks
from broadsheet.readers import mails

log = logging.getLogger("broadsheet.comments")

QUEUES = (Queue.HELD, Queue.REPORTED, Queue.APPEALS)
AGAIN_AFTER = timedelta(hours=24)  # while the queue still waits too long
RETRY_AFTER = timedelta(minutes=5)  # when an alert couldn't be sent, or its worker died


@dataclass(frozen=True, slots=True)
class Waiting:
    """A queue whose oldest piece waits too long."""

    queue: Queue
    times: int
    since: datetime

    @property
    def title(self) -> str:
        return queues.TITLES[self.queue]

    @property
    def address(self) -> str:
        return f"{settings.PAPER_ADDRESS}{reverse('desk-comments')}?queue={self.queue}"


def since(queue: Queue) -> datetime | None:
    """Return since when a queue's oldest piece waits: for a report, since it was made."""
    if queue is Queue.REPORTED:
        made: datetime | None = (
            Report.objects.filter(state=Report.State.OPEN, comment__reports__gt=0)
            .order_by("made_at")
            .values_list("made_at", flat=True)
            .first()
        )
        return made
    return queues.oldest(queue)


def alert_due(*, now: datetime) -> int:
    """Tell of the queues that wait too long, each once a day; return how many were told of."""
    hours = settings.OPTIONS.alert_after
    late = []
    counts = queues.counts() if hours else {}
    for queue in QUEUES:
        oldest = since(queue) if hours else None
        if oldest is not None and now - oldest >= timedelta(hours=hours):
            late.append(Waiting(queue, counts[queue], oldest))
    # What waits no longer is told of at once when it waits too long another time.
    WaitingAlert.objects.exclude(queue__in=[one.queue.value for one in late]).delete()
    return sum(_tell(one, now) for one in late)


def _tell(waiting: Waiting, now: datetime) -> bool:
    message = _claim(waiting.queue, now)
    if not message:
        return False
    try:
        _send(waiting, message, now)
    except (mails.NotSent, webhooks.WebhookError) as error:
        log.error("moderators can't be told what waits: %s", error or type(error).__name__)
        return False
    # The next alert is another message.
    WaitingAlert.objects.filter(queue=waiting.queue, message=message).update(
        message="", next_at=now + AGAIN_AFTER
    )
    return True


def _claim(queue: Queue, now: datetime) -> str:
    """Return the message's name for the one worker that is to send it; empty for the others.

    A worker that dies before it has sent it leaves it to another, under the same name.
    """
    row = WaitingAlert.objects.filter(queue=queue).first()
    fresh = f"waiting_{secrets.token_hex(12)}"
    if row is None:
        try:
            with transaction.atomic():
                WaitingAlert.objects.create(
                    queue=queue.value, message=fresh, next_at=now + RETRY_AFTER
                )
        except IntegrityError:
            return ""
        return fresh
    message = row.message or fresh
    due = WaitingAlert.objects.filter(queue=queue, next_at=row.next_at, next_at__lte=now)
    return message if due.update(message=message, next_at=now + RETRY_AFTER) else ""


def _send(waiting: Waiting, message: str, now: datetime) -> None:
    options = settings.OPTIONS
    if options.alert_webhook:
        fact = {
            "type": "comments.waiting",
            "timestamp": now.isoformat(),
            "data": {
                "queue": waiting.queue.value,
                "waiting": waiting.times,
                "since": waiting.since.isoformat(),
                "address": waiting.address,
            },
        }
        webhooks.send(
            options.alert_webhook,
            json.dumps(fact).encode(),
            message=message,
            timestamp=int(now.timestamp()),
            secret=options.alert_secret,
        )
    for address in _addresses():
        facts = {"waiting": waiting, "most": queues.MOST_COUNTED}
        same = {"Message-ID": claims.message_id(message, address)}
        mails.send("waiting", address, facts, headers=same)


def _addresses() -> list[str]:
    """Return who gets a mail: those the options name, or every moderator where they name nothing."""
    options = settings.OPTIONS
    if options.alert_mail or options.alert_webhook:
        return list(options.alert_mail)
    return [one.email for one in notices.moderators()]
