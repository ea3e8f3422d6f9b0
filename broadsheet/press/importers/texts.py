"""Cleaning text that came from elsewhere, and reading its moments."""

import html
import re
from dataclasses import replace
from datetime import UTC, datetime, tzinfo
from email.utils import parsedate_to_datetime

from broadsheet.press.importers.records import Byline, Kind

# What no database, feed or XML page can hold: controls, halves of surrogate pairs, non-characters.
UNPRINTABLE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\x80-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]"
)
_TAG = re.compile(r"</?[a-zA-Z!][^<>]{0,10000}>")
_BREAK = re.compile(
    r"</(?:p|li|h[1-6]|blockquote|td|th|tr|figcaption|pre|div|dd|dt|section)\s*>|<br\s*/?>",
    re.IGNORECASE,
)


def clean(text: str) -> str:
    """Return text without what can't be stored."""
    return UNPRINTABLE.sub("", text)


def without(text: str, start: str, end: str) -> str:
    """Return text without what stands between two marks; a start without an end stays.

    A pattern would look for the end anew from every start, in time that grows with their square.
    """
    kept: list[str] = []
    at = 0
    while (opened := text.find(start, at)) >= 0:
        closed = text.find(end, opened + len(start))
        if closed < 0:
            break
        kept.append(text[at:opened])
        at = closed + len(end)
    return "".join(kept) + text[at:] if kept else text


def without_comments(markup: str) -> str:
    return without(markup, "<!--", "-->")


def line(text: str) -> str:
    """Return text as one line without markup: a headline, a name, a caption."""
    if "<" in text:
        text = _TAG.sub("", _BREAK.sub(" ", text))
    if "&" in text:
        # Headlines are often encoded twice.
        text = html.unescape(text)
    return " ".join(clean(text).split())


def shorten(text: str, length: int) -> str:
    """Return at most so many characters, cut at a word."""
    if len(text) <= length:
        return text
    head = text[: length - 1]
    cut = head.rfind(" ")
    return (head[:cut] if cut > length // 2 else head).rstrip() + "…"


def moment(text: str, zone: tzinfo) -> datetime | None:
    """Read a moment in any spelling the formats use; None for none or nonsense.

    ISO 8601 with and without separators, RFC 5322, and ``2011-03-22 21:11:00``.

    :param zone: that of a moment that names none
    """
    text = text.strip()
    if not text or text.startswith("0000"):
        return None
    found = None
    try:
        found = datetime.fromisoformat(_iso(text))
    except ValueError:
        try:
            found = parsedate_to_datetime(text)
        except (ValueError, TypeError, IndexError):
            return None
    if found.tzinfo is None:
        found = found.replace(tzinfo=zone)
    try:
        found = found.astimezone(UTC)
    except (OverflowError, ValueError):
        return None
    return found if 1000 <= found.year <= 9998 else None


def _iso(text: str) -> str:
    # 20020225T143000-0500 and a day with a zone, which the library reads only with a time.
    match = re.fullmatch(
        r"(\d{4})-?(\d\d)-?(\d\d)(?:[T ]?(\d\d):?(\d\d)(?::?(\d\d)(?:[.,]\d+)?)?)?"
        r"\s*(Z|[+-]\d\d:?\d\d)?",
        text,
    )
    if not match:
        return text
    year, month, day, hour, minute, second, offset = match.groups()
    return (
        f"{year}-{month}-{day}T{hour or '00'}:{minute or '00'}:{second or '00'}"
        f"{(offset or '').replace('Z', '+00:00')}"
    )


def milliseconds(value: float) -> datetime | None:
    """Read a moment given in milliseconds since 1970."""
    try:
        return datetime.fromtimestamp(value / 1000, UTC)
    except (OverflowError, OSError, ValueError):
        return None


_AGENCIES = re.compile(
    r"^(?:the\s+)?(?:associated press|ap|reuters|agence france[- ]presse|afp|pti|"
    r"press trust of india|ani|ians|united press international|upi|xinhua|dpa|tass|itar-tass|"
    r"ria novosti|interfax|efe|ansa|kyodo|kyodo news|bloomberg|aap|australian associated press|"
    r"press association|pa media|ntb|tt|stt|ritzau|belga|aap|ats|apa|agencies|agency|wire services?|staff and agencies|"
    r"business wire|pr newswire|the canadian press|canadian press)$",
    re.IGNORECASE,
)


def is_agency(name: str) -> bool:
    """Tell whether a byline names a news agency."""
    return bool(_AGENCIES.match(name.strip()))


_BY = re.compile(r"^(?:by|von|par|por|di|av)\s+", re.IGNORECASE)
_AND = re.compile(r"\s*[,;]\s+(?:and\s+)?|\s+(?:and|und|&)\s+")
_OFFICE = re.compile(
    r"\b(?:writer|reporter|correspondent|editor|staff|bureau|columnist|critic|photographer|"
    r"contributor|special to|chief|analyst|press)\b",
    re.IGNORECASE,
)


def bylines(text: str) -> tuple[Byline, ...]:
    """Return the bylines of a line: “By Jo Bloggs and Ana d'Arc, Staff Writer” has two."""
    text = _BY.sub("", line(text)).strip(" .,;")
    if not text:
        return ()
    if is_agency(text) or len(text) > 300:
        return (byline(text),)
    found: list[Byline] = []
    for part in _AND.split(text):
        name = part.strip(" .,;")
        if not name:
            continue
        if found and _OFFICE.search(name) and not is_agency(name):
            found[-1] = replace(found[-1], office=shorten(name, 120))
        else:
            found.append(byline(name))
    return tuple(dict.fromkeys(found))


def byline(name: str, office: str = "") -> Byline:
    """Return the byline of one name."""
    name = shorten(line(name), 120)
    kind = Kind.AGENCY if is_agency(name) else Kind.STAFF
    return Byline(name, kind, shorten(line(office), 120))
