"""Comments are in full sentences: somebody or something, and what they do or are.

A short full sentence is one (“I agree.”), and so is one with faults of grammar. A headline, a
slogan, a row of words or of noise isn't. What counts is how much of a comment is in sentences: one
exclamation among them is held against nobody.
"""

import re
from collections.abc import Iterator

from broadsheet.rules.guidelines.findings import Finding, Guideline, Measured, Written
from broadsheet.rules.guidelines.policy import Policy

ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth")
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
# Forms that only verbs have. A sentence without any, and without an ending of a verb, has none.
_VERBS = frozenset(
    """
    am is are was were be been being isn't aren't wasn't weren't i'm you're he's she's it's
    we're they're that's there's what's who's do does did don't doesn't didn't has have had
    haven't hasn't hadn't i've you've we've they've will would won't wouldn't i'll you'll he'll
    she'll we'll they'll i'd you'd shall should shouldn't can could can't couldn't cannot may
    might must mustn't get got go goes went come came say says said make made take took think
    thought know knew see saw want need give gave find found tell told let put keep kept feel
    felt leave left mean meant agree hope believe thank wish love hate like read write wrote
    stop look lost won
    """.split()  # noqa: SIM905
)
_ENDING = re.compile(r"(?:ed|ing|es|ies)$")


def find(written: Written, measured: Measured | None, policy: Policy) -> Iterator[Finding]:
    if measured is None or measured.full_sentences >= 0.5:
        return
    # Another language is told by another guideline, and its sentences are measured wrongly.
    if measured.english < 0.5:
        return
    strength = 1 - measured.full_sentences
    found = False
    for number, one in enumerate(measured.sentences):
        if one.full_sentences < 0.5:
            found = True
            said = written.text[one.start : one.end]
            yield Finding(
                Guideline.FULL_SENTENCES,
                one.start,
                one.end,
                strength,
                _explanation(said, number, len(measured.sentences)),
            )
    if not found:
        yield Finding(
            Guideline.FULL_SENTENCES,
            0,
            len(written.text),
            strength,
            "Little of this is in full sentences.",
        )


def _explanation(said: str, number: int, of: int) -> str:
    words = [one.lower().replace("’", "'") for one in _WORD.findall(said)]
    if of > 1:
        which = ORDINALS[number] if number < len(ORDINALS) else f"{number + 1}th"
        subject = f"Your {which} sentence"
    else:
        subject = "This"
    if not words:
        return f"{subject} has no words." if of > 1 else "There are no words in this."
    if len(words) == 1:
        return f"{subject} is one word, not a full sentence."
    if not any(one in _VERBS or _ENDING.search(one) for one in words):
        return f"{subject} has no verb."
    if of > 1:
        return f"{subject} isn’t a full one: say who does what."
    return "This isn’t a full sentence: say who does what."
