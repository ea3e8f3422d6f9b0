"""What is different at /desk/: who gets in, what browsers may do there, what may be kept."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.csp import CSP
from wagtail.admin.auth import permission_denied

from broadsheet.newsroom import permissions

DESK = "/desk/"
# The editor sets styles on its elements and shows pictures before they are uploaded; the preview
# stands in a frame. Scripts come from files here too.
CSP_OF_THE_DESK = {
    **settings.SECURE_CSP,
    "style-src": [CSP.SELF, CSP.UNSAFE_INLINE],
    "img-src": [CSP.SELF, "data:", "blob:"],
    "font-src": [CSP.SELF, "data:"],
    "frame-src": [CSP.SELF],
    "frame-ancestors": [CSP.SELF],
}
# A preview is printed as readers see it, only framed.
CSP_OF_PREVIEWS = {**settings.SECURE_CSP, "frame-ancestors": [CSP.SELF]}


class DeskMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path.startswith(DESK):
            return self.get_response(request)
        user: Any = request.user
        if user.is_authenticated and not user.has_perm("wagtailadmin.access_admin"):
            # Wagtail would send them to sign in, where they are already.
            return render(request, "newsroom/desk/no_entry.html", status=403)
        response = self.get_response(request)
        if not hasattr(response, "_csp_config"):
            response._csp_config = CSP_OF_THE_DESK  # type: ignore[attr-defined]
        response.headers["X-Frame-Options"] = "SAMEORIGIN"
        response.headers.setdefault("Cache-Control", "private, no-store")
        return response

    def process_view(self, request: HttpRequest, *view: Any) -> HttpResponse | None:
        """Open Wagtail's pages to those alone whose work they are for."""
        if not request.path.startswith(DESK) or not request.resolver_match:
            return None
        user: Any = request.user
        if user.is_authenticated and not permissions.may_open(user, request.resolver_match):
            refused: HttpResponse = permission_denied(request)
            return refused
        return None
