"""Answers with a page, and what caches may do with them."""

import hashlib

from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response

# Anybody may keep it, and asks before showing it again: publishing shows at once.
PUBLIC = "public, no-cache"
# What was opened for one reader is kept by nobody.
PRIVATE = "private, no-store"


def public(request: HttpRequest, html: str, *, status: int = 200) -> HttpResponse:
    """Answer with a page that is the same for everybody."""
    response = HttpResponse(html, status=status)
    response["Cache-Control"] = PUBLIC
    response["ETag"] = etag = f'"{hashlib.blake2b(response.content, digest_size=12).hexdigest()}"'
    if status != 200:
        return response
    answer: HttpResponse = get_conditional_response(request, etag=etag, response=response)  # type: ignore[assignment]
    return answer


def private(html: str) -> HttpResponse:
    """Answer with a page that this reader alone may see."""
    response = HttpResponse(html)
    response["Cache-Control"] = PRIVATE
    return response
