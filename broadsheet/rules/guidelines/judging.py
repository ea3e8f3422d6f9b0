"""From findings to what happens to a comment: published, held for a person, or returned.

Nothing is stored of a comment that is returned: its writer sees every finding, and may mend the
words or ask a person to look. Where screening was to be had and failed, the comment is held; a
comment that nobody and nothing looked at is never published in its place.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from broadsheet.rules.guidelines import (
    abusive,
    english,
    full_sentences,
    length,
    links,
    personal,
    repetition,
    shouting,
    words,
)
from broadsheet.rules.guidelines.findings import Finding, Measured, Written
from broadsheet.rules.guidelines.policy import Act, Policy

type Check = Callable[[Written, Measured | None, Policy], Iterator[Finding]]

# In the order in which a writer reads what they found, where it is about the same words.
CHECKS: tuple[Check, ...] = (
    length.find,
    english.find,
    full_sentences.find,
    personal.find,
    abusive.find,
    words.find,
    links.find,
    shouting.find,
    repetition.find,
)


class Screened(StrEnum):
    """Whether the detectors looked at a comment."""

    DONE = "done"
    FAILED = "failed"
    NOT_INSTALLED = "not-installed"


class Verdict(StrEnum):
    PUBLISHED = "published"
    HELD = "held"
    RETURNED = "returned"


class Reason(StrEnum):
    """Why a comment is published, held or returned."""

    CLEAN = "clean"
    TELLS_DESK = "tells-desk"
    BREAKS_GUIDELINE = "breaks-guideline"
    DOUBTFUL = "doubtful"
    ASKED_FOR_PERSON = "asked-for-person"
    SCREENING_FAILED = "screening-failed"
    THREAD_READ_FIRST = "thread-read-first"
    WRITER_READ_FIRST = "writer-read-first"
    FIXED_AFTER_RETURN = "fixed-after-return"
    NEW_READER = "new-reader"
    PASSING_ADDRESS = "passing-address"


@dataclass(frozen=True, slots=True)
class Judgement:
    """:param findings: those that have a consequence, in the order of the text"""

    verdict: Verdict
    reason: Reason
    findings: tuple[Finding, ...] = ()

    @property
    def tells_desk(self) -> bool:
        return self.reason is Reason.TELLS_DESK


def find(written: Written, measured: Measured | None, policy: Policy) -> list[Finding]:
    """Return everything that has a consequence under a policy, in the order of the text."""
    found = [
        finding
        for check in CHECKS
        for finding in check(written, measured, policy)
        if finding.strength >= policy.of(finding.guideline).least
    ]
    return sorted(found, key=lambda one: (one.start, one.end))


def judge(
    findings: Sequence[Finding],
    policy: Policy,
    *,
    screened: Screened,
    asks_person: bool = False,
    thread_read_first: bool = False,
    writer_read_first: bool = False,
    returned_before: bool = False,
    new_reader: bool = False,
    passing_address: bool = False,
    read_by_desk: bool = False,
) -> Judgement:
    """Judge a comment.

    :param asks_person: its writer saw the findings and asked a person to look
    :param thread_read_first: every comment of the thread is read before others see it
    :param writer_read_first: the desk wants to read this writer's comments first
    :param returned_before: the desk returned it, and its writer has changed it since
    :param new_reader: the writer has had too few comments published to be trusted
    :param passing_address: the writer's address is at a domain of throw-away addresses
    :param read_by_desk: the writer is of the desk: nobody reads their comments first
    """
    kept = tuple(findings)
    acts = {
        policy.of(one.guideline).act(one.strength, for_a_person=one.for_a_person) for one in kept
    }
    if Act.RETURN in acts and not asks_person:
        return Judgement(Verdict.RETURNED, Reason.BREAKS_GUIDELINE, kept)
    held = (
        (Act.RETURN in acts, Reason.ASKED_FOR_PERSON),
        (screened is Screened.FAILED, Reason.SCREENING_FAILED),
        (Act.HOLD in acts, Reason.DOUBTFUL),
        (thread_read_first and not read_by_desk, Reason.THREAD_READ_FIRST),
        (writer_read_first, Reason.WRITER_READ_FIRST),
        (returned_before and not read_by_desk, Reason.FIXED_AFTER_RETURN),
        (new_reader and not read_by_desk, Reason.NEW_READER),
        (passing_address and not read_by_desk, Reason.PASSING_ADDRESS),
    )
    for holds, reason in held:
        if holds:
            return Judgement(Verdict.HELD, reason, kept)
    if Act.TELL in acts:
        return Judgement(Verdict.PUBLISHED, Reason.TELLS_DESK, kept)
    return Judgement(Verdict.PUBLISHED, Reason.CLEAN, kept)
