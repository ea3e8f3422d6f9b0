"""Answers to machines that ask again and again: who has the present one gets three lines."""

import hashlib
from datetime import datetime

from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.utils.http import http_date, parse_etags, quote_etag


def answer(
    request: HttpRequest,
    content: bytes,
    *,
    content_type: str,
    modified_at: datetime | None = None,
    fresh_for: int = 300,
) -> HttpResponse:
    """Answer with something that is the same for everybody, or with 304.

    :param modified_at: when what it tells of last changed; None when that is unknown
    :param fresh_for: seconds in which nobody needs to ask again
    """
    tag = quote_etag(hashlib.blake2b(content, digest_size=12).hexdigest())
    modified = http_date(int(modified_at.timestamp())) if modified_at else ""
    response: HttpResponse
    if _known(request, tag, modified):
        response = HttpResponseNotModified()
    else:
        response = HttpResponse(content, content_type=content_type)
    response["ETag"] = tag
    if modified:
        response["Last-Modified"] = modified
    response["Cache-Control"] = f"public, max-age={fresh_for}"
    return response


def _known(request: HttpRequest, tag: str, modified: str) -> bool:
    if (tags := request.headers.get("If-None-Match")) is not None:
        known = {one.removeprefix("W/") for one in parse_etags(tags)}
        return tag in known or "*" in known
    # Only the very moment counts: a story that is taken down makes a list older, not newer.
    return bool(modified) and request.headers.get("If-Modified-Since") == modified
