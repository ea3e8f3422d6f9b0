"""A writer's words are never lost: what a form brought that couldn't be taken comes back with the answer.

Somebody whose session has ended gets their words on the page and, once signed in again, back in the
form; a form whose token is out of date (its writer signed in again in another tab) is shown once more
with its words and a new token. Each form that takes words says here how it is shown again
(:func:`gives_back`); showing never does anything.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.middleware.csrf import REASON_BAD_ORIGIN
from django.shortcuts import redirect, render
from django.utils.cache import add_never_cache_headers

from broadsheet.comments.printing import writer_key
from broadsheet.comments.views.common import wants_json
from broadsheet.readers import shown
from broadsheet.readers.adapters import entrance
from broadsheet.readers.models import Reader
from broadsheet.readers.requests import try_once
from broadsheet.rules.limits import Action

KEPT = "kept_words"  # in the session
MOST = 100_000  # characters that are kept until somebody has signed in
FIELDS = ("text", "words", "name", "reason", "follow", "key")
POSTED = (
    "posted"  # cookie: the key of the form that was taken last, so that a script drops its draft
)
LONGEST_KEY = 43

STALE = "This form was out of date, as after signing in again in another tab. Nothing was posted. Your words are still here: send them again."
OTHER_READER = "You’re signed in as somebody else now. Nothing was posted. Your words are still here: send them again only if this is the account to post them with."


@dataclass(frozen=True, slots=True)
class WordForm:
    """A form that takes words.

    :param address: returns where the form stands, from the request that it sent
    :param show: shows it again with the words of the request and a message; it changes nothing
    """

    address: Callable[..., str]
    show: Callable[..., HttpResponse]


FORMS: dict[str, WordForm] = {}  # by the name of the address that they are sent to


def gives_back(
    name: str, *, address: Callable[..., str]
) -> Callable[[Callable[..., HttpResponse]], Callable[..., HttpResponse]]:
    """Say how a form that takes words is shown again."""

    def register(show: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        FORMS[name] = WordForm(address, show)
        return show

    return register


def _form_of(request: HttpRequest) -> WordForm | None:
    match = request.resolver_match
    return FORMS.get(match.url_name or "") if match else None


def sent_words(request: HttpRequest) -> dict[str, str]:
    """Return what a form brought that its writer would miss."""
    return {name: request.POST[name] for name in FIELDS if request.POST.get(name)}


def is_other_reader(request: HttpRequest) -> bool:
    """Tell whether a form was written by another account than the one that sends it."""
    written_by = request.POST.get("writer", "")
    return bool(written_by) and written_by != writer_key(request.user.pk or 0)


# Signed out.


def signed_in(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Send visitors to the entrance; give the words of a form back, and tell a script."""

    @wraps(view)
    def gate(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if isinstance(request.user, Reader):
            if request.method == "POST":
                shown.leave(request)
            return view(request, *args, **kwargs)
        if wants_json(request):
            return JsonResponse({"error": "You’re signed out.", "signed_out": True}, status=401)
        if request.method != "POST":
            return redirect(entrance(request.get_full_path()))
        return _signed_out(request, kwargs)

    return gate


def _signed_out(request: HttpRequest, kwargs: Mapping[str, Any]) -> HttpResponse:
    form = _form_of(request)
    there = form.address(request, **kwargs) if form else ""
    sent = sent_words(request)
    if not (sent.get("text") or sent.get("words")):
        return redirect(entrance(there))
    context = {
        "sent": sent,
        "is_kept": _keep(request, there, sent),
        "sign_in": entrance(there),
        "title": "You’re signed out",
    }
    return render(request, "comments/kept_words.html", context, status=403)


def _keep(request: HttpRequest, there: str, sent: dict[str, str]) -> bool:
    """Keep words until their writer has signed in; tell whether they are."""
    written_by = request.POST.get("writer", "")[:LONGEST_KEY]
    if not written_by or sum(map(len, sent.values())) > MOST:
        return False
    if not try_once(request, Action.KEEP_WORDS).allowed:
        return False
    request.session[KEPT] = {"writer": written_by, "form": there, "sent": sent}
    return True


def kept_words(request: HttpRequest, there: str) -> dict[str, str]:
    """Return the words that were kept for a form; nobody's but their writer's.

    They stay until they are posted (:func:`taken`) or their writer signs out.
    """
    kept = request.session.get(KEPT)
    if not kept:
        return {}
    if kept["writer"] != writer_key(request.user.pk or 0):
        # Somebody else signed in.
        del request.session[KEPT]
        return {}
    return dict(kept["sent"]) if kept["form"] == there else {}


def taken(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Say that a form's words have arrived: what was kept of them goes, here and in the browser."""
    kept = request.session.get(KEPT)
    key = request.POST.get("key", "")[:LONGEST_KEY]
    if kept and kept["sent"].get("key") == key:
        del request.session[KEPT]
    if key and key.replace("-", "").replace("_", "").isalnum() and key.isascii():
        response.set_cookie(POSTED, key, samesite="Lax", secure=request.is_secure())
    return response


def nowhere(
    request: HttpRequest, *, title: str, back: str = "/", status: int = 410
) -> HttpResponse:
    """Answer a form whose place is gone, with its words to be copied."""
    if wants_json(request):
        return JsonResponse({"error": f"{title}."}, status=status)
    context = {"sent": sent_words(request), "title": title, "back": back}
    return render(request, "comments/kept_words.html", context, status=status)


# A form's token.


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a form whose token isn't this browser's: mostly its writer has signed in again since.

    What another site sent is shown to nobody.
    """
    ours = not reason.startswith(REASON_BAD_ORIGIN.partition(" - ")[0]) and "eferer" not in reason
    match = request.resolver_match
    form = _form_of(request) if ours else None
    response: HttpResponse
    if wants_json(request):
        response = JsonResponse({"error": STALE, "stale": True}, status=403)
    elif form is None or match is None:
        response = render(request, "comments/stale_form.html", {}, status=403)
    elif not isinstance(request.user, Reader):
        response = _signed_out(request, match.kwargs)
    else:
        message = OTHER_READER if is_other_reader(request) else STALE
        response = form.show(request, message=message, status=403, **match.kwargs)
    add_never_cache_headers(response)
    return response
