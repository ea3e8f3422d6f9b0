"""Which words are marked, on texts of our own."""

import pytest

from broadsheet.press.screening import marking
from broadsheet.rules.guidelines.findings import Written


def marked(detector, text, **facts):
    spans = detector.measure(Written(text, **facts)).spans
    return [text[one.start : one.end] for one in spans]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("Shut up, you moron.", ["moron"], id="one"),
        pytest.param("You are a stupid idiot.", ["stupid idiot"], id="neighbours"),
        pytest.param("That is bullshit...and you know it.", ["bullshit"], id="glued to another"),
        pytest.param("A stupid/idiotic comment it is.", ["stupid", "idiotic"], id="both of two"),
        pytest.param("I will read the report again.", [], id="none"),
    ],
)
def test_words_that_abuse_are_marked(detector, text, expected):
    assert marked(detector, text) == expected


@pytest.mark.parametrize("text", ["I hate Muslims.", "Muslims are welcome here.", "Women!"])
def test_name_of_a_group_is_not_marked_alone(detector, text):
    assert marked(detector, text) == []


def test_worst_of_many_is_marked(detector):
    text = "The plan is wrong and the figures are bad, and whoever wrote them is a pathetic moron."

    assert " ".join(marked(detector, text)).endswith("moron")
    assert "wrong" not in " ".join(marked(detector, text))


def test_quoted_words_are_not_marked(detector):
    story = "A reader shouted: you are a stupid idiot and a liar, he told the mayor."
    text = "He said you are a stupid idiot and a liar, and only a moron would agree."

    assert marked(detector, text, story=story) == ["moron"]


def test_stretch_is_cut_where_a_space_was_forgotten():
    text = "so stupid...as ever http://a.example/one.two f.o.o"
    places, whose = marking.cut(text, [(0, 2), (3, 14), (15, 19), (20, 44), (45, 50)])

    said = [text[start:end] for start, end in places]
    assert said == ["so", "stupid...", "as", "ever", "http://a.example/one.two", "f.o.o"]
    assert list(whose) == [0, 1, 1, 2, 3, 4]
