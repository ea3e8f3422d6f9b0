import numpy as np
import pytest

from broadsheet.press.screening import clauses
from broadsheet.press.screening.clauses import Clauses, apart, code
from broadsheet.press.screening.model import load
from broadsheet.press.screening.places import PlaceReader
from broadsheet.press.screening.vocabulary import CLASSES

TEXTS = ("The minister has no plan.", "Great post!", "A gem of a cult movie", "I agree.")


@pytest.fixture(scope="module")
def net():
    model = load()
    return Clauses(model.net, model.facts["frame"]["net"])


@pytest.fixture(scope="module")
def codes():
    reader = PlaceReader(load().vocabulary)
    return [reader.codes(reader.sentences(one)[0]) for one in TEXTS]


def together(net, codes):
    return net.scores(np.concatenate(codes), np.cumsum([0, *(len(one) for one in codes[:-1])]))


def test_a_code_holds_the_class_the_word_its_ending_and_its_capitals():
    found = code(CLASSES["VB"], "answer", 2, {"answer": 7_999})
    class_, word, ending, case = apart(np.array([found]))

    assert (class_[0], word[0], case[0]) == (CLASSES["VB"], 7_999, 2)
    assert ending[0] == apart(np.array([code(CLASSES["NN"], "power", 0, {})]))[2][0] > 0


def test_a_mark_is_its_class_alone():
    assert code(CLASSES["?"], "?", 1, {}) == CLASSES["?"]


@pytest.mark.parametrize("at_once", [1, 9, 1_500])
def test_sentences_measured_together_are_measured_as_each_alone(net, codes, monkeypatch, at_once):
    monkeypatch.setattr(clauses, "TOGETHER", at_once)
    alone = [net.scores(one, np.array([0]))[0] for one in codes]

    np.testing.assert_allclose(together(net, codes * 3), alone * 3, atol=1e-3)


def test_a_verb_counts_by_what_stands_far_before_it(net):
    """The verb of a clause that hangs on a noun makes no sentence."""
    reader = PlaceReader(load().vocabulary)
    texts = (
        "The number of hours that the mayor of the town has spent in the office.",
        "The mayor of the town has spent a number of hours in the office.",
    )
    hanging, whole = together(net, [reader.codes(reader.sentences(one)[0]) for one in texts])

    assert whole > hanging + 2
