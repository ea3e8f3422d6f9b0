"""Registering, signing in and out: one door for newcomers and readers."""

from typing import Any

from allauth.account.internal import flows
from allauth.account.internal.flows.login import record_authentication
from allauth.account.models import Login
from allauth.account.views import LogoutView
from allauth.mfa.webauthn.views import LoginWebAuthnView
from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import NON_FIELD_ERRORS
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.crypto import get_random_string
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from broadsheet.readers import actions, adapters, codes, mails, registry, requests, shown
from broadsheet.readers.adapters import entrance as entrance_address
from broadsheet.readers.codes import Verdict
from broadsheet.readers.forms import CodeForm, EntranceForm, PasswordEntranceForm
from broadsheet.readers.models import Code, Reader
from broadsheet.rules import limits
from broadsheet.rules.addresses import in_letters, own_path
from broadsheet.rules.limits import Action

KEY = "code"  # in the session: which code this browser waits for
WANTED = "registration"  # in the session: what whoever registers wants besides
SENT = 302  # the status where a code was sent: the next page asks for it
SIGNED_OUT = "signed-out"  # cookie: another value each time that somebody signs out
VISITS = 3_600  # seconds that the session of somebody not signed in is kept

TOO_OFTEN = "Too many codes were asked for. Wait {wait}, then try again."
NO_SUCH_MAIL = (
    "The paper’s mail server can’t send to addresses with letters such as ü before the @. Use "
    "another address."
)
NO_MAIL = (
    "The paper can’t send mail at this moment. Try again in a few minutes, or sign in with a "
    "passkey or a password."
)


def place_wanted(request: HttpRequest) -> str:
    """Return where somebody was on the way to, if that is on this paper."""
    place = own_path(request.POST.get("next") or request.GET.get("next"))
    # Nobody is on the way to the door itself, or out of it.
    doors = ("/accounts/log", "/accounts/signup")
    return "" if place.startswith(doors) else place


def on(request: HttpRequest, place: str) -> dict[str, Any]:
    """Return what every page of the entrance prints."""
    wanted = registry.intention(place)
    return {
        "place": place,
        "reason": wanted.describe(place) if wanted else "",
        "provider": settings.OPTIONS.oidc_name,
        "passkeys_work": passkeys_work(request),
        "benefits": registry.benefits(),
    }


def passkeys_work(request: HttpRequest) -> bool:
    """Tell whether browsers allow passkeys here: over TLS, or on localhost, never on a number."""
    host = request.get_host().rpartition(":")[0] or request.get_host()
    is_number = host.startswith("[") or host.replace(".", "").isdigit()
    return not is_number and (request.is_secure() or host == "localhost")


def remember(
    request: HttpRequest, address: str, *, password: str = "", passkey: bool = False
) -> None:
    """Remember in the session what somebody who registers wants besides the account.

    :param password: its hash
    """
    request.session[WANTED] = {"address": address, "password": password, "passkey": passkey}


class TooOften(Exception):  # noqa: N818
    """Too many codes were asked for; ``wait`` seconds are left."""

    def __init__(self, wait: float) -> None:
        super().__init__(wait)
        self.wait = wait

    def __str__(self) -> str:
        return TOO_OFTEN.format(wait=limits.wait_in_words(self.wait))


def send_code(
    request: HttpRequest,
    *,
    purpose: Code.Purpose,
    address: str,
    letter: str,
    key: str = KEY,
    reader: Reader | None = None,
    returns_to: str = "",
) -> None:
    """Send a code to an address and let this browser wait for it.

    Nothing here depends on whether there is an account: neither the words, nor the status, nor the
    time it takes.

    :raises TooOften: when too many were asked for
    :raises NotSent: when mail can't be sent
    """
    action = Action.ADD_ADDRESS if purpose is Code.Purpose.ADDRESS else Action.ASK_CODE
    outcome = requests.try_once(
        request, action, address=address, reader=reader.pk if reader else None
    )
    if not outcome.allowed:
        raise TooOften(outcome.wait)
    now = timezone.now()
    row, code = codes.make(
        purpose=purpose,
        address=address,
        now=now,
        reader=reader,
        returns_to=returns_to,
        instead_of=request.session.get(key, ""),
    )
    facts = {"code": codes.shown(code), "minutes": limits.CODE_LIVES // 60}
    try:
        mails.send(letter, address, facts)
    except mails.NotSent:
        row.delete()
        raise
    request.session[key] = row.key
    if reader is None:
        request.session.set_expiry(VISITS)


@require_http_methods(["GET", "HEAD", "POST"])
def entrance(request: HttpRequest, *, newcomer: bool = False) -> HttpResponse:
    """Ask for an e-mail address and send a code there, whoever it is."""
    place = place_wanted(request)
    if request.user.is_authenticated:
        return redirect(place or "/")
    facts = {**on(request, place), "newcomer": newcomer}
    form = EntranceForm(request.POST or None)
    if request.method != "POST":
        return render(request, "account/login.html", {**facts, "form": EntranceForm()})
    status = 422
    if form.is_valid():
        address = form.cleaned_data["email"]
        status = try_to_send(request, form, address=address, place=place)
        if status == SENT:
            passkey = request.POST.get("way") == "passkey" and passkeys_work(request)
            remember(request, address, passkey=passkey)
            return redirect("account_confirm_login_code")
    return render(request, "account/login.html", {**facts, "form": form}, status=status)


def try_to_send(request: HttpRequest, form: forms.Form, *, address: str, place: str) -> int:
    """Send a code for signing in; return SENT, or the status of the page that says why not."""
    try:
        send_code(
            request,
            purpose=Code.Purpose.SIGN_IN,
            address=address,
            letter="code",
            returns_to=place,
        )
    except TooOften as error:
        form.add_error(None, str(error))
        return 429
    except mails.AddressNotTaken:
        form.add_error("email", NO_SUCH_MAIL)
        return 422
    except mails.NotSent:
        form.add_error(None, NO_MAIL)
        return 503
    return SENT


@require_http_methods(["GET", "HEAD", "POST"])
def code(request: HttpRequest) -> HttpResponseBase:
    """Ask for the code; the right one lets in, and makes an account where there was none."""
    if request.user.is_authenticated:
        return redirect("/")
    now = timezone.now()
    key = request.session.get(KEY, "")
    waiting = codes.waiting(key, Code.Purpose.SIGN_IN, now)
    if waiting is None:
        held = Code.objects.filter(key=key).first() if key else None
        messages.error(request, "That code can’t be used any more. Ask for a new one.")
        return redirect(entrance_address(held.returns_to if held else ""))
    if request.POST.get("action") == "resend":
        return _resend(request, waiting)
    form = CodeForm(request.POST or None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            guess = codes.guess(
                key=key, purpose=Code.Purpose.SIGN_IN, text=form.cleaned_data["code"], now=now
            )
            if guess.verdict is Verdict.RIGHT:
                request.session.pop(KEY, None)
                return let_in(request, address=waiting.address, place=waiting.returns_to)
            if guess.verdict is Verdict.GONE:
                messages.error(request, "That code can’t be used any more. Ask for a new one.")
                return redirect(entrance_address(waiting.returns_to))
            form.add_error("code", wrong_in_words(guess.left))
    facts = {
        **on(request, waiting.returns_to),
        "form": form,
        "address": in_letters(waiting.address),
    }
    return render(request, "account/confirm_login_code.html", facts, status=status)


def wrong_in_words(left: int) -> str:
    tries = "One try is" if left == 1 else f"{left} tries are"
    return f"That isn’t the code in the last mail. {tries} left."


def _resend(request: HttpRequest, waiting: Code) -> HttpResponse:
    try:
        send_code(
            request,
            purpose=Code.Purpose.SIGN_IN,
            address=waiting.address,
            letter="code",
            returns_to=waiting.returns_to,
        )
        messages.success(request, "A new code is on its way. The one before no longer works.")
    except TooOften as error:
        messages.error(request, str(error))
    except mails.NotSent:
        messages.error(request, NO_MAIL)
    return redirect("account_confirm_login_code")


def let_in(request: HttpRequest, *, address: str, place: str) -> HttpResponseBase:
    """Sign in whoever has just proved an address; a second factor may still be asked for."""
    reader, is_new = actions.enter_by_address(address=address, now=timezone.now(), request=request)
    wanted = request.session.pop(WANTED, {})
    if wanted.get("address") == address:
        _give(request, reader, wanted, is_new=is_new)
    record_authentication(request, reader, method="code", email=address)
    if is_new:
        response: HttpResponseBase = flows.signup.complete_signup(
            request, user=reader, redirect_url=place or None
        )
        return response
    login = Login(user=reader, redirect_url=place or None, email=address)
    answer: HttpResponseBase = flows.login.perform_login(request, login)
    return answer


def _give(request: HttpRequest, reader: Reader, wanted: dict[str, Any], *, is_new: bool) -> None:
    """Give a newcomer the password they chose; say what comes first after signing in."""
    if wanted["passkey"]:
        request.session[adapters.FIRST] = adapters.ADD_PASSKEY
    elif wanted["password"] and is_new:
        actions.keep_password(reader=reader, hashed=wanted["password"])
    elif wanted["password"]:
        request.session[adapters.FIRST] = adapters.HAD_ACCOUNT


@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def password(request: HttpRequest) -> HttpResponseBase:
    """Sign in with address and password."""
    place = place_wanted(request)
    if request.user.is_authenticated:
        return redirect(place or "/")
    facts = on(request, place)
    if request.method != "POST":
        form = PasswordEntranceForm()
        return render(request, "account/login_password.html", {**facts, "form": form})
    form = PasswordEntranceForm(request.POST)
    if form.is_valid():
        credentials = {"email": form.cleaned_data["email"]}
        login = Login(user=form.user, redirect_url=place or None, **credentials)
        answer: HttpResponseBase = flows.login.perform_password_login(request, credentials, login)
        return answer
    slow = form.has_error(NON_FIELD_ERRORS, "too_many_login_attempts")
    status = 429 if slow else 422
    return render(request, "account/login_password.html", {**facts, "form": form}, status=status)


class SignOut(LogoutView):
    """Sign out by a button; what the browser kept of the reader's pages goes too."""

    def post(self, *args: Any, **kwargs: Any) -> HttpResponse:
        response: HttpResponse = super().post(*args, **kwargs)
        return signed_out(response)


def signed_out(response: HttpResponse) -> HttpResponse:
    """Tell the browser to forget whose it was."""
    shown.forget(response)
    # The script of the pages throws away what it kept before, in every tab.
    response.set_cookie(
        SIGNED_OUT,
        get_random_string(12),
        max_age=settings.SESSION_COOKIE_AGE,
        secure=settings.SESSION_COOKIE_SECURE,
        samesite="Lax",
    )
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response


class Passkey(LoginWebAuthnView):
    """Sign in with a passkey; who fails comes back to where they were."""

    def form_invalid(self, form: Any) -> HttpResponse:
        messages.error(self.request, "That passkey isn’t known here. Sign in with a code instead.")
        return redirect(entrance_address(place_wanted(self.request)))
