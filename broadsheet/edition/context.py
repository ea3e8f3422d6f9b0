"""What every template may print: the paper's name and address."""

from django.conf import settings
from django.http import HttpRequest


def paper(request: HttpRequest) -> dict[str, str]:
    return {
        "paper_name": settings.PAPER_NAME,
        "paper_tagline": settings.PAPER_TAGLINE,
        "paper_address": settings.PAPER_ADDRESS,
    }
