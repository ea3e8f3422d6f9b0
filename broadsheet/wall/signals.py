"""Subscriptions follow the addresses they were given to."""

from typing import Any

from allauth.account.signals import email_confirmed, email_removed

from broadsheet.wall import actions


def _confirmed(email_address: Any, **_: Any) -> None:
    actions.claim_subscriptions(reader=email_address.user, email=email_address.email)


def _removed(user: Any, email_address: Any, **_: Any) -> None:
    actions.leave_subscriptions(reader=user, email=email_address.email)


def connect() -> None:
    email_confirmed.connect(_confirmed, dispatch_uid="wall-confirmed")
    email_removed.connect(_removed, dispatch_uid="wall-removed")
