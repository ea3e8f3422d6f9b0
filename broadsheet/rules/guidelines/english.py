"""Comments are in English. Names, quotations and a foreign phrase within English are fine."""

from collections.abc import Iterator

from broadsheet.rules.guidelines.findings import Finding, Guideline, Measured, Written
from broadsheet.rules.guidelines.policy import Policy


def find(written: Written, measured: Measured | None, policy: Policy) -> Iterator[Finding]:
    if measured is None or measured.english >= 0.5:
        return
    strength = 1 - measured.english
    others = [one for one in measured.sentences if one.english < 0.5]
    if len(others) < len(measured.sentences):
        for one in others:
            said = written.text[one.start : one.end]
            yield Finding(
                Guideline.ENGLISH, one.start, one.end, strength, f"“{_short(said)}” isn’t English."
            )
    if len(others) in {0, len(measured.sentences)}:
        yield Finding(
            Guideline.ENGLISH,
            0,
            len(written.text),
            strength,
            "This isn’t English. Comments here are read and answered in English.",
        )


def _short(words: str) -> str:
    return words if len(words) <= 60 else f"{words[:57].rstrip()}…"
