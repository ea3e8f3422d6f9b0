"""The display-only cookie: what the script of public pages shows about who is signed in.

It opens nothing, and nothing on the server reads it. Public pages are the same for everybody; with
this cookie their script can show “M” and “7 left” without asking.
"""

import json
from datetime import datetime
from urllib.parse import quote

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from broadsheet.readers import registry
from broadsheet.readers.models import Reader

COOKIE = "shown"


def facts(reader: Reader, now: datetime) -> dict[str, object]:
    """Return what is shown: initial, kind of account, stories left this month where they count."""
    month = registry.month(reader, now)
    held: dict[str, object] = {
        "initial": reader.get_full_name()[:1].upper(),
        "kind": "staff" if reader.is_staff else "reader",
    }
    if month and month.left is not None:
        held["left"] = month.left
        # Seconds since 1970: from then on that is another month's number.
        held["until"] = int(month.resets_at.timestamp())
    elif month:
        held["kind"] = "staff" if reader.is_staff else "subscriber"
    return held


def leave(request: HttpRequest, *, is_left: bool = True) -> None:
    """Leave the cookie as the browser has it: nothing that it shows is changed by this request.

    Finding out what it shows costs as much as posting a comment.
    """
    request._shown_is_left = is_left  # type: ignore[attr-defined]


def write(request: HttpRequest, response: HttpResponse, reader: Reader, now: datetime) -> None:
    """Set the cookie, unless the browser has it as it would be."""
    if COOKIE in request.COOKIES and getattr(request, "_shown_is_left", False):
        return
    held = facts(reader, now)
    value = quote(json.dumps(held, separators=(",", ":"), ensure_ascii=False))
    if request.COOKIES.get(COOKIE) != value:
        response.set_cookie(
            COOKIE,
            value,
            max_age=settings.SESSION_COOKIE_AGE,
            secure=settings.SESSION_COOKIE_SECURE,
            samesite="Lax",
        )
    if "left" in held or held["kind"] != "reader":
        for name in (name for part in registry.parts() for name in part.superseded):
            if name in request.COOKIES:
                response.delete_cookie(name, samesite="Lax")


def forget(response: HttpResponse) -> None:
    """Take away every cookie that names the reader."""
    names = [COOKIE, *(name for part in registry.parts() for name in part.cookies)]
    for name in names:
        response.delete_cookie(name, samesite="Lax")
