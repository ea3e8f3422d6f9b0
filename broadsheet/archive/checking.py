"""Looking whether a list of old addresses answers, without asking anybody over the network."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote_to_bytes, urlsplit

from django.urls import Resolver404, resolve
from django.utils.encoding import repercent_broken_unicode
from wagtail.models import Page

from broadsheet.newsroom.models import FrontPage
from broadsheet.newsroom.oldaddresses import find
from broadsheet.press.importers import markup
from broadsheet.press.importers.records import Complaint, Limits, UnusableError
from broadsheet.press.importers.sources import Source, UnreadableError, sources

_NO_TEXT = re.compile(rb"[\x00-\x08\x0e-\x1a]")


@dataclass(slots=True)
class Checked:
    """What was found, in counts, and the addresses that don't answer."""

    read: int = 0
    live: int = 0
    redirected: int = 0
    gone: int = 0
    missing: list[str] = field(default_factory=list)


def check(path: Path) -> Checked:
    """Look every address of a list or a sitemap up.

    :raises UnusableError: when the file can't be read
    """
    found = Checked()
    root = FrontPage.objects.get().url_path
    for address in _addresses(path, set()):
        found.read += 1
        try:
            parts = urlsplit(address)
        except ValueError:
            found.missing.append(address)
            continue
        # As a request has it: what is no UTF-8 stays encoded.
        place = repercent_broken_unicode(unquote_to_bytes(parts.path)).decode() or "/"
        if old := find(place, parts.query):
            found.redirected += not old.gone
            found.gone += old.gone
        elif _lives(place, root):
            found.live += 1
        else:
            found.missing.append(address)
    return found


def _lives(place: str, root: str) -> bool:
    if Page.objects.filter(url_path=root + place.lstrip("/"), live=True).exists():
        return True
    slashed = place if place.endswith("/") else f"{place}/"
    if Page.objects.filter(url_path=root + slashed.lstrip("/"), live=True).exists():
        return True
    try:
        match = resolve(place)
    except Resolver404:
        return False
    # Pages that are no story: search, feeds. Topics and authors need a look of their own.
    if match.url_name in {"topic", "author"}:
        from broadsheet.newsroom.models import Author, Topic

        model = Topic if match.url_name == "topic" else Author
        return bool(model.objects.filter(slug=match.kwargs.get("slug")).exists())
    return match.url_name not in {"wagtail_serve", "elsewhere"}


def _addresses(path: Path, seen: set[Path]) -> Iterator[str]:
    seen.add(path.resolve())
    for source in sources([path], Limits()):
        if isinstance(source, Complaint):
            raise UnusableError(f"{source.place}: {source.reason}.")
        try:
            if source.head().lstrip("\ufeff \t\r\n").startswith("<"):
                yield from _sitemap(source, path, seen)
            else:
                yield from _list(source)
        except UnreadableError as error:
            raise UnusableError(f"{source.name}: {error}.") from error


def _list(source: Source) -> Iterator[str]:
    with source.bytes() as stream:
        head = stream.read(65_536)
    # Text of two bytes to a letter says so at its beginning.
    if not head.startswith((b"\xff\xfe", b"\xfe\xff")) and _NO_TEXT.search(head):
        raise UnreadableError("it is neither a list of addresses nor a sitemap")
    rest = ""
    for piece in source.text():
        *lines, rest = (rest + piece).split("\n")
        yield from filter(None, (line.strip()[:4000] for line in lines))
        if len(rest) > 1_000_000:
            raise UnreadableError("a line takes more than a million characters: it is no list")
    if rest.strip():
        yield rest.strip()


def _sitemap(source: Source, path: Path, seen: set[Path]) -> Iterator[str]:
    for element in markup.elements(source, {"url", "sitemap"}, Limits()):
        address = markup.words(markup.child(element, "loc"))
        if markup.name(element) == "url":
            if address:
                yield address
            continue
        # The index names its parts by their addresses; here they lie beside it.
        beside = path.parent / Path(urlsplit(address).path).name
        if not beside.is_file():
            raise UnusableError(f"{source.name}: put {beside.name} beside it, which it names.")
        if beside.resolve() not in seen:
            yield from _addresses(beside, seen)
