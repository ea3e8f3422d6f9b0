"""What follows when somebody signs in or out, or changes how they do."""

import time
from typing import Any

from allauth.account import signals as account
from allauth.account.internal.flows.login import get_authentication_records
from allauth.mfa import signals as mfa
from allauth.mfa.models import Authenticator
from allauth.socialaccount import signals as social
from allauth.usersessions.models import UserSession
from django.contrib.auth.signals import user_logged_out
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from broadsheet.readers import actions, adapters, events, requests, shown
from broadsheet.readers.middleware import SEEN_AT, SIGNED_IN_AT
from broadsheet.readers.models import AccountEvent, Reader

Kind = AccountEvent.Kind
WAYS = {
    "code": "with a code by e-mail",
    "password": "with the password",
    "socialaccount": "with the account of another provider",
    "mfa": "with a second factor",
}


def way_in(request: HttpRequest, reader: Reader) -> str:
    """Say how somebody signed in."""
    records = get_authentication_records(request, reader)
    if any(record.get("passwordless") for record in records[-1:]):
        return "with a passkey"
    ways = [WAYS.get(record["method"], "") for record in records[-2:]]
    return " and ".join(dict.fromkeys(way for way in ways if way))


def _signed_in(
    request: HttpRequest, user: Reader, response: HttpResponse | None = None, **more: Any
) -> None:
    now = timezone.now()
    request.session[SIGNED_IN_AT] = request.session[SEEN_AT] = time.time()
    # The door kept the session of somebody unknown for an hour only.
    request.session.set_expiry(None)
    way = way_in(request, user)
    events.note(user, Kind.SIGNED_IN, now=now, request=request, detail=way)
    UserSession.objects.create_from_request(request)
    actions.drop_oldest_sessions(reader=user)
    is_new = not requests.device_is_known(request, user.email)
    # A code by mail was the news already.
    if is_new and not more.get("signup") and "code" not in way:
        adapters.notify(request, user, f"Somebody signed in to your account {way}.")
    if response is not None:
        requests.remember_device(request, response, user.email)
        shown.write(request, response, user, now)


def _signed_out(request: HttpRequest | None, user: Any, **_: Any) -> None:
    if isinstance(user, Reader) and user.pk and request is not None:
        events.note(user, Kind.SIGNED_OUT, now=timezone.now(), request=request)


def _factor(kind: AccountEvent.Kind) -> Any:
    def follow(request: HttpRequest, user: Reader, authenticator: Authenticator, **_: Any) -> None:
        what = str(authenticator.get_type_display()).lower()
        what = {"totp authenticator": "authenticator app", "webauthn": "passkey"}.get(what, what)
        events.note(user, kind, now=timezone.now(), request=request, detail=what)

    return follow


def _provider_added(request: HttpRequest, sociallogin: Any, **_: Any) -> None:
    events.note(sociallogin.user, Kind.PROVIDER_ADDED, now=timezone.now(), request=request)


def _provider_removed(request: HttpRequest, socialaccount: Any, **_: Any) -> None:
    events.note(socialaccount.user, Kind.PROVIDER_REMOVED, now=timezone.now(), request=request)


def connect() -> None:
    account.user_logged_in.connect(_signed_in, dispatch_uid="readers-signed-in")
    user_logged_out.connect(_signed_out, dispatch_uid="readers-signed-out")
    # The functions made here would be forgotten if the signals held them weakly.
    mfa.authenticator_added.connect(
        _factor(Kind.FACTOR_ADDED), weak=False, dispatch_uid="readers-factor-added"
    )
    mfa.authenticator_reset.connect(
        _factor(Kind.FACTOR_ADDED), weak=False, dispatch_uid="readers-factor-reset"
    )
    mfa.authenticator_removed.connect(
        _factor(Kind.FACTOR_REMOVED), weak=False, dispatch_uid="readers-factor-removed"
    )
    social.social_account_added.connect(_provider_added, dispatch_uid="readers-provider-added")
    social.social_account_removed.connect(
        _provider_removed, dispatch_uid="readers-provider-removed"
    )
