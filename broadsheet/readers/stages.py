"""What stands between a right password, code or passkey and being signed in."""

from typing import Any

from allauth.account.models import EmailAddress
from allauth.account.stages import LoginStage
from allauth.core.internal.httpkit import headed_redirect_response
from allauth.mfa.models import Authenticator
from allauth.mfa.stages import AuthenticateStage
from allauth.mfa.webauthn.internal.flows import did_use_passwordless_login
from django.conf import settings
from django.contrib import messages
from django.shortcuts import redirect


class ProvedAddress(LoginStage):
    """Nobody signs in whose address isn't proved; an e-mailed code proves it on the way."""

    key = "proved_address"

    def handle(self) -> tuple[Any, bool]:
        if EmailAddress.objects.filter(user=self.login.user, verified=True).exists():
            return None, True
        messages.info(
            self.request,
            "Sign in with a code this once: it shows us that the address is yours.",
        )
        return redirect("account_login"), False


def factor_types(reader: Any) -> list[str]:
    """Return the kinds of second factors that must be shown; none where signing in is enough.

    A passkey is a way in, not a hurdle: who signs in by e-mailed code isn't asked for one, unless
    there is an authenticator app as well, or the paper wants a second factor of its staff.
    """
    types = [Authenticator.Type.TOTP.value]
    if reader.is_staff and settings.STAFF_SECOND_FACTOR:
        types.append(Authenticator.Type.WEBAUTHN.value)
    return types


class SecondFactor(AuthenticateStage):
    """The second factor of those who have one."""

    def handle(self) -> tuple[Any, bool]:
        reader = self.login.user
        wanted = Authenticator.objects.filter(user=reader, type__in=factor_types(reader))
        if not wanted.exists() or did_use_passwordless_login(self.request, reader):
            return None, True
        self.state["authentication_required"] = True
        return headed_redirect_response("mfa_authenticate"), True
