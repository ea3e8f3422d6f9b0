import numpy as np

from broadsheet.press.screening.clauses import Clauses, apart, code
from broadsheet.press.screening.model import load
from broadsheet.press.screening.places import PlaceReader
from broadsheet.press.screening.vocabulary import CLASSES


def test_a_code_holds_the_class_the_word_and_its_ending():
    class_, word, ending = apart(np.array([code(CLASSES["VB"], "answer", {"answer": 7_999})]))
    assert (class_[0], word[0]) == (CLASSES["VB"], 7_999)
    assert ending[0] == apart(np.array([code(CLASSES["NN"], "power", {})]))[2][0] > 0


def test_a_mark_is_its_class_alone():
    assert code(CLASSES["?"], "?", {}) == CLASSES["?"]


def test_sentences_measured_together_are_measured_as_each_alone():
    model = load()
    net = Clauses(model.net, model.facts["frame"]["net"])
    reader = PlaceReader(model.vocabulary)
    texts = ("The minister has no plan.", "Great post!", "A gem of a cult movie", "I agree.")
    codes = [reader.codes(reader.sentences(one)[0]) for one in texts]
    starts = np.cumsum([0, *(len(one) for one in codes[:-1])])
    together = net.scores(np.concatenate(codes), starts)
    alone = [net.scores(one, np.array([0]))[0] for one in codes]
    np.testing.assert_allclose(together, alone, atol=1e-3)
