"""A story's body made ready to print, from its stored blocks.

Wagtail's own values fetch pictures and stories one kind of block at a time, related stories with
all their words. Here everything a body needs is fetched together: pictures with their renditions,
related stories, linked pages and documents, each in one query or none.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.utils.dateparse import parse_datetime
from django.utils.safestring import SafeString

from broadsheet.edition import markup
from broadsheet.newsroom import bodies, renditions
from broadsheet.newsroom.models import Picture, StoryPage
from broadsheet.newsroom.printable import note
from broadsheet.newsroom.renditions import Printed, Use
from broadsheet.rules import embeds

type Raw = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Piece:
    """One block, as ``edition/blocks/<kind>.html`` prints it."""

    kind: str
    anchor: str
    value: Any

    @property
    def template(self) -> str:
        return f"edition/blocks/{self.kind}.html"


@dataclass(frozen=True, slots=True)
class Shown:
    """A picture where it stands, with the texts it has there."""

    printed: Printed
    caption: str
    credit: str
    count: str = ""  # “2 / 7” in a gallery


@dataclass(frozen=True, slots=True)
class _Fetched:
    texts: Mapping[str, SafeString]
    pictures: Mapping[int, Picture]
    stories: Mapping[int, StoryPage]


def prepare(raw: Iterable[Raw]) -> list[Piece]:
    """Return the blocks of a body, ready to print. What can't be printed is left out."""
    blocks = [block for block in bodies.blocks(raw) if _try(block, _needs) is not None]
    fetched = _fetch(blocks)
    pieces = []
    for block in blocks:
        value = _try(block, lambda block: _value(block["type"], block["value"], fetched))
        if value:
            pieces.append(Piece(block["type"], block.get("id") or "", value))
    return pieces


def _try[T](block: Raw, act: Callable[[Raw], T]) -> T | None:
    """Do something with a block; a block that isn't as it should be leaves the others standing."""
    try:
        return act(block)
    except (AttributeError, IndexError, KeyError, TypeError, ValueError) as error:
        note("block", block.get("id") or repr(block)[:80], f"{type(error).__name__}: {error}")
        return None


def _needs(block: Raw) -> tuple[list[Any], ...]:
    """Return what a block is printed from, to see that it can be read."""
    stories = _items(block, "stories") if block["type"] == "related" else []
    return list(_texts(block)), list(renditions.numbers([block])), stories


def kinds(pieces: Iterable[Piece]) -> set[str]:
    """Return the kinds of blocks there are, which decides on the scripts a page needs."""
    return {piece.kind for piece in pieces}


def _fetch(blocks: list[Raw]) -> _Fetched:
    texts = list(dict.fromkeys(one for block in blocks for one in _texts(block) if one))
    pictures = set(renditions.numbers(blocks))
    stories = {
        number
        for block in blocks
        if block["type"] == "related"
        for number in _items(block, "stories")
    }
    return _Fetched(
        texts=dict(zip(texts, markup.expand(texts), strict=True)),
        pictures=(
            Picture.objects.filter(pk__in=pictures).prefetch_related("renditions").in_bulk()
            if pictures
            else {}
        ),
        stories=(
            StoryPage.objects.live()
            .filter(pk__in=stories)
            .select_related("section")
            .only("title", "url_path", "path", "access", "section__title", "section__url_path")
            .in_bulk()
            if stories
            else {}
        ),
    )


def _texts(block: Raw) -> Iterator[str]:
    value = block["value"]
    match block["type"]:
        case "paragraph":
            yield value
        case "quotation" | "correction":
            yield value.get("text") or ""
        case "table" if value.get("table"):
            columns = value["table"]["columns"]
            for row in value["table"]["rows"]:
                for column, cell in zip(columns, row["values"], strict=False):
                    if column["type"] == "rich":
                        yield cell or ""


def _items(block: Raw, name: str) -> list[Any]:
    """Return the values of a list block, in either of the two forms that Wagtail stores."""
    found = [
        item["value"] if isinstance(item, dict) and "value" in item else item
        for item in block["value"].get(name) or []
    ]
    return [item for item in found if item]


def _value(kind: str, value: Any, fetched: _Fetched) -> Any:
    match kind:
        case "paragraph":
            return fetched.texts.get(value)
        case "crosshead":
            return value
        case "markup":
            return markup.imported(value)
        case "quotation":
            return {
                "text": fetched.texts.get(value.get("text") or ""),
                "speaker": value.get("speaker") or "",
                "office": value.get("office") or "",
            }
        case "picture":
            return _picture(value, fetched)
        case "gallery":
            pictures = [
                shown
                for item in _items({"value": value}, "pictures")
                if (shown := _picture(item, fetched))
            ]
            if not pictures:
                # No gallery, and no empty counter.
                return None
            total = len(pictures)
            counted = [
                replace(shown, count=f"{position} / {total}")
                for position, shown in enumerate(pictures, start=1)
            ]
            return {"title": value.get("title") or "", "pictures": counted}
        case "table":
            return _table(value, fetched)
        case "embed":
            url = value.get("url") or ""
            if not embeds.host(url):
                return None
            return {
                "url": url,
                "title": value.get("title") or url,
                "host": embeds.host(url),
                "frame": embeds.frame(url),
            }
        case "related":
            numbers = _items({"value": value}, "stories")
            stories = [fetched.stories[number] for number in numbers if number in fetched.stories]
            return (
                {"title": value.get("title") or "Read more", "stories": stories}
                if stories
                else None
            )
        case "correction":
            return {
                "text": fetched.texts.get(value.get("text") or ""),
                "corrected_at": _moment(value.get("corrected_at")),
            }
    # A kind of block that a later version wrote.
    return None


def _picture(value: Raw, fetched: _Fetched) -> Shown | None:
    picture = fetched.pictures.get(value.get("picture") or 0)
    printed = renditions.printed(
        picture, Use.WIDE, alternative_text=value.get("alternative_text") or ""
    )
    if picture is None or printed is None:
        return None
    return Shown(
        printed=printed,
        caption=value.get("caption") or picture.caption,
        credit=value.get("credit") or picture.credit,
    )


def _table(value: Raw, fetched: _Fetched) -> Any:
    table = value.get("table")
    if not table or not table["rows"]:
        return None
    columns = table["columns"]
    return {
        "caption": value.get("caption") or "",
        "source": value.get("source") or "",
        "columns": columns,
        "headed": any(column.get("heading") for column in columns),
        "rows": [
            [
                {
                    "number": column["type"] == "number",
                    "text": fetched.texts.get(cell or "", "") if column["type"] == "rich" else cell,
                }
                for column, cell in zip(columns, row["values"], strict=False)
            ]
            for row in table["rows"]
        ],
    }


def _moment(value: str | datetime | None) -> datetime | None:
    return parse_datetime(value) if isinstance(value, str) else value
