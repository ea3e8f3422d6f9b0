"""Threads: whether one may write under a story, and in which order comments stand.

docs/rules/threads.md is the page of this rule.
"""

import math
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

EDITABLE = timedelta(minutes=5)  # after posting
MARKS = 4  # combining marks on one letter; Indic and Vietnamese letters have three at most
BLANK_LINES = 1  # one after another
TAB = 4  # columns
INDENT = 24  # columns that a line may be indented: what a phone has room for


class Opening(StrEnum):
    """Whether a thread takes comments, and why not."""

    OPEN = "open"
    READ_FIRST = "read-first"
    CLOSED_BY_DESK = "closed-by-desk"
    CLOSED_WITH_STORY = "closed-with-story"
    CLOSED_WITH_SECTION = "closed-with-section"
    CLOSED_BY_AGE = "closed-by-age"

    @property
    def takes_comments(self) -> bool:
        return self in {Opening.OPEN, Opening.READ_FIRST}


class Said(StrEnum):
    """What desk, story or section say about a thread."""

    NOTHING = ""
    OPEN = "open"
    READ_FIRST = "read-first"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a thread.

    :param closes_at: the moment the desk set; None for none
    :param days: how long it stays open after the story came out; None: for ever
    """

    desk: Said
    story: Said
    section: Said
    published_at: datetime
    closes_at: datetime | None = None
    days: int | None = None

    @property
    def ends_at(self) -> datetime | None:
        """The moment it closes by itself, if nobody says otherwise."""
        if self.closes_at is not None:
            return self.closes_at
        if self.desk in {Said.OPEN, Said.READ_FIRST} or self.days is None:
            return None
        return self.published_at + timedelta(days=self.days)


def opening(facts: Facts, now: datetime) -> Opening:
    """Tell whether a thread takes comments. The desk's word goes before the story's, the story's
    before the section's; a thread that is open closes with time.
    """
    if facts.desk is Said.CLOSED:
        return Opening.CLOSED_BY_DESK
    if facts.desk is Said.NOTHING:
        if facts.story is Said.CLOSED:
            return Opening.CLOSED_WITH_STORY
        if facts.section is Said.CLOSED:
            return Opening.CLOSED_WITH_SECTION
    if facts.ends_at is not None and now >= facts.ends_at:
        return Opening.CLOSED_BY_AGE
    first = {facts.desk} if facts.desk is not Said.NOTHING else {facts.story, facts.section}
    return Opening.READ_FIRST if Said.READ_FIRST in first else Opening.OPEN


def score(valued: int, objected: int) -> int:
    """Return the lower bound of Wilson's interval (95 %) for the share of readers who value a
    comment, in millionths.

    :param valued: how often it was valued
    :param objected: how often it was reported
    """
    times = valued + objected
    if not valued:
        return 0
    z = 1.96
    share = valued / times
    middle = share + z * z / (2 * times)
    spread = z * math.sqrt((share * (1 - share) + z * z / (4 * times)) / times)
    return max(0, round((middle - spread) / (1 + z * z / times) * 1_000_000))


_JOINERS = {"\u200c", "\u200d"}
_LINE_ENDS = {"\u2028": "\n", "\u2029": "\n", "\x85": "\n", "\x0b": "\n", "\x0c": "\n"}
# The flags of England, Scotland, Wales, Texas…: a black flag and the letters of a region, which are
# characters that don't show (UTS #51, emoji tag sequences). Anywhere else they hide words.
_REGION_FLAG = re.compile("\U0001f3f4[\U000e0030-\U000e0039\U000e0061-\U000e007a]{1,6}\U000e007f")
# Where Unicode puts new emoji. Python knows those of its own release only; a reader's telephone
# knows next year's.
_EMOJI_BLOCKS = range(0x1F000, 0x1FB00)


def clean(text: str) -> str:
    """Return a comment's text as it is judged, kept and shown.

    Composed (NFC); line ends as ``\\n``; without characters that don't show, that turn the line
    round or that belong to nobody; no letter under more marks than a language puts there; single
    blank lines. Joiners stay between letters that need them (Indic scripts, Persian, emoji). Lines
    keep how far they are indented against each other, as in a poem: up to :data:`INDENT` columns.
    """
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    if not text.isascii():
        text = _without_the_unseen(text)
    else:
        text = "".join(one for one in text if one in {"\n", "\t"} or one.isprintable())
    kept: list[str] = []
    blank = 0
    for line in _without_margin(text.split("\n")):
        blank = 0 if line else blank + 1
        if blank <= BLANK_LINES:
            kept.append(line)
    return "\n".join(kept).strip("\n")


def _without_margin(lines: list[str]) -> Iterator[str]:
    """Yield lines with single spaces between words, indented by what they have beyond the others.

    A paragraph of one line isn't indented: there it is a slip of the hand, or how letters begin.
    """
    words = [" ".join(line.split()) for line in lines]
    columns = [_columns(line) for line in lines]
    margin = min((at for at, line in zip(columns, words, strict=True) if line), default=0)
    for at, line in enumerate(words):
        alone = not any(words[max(0, at - 1) : at] + words[at + 1 : at + 2])
        indent = 0 if alone or not line else min(columns[at] - margin, INDENT)
        yield " " * indent + line


def _columns(line: str) -> int:
    start = line[: len(line) - len(line.lstrip())]
    return sum(TAB if one == "\t" else 1 for one in start)


def _without_the_unseen(text: str) -> str:
    flags = {at for flag in _REGION_FLAG.finditer(text) for at in range(*flag.span())}
    kept: list[str] = []
    marks = 0
    for at, one in enumerate(text):
        if one in _LINE_ENDS:
            kept.append(_LINE_ENDS[one])
            continue
        category = unicodedata.category(one)
        if category in {"Mn", "Me"}:
            marks += 1
            if marks > MARKS or not kept:
                continue
        elif one in _JOINERS:
            after = text[at + 1 : at + 2]
            if not (kept and after and _joins(kept[-1]) and _joins(after)):
                continue
        elif category in {"Cc", "Cf", "Cs", "Co", "Cn"} and not (
            one in "\n\t" or at in flags or _is_new_emoji(one, category)
        ):
            continue
        else:
            marks = 0
        kept.append(one)
    return "".join(kept)


def _is_new_emoji(letter: str, category: str) -> bool:
    return category == "Cn" and ord(letter) in _EMOJI_BLOCKS


def _joins(letter: str) -> bool:
    """Tell whether a joiner beside a character changes how it looks."""
    category = unicodedata.category(letter)
    return category in {"Lo", "Mn", "Mc", "So", "Sk"} or _is_new_emoji(letter, category)
