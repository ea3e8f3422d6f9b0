"""Turning HTML, as other systems keep it, into the blocks of a body.

Every word comes through. What is no paragraph, cross-head, quotation, picture, gallery, table or
embed becomes a ``markup`` block, sanitised; what can't be kept (scripts, forms) is said in a
remark. The tree is read once, from the top down.
"""

import html
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from html import escape
from typing import NamedTuple
from urllib.parse import urljoin, urlsplit

import nh3
from lxml import etree

from broadsheet.press.importers.records import Block, Limits, Picture
from broadsheet.press.importers.texts import clean, line, shorten, without_comments

_INLINE = {"a", "b", "strong", "i", "em", "sup", "sub", "br"}
_LISTS = {"ul", "ol", "li"}
_MARKUP = _INLINE | _LISTS | {
    "p", "div", "u", "s", "dl", "dt", "dd", "table", "caption", "thead", "tbody", "tfoot", "tr",
    "th", "td", "pre", "code", "kbd", "samp", "blockquote", "details", "summary", "figure",
    "figcaption", "h2", "h3", "h4", "h5", "h6", "hr", "abbr", "small", "q", "cite", "time",
}  # fmt: skip
_SCHEMES = {"http", "https", "mailto", "tel"}
_ATTRIBUTES = {"a": {"href"}}
_MARKUP_ATTRIBUTES = {
    "a": {"href"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan", "scope"},
    "ol": {"start"},
    "abbr": {"title"},
    "time": {"datetime"},
    "*": {"lang", "dir"},
}
# Elements that end a paragraph. What is in none of these sets is part of a line of text.
_CONTAINERS = {
    "div", "section", "article", "main", "header", "footer", "aside", "center", "body", "html",
    "nav", "hgroup", "noscript", "fieldset", "template", "block", "body.content", "block-group",
}  # fmt: skip
_HEADINGS = {"h1", "h2", "h3", "h4", "h5", "h6"}
_DROPPED = {
    "script": "script",
    "style": "style sheet",
    "form": "form",
    "input": "form",
    "button": "button",
    "select": "form",
    "textarea": "form",
    "svg": "drawing",
    "canvas": "drawing",
    "map": "image map",
    "link": "style sheet",
    "meta": "",
    "title": "",
    "head": "",
}
_PLAYERS = {"iframe", "embed", "object", "video", "audio", "applet", "amp-youtube", "amp-img"}
_AS_MARKUP = {"pre", "dl", "details", "address", "xmp", "listing"}
_BLOCKS = (
    _CONTAINERS | _HEADINGS | set(_DROPPED) | _PLAYERS | _AS_MARKUP
    | {"p", "ul", "ol", "blockquote", "figure", "table", "hr", "img", "picture", "li"}
)  # fmt: skip

# More attributes than any element has. The parser compares each with all before it: a hundred
# thousand of them take twelve seconds.
_ATTRIBUTES_BY_THE_HUNDRED = re.compile(
    r"<([A-Za-z][^\s>/]{0,60}+)"
    r"(?:[\s/]++[^\s=>/]++(?:\s*+=\s*+(?:\"[^\"]*+\"|'[^']*+'|[^\s>\"']*+))?+){400,}+"
)
# Looked for from where blanks begin, not from each of them.
_BREAKS = re.compile(r"(?<!\s)(?:\s*+<br\s*+/?>\s*+){2,}")
_EDGE_BREAKS = re.compile(r"^(?:\s|<br\s*/?>)+|(?:\s|<br\s*/?>)+$")
_BLANK_LINE = re.compile(r"\n[ \t\r\xa0]*\n\s*")
_URL = re.compile(r"https?://[^\s<>\"']{4,2000}")
_NUMBER = re.compile(r"[-+–−]?[$€£₹]?\s?\d[\d.,\u00a0 ]*\s?[%€$£]?|[-–—]?")
# Sites whose address, on a line of its own, stands for what is to be seen there.
_SHOWN = (
    "youtube.com", "youtu.be", "vimeo.com", "twitter.com", "x.com", "instagram.com", "facebook.com",
    "tiktok.com", "soundcloud.com", "open.spotify.com", "flickr.com", "dailymotion.com", "ted.com",
    "reddit.com", "bsky.app", "threads.net", "giphy.com", "scribd.com", "slideshare.net",
)  # fmt: skip
LONGEST_CROSSHEAD = 160

# Ids or None (all that belong to the story) → pictures.
type PicturesByNumber = Callable[[Sequence[str] | None], list[Picture]]


class Converted(NamedTuple):
    blocks: tuple[Block, ...]
    remarks: tuple[str, ...]


def paragraph(text: str) -> Block:
    """Return a paragraph block of plain text."""
    return {"type": "paragraph", "value": f"<p>{escape(clean(text), quote=False)}</p>"}


def picture(one: Picture) -> Block:
    return {"type": "picture", "value": {"picture": one}}


def gallery(pictures: Sequence[Picture], title: str = "") -> Block:
    return {
        "type": "gallery",
        "value": {"title": shorten(title, 120), "pictures": [{"picture": one} for one in pictures]},
    }


def embed(url: str, title: str = "") -> Block:
    """Return an embed block; ``url`` must be a web address."""
    host = (urlsplit(url).hostname or "").removeprefix("www.")
    return {"type": "embed", "value": {"url": url, "title": shorten(title, 200) or host}}


def web_address(url: str, base: str = "") -> str:
    """Return a whole web address, or nothing where there is none in it."""
    url = clean(url).strip()
    if url.startswith("//"):
        url = f"https:{url}"
    try:
        whole = urljoin(base, url) if base else url
        parts = urlsplit(whole)
        _ = parts.port
    except ValueError:
        return ""
    return whole if parts.scheme in {"http", "https"} and parts.hostname else ""


def from_plain(text: str) -> tuple[Block, ...]:
    """Return the paragraphs of plain text, parted by blank lines or, without these, by lines."""
    text = clean(text).replace("\r\n", "\n").strip()
    parts = _BLANK_LINE.split(text) if _BLANK_LINE.search(text) else text.split("\n")
    return tuple(paragraph(" ".join(part.split())) for part in parts if part.strip())


def convert(
    markup: str,
    *,
    base: str = "",
    newlines: bool = False,
    pictures: PicturesByNumber | None = None,
    limits: Limits | None = None,
) -> Converted:
    """Turn HTML into blocks.

    :param base: the address that relative addresses of pictures and players start from
    :param newlines: whether a blank line parts paragraphs and a line's end is a break, as in
        WordPress's older stories
    :param pictures: gives the pictures of a gallery by their numbers
    """
    reader = _Reader(base, newlines, pictures, limits or Limits())
    reader.read(markup)
    return Converted(tuple(reader.blocks), tuple(reader.remarks()))


def from_tree(
    element: etree._Element, *, base: str = "", limits: Limits | None = None
) -> Converted:
    """Turn XHTML, or NITF's body made into it, within another document into blocks."""
    # The serialised copy loses namespaces and the rest of the document.
    for one in element.iter():
        if isinstance(one.tag, str):
            one.tag = etree.QName(one).localname.lower()
    etree.cleanup_namespaces(element)
    markup = etree.tostring(element, encoding="unicode", method="html", with_tail=False)
    return convert(markup, base=base, limits=limits)


class _Reader:
    def __init__(
        self, base: str, newlines: bool, pictures: PicturesByNumber | None, limits: Limits
    ) -> None:
        self.base = base
        self.newlines = newlines
        self.pictures = pictures
        self.limits = limits
        self.blocks: list[Block] = []
        self.line: list[str] = []
        self.left_out = Counter[str]()
        self.said: list[str] = []

    def read(self, markup: str) -> None:
        markup = without_comments(clean(markup))
        markup = _ATTRIBUTES_BY_THE_HUNDRED.sub(r"<\1", markup).replace("<![CDATA[", "&lt;![CDATA[")
        if not markup.strip():
            return
        if "<" not in markup and "&" not in markup:
            self.text(markup)
            self.flush()
            return
        if markup.count("<") > self.limits.elements:
            self.said.append("markup of more elements than a story has: kept as plain paragraphs")
            self.blocks.extend(from_plain(html.unescape(re.sub(r"<[^<>]*>", "\n", markup))))
            return
        parser = etree.HTMLParser(
            encoding="utf-8", huge_tree=True, remove_comments=True, remove_pis=True, no_network=True
        )
        try:
            root = etree.fromstring(f"<html><body>{markup}</body></html>".encode(), parser)
            cut = any("xcessive depth" in entry.message for entry in parser.error_log)
        except (etree.XMLSyntaxError, RecursionError):
            root, cut = None, True
        if root is None or cut:
            self.said.append("markup nested too deep to be read: kept as plain paragraphs")
            self.blocks.extend(from_plain(re.sub(r"<[^<>]*>", "\n", markup)))
            return
        for top in root:
            self.flow(top, 0)
        self.flush()

    def remarks(self) -> Iterator[str]:
        for what, count in self.left_out.items():
            if what:
                yield f"left out: {what}" + (f" ({count} times)" if count > 1 else "")
        yield from self.said

    def flow(self, container: etree._Element, depth: int) -> None:
        """Read a container's text and elements in order."""
        if depth > self.limits.depth:
            self.said.append("markup nested too deep to be read: kept as plain text")
            self.line.append(escape(_words(container, " "), quote=False))
            return
        self.text(container.text)
        for child in container:
            self.element(child, depth)
            self.text(child.tail)

    def text(self, text: str | None) -> None:
        if not text:
            return
        if not self.newlines:
            self.line.append(escape(text, quote=False))
            return
        for number, part in enumerate(_BLANK_LINE.split(text.replace("\r\n", "\n"))):
            if number:
                self.flush()
            self.line.append(escape(part, quote=False).replace("\n", "<br>"))

    def element(self, child: etree._Element, depth: int) -> None:
        tag = child.tag
        if not isinstance(tag, str):
            return
        if tag not in _BLOCKS:
            if any(one.tag in _BLOCKS for one in child.iterdescendants()):
                self.wrapper(child, depth)
                return
            piece = etree.tostring(child, encoding="unicode", method="html", with_tail=False)
            self.line.append(piece.replace("\n", "<br>") if self.newlines else piece)
        elif tag in _DROPPED:
            self.left_out[_DROPPED[tag]] += 1
        elif tag == "p" or tag in _CONTAINERS:
            self.flush()
            self.flow(child, depth + 1)
            self.flush()
        elif tag == "hr":
            self.flush()
        elif tag in {"img", "amp-img"}:
            self.image(child)
        elif tag == "picture":
            for image in child.iter("img"):
                self.image(image)
        elif tag in _PLAYERS:
            self.player(child)
        else:
            self.flush()
            self.block(child, tag, depth)

    def wrapper(self, child: etree._Element, depth: int) -> None:
        """Read part of a line that holds blocks: a link around a picture, bold paragraphs."""
        if child.tag == "a":
            target = web_address(child.get("href") or "", self.base)
            images = list(child.iter("img"))
            if target and not _is_picture(target) and not images:
                self.left_out["link around a block"] += 1
        self.flow(child, depth + 1)

    def block(self, child: etree._Element, tag: str, depth: int) -> None:
        if tag in _HEADINGS:
            self.heading(child)
        elif tag == "blockquote":
            self.quotation(child, depth)
        elif tag == "figure":
            self.figure(child, depth)
        elif tag == "table":
            self.table(child, depth)
        elif tag in {"ul", "ol", "li"}:
            self.list(child, depth)
        else:
            self.markup(child)

    def flush(self) -> None:
        """End the paragraph."""
        if not self.line:
            return
        text = "".join(self.line)
        self.line = []
        for part in _BREAKS.split(text):
            if not part or part.isspace():
                continue
            kept = _EDGE_BREAKS.sub("", _inline(part))
            if not kept or not line(kept):
                continue
            if self.newlines and (url := _URL.fullmatch(kept)) and _is_shown(url[0]):
                self.blocks.append(embed(url[0].replace("&amp;", "&")))
                continue
            self.blocks.append({"type": "paragraph", "value": f"<p>{kept}</p>"})

    def heading(self, child: etree._Element) -> None:
        for media in _media(child):
            self.element(media, 0)
        words = line(_words(child))
        if not words:
            return
        if len(words) > LONGEST_CROSSHEAD:
            value = f"<p><b>{escape(words, quote=False)}</b></p>"
            self.blocks.append({"type": "paragraph", "value": value})
        else:
            self.blocks.append({"type": "crosshead", "value": words})

    def quotation(self, child: etree._Element, depth: int) -> None:
        kinds = (child.get("class") or "").lower()
        if any(known in kinds for known in ("twitter-", "instagram-media", "tiktok-embed", "fb-")):
            links = [one.get("href") or "" for one in child.iter("a")]
            links += [child.get("cite") or "", child.get("data-instgrm-permalink") or ""]
            links = [one for one in links if _is_shown(one)]
            if links:
                self.blocks.append(embed(links[-1], line(_words(child))))
                return
        speaker = ""
        for cite in [*child.iter("cite"), *child.iter("footer")]:
            said = line(_words(cite)).lstrip("—–-― ").strip()
            if said and not speaker:
                speaker = said
            cite.clear(keep_tail=True)  # type: ignore[call-arg]
        inner = _Reader(self.base, self.newlines, self.pictures, self.limits)
        inner.flow(child, depth + 1)
        inner.flush()
        self.left_out.update(inner.left_out)
        self.said += inner.said
        self.quote(inner.blocks, speaker)

    def quote(self, inner: list[Block], speaker: str) -> None:
        """Add a quotation of these blocks; what is no paragraph follows it."""
        said = [one["value"] for one in inner if one["type"] == "paragraph"]
        name, _, office = speaker.partition(",")
        if len(name) > 120 or len(office) > 160:
            said.append(f"<p>{escape(speaker, quote=False)}</p>")
            name = office = ""
        if said:
            value = {"text": "".join(said), "speaker": name.strip(), "office": office.strip()}
            self.blocks.append({"type": "quotation", "value": value})
        elif speaker:
            self.blocks.append(paragraph(speaker))
        self.blocks += [one for one in inner if one["type"] != "paragraph"]

    def figure(self, child: etree._Element, depth: int) -> None:
        kinds = (child.get("class") or "").lower()
        if (numbers := child.get("data-pictures")) is not None and self.pictures:
            found = self.pictures(numbers.split(",") if numbers else None)
            if found:
                self.blocks.append(gallery(found))
            else:
                self.said.append("a gallery names pictures that are not in the file")
            return
        captions = [one for one in child.iter("figcaption") if one.getparent() is not None]
        own = captions[-1] if captions else None
        words = _caption(own)
        if (table := next(child.iter("table"), None)) is not None:
            self.table(table, depth, caption=words)
            return
        if (quoted := next(child.iter("blockquote"), None)) is not None:
            if own is not None and own.getparent() is child:
                etree.SubElement(quoted, "cite").text = words
            self.quotation(quoted, depth)
            return
        bookmark = next((a for a in child.iter("a") if "bookmark" in (a.get("class") or "")), None)
        if bookmark is not None and (url := web_address(bookmark.get("href") or "", self.base)):
            titles = [d for d in child.iter("div") if "title" in (d.get("class") or "")]
            self.blocks.append(embed(url, line(_words(titles[0])) if titles else words))
            return
        images = [one for one in child.iter("img") if _source(one)]
        players = [one for one in child.iter() if one.tag in _PLAYERS]
        if images and not players:
            shown = [self.shown(one) for one in images]
            if len(shown) == 1:
                self.blocks.append(_captioned(shown[0], words))
            else:
                self.blocks.append(
                    gallery([_own_caption(i, p) for i, p in zip(images, shown, strict=True)], words)
                )
            return
        if own is not None:
            own.getparent().remove(own)  # type: ignore[union-attr]
        before = len(self.blocks)
        address = _URL.search(_words(child, " "))
        if not players and address and ("embed" in kinds or _is_shown(address[0])):
            self.blocks.append(embed(address[0], words))
            return
        self.flow(child, depth + 1)
        self.flush()
        if words:
            made = self.blocks[before:]
            if len(made) == 1 and made[0]["type"] == "embed":
                made[0]["value"]["title"] = shorten(words, 200)
            else:
                self.blocks.append(paragraph(words))

    def image(self, image: etree._Element) -> None:
        if not _source(image):
            if (image.get("src") or "").startswith("data:"):
                self.left_out["picture inside the text's own markup (data:)"] += 1
            return
        if image.get("width") in {"0", "1"} or image.get("height") in {"0", "1"}:
            self.left_out["invisible picture that counts readers"] += 1
            return
        self.flush()
        self.blocks.append(picture(self.shown(image)))

    def shown(self, image: etree._Element) -> Picture:
        address = urljoin(self.base, _source(image)) if self.base else _source(image)
        return Picture(clean(address), alternative_text=shorten(line(image.get("alt") or ""), 300))

    def player(self, child: etree._Element) -> None:
        addresses = [child.get("src"), child.get("data-src"), child.get("data")]
        addresses += [
            one.get("src") or one.get("value") for one in child.iter("source", "param", "embed")
        ]
        if child.tag == "amp-youtube":
            addresses.append(f"https://www.youtube.com/watch?v={child.get('data-videoid')}")
        url = next(filter(None, (web_address(one or "", self.base) for one in addresses)), "")
        self.flush()
        if url:
            self.blocks.append(embed(url, line(child.get("title") or "")))
        else:
            self.left_out["player without an address"] += 1
        fallback = line(_words(child))
        if child.tag in {"object", "applet"} and fallback:
            self.blocks.append(paragraph(fallback))

    def list(self, child: etree._Element, depth: int) -> None:
        media = _media(child)
        if child.tag == "li":
            # An item without its list.
            self.flow(child, depth + 1)
            self.flush()
            return
        if "blocks-gallery" in (child.get("class") or "") and media:
            self.figure(child, depth + 1)
            return
        markup = etree.tostring(child, encoding="unicode", method="html", with_tail=False)
        kept = _inline(markup, tags=_INLINE | _LISTS)
        if line(kept):
            self.blocks.append({"type": "paragraph", "value": re.sub(r"\s+", " ", kept).strip()})
        for one in media:
            self.element(one, 0)

    def table(self, child: etree._Element, depth: int, caption: str = "") -> None:
        media = _media(child)
        value = None if media else _table(child)
        if value is None:
            # A table for layout holds one cell to a row; others are kept as they are.
            rows = list(child.iter("tr"))
            if rows and all(len(row) <= 1 for row in rows):
                self.flow(child, depth + 1)
            else:
                self.markup(child)
                for one in media:
                    self.element(one, 0)
            self.flush()
            if caption:
                self.blocks.append(paragraph(caption))
            return
        words = line(_words(next(child.iter("caption")))) if list(child.iter("caption")) else ""
        caption = caption or words
        value["caption"] = caption if len(caption) <= 200 else ""
        self.blocks.append({"type": "table", "value": value})
        if len(caption) > 200:
            self.blocks.append(paragraph(caption))

    def markup(self, child: etree._Element) -> None:
        kept = nh3.clean(
            etree.tostring(child, encoding="unicode", method="html", with_tail=False),
            tags=_MARKUP,
            attributes=_MARKUP_ATTRIBUTES,
            url_schemes=_SCHEMES,
            link_rel=None,
        ).strip()
        if line(kept):
            self.blocks.append({"type": "markup", "value": kept})


_WORD_ENDS = re.compile(
    r"(?=</?(?:p|div|h[1-6]|tr|td|th|dd|dt|figcaption|blockquote)[\s>])", re.IGNORECASE
)
# Lines that the serialiser wrote with nothing but these need no sanitiser, which costs more than
# all the rest.
_HARMLESS = re.compile(r"</?(?:b|strong|i|em|sup|sub|a)>|<br>|<a href=\"https?://[^\"<>&\s]*\">")


def _inline(markup: str, tags: set[str] = _INLINE) -> str:
    if "<" not in markup or "<" not in _HARMLESS.sub("", markup):
        return " ".join(markup.split())
    # The ends of blocks that are taken away must not glue words together.
    markup = _WORD_ENDS.sub(" ", markup)
    kept = nh3.clean(markup, tags=tags, attributes=_ATTRIBUTES, url_schemes=_SCHEMES, link_rel=None)
    return " ".join(kept.split())


def _words(element: etree._Element, between: str = "") -> str:
    return between.join(str(text) for text in element.itertext())


def _media(element: etree._Element) -> list[etree._Element]:
    """Return the pictures and players within an element, none of them inside another."""
    return [
        one
        for one in element.iterdescendants()
        if one.tag == "img"
        or (one.tag in _PLAYERS and not any(up.tag in _PLAYERS for up in one.iterancestors()))
    ]


def _source(image: etree._Element) -> str:
    for name in ("data-orig-file", "data-src", "data-lazy-src", "data-original", "src"):
        value = (image.get(name) or "").strip()
        if value and not value.lower().startswith(("data:", "javascript:", "blob:", "about:")):
            return value
    return ""


def _caption(figcaption: etree._Element | None) -> str:
    return line(_words(figcaption)) if figcaption is not None else ""


_CREDIT = re.compile(
    r"\s*[(\[|—–-]?\s*((?:photo(?:graph)?|picture|image|credit|pic)s?\s*(?:credit)?\s*(?:by|:|/|-)\s*"
    r"[^()\[\]]{2,150})[)\]]?\s*$",
    re.IGNORECASE,
)


def credited(shown: Picture, caption: str) -> Picture:
    """Return a picture with a caption whose end, as in “(Photo: A. Person)”, is the credit."""
    credit = ""
    if match := _CREDIT.search(caption):
        credit = re.sub(r"^.*?(?:by|:|/|-)\s*", "", match[1], count=1).strip()
        caption = caption[: match.start()].rstrip()
    return Picture(
        shown.address,
        shown.alternative_text,
        shorten(caption.strip(), 500),
        shorten(credit or shown.credit, 160),
    )


def _captioned(shown: Picture, caption: str) -> Block:
    return picture(credited(shown, caption) if caption else shown)


def _own_caption(image: etree._Element, shown: Picture) -> Picture:
    for up in image.iterancestors("figure", "li"):
        captions = list(up.iter("figcaption"))
        if len(captions) == 1 and len(list(up.iter("img"))) == 1:
            return credited(shown, _caption(captions[0]))
    return shown


def _is_picture(url: str) -> bool:
    return urlsplit(url).path.lower().endswith((".jpg", ".jpeg", ".png", ".gif", ".webp", ".avif"))


def _is_shown(url: str) -> bool:
    try:
        host = (urlsplit(url).hostname or "").removeprefix("www.")
    except ValueError:
        return False
    return any(host == known or host.endswith(f".{known}") for known in _SHOWN)


def _table(table: etree._Element) -> dict[str, object] | None:
    """Return the value of a table block; None for a table that one can't hold."""
    if next(table.iterdescendants("table", "ul", "ol", "blockquote", "figure"), None) is not None:
        return None
    rows: list[list[etree._Element]] = []
    for row in table.iter("tr"):
        cells = [cell for cell in row if cell.tag in {"td", "th"}]
        if any(
            (cell.get("colspan") or "1") != "1" or (cell.get("rowspan") or "1") != "1"
            for cell in cells
        ):
            return None
        if cells:
            rows.append(cells)
    width = max(map(len, rows), default=0)
    if not 2 <= width <= 30 or len(rows) > 500:
        return None
    headings = [""] * width
    if rows and all(cell.tag == "th" for cell in rows[0]):
        headings = [line(_words(cell)) for cell in rows.pop(0)]
        headings += [""] * (width - len(headings))
    markup = [
        [
            _inline(etree.tostring(cell, encoding="unicode", method="html", with_tail=False))
            for cell in row
        ]
        + [""] * (width - len(row))
        for row in rows
    ]
    columns = []
    for number in range(width):
        column = [row[number] for row in markup]
        if any("<" in cell for cell in column):
            kind = "rich"
        elif any(column) and all(_NUMBER.fullmatch(line(cell)) for cell in column):
            kind = "number"
        else:
            kind = "text"
        columns.append({"type": kind, "heading": headings[number]})
    values = [
        {
            "values": [
                cell if kept["type"] == "rich" else line(cell)
                for cell, kept in zip(row, columns, strict=True)
            ]
        }
        for row in markup
    ]
    return {
        "caption": "",
        "table": {"columns": columns, "rows": values, "caption": ""},
        "source": "",
    }
