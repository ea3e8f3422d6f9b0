"""What a reader asks for in the search box, and what text looks like to the search.

Words are all wanted; "words in quotation marks" are wanted side by side, in that order; a word or
a phrase after a minus sign is unwanted. Anything can be typed: what has no meaning here is left
out, and nothing is an error.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

MOST_CHARACTERS = 300  # of a question; the rest is not read
MOST_TERMS = 8
MOST_WORDS_IN_A_PHRASE = 8
MOST_CHARACTERS_IN_A_WORD = 64

# A word alone, or several that must stand side by side.
type Term = tuple[str, ...]

# Scripts that put no blank between words: each character is searched as a word.
_UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_BETWEEN_UNSPACED = re.compile(f"(?<=[{_UNSPACED}])(?=[{_UNSPACED}])")
# Parts a word for the search alone; takes no room where it is printed.
ZERO_WIDTH_SPACE = "\u200b"
# Control characters, soft hyphens: never part of what a reader sees or types.
_UNSEEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u00ad\u200b]")

_QUOTES = '"“”„«»'
_TERM = re.compile(
    rf"(?P<minus>(?:(?<=\s)|^)[-−])?"
    rf"(?:[{_QUOTES}](?P<phrase>[^{_QUOTES}]*)[{_QUOTES}]?|(?P<word>[^\s{_QUOTES}]+))"
)


@dataclass(frozen=True, slots=True)
class Query:
    """What is looked for.

    :param shortened: whether more was typed than is looked for
    """

    wanted: tuple[Term, ...] = ()
    unwanted: tuple[Term, ...] = ()
    shortened: bool = False

    def __bool__(self) -> bool:
        return bool(self.wanted)


# Letters that readers type otherwise and that no decomposition takes apart, and marks that Arabic is
# mostly written without: “Lodz” finds Łódź, “strasse” Straße, “oeuvre” œuvre.
FOLDED: dict[str, str] = {
    letter: plain
    for letters, plain in (
        ("łŁŀĿ", "l"), ("øØ", "o"), ("đĐðÐ", "d"), ("ħĦ", "h"), ("ı", "i"), ("ŧŦ", "t"),
        ("ßẞ", "ss"), ("œŒ", "oe"), ("æÆ", "ae"), ("þÞ", "th"), ("ĳĲ", "ij"),
        ("ﬀ", "ff"), ("ﬁ", "fi"), ("ﬂ", "fl"), ("ﬃ", "ffi"), ("ﬄ", "ffl"), ("ﬅﬆ", "st"),
        ("ёЁ", "е"), ("أإآٱ", "ا"),
        # Vowel signs, doubling, and the stroke that draws words out (U+0640).
        ("".join(map(chr, (*range(0x064B, 0x0660), 0x0670, 0x0640))), ""),
    )
    for letter in letters
}  # fmt: skip
_FOLDED = str.maketrans(FOLDED)


def fold(text: str) -> str:
    """Return a text as it is compared: it has the same words in the same order."""
    return text if text.isascii() else text.translate(_FOLDED)


def searchable(text: str) -> str:
    """Return a text as it is indexed and looked up: composed, words parted in every script."""
    if text.isascii():
        return _UNSEEN.sub("", text)
    text = _UNSEEN.sub("", unicodedata.normalize("NFC", text))
    return _BETWEEN_UNSPACED.sub(ZERO_WIDTH_SPACE, text)


def parse(typed: str) -> Query:
    """Read what a reader typed."""
    typed = typed.strip()
    shortened = len(typed) > MOST_CHARACTERS
    text = searchable(typed[:MOST_CHARACTERS])
    wanted: dict[Term, None] = {}
    unwanted: dict[Term, None] = {}
    for found in _TERM.finditer(text):
        term = tuple(words(found["phrase"] or found["word"] or ""))
        if not term:
            continue
        if len(wanted) + len(unwanted) == MOST_TERMS:
            shortened = True
            break
        if len(term) > MOST_WORDS_IN_A_PHRASE:
            term, shortened = term[:MOST_WORDS_IN_A_PHRASE], True
        (unwanted if found["minus"] else wanted)[term] = None
    return Query(tuple(wanted), tuple(unwanted), shortened)


def words(text: str) -> Iterator[str]:
    """Yield the words of a searchable text: runs of letters, digits and the marks on them."""
    start = None
    for at, character in enumerate(text):
        if unicodedata.category(character)[0] in "LNM":
            start = at if start is None else start
        elif start is not None:
            yield text[start:at][:MOST_CHARACTERS_IN_A_WORD]
            start = None
    if start is not None:
        yield text[start:][:MOST_CHARACTERS_IN_A_WORD]
