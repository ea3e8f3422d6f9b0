"""What circulation does: give, extend and end subscriptions."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from allauth.account.models import EmailAddress
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from broadsheet.readers.actions import log_staff_act
from broadsheet.readers.models import Reader
from broadsheet.rules import grants
from broadsheet.rules.meter import month_of
from broadsheet.wall import gate
from broadsheet.wall.models import CrawlerDay, Subscription, last_day_before


class SubscriptionError(Exception):
    """The subscription can't be given; the words are for circulation."""


@dataclass
class GrantRun:
    """What became of a list: read = granted + already there + refused."""

    read: int = 0
    granted: int = 0
    already_there: int = 0
    refused: list[grants.Complaint] = field(default_factory=list)


def end_of(day: date, zone: ZoneInfo) -> datetime:
    """Return the first moment after a day on the paper's clock.

    The last day of the calendar, which spreadsheets write for life, has none: a second of it counts.
    """
    if day == date.max:
        return datetime.combine(day, time(second=1), tzinfo=zone)
    return datetime.combine(day + timedelta(days=1), time(), tzinfo=zone)


def owner_of(email: str) -> Reader | None:
    """Return the reader who has proved that an address is theirs."""
    found = EmailAddress.objects.filter(email=email.lower(), verified=True).select_related("user")
    address = found.first()
    return address.user if address else None


@transaction.atomic
def grant_subscription(
    *,
    email: str,
    until: datetime,
    by: Reader | None,
    now: datetime,
    note: str = "",
    source: str = "hand",
) -> tuple[Subscription, bool]:
    """Give a subscription to an address, or move the end of the one it has.

    :return: the subscription, and whether anything changed
    :raises SubscriptionError: when it would have ended already
    """
    if until <= now:
        raise SubscriptionError(f"{last_day_before(until)} is past; choose a later day.")
    email = Reader.objects.normalize_email(email).strip()
    held = Subscription.objects.at_address(email).filter(ended_at=None).first()
    if held is None:
        made = Subscription.objects.create(
            email=email,
            reader=owner_of(email),
            until=until,
            note=note,
            source=source,
            granted_at=now,
            granted_by=by,
        )
        return made, True
    if held.until == until and (not note or held.note == note):
        return held, False
    held.until, held.note = until, note or held.note
    held.reader = held.reader or owner_of(email)
    held.save()
    return held, True


@transaction.atomic
def end_subscription(*, subscription: Subscription, now: datetime) -> None:
    """End a subscription now. It stays on record."""
    subscription.ended_at = now
    subscription.save(update_fields=["ended_at"])


def grant_list(
    *, lines: Iterable[str], by: Reader | None, now: datetime, zone: ZoneInfo
) -> GrantRun:
    """Give subscriptions from a list. Safe to run again: what is there already is counted as that.

    :raises grants.ColumnsError: when the first line names no columns; nothing is changed then
    """
    run = GrantRun()
    with transaction.atomic():
        for item in grants.read(lines):
            run.read += 1
            if isinstance(item, grants.Complaint):
                run.refused.append(item)
                continue
            try:
                _, changed = grant_subscription(
                    email=item.email,
                    until=end_of(item.until, zone),
                    by=by,
                    now=now,
                    note=item.note,
                    source="list",
                )
            except SubscriptionError as error:
                run.refused.append(grants.Complaint(item.line, str(error)))
                continue
            if changed:
                run.granted += 1
            else:
                run.already_there += 1
    return run


def claim_subscriptions(*, reader: Reader, email: str) -> int:
    """Give a reader the subscriptions of an address they have proved; return how many."""
    unclaimed = Subscription.objects.at_address(email).filter(reader=None, ended_at=None)
    return unclaimed.update(reader=reader)


def leave_subscriptions(*, reader: Reader, email: str, **_: Any) -> int:
    """Take the subscriptions of an address back from a reader who gave the address up."""
    return Subscription.objects.at_address(email).filter(reader=reader).update(reader=None)


def count_crawler(*, token: str, verdict: str, address: str, path: str, now: datetime) -> None:
    """Count what a crawler was answered, by day: the log that circulation reads."""
    on = timezone.localtime(now).date()
    row, _ = CrawlerDay.objects.get_or_create(on=on, token=token, verdict=verdict)
    CrawlerDay.objects.filter(pk=row.pk).update(
        times=F("times") + 1, last_address=address[:45], last_path=path[:200]
    )


def give_reading_back(
    *, reader: Reader, staff: Reader, story: int, reason: str, now: datetime
) -> bool:
    """Take a counted story off a reader's month; tell whether it was counted.

    :raises StoreError: when the store of readings can't be asked
    """
    month = month_of(now, gate.zone())
    gone = gate.ledger().give_back(reader.pk, month, story)
    if gone:
        gate.readings_changed(reader.pk)
        log_staff_act(
            staff=staff,
            reader=reader,
            act="give-back",
            reason=reason,
            facts={"story": story, "month": month},
            now=now,
        )
    return gone
