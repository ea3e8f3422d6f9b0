"""What browsers and telephones ask for by address: the icon, and how the paper looks on a home screen."""

from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles import finders
from django.http import FileResponse, HttpRequest, JsonResponse
from django.http.response import HttpResponseBase
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from broadsheet.edition import assets

# name → (pixels, purpose), as the Web Application Manifest (W3C) tells them apart.
ICONS = {
    "edition/icon-192.png": (192, "any"),
    "edition/icon-512.png": (512, "any"),
    "edition/icon-mask.png": (512, "maskable"),
}
_DAY = 86_400


def _file(name: str, content_type: str) -> FileResponse:
    return FileResponse(Path(str(finders.find(name))).open("rb"), content_type=content_type)


@require_safe
@cache_control(public=True, max_age=_DAY)
def favicon(request: HttpRequest) -> HttpResponseBase:
    """Answer browsers and feed readers that look at no page before they ask for its icon."""
    return _file("edition/favicon.ico", "image/x-icon")


@require_safe
@cache_control(public=True, max_age=_DAY)
def touch_icon(request: HttpRequest) -> HttpResponseBase:
    return _file("edition/icon-180.png", "image/png")


@require_safe
@cache_control(public=True, max_age=_DAY)
def manifest(request: HttpRequest) -> HttpResponseBase:
    """Say how the paper looks on a home screen (W3C, Web Application Manifest)."""
    facts = {
        "name": settings.PAPER_NAME,
        "short_name": settings.PAPER_NAME[:30],
        "description": settings.PAPER_TAGLINE,
        "lang": settings.LANGUAGE_CODE,
        "start_url": "/",
        "scope": "/",
        "display": "minimal-ui",
        "background_color": "#fcfcfb",
        "theme_color": "#fcfcfb",
        "icons": [
            {
                "src": assets.address(name),
                "sizes": f"{pixels}x{pixels}",
                "type": "image/png",
                "purpose": purpose,
            }
            for name, (pixels, purpose) in ICONS.items()
        ],
    }
    return JsonResponse(facts, content_type="application/manifest+json")
