"""The paper's own word lists.

Letters that look like others are read as those; so are figures and signs that stand for letters
inside a word (z4nzib@r), and a word of which each letter stands alone (z.a.n.z.i.b.a.r).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from broadsheet.rules.guidelines.findings import Finding, Guideline, Measured, Written
from broadsheet.rules.guidelines.policy import Policy, WordRule
from broadsheet.rules.lookalikes import fold

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_STRETCH = re.compile(r"[\w@$]{2,}")
_MIXED = re.compile(r"[^\W\d_][\d@$]|[\d@$][^\W\d_]")
_SPELT = re.compile(r"(?<![^\W_])[^\W\d_](?:[ .*_+-]{1,2}[^\W\d_](?![^\W_])){2,}")
# “A. S. S. Kumar” bears initials.
_INITIALS = re.compile(r"(?:[^\W\d_a-z]\.\ ?){2,}[^\W\d_a-z]\.?\ [^\W\d_a-z][^\W\d_]+")
_LETTERS = str.maketrans("01345789@$", "oieastbgas")


@dataclass(frozen=True, slots=True)
class _Compiled:
    """:param phrases: by their first word, each as its words
    :param beginnings: of words that ended in a star
    """

    singles: frozenset[str]
    phrases: dict[str, tuple[tuple[str, ...], ...]]
    beginnings: tuple[str, ...]


@lru_cache(maxsize=64)
def _compile(words: frozenset[str]) -> _Compiled:
    singles, phrases, beginnings = set(), dict[str, list[tuple[str, ...]]](), []
    for entry in words:
        split = tuple(_WORD.findall(fold(entry)))
        if not split:
            continue
        if len(split) > 1:
            phrases.setdefault(split[0], []).append(split)
        elif entry.rstrip().endswith("*"):
            beginnings.append(split[0])
        else:
            singles.add(split[0])
    return _Compiled(
        frozenset(singles),
        {first: tuple(ones) for first, ones in phrases.items()},
        tuple(sorted(beginnings)),
    )


def find(written: Written, measured: Measured | None, policy: Policy) -> Iterator[Finding]:
    if not policy.lists:
        return
    text = fold(written.text)
    places = [(one[0], *one.span()) for one in _WORD.finditer(text)]
    disguised = [*_disguised(text, written.text)]
    for rule in policy.lists:
        compiled = _compile(rule.words)
        found = [*_places(places, compiled)]
        # What is found as it stands is told once.
        found += [
            (start, end)
            for start, end in _places(disguised, compiled)
            if not any(first < end and start < last for first, last in found)
        ]
        for start, end in sorted(found):
            yield _finding(rule, written.text[start:end], start, end)


def _disguised(text: str, typed: str) -> Iterator[tuple[str, int, int]]:
    """Yield words in disguise and their places.

    :param text: folded
    :param typed: as it was typed, capitals and all
    """
    for one in _STRETCH.finditer(text):
        if _MIXED.search(one[0]):
            yield one[0].translate(_LETTERS), *one.span()
    for one in _SPELT.finditer(text):
        if _INITIALS.match(typed, one.start()):
            continue
        yield "".join(filter(str.isalpha, one[0])), *one.span()


def _places(places: list[tuple[str, int, int]], compiled: _Compiled) -> Iterator[tuple[int, int]]:
    for at, (word, start, end) in enumerate(places):
        if word in compiled.singles or (
            compiled.beginnings and word.startswith(compiled.beginnings)
        ):
            yield start, end
        for phrase in compiled.phrases.get(word, ()):
            there = places[at : at + len(phrase)]
            if tuple(one[0] for one in there) == phrase:
                yield start, there[-1][2]


def _finding(rule: WordRule, words: str, start: int, end: int) -> Finding:
    told = rule.explanation or "“{words}” is not a word for this paper’s pages."
    return Finding(Guideline.WORDS, start, end, rule.strength, told.replace("{words}", words))
