"""Shouting: stretches in capitals, rows of exclamation marks, one letter over and over.

Names of bodies (NATO, ISRO, GST) and one word in capitals for weight are not shouting.
"""

import itertools
import re
from collections.abc import Iterator

from broadsheet.rules.guidelines.findings import Finding, Guideline, Measured, Written
from broadsheet.rules.guidelines.policy import Policy

WORDS = 4  # words in capitals one after another from which they are shouting
LETTERS = 14  # and letters in them
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_MARKS = re.compile(r"[!?]{6,}")
_LETTERS = re.compile(r"([^\W\d_])\1{5,}", re.IGNORECASE)


def find(written: Written, measured: Measured | None, policy: Policy) -> Iterator[Finding]:
    yield from _capitals(written.text)
    for found in _MARKS.finditer(written.text):
        yield Finding(
            Guideline.SHOUTING, *found.span(), 0.6, "One exclamation or question mark is enough."
        )
    for found in _LETTERS.finditer(written.text):
        yield Finding(
            Guideline.SHOUTING, *found.span(), 0.6, f"There are too many “{found[1]}” in a row."
        )


def _capitals(text: str) -> Iterator[Finding]:
    stretch: list[re.Match[str]] = []
    for word in [*_WORD.finditer(text), None]:
        if word is not None and word[0].isupper():
            stretch.append(word)
            continue
        if len(stretch) >= WORDS and sum(len(one[0]) for one in stretch) >= LETTERS:
            # Letters that stand alone, and names of bodies in a list, are rarely in sentences.
            listed = all(
                "," in text[one.end() : after.start()] for one, after in itertools.pairwise(stretch)
            )
            yield Finding(
                Guideline.SHOUTING,
                stretch[0].start(),
                stretch[-1].end(),
                0.3 if listed else min(1.0, 0.5 + len(stretch) / 40),
                "Words all in capitals read like shouting.",
            )
        stretch = []
