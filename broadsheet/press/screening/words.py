"""A stretch of letters between two spaces, read as words and marks.

Disguises are undone here: figures and signs that stand for letters (1d10t, a$$), letters replaced
by stars (f*ck), repeated (idiooot), swapped (idoit), or words written as one (youareanidiot). A
stretch that makes a known word as it stands is left alone.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from broadsheet.press.screening.vocabulary import CLASSES, Vocabulary

_LEET = str.maketrans(
    {"0": "o", "1": "i", "3": "e", "4": "a", "5": "s", "7": "t", "8": "b", "9": "g", "@": "a"}
    | {"$": "s", "!": "i", "|": "i", "+": "t", "€": "e", "£": "l", "(": "c", "6": "g", "2": "z"}
)
_LEET_L = str.maketrans({"1": "l", "|": "l", "!": "l"})
_ADDRESS = re.compile(
    r"(?:https?:|www\.)\S+|\S+@\S+\.\w{2,}|\w[\w-]*\.(?:com|org|net|gov|edu|in|uk|ca)(?:/\S*)?$",
    re.IGNORECASE,
)
_PLAIN = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*")
_PART = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*|\d[\d.,:/%]*|\.{2,}|(.)\1*", re.DOTALL)
_ODD = re.compile(r"[a-z].*[*@$!0-9|+€£#_.\-~%&(]|[*@$!0-9|+€£#%(].*[a-z]")
# “3rd”, “1990s”, “10am”, “f16”, “g20”, “covid-19” are what they are.
_FIGURES = re.compile(
    r"\d+(?:st|nd|rd|th|s|k|m|b|bn|am|pm|x|g|h|d|p|c|f|kg|km|mm|cm|ft|hrs?|min)|[a-z]-?\d+|[a-z]+-?\d\d+|[$€£]?\d[\d.,]*[a-z%]*"
)
_LAST_STARS = re.compile(r"[a-z]\*{1,4}(?=[.,!?;:]*$)")
_NUMBERED = re.compile(r"[a-z]+-?\d+")
_BEGIN = re.compile(r"^[\"'(\[{*_<>~\-.]*")
_END = re.compile(r"[\"')\]}*_>~,.;:!?\-…]*$")
_APOSTROPHE = re.compile(r"'(s|re|m|ve|d|ll)$|(n't)$")
# Contractions without their apostrophe, as far as they are no other word.
_BARE = {
    f"{stem}{ending}": (stem, apostrophe)
    for ending, apostrophe, stems in (
        (
            "nt",
            "n't",
            "do does did is are was were ca could should would has have had ai must need",
        ),
        ("s", "'s", "that what there here where who how he she everyone somebody"),
        ("re", "'re", "they you"),
        ("ve", "'ve", "i you we they could should would"),
        ("ll", "'ll", "it you they that there"),
        ("m", "'m", "i"),
    )
    for stem in stems.split()
}
_MARKS = frozenset(".,;:!?")
_ENDS = re.compile(r"[.!?…]+[\"')\]}]*$")
_ABBREVIATION = re.compile(
    r"^[\"'(]*(?:[a-z]|mr|mrs|ms|dr|prof|rev|gen|sen|rep|gov|st|jr|sr|vs|no|inc|ltd|co|corp|dept|e\.g|i\.e|etc|u\.s|u\.k|[a-z](?:\.[a-z])+)\.$",
    re.IGNORECASE,
)
# A word with a capital that is rarer than this may be a name: one in 8,000 words, by its logarithm.
COMMON = -9.0
_YOU = frozenset(
    {
        "you",
        "your",
        "yours",
        "yourself",
        "you're",
        "u",
        "ur",
        "ya",
        "youre",
        "yourselves",
        "you've",
        "you'll",
        "you'd",
        "thou",
    }
)


@dataclass(frozen=True, slots=True)
class Chunk:
    """:param words: in small letters, disguises undone; marks too
    :param raw: the words as written, in small letters, for telling the language
    :param forms: the words and marks, those with an apostrophe taken apart
    :param classes: of the forms, numbers of ``CLASSES``
    :param ends: a sentence may end after it
    :param begins: a sentence may begin with it: 1 surely not in the midst of one, 0.5 maybe, 0 not
    :param undone: something was in disguise
    :param name: it may be a name: a capital first, and a word that isn't common
    :param case: 0 small letters, 1 a capital first, 2 capitals
    """

    words: Sequence[str]
    raw: Sequence[str]
    forms: Sequence[str]
    classes: Sequence[int]
    ends: int
    begins: bool
    you: int
    caps: int
    undone: bool
    name: bool = False
    case: int = 0


def read(chunk: str, vocabulary: Vocabulary) -> Chunk:
    """Read one stretch of letters."""
    stem = chunk[:-1] if chunk[-1] in _MARKS else chunk
    if stem.isalpha() and stem.islower() and stem.isascii():
        return _plainly(stem, chunk[len(stem) :], vocabulary)
    small = chunk.lower()
    if _ADDRESS.match(small):
        return Chunk(
            ("<address>",), (), ("<address>",), (CLASSES["<address>"],), False, True, 0, 0, False
        )
    forms: list[str] = []
    undone = False
    core = small[_BEGIN.match(small).end() :]  # type: ignore[union-attr]
    core = core[: _END.search(core).start()]  # type: ignore[union-attr]
    if core and not small.startswith("*") and (stars := _LAST_STARS.search(small)):
        # Letters left out at the end: “sh**”. Stars on both sides are for weight.
        core = small[small.index(core) : stars.end()]
    if core and _ODD.search(core) and (found := _undisguised(core, small, vocabulary)) is not None:
        before, _, after = small.partition(core)
        parts: list[str] = [*_parts(before), *found, *_parts(after)]
        undone = True
    elif core.startswith("@") and len(core) > 1:
        parts = ["<name>", *_parts(small[small.index(core) + len(core) :])]
    else:
        parts = []
        for part in _parts(small):
            known = _known(part, vocabulary)
            undone = undone or known != (part,)
            parts.extend(known)
    written, is_name = raw(chunk, vocabulary)
    letters = [one for one in chunk if one.isalpha()]
    upper = len(letters) > 1 and all(one.isupper() for one in letters)
    title = bool(letters) and letters[0].isupper() and not upper
    for part in parts:
        forms.extend(_apart(part))
    first = next((one for one in chunk if one.isalnum()), "")
    return Chunk(
        tuple(parts),
        tuple(written),
        tuple(forms),
        tuple(_class(one, vocabulary, title=title, upper=upper) for one in forms),
        _ending(chunk),
        first.isupper() or first.isdigit() or not first,
        sum(one in _YOU for one in parts) + (core.startswith("@") and len(core) > 1),
        int(upper and len(letters) > 1),
        undone,
        is_name,
        2 if upper else int(title),
    )


def _plainly(word: str, mark: str, vocabulary: Vocabulary) -> Chunk:
    """Read a word in small letters and the mark behind it, as most stretches are: what is looked
    for in others needn't be.

    :param mark: one of ``_MARKS`` or none
    """
    known = _known(word, vocabulary)
    parts = (*known, mark) if mark else tuple(known)
    forms = [form for part in parts for form in _apart(part)]
    return Chunk(
        parts,
        (word,),
        tuple(forms),
        tuple(_class(one, vocabulary, title=False, upper=False) for one in forms),
        _ending(word + mark) if mark else 0,
        False,
        sum(one in _YOU for one in parts),
        0,
        known != (word,),
    )


def raw(chunk: str, vocabulary: Vocabulary) -> tuple[Sequence[str], bool]:
    """Return the words of a stretch as written, in small letters, and whether it may be a name."""
    small = chunk.lower()
    if small.startswith("@") or _ADDRESS.match(small):
        return (), False
    found = _PLAIN.findall(small)
    first = next((one for one in chunk if one.isalpha()), "")
    name = first.isupper() and not chunk.isupper()
    return found, name and not any(
        vocabulary.commonness.get(one, -99.0) > COMMON or one in vocabulary.abuse for one in found
    )


def _ending(chunk: str) -> int:
    """Return whether a sentence ends: 2 yes, 1 when the next word has a capital, 0 no."""
    end = _ENDS.search(chunk)
    if end is None or _ABBREVIATION.match(chunk):
        return 0
    return 2 if "!" in end[0] or "?" in end[0] or (end.start() > 2 and ".." not in end[0]) else 1


def _parts(text: str) -> list[str]:
    found = []
    for one in _PART.finditer(text):
        part = one[0]
        if one[1] and len(part) > 2:
            part = part[:2]
        elif part[0].isdigit():
            part = "<number>"
        elif part.startswith(".."):
            part = "..."
        found.append(part)
    return found


def _known(part: str, vocabulary: Vocabulary) -> Sequence[str]:
    """Return the words that a plain word stands for."""
    if part in vocabulary.commonness or not part[0].isalpha() or not part.isascii():
        return (part,)
    if "'" in part:
        return (part,)
    if (plain := vocabulary.plain(part)) is not None:
        if plain in vocabulary.commonness:
            return (plain,)
        part = plain
    if (swapped := vocabulary.unswapped(part)) is not None:
        return (swapped,)
    return vocabulary.pieces(part) or (part,)


def _undisguised(core: str, small: str, vocabulary: Vocabulary) -> Sequence[str] | None:
    """Return the words behind figures, signs and stars; None where there are none."""
    if core.isdigit():
        return None
    letters = sum(one.isalpha() for one in core)
    stars = sum(one in "*#" for one in core)
    if stars and letters and re.fullmatch(r"[a-z'*#]+", core):
        star = core.replace("#", "*")
        found = vocabulary.starred(star, "*")
        if found is None:
            for ending in ("s", "ed", "ing", "er", "ers", "in", "y"):
                if star.endswith(ending) and len(star) - len(ending) >= 3:
                    found = vocabulary.starred(star[: -len(ending)], "*")
                    if found is not None:
                        break
        if found is None and stars * 2 <= len(core):
            bare = core.replace("*", "").replace("#", "")
            found = vocabulary.best((bare,))
        if found is not None:
            return (found,)
    if re.fullmatch(r"[a-z]+(?:[-/][a-z]+)+", core):
        return None
    # A sign at the end may belong to the word: “a$$”.
    whole = small.strip("\"'().,;:?")
    for form in dict.fromkeys((core, whole)):
        if letters and not form.isalpha():
            for read in (form.translate(_LEET), form.translate(_LEET_L).translate(_LEET)):
                bare = read.replace("_", "").replace("-", "").replace(".", "").replace("~", "")
                if not bare.isalpha() or not bare.isascii():
                    continue
                if bare in vocabulary.abuse:
                    return (bare,)
                if _FIGURES.fullmatch(form) or (form.endswith((".", "%")) and "$" not in form):
                    continue
                if "." in form.strip(".") and len(form.split(".")[0]) > 1:
                    continue
                if bare in vocabulary.commonness:
                    return (bare,)
                known = _known(bare, vocabulary)
                if known != (bare,) and not _NUMBERED.fullmatch(form):
                    return known
    return None


def _apart(part: str) -> list[str]:
    """Return a word with an apostrophe as the forms it is made of: “does”, “n't”."""
    if part in _BARE:
        return [*_BARE[part]]
    if part in CLASSES or not part[0].isalpha() or (not part.isascii() and part[0] > "\u0250"):
        return [part]
    ending = _APOSTROPHE.search(part)
    if ending is None:
        return [part]
    stem = part[: ending.start()]
    return [*_apart(stem), ending[0]] if stem else [ending[0]]


def _class(form: str, vocabulary: Vocabulary, *, title: bool, upper: bool) -> int:
    if form in CLASSES:
        return CLASSES[form]
    if not form[0].isalpha():
        if form[0] in CLASSES:
            return CLASSES[form[0]]
        return CLASSES["<picture>" if ord(form[0]) > 0x2190 else "<mark>"]
    if not form.isascii() and form[0] > "\u0250":
        return CLASSES["<foreign>"]
    known = form in vocabulary.classes
    if len(form) == 1:
        return CLASSES["<letter>"]
    if not known and (title or upper):
        return CLASSES["<Name>" if title else "<CAPS>"]
    return vocabulary.class_of(form)
