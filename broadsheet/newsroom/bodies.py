"""Reading a story's body: its words, its teaser, its pictures and corrections."""

import html
import re
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from broadsheet.rules import teaser as rule

_TAG = re.compile(r"<[^>]*>")
_BREAK = re.compile(
    r"</(?:p|li|h[1-6]|blockquote|td|th|tr|figcaption|pre|div)>|<br\s*/?>", re.IGNORECASE
)


def plain(markup: str) -> str:
    """Return the words of a piece of HTML, blocks parted by a blank."""
    return " ".join(html.unescape(_TAG.sub("", _BREAK.sub(" ", markup))).split())


def blocks(raw: Any) -> list[Any]:
    """Return the blocks of a stored body that are blocks at all, each with a type and a value."""
    if not isinstance(raw, Sequence) or isinstance(raw, str):
        return []
    return [
        block
        for block in raw
        if isinstance(block, Mapping)
        and isinstance(block.get("type"), str)
        and block.get("value") is not None
    ]


def texts(body: Any) -> Iterator[tuple[str, str]]:
    """Yield (type, words) of every block, in order."""
    for block in body.raw_data if hasattr(body, "raw_data") else body:
        yield block["type"], _words(block["type"], block["value"])


def _words(kind: str, value: Any) -> str:
    match kind:
        case "paragraph" | "crosshead" | "markup":
            return plain(value)
        case "quotation":
            return " ".join(
                filter(None, [plain(value["text"]), value.get("speaker"), value.get("office")])
            )
        case "picture":
            return value.get("caption") or ""
        case "gallery":
            pictures = [picture.get("value", picture) for picture in value["pictures"]]
            return " ".join(picture.get("caption") or "" for picture in pictures).strip()
        case "table":
            rows = value["table"]["rows"] if value.get("table") else []
            cells = (plain(str(cell)) for row in rows for cell in row["values"])
            return " ".join([value.get("caption") or "", *cells]).strip()
        case "correction":
            return plain(value["text"])
        case "embed":
            return value.get("title") or ""
        case _:
            return ""


def count_words(body: Any) -> int:
    """Count the words of a body, captions and tables included."""
    return sum(rule.count_words(text) for _, text in texts(body))


# Says how many words of a story at a place in the tree everybody may read. The wall, a floor above,
# signs in here with the desk's policy.
type TeaserPolicy = Callable[[str], int]

_policy: list[TeaserPolicy] = [lambda _: rule.DEFAULT_WORDS]


def follow_policy(policy: TeaserPolicy) -> None:
    _policy[0] = policy


def open_words(path: str) -> int:
    """Return how many words of a story at a place in the tree everybody may read."""
    return _policy[0](path)


def teaser(body: Any, *, words: int | None = None, path: str = "") -> list[dict[str, Any]]:
    """Return the blocks everybody may read, as raw data for the teaser field.

    :param words: the story's own number; None for that of the policy
    :param path: the story's place in the tree; empty for one that has none yet
    """
    raw = list(body.raw_data)
    blocks = [rule.Block(text, prose=kind == "paragraph") for kind, text in texts(raw)]
    limit = words if words is not None else open_words(path) if path else rule.DEFAULT_WORDS
    cut = rule.cut(blocks, words=limit)
    shown = [dict(block) for block in raw[: cut.whole]]
    if cut.part:
        part = f"<p>{html.escape(cut.part, quote=False)}</p>"
        shown.append(
            {"type": "paragraph", "value": part, "id": str(uuid.uuid5(uuid.NAMESPACE_OID, part))}
        )
    return shown


class FoundCorrection(NamedTuple):
    block: str
    corrected_at: datetime
    text: str


def corrections(body: Any) -> Iterator[FoundCorrection]:
    """Yield the corrections of a body, in its order; one in a draft may have no moment yet."""
    for block in body:
        if block.block_type == "correction" and block.value["corrected_at"]:
            yield FoundCorrection(block.id, block.value["corrected_at"], block.value["text"].source)
