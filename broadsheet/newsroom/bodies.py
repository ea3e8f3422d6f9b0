"""Reading a story's body: its words, its teaser, its pictures and corrections."""

import html
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from broadsheet.newsroom.blocks import KINDS
from broadsheet.newsroom.notes import note
from broadsheet.newsroom.story_block import StoryBlock
from broadsheet.rules import teaser as rule


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


def kind_of(block: Mapping[str, Any]) -> StoryBlock | None:
    """Return the kind of a stored block; None, and a line in the log, for one nobody knows."""
    kind = KINDS.get(block["type"])
    if kind is None:
        note("block", block.get("id") or block["type"], f"nobody knows its kind, {block['type']!r}")
    return kind


def ask[T](block: Mapping[str, Any], question: Callable[[StoryBlock, Any], T]) -> T | None:
    """Ask a stored block's kind about its value.

    A block that isn't as it should be leaves the others standing, and a line in the log.
    """
    kind = kind_of(block)
    if kind is None:
        return None
    try:
        return question(kind, block["value"])
    except (AttributeError, IndexError, KeyError, TypeError, ValueError) as error:
        note("block", block.get("id") or repr(block)[:80], f"{type(error).__name__}: {error}")
        return None


def texts(body: Any) -> Iterator[tuple[str, str]]:
    """Yield (type, words) of every block, in order."""
    for block in blocks(body.raw_data if hasattr(body, "raw_data") else body):
        yield block["type"], ask(block, lambda kind, value: kind.words(value)) or ""


def pictures(raw: Any) -> Iterator[Mapping[str, Any]]:
    """Yield every picture of a stored body that is one, with its number and its texts there."""
    for block in blocks(raw):
        # A draft may have a place for a picture and none in it.
        found = ask(
            block,
            lambda kind, value: [one for one in kind.pictures_in(value) if one.get("picture")],
        )
        yield from found or ()


def stories(raw: Any) -> Iterator[int]:
    """Yield the numbers of the stories that a stored body leads to."""
    for block in blocks(raw):
        yield from ask(block, lambda kind, value: list(kind.stories_in(value))) or ()


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
    raw = blocks(body.raw_data)
    parts = [
        rule.Block(text, prose=KINDS[kind].is_prose if kind in KINDS else False)
        for kind, text in texts(raw)
    ]
    limit = words if words is not None else open_words(path) if path else rule.DEFAULT_WORDS
    cut = rule.cut(parts, words=limit)
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
