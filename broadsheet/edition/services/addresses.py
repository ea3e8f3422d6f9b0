"""Whole addresses, as machines need them: they have no page to count from."""

from django.conf import settings
from django.utils.encoding import iri_to_uri
from wagtail.models import Page


def whole(path: str) -> str:
    """Return the address of a path of the paper; one that is whole already stays as it is."""
    return f"{settings.PAPER_ADDRESS}{path}" if path.startswith("/") else path


def of(page: Page) -> str:
    return whole(page.url or "/")


def below(url_path: str) -> str:
    """Return the address of a page from its ``url_path`` in Wagtail's tree, without the page."""
    return whole(iri_to_uri("/" + url_path.split("/", 2)[2]))
