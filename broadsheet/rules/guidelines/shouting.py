"""Shouting: stretches in capitals, rows of exclamation marks, one letter over and over.

Names of bodies (NATO, ISRO, GST), one word in capitals for weight and what is quoted in capitals, as
from a headline or the comment that is answered, are not shouting.
"""

import itertools
import re
from collections.abc import Iterator

from broadsheet.rules.guidelines.findings import Finding, Guideline, Measured, Written
from broadsheet.rules.guidelines.policy import Policy

WORDS = 4  # words in capitals one after another from which they are shouting
LETTERS = 14  # and letters in them
# Words of five letters and fewer that no body is called by: one of them makes a stretch a sentence.
_COMMON = frozenset(
    re.findall(
        r"\w+",
        "a about after again all am an and any are as ask at away back bad be been big but buy by call came can "
        "come could cut day did do done down each end ever every few fix for from full fund get give go god going "
        "gone good got great had has have he help her here him his home how i if in into is it its jail job jobs "
        "just keep know land last law less let lie lies life like live long look lost made make man many may me men "
        "money more most much must my need never new news no none not now of off old on once one only open or other "
        "our out over own paid part pay people poor real rich road room save say see send shame she shut so some "
        "stop such sure take tax taxes tell than that the their them then there these they thing think this those "
        "time to today told too truth try two under until up us use very vote wake want war was water way we well "
        "went were what when where which while who why will with won word work world worse would wrong year yes yet "
        "you your fake press port board media",
    )
)
ACRONYM = 5  # letters at most
SHORT_ACRONYM = 3
OWN = 3  # words outside quotation marks, for what stands in them to be somebody else’s
_UNSPOKEN = re.compile(r"[B-DF-HJ-NP-TV-XZ]{3}")  # few words begin with three consonants
_QUOTED = re.compile(r"[\"“«][^\"“”«»\n]{3,}[\"”»]")
_MAIL = re.compile(r"^[ \t]*>.*$", re.MULTILINE)
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_MARKS = re.compile(r"[!?]{6,}")
_LETTERS = re.compile(r"([^\W\d_])\1{5,}", re.IGNORECASE)


def find(written: Written, measured: Measured | None, policy: Policy) -> Iterator[Finding]:
    yield from _capitals(written)
    for found in _MARKS.finditer(written.text):
        yield Finding(
            Guideline.SHOUTING, *found.span(), 0.6, "One exclamation or question mark is enough."
        )
    for found in _LETTERS.finditer(written.text):
        yield Finding(
            Guideline.SHOUTING, *found.span(), 0.6, f"There are too many “{found[1]}” in a row."
        )


def _capitals(written: Written) -> Iterator[Finding]:
    text = written.text
    stretch: list[re.Match[str]] = []
    quoted: list[tuple[int, int]] | None = None
    for word in [*_WORD.finditer(text), None]:
        if word is not None and word[0].isupper():
            stretch.append(word)
            continue
        if len(stretch) >= WORDS and sum(len(one[0]) for one in stretch) >= LETTERS:
            if quoted is None:
                quoted = [*_quotations(text)]
            start, end = stretch[0].start(), stretch[-1].end()
            # Letters that stand alone, and names of bodies in a list, are rarely in sentences.
            listed = all(
                "," in text[one.end() : after.start()] for one, after in itertools.pairwise(stretch)
            )
            if listed or _are_acronyms([one[0] for one in stretch]):
                strength = 0.3
            elif any(first <= start and end <= last for first, last in quoted) or _repeats(
                [one[0] for one in stretch], written
            ):
                strength = 0.0
            else:
                strength = min(1.0, 0.5 + len(stretch) / 40)
            if strength:
                yield Finding(
                    Guideline.SHOUTING,
                    start,
                    end,
                    strength,
                    "Words all in capitals read like shouting.",
                )
        stretch = []


def _are_acronyms(words: list[str]) -> bool:
    """Tell whether words in capitals are names of bodies, examinations and offices (NEET, UG, MLA).

    All are short, none is a word that everybody uses, and a third of them look like no word.
    """
    if any(len(one) > ACRONYM or one.lower() in _COMMON for one in words):
        return False
    unlike = sum(len(one) <= SHORT_ACRONYM or bool(_UNSPOKEN.match(one)) for one in words)
    return unlike * 3 >= len(words)


def _quotations(text: str) -> Iterator[tuple[int, int]]:
    """Yield what stands in quotation marks or behind “>”, where there are words of the writer's own."""
    places = [one.span() for one in (*_QUOTED.finditer(text), *_MAIL.finditer(text))]
    within = sum(
        any(start <= word.start() < end for start, end in places) for word in _WORD.finditer(text)
    )
    if len(_WORD.findall(text)) - within >= OWN:
        yield from places


def _repeats(words: list[str], written: Written) -> bool:
    """Tell whether words in capitals stand so, in capitals, in the story or the comment answered."""
    said = " ".join(words)
    return any(
        said in " ".join(_WORD.findall(source)) for source in (written.story, written.parent)
    )
