"""Ghost: its export (Settings, Export), what its API and migration tools write, redirects.json.

An export holds tables. Stories come before their authors and topics, so the file is read twice.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from broadsheet.press.importers import bodies, lexical, texts
from broadsheet.press.importers.jsons import Stream
from broadsheet.press.importers.records import (
    Block,
    Byline,
    Complaint,
    Item,
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
from broadsheet.press.importers.shelf import Shelf, shelf
from broadsheet.press.importers.sources import Source, UnreadableError

SOURCE = "ghost"
_KEPT = {"users", "tags", "posts_authors", "posts_tags", "posts_meta"}
_ACCESS = {"public": "free", "members": "readers", "paid": "subscribers", "tiers": "subscribers"}
_STANDINGS = {
    "published": Standing.PUBLISHED,
    "scheduled": Standing.SCHEDULED,
    "draft": Standing.DRAFT,
    "sent": Standing.DRAFT,
}
_PAYWALL = re.compile(r"<!--\s*members-only\s*-->", re.IGNORECASE)
_PATTERN = re.compile(r"[\^$*+()\[\]{}|\\]|\.\?")
_GHOST = "__GHOST_URL__"


def read(sources: Sequence[Source], wishes: Wishes) -> Iterator[Item]:
    """Yield the stories of exports, and the redirects of a redirects.json."""
    with shelf() as kept:
        for source in sources:
            try:
                for table, row in _tables(Stream(source.text(), wishes.limits)):
                    _learn(kept, table, row)
            except UnreadableError:
                # The second reading says so.
                continue
        for source in sources:
            yield from _stories(source, kept, wishes)


def _tables(stream: Stream) -> Iterator[tuple[str, Any]]:
    """Yield (table, row) for every row, wherever the tables are."""
    if stream.kind() == "[":
        for _ in stream.items():
            yield "redirects", stream.value()
        return
    yield from _within(stream, 0)


def _within(stream: Stream, depth: int) -> Iterator[tuple[str, Any]]:
    for key in stream.entries():
        kind = stream.kind()
        if depth < 3 and key == "db" and kind == "[":
            for _ in stream.items():
                if stream.kind() == "{":
                    yield from _within(stream, depth + 1)
        elif depth < 3 and key == "data" and kind == "{":
            yield from _within(stream, depth + 1)
        elif (key in _KEPT or key == "posts") and kind == "[":
            for _ in stream.items():
                yield key, stream.value()


def _learn(kept: Shelf, table: str, row: Any) -> None:
    if not isinstance(row, Mapping):
        return
    match table:
        case "users":
            kept.put("user", text_of(row.get("id")), text_of(row.get("name")))
        case "tags":
            tag = [text_of(row.get(one)) for one in ("name", "slug", "visibility")]
            kept.put("tag", text_of(row.get("id")), tag)
        case "posts_authors":
            author = (row.get("sort_order"), text_of(row.get("author_id")))
            kept.put("authors", text_of(row.get("post_id")), author)
        case "posts_tags":
            tagged = (row.get("sort_order"), text_of(row.get("tag_id")))
            kept.put("tags", text_of(row.get("post_id")), tagged)
        case "posts_meta":
            wanted = (
                "feature_image_alt",
                "feature_image_caption",
                "meta_title",
                "meta_description",
            )
            about = {one: text_of(row.get(one)) for one in wanted}
            kept.put("meta", text_of(row.get("post_id")), about)


def _stories(source: Source, kept: Shelf, wishes: Wishes) -> Iterator[Item]:
    number = 0
    pages = 0
    try:
        for table, row in _tables(Stream(source.text(), wishes.limits)):
            if table not in {"posts", "redirects"}:
                continue
            number += 1
            post = at(row, "data") if isinstance(at(row, "data"), Mapping) else row
            place = f"{source.name}, item {number}"
            if not isinstance(post, Mapping):
                yield Complaint(place, "it is no story but a bare value")
                continue
            if table == "redirects":
                yield _redirect(post, place)
                continue
            if title := texts.shorten(texts.line(text_of(post.get("title"))), 60):
                place += f" “{title}”"
            is_page = text_of(post.get("type")) == "page" or post.get("page") is True
            if is_page and not wishes.pages:
                pages += 1
                continue
            try:
                yield _story(post, text_of(at(row, "url")), place, kept, wishes)
            except (ValueError, TypeError, LookupError) as error:
                yield Complaint(place, f"{type(error).__name__}: {error}")
    except UnreadableError as error:
        yield Complaint(f"{source.name}, after item {number}", str(error))
    if pages:
        yield Remark(
            source.name, f"no stories, and left out: pages (--pages brings them in) ({pages})"
        )
    if not number:
        yield Remark(source.name, "the file holds no stories")


def _redirect(row: Mapping[str, Any], place: str) -> Item:
    old, new = text_of(row.get("from")), text_of(row.get("to"))
    if not old or not new:
        return Complaint(place, "a redirect without “from” or “to”")
    if _PATTERN.search(old):
        return Complaint(
            place, f"“{texts.shorten(old, 80)}” is a pattern: list the addresses one by one"
        )
    return Redirect(place, old, new)


def _story(
    post: Mapping[str, Any], url: str, place: str, kept: Shelf, wishes: Wishes
) -> StoryRecord:
    remarks: list[str] = []
    number = text_of(post.get("id")) or text_of(post.get("uuid")) or text_of(post.get("comment_id"))
    slug = text_of(post.get("slug"))
    identity = number or url or slug
    if not identity:
        raise ValueError("it has no id, no address and no slug")
    meta = kept.one("meta", number) or {}
    site = wishes.site.rstrip("/")
    body, teaser_words = _body(post, site, remarks, wishes)
    status = text_of(post.get("status")) or "published"
    if status == "sent":
        remarks.append("it went out by mail only: it comes in as a draft")
    sections, topics = _terms(post, kept)
    visibility = text_of(post.get("visibility"))
    access = _ACCESS.get(visibility, "subscribers" if visibility else "")
    own = {urlsplit(one).hostname for one in (site, text_of(post.get("url")))}
    return StoryRecord(
        place=place,
        source=SOURCE,
        source_id=identity[:500],
        headline=texts.line(text_of(post.get("title"))),
        standfirst=texts.line(text_of(post.get("custom_excerpt"))),
        body=body,
        bylines=_bylines(post, kept),
        published_at=_moment(post.get("published_at")),
        sections=sections,
        topics=topics,
        lead_picture=_lead(post, meta, site),
        access=access,
        language=text_of(post.get("locale")),
        old_addresses=tuple(filter(None, [f"/{slug}/" if slug else "", text_of(post.get("url"))])),
        own_hosts=frozenset(one for one in own if one),
        standing=_STANDINGS.get(status, Standing.DRAFT),
        slug=slug,
        teaser_words=teaser_words,
        search_title=texts.line(text_of(meta.get("meta_title")) or text_of(post.get("meta_title"))),
        search_description=texts.line(
            text_of(meta.get("meta_description")) or text_of(post.get("meta_description"))
        ),
        remarks=tuple(remarks),
    )


def _moment(value: Any) -> datetime | None:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return texts.milliseconds(value)
    # Ghost keeps all moments in UTC and names no zone.
    return texts.moment(text_of(value), UTC)


def _body(
    post: Mapping[str, Any], site: str, remarks: list[str], wishes: Wishes
) -> tuple[tuple[Block, ...], int | None]:
    markup = text_of(post.get("html"))
    try:
        if not markup and (kept := text_of(post.get("lexical"))):
            markup = lexical.from_lexical(kept)
        elif not markup and (kept := text_of(post.get("mobiledoc"))):
            markup = lexical.from_mobiledoc(kept)
    except (ValueError, RecursionError) as error:
        raise ValueError(f"its text can't be read ({error})") from error
    plain = text_of(post.get("plaintext"))
    if not markup and plain:
        return bodies.from_plain(plain), None
    markup = markup.replace(_GHOST, site)
    teaser_words = None
    if mark := _PAYWALL.search(markup):
        # What stands before it everybody may read there.
        open_part = bodies.convert(markup[: mark.start()], limits=wishes.limits).blocks
        teaser_words = sum(
            len(texts.line(block["value"]).split())
            for block in open_part
            if isinstance(block["value"], str)
        )
    converted = bodies.convert(markup, base=f"{site}/" if site else "", limits=wishes.limits)
    remarks += converted.remarks
    return converted.blocks, teaser_words


def _bylines(post: Mapping[str, Any], kept: Shelf) -> tuple[Byline, ...]:
    named = [text_of(one.get("name")) for one in rows(post.get("authors"))]
    if isinstance(author := post.get("author"), Mapping):
        named += [text_of(author.get("name")) or text_of(at(author, "data", "name"))]
    if not any(named):
        order = sorted(kept.all("authors", text_of(post.get("id"))), key=_order)
        named = [kept.one("user", number) or "" for _, number in order]
    return tuple(dict.fromkeys(texts.byline(name) for name in named if texts.line(name)))


def _order(row: Any) -> int:
    return row[0] if isinstance(row[0], int) else 0


def _terms(post: Mapping[str, Any], kept: Shelf) -> tuple[tuple[Term, ...], tuple[Term, ...]]:
    """Return section and topics: the first tag is the section, those with a # are internal."""
    found: list[Term] = []
    for one in rows(post.get("tags")):
        tag = one.get("data") if isinstance(one.get("data"), Mapping) else one
        found.append(Term(texts.line(text_of(at(tag, "name"))), text_of(at(tag, "slug"))))
    if not found:
        for _, number in sorted(kept.all("tags", text_of(post.get("id"))), key=_order):
            if tag := kept.one("tag", number):
                name, slug, visibility = tag
                if visibility != "internal":
                    found.append(Term(texts.line(name), slug))
    found = [one for one in found if one.name and not one.name.startswith("#")]
    return tuple(found[:1]), tuple(found[1:])


def _lead(post: Mapping[str, Any], meta: Mapping[str, Any], site: str) -> Picture | None:
    address = text_of(post.get("feature_image")).replace(_GHOST, site)
    if not address:
        return None

    def about(name: str) -> str:
        return texts.line(text_of(meta.get(name)) or text_of(post.get(name)))

    shown = Picture(address, texts.shorten(about("feature_image_alt"), 300))
    return bodies.credited(shown, about("feature_image_caption"))
