"""Sending pictures in the sizes they are printed in, and nothing else of what was uploaded.

Originals stay inside: they may tell where they were taken, and documents have a view of their own.
A proxy in front may send the folder ``media/images`` itself.
"""

from pathlib import PurePosixPath

from django.core.files.storage import default_storage
from django.http import FileResponse, HttpRequest, HttpResponseBase, HttpResponseNotModified
from django.utils.http import http_date
from django.views.decorators.http import require_safe
from django.views.static import was_modified_since

from broadsheet.edition import views

FOLDER = "images"  # where Wagtail puts renditions
KINDS = {
    ".avif": "image/avif",
    ".gif": "image/gif",
    ".jpeg": "image/jpeg",
    ".jpg": "image/jpeg",
    ".png": "image/png",
    ".webp": "image/webp",
}
# A picture that is replaced or cut anew gets a new name.
LASTING = "public, max-age=31536000"


@require_safe
def picture(request: HttpRequest, name: str) -> HttpResponseBase:
    """Send a rendition, by its name in the folder of them."""
    kind = KINDS.get(PurePosixPath(name).suffix.lower())
    file = f"{FOLDER}/{name}"
    if kind is None or not default_storage.exists(file):
        return views.missing(request)
    changed_at = int(default_storage.get_modified_time(file).timestamp())
    answer: HttpResponseBase
    if was_modified_since(request.META.get("HTTP_IF_MODIFIED_SINCE"), changed_at):
        answer = FileResponse(default_storage.open(file), content_type=kind)
    else:
        answer = HttpResponseNotModified()
    answer.headers["Last-Modified"] = http_date(changed_at)
    answer.headers["Cache-Control"] = LASTING
    return answer
