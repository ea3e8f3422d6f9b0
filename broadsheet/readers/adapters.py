"""Where the paper's ways differ from allauth's."""

import time
from datetime import datetime
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.account.models import EmailAddress
from allauth.account.signals import email_confirmed, user_logged_in
from allauth.account.utils import get_login_redirect_url
from allauth.core.exceptions import ImmediateHttpResponse, ReauthenticationRequired
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.providers.base import AuthProcess
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.http import urlencode

from broadsheet.readers import events, mails, registry, requests, shownames
from broadsheet.readers.models import AccountEvent, Reader
from broadsheet.rules import addresses, limits, names
from broadsheet.rules.limits import Action

FIRST = "first"  # in the session: what comes after signing in, before the place wanted
ADD_PASSKEY = "add-passkey"  # they asked to add one
HAD_ACCOUNT = "had-account"  # they registered with a password and had an account

# allauth's letters → the sentence of ours.
NOTICES = {
    "mfa/email/totp_activated": "An authenticator app was added to your account.",
    "mfa/email/totp_deactivated": "The authenticator app was removed from your account.",
    "mfa/email/recovery_codes_generated": "New recovery codes were made for your account.",
    "mfa/email/webauthn_added": "A passkey was added to your account.",
    "mfa/email/webauthn_removed": "A passkey was removed from your account.",
    "socialaccount/email/account_connected": "A way to sign in was added to your account.",
    "socialaccount/email/account_disconnected": "A way to sign in was removed from your account.",
}


def is_fresh(request: HttpRequest) -> bool:
    """Tell whether whoever is signed in has proved a short while ago who they are."""
    user = request.user
    if not isinstance(user, Reader):
        return False
    records = get_authentication_records(request, user)
    return any(time.time() - record["at"] < limits.PROOF_LIVES for record in records[-1:])


def prove_first(request: HttpRequest) -> None:
    """Send whoever is signed in to prove who they are, unless they did so a short while ago.

    :raises ReauthenticationRequired: which allauth's middleware answers
    """
    if not is_fresh(request):
        raise ReauthenticationRequired


class AccountAdapter(DefaultAccountAdapter):
    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": "The address or the password is wrong. You can sign in with a "
        "code by e-mail instead.",
        "too_many_login_attempts": "Too many tries. Wait a few minutes, or sign in with a code by "
        "e-mail.",
        "incorrect_password": "That is not your password.",
        "incorrect_code": "That code is wrong, or was used already.",
    }

    def is_safe_url(self, url: str) -> bool:
        return bool(addresses.own_path(url))

    def get_client_ip(self, request: HttpRequest) -> str:
        return requests.internet_address(request)

    def get_login_stages(self) -> list[str]:
        return [
            "broadsheet.readers.stages.ProvedAddress",
            "broadsheet.readers.stages.SecondFactor",
        ]

    def post_login(
        self,
        request: HttpRequest,
        user: Any,
        *,
        email_verification: str,
        signal_kwargs: dict[str, Any] | None,
        email: str | None,
        signup: bool,
        redirect_url: str | None,
    ) -> HttpResponse:
        """Send the reader back to where they came from, and do what they came for."""
        place = addresses.own_path(get_login_redirect_url(request, redirect_url, signup=signup))
        if wanted := registry.intention(place):
            place = wanted.complete(user, place, timezone.now())
        response = HttpResponseRedirect(_first(request, place or "/"))
        user_logged_in.send(
            sender=user.__class__,
            request=request,
            response=response,
            user=user,
            **{**(signal_kwargs or {}), "signup": signup},
        )
        return response

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        address = credentials.get("email", "")
        outcome = requests.try_once(request, Action.GUESS_PASSWORD, address=address)
        if not outcome.allowed:
            raise ValidationError(
                f"Too many tries. Wait {limits.wait_in_words(outcome.wait)}, or sign in with a "
                "code by e-mail.",
                code="too_many_login_attempts",
            )
        self._guessing = address

    def _rollback_login_failed_rl_usage(self) -> None:
        requests.forgive(self.request, Action.GUESS_PASSWORD, address=self._guessing)

    def is_reauthentication_required(self, *, app: str, **_: Any) -> bool:
        # allauth takes a reader without password and second factor for proved at any time; here
        # the proof is a code by e-mail.
        prove_first(self.request)
        return False

    def get_reauthentication_methods(self, user: Any) -> list[dict[str, Any]]:
        """Return the ways to prove who one is; where there is a second factor it is asked for."""
        if not user.is_authenticated:
            return []
        types = set(Authenticator.objects.filter(user=user).values_list("type", flat=True))
        ways = []
        if "totp" in types:
            ways.append(("mfa_reauthenticate", "Use your authenticator app or a recovery code"))
        elif user.has_usable_password():
            ways.append(("account_reauthenticate", "Use your password"))
        if "totp" not in types:
            ways.append(("prove-by-code", "Get a code by e-mail"))
        if "webauthn" in types:
            ways.append(("mfa_reauthenticate_webauthn", "Use a passkey"))
        return [{"id": name, "description": words, "url": reverse(name)} for name, words in ways]

    def send_notification_mail(
        self,
        template_prefix: str,
        user: Any,
        context: dict[str, Any] | None = None,
        email: str | None = None,
    ) -> None:
        """Tell a reader by mail what happened to the account."""
        if happened := NOTICES.get(template_prefix):
            notify(self.request, user, happened, to=email)

    def add_message(  # noqa: PLR0917
        self,
        request: HttpRequest,
        level: int,
        message_template: str | None = None,
        message_context: dict[str, Any] | None = None,
        extra_tags: str = "",
        message: str | None = None,
    ) -> None:
        # “You have signed in” and the like go without saying.
        if message_template in {
            "account/messages/logged_in.txt",
            "account/messages/logged_out.txt",
        }:
            return
        super().add_message(request, level, message_template, message_context, extra_tags, message)


def _first(request: HttpRequest, place: str) -> str:
    """Return where somebody goes who just signed in, on the way to a place."""
    first = request.session.pop(FIRST, "")
    if first == ADD_PASSKEY:
        return f"{reverse('mfa_add_webauthn')}?{urlencode({'next': place})}"
    if first == HAD_ACCOUNT:
        words = (
            "You already have an account with this address, and are signed in. Its password is as "
            'it was; you can change it here. <a href="{}">Continue</a>'
        )
        messages.info(request, format_html(words, place))
        return reverse("you-security")
    return place


def notify(request: HttpRequest, reader: Reader, happened: str, *, to: str | None = None) -> None:
    """Tell a reader by mail what happened to the account, when, and from where."""
    primary = EmailAddress.objects.filter(user=reader, primary=True).first()
    now: datetime = timezone.now()
    facts = {
        "happened": happened,
        "now": now,
        "browser": requests.browser(request),
        "network": requests.neighbourhood(request),
        "security": f"{settings.PAPER_ADDRESS}{reverse('you-security')}",
    }
    mails.notify("notice", to or (primary.email if primary else reader.email), facts)


class MfaAdapter(DefaultMFAAdapter):
    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": "That didn’t work. Try again.",
    }

    def get_totp_issuer(self) -> str:
        return settings.PAPER_NAME

    def generate_authenticator_name(self, user: Any, type: Any) -> str:  # noqa: A002
        count = Authenticator.objects.filter(user=user, type=type).count()
        return "Passkey" if not count else f"Passkey {count + 1}"

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        return {**super().get_public_key_credential_rp_entity(), "name": settings.PAPER_NAME}


class SocialAdapter(DefaultSocialAccountAdapter):
    """Signing in by the paper's OpenID Connect provider."""

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:
        """Let in whom the provider names by number; never because of an e-mail address alone.

        :raises ImmediateHttpResponse: for a newcomer whose address can't be taken for proved, or
            has an account already
        """
        if sociallogin.is_existing or sociallogin.state.get("process") == AuthProcess.CONNECT:
            return
        name = sociallogin.provider.name
        address = next((one for one in sociallogin.email_addresses if one.verified), None)
        try:
            proved = addresses.canonical(address.email) if address else ""
        except addresses.AddressError:
            proved = ""
        if not proved:
            self._refuse(
                request,
                f"{name} doesn’t vouch for your e-mail address. Sign in here with a code; then you "
                f"can add {name} under Security.",
            )
        if (
            EmailAddress.objects.filter(email=proved, verified=True).exists()
            or Reader.objects.at_address(proved).exists()
        ):
            self._refuse(
                request,
                f"There is an account with the address that {name} gave. Sign in with a code; then "
                f"you can add {name} under Security.",
            )
        sociallogin.email_addresses = [
            EmailAddress(email=proved, verified=True, primary=True),
        ]
        sociallogin.user.email = proved

    def _refuse(self, request: HttpRequest, words: str) -> None:
        messages.warning(request, words)
        raise ImmediateHttpResponse(redirect("account_login"))

    def populate_user(self, request: HttpRequest, sociallogin: Any, data: Any) -> Any:
        user = super().populate_user(request, sociallogin, data)
        try:
            user.name = shownames.clean(user, str(data.get("name") or "")[: names.LONGEST])
        except names.ShownNameError:
            user.name = ""
        return user

    def save_user(self, request: HttpRequest, sociallogin: Any, form: Any = None) -> Any:
        reader = super().save_user(request, sociallogin, form)
        now = timezone.now()
        events.note(reader, AccountEvent.Kind.JOINED, now=now, request=request)
        for row in EmailAddress.objects.filter(user=reader, verified=True):
            email_confirmed.send(sender=EmailAddress, request=request, email_address=row)
        return reader

    def get_connect_redirect_url(self, request: HttpRequest, socialaccount: Any) -> str:
        return reverse("you-security")

    def on_authentication_error(
        self,
        request: HttpRequest,
        provider: Any,
        error: Any = None,
        exception: Any = None,
        extra_context: Any = None,
    ) -> None:
        self._refuse(request, f"{provider.name} didn’t let you in. Sign in with a code instead.")


def entrance(place: str = "") -> str:
    """Return the address of the sign-in page, from which a reader comes back to a place."""
    here = reverse("account_login")
    place = addresses.own_path(place)
    return f"{here}?{urlencode({'next': place})}" if place else here
