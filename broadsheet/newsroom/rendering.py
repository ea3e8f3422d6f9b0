"""How pages get printed: the edition, a floor above, says it here when it starts."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse

type Printer = Callable[[Any, HttpRequest], HttpResponse]
type Previewer = Callable[[Any, HttpRequest, str], HttpResponse]

_printers: dict[str, Printer] = {}
_previewers: dict[str, Previewer] = {}


def register(model: str, printer: Printer, previewer: Previewer) -> None:
    """Name the functions that print pages of a model (its class name)."""
    _printers[model] = printer
    _previewers[model] = previewer


def serve(page: Any, request: HttpRequest) -> HttpResponse:
    """Answer a request for a live page."""
    return _printers[type(page).__name__](page, request)


def preview(page: Any, request: HttpRequest, mode: str) -> HttpResponse:
    """Show a page that an editor is working on."""
    return _previewers[type(page).__name__](page, request, mode)
