"""Saying again what one said a short while ago, and the same words over and over."""

import re
from collections.abc import Iterator

from broadsheet.rules.guidelines.findings import Finding, Guideline, Measured, Written
from broadsheet.rules.guidelines.policy import Policy
from broadsheet.rules.lookalikes import fold

SHINGLE = 4  # words that are compared together
SHORT = 4  # words: what is shorter may be said twice, as “I agree with you.”
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_SENTENCE = re.compile(r"[^.!?\n]+[.!?\n]*")


def find(written: Written, measured: Measured | None, policy: Policy) -> Iterator[Finding]:
    words = _WORD.findall(fold(written.text))
    strength = max((_shared(words, earlier) for earlier in written.earlier), default=0.0)
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
    said: dict[str, list[tuple[int, int]]] = {}
    for sentence in _SENTENCE.finditer(text):
        words = " ".join(_WORD.findall(fold(sentence[0])))
        if words:
            said.setdefault(words, []).append(sentence.span())
    for places in said.values():
        if len(places) >= 3:
            yield Finding(
                Guideline.REPETITION,
                places[1][0],
                places[-1][1],
                0.9,
                f"You say this {len(places)} times.",
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
                f"“{text[row[0][1] : row[0][2]]}” stands here {len(row)} times in a row.",
            )
        row = [] if found is None else [(found[0], *found.span())]
