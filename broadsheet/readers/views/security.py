"""How a reader signs in: addresses, password, passkeys, second factor, sessions."""

from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.internal import auth as passkeys
from allauth.mfa.webauthn.views import AddWebAuthnView, RemoveWebAuthnView
from allauth.socialaccount.internal import flows as social
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib import auth, messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from broadsheet.readers import actions, adapters, codes, mails, requests
from broadsheet.readers.codes import Verdict
from broadsheet.readers.forms import AnotherAddressForm, CodeForm, NewPasswordForm
from broadsheet.readers.gates import proved_only, readers_only
from broadsheet.readers.models import Code
from broadsheet.readers.requests import ReaderRequest
from broadsheet.readers.stages import factor_types
from broadsheet.readers.views.entrance import (
    NO_MAIL,
    TooOften,
    passkeys_work,
    place_wanted,
    send_code,
    signed_out,
    wrong_in_words,
)
from broadsheet.rules import limits
from broadsheet.rules.limits import Action

KEY = "address-code"


def sessions_of(request: ReaderRequest) -> list[dict[str, Any]]:
    """Return the reader's sessions that are alive, the latest seen first."""
    rows = UserSession.objects.purge_and_list(request.user)
    here = request.session.session_key
    return sorted(
        (
            {
                "pk": row.pk,
                "browser": requests.browser_named(row.user_agent),
                "began_at": row.created_at,
                "seen_at": row.last_seen_at,
                "is_this": row.session_key == here,
            }
            for row in rows
        ),
        key=lambda one: (not one["is_this"], -one["seen_at"].timestamp()),
    )


@readers_only
@require_http_methods(["GET", "HEAD"])
def security(request: ReaderRequest) -> HttpResponse:
    """Show how the reader signs in, from where, and what happened lately."""
    reader = request.user
    factors = list(Authenticator.objects.filter(user=reader).order_by("created_at"))
    kinds = {factor.type for factor in factors}
    facts = {
        "addresses": EmailAddress.objects.filter(user=reader).order_by("-primary", "email"),
        "passkeys": [one for one in factors if one.type == Authenticator.Type.WEBAUTHN],
        "passkeys_work": passkeys_work(request),
        "has_app": Authenticator.Type.TOTP in kinds,
        # Recovery codes stand in for a second factor; without one in force they open nothing.
        "has_codes": bool(kinds & set(factor_types(reader))),
        "provider": settings.OPTIONS.oidc_name,
        "provider_account": SocialAccount.objects.filter(user=reader).first(),
        "sessions": sessions_of(request),
        "events": reader.events.order_by("-happened_at")[:20],
        "must_have_factor": reader.is_staff and settings.STAFF_SECOND_FACTOR,
    }
    return render(request, "readers/security.html", facts)


@require_POST
@readers_only
def end_session(request: ReaderRequest) -> HttpResponse:
    """End one of the reader's sessions, or all of them."""
    if request.POST.get("which") == "all":
        actions.sign_out_everywhere(reader=request.user, now=timezone.now(), request=request)
        auth.logout(request)
        messages.success(request, "You are signed out everywhere.")
        return signed_out(redirect("account_login"))
    row = get_object_or_404(
        UserSession, user=request.user, pk=requests.number(request.POST.get("which"))
    )
    if row.session_key == request.session.session_key:
        auth.logout(request)
        return signed_out(redirect("/"))
    actions.end_sessions([row])
    messages.success(request, "That browser is signed out.")
    return redirect("you-security")


@proved_only
@require_http_methods(["GET", "HEAD", "POST"])
def addresses(request: ReaderRequest) -> HttpResponseBase:
    """Show the reader's addresses, and start adding one: it has to be proved by a code."""
    form, status = AnotherAddressForm(), 200
    if request.method == "POST":
        form, status = AnotherAddressForm(request.POST), 422
        if form.is_valid():
            address = form.cleaned_data["email"]
            mine = EmailAddress.objects.filter(user=request.user, verified=True)
            if mine.filter(email=address).exists():
                form.add_error("email", "That address is yours already.")
            elif mine.count() >= actions.ADDRESSES_KEPT:
                form.add_error(
                    "email", f"{actions.ADDRESSES_KEPT} addresses are the most; remove one first."
                )
            else:
                try:
                    send_code(
                        request,
                        purpose=Code.Purpose.ADDRESS,
                        address=address,
                        letter="address",
                        key=KEY,
                        reader=request.user,
                    )
                    return redirect("you-address-code")
                except TooOften as error:
                    form.add_error(None, str(error))
                    status = 429
                except mails.NotSent:
                    form.add_error(None, NO_MAIL)
                    status = 503
    rows = EmailAddress.objects.filter(user=request.user).order_by("-primary", "email")
    facts = {"form": form, "rows": rows}
    return render(request, "readers/addresses.html", facts, status=status)


@proved_only
@require_http_methods(["GET", "HEAD", "POST"])
def address_code(request: ReaderRequest) -> HttpResponseBase:
    """Ask for the code that was sent to an address to be added."""
    now = timezone.now()
    key = request.session.get(KEY, "")
    waiting = codes.waiting(key, Code.Purpose.ADDRESS, now)
    if waiting is None or waiting.reader_id != request.user.pk:
        messages.error(request, "That code can’t be used any more. Ask for a new one.")
        return redirect("you-addresses")
    form, status = CodeForm(), 200
    if request.method == "POST":
        form, status = CodeForm(request.POST), 422
        if form.is_valid():
            guess = codes.guess(
                key=key, purpose=Code.Purpose.ADDRESS, text=form.cleaned_data["code"], now=now
            )
            if guess.verdict is Verdict.RIGHT:
                return _add(request, waiting.address)
            if guess.verdict is Verdict.GONE:
                messages.error(request, "That code can’t be used any more. Ask for a new one.")
                return redirect("you-addresses")
            form.add_error("code", wrong_in_words(guess.left))
    facts = {"form": form, "address": waiting.address}
    return render(request, "readers/address_code.html", facts, status=status)


def _add(request: ReaderRequest, address: str) -> HttpResponse:
    request.session.pop(KEY, None)
    try:
        actions.add_address(
            reader=request.user, address=address, now=timezone.now(), request=request
        )
    except actions.AddressTaken:
        # Said only to somebody who reads the mail of that address.
        messages.error(
            request,
            "There is another account with that address. Sign in to it with a code and erase it, "
            "or keep the two apart.",
        )
    else:
        adapters.notify(request, request.user, f"The address {address} was added to your account.")
        messages.success(request, f"{address} is yours now.")
    return redirect("you-addresses")


@require_POST
@proved_only
def change_address(request: ReaderRequest) -> HttpResponse:
    """Make an address the main one, or remove one."""
    row = get_object_or_404(
        EmailAddress,
        user=request.user,
        verified=True,
        pk=requests.number(request.POST.get("address")),
    )
    before = request.user.email
    now = timezone.now()
    if row.primary:
        messages.info(request, "That is your main address; choose another one as main first.")
    elif request.POST.get("action") == "main":
        actions.make_address_main(row=row, now=now, request=request)
        happened = f"The main address of your account is {row.email} now; it was {before}."
        for to in (before, row.email):
            adapters.notify(request, request.user, happened, to=to)
        messages.success(request, f"The paper writes to {row.email} from now on.")
    else:
        actions.remove_address(row=row, now=now, request=request)
        happened = f"The address {row.email} was removed from your account."
        for to in (before, row.email):
            adapters.notify(request, request.user, happened, to=to)
        messages.success(request, f"{row.email} is removed.")
    return redirect("you-addresses")


@proved_only
@require_http_methods(["GET", "HEAD", "POST"])
def password(request: ReaderRequest) -> HttpResponseBase:
    """Set, change or remove the password. Every other session ends."""
    reader = request.user
    if request.method != "POST":
        form = NewPasswordForm(reader=reader)
        return render(request, "readers/password.html", {"form": form})
    outcome = requests.try_once(request, Action.CHANGE_ACCOUNT, reader=reader.pk)
    form = NewPasswordForm(request.POST, reader=reader)
    if not outcome.allowed:
        form.add_error(None, f"Wait {limits.wait_in_words(outcome.wait)}, then try again.")
        return render(request, "readers/password.html", {"form": form}, status=429)
    removing = request.POST.get("action") == "remove"
    if not removing and not form.is_valid():
        return render(request, "readers/password.html", {"form": form}, status=422)
    actions.set_password(
        reader=reader,
        password=None if removing else form.cleaned_data["password"],
        now=timezone.now(),
        request=request,
    )
    stay_signed_in(request)
    happened = (
        "The password of your account was removed."
        if removing
        else ("The password of your account was set anew.")
    )
    adapters.notify(request, reader, happened)
    messages.success(request, "Done. Every other browser is signed out.")
    return redirect("you-security")


def stay_signed_in(request: ReaderRequest) -> None:
    """Give the browser that asks a new session in the place of those that have just ended."""
    # The row of the old session is gone; create() takes the contents over under a new key.
    request.session.create()
    auth.update_session_auth_hash(request, request.user)
    UserSession.objects.create_from_request(request)


class AddPasskey(AddWebAuthnView):
    """A passkey: kept by the device, opened by its own lock."""

    template_name = "readers/passkey_add.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        context["form"] = kwargs.get("form") or self.get_form()
        # A passkey is found without an address, and asks for finger, face or PIN.
        context["options"] = passkeys.begin_registration(self.request.user, True)
        context["passkeys_work"] = passkeys_work(self.request)
        context["place"] = place_wanted(self.request)
        return context

    def get_success_url(self) -> str:
        reader: Any = self.request.user
        wanted = Authenticator.Type.WEBAUTHN in factor_types(reader)
        if wanted and self.did_generate_recovery_codes:
            return reverse("mfa_view_recovery_codes")
        return place_wanted(self.request) or reverse("you-security")


class RemovePasskey(RemoveWebAuthnView):
    template_name = "readers/passkey_remove.html"

    def get_success_url(self) -> str:
        return reverse("you-security")


@require_POST
@proved_only
def disconnect(request: ReaderRequest) -> HttpResponse:
    """Remove the provider's account. The e-mailed code still lets the reader in."""
    account = get_object_or_404(SocialAccount, user=request.user)
    social.connect.disconnect(request, account)
    return redirect("you-security")


@require_POST
def provider(request: HttpRequest, provider_id: str) -> HttpResponseBase:
    """Send somebody to the provider by a page: a form's answer may not lead to another site."""
    from allauth.socialaccount.providers.openid_connect.views import login

    outcome = requests.try_once(request, Action.ASK_PROVIDER)
    if not outcome.allowed:
        messages.error(request, f"Wait {limits.wait_in_words(outcome.wait)}, then try again.")
        return redirect("account_login")
    try:
        response = login(request, provider_id)
    except (OSError, ValueError):
        messages.error(request, "The provider doesn’t answer. Sign in with a code instead.")
        return redirect("account_login")
    if response.status_code == 302 and "://" in response.headers["Location"]:
        facts = {"goes_to": response.headers["Location"], "provider": settings.OPTIONS.oidc_name}
        return render(request, "account/to_provider.html", facts)
    return response
