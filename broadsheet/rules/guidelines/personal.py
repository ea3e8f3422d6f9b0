"""Comments are not personal: what somebody said or did may be attacked, the person not.

A person whom the story names stands in public: an attack on them is read by a person of the desk,
never returned by a machine.
"""

from collections.abc import Iterator

from broadsheet.rules.guidelines.abusive import LEAST, told
from broadsheet.rules.guidelines.findings import Breach, Finding, Guideline, Measured, Written
from broadsheet.rules.guidelines.policy import Policy


def find(written: Written, measured: Measured | None, policy: Policy) -> Iterator[Finding]:
    if measured is None or measured.personal < LEAST:
        return
    spans = [one for one in measured.spans if one.breach is Breach.ATTACK]
    # Where no words are an attack rather than abuse, both are told of the same words.
    spans = spans or list(measured.spans)
    yield from told(written, measured, spans, Guideline.NOT_PERSONAL)
