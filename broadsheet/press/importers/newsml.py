"""NewsML-G2: news items with XHTML, NITF or plain text inside, alone or in a news message.

Catalogues and schemas that a file names are never fetched: codes are told by their ends.
"""

import hashlib
from collections.abc import Iterator, Sequence
from typing import Any

from lxml import etree

from broadsheet.press.importers import bodies, markup, nitf, texts
from broadsheet.press.importers.markup import Children
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
)
from broadsheet.press.importers.shelf import Shelf, shelf
from broadsheet.press.importers.sources import Source, UnreadableError
from broadsheet.rules import datelines

SOURCE = "newsml-g2"
_TOP = {"newsItem", "packageItem", "contentSet"}
_STANDINGS = {
    "usable": Standing.PUBLISHED,
    "withheld": Standing.DRAFT,
    "canceled": Standing.WITHDRAWN,
}
_LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"
_MOST_TOPICS = 20


def read(sources: Sequence[Source], wishes: Wishes) -> Iterator[Item]:
    """Yield the stories of news items; pictures of a package belong to its one story."""
    with shelf() as kept:
        for source in sources:
            try:
                for element in markup.elements(source, _TOP, wishes.limits):
                    _learn(element, kept)
            except UnreadableError:
                # The second reading says so.
                continue
        for source in sources:
            yield from _stories(source, kept, wishes)


def _learn(element: etree._Element, kept: Shelf) -> None:
    kind = markup.name(element)
    guid = element.get("guid") or ""
    if kind == "newsItem" and _class(element) in {"picture", "graphic"}:
        if picture := _picture(element):
            fields = [picture.address, picture.alternative_text, picture.caption, picture.credit]
            kept.put("picture", guid, fields)
    elif kind == "packageItem":
        stories: list[str] = []
        pictures: list[str] = []
        for one in element.iter():
            if markup.name(one) == "itemRef":
                reference = one.get("residref") or ""
                what = _code(markup.child(one, "itemClass"))
                (pictures if what in {"picture", "graphic"} else stories).append(reference)
        if len(stories) == 1:
            for reference in pictures:
                kept.put("pictures of", stories[0], reference)


def _stories(source: Source, kept: Shelf, wishes: Wishes) -> Iterator[Item]:
    number = 0
    try:
        for element in markup.elements(source, _TOP, wishes.limits):
            number += 1
            place = f"{source.name}, line {element.sourceline}"
            kind = markup.name(element)
            what = "package" if kind == "packageItem" else _class(element)
            if what not in {"text", "composite", ""}:
                yield Remark(place, f"no story, and left out: {texts.shorten(what, 40)}")
                continue
            try:
                yield _story(element, place, kept, wishes)
            except (ValueError, TypeError, LookupError) as error:
                yield Complaint(place, f"{type(error).__name__}: {error}")
    except UnreadableError as error:
        yield Complaint(f"{source.name}, after item {number}", str(error))
    else:
        if not number:
            yield Complaint(source.name, "there is no news item in it")


def _code(element: etree._Element | None) -> str:
    """Return the end of a code, as ``text`` of ``ninat:text``."""
    if element is None:
        return ""
    said = element.get("qcode") or element.get("uri") or element.get("literal") or ""
    return said.rpartition(":")[2].rpartition("/")[2].strip()


def _class(item: etree._Element) -> str:
    return _code(nitf.within(item, "itemMeta", "itemClass"))


def _name(element: etree._Element) -> str:
    """Return what a concept is called: its name, else its literal."""
    name = markup.child(element, "name")
    said = markup.words(name) if name is not None else element.get("literal") or ""
    return texts.line(said or (element.text or ""))


def _story(item: etree._Element, place: str, kept: Shelf, wishes: Wishes) -> StoryRecord:
    remarks: list[str] = []
    guid = (item.get("guid") or "").strip()
    item_meta, meta = _part(item, "itemMeta"), _part(item, "contentMeta")
    content = item if markup.name(item) == "contentSet" else nitf.within(item, "contentSet")
    inner = _nitf(content)
    top = nitf.within(inner, "body", "body.head")

    def moment(children: Children, name: str) -> Any:
        return texts.moment(children.text(name), wishes.zone)

    heads = meta.all("headline")
    second = [
        one for one in heads if "sub" in (one.get("role") or "").lower() or one.get("rank") == "2"
    ]
    main = [one for one in heads if one not in second]
    headline = texts.line(markup.words(main[0])) if main else ""
    headline = headline or nitf.headline_of(top) or texts.line(item_meta.text("title"))
    published_at = (
        moment(meta, "contentCreated")
        or moment(item_meta, "firstCreated")
        or moment(item_meta, "versionCreated")
    )
    changed = moment(meta, "contentModified") or moment(item_meta, "versionCreated")
    blocks = _body(content, inner, remarks, wishes)
    if not guid:
        told = f"{headline} {[block['value'] for block in blocks]}"
        guid = "sha256:" + hashlib.sha256(told.encode("utf-8", "replace")).hexdigest()
    blocks += _correction(item_meta, changed, remarks)
    pictures = [
        Picture(*fields)
        for reference in kept.all("pictures of", guid)
        if (fields := kept.one("picture", reference))
    ]
    sections, topics = _terms(item_meta, meta)
    return StoryRecord(
        place=f"{place} “{texts.shorten(headline, 60)}”" if headline else place,
        source=SOURCE,
        source_id=guid[:500],
        headline=headline,
        standfirst=_standfirst(meta, second, top, headline),
        body=(
            *blocks,
            *(
                [bodies.gallery(pictures[1:])]
                if len(pictures) > 2
                else map(bodies.picture, pictures[1:])
            ),
        ),
        bylines=_bylines(meta, top),
        dateline=_dateline(meta, top),
        published_at=published_at,
        updated_at=changed if changed and published_at and changed > published_at else None,
        embargoed_until=moment(item_meta, "embargoed"),
        sections=sections,
        topics=topics,
        lead_picture=next(iter(pictures), None),
        language=item.get(_LANGUAGE) or "",
        old_addresses=tuple(_addresses(item_meta, meta, guid)),
        standing=_STANDINGS.get(
            _code(nitf.within(item, "itemMeta", "pubStatus")) or "usable", Standing.DRAFT
        ),
        remarks=tuple(remarks),
    )


def _part(item: etree._Element, name: str) -> Children:
    """Return a part of an item; an empty one for none."""
    found = markup.child(item, name)
    return Children(found if found is not None else etree.Element("none"))


def _nitf(content: etree._Element | None) -> etree._Element | None:
    for one in content.iter() if content is not None else ():
        if markup.name(one) == "nitf":
            return one
    return None


def _body(
    content: etree._Element | None,
    inner: etree._Element | None,
    remarks: list[str],
    wishes: Wishes,
) -> tuple[Block, ...]:
    if inner is not None:
        made = nitf.blocks_of(nitf.within(inner, "body"), wishes.limits)
        remarks += made.remarks
        return made.blocks
    for one in content if content is not None else ():
        match markup.name(one):
            case "inlineXML":
                html = next((e for e in one.iter() if markup.name(e).lower() == "body"), one)
                made = bodies.from_tree(html, limits=wishes.limits)
            case "inlineData":
                text = markup.words(one)
                if "<p" not in text.lower() and "html" not in (one.get("contenttype") or ""):
                    return bodies.from_plain(text)
                made = bodies.convert(_indented(text), limits=wishes.limits)
            case _:
                continue
        remarks += made.remarks
        return made.blocks
    if content is not None and any(markup.name(one) == "remoteContent" for one in content):
        remarks.append("its text is in another place that the file only names")
    return ()


def _indented(text: str) -> str:
    # Wire copy in one <p>: a paragraph begins where a line is indented.
    return text.replace("\n   ", "\n<br><br>")


def _correction(item_meta: Children, at: Any, remarks: list[str]) -> tuple[Block, ...]:
    note = texts.line(item_meta.text("edNote"))
    if not note:
        return ()
    corrects = any(
        "correction" in (one.get("qcode") or "").lower() for one in item_meta.all("signal")
    )
    if corrects and at is not None:
        text = bodies.paragraph(note)["value"]
        return ({"type": "correction", "value": {"corrected_at": at, "text": text}},)
    remarks.append("a note to editors was left out")
    return ()


def _standfirst(
    meta: Children, second: list[etree._Element], top: etree._Element | None, headline: str
) -> str:
    for one in meta.all("description"):
        if (one.get("role") or "").lower().endswith(("summary", "abstract", "teaser", "lead")):
            return texts.line(markup.words(one))
    if second:
        return texts.line(markup.words(second[0]))
    return nitf.standfirst_of(top, headline)


def _bylines(meta: Children, top: etree._Element | None) -> tuple[Byline, ...]:
    if found := tuple(one for by in meta.all("by") for one in texts.bylines(markup.words(by))):
        return found
    if found := nitf.bylines_of(top):
        return found
    named = [_name(one) for one in meta.all("creator")]
    return tuple(dict.fromkeys(texts.byline(name) for name in named if name))


def _dateline(meta: Children, top: etree._Element | None) -> str:
    said = meta.text("dateline")
    if said:
        return texts.shorten(datelines.place(said), 120)
    if found := nitf.dateline_of(top):
        return found
    return next(
        (texts.shorten(name, 120) for one in meta.all("located") if (name := _name(one))), ""
    )


def _terms(item_meta: Children, meta: Children) -> tuple[tuple[Term, ...], tuple[Term, ...]]:
    section = next((name for one in item_meta.all("service") if (name := _name(one))), "")
    topics: list[str] = []
    for one in meta.all("subject"):
        code, name = _code(one), _name(one)
        if not name:
            continue
        top = (one.get("qcode") or "").startswith(("medtop:", "subj:")) and code.endswith("000000")
        if top and not section:
            section = name
        else:
            topics.append(name)
    topics += [texts.line(markup.words(one)) for one in meta.all("keyword")]
    names = [name for name in dict.fromkeys(topics) if name and name != section]
    return (Term(section),) if section else (), tuple(map(Term, names[:_MOST_TOPICS]))


def _addresses(item_meta: Children, meta: Children, guid: str) -> Iterator[str]:
    for one in (*item_meta.all("altId"), *meta.all("altId")):
        said = markup.words(one) or one.get("id") or ""
        if said.startswith(("http://", "https://")):
            yield said
    for one in item_meta.all("link"):
        # Where the same story is on the web; other links lead to other stories.
        if (one.get("rel") or "").endswith((":canonical", ":alternate", ":sameAs")):
            yield one.get("href") or ""
    if guid.startswith(("http://", "https://")):
        yield guid


def _picture(item: etree._Element) -> Picture | None:
    content, meta = nitf.within(item, "contentSet"), markup.child(item, "contentMeta")
    sized: list[tuple[int, str]] = []
    for one in markup.children(content, "remoteContent") if content is not None else ():
        if address := (one.get("href") or "").removeprefix("file:///").removeprefix("./").strip():
            width = one.get("width") or ""
            sized.append((int(width) if width.isdigit() and len(width) < 7 else 0, address))
    if not sized or meta is None:
        return None
    about = Children(meta)
    captions = [markup.words(one) for one in about.all("description")]
    creators = [_name(one) for one in about.all("creator")]
    credit = texts.line(about.text("creditline"))
    names = dict.fromkeys(filter(None, [*creators[:1], credit]))
    return Picture(
        max(sized)[1],
        caption=texts.shorten(texts.line(captions[0]) if captions else "", 500),
        credit=texts.shorten("/".join(names), 160),
        alternative_text=texts.shorten(texts.line(about.text("headline")), 300),
    )
