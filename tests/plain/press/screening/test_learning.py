"""What a desk decided is learnt upon the model that comes with Broadsheet."""

import numpy as np
import pytest

from broadsheet.press.screening.detector import ScreeningDetector
from broadsheet.press.screening.learning import Decided, TooFewError, area, descend, learn
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
