"""Which things from elsewhere a reader may open inside a story, and where they come from.

Nothing is fetched before the reader asks. What isn't known here stays a link.
"""

import re
from typing import NamedTuple
from urllib.parse import parse_qs, urlsplit

# What the browser may put into a frame (the Content-Security-Policy's frame-src).
FRAME_SOURCES = ("https://www.youtube-nocookie.com", "https://player.vimeo.com")

_YOUTUBE_NAME = re.compile(r"[\w-]{6,20}", re.ASCII)
_VIMEO_PATH = re.compile(r"/(?:video/)?(\d{5,12})(?:/([0-9a-f]{6,20}))?/?", re.ASCII)


class Frame(NamedTuple):
    """What a reader may open: from whom, and the address the frame gets."""

    provider: str
    address: str


def frame(url: str) -> Frame | None:
    """Return the frame for a link; None where it stays a link."""
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").removeprefix("www.").removeprefix("m.")
    except ValueError:
        return None
    if parts.scheme not in {"http", "https"}:
        return None
    if host in {"youtube.com", "youtube-nocookie.com", "youtu.be"}:
        return _youtube(host, parts.path, parts.query)
    if host in {"vimeo.com", "player.vimeo.com"}:
        found = _VIMEO_PATH.fullmatch(parts.path)
        if not found:
            return None
        key = found[2] or parse_qs(parts.query).get("h", [""])[0]
        more = f"&h={key}" if re.fullmatch(r"[0-9a-f]{6,20}", key) else ""
        return Frame("Vimeo", f"https://player.vimeo.com/video/{found[1]}?dnt=1{more}")
    return None


def host(url: str) -> str:
    """Return where a link leads, as a reader knows it: ``example.org``; empty for no web address."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    known = parts.scheme in {"http", "https"}
    return (parts.hostname or "").removeprefix("www.") if known else ""


def _youtube(host: str, path: str, query: str) -> Frame | None:
    first, _, rest = path.strip("/").partition("/")
    if host == "youtu.be":
        name = first
    elif first == "watch":
        name = parse_qs(query).get("v", [""])[0]
    elif first in {"embed", "shorts", "live", "v"}:
        name = rest
    else:
        return None
    if not _YOUTUBE_NAME.fullmatch(name):
        return None
    return Frame("YouTube", f"https://www.youtube-nocookie.com/embed/{name}")
