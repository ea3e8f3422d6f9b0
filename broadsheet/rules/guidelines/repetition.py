"""Nearly the same words again under one story, and the same words over and over.

Only what the writer said under the same story within the last ``WITHIN`` counts: a year later, or under
another story, a sentence may be said again. What the desk returned may come back changed, that is what
returning is for; it only counts when not a word of it is different.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from broadsheet.rules.guidelines.findings import Finding, Guideline, Measured, Written
from broadsheet.rules.guidelines.policy import Policy
from broadsheet.rules.lookalikes import fold

WITHIN = timedelta(hours=24)
COMPARED = 6  # earlier comments of the writer, the latest ones
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


@dataclass(frozen=True, slots=True)
class Earlier:
    """An earlier comment of the same writer.

    :param same_story: whether it was written under the same story
    :param returned: whether the desk returned it to its writer
    """

    text: str
    posted_at: datetime
    same_story: bool
    returned: bool = False


def comparable(text: str, earlier: Iterable[Earlier], *, now: datetime) -> tuple[str, ...]:
    """Return the earlier comments that a new one is compared with.

    :param earlier: the writer's, latest first
    """
    compared = [
        one.text
        for one in earlier
        if one.text
        and one.same_story
        and now - one.posted_at < WITHIN
        and not (one.returned and _words(one.text) != _words(text))
    ]
    return tuple(compared[:COMPARED])


def _words(text: str) -> list[str]:
    return _WORD.findall(fold(text))


def find(written: Written, measured: Measured | None, policy: Policy) -> Iterator[Finding]:
    words = _words(written.text)
    shared = max((_shared(words, earlier) for earlier in written.earlier), default=0.0)
    strength = shared if shared >= NEARLY else shared / 2
    if strength:
        yield Finding(
            Guideline.REPETITION,
            0,
            len(written.text),
            strength,
            "You posted nearly the same words under this story within the last 24 hours.",
        )
    yield from _within(written.text)


def _shared(words: list[str], earlier: str) -> float:
    """Return which part of a comment stood in an earlier one, 0 to 1."""
    before = _words(earlier)
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
                f"You wrote this {_times(times)}.",
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
                f"You wrote “{text[row[0][1] : row[0][2]]}” {_times(len(row))} in a row.",
            )
        row = [] if found is None else [(found[0], *found.span())]


def _times(count: int) -> str:
    return {3: "three times", 4: "four times", 5: "five times"}.get(count, f"{count} times")
