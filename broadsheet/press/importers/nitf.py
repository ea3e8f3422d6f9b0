"""NITF 3.x: one story to a document, in any encoding, alone or within NewsML-G2."""

import hashlib
import re
from collections.abc import Iterator, Sequence
from html import escape

from lxml import etree

from broadsheet.press.importers import bodies, markup, texts
from broadsheet.press.importers.markup import Children
from broadsheet.press.importers.records import (
    Block,
    Byline,
    Complaint,
    Item,
    Limits,
    Standing,
    StoryRecord,
    Term,
    Wishes,
)
from broadsheet.press.importers.sources import Source, UnreadableError
from broadsheet.rules import datelines

SOURCE = "nitf"
_STANDINGS = {
    "usable": Standing.PUBLISHED,
    "embargoed": Standing.PUBLISHED,
    "withheld": Standing.DRAFT,
    "canceled": Standing.WITHDRAWN,
    "killed": Standing.WITHDRAWN,
}
_MOST_TOPICS = 20
# NITF's names for what HTML calls otherwise.
_NAMES = {
    "hl2": "h3",
    "bq": "blockquote",
    "credit": "cite",
    "note": "blockquote",
    "table-reference": "span",
    "nitf-table": "div",
    "datasource": "cite",
}


def read(sources: Sequence[Source], wishes: Wishes) -> Iterator[Item]:
    """Yield the story of each document."""
    for source in sources:
        number = 0
        try:
            for element in markup.elements(source, {"nitf"}, wishes.limits):
                number += 1
                place = f"{source.name}, line {element.sourceline}"
                try:
                    yield _story(element, place, wishes)
                except (ValueError, TypeError, LookupError) as error:
                    yield Complaint(place, f"{type(error).__name__}: {error}")
        except UnreadableError as error:
            yield Complaint(source.name, str(error))
        else:
            if not number:
                yield Complaint(source.name, "there is no NITF story in it")


def _story(root: etree._Element, place: str, wishes: Wishes) -> StoryRecord:
    remarks: list[str] = []
    head, body = markup.child(root, "head"), markup.child(root, "body")
    top = within(body, "body.head")
    docdata = within(head, "docdata")
    pubdata = within(head, "pubdata")
    headline = headline_of(top) or markup.words(within(head, "title"))
    headline = texts.line(headline)

    def moment(*names: str) -> object:
        for name in names:
            element = within(docdata, name)
            norm = element.get("norm") if element is not None else None
            if found := texts.moment(norm or "", wishes.zone):
                return found
        return None

    published_at = moment("date.release", "date.issue")
    if published_at is None and pubdata is not None:
        published_at = texts.moment(pubdata.get("date.publication") or "", wishes.zone)
    identity = _attribute(within(docdata, "doc-id"), "id-string")
    if not identity:
        told = f"{headline} {published_at} {place.partition(',')[0] if not published_at else ''}"
        identity = "sha256:" + hashlib.sha256(told.encode()).hexdigest()
    if within(docdata, "ed-msg") is not None:
        remarks.append("a note to editors was left out")
    sections, topics = _terms(head, docdata, pubdata)
    standing = _attribute(docdata, "management-status").lower() or "usable"
    address = _attribute(pubdata, "ex-ref")
    made = blocks_of(body, wishes.limits)
    remarks += made.remarks
    return StoryRecord(
        place=f"{place} “{texts.shorten(headline, 60)}”" if headline else place,
        source=SOURCE,
        source_id=identity[:500],
        headline=headline,
        standfirst=standfirst_of(top, headline),
        body=made.blocks,
        bylines=bylines_of(top),
        dateline=dateline_of(top),
        published_at=published_at,  # type: ignore[arg-type]
        sections=sections,
        topics=topics,
        language=root.get("{http://www.w3.org/XML/1998/namespace}lang") or "",
        old_addresses=(address,) if address.startswith(("http://", "https://")) else (),
        standing=_STANDINGS.get(standing, Standing.PUBLISHED),
        remarks=tuple(remarks),
    )


def within(element: etree._Element | None, *names: str) -> etree._Element | None:
    """Return what is at a path of names; None where it ends early."""
    for name in names:
        if element is None:
            return None
        element = markup.child(element, name)
    return element


def _attribute(element: etree._Element | None, name: str) -> str:
    return (element.get(name) or "").strip() if element is not None else ""


def headline_of(top: etree._Element | None) -> str:
    hedline = within(top, "hedline")
    return texts.line(markup.words(within(hedline, "hl1")))


def standfirst_of(top: etree._Element | None, headline: str) -> str:
    """Return the abstract, else the second headline where it says something else."""
    if abstract := texts.line(_spaced(within(top, "abstract"))):
        return abstract
    second = texts.line(markup.words(within(top, "hedline", "hl2")))
    return second if second != headline else ""


def _spaced(element: etree._Element | None) -> str:
    return " ".join(str(text) for text in element.itertext()) if element is not None else ""


def bylines_of(top: etree._Element | None) -> tuple[Byline, ...]:
    found: list[Byline] = []
    for one in markup.children(top, "byline") if top is not None else ():
        inside = Children(one)
        titles = [
            markup.words(title) for name in ("byttl", "bytitle") for title in inside.all(name)
        ]
        people = [markup.words(person) for person in inside.all("person")]
        if people:
            found += [texts.byline(name, titles[0] if titles else "") for name in people]
            continue
        name = one.text or ""
        said = texts.bylines(name)
        if not said and titles:
            # Only an office stands there, which is whom the story is by.
            found.append(texts.byline(titles[0]))
        elif len(said) == 1 and titles and not said[0].office:
            found.append(texts.byline(said[0].name, titles[0]))
        else:
            found += said
    return tuple(dict.fromkeys(one for one in found if one.name))


def dateline_of(top: etree._Element | None) -> str:
    dateline = within(top, "dateline")
    if dateline is None:
        return ""
    location = within(dateline, "location")
    text = texts.line(_spaced(location if location is not None else dateline))
    return texts.shorten(datelines.place(re.sub(r"\s+,", ",", text)), 120)


def _terms(
    head: etree._Element | None, docdata: etree._Element | None, pubdata: etree._Element | None
) -> tuple[tuple[Term, ...], tuple[Term, ...]]:
    sections = [_attribute(pubdata, "position.section")]
    topics: list[str] = []
    tobject = within(head, "tobject")
    for one in markup.children(tobject, "tobject.subject") if tobject is not None else ():
        sections.append(one.get("tobject.subject.type") or "")
        topics += [one.get(f"tobject.subject.{name}") or "" for name in ("matter", "detail")]
    keys = within(docdata, "key-list")
    for one in markup.children(keys, "keyword") if keys is not None else ():
        topics.append(one.get("key") or "")
    identified = within(docdata, "identified-content")
    for one in identified if identified is not None else ():
        if markup.name(one) in {"person", "org", "location", "event", "classifier", "object.title"}:
            topics.append(markup.words(one) or one.get("value") or "")
    section = next(filter(None, map(texts.line, sections)), "")
    names = [name for name in dict.fromkeys(map(texts.line, topics)) if name and name != section]
    return (Term(section),) if section else (), tuple(map(Term, names[:_MOST_TOPICS]))


def blocks_of(body: etree._Element | None, limits: Limits) -> bodies.Converted:
    """Return the blocks of a NITF body, the end of it included."""
    made: list[Block] = []
    remarks: list[str] = []
    for name in ("body.content", "body.end"):
        content = within(body, name)
        if content is None:
            continue
        _as_html(content)
        converted = bodies.from_tree(content, limits=limits)
        made += converted.blocks
        remarks += converted.remarks
    return bodies.Converted(tuple(made), tuple(remarks))


def _as_html(content: etree._Element) -> None:
    for one in list(content.iter()):
        name = markup.name(one)
        if name == "media":
            _figure(one)
        elif name in _NAMES and one is not content:
            one.tag = _NAMES[name]


def _figure(media: etree._Element) -> None:
    """Make a NITF media element into a figure, in place."""
    inside = Children(media)
    references = inside.all("media-reference")
    caption = " ".join(markup.words(one) for one in inside.all("media-caption"))
    producer = inside.text("media-producer")
    tail = media.tail
    alt = next((one.get("alternate-text") or "" for one in references), "")
    address = next((one.get("source") or "" for one in references), "")
    kind = media.get("media-type") or ""
    media.clear()
    media.tag = "figure"
    media.tail = tail
    words = f"{caption} (Photo: {producer})" if producer else caption
    if address and kind not in {"video", "audio"}:
        shown = f'<img src="{escape(address)}" alt="{escape(alt)}"/>'
    elif address:
        shown = f'<iframe src="{escape(address)}"></iframe>'
    else:
        shown = ""
    figure = etree.fromstring(
        f"<figure>{shown}<figcaption>{escape(words, quote=False)}</figcaption></figure>"
    )
    for one in list(figure):
        media.append(one)
