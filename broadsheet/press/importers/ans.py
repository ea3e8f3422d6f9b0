"""Arc ANS: stories, galleries and redirects of Arc Publishing, whose body is a list of elements."""

from collections.abc import Iterator, Mapping, Sequence
from html import escape
from typing import Any

from broadsheet.press.importers import bodies, texts
from broadsheet.press.importers.jsons import Stream
from broadsheet.press.importers.records import (
    Block,
    Byline,
    Complaint,
    Item,
    Limits,
    Picture,
    Redirect,
    Remark,
    Standing,
    StoryRecord,
    Term,
    Wishes,
    at,
    rows,
    text_of,
)
from broadsheet.press.importers.sources import Source, UnreadableError

SOURCE = "ans"
# What sites agree on; other codes are a site's own.
_ACCESS = {
    "free": "free",
    "public": "free",
    "open": "free",
    "green": "free",
    "metered": "readers",
    "registered": "readers",
    "premium": "subscribers",
    "subscriber": "subscribers",
    "subscribers": "subscribers",
    "paid": "subscribers",
    "red": "subscribers",
}
_DEEPEST = 40
_MOST_TOPICS = 20


def read(sources: Sequence[Source], wishes: Wishes) -> Iterator[Item]:
    """Yield the stories, galleries and redirects of files with one, an array, or one to a line."""
    for source in sources:
        number = 0
        try:
            for value in _values(Stream(source.text(), wishes.limits)):
                number += 1
                yield _item(value, f"{source.name}, item {number}", wishes)
        except UnreadableError as error:
            yield Complaint(f"{source.name}, after item {number}", str(error))


def _values(stream: Stream) -> Iterator[Any]:
    while not stream.ended():
        if stream.kind() == "[":
            for _ in stream.items():
                yield stream.value()
            continue
        value = stream.value()
        inside = value.get("content_elements") if isinstance(value, dict) else None
        if isinstance(inside, list) and value.get("type") in {"results", "collection"}:
            yield from inside
        else:
            yield value


def _item(value: Any, place: str, wishes: Wishes) -> Item:
    if not isinstance(value, Mapping):
        return Complaint(place, "it is no document but a bare value")
    kind = text_of(value.get("type"))
    if kind == "redirect":
        old, new = text_of(value.get("canonical_url")), text_of(value.get("redirect_url"))
        if not old or not new:
            return Complaint(place, "a redirect without canonical_url or redirect_url")
        return Redirect(place, old, new)
    if kind not in {"story", "gallery", ""}:
        return Remark(place, f"no story, and left out: {texts.shorten(kind, 40)}")
    try:
        return _story(value, kind, place, wishes)
    except (ValueError, TypeError, LookupError, RecursionError) as error:
        return Complaint(place, f"{type(error).__name__}: {error}")


def _story(story: Mapping[str, Any], kind: str, place: str, wishes: Wishes) -> StoryRecord:
    identity = text_of(story.get("_id")) or text_of(story.get("canonical_url"))
    if not identity:
        raise ValueError("it has no _id")
    headline = texts.line(text_of(at(story, "headlines", "basic")))
    reader = _Elements(wishes.limits)
    elements = rows(story.get("content_elements"))
    if kind == "gallery":
        reader.element({"type": "gallery", "content_elements": elements}, 0)
    else:
        for one in elements:
            reader.element(one, 0)
    moments = [texts.moment(text_of(story.get(name)), wishes.zone) for name in _PUBLISHED]
    published_at = next(filter(None, moments), None)
    updated_at = texts.moment(text_of(story.get("last_updated_date")), wishes.zone)
    corrections = _corrections(story, updated_at or published_at)
    lead = _lead(story)
    if lead and any(
        block["type"] == "picture" and block["value"]["picture"].address == lead.address
        for block in reader.blocks
    ):
        lead = None
    remarks = list(dict.fromkeys(reader.remarks))
    code = text_of(at(story, "content_restrictions", "content_code")).lower()
    if code and code not in _ACCESS:
        remarks.append(
            f"the access code “{texts.shorten(code, 40)}” is not known: the paper's own level"
        )
    allows = at(story, "comments", "allow_comments")
    sections, topics = _terms(story)
    return StoryRecord(
        place=f"{place} “{texts.shorten(headline, 60)}”" if headline else place,
        source=SOURCE,
        source_id=identity[:500],
        headline=headline,
        standfirst=texts.line(
            text_of(at(story, "subheadlines", "basic"))
            or text_of(at(story, "description", "basic"))
        ),
        body=(*reader.blocks, *corrections),
        bylines=_bylines(story),
        dateline=texts.shorten(
            texts.line(text_of(story.get("location")) or text_of(at(story, "address", "locality"))),
            120,
        ),
        published_at=published_at,
        updated_at=updated_at
        if updated_at and published_at and updated_at > published_at
        else None,
        sections=sections,
        topics=topics,
        lead_picture=lead,
        access=_ACCESS.get(code, ""),
        language=text_of(story.get("language")),
        old_addresses=tuple(dict.fromkeys(_addresses(story))),
        standing=_standing(story),
        slug=text_of(story.get("slug")),
        comments={True: "open", False: "closed"}.get(allows, "")
        if isinstance(allows, bool)
        else "",
        remarks=tuple(remarks),
    )


_PUBLISHED = ("first_publish_date", "publish_date", "display_date")


def _standing(story: Mapping[str, Any]) -> Standing:
    published = at(story, "revision", "published")
    said = published if published is not None else at(story, "additional_properties", "published")
    if said is False or text_of(story.get("status")) in {"draft", "working", "canceled"}:
        return Standing.DRAFT
    return Standing.PUBLISHED


def _bylines(story: Mapping[str, Any]) -> tuple[Byline, ...]:
    credits_ = story.get("vanity_credits") or story.get("credits")
    named = [
        texts.byline(
            text_of(one.get("name")) or text_of(one.get("byline")), text_of(one.get("role"))
        )
        for one in rows(at(credits_, "by"))
        if text_of(one.get("name")) or text_of(one.get("byline"))
    ]
    return tuple(dict.fromkeys(named))


def _terms(story: Mapping[str, Any]) -> tuple[tuple[Term, ...], tuple[Term, ...]]:
    taxonomy = story.get("taxonomy")
    here = text_of(story.get("canonical_website"))
    found = [at(taxonomy, "primary_section"), at(story, "websites", here, "website_section")]
    found += [
        *rows(at(taxonomy, "sections")),
        at(taxonomy, "primary_site"),
        *rows(at(taxonomy, "sites")),
    ]
    section: tuple[Term, ...] = ()
    for one in found:
        path = (
            text_of(at(one, "path"))
            or text_of(at(one, "_id"))
            or text_of(at(one, "referent", "id"))
        )
        name = texts.line(text_of(at(one, "name")))
        if not path.startswith("/") and not name:
            continue
        slugs = [part for part in path.split("/") if part] if path.startswith("/") else []
        names = [slug.replace("-", " ").capitalize() for slug in slugs]
        if name:
            names[-1:] = [name]
        section = tuple(
            Term(texts.shorten(title, 120), slugs[number] if number < len(slugs) else "")
            for number, title in enumerate(names)
        )
        if section:
            break
    topics = [
        Term(
            texts.line(text_of(one.get("text")) or text_of(one.get("description"))),
            text_of(one.get("slug")),
        )
        for one in rows(at(taxonomy, "tags"))
    ]
    topics += [
        Term(texts.line(text_of(one.get("keyword")))) for one in rows(at(taxonomy, "keywords"))
    ]
    unique = {one.name.casefold(): one for one in reversed(topics) if one.name}
    return section, tuple(reversed(unique.values()))[:_MOST_TOPICS]


def _addresses(story: Mapping[str, Any]) -> Iterator[str]:
    for name in ("canonical_url", "website_url", "short_url"):
        if said := text_of(story.get(name)):
            yield said
    websites = story.get("websites")
    for one in rows(list(websites.values()) if isinstance(websites, Mapping) else []):
        if said := text_of(one.get("website_url")):
            yield said
    for said in story.get("content_aliases") or []:
        if isinstance(said, str):
            yield said
    for one in rows(at(story, "related_content", "redirect")):
        if said := text_of(one.get("redirect_url")):
            yield said


def _lead(story: Mapping[str, Any]) -> Picture | None:
    promoted = at(story, "promo_items", "basic")
    if text_of(at(promoted, "type")) == "image":
        return _picture(promoted)
    inside = at(promoted, "promo_items", "basic")
    return _picture(inside) if text_of(at(inside, "type")) == "image" else None


def _picture(image: Any) -> Picture | None:
    address = text_of(at(image, "additional_properties", "originalUrl")) or text_of(
        at(image, "url")
    )
    if not address:
        return None
    people = [
        texts.line(text_of(one.get("byline")) or text_of(one.get("name")))
        for kind in ("by", "affiliation")
        for one in rows(at(image, "credits", kind))
    ]
    alt = text_of(at(image, "alt_text")) or text_of(at(image, "subtitle"))
    return Picture(
        address,
        texts.shorten(texts.line(alt), 300),
        texts.shorten(texts.line(text_of(at(image, "caption"))), 500),
        texts.shorten("/".join(dict.fromkeys(filter(None, people))), 160),
    )


def _corrections(story: Mapping[str, Any], moment: Any) -> tuple[Block, ...]:
    found = (_correction(one, moment) for one in rows(story.get("corrections")))
    return tuple(block for block in found if block)


def _correction(one: Mapping[str, Any], moment: Any) -> Block | None:
    text = texts.line(text_of(one.get("text")))
    if not text or moment is None:
        return None
    value = {"corrected_at": moment, "text": bodies.paragraph(text)["value"]}
    return {"type": "correction", "value": value}


class _Elements:
    """Content elements becoming blocks."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.blocks: list[Block] = []
        self.remarks: list[str] = []

    def element(self, one: Any, depth: int) -> None:
        if depth > _DEEPEST:
            self.remarks.append("elements nested too deep were left out")
            return
        kind = text_of(at(one, "type"))
        content = text_of(at(one, "content"))
        match kind:
            case "text":
                self.html(
                    content if content.lstrip().startswith(("<p", "<h")) else f"<p>{content}</p>"
                )
            case "header":
                self.html(f"<h2>{content}</h2>")
            case "image":
                if picture := _picture(one):
                    self.blocks.append(bodies.picture(picture))
                else:
                    self.remarks.append("a picture without an address was left out")
            case "gallery":
                self.gallery(one)
            case "list":
                self.html(_list(one, 0))
            case "blockquote":
                self.html(f"<blockquote><p>{content}</p></blockquote>")
            case "quote":
                self.quote(one, depth)
            case "raw_html":
                self.html(content)
            case "table":
                self.html(_table(one))
            case "correction":
                # Those of the story as a whole have the moment; this one has its words.
                if text := texts.line(text_of(at(one, "text"))):
                    self.blocks.append(bodies.paragraph(f"Correction: {text}"))
            case "interstitial_link":
                url = escape(text_of(at(one, "url")))
                self.html(f'<p><a href="{url}">{content}</a></p>')
            case "link_list":
                items = "".join(
                    f'<li><a href="{escape(text_of(item.get("url")))}">{text_of(item.get("content"))}</a></li>'
                    for item in rows(at(one, "items"))
                )
                if title := text_of(at(one, "title")):
                    self.html(f"<h2>{title}</h2>")
                self.html(f"<ul>{items}</ul>")
            case (
                "oembed_response"
                | "custom_embed"
                | "video"
                | "audio"
                | "reference"
                | "social_media"
            ):
                self.player(one, kind)
            case "code":
                self.html(f"<pre>{escape(content, quote=False)}</pre>")
            case "element_group":
                for inside in rows(at(one, "content_elements")):
                    self.element(inside, depth + 1)
            case "numeric_rating":
                said = f"{text_of(at(one, 'numeric_rating'))} {text_of(at(one, 'units'))}".strip()
                best = text_of(at(one, "max"))
                self.blocks.append(
                    bodies.paragraph(f"Rating: {said}" + (f" of {best}" if best else ""))
                )
            case "endorsement":
                self.blocks.append(bodies.paragraph(text_of(at(one, "endorsement"))))
            case "divider" | "":
                pass
            case _:
                if content:
                    self.html(f"<p>{content}</p>")
                else:
                    self.remarks.append(f"left out: an element of type {texts.shorten(kind, 40)}")

    def html(self, markup: str) -> None:
        converted = bodies.convert(markup, limits=self.limits)
        self.blocks += converted.blocks
        self.remarks += converted.remarks

    def gallery(self, one: Any) -> None:
        found = [_picture(image) for image in rows(at(one, "content_elements"))]
        pictures = [picture for picture in found if picture]
        if pictures:
            self.blocks.append(
                bodies.gallery(pictures, texts.line(text_of(at(one, "headlines", "basic"))))
            )
        if len(pictures) < len(found):
            self.remarks.append("a picture without an address was left out")

    def quote(self, one: Any, depth: int) -> None:
        inside = _Elements(self.limits)
        for element in rows(at(one, "content_elements")):
            inside.element(element, depth + 1)
        said = [block for block in inside.blocks if block["type"] == "paragraph"]
        speaker = texts.line(text_of(at(one, "citation", "content")))
        name, _, office = speaker.partition(",")
        if len(name) > 120 or len(office) > 160:
            said.append(bodies.paragraph(speaker))
            name = office = ""
        if said:
            text = "".join(block["value"] for block in said)
            value = {"text": text, "speaker": name.strip(), "office": office.strip()}
            self.blocks.append({"type": "quotation", "value": value})
        self.blocks += [block for block in inside.blocks if block["type"] != "paragraph"]
        self.remarks += inside.remarks

    def player(self, one: Any, kind: str) -> None:
        addresses = [
            text_of(at(one, "raw_oembed", "url")),
            text_of(at(one, "url")),
            text_of(at(one, "canonical_url")),
            text_of(at(one, "embed", "url")),
            text_of(at(one, "streams", 0, "url")),
            text_of(at(one, "referent", "id")),
        ]
        url = next(filter(None, map(bodies.web_address, addresses)), "")
        title = text_of(at(one, "raw_oembed", "title")) or text_of(at(one, "headlines", "basic"))
        if url:
            self.blocks.append(bodies.embed(url, texts.line(title)))
        else:
            self.remarks.append(f"left out: {kind.replace('_', ' ')} without an address")


def _list(one: Any, depth: int) -> str:
    tag = "ol" if text_of(at(one, "list_type")) == "ordered" else "ul"
    items = []
    for item in rows(at(one, "items")):
        nested = text_of(item.get("type")) == "list" and depth < _DEEPEST
        items.append(
            f"<li>{_list(item, depth + 1) if nested else text_of(item.get('content'))}</li>"
        )
    return f"<{tag}>{''.join(items)}</{tag}>"


def _table(one: Any) -> str:
    head = "".join(f"<th>{text_of(cell.get('content'))}</th>" for cell in rows(at(one, "header")))
    lines = [f"<tr>{head}</tr>"] if head else []
    for row in at(one, "rows") or []:
        cells = row if isinstance(row, list) else at(row, "cells")
        lines.append(
            "<tr>"
            + "".join(f"<td>{text_of(cell.get('content'))}</td>" for cell in rows(cells))
            + "</tr>"
        )
    return f"<table>{''.join(lines)}</table>"
