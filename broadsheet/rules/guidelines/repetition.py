"""Saying again what one said a short while ago, and the same words over and over."""

import re
from collections.abc import Iterator

from broadsheet.rules.guidelines.findings import Finding, Guideline, Measured, Written
from broadsheet.rules.guidelines.policy import Policy
from broadsheet.rules.lookalikes import fold

SHINGLE = 4  # words that are compared together
SHORT = 4  # words: what is shorter may be said twice, as “I agree with you.”
# The share of shingles from which a comment is the one of before. A sentence of ten words in which one
# was changed shares about .6, one of a hundred words .93: whoever changes something in a short comment
# says something else, in a long one hardly.
NEARLY = 0.85
TIMES = 3  # a sentence stands there, from which it is repetition
CLAUSE = 3  # words of a sentence that counts: fewer are answers (“Why?”), initials, abbreviations
CHORUS = 5  # times that even a short one is too much
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_SENTENCE = re.compile(r"[^.!?\n]+[.!?\n]*")


def find(written: Written, measured: Measured | None, policy: Policy) -> Iterator[Finding]:
    words = _WORD.findall(fold(written.text))
    shared = max((_shared(words, earlier) for earlier in written.earlier), default=0.0)
    strength = shared if shared >= NEARLY else shared / 2
    if strength:
        yield Finding(
            Guideline.REPETITION,
            0,
            len(written.text),
            strength,
            "You have posted nearly the same words a short while ago.",
        )
    yield from _within(written.text)


def _shared(words: list[str], earlier: str) -> float:
    """Return which part of a comment stood in an earlier one, 0 to 1."""
    before = _WORD.findall(fold(earlier))
    if len(words) < SHORT:
        return 0.3 if words and words == before else 0.0
    mine, theirs = _shingles(words), _shingles(before)
    # A long comment that quotes a short one of before is not the same again.
    return len(mine & theirs) / len(mine | theirs) if theirs else 0.0


def _shingles(words: list[str]) -> set[tuple[str, ...]]:
    return {tuple(words[at : at + SHINGLE]) for at in range(max(0, len(words) - SHINGLE + 1))}


def _within(text: str) -> Iterator[Finding]:
    sentences: dict[tuple[str, ...], list[tuple[int, int]]] = {}
    total = 0
    for sentence in _SENTENCE.finditer(text):
        words = tuple(_WORD.findall(fold(sentence[0])))
        total += len(words)
        if words:
            sentences.setdefault(words, []).append(sentence.span())
    for words, places in sentences.items():
        times = len(places)
        # A line that comes back in a comment with more to say is a figure of speech.
        mostly = (times - 1) * len(words) * 2 > total
        if times >= (TIMES if len(words) >= CLAUSE else CHORUS) and (mostly or times >= CHORUS):
            yield Finding(
                Guideline.REPETITION,
                places[1][0],
                places[-1][1],
                0.9,
                f"Repetition. You wrote this {_times(times)}.",
            )
    row: list[tuple[str, int, int]] = []
    for found in [*_WORD.finditer(fold(text)), None]:
        if found is not None and row and found[0] == row[0][0]:
            row.append((found[0], *found.span()))
            continue
        if len(row) >= 5:
            yield Finding(
                Guideline.REPETITION,
                row[0][1],
                row[-1][2],
                0.8,
                f"Repetition. You wrote “{text[row[0][1] : row[0][2]]}” {_times(len(row))} in a row.",
            )
        row = [] if found is None else [(found[0], *found.span())]


def _times(count: int) -> str:
    return {3: "three times", 4: "four times", 5: "five times"}.get(count, f"{count} times")
