"""Comments are not abusive.

What abuses somebody whom the story names is for a person to read: hard words about people in
public are not returned by a machine.
"""

from collections.abc import Iterator

from broadsheet.rules.guidelines.findings import (
    Breach,
    Finding,
    Guideline,
    Measured,
    Span,
    Written,
)
from broadsheet.rules.guidelines.policy import Policy

# Under this nothing is said about a comment: no policy draws a line so low.
LEAST = 0.02


def find(written: Written, measured: Measured | None, policy: Policy) -> Iterator[Finding]:
    if measured is None or measured.abusive < LEAST:
        return
    spans = [one for one in measured.spans if one.breach is Breach.ABUSE]
    if not spans:
        # The same words are told as an attack on a person.
        spans = list(measured.spans)
    yield from told(written, measured, spans, Guideline.NOT_ABUSIVE)


def told(
    written: Written, measured: Measured, spans: list[Span], guideline: Guideline
) -> Iterator[Finding]:
    """Yield a finding for each place, or for the worst sentence where no words stand out."""
    abusive = guideline is Guideline.NOT_ABUSIVE
    strength = measured.abusive if abusive else measured.personal
    words = "“{}” is abusive." if abusive else "“{}” attacks a person, not what they said."
    for one in spans:
        yield Finding(
            guideline,
            one.start,
            one.end,
            strength,
            words.format(written.text[one.start : one.end]),
            for_a_person=one.in_public,
        )
    if spans or not measured.sentences:
        return
    worst = max(measured.sentences, key=lambda one: one.abusive if abusive else one.personal)
    yield Finding(
        guideline,
        worst.start,
        worst.end,
        strength,
        "This reads as abuse." if abusive else "This reads as an attack on a person.",
        for_a_person=any(one.in_public for one in measured.spans),
    )
