"""The letters of a comment as a reader sees them, each with its place in the text as written.

Undone here is what is done to single characters: letters of other alphabets that pass for Latin
ones, full width and ornamental letters, characters without width, accents heaped on a letter,
and runs that are written backwards and turned by a direction mark. What is done to words (1d10t,
f*ck) is undone in :mod:`broadsheet.press.screening.disguises`.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from broadsheet.rules.lookalikes import fold_one

# Marks that turn what follows: right-to-left override and isolate, and the two that end them.
_TURNS = "\u202e"
_ENDS = "\u202c\u2069\n"
_WORD = re.compile(r"[^\W\d_]+")
_NARROW = {"’": "'", "‘": "'", "ʼ": "'", "´": "'", "`": "'", "“": '"', "”": '"', "„": '"'}
_NARROW |= {"«": '"', "»": '"', "–": "-", "—": "-", "‑": "-", "−": "-", "…": "..."}
_NARROW |= {"\u2028": "\n", "\u2029": "\n", "\u00a0": " ", "\u3000": " ", "ß": "ss"}
_SPACES = re.compile(r"[ \t\r\f\v]")
# Two sentences without a space between them: “it isn't.Liberals say”.
_GLUED = re.compile(r"(?<=[a-z])([.!?]+)(?=[A-Z][a-z])")
# Letters set apart: “i d i o t”, “i.d.i.o.t”, “i-d-i-o-t”; three or more of them, one separator.
_APART = re.compile(r"(?<![\w@&'.])[^\W_]([ .\-_*,/|~+])[^\W_](?:\1[^\W_])+(?![\w&'])")
_ALPHA = re.compile(r"[^\W\d_]")


@dataclass(frozen=True, slots=True)
class Letters:
    """:param text: what a reader sees
    :param places: of every character, its place in the text as written, and the length of that
        text at the end; None where nothing was moved
    """

    text: str
    places: Sequence[int] | None = None

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return where characters of ``text`` stand in the text as written."""
        if self.places is None or end <= start:
            return start, end
        within = self.places[start:end]
        return min(within), max(within) + 1


def read(text: str) -> Letters:
    """Return a comment's letters as a reader sees them."""
    places: list[int] | None = None
    if not text.isascii():
        characters, places = _see(text)
        text = "".join(characters)
    if _APART.search(text):
        text, places = _together(text, places)
    if _GLUED.search(text):
        text, places = _unglued(text, places)
    return Letters(text, places)


def _see(text: str) -> tuple[list[str], list[int]]:
    seen: list[str] = []
    places: list[int] = []
    order = _turned(text) if _TURNS in text else range(len(text))
    for at in order:
        character = text[at]
        if character < "\x80":
            seen.append(character)
            places.append(at)
            continue
        shown = _NARROW.get(character)
        if shown is None:
            category = unicodedata.category(character)
            if category == "Cf" or "\ufe00" <= character <= "\ufe0f":
                continue
            if category == "Cs":
                # Half of a pair is no letter, and nothing that is made of one could be written.
                character = "\ufffd"
            if category in {"Mn", "Me"}:
                # An accent belongs to its letter; signs of Indian scripts are letters of their own.
                composed = _composed(seen[-1] if seen else "", character)
                if composed:
                    seen[-1] = composed
                    continue
                if unicodedata.combining(character) not in {0, 7, 9}:
                    continue
            shown = unicodedata.normalize("NFKC", character)
        for one in shown:
            seen.append(one)
            places.append(at)
    _latin(seen)
    return seen, [*places, len(text)]


def _composed(letter: str, mark: str) -> str:
    if not letter.isalpha():
        return ""
    both = unicodedata.normalize("NFC", letter + mark)
    return both if len(both) == 1 else ""


def _turned(text: str) -> list[int]:
    """Return places in the order in which they are seen."""
    order: list[int] = []
    at = 0
    while at < len(text):
        if text[at] in _TURNS:
            end = at + 1
            while end < len(text) and text[end] not in _ENDS:
                end += 1
            order.extend(range(end - 1, at, -1))
            at = end
        else:
            order.append(at)
            at += 1
    return order


def _latin(seen: list[str]) -> None:
    """Make Latin letters of those that pass for them, in words that are Latin otherwise."""
    text = "".join(seen)
    letters = _ALPHA.findall(text)
    plain = sum(one < "\u0250" for one in letters)
    mostly = plain * 2 > len(letters)
    for word in _WORD.finditer(text):
        found = word[0]
        if found.isascii():
            continue
        foreign = [one for one in found if one >= "\u0250"]
        if not foreign:
            continue
        folded = [fold_one(one) for one in found]
        if all(one.isascii() for one in folded) and (mostly or len(foreign) < len(found)):
            for at, one in enumerate(folded, word.start()):
                upper = seen[at].isupper()
                seen[at] = one.upper() if upper else one


def _together(text: str, places: list[int] | None) -> tuple[str, list[int]]:
    """Close up letters set apart."""
    keep: list[int] = []
    at = 0
    for run in _APART.finditer(text):
        if not _ALPHA.search(run[0]):
            continue
        keep.extend(range(at, run.start()))
        keep.extend(range(run.start(), run.end(), 2))
        at = run.end()
    keep.extend(range(at, len(text)))
    before = places if places is not None else range(len(text) + 1)
    return "".join(text[place] for place in keep), [*(before[one] for one in keep), before[-1]]


def _unglued(text: str, places: list[int] | None) -> tuple[str, list[int]]:
    before = places if places is not None else range(len(text) + 1)
    parts: list[str] = []
    moved: list[int] = []
    at = 0
    for found in _GLUED.finditer(text):
        parts += [text[at : found.end()], " "]
        moved.extend(before[at : found.end()])
        moved.append(before[found.end() - 1])
        at = found.end()
    parts.append(text[at:])
    moved.extend(before[at:])
    return "".join(parts), moved
