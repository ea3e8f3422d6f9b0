"""The teaser: the first screen of a story, which everybody may read.

It is cut once, when a story is saved, and stored apart from the body, so that a page for somebody
without access is made without ever loading the rest.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

DEFAULT_WORDS = 80  # about one screen of a phone, below headline and standfirst
# After these a full stop ends no sentence: “Mr. Menon”, “J. B. Rao”, “the U.S. Navy”, “9 a.m. today”.
_ABBREVIATED = re.compile(
    r"\b(?:Mr|Mrs|Ms|Dr|Fr|St|Sr|Jr|Prof|Col|Gen|Capt|Lt|Sgt|Rev|Hon|No|Rs|vs|[ap]\.m|[A-Z])\.$"
)
_SENTENCE_END = re.compile(r"(?<=[.!?…])[”’\"')\]]*\s+")


@dataclass(frozen=True, slots=True)
class Block:
    """One block of a body, as the rule sees it.

    :param text: what a reader would read in it, without markup; empty for a picture
    :param prose: whether it is a paragraph, which may be cut short
    """

    text: str
    prose: bool


@dataclass(frozen=True, slots=True)
class Cut:
    """How much of a body is the teaser.

    :param whole: that many blocks from the first, whole
    :param part: the beginning of the next block, as plain text; empty for none
    :param complete: whether this is the whole story, so that nothing is kept back
    """

    whole: int
    part: str
    complete: bool


def count_words(text: str) -> int:
    """Count words as a reader would: runs of characters between white space."""
    return len(text.split())


def cut(blocks: Sequence[Block], *, words: int = DEFAULT_WORDS) -> Cut:
    """Decide where the teaser ends.

    Only prose is shown: the first block that is none ends the teaser, and so does the one that
    passes the limit, which is cut at the last sentence that still fits (or at a word where its
    first sentence is longer than the limit). At least half of the words are always kept back.

    :param words: the most that is shown; 0 shows nothing
    """
    total = sum(count_words(block.text) for block in blocks)
    # A story shorter than twice the limit would be given away whole.
    left = min(words, total // 2)
    whole = 0
    for block in blocks:
        if not block.prose:
            break
        length = count_words(block.text)
        if length > left:
            return Cut(whole, _beginning(block.text, left), complete=False)
        left -= length
        whole += 1
    return Cut(whole, "", complete=whole == len(blocks))


def _beginning(text: str, words: int) -> str:
    kept = ""
    for sentence in _sentences(text):
        if count_words(kept + sentence) > words:
            break
        kept += sentence
    if kept.strip() or words == 0:
        return kept.strip()
    return " ".join(text.split()[:words]) + " …" if words >= 8 else ""


def _sentences(text: str) -> Iterable[str]:
    start = 0
    for end in _SENTENCE_END.finditer(text):
        if _ABBREVIATED.search(text, start, end.start()):
            continue
        yield text[start : end.end()]
        start = end.end()
    yield text[start:]
