"""Words behind disguises."""

import pytest

from broadsheet.press.screening import words
from broadsheet.press.screening.model import load

VOCABULARY = load().vocabulary


@pytest.mark.parametrize(
    ("stretch", "said"),
    [
        ("1d10t", ["idiot"]),
        ("m0ron,", ["moron", ","]),
        ("f*ck", ["fuck"]),
        ("f*cking", ["fucking"]),
        ("idi*t", ["idiot"]),
        ("a$$hole", ["asshole"]),
        ("@sshole", ["asshole"]),
        ("b!tch", ["bitch"]),
        ("stuuuupid", ["stupid"]),
        ("idoit", ["idiot"]),
        ("youareanidiot", ["you", "are", "an", "idiot"]),
        ("stupididiot", ["stupid", "idiot"]),
    ],
)
def test_disguised_word_is_read(stretch, said):
    assert list(words.read(stretch, VOCABULARY).words) == said


@pytest.mark.parametrize(
    "stretch",
    ["government", "minister's", "Thiruvananthapuram", "Scunthorpe", "assess", "Krishnamurthy"],
)
def test_honest_word_is_left_alone(stretch):
    found = words.read(stretch, VOCABULARY)

    assert list(found.words) == [stretch.lower()]
    assert not found.undone


@pytest.mark.parametrize("stretch", ["3rd", "1990s", "covid-19", "10am", "$5", "50%", "F-16"])
def test_figures_are_no_disguise(stretch):
    assert not set(words.read(stretch, VOCABULARY).words) & set(VOCABULARY.abuse)


@pytest.mark.parametrize(
    ("stretch", "ends"),
    [("wrong.", 2), ("Mr.", 0), ("J.", 0), ("no!", 2), ("well...", 1), ("so", 0)],
)
def test_where_sentences_may_end(stretch, ends):
    assert words.read(stretch, VOCABULARY).ends == ends


@pytest.mark.parametrize(
    ("stretch", "forms"),
    [
        ("Thats", ["that", "'s"]),
        ("dont", ["do", "n't"]),
        ("theyre", ["they", "'re"]),
        ("its", ["its"]),
        ("wont", ["wont"]),
    ],
)
def test_apostrophe_that_was_left_out_is_put_back_where_no_other_word_is_meant(stretch, forms):
    assert list(words.read(stretch, VOCABULARY).forms) == forms


@pytest.mark.parametrize(("stretch", "case"), [("work", 0), ("Work", 1), ("WORK", 2), ("I", 1)])
def test_capitals_are_seen(stretch, case):
    assert words.read(stretch, VOCABULARY).case == case
