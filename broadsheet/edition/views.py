"""The public pages."""

from django.http import Http404, HttpRequest, HttpResponse


def page(request: HttpRequest, path: str) -> HttpResponse:
    raise Http404
