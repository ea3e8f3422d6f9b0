"""Proving who one is once more, by a code, before something that matters."""

from allauth.account.adapter import get_adapter
from allauth.account.internal import flows
from allauth.account.internal.flows.login import record_authentication
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from broadsheet.readers import codes, mails
from broadsheet.readers.codes import Verdict
from broadsheet.readers.forms import CodeForm
from broadsheet.readers.gates import readers_only
from broadsheet.readers.models import Code
from broadsheet.readers.requests import ReaderRequest
from broadsheet.readers.views.entrance import (
    NO_MAIL,
    TooOften,
    place_wanted,
    send_code,
    wrong_in_words,
)

KEY = "proof"


@readers_only
@require_http_methods(["GET", "HEAD", "POST"])
def prove_by_code(request: ReaderRequest) -> HttpResponseBase:
    """Send a code to the reader's main address, and ask for it."""
    ways = get_adapter(request).get_reauthentication_methods(request.user)
    if not any(way["id"] == "prove-by-code" for way in ways):
        raise PermissionDenied
    place = place_wanted(request)
    now = timezone.now()
    key = request.session.get(KEY, "")
    waiting = codes.waiting(key, Code.Purpose.PROVE, now)
    if waiting and waiting.reader_id != request.user.pk:
        waiting = None
    form = CodeForm()
    status = 200
    if request.POST.get("action") == "send":
        try:
            send_code(
                request,
                purpose=Code.Purpose.PROVE,
                address=request.user.email,
                letter="proof",
                key=KEY,
                reader=request.user,
            )
        except TooOften as error:
            messages.error(request, str(error))
        except mails.NotSent:
            messages.error(request, NO_MAIL)
        return redirect(request.get_full_path())
    if request.method == "POST" and waiting:
        form, status = CodeForm(request.POST), 422
        if form.is_valid():
            guess = codes.guess(
                key=key, purpose=Code.Purpose.PROVE, text=form.cleaned_data["code"], now=now
            )
            if guess.verdict is Verdict.RIGHT:
                request.session.pop(KEY, None)
                record_authentication(request, request.user, method="code", reauthenticated=True)
                answer: HttpResponseBase | None = flows.reauthentication.resume_request(request)
                return answer or redirect("you-security")
            if guess.verdict is Verdict.GONE:
                waiting = None
                form.add_error("code", "That code can’t be used any more. Ask for a new one.")
            else:
                form.add_error("code", wrong_in_words(guess.left))
    facts = {
        "form": form,
        "place": place,
        "waiting": waiting,
        "address": request.user.email,
        "ways": [way for way in ways if way["id"] != "prove-by-code"],
    }
    return render(request, "account/prove_by_code.html", facts, status=status)
