"""allauth's forms for passkeys, which take what a browser sends for JSON and for a passkey unseen.

Whoever sends something else is told that it is no passkey; that is no fault of ours.
"""

import struct
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.forms import (
    AddWebAuthnForm,
    AuthenticateWebAuthnForm,
    LoginWebAuthnForm,
    ReauthenticateWebAuthnForm,
)
from django import forms

from broadsheet.press import strict_json

NO_PASSKEY = "Your browser sent something that isn’t a passkey. Try again."
# What the library raises that reads credentials, for those that lack something or hold what they
# must not.
_MALFORMED = (AttributeError, LookupError, TypeError, ValueError, struct.error)


def _credential() -> forms.JSONField:
    return forms.JSONField(decoder=strict_json.Decoder, widget=forms.HiddenInput)


class _Authenticates(AuthenticateWebAuthnForm):
    credential = _credential()

    def clean_credential(self) -> Authenticator:
        try:
            return super().clean_credential()
        except _MALFORMED as error:
            raise forms.ValidationError(NO_PASSKEY) from error


class AuthenticatePasskeyForm(_Authenticates):
    """After the password."""


class LoginPasskeyForm(_Authenticates, LoginWebAuthnForm):
    """Instead of everything else."""


class ReauthenticatePasskeyForm(_Authenticates, ReauthenticateWebAuthnForm):
    """Before something that matters."""


class AddPasskeyForm(AddWebAuthnForm):
    credential = _credential()

    def clean(self) -> dict[str, Any]:
        try:
            return super().clean()
        except _MALFORMED as error:
            raise forms.ValidationError(NO_PASSKEY) from error
