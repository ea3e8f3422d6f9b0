"""A record's words as the newsroom stores them: blocks with their numbers, datelines, links."""

import hashlib
import json
import re
import uuid
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, replace
from datetime import datetime
from html import escape, unescape
from typing import Any
from urllib.parse import urlsplit

from broadsheet.press.importers.records import Block, Kind, Picture, StoryRecord
from broadsheet.press.importers.texts import byline, line, shorten
from broadsheet.rules import datelines, oldaddresses

# Finds a picture's number; None while there is no file for it.
type FindPicture = Callable[[Picture], int | None]

_LINK = re.compile(r'<a href="([^"<>]+)"')
_EMPTY = re.compile(r"<(b|strong|i|em|sup|sub)>\s*</\1>")
_REPEATED = 50  # characters that two texts hardly have in common by chance
_TOKEN = re.compile(r"<[^>]*>|&[#\w]+;|.", re.DOTALL)
WITH_LINKS = {"paragraph", "quotation", "correction"}


class Body:
    """A body being stored: ``raw`` as the newsroom keeps it, ``waiting`` what lacks its picture.

    :param seed: what the blocks' ids are made from, so that a second run makes the same
    """

    def __init__(self, blocks: Iterable[Block], *, seed: str, find: FindPicture) -> None:
        self.raw: list[dict[str, Any]] = []
        self.waiting: dict[str, Any] = {}
        self._seed = hashlib.sha256(seed.encode()).hexdigest()
        self._find = find
        for block in blocks:
            self.add(block)

    def add(self, block: Block, number: str = "") -> None:
        number = number or self._number()
        kind, value = block["type"], block["value"]
        match kind:
            case "picture":
                stored = printed(value["picture"], self._find)
                if stored is None:
                    self._stand_in(number, block)
                    return
                value = stored
            case "gallery":
                found = [
                    (one["picture"], printed(one["picture"], self._find))
                    for one in value["pictures"]
                ]
                shown = [stored for _, stored in found if stored]
                if not shown:
                    self._stand_in(number, block)
                    return
                items = [
                    {"type": "item", "value": stored, "id": _identity(number, str(at))}
                    for at, stored in enumerate(shown)
                ]
                self._put(number, kind, {"title": value["title"], "pictures": items})
                for picture, stored in found:
                    if stored is None:
                        self._stand_in(
                            self._number(), {"type": "picture", "value": {"picture": picture}}
                        )
                return
            case "correction":
                at = value["corrected_at"]
                value = {
                    **value,
                    "corrected_at": at.isoformat() if isinstance(at, datetime) else at,
                }
        self._put(number, kind, value)

    def _number(self) -> str:
        return _identity(self._seed, str(len(self.raw)))

    def _put(self, number: str, kind: str, value: Any) -> None:
        self.raw.append({"type": kind, "value": value, "id": number})

    def _stand_in(self, number: str, block: Block) -> None:
        """Keep a picture's place by its words and its former address."""
        pictures = block["value"].get("pictures") or [block["value"]]
        self.waiting[number] = jsonable(block)
        self._put(number, "markup", "".join(_words_of(one["picture"]) for one in pictures))


def _identity(*parts: str) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_OID, " ".join(parts)))


def _words_of(picture: Picture) -> str:
    words = " ".join(filter(None, [picture.caption, picture.credit and f"({picture.credit})"]))
    # What the caption says is not said twice.
    shown = "" if picture.alternative_text == picture.caption else picture.alternative_text
    shown = escape(shown or "Picture", quote=False)
    if picture.address.startswith(("http://", "https://")):
        shown = f'<a href="{escape(picture.address)}">{shown}</a>'
    caption = f"<figcaption>{escape(words, quote=False)}</figcaption>" if words else ""
    return f"<figure>{shown}{caption}</figure>"


def pictures_of(record: StoryRecord) -> Iterator[Picture]:
    """Yield the pictures of a story, the lead picture first."""
    if record.lead_picture:
        yield record.lead_picture
    for block in record.body:
        yield from pictures_in(block)


def pictures_in(block: Block) -> Iterator[Picture]:
    """Yield the pictures of a block as an importer makes it."""
    match block["type"]:
        case "picture":
            yield block["value"]["picture"]
        case "gallery":
            yield from (one["picture"] for one in block["value"]["pictures"])


def jsonable(block: Block) -> Any:
    """Return a block of pictures as JSON can hold it."""
    return json.loads(json.dumps(block, default=asdict))


def from_json(block: Any) -> Block:
    """Return such a block again."""
    value = block["value"]
    if "pictures" in value:
        value = {
            **value,
            "pictures": [{"picture": Picture(**one["picture"])} for one in value["pictures"]],
        }
    else:
        value = {**value, "picture": Picture(**value["picture"])}
    return {"type": block["type"], "value": value}


def printed(picture: Picture, find: FindPicture) -> dict[str, Any] | None:
    """Return the value of a picture block; None while there is no file."""
    number = find(picture)
    if number is None:
        return None
    return {
        "picture": number,
        "caption": shorten(picture.caption, 500),
        "credit": shorten(picture.credit, 160),
        "alternative_text": shorten(picture.alternative_text, 300),
    }


def with_dateline(record: StoryRecord) -> StoryRecord:
    """Return the record with the dateline of its first words as data and no longer in the text.

    The paper prints a dateline before the text. What the first words say of an agency becomes a
    byline.
    """
    if not record.body or record.body[0]["type"] != "paragraph":
        return record
    value: str = record.body[0]["value"]
    if not value.startswith("<p>"):
        return record
    text = unescape(re.sub(r"<[^>]*>", "", re.sub(r"<br\s*/?>", "\n", value[:1500])))
    found = datelines.parse(text)
    if found is None:
        return record
    first = {"type": "paragraph", "value": "<p>" + _without(value[3:], found.length)}
    bylines = record.bylines
    if found.agency and all(found.agency.casefold() != one.name.casefold() for one in bylines):
        named = replace(byline(found.agency), kind=Kind.AGENCY)
        bylines = (*bylines, named)
    return replace(
        record,
        dateline=shorten(found.place, 120),
        bylines=bylines,
        body=(first, *record.body[1:]),
    )


def without_repetition(record: StoryRecord) -> StoryRecord:
    """Return the record without a standfirst that only says the story's first words again.

    Systems that must have a summary make one so. It goes on telling search engines of the story.
    """
    if not record.standfirst or not record.body or record.body[0]["type"] != "paragraph":
        return record
    start = record.standfirst.rstrip(" .…[]")[:_REPEATED].casefold()
    # An agency's name may stand before them.
    found = line(record.body[0]["value"]).casefold().find(start)
    if len(start) < _REPEATED or not 0 <= found < 40:
        return record
    return replace(
        record,
        standfirst="",
        search_description=record.search_description or shorten(record.standfirst, 300),
    )


def _without(markup: str, length: int) -> str:
    """Return markup without that many characters of its text, its tags whole."""
    kept: list[str] = []
    at = 0
    for token in _TOKEN.finditer(markup):
        if length <= 0:
            at = token.start()
            break
        piece = token[0]
        at = token.end()
        if piece.startswith("<br"):
            length -= 1
        elif piece.startswith("<"):
            kept.append(piece)
        else:
            length -= 1
    text = "".join(kept) + markup[at:].lstrip()
    while text != (text := _EMPTY.sub("", text)):
        pass
    return text.lstrip()


def own_links(raw: list[dict[str, Any]], hosts: frozenset[str]) -> dict[str, str]:
    """Return address → key of every link that may lead into this archive."""
    found: dict[str, str] = {}
    for block in raw:
        if block["type"] not in WITH_LINKS:
            continue
        value = block["value"]
        markup = value if isinstance(value, str) else value["text"]
        if "<a " not in markup:
            continue
        for match in _LINK.finditer(markup):
            address = unescape(match[1])
            if address not in found and (key := _own(address, hosts)):
                found[address] = key
    return found


def _own(address: str, hosts: frozenset[str]) -> str:
    try:
        parts = urlsplit(address)
        host = (parts.hostname or "").removeprefix("www.")
    except ValueError:
        return ""
    if host:
        if host not in {one.removeprefix("www.") for one in hosts}:
            return ""
    elif not address.startswith("/"):
        return ""
    return oldaddresses.key(address)


def relinked(raw: list[dict[str, Any]], pages: dict[str, int]) -> list[dict[str, Any]]:
    """Return blocks whose links lead to pages by their number, which survives every move.

    :param pages: address → number
    """

    def link(match: re.Match[str]) -> str:
        number = pages.get(unescape(match[1]))
        return match[0] if number is None else f'<a linktype="page" id="{number}"'

    made = []
    for block in raw:
        value = block["value"]
        if block["type"] in WITH_LINKS:
            if isinstance(value, str):
                value = _LINK.sub(link, value)
            else:
                value = {**value, "text": _LINK.sub(link, value["text"])}
        made.append({**block, "value": value})
    return made


def digest_of(record: StoryRecord) -> str:
    """Return what tells whether a story has changed where it comes from (32 characters)."""
    told = (
        record.headline, record.standfirst, record.body, record.bylines, record.dateline,
        record.published_at, record.updated_at, record.embargoed_until, record.sections,
        record.topics, record.lead_picture, record.access, record.language, record.old_addresses,
        record.standing, record.comments, record.teaser_words, record.search_title,
        record.search_description,
    )  # fmt: skip
    return hashlib.sha256(repr(told).encode("utf-8", "replace")).hexdigest()[:32]


def digest_as_stored(
    *, headline: str, standfirst: str, dateline: str, access: str, raw: list[Any]
) -> str:
    """Return what tells whether somebody has edited a story here (32 characters)."""
    told = json.dumps([headline, standfirst, dateline, access, raw], sort_keys=True, default=str)
    return hashlib.sha256(told.encode("utf-8", "replace")).hexdigest()[:32]
