"""Who is signed in, for how long, and what may be kept of pages that are theirs alone."""

import time
from collections.abc import Callable
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib import auth, messages
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.auth.models import AnonymousUser
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.functional import SimpleLazyObject
from django.utils.http import urlencode

from broadsheet.press.outages import outages
from broadsheet.readers import requests, shown
from broadsheet.readers.models import Reader
from broadsheet.readers.signals import sessions_ended
from broadsheet.rules import limits

SIGNED_IN_AT = "signed_in_at"  # seconds since 1970, in the session
SEEN_AT = "seen_at"
SEEN_EVERY = 3_600  # seconds; a session is written once an hour at most
PRIVATE = ("/accounts/", "/you/", "/saved/", "/comments/")


def signed_in(request: HttpRequest) -> Any:
    """Return who is signed in, and end a session that has lived too long.

    It is looked up only when somebody asks, so that public pages never touch the session.
    """
    if not hasattr(request, "_signed_in"):
        request._signed_in = _look_up(request)  # type: ignore[attr-defined]
    return request._signed_in  # type: ignore[attr-defined]


def _look_up(request: HttpRequest) -> Any:
    user = auth.get_user(request)
    if not isinstance(user, Reader):
        return user
    now = time.time()
    began = request.session.get(SIGNED_IN_AT)
    longest = limits.LONGEST_OF_STAFF if user.is_staff else limits.LONGEST
    if began is not None and now - began > longest:
        sessions_ended.send(sender=UserSession, readers={user.pk})
        request.session.flush()
        return AnonymousUser()
    if began is None:
        # Signed in past the paper's pages, as tests and commands do.
        request.session[SIGNED_IN_AT] = now
    if now - request.session.get(SEEN_AT, 0) > SEEN_EVERY:
        _note_visit(request, now)
    return user


def _note_visit(request: HttpRequest, now: float) -> None:
    try:
        UserSession.objects.filter(session_key=request.session.session_key).update(
            last_seen_at=timezone.now(), ip=requests.internet_address(request)
        )
    except DatabaseError as error:
        # On a full disk one can still read.
        if not outages.record(error):
            raise
    else:
        # Writing the session moves its end: thirty days from now.
        request.session[SEEN_AT] = now


class ReaderMiddleware(AuthenticationMiddleware):
    """Django's, with sessions that end."""

    def process_request(self, request: HttpRequest) -> None:
        super().process_request(request)
        request.user = SimpleLazyObject(lambda: signed_in(request))  # type: ignore[assignment]


class PrivatePages:
    """Pages about one reader are kept by nobody; the desk asks for a second factor where it must."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if refused := self._desk(request):
            return refused
        response = self.get_response(request)
        if request.path.startswith(PRIVATE):
            response.headers["Cache-Control"] = "private, no-store"
            # What stands in an address of the account pages is no other site's business.
            response.headers["Referrer-Policy"] = "same-origin"
            user = request.user
            if isinstance(user, Reader) and user.pk:
                shown.write(request, response, user, timezone.now())
            elif shown.COOKIE in request.COOKIES:
                shown.forget(response)
        return response

    def _desk(self, request: HttpRequest) -> HttpResponse | None:
        if not settings.STAFF_SECOND_FACTOR or not request.path.startswith("/desk/"):
            return None
        user = request.user
        if not isinstance(user, Reader):
            return None
        types = Authenticator.objects.filter(user=user).values_list("type", flat=True)
        if not set(types) & {Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN}:
            messages.warning(
                request,
                "The paper asks its staff for a second factor. Add an authenticator app or a "
                "passkey to get to the desk.",
            )
            return redirect("you-security")
        records = get_authentication_records(request, user)
        if any(record["method"] == "mfa" for record in records):
            return None
        ways = [one["url"] for one in get_adapter(request).get_reauthentication_methods(user)]
        way = next(url for url in ways if "/2fa/" in url)
        return redirect(f"{way}?{urlencode({'next': request.get_full_path()})}")
