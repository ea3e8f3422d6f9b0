"""What readers fill in."""

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.core import context
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.totp.forms import ActivateTOTPForm
from django import forms
from django.core.exceptions import ValidationError

from broadsheet.readers import events, requests, shownames, tallies
from broadsheet.readers.models import AccountEvent, Reader
from broadsheet.rules import addresses, digits, limits, names
from broadsheet.rules.limits import Action

LONGEST_PASSWORD = 128


class AddressField(forms.CharField):
    """An e-mail address, in the one spelling under which its account is kept."""

    widget = forms.EmailInput(attrs={"autocomplete": "email", "autocapitalize": "none"})

    def clean(self, value: Any) -> str:
        try:
            return addresses.canonical(super().clean(value))
        except addresses.AddressError as error:
            raise ValidationError(str(error)) from error


class PasswordField(forms.CharField):
    """A password: taken as it is typed or pasted, spaces too."""

    def __init__(self, *, autocomplete: str, **options: Any) -> None:
        widget = forms.PasswordInput(attrs={"autocomplete": autocomplete})
        super().__init__(strip=False, max_length=LONGEST_PASSWORD, widget=widget, **options)


class Form(forms.Form):
    """A form without colons after its labels."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **options})


class EntranceForm(Form):
    email = AddressField(
        label="Your e-mail address",
        error_messages={"required": "Enter an e-mail address, as in name@example.org."},
    )


class CodeForm(Form):
    """A code from a mail, with or without the space in it. Whether it is right is asked later."""

    code = forms.CharField(
        label="Code",
        max_length=40,
        widget=forms.TextInput(
            attrs={
                "autocomplete": "one-time-code",
                "inputmode": "numeric",
                "autofocus": True,
                "spellcheck": "false",
            }
        ),
        error_messages={"required": "Enter the code from the mail."},
    )


class PasswordEntranceForm(Form):
    """Address and password. ``user`` and ``login_address`` hold what was found."""

    email = AddressField(label="Your e-mail address")
    password = PasswordField(label="Password", autocomplete="current-password")
    user: Reader | None = None

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if self.errors:
            return cleaned
        adapter = get_adapter()
        self.user = adapter.authenticate(
            context.request, email=cleaned["email"], password=cleaned["password"]
        )
        if self.user is None:
            raise adapter.validation_error("email_password_mismatch")
        return cleaned


class RegistrationForm(Form):
    email = AddressField(
        label="Your e-mail address",
        error_messages={"required": "Enter an e-mail address, as in name@example.org."},
    )
    password = PasswordField(
        label="Password",
        autocomplete="new-password",
        help_text="Eight characters or more; a few words are good. Common ones are refused.",
    )

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        # Nobody is looked up: the rules ask how like the address the password is, no more.
        person = Reader(email=self.cleaned_data.get("email", ""))
        return str(get_adapter().clean_password(password, user=person))


class NewPasswordForm(Form):
    password = PasswordField(
        label="New password",
        autocomplete="new-password",
        help_text="Eight characters or more; a few words are good. Common ones are refused.",
    )

    def __init__(self, *args: Any, reader: Reader, **options: Any) -> None:
        self.reader = reader
        super().__init__(*args, **options)

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        return str(get_adapter().clean_password(password, user=self.reader))


class NameForm(Form):
    name = forms.CharField(
        label="Name",
        required=False,
        # One more than allowed, so that the rule's own words are shown.
        max_length=names.LONGEST * 4,
        widget=forms.TextInput(attrs={"autocomplete": "name", "maxlength": names.LONGEST}),
        help_text="Shown beside what you write on the paper. It can stay empty.",
    )

    def __init__(self, *args: Any, reader: Reader, **options: Any) -> None:
        self.reader = reader
        super().__init__(*args, **options)

    def clean_name(self) -> str:
        try:
            return shownames.clean(self.reader, self.cleaned_data["name"])
        except names.ShownNameError as error:
            raise ValidationError(str(error)) from error


class AnotherAddressForm(Form):
    email = AddressField(label="Another e-mail address")


class _Counted:
    """Second factors: each try is counted before it is looked at, and none works twice."""

    user: Any
    cleaned_data: dict[str, Any]

    def clean_code(self) -> str:
        outcome = requests.try_once(context.request, Action.GUESS_FACTOR, reader=self.user.pk)
        if not outcome.allowed:
            raise ValidationError(
                f"Too many tries. Wait {limits.wait_in_words(outcome.wait)}, then try again."
            )
        self.cleaned_data["code"] = digits.in_ascii(self.cleaned_data["code"])
        code: str = super().clean_code()  # type: ignore[misc]
        typed = "".join(one for one in code if one.isalnum()).lower()
        # As long as an authenticator app's code can be right: three steps of half a minute.
        if not tallies.first_time(f"factor {self.user.pk} {typed}", seconds=90):
            raise get_adapter().validation_error("incorrect_code")
        requests.forgive(context.request, Action.GUESS_FACTOR, reader=self.user.pk)
        return code


class SecondFactorForm(_Counted, AuthenticateForm):
    def _emit_authentication_failed(self, authenticator: Any) -> None:
        note_refusal(self.user)
        super()._emit_authentication_failed(authenticator)


class ProveByFactorForm(_Counted, ReauthenticateForm):
    def _emit_authentication_failed(self, authenticator: Any) -> None:
        note_refusal(self.user)
        super()._emit_authentication_failed(authenticator)


class AddFactorForm(_Counted, ActivateTOTPForm):
    pass


def note_refusal(reader: Reader) -> None:
    """Write a wrong second factor down: whoever tried it had the first."""
    from django.utils import timezone

    events.note(
        reader, AccountEvent.Kind.FACTOR_REFUSED, now=timezone.now(), request=context.request
    )
