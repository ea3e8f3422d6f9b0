"""Showing the desk a page as it will be, drafts among them."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.csp import CSP, build_policy

from broadsheet.edition import archives, printing
from broadsheet.newsroom.models import FrontPage, SectionPage, StoryPage
from broadsheet.rules.variants import Variant


def story(page: StoryPage, request: HttpRequest, mode: str) -> HttpResponse:
    """Show a story.

    :param mode: ``teaser`` shows what the wall leaves; anything else the whole story
    """
    page.derive()
    if page.published_at is None:
        page.published_at = timezone.now()
    return _framed(printing.story_html(page, Variant.TEASER if mode == "teaser" else Variant.FULL))


def section(page: SectionPage, request: HttpRequest, mode: str) -> HttpResponse:
    return _framed(printing.section_html(page))


def front_page(page: FrontPage, request: HttpRequest, mode: str) -> HttpResponse:
    today = timezone.now().astimezone(archives.zone()).date()
    return _framed(printing.front_html(page, today=today))


def _framed(html: str) -> HttpResponse:
    """Answer with a page that the desk, and nobody else, may show in a frame."""
    response = HttpResponse(html)
    policy: dict[str, Any] = {**settings.SECURE_CSP, "frame-ancestors": [CSP.SELF]}
    response.headers[str(CSP.HEADER_ENFORCE)] = build_policy(policy)
    response.headers["X-Frame-Options"] = "SAMEORIGIN"
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    return response
