"""What a desk decided is learnt upon the model that comes with Broadsheet."""

from dataclasses import replace

import numpy as np
import pytest

from broadsheet.press.screening.detector import ScreeningDetector
from broadsheet.press.screening.learning import Decided, TooFewError, area, descend, learn, without
from broadsheet.press.screening.model import load
from broadsheet.rules.guidelines.findings import Written

GOOD = "The harbour works are late again, and gate {} is still shut."
BAD = "That is pure gobbledywock from gate {}, as ever."


def decisions(many):
    return [
        Decided((BAD if at % 3 == 0 else GOOD).format(at), broke=at % 3 == 0) for at in range(many)
    ]


def test_what_the_desk_takes_down_is_learnt_and_shown_on_decisions_held_back():
    learnt = learn(load(), decisions(150))

    assert learnt.after.area > learnt.before.area
    assert learnt.after.area > 0.95
    assert (learnt.decisions, learnt.broke) == (150, 50)


def test_learnt_model_judges_as_the_desk_and_leaves_the_rest_alone():
    base, learnt = load(), learn(load(), decisions(150)).model
    text = Written("What you print is gobbledywock.")
    before, after = ScreeningDetector(base).measure(text), ScreeningDetector(learnt).measure(text)

    assert after.abusive > before.abusive
    assert after.personal == pytest.approx(before.personal)
    assert after.english == pytest.approx(before.english)
    assert learnt.version == f"{base.version}+150"


def test_what_was_learnt_for_one_guideline_stays_when_another_is_learnt():
    base = load()
    text = Written("What you print is gobbledywock.")
    first = learn(base, decisions(150)).model
    both = learn(without(first, base, "personal"), decisions(120), output="personal").model
    again = learn(without(both, base, "abusive"), decisions(180)).model

    at_first, with_both, last = (
        ScreeningDetector(one).measure(text) for one in (first, both, again)
    )
    assert with_both.abusive == pytest.approx(at_first.abusive)
    assert with_both.personal > at_first.personal
    assert last.personal == pytest.approx(with_both.personal)
    assert [one.version for one in (both, again)] == [
        f"{base.version}+150+120",
        f"{base.version}+120+180",
    ]
    # Nothing is learnt upon what was learnt of the same.
    fresh = learn(base, decisions(180)).model
    assert last.abusive == pytest.approx(ScreeningDetector(fresh).measure(text).abusive)


def test_what_was_learnt_upon_another_model_is_left():
    base = load()
    other = replace(base, facts={**base.facts, "version": "1+150", "learnt": {"abusive": 150}})

    assert without(other, base, "personal") is base


def test_too_few_decisions_teach_nothing():
    with pytest.raises(TooFewError, match="99 decisions"):
        learn(load(), decisions(99))


def test_decisions_of_one_kind_teach_nothing():
    with pytest.raises(TooFewError, match="0 of them"):
        learn(load(), [Decided(GOOD.format(at), broke=False) for at in range(200)])


@pytest.mark.parametrize(
    ("scores", "expected"), [([1, 2, 3, 4], 1.0), ([4, 3, 2, 1], 0.0), ([1, 1, 1, 1], 0.5)]
)
def test_area(scores, expected):
    assert area(np.array(scores, float), np.array([0, 0, 1, 1.0])) == expected


def test_descending_finds_where_a_function_is_least():
    wanted = np.array([3.0, -2.0, 0.5])

    found = descend(lambda at: (float(((at - wanted) ** 2).sum()), 2 * (at - wanted)), np.zeros(3))

    assert found == pytest.approx(wanted, abs=1e-3)
