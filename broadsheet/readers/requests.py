"""What a request tells about who sends it: network, browser, whether the browser is known."""

import ipaddress
import re
from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.core.internal.httpkit import clean_client_ip, get_client_ip
from django.conf import settings
from django.core import signing
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.crypto import get_random_string, salted_hmac

from broadsheet.readers import tallies
from broadsheet.readers.models import Reader
from broadsheet.rules import limits
from broadsheet.rules.limits import Action, Share

DEVICE_COOKIE = "device"
DEVICE_SALT = "broadsheet.readers.device"
DEVICE_LIVES = 365 * 86_400  # seconds
DEVICE_HOLDS = 5  # addresses


class ReaderRequest(HttpRequest):
    """A request of somebody signed in."""

    user: Reader


def internet_address(request: HttpRequest) -> str:
    """Return the address of whoever asks; a name for all when the server gives none."""
    try:
        found = get_client_ip(request)
    except ImproperlyConfigured:
        # Fewer addresses than there are trusted proxies: it came past one of them.
        found = clean_client_ip(request.META.get("REMOTE_ADDR", ""))
    return found or "0.0.0.0"  # noqa: S104  # stands for "unknown"


def network(request: HttpRequest) -> str:
    """Return the network of whoever asks: one address of IPv4, one /64 of IPv6."""
    address = ipaddress.ip_address(internet_address(request))
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped:
            return str(address.ipv4_mapped)
        return str(ipaddress.IPv6Network((address, 64), strict=False).network_address)
    return str(address)


def neighbourhood(request: HttpRequest) -> str:
    """Return a network as it may be kept and shown: without its last part."""
    address = ipaddress.ip_address(internet_address(request))
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    bits = 24 if address.version == 4 else 48
    return str(ipaddress.ip_network((address, bits), strict=False).network_address)


_BROWSERS = [
    (r"Edg(?:e|A|iOS)?/", "Edge"),
    (r"OPR/|Opera", "Opera"),
    (r"SamsungBrowser/", "Samsung Internet"),
    (r"Firefox/|FxiOS/", "Firefox"),
    (r"Chrome/|CriOS/|Chromium/", "Chrome"),
    (r"Safari/", "Safari"),
]
_SYSTEMS = [
    (r"iPhone", "an iPhone"),
    (r"iPad", "an iPad"),
    (r"Android", "Android"),
    (r"Windows", "Windows"),
    (r"Macintosh|Mac OS X", "a Mac"),
    (r"CrOS", "a Chromebook"),
    (r"Linux|X11", "Linux"),
]


def browser_named(user_agent: str) -> str:
    """Say what a browser calls itself in a few words, as in “Firefox on Android”."""
    browser = next((name for sign, name in _BROWSERS if re.search(sign, user_agent)), "")
    system = next((name for sign, name in _SYSTEMS if re.search(sign, user_agent)), "")
    if browser and system:
        return f"{browser} on {system}"
    return browser or system or "A browser"


def browser(request: HttpRequest) -> str:
    return browser_named(request.META.get("HTTP_USER_AGENT", "")[:300])


def _held(request: HttpRequest) -> dict[str, Any]:
    try:
        held = signing.loads(
            request.COOKIES.get(DEVICE_COOKIE, ""), salt=DEVICE_SALT, max_age=DEVICE_LIVES
        )
        return {"n": str(held["n"]), "a": [str(one) for one in held["a"]]}
    except (signing.BadSignature, KeyError, TypeError):
        return {"n": "", "a": []}


def _sign(address: str) -> str:
    return salted_hmac(DEVICE_SALT, address, algorithm="sha256").hexdigest()[:20]


def device_is_known(request: HttpRequest, address: str) -> bool:
    """Tell whether the owner of an address has signed in before in this browser."""
    return _sign(address) in _held(request)["a"]


def remember_device(request: HttpRequest, response: HttpResponse, address: str) -> None:
    """Mark the browser as one in which the owner of an address has signed in.

    The mark opens nothing. It only keeps strangers' tries apart from the reader's own.
    """
    held = _held(request)
    marks = [_sign(address), *(one for one in held["a"] if one != _sign(address))]
    value = {"n": held["n"] or get_random_string(12), "a": marks[:DEVICE_HOLDS]}
    response.set_cookie(
        DEVICE_COOKIE,
        signing.dumps(value, salt=DEVICE_SALT),
        max_age=DEVICE_LIVES,
        path="/accounts/",
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def whose(
    request: HttpRequest, address: str = "", reader: int | None = None, thread: int = 0
) -> dict[Share, str]:
    """Return the texts that stand for each share of tries."""
    near = network(request)
    return {
        Share.NETWORK: near,
        Share.PAIR: f"{near} {address}",
        Share.ADDRESS: address,
        Share.DEVICE: f"{_held(request)['n']} {address}",
        Share.READER: str(reader),
        Share.NEIGHBOURHOOD: neighbourhood(request),
        Share.THREAD: str(thread),
    }


def try_once(
    request: HttpRequest,
    action: Action,
    *,
    address: str = "",
    reader: int | None = None,
    thread: int = 0,
) -> tallies.Outcome:
    """Count a try of whoever asks against the limits of an action."""
    known = bool(address) and device_is_known(request, address)
    held = limits.shares(action, device_is_known=known)
    return tallies.count(action, held, whose(request, address, reader, thread))


def forgive(
    request: HttpRequest, action: Action, *, address: str = "", reader: int | None = None
) -> None:
    """Take the last try back: it was right."""
    known = bool(address) and device_is_known(request, address)
    held = limits.shares(action, device_is_known=known)
    tallies.forgive(action, held, whose(request, address, reader))


def number(text: str | None) -> int:
    """Return the number that a form or an address gives, or 0, which no row has."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 19 else 0


def wants_json(request: HttpRequest) -> bool:
    """Tell whether a page's script asks, which shows the answer itself."""
    return "application/json" in request.headers.get("Accept", "")


def limited(action: Action, view: Callable[..., Any]) -> Callable[..., Any]:
    """Count every form sent to a view against the limits of an action."""

    @wraps(view)
    def counted(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if request.method == "POST":
            outcome = try_once(request, action)
            if not outcome.allowed:
                return too_often(request, outcome.wait)
        return view(request, *args, **kwargs)

    return counted


def too_often(request: HttpRequest, wait: float) -> HttpResponse:
    """Answer a try that came too soon."""
    facts = {"wait": limits.wait_in_words(wait)}
    response = render(request, "readers/too_often.html", facts, status=429)
    response.headers["Retry-After"] = str(int(wait) + 1)
    return response
