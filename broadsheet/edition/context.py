"""What every page of the paper prints around its own matter."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from broadsheet.edition import navigation
from broadsheet.readers.middleware import PRIVATE
from broadsheet.rules.languages import is_right_to_left


def furniture(*, here: str, audience: str | SimpleLazyObject[str] = "") -> dict[str, Any]:
    """Return what base.html prints; the sections cost one query, when it prints them.

    :param here: the path that signing in leads back to
    :param audience: who gets the page: ``visitor``, ``reader``, or nothing where either may
    """
    return {
        "paper_name": settings.PAPER_NAME,
        "paper_tagline": settings.PAPER_TAGLINE,
        "paper_address": settings.PAPER_ADDRESS,
        "paper_language": settings.LANGUAGE_CODE,
        "paper_runs_backwards": is_right_to_left(settings.LANGUAGE_CODE),
        "here": here,
        "audience": audience,
        "sections": SimpleLazyObject(navigation.sections),
    }


def paper(request: HttpRequest) -> dict[str, Any]:
    return furniture(here=request.path, audience=SimpleLazyObject(lambda: _audience(request)))


def _audience(request: HttpRequest) -> str:
    """Return who gets a page that nobody keeps; nothing where the page is for everybody."""
    if not request.path.startswith(PRIVATE) or not hasattr(request, "user"):
        return ""
    return "reader" if request.user.is_authenticated else "visitor"
