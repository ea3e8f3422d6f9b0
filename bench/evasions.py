"""Ways in which words are written so that a machine doesn't see what a reader sees."""

import random
import re
from collections.abc import Callable

_WORD = re.compile(r"[A-Za-z]{4,}")
_LOOKALIKES = str.maketrans("aceiopsxyABCEHKMOPTX", "асеіорѕхуАВСЕНКМОРТХ")
_FIGURES = str.maketrans("aeiostAEIOST", "431057431057")
_FRIENDLY = (
    "I hope you are all having a lovely day. ",
    "Thank you so much for this wonderful paper. ",
    "What a beautiful morning it is for everybody here. ",
)


def _each(text: str, change: Callable[[str], str]) -> str:
    return _WORD.sub(lambda found: change(found[0]), text)


def homoglyph(text: str, chance: random.Random) -> str:
    return text.translate(_LOOKALIKES)


def zero_width(text: str, chance: random.Random) -> str:
    return _each(text, "\u200b".join)


def spaced(text: str, chance: random.Random) -> str:
    return _each(text, " ".join)


def dotted(text: str, chance: random.Random) -> str:
    return _each(text, ".".join)


def leet(text: str, chance: random.Random) -> str:
    return text.translate(_FIGURES)


def star(text: str, chance: random.Random) -> str:
    """Put a star for the first vowel after the first letter."""
    return _each(text, lambda word: word[0] + re.sub(r"[aeiouAEIOU]", "*", word[1:], count=1))


def swapped(text: str, chance: random.Random) -> str:
    """Change places of two letters within each word."""

    def change(word: str) -> str:
        at = chance.randrange(1, len(word) - 2)
        return word[:at] + word[at + 1] + word[at] + word[at + 2 :]

    return _each(text, change)


def repeats(text: str, chance: random.Random) -> str:
    """Say one letter of each word four times."""

    def change(word: str) -> str:
        at = chance.randrange(1, len(word))
        return word[:at] + word[at] * 4 + word[at + 1 :]

    return _each(text, change)


def joined(text: str, chance: random.Random) -> str:
    """Leave out every other space."""
    words = text.split(" ")
    return " ".join("".join(words[at : at + 2]) for at in range(0, len(words), 2))


def padding(text: str, chance: random.Random) -> str:
    return f"{''.join(_FRIENDLY)}{text} {''.join(_FRIENDLY)}"


def bidi(text: str, chance: random.Random) -> str:
    """Write each word backwards, between marks that turn it round."""
    return _each(text, lambda word: f"\u202e{word[::-1]}\u202c")


EVASIONS = {
    "homoglyph": homoglyph,
    "zero-width": zero_width,
    "spaced": spaced,
    "dotted": dotted,
    "leet": leet,
    "star": star,
    "swapped letters": swapped,
    "repeats": repeats,
    "joined words": joined,
    "friendly padding": padding,
    "bidi": bidi,
}
