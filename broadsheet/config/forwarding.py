"""Whether addresses that proxies pass on are believed: else all readers share the proxy's.

What limits tries at signing in, comments and passwords counts by address. So a proxy that the paper
isn't told of makes one person of all readers.
"""

import json
import logging
import time
from collections.abc import Callable
from pathlib import Path

from django.conf import settings
from django.http import HttpRequest, HttpResponse

log = logging.getLogger("broadsheet.server")

NOTED = "forwarded.json"
KEPT = 86_400  # seconds that a note holds, and after which it is written and logged again


class ForwardedAddresses:
    """Notes once that a proxy names addresses that aren't believed. Stands before all others.

    Without trusted proxies nothing behind it sees the header.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self._quiet_until = 0.0

    def __call__(self, request: HttpRequest) -> HttpResponse:
        forwarded = request.META.get("HTTP_X_FORWARDED_FOR")
        if forwarded is not None:
            self._look_at(request, forwarded)
        return self.get_response(request)

    def _look_at(self, request: HttpRequest, forwarded: str) -> None:
        trusted = settings.OPTIONS.trusted_proxies
        if not trusted:
            del request.META["HTTP_X_FORWARDED_FOR"]
        named = forwarded.count(",") + 1
        if (not trusted or named < trusted) and time.monotonic() >= self._quiet_until:
            self._quiet_until = time.monotonic() + KEPT
            note(request.META.get("REMOTE_ADDR", ""), named)


def _file() -> Path:
    return Path(settings.OPTIONS.paper_dir) / NOTED


def note(peer: str, named: int) -> None:
    """Write down and log that a peer named readers in vain, unless it was today already.

    :param named: how many addresses its X-Forwarded-For had
    """
    file = _file()
    try:
        if file.exists() and time.time() - file.stat().st_mtime < KEPT:
            return
        file.write_text(json.dumps({"peer": peer, "named": named, "at": int(time.time())}))
    except OSError:
        log.exception("that X-Forwarded-For came can't be written down")
    log.warning("%s", _sentence(peer, named))


def warning() -> str:
    """Return a sentence where the last day has shown that readers share an address, or nothing."""
    try:
        seen = json.loads(_file().read_text())
        if time.time() - seen["at"] > KEPT or 0 < settings.OPTIONS.trusted_proxies <= seen["named"]:
            return ""
        return _sentence(seen["peer"], seen["named"])
    except (OSError, ValueError, KeyError, TypeError):
        return ""


def _sentence(peer: str, named: int) -> str:
    trusted = settings.OPTIONS.trusted_proxies
    so_far = (
        f"names {named} address{'es' if named > 1 else ''}, fewer than TRUSTED_PROXIES={trusted}"
        if trusted
        else "is not believed, since TRUSTED_PROXIES is 0"
    )
    return (
        f"X-Forwarded-For comes from {peer or 'a socket'} and {so_far}: whoever comes that way shares "
        f"one address, and the limits of one reader hold for all. If that is your proxy, set "
        f"TRUSTED_PROXIES to the number of proxies that write the header."
    )
