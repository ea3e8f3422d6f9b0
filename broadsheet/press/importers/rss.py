"""RSS 0.9 to 2.0 with the modules newsrooms use (content, dc, media), RSS 1.0 (RDF) and Atom."""

import hashlib
from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import urljoin, urlsplit

from lxml import etree

from broadsheet.press.importers import bodies, markup, texts
from broadsheet.press.importers.markup import Children
from broadsheet.press.importers.records import (
    Block,
    Byline,
    Complaint,
    Item,
    Picture,
    Remark,
    StoryRecord,
    Term,
    Wishes,
)
from broadsheet.press.importers.sources import Source, UnreadableError

SOURCE = "rss"


def read(sources: Sequence[Source], wishes: Wishes) -> Iterator[Item]:
    """Yield the entries of feeds."""
    for source in sources:
        number = 0
        base, language = wishes.site, ""
        try:
            for element in markup.elements(source, {"item", "entry"}, wishes.limits):
                number += 1
                if number == 1 and (channel := _channel(element)) is not None:
                    about = Children(channel)
                    base = base or bodies.web_address(_link(about))
                    language = about.text("language") or channel.get(_LANGUAGE) or ""
                place = f"{source.name}, line {element.sourceline}, item {number}"
                try:
                    yield _story(Children(element), place, base, language, wishes)
                except (ValueError, TypeError, LookupError) as error:
                    yield Complaint(place, f"{type(error).__name__}: {error}")
        except UnreadableError as error:
            yield Complaint(f"{source.name}, after item {number}", str(error))
        if not number:
            yield Remark(source.name, "the feed holds no items")


_LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"


def _channel(item: etree._Element) -> etree._Element | None:
    """Return what describes the feed: around the items, or in RSS 1.0 before them."""
    parent = item.getparent()
    if parent is None:
        return None
    beside = markup.child(parent, "channel")
    return beside if beside is not None else parent


def _story(item: Children, place: str, base: str, language: str, wishes: Wishes) -> StoryRecord:
    remarks: list[str] = []
    headline = _title(item)
    link = _link(item)
    permanent = _permanent(item)
    published_at = _moment(item, ("pubDate", "published", "issued", "date", "created"), wishes)
    updated_at = _moment(item, ("updated", "modified"), wishes)
    published_at = published_at or updated_at
    content, description = _content(item), _description(item)
    blocks: tuple[Block, ...] = ()
    if content or description:
        converted = bodies.convert(content or description, base=base, limits=wishes.limits)
        remarks += converted.remarks
        blocks = converted.blocks
    standfirst = texts.line(description) if content else ""
    if len(standfirst) > 600:
        # The whole story again, without its markup.
        standfirst = ""
    identity = item.text("guid") or item.text("id") or link
    if not identity:
        told = f"{headline} {published_at} {content or description}"
        identity = "sha256:" + hashlib.sha256(told.encode("utf-8", "replace")).hexdigest()
        remarks.append(
            "neither guid nor link: it is known by its words, and a changed one comes in again"
        )
    sections, topics = _terms(item)
    lead = _picture(item)
    if lead and any(block["type"] == "picture" for block in blocks):
        lead = None
    hosts = {urlsplit(one).hostname for one in (base, link)}
    return StoryRecord(
        place=f"{place} “{texts.shorten(headline, 60)}”" if headline else place,
        source=SOURCE,
        source_id=identity[:500],
        headline=headline,
        standfirst=standfirst,
        body=blocks,
        bylines=_bylines(item),
        published_at=published_at,
        updated_at=updated_at if updated_at and updated_at != published_at else None,
        sections=sections,
        topics=topics,
        lead_picture=lead,
        language=language,
        old_addresses=tuple(dict.fromkeys(filter(None, [link, permanent]))),
        own_hosts=frozenset(one for one in hosts if one),
        remarks=tuple(remarks),
    )


def _prefixed(item: Children, name: str, ending: str) -> list[etree._Element]:
    """Return children of a module, told by the end of its namespace."""
    return [one for one in item.all(name) if ending in str(one.tag).rpartition(name)[0]]


def _title(item: Children) -> str:
    plain = [one for one in item.all("title") if "mrss" not in str(one.tag)]
    return texts.line(markup.words(plain[0])) if plain else ""


def _link(item: Children) -> str:
    """Return where an entry is: text in RSS, an attribute in Atom."""
    for one in item.all("link"):
        href = one.get("href")
        if href and (one.get("rel") or "alternate") == "alternate":
            return urljoin(one.base or "", href) if one.base else href
        if not href and (said := markup.words(one)):
            return said
    return _permanent(item)


def _permanent(item: Children) -> str:
    """Return a guid that is an address."""
    for one in item.all("guid"):
        said = markup.words(one)
        if (one.get("isPermaLink") or "true").lower() != "false" and said.startswith("http"):
            return said
    return next((said for one in item.all("origLink") if (said := markup.words(one))), "")


def _moment(item: Children, names: tuple[str, ...], wishes: Wishes) -> Any:
    found = (texts.moment(item.text(name), wishes.zone) for name in names)
    return next(filter(None, found), None)


def _content(item: Children) -> str:
    for one in item.all("encoded"):
        if "excerpt" not in str(one.tag):
            return markup.words(one)
    for one in item.all("content"):
        # media:content is a picture; Atom's holds the text in one of three ways.
        if "mrss" in str(one.tag) or one.get("url"):
            continue
        return _atom(one)
    body = item.all("body")
    return markup.inner(body[0]) if body else ""


def _description(item: Children) -> str:
    plain = [one for one in item.all("description") if "mrss" not in str(one.tag)]
    if plain:
        return markup.words(plain[0])
    for one in item.all("summary"):
        return _atom(one)
    for group in item.all("group"):
        return Children(group).text("description")
    return ""


def _atom(element: etree._Element) -> str:
    kind = element.get("type") or "text"
    if "xhtml" in kind or len(element):
        for one in element.iter():
            if isinstance(one.tag, str):
                one.tag = markup.name(one)
        return markup.inner(element)
    text = markup.words(element)
    return text if "html" in kind or "<" in text else f"<p>{text}</p>"


def _bylines(item: Children) -> tuple[Byline, ...]:
    said = [markup.words(one) for one in item.all("creator")]
    for one in item.all("author"):
        name = Children(one).text("name") or markup.words(one)
        # RSS has “address (name)” here.
        if "@" in name:
            _, _, name = name.partition("(")
            name = name.rstrip(") ")
        said.append(name)
    found = [byline for name in said if name and "@" not in name for byline in texts.bylines(name)]
    return tuple(dict.fromkeys(found))


def _terms(item: Children) -> tuple[tuple[Term, ...], tuple[Term, ...]]:
    names = [
        texts.line(one.get("label") or one.get("term") or markup.words(one))
        for one in (*item.all("category"), *item.all("subject"))
    ]
    names = [name for name in dict.fromkeys(names) if name]
    return tuple(map(Term, names[:1])), tuple(map(Term, names[1:]))


def _picture(item: Children) -> Picture | None:
    holders = [item, *map(Children, item.all("group"))]
    for holder in holders:
        for one in (
            *_prefixed(holder, "content", "mrss"),
            *holder.all("enclosure"),
            *holder.all("link"),
        ):
            address = one.get("url") or (one.get("href") if one.get("rel") == "enclosure" else "")
            kind = f"{one.get('type') or ''} {one.get('medium') or ''}"
            if address and ("image" in kind or bodies._is_picture(address)):
                about = Children(one)
                words = texts.line(
                    about.text("description") or holder.text("description")
                    if holder is not item
                    else about.text("description")
                )
                credit = texts.line(about.text("credit") or holder.text("credit"))
                alt = texts.line(about.text("title"))
                return Picture(
                    address,
                    texts.shorten(alt, 300),
                    texts.shorten(words, 500),
                    texts.shorten(credit, 160),
                )
    for one in item.all("thumbnail"):
        if address := one.get("url"):
            return Picture(address, credit=texts.shorten(texts.line(item.text("credit")), 160))
    return None
