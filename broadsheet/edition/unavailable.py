"""The answer while the database is away: a 503 that says when to try again."""

import logging

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string

from broadsheet.edition import context
from broadsheet.press.outages import RETRY_AFTER

WRITTEN = ("text", "words")  # the fields in which readers write at length
log = logging.getLogger(__name__)

_PLAIN = (
    "<!doctype html><title>Back in a moment</title>"
    "<p>This page isn’t available at the moment. Try again in a minute."
)


def answer(request: HttpRequest) -> HttpResponse:
    """Say that the page isn't available at the moment. Needs no database and logs nothing.

    What was asked of the outage has been logged once (broadsheet.press.outages).
    """
    answered: HttpResponse
    if wants_json(request):
        answered = JsonResponse({"detail": "Not available at the moment. Try again."}, status=503)
    else:
        answered = HttpResponse(_page(request), status=503)
    answered["Cache-Control"] = "no-store"
    answered["Retry-After"] = str(RETRY_AFTER)
    # Django logs a traceback for each answer of this kind otherwise.
    answered._has_been_logged = True  # type: ignore[attr-defined]
    return answered


def wants_json(request: HttpRequest) -> bool:
    return request.path.startswith("/api/") or request.headers.get("Accept", "").startswith(
        "application/json"
    )


def _page(request: HttpRequest) -> str:
    """Return the page. What somebody has written stands on it: going back would ask us again."""
    sent = request.method == "POST"
    try:
        words = [request.POST.get(name, "") for name in WRITTEN] if sent else []
        furniture = {
            **context.furniture(here="/"),
            "sections": [],
            "sent": sent,
            "words": "\n\n".join(filter(None, words)),
        }
        html: str = render_to_string("edition/503.html", furniture)
    except Exception:
        log.exception("The page that says so failed too")
        return _PLAIN
    return html.lstrip()
