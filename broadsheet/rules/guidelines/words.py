"""The paper's own word lists."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from broadsheet.rules.guidelines.findings import Finding, Guideline, Measured, Written
from broadsheet.rules.guidelines.policy import Policy, WordRule
from broadsheet.rules.lookalikes import fold

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")


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
    places = [(one[0], *one.span()) for one in _WORD.finditer(fold(written.text))]
    for rule in policy.lists:
        for start, end in _places(places, _compile(rule.words)):
            yield _finding(rule, written.text[start:end], start, end)


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
