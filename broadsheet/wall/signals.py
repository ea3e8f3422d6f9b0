"""What the wall does when others change something: subscriptions follow addresses, a visitor's
readings follow them into the account, and worthless passes are made known to the edge.
"""

import logging
from datetime import UTC, datetime
from typing import Any

from allauth.account.signals import email_confirmed, email_removed
from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.db import transaction
from django.db.models.signals import post_delete, post_save
from django.http import HttpRequest
from django.utils import timezone

from broadsheet.press.edge.ledger.stores import StoreError
from broadsheet.press.edge.passes import Standing
from broadsheet.readers.models import Reader
from broadsheet.readers.signals import passes_voided, sessions_ended
from broadsheet.rules.access import Person
from broadsheet.rules.meter import month_of
from broadsheet.wall import actions, gate, policies, tasks
from broadsheet.wall.models import SectionPolicy, Subscription, WallPolicy

log = logging.getLogger("broadsheet.wall")


def _confirmed(email_address: Any, **_: Any) -> None:
    actions.claim_subscriptions(reader=email_address.user, email=email_address.email)


def _removed(user: Any, email_address: Any, **_: Any) -> None:
    actions.leave_subscriptions(reader=user, email=email_address.email)


def _signed_in(user: Any, request: HttpRequest | None = None, **_: Any) -> None:
    """Move the readings of the visitor into the account, once."""
    actions.claim_subscriptions(reader=user, email=user.email)
    sealed = request.COOKIES.get(gate.cookies().pass_) if request else None
    carried = gate.passes().read(sealed.encode()) if sealed else None
    if carried is None or carried.standing is not Standing.VISITOR or carried.reader == 0:
        return
    month = month_of(datetime.now(UTC), gate.zone())
    allowance = policies.load().paper.allowance(Person.READER) or 0
    try:
        if gate.ledger().merge(carried.reader, user.pk, month, allowance):
            gate.readings_changed(user.pk)
    except StoreError:
        # Signing in matters more; what the visitor read stays the visitor's.
        log.exception("a visitor's readings could not be moved into the account")


def _signed_out(user: Any, **_: Any) -> None:
    """Void the reader's passes: copied cookies open nothing more.

    Those of their other browsers are void too, and Django gives them new ones: it asks the session.
    """
    if isinstance(user, Reader) and user.pk:
        gate.revoked(user.pk, timezone.now().timestamp())


def _sessions_ended(readers: set[int], **_: Any) -> None:
    for reader in readers:
        gate.revoked(reader, timezone.now().timestamp())


def _voided(reader: Reader, before: datetime, **_: Any) -> None:
    gate.revoked(reader.pk, before.timestamp())


def _subscription_changed(instance: Subscription, **_: Any) -> None:
    if instance.reader_id:
        gate.revoked(instance.reader_id, timezone.now().timestamp())


def _policy_changed(**_: Any) -> None:
    gate.changed(access=True)
    transaction.on_commit(tasks.cut_teasers.enqueue)


def connect() -> None:
    gate.leave_telling_to(tasks.tell_everything.enqueue)
    email_confirmed.connect(_confirmed, dispatch_uid="wall-confirmed")
    email_removed.connect(_removed, dispatch_uid="wall-removed")
    user_logged_in.connect(_signed_in, dispatch_uid="wall-signed-in")
    user_logged_out.connect(_signed_out, dispatch_uid="wall-signed-out")
    sessions_ended.connect(_sessions_ended, dispatch_uid="wall-sessions-ended")
    passes_voided.connect(_voided, dispatch_uid="wall-voided")
    for signal, uid in ((post_save, "wall-subscription"), (post_delete, "wall-subscription-gone")):
        signal.connect(_subscription_changed, sender=Subscription, dispatch_uid=uid)
    for sender in (WallPolicy, SectionPolicy):
        post_save.connect(_policy_changed, sender=sender, dispatch_uid=f"wall-{sender.__name__}")
        post_delete.connect(
            _policy_changed, sender=sender, dispatch_uid=f"wall-{sender.__name__}-gone"
        )
