"""ninjs: news in JSON, versions 1.x, 2.x and 3.x, and Superdesk's dialect of 1.x.

1.x names a body ``body_xhtml`` and a headline ``headline_main``, where 2.x has arrays with roles
and 3.x writes ``contentType`` for ``contenttype``. Keys are compared without regard to case.
"""

import html
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from broadsheet.press.importers import bodies, texts
from broadsheet.press.importers.jsons import Stream
from broadsheet.press.importers.records import (
    Block,
    Byline,
    Complaint,
    Item,
    Picture,
    Remark,
    Standing,
    StoryRecord,
    Term,
    Wishes,
    rows,
    text_of,
)
from broadsheet.press.importers.sources import Source, UnreadableError

SOURCE = "ninjs"
_STANDINGS = {
    "usable": Standing.PUBLISHED,
    "withheld": Standing.DRAFT,
    "canceled": Standing.WITHDRAWN,
    "cancelled": Standing.WITHDRAWN,
}
_STORIES = {"text", "composite", "article", ""}
_MOST_TOPICS = 20


def read(sources: Sequence[Source], wishes: Wishes) -> Iterator[Item]:
    """Yield the stories of files with one item, an array, ``{"items": […]}`` or one to a line."""
    for source in sources:
        number = 0
        try:
            for value in _items(Stream(source.text(), wishes.limits)):
                number += 1
                yield from _item(value, f"{source.name}, item {number}", wishes)
        except UnreadableError as error:
            yield Complaint(f"{source.name}, after item {number}", str(error))


def _items(stream: Stream) -> Iterator[Any]:
    while not stream.ended():
        if stream.kind() == "[":
            for _ in stream.items():
                yield stream.value()
            continue
        value = stream.value()
        inside = value.get("items") if isinstance(value, dict) else None
        if isinstance(inside, list) and "uri" not in value:
            yield from inside
        else:
            yield value


def _item(value: Any, place: str, wishes: Wishes) -> Iterator[Item]:
    if not isinstance(value, Mapping):
        yield Complaint(place, "it is no item but a bare value")
        return
    item = _lower(value)
    if (kind := text_of(item.get("type"))) not in _STORIES:
        yield Remark(place, f"no story, and left out: {texts.shorten(kind, 40)}")
        return
    try:
        yield _story(item, place, wishes)
    except (ValueError, TypeError, LookupError, RecursionError) as error:
        yield Complaint(place, f"{type(error).__name__}: {error}")


def _lower(value: Mapping[str, Any]) -> dict[str, Any]:
    return {str(key).lower(): one for key, one in value.items()}


def _story(item: dict[str, Any], place: str, wishes: Wishes) -> StoryRecord:
    remarks: list[str] = []
    identity = text_of(item.get("uri")) or text_of(item.get("guid"))
    if not identity:
        raise ValueError("it has no uri")
    headline = texts.line(_text(item, "headline", "headlines", ("main", "headline")))
    headline = headline or texts.line(text_of(item.get("title")) or text_of(item.get("name")))
    blocks = _body(item, headline, remarks, wishes)
    pictures = _pictures(item)
    lead, blocks = _placed(pictures, blocks)
    first = next(
        filter(None, (_moment(item, name, wishes) for name in ("contentcreated", "firstcreated"))),
        None,
    )
    version = _moment(item, "versioncreated", wishes)
    published_at = first or version
    if text_of(item.get("ednote")):
        remarks.append("a note to editors was left out")
    section, topics = _terms(item)
    return StoryRecord(
        place=f"{place} “{texts.shorten(headline, 60)}”" if headline else place,
        source=SOURCE,
        source_id=identity[:500],
        headline=headline,
        standfirst=texts.line(
            _text(item, "description", "descriptions", ("summary", "text", "main"))
        ),
        body=blocks,
        bylines=_bylines(item),
        dateline=texts.shorten(texts.line(text_of(item.get("located"))), 120),
        published_at=published_at,
        updated_at=version if version and published_at and version > published_at else None,
        embargoed_until=_moment(item, "embargoed", wishes)
        or _moment(item, "embargoeduntil", wishes),
        sections=section,
        topics=topics,
        lead_picture=lead,
        language=text_of(item.get("language")),
        old_addresses=tuple(_addresses(item, identity)),
        standing=_STANDINGS.get(text_of(item.get("pubstatus")).lower() or "usable", Standing.DRAFT),
        remarks=tuple(remarks),
    )


def _moment(item: dict[str, Any], name: str, wishes: Wishes) -> Any:
    return texts.moment(text_of(item.get(name)), wishes.zone)


def _text(item: dict[str, Any], old: str, new: str, roles: tuple[str, ...]) -> str:
    """Return a text by its role: of an array in 2.x, of a key's ending in 1.x."""
    found = [_lower(one) for one in rows(item.get(new))]
    for role in roles:
        for one in found:
            if text_of(one.get("role")).lower() == role and text_of(one.get("value")):
                return text_of(one["value"])
    for one in found:
        if text_of(one.get("value")):
            return text_of(one["value"])
    plain = text_of(item.get(old))
    endings = [f"{old}_{role}" for role in (*roles, "text", "html", "xhtml")]
    endings += sorted(key for key in item if key.startswith(f"{old}_"))
    return plain or next(filter(None, (text_of(item.get(key)) for key in endings)), "")


def _body(
    item: dict[str, Any], headline: str, remarks: list[str], wishes: Wishes
) -> tuple[Block, ...]:
    rich: list[str] = []
    plain: list[str] = []
    for one in map(_lower, rows(item.get("bodies"))):
        kind = text_of(one.get("contenttype")).lower()
        value = text_of(one.get("value"))
        if "html" in kind:
            rich.append(value)
        elif kind in {"", "text/plain"}:
            (rich if value.lstrip().startswith("<") else plain).append(value)
    for key in sorted(item):
        if key.startswith("body_") or key == "body":
            value = text_of(item.get(key))
            (rich if "html" in key or value.lstrip().startswith("<") else plain).append(value)
    # Several bodies are one story in several forms: the fullest with markup, else the plain one.
    if markup := max(rich, key=len, default=""):
        if "<" not in markup and _BLANK_LINE.search(markup):
            # Markup in name only. Where no line is blank, the ends of lines mean nothing either.
            return bodies.from_plain(html.unescape(markup))
        markup = _HEAD_LINE.sub("", markup)
        converted = bodies.convert(markup, limits=wishes.limits)
        remarks += converted.remarks
        blocks = converted.blocks
        if blocks and blocks[0]["type"] == "crosshead" and blocks[0]["value"] == headline:
            blocks = blocks[1:]
        return blocks
    return bodies.from_plain(max(plain, key=len, default=""))


_BLANK_LINE = re.compile(r"\n\s*\n")
# What TT prints above its texts: the subject in a word, and where the text comes from.
_HEAD_LINE = re.compile(r'<div class="dat">(.{0,600}?)</div>', re.DOTALL)
_SOURCE = re.compile(r'<span class="source">([^<>]{1,80})</span>')


def _source(found: Any) -> str:
    """Return the source that a text names in its head line; empty for none."""
    for one in rows(found):
        head = _HEAD_LINE.search(text_of(_lower(one).get("value")))
        if head and (match := _SOURCE.search(head[1])):
            return match[1]
    return ""


def _pictures(item: dict[str, Any]) -> list[Picture]:
    found = item.get("associations")
    inside = rows(list(found.values()) if isinstance(found, Mapping) else found)
    made = []
    for one in map(_lower, inside):
        if text_of(one.get("type")) not in {"picture", "graphic"}:
            continue
        address = _rendition(one) or text_of(one.get("uri"))
        if not address:
            continue
        caption = texts.line(_text(one, "description", "descriptions", ("caption", "main", "text")))
        credit = texts.line(text_of(one.get("by")) or text_of(one.get("byline")))
        alt = texts.line(
            text_of(one.get("alttext")) or _text(one, "headline", "headlines", ("main",))
        )
        made.append(
            Picture(
                address,
                texts.shorten(alt, 300),
                texts.shorten(caption, 500),
                texts.shorten(credit or texts.line(text_of(one.get("creditline"))), 160),
            )
        )
    return made


def _rendition(picture: dict[str, Any]) -> str:
    """Return the address of the largest rendition without another's mark on it."""
    found = picture.get("renditions")
    inside = rows(list(found.values()) if isinstance(found, Mapping) else found)
    sized: list[tuple[int, str]] = []
    for one in map(_lower, inside):
        address, width = text_of(one.get("href")), one.get("width")
        if address and "watermark" not in address.lower():
            sized.append((width if isinstance(width, int) else 0, address))
    return max(sized, default=(0, ""))[1]


def _placed(
    pictures: list[Picture], blocks: tuple[Block, ...]
) -> tuple[Picture | None, tuple[Block, ...]]:
    """Return the lead picture and the body with the other pictures at its end."""
    there = {block["value"]["picture"].address for block in blocks if block["type"] == "picture"}
    if there:
        # The body shows them where they belong.
        return None, blocks
    if len(pictures) > 2:
        return pictures[0], (*blocks, bodies.gallery(pictures[1:]))
    return next(iter(pictures), None), (*blocks, *map(bodies.picture, pictures[1:]))


def _bylines(item: dict[str, Any]) -> tuple[Byline, ...]:
    named = [
        texts.byline(text_of(one.get("name")))
        for one in rows(item.get("authors"))
        if text_of(one.get("role")) in {"", "writer", "author"} and text_of(one.get("name"))
    ]
    said = texts.bylines(
        text_of(item.get("byline")) or text_of(item.get("by")) or _source(item.get("bodies"))
    )
    return tuple(dict.fromkeys(named)) or said


def _terms(item: dict[str, Any]) -> tuple[tuple[Term, ...], tuple[Term, ...]]:
    sections = [texts.line(text_of(one.get("name"))) for one in rows(item.get("service"))]
    names: list[str] = []
    for key in ("subject", "subjects"):
        for one in rows(item.get(key)):
            name = texts.line(text_of(one.get("name")))
            code = text_of(one.get("code")) or text_of(one.get("literal"))
            if not sections and len(code) == 8 and code.isdigit() and code.endswith("000000"):
                # One of the seventeen subjects at the top of IPTC's tree.
                sections.append(name)
            else:
                names.append(name)
    for key in ("person", "people", "organisation", "organisations", "place", "places", "keywords"):
        value = item.get(key)
        names += [texts.line(text_of(one.get("name"))) for one in rows(value)]
        if isinstance(value, list):
            names += [texts.line(one) for one in value if isinstance(one, str)]
    topics = [name for name in dict.fromkeys(names) if name and name not in sections]
    section = tuple(Term(name) for name in sections[:1] if name)
    return section, tuple(Term(name) for name in topics[:_MOST_TOPICS])


def _addresses(item: dict[str, Any], identity: str) -> Iterator[str]:
    for key in ("altids", "altid"):
        for one in rows(item.get(key)):
            value = text_of(one.get("value"))
            if value.startswith(("http://", "https://")):
                yield value
    if identity.startswith(("http://", "https://")):
        yield identity
