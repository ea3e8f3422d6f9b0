"""Who may see a view: readers only, and for what matters only after a fresh proof."""

from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from allauth.account.adapter import get_adapter
from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.utils.http import urlencode
from django.views.decorators.debug import sensitive_post_parameters

from broadsheet.readers.adapters import entrance, is_fresh
from broadsheet.readers.models import Reader
from broadsheet.readers.requests import ReaderRequest

View = Callable[..., HttpResponseBase]


def place_of(request: HttpRequest) -> str:
    """Return where a reader comes back to: this page, or the one a form was sent from."""
    return request.get_full_path() if request.method in {"GET", "HEAD"} else request.path


def readers_only(view: View) -> View:
    """Send visitors to the entrance, from which they come back."""

    @wraps(view)
    def gate(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not isinstance(request.user, Reader):
            return redirect(entrance(place_of(request)))
        return view(cast("ReaderRequest", request), *args, **kwargs)

    return gate


def proved_only(view: View) -> View:
    """Ask for a proof of who one is, unless there was one a few minutes ago.

    A form that was sent too late is not kept: it may hold a password. The reader fills it in again.
    """

    @readers_only
    @sensitive_post_parameters()
    @wraps(view)
    def gate(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if is_fresh(request):
            return view(request, *args, **kwargs)
        if request.method == "POST":
            messages.info(request, "That took a while. Prove that it is you, then do it again.")
        way = get_adapter(request).get_reauthentication_methods(request.user)[0]["url"]
        return redirect(f"{way}?{urlencode({'next': request.path})}")

    return gate
