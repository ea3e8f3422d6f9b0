"""From findings to what happens to a comment, and the page that says so."""

from pathlib import Path

import pytest

from broadsheet.rules.guidelines.findings import SCREENED, Finding, Guideline, Written
from broadsheet.rules.guidelines.judging import (
    Judgement,
    Reason,
    Screened,
    Verdict,
    find,
    judge,
)
from broadsheet.rules.guidelines.policy import DEFAULT, Act, Lines, Policy

PAGE = (Path(__file__).parents[4] / "docs/rules/guidelines.md").read_text()
POLICY = Policy({Guideline.SHOUTING: Lines(returns_at=0.9, holds_at=0.5, tells_at=0.2)})


def judged_as(*findings: Finding, **facts: bool) -> Judgement:
    return judge(findings, POLICY, screened=Screened.DONE, **facts)


def finding(strength: float, *, for_a_person: bool = False) -> Finding:
    return Finding(Guideline.SHOUTING, 0, 5, strength, "Loud.", for_a_person=for_a_person)


@pytest.mark.parametrize("reason", Reason)
def test_every_reason_is_on_its_page(reason):
    assert f"| `{reason}` |" in PAGE


@pytest.mark.parametrize("guideline", Guideline)
def test_every_guideline_is_on_its_page_and_has_lines(guideline):
    assert f"| `{guideline}` |" in PAGE
    assert guideline in DEFAULT


@pytest.mark.parametrize("act", Act)
def test_every_act_is_on_its_page(act):
    assert f"| `{act}` |" in PAGE


@pytest.mark.parametrize(
    ("strength", "verdict", "reason"),
    [
        (0.95, Verdict.RETURNED, Reason.BREAKS_GUIDELINE),
        (0.9, Verdict.RETURNED, Reason.BREAKS_GUIDELINE),
        (0.5, Verdict.HELD, Reason.DOUBTFUL),
        (0.2, Verdict.PUBLISHED, Reason.TELLS_DESK),
        (0.1, Verdict.PUBLISHED, Reason.CLEAN),
    ],
)
def test_the_lines_decide(strength, verdict, reason):
    judged = judged_as(finding(strength))

    assert (judged.verdict, judged.reason) == (verdict, reason)


def test_what_is_for_a_person_is_held_and_never_returned():
    judged = judged_as(finding(1.0, for_a_person=True))

    assert (judged.verdict, judged.reason) == (Verdict.HELD, Reason.DOUBTFUL)


def test_a_writer_who_asks_gets_a_person():
    judged = judged_as(finding(1.0), asks_person=True)

    assert (judged.verdict, judged.reason) == (Verdict.HELD, Reason.ASKED_FOR_PERSON)


def test_asking_for_a_person_holds_nothing_that_would_be_published():
    assert judged_as(asks_person=True).verdict is Verdict.PUBLISHED


@pytest.mark.parametrize("read_by_desk", [False, True])
def test_what_could_not_be_screened_is_held(read_by_desk):
    judged = judge([], POLICY, screened=Screened.FAILED, read_by_desk=read_by_desk)

    assert judged == Judgement(Verdict.HELD, Reason.SCREENING_FAILED)


def test_without_a_detector_the_counted_guidelines_decide():
    assert judge([], POLICY, screened=Screened.NOT_INSTALLED).verdict is Verdict.PUBLISHED


@pytest.mark.parametrize(
    ("fact", "reason"),
    [
        ("thread_read_first", Reason.THREAD_READ_FIRST),
        ("writer_read_first", Reason.WRITER_READ_FIRST),
        ("new_reader", Reason.NEW_READER),
        ("passing_address", Reason.PASSING_ADDRESS),
    ],
)
def test_each_fact_about_thread_and_writer_holds(fact, reason):
    assert judged_as(**{fact: True}) == Judgement(Verdict.HELD, reason)


def test_nobody_reads_the_desk_first():
    facts = dict.fromkeys(("thread_read_first", "new_reader", "passing_address"), True)

    assert judged_as(read_by_desk=True, **facts).verdict is Verdict.PUBLISHED


def test_findings_without_consequence_are_left_out():
    shouted = Written("THIS IS ALL WRONG AND YOU KNOW IT!!!!!!!! Nothing else is.")

    assert [one.start for one in find(shouted, None, Policy())] == [0, 33]
    assert find(shouted, None, Policy({})) == []


def test_a_policy_comes_back_as_it_was_kept():
    policy = Policy().with_lines(Guideline.LINKS, Lines(None, 0.3, 0.1))

    assert Policy.from_json(policy.as_json()) == policy


def test_a_line_outside_its_range_is_refused():
    with pytest.raises(ValueError, match="not between"):
        Policy.from_json({"lines": {"links": [1.5, None, None]}})


def test_what_needs_a_detector_is_said():
    assert {one.value for one in SCREENED} == {
        "english",
        "full-sentences",
        "not-abusive",
        "not-personal",
    }
