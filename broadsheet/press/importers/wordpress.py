"""WordPress: exports in WXR 1.0 to 1.2, as the tool “Export” of its back office writes them.

There is no specification; what is read is what its exporter writes (wp-admin/includes/export.php).
Namespaces are told apart by their names' ends, since exports differ in version and scheme.
"""

import hashlib
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import quote, unquote, urljoin, urlsplit

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
    Standing,
    StoryRecord,
    Term,
    Wishes,
)
from broadsheet.press.importers.shelf import Shelf, shelf
from broadsheet.press.importers.shortcodes import to_markup
from broadsheet.press.importers.sources import Source, UnreadableError

SOURCE = "wordpress"
_TOP = {"item", "author", "category", "tag", "term"}
# What WordPress and its plug-ins keep in the same table as stories, and is none.
_NO_STORIES = {
    "attachment": "pictures and other attachments",
    "page": "pages (--pages brings them in)",
    "nav_menu_item": "menu items",
    "revision": "old versions",
    "guest-author": "profiles of authors",
    "custom_css": "style sheets",
    "customize_changeset": "settings",
    "oembed_cache": "settings",
    "user_request": "settings",
    "wp_block": "reusable blocks",
    "wp_template": "templates",
    "wp_template_part": "templates",
    "wp_global_styles": "style sheets",
    "wp_navigation": "menu items",
    "wp_font_family": "settings",
    "wp_font_face": "settings",
    "acf-field": "settings",
    "acf-field-group": "settings",
    "newspack_correction": "corrections",
    "newspack_corrections": "corrections",
}
_STANDINGS = {
    "publish": Standing.PUBLISHED,
    "future": Standing.SCHEDULED,
    "draft": Standing.DRAFT,
    "pending": Standing.DRAFT,
    "private": Standing.DRAFT,
    "inherit": Standing.PUBLISHED,
}
_SIZE = re.compile(r"-\d{2,5}x\d{2,5}(?=\.[A-Za-z]{3,4}$)")


def read(sources: Sequence[Source], wishes: Wishes) -> Iterator[Item]:
    """Yield the stories of exports that belong together: pictures may be in another file."""
    with shelf() as kept:
        site = _Site(kept, wishes)
        for source in sources:
            try:
                for element in markup.elements(source, _TOP, wishes.limits):
                    site.learn(element)
            except UnreadableError:
                # The second reading says so.
                continue
        for source in sources:
            yield from site.stories(source)


class _Site:
    """What is known of the whole site before its first story."""

    def __init__(self, kept: Shelf, wishes: Wishes) -> None:
        self.kept = kept
        self.wishes = wishes
        self.base = ""
        self.language = ""
        self.authors: dict[str, str] = {}
        self.sections: dict[str, tuple[str, str]] = {}
        self.term_slugs: dict[str, str] = {}

    def learn(self, tag: etree._Element) -> None:
        """Take in an author, a category, an attachment, a correction."""
        element = Children(tag)
        match markup.name(tag):
            case "author":
                login = _text(element, "author_login")
                self.authors[login] = texts.line(_text(element, "author_display_name")) or login
            case "category":
                slug = _text(element, "category_nicename")
                self.sections[slug] = (
                    texts.line(_text(element, "cat_name")) or slug,
                    _text(element, "category_parent"),
                )
                self.term_slugs[_text(element, "term_id")] = slug
            case "term" if _text(element, "term_taxonomy") == "category":
                slug = _text(element, "term_slug")
                name = texts.line(_text(element, "term_name")) or slug
                self.sections.setdefault(slug, (name, _text(element, "term_parent")))
                self.term_slugs[_text(element, "term_id")] = slug
            case "item":
                self._learn_item(element)
        if not self.base:
            self._learn_channel(tag.getparent())

    def _learn_channel(self, parent: etree._Element | None) -> None:
        if parent is None:
            return
        channel = Children(parent)
        for name in ("base_blog_url", "base_site_url", "link"):
            if address := bodies.web_address(_text(channel, name)):
                self.base = address.rstrip("/") + "/"
                break
        self.language = self.language or _text(channel, "language")

    def _learn_item(self, item: Children) -> None:
        kind = _text(item, "post_type")
        number = _text(item, "post_id")
        self.kept.put("guid", number, _text(item, "guid"))
        if kind == "attachment":
            # An address may stand in "link" alone where a tool other than WordPress wrote the file.
            address = _text(item, "attachment_url") or _text(item, "guid")
            meta = _meta(item)
            self.kept.put(
                "picture",
                number,
                {
                    "address": address,
                    "alternative_text": texts.line(meta.get("_wp_attachment_image_alt", "")),
                    "caption": texts.line(_encoded(item, "excerpt") or _encoded(item, "content")),
                    "credit": texts.line(
                        meta.get("_media_credit", "") or meta.get("_navis_media_credit", "")
                    ),
                },
            )
            if (parent := _text(item, "post_parent")) not in {"", "0"}:
                self.kept.put("of story", parent, number)
        elif kind == "guest-author":
            meta = _meta(item)
            login = meta.get("cap-user_login", "") or _text(item, "post_name").removeprefix("cap-")
            name = texts.line(meta.get("cap-display_name", "") or _text(item, "title"))
            self.authors.setdefault(login, name or login)
        elif kind.startswith("newspack_correction"):
            meta = _meta(item)
            story = next(
                (value for key, value in meta.items() if "correction" in key and "post" in key), ""
            )
            self.kept.put(
                "correction",
                story or _text(item, "post_parent"),
                {
                    "at": _text(item, "post_date_gmt") or _text(item, "post_date"),
                    "text": _encoded(item, "content") or _text(item, "title"),
                },
            )

    def stories(self, source: Source) -> Iterator[Item]:
        """Yield one file's stories, and a remark on what was none."""
        others = Counter[str]()
        comments = 0
        number = 0
        place = source.name
        try:
            for tag in markup.elements(source, _TOP, self.wishes.limits):
                if markup.name(tag) != "item":
                    continue
                element = Children(tag)
                number += 1
                title = texts.shorten(texts.line(_text(element, "title")), 60)
                place = f"{source.name}, line {tag.sourceline}, item {number}"
                place += f" “{title}”" if title else ""
                comments += len(element.all("comment"))
                kind = _text(element, "post_type") or "post"
                if (other := self._no_story(element, kind)) is not None:
                    others[other] += 1
                    continue
                try:
                    yield self.story(element, kind, place)
                except (ValueError, KeyError, TypeError, LookupError) as error:
                    yield Complaint(place, f"{type(error).__name__}: {error}")
        except UnreadableError as error:
            yield Complaint(f"{source.name}, after item {number}", str(error))
        for what, count in others.items():
            yield Remark(source.name, f"no stories, and left out: {what} ({count})")
        if comments:
            yield Remark(source.name, f"no stories, and left out: comments of readers ({comments})")
        if not number:
            yield Remark(source.name, "the file holds no items")

    def _no_story(self, item: Children, kind: str) -> str | None:
        status = _text(item, "status")
        if status in {"trash", "auto-draft"}:
            return {"trash": "in the bin", "auto-draft": "empty drafts"}[status]
        if kind == "page" and self.wishes.pages:
            return None
        return _NO_STORIES.get(kind)

    def story(self, item: Children, kind: str, place: str) -> StoryRecord:
        remarks: list[str] = []
        meta = _meta(item)
        number = _text(item, "post_id")
        slug = _slug(_text(item, "post_name"))
        body, teaser_words = self._body(item, number, remarks)
        body += self._corrections(number, remarks)
        standing = _STANDINGS.get(_text(item, "status") or "publish", Standing.DRAFT)
        if _text(item, "status") == "private":
            remarks.append("private there: it comes in as a draft")
        if _text(item, "post_password"):
            standing = Standing.DRAFT
            remarks.append("protected by a password there: it comes in as a draft")
        sections, topics = self._terms(item, meta)
        standfirst = texts.line(
            meta.get("newspack_post_subtitle", "")
            or _encoded(item, "excerpt")
            or meta.get("_yoast_wpseo_metadesc", "")
        )
        return StoryRecord(
            place=place,
            source=SOURCE,
            source_id=self._identity(item, number),
            headline=texts.line(_text(item, "title")),
            standfirst=standfirst,
            body=body,
            bylines=self._bylines(item, remarks),
            published_at=self._moment(item),
            sections=sections,
            topics=topics,
            lead_picture=self._picture(meta.get("_thumbnail_id", ""), remarks),
            access=_access(meta),
            language=self.language,
            old_addresses=tuple(self._addresses(item, kind, number)),
            own_hosts=frozenset(filter(None, [urlsplit(self.base).hostname])),
            standing=standing,
            slug=slug,
            comments={"open": "open", "closed": "closed"}.get(_text(item, "comment_status"), ""),
            teaser_words=teaser_words,
            search_title=_plain_title(meta.get("_yoast_wpseo_title", "")),
            search_description=texts.line(meta.get("_yoast_wpseo_metadesc", "")),
            remarks=tuple(remarks),
        )

    def _identity(self, item: Children, number: str) -> str:
        parts = urlsplit(self.base)
        site = (parts.hostname or "").removeprefix("www.") + parts.path.rstrip("/")
        if number.isdigit():
            known = f"{site}:{number}"
            if len(set(self.kept.all("guid", number))) > 1:
                # Two stories with one number: exports that were put together by hand.
                known += f":{_text(item, 'guid')}"
            return known[:400]
        given = _text(item, "guid") or _text(item, "link")
        if not given:
            given = hashlib.sha256(etree.tostring(item.element)).hexdigest()
        return given[:400]

    def _moment(self, item: Children) -> Any:
        return (
            texts.moment(_gmt(_text(item, "post_date_gmt")), self.wishes.zone)
            or texts.moment(_text(item, "post_date"), self.wishes.zone)
            or texts.moment(_text(item, "pubDate"), self.wishes.zone)
        )

    def _body(
        self, item: Children, number: str, remarks: list[str]
    ) -> tuple[tuple[Block, ...], int | None]:
        content = _encoded(item, "content")
        written_in_blocks = "<!-- wp:" in content
        remarks += [
            f"the block “{name}” has no words in the export"
            for name in _DYNAMIC.findall(content)
            if name not in _EMPTY_BLOCKS
        ]
        content, unknown = to_markup(content)
        for name, count in unknown.items():
            times = f" ({count} times)" if count > 1 else ""
            remarks.append(f"the shortcode [{name}] is not known; the words in it stay{times}")

        def pictures(numbers: Sequence[str] | None) -> list[Picture]:
            wanted = self.kept.all("of story", number) if numbers is None else numbers
            found = (self._picture(one, []) for one in wanted)
            return [one for one in found if one and bodies._is_picture(one.address)]

        converted = bodies.convert(
            _EMBEDDED_BLOCK.sub(r'<iframe src="\1"></iframe>', content),
            base=self.base,
            newlines=not written_in_blocks,
            pictures=pictures,
            limits=self.wishes.limits,
        )
        remarks += converted.remarks
        return tuple(self._full_size(block) for block in converted.blocks), None

    def _full_size(self, block: Block) -> Block:
        # WordPress prints a size of its own making; the picture itself has the name without it.
        if block["type"] == "picture":
            shown = block["value"]["picture"]
            if _SIZE.search(shown.address) and "/uploads/" in shown.address:
                block["value"]["picture"] = Picture(
                    _SIZE.sub("", shown.address),
                    shown.alternative_text,
                    shown.caption,
                    shown.credit,
                )
        return block

    def _corrections(self, number: str, remarks: list[str]) -> tuple[Block, ...]:
        made = []
        for one in self.kept.all("correction", number):
            at = texts.moment(_gmt(one["at"]), self.wishes.zone)
            said = bodies.convert(one["text"], base=self.base, newlines=True).blocks
            text = "".join(block["value"] for block in said if block["type"] == "paragraph")
            if at is None or not text:
                remarks.append("a correction without a date or a text was left out")
                continue
            made.append({"type": "correction", "value": {"corrected_at": at, "text": text}})
        return tuple(made)

    def _picture(self, number: str, remarks: list[str]) -> Picture | None:
        if not number or number == "0":
            return None
        found = self.kept.one("picture", number)
        if not found or not found["address"]:
            remarks.append(f"its picture (attachment {number[:20]}) is not in the file")
            return None
        return Picture(
            found["address"],
            texts.shorten(found["alternative_text"], 300),
            texts.shorten(found["caption"], 500),
            texts.shorten(found["credit"], 160),
        )

    def _bylines(self, item: Children, remarks: list[str]) -> tuple[Byline, ...]:
        found = []
        for one in item.all("category"):
            if one.get("domain") == "author":
                login = (one.get("nicename") or "").removeprefix("cap-")
                found.append(self.authors.get(login) or markup.words(one) or login)
        if not found:
            login = _text(item, "creator")
            found = [self.authors.get(login, login)] if login else []
        made = []
        for said in filter(None, map(texts.line, found)):
            name, at, _ = said.partition("@")
            if at and name and " " not in said:
                remarks.append(
                    "an author is known by an e-mail address only: the byline is what stands before the @"
                )
            else:
                name = said
            made.append(texts.byline(name))
        return tuple(dict.fromkeys(made))

    def _terms(
        self, item: Children, meta: dict[str, str]
    ) -> tuple[tuple[Term, ...], tuple[Term, ...]]:
        categories: dict[str, str] = {}
        tags: dict[str, str] = {}
        for one in item.all("category"):
            name = texts.line(markup.words(one))
            slug = unquote(one.get("nicename") or "")
            # A category without a domain is a tag's or a category's second, nameless entry.
            if one.get("domain") == "category" and slug != "uncategorized":
                categories.setdefault(slug or name, name or slug)
            elif one.get("domain") in {"post_tag", "tag"}:
                tags.setdefault(slug or name, name or slug)
        primary = self.term_slugs.get(meta.get("_yoast_wpseo_primary_category", ""), "")
        chosen = primary if primary in categories else next(iter(categories), "")
        # The section is the first category; where a section of it is named too, that one.
        if not primary:
            chosen = next((slug for slug in categories if chosen in self._above(slug)[1:]), chosen)
        path = self._above(chosen) if chosen else []
        sections = tuple(
            Term(self.sections.get(slug, (categories.get(slug, slug), ""))[0], _slug(slug))
            for slug in reversed(path)
        )
        others = {slug: name for slug, name in categories.items() if slug not in path}
        topics = tuple(Term(name, _slug(slug)) for slug, name in {**others, **tags}.items())
        return sections, topics

    def _above(self, slug: str) -> list[str]:
        """Return a category and those above it, the lowest first."""
        path = [slug]
        while (above := self.sections.get(path[-1], ("", ""))[1]) and above not in path:
            if above not in self.sections or len(path) > 8:
                break
            path.append(above)
        return path

    def _addresses(self, item: Children, kind: str, number: str) -> Iterator[str]:
        link = _text(item, "link")
        if link:
            yield link
        guid = _text(item, "guid")
        if guid.startswith(("http://", "https://")) and guid != link:
            yield guid
        if number.isdigit():
            yield f"/?p={number}"
            if (path := urlsplit(self.base).path) not in {"", "/"}:
                yield f"{path}?p={number}"
            if kind == "page":
                yield f"/?page_id={number}"
        path = urlsplit(link).path.rstrip("/")
        slug = _text(item, "post_name")
        if slug and path.rpartition("/")[2] == slug:
            for old in _all_meta(item, "_wp_old_slug"):
                yield urljoin(link, f"{path.rpartition('/')[0]}/{quote(unquote(old))}/")


# Blocks that a page makes anew each time, so that the export holds their name only.
_DYNAMIC = re.compile(r"<!-- wp:([a-z][\w/-]{0,80})(?: \{[^\n]{0,5000}\})? /-->")
_EMPTY_BLOCKS = {"separator", "spacer", "more", "nextpage"}
_EMBEDDED_BLOCK = re.compile(
    r'<!-- wp:(?:core-)?embed[\w/-]{0,40} \{[^\n]{0,3000}?"url":"(https?:[^"\s]{4,2000})"[^\n]{0,3000}?\} /-->'
)


def _text(element: Children, name: str) -> str:
    return texts.clean(element.text(name))


def _encoded(item: Children, which: str) -> str:
    """Return content:encoded or excerpt:encoded."""
    for one in item.all("encoded"):
        is_excerpt = "excerpt" in str(one.tag).rpartition("encoded")[0]
        if is_excerpt == (which == "excerpt"):
            return texts.clean(markup.words(one))
    return ""


def _meta(item: Children) -> dict[str, str]:
    """Return a story's own fields; of several with one name the last."""
    return {
        _text(one, "meta_key"): _text(one, "meta_value")
        for one in map(Children, item.all("postmeta"))
    }


def _all_meta(item: Children, name: str) -> list[str]:
    rows = map(Children, item.all("postmeta"))
    return [
        value
        for one in rows
        if _text(one, "meta_key") == name and (value := _text(one, "meta_value"))
    ]


def _gmt(text: str) -> str:
    return f"{text}+00:00" if text and not text.startswith("0000") else ""


def _slug(name: str) -> str:
    name = unquote(name)
    return re.sub(r"\.(?:html?|php)$", "", name)


def _plain_title(text: str) -> str:
    # Yoast's own placeholders, as in “%%title%% %%sep%% %%sitename%%”.
    return "" if "%%" in text else texts.line(text)


def _access(meta: dict[str, str]) -> str:
    """Return the access level that a plug-in's fields stand for; empty for the paper's own."""
    exempt = meta.get("newspack_content_restriction_is_exempt", "")
    if exempt in {"1", "yes", "true"} or meta.get("_wc_memberships_force_public") == "yes":
        return "free"
    leaky = meta.get("_issuem_leaky_paywall_visibility", "")
    # PHP's own notation: s:15:"visibility_type";s:4:"only".
    if match := re.search(r'"visibility_type";s:\d+:"(\w+)"', leaky):
        return {"default": "", "always": "free"}.get(match[1], "subscribers")
    return ""
