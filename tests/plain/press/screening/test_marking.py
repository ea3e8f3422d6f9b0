"""Which words are marked, on texts of our own."""

import numpy as np
import pytest

from broadsheet.press.screening import marking
from broadsheet.press.screening.model import load
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


@pytest.mark.parametrize(
    "text",
    [
        "I hate Muslims.",
        "Muslims are welcome here.",
        "Women!",
        "She is a kind and happy gay woman.",
    ],
)
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


def test_comments_are_marked_together_as_alone(detector):
    texts = ["Idiots!", "Moron", "stupid liar", "Gay people", "You fools. Idiots, all of you!", "…"]
    texts = [one for text in texts for one in (text, "What a stupid pathetic moron he is.")]

    together = detector.measure_many([Written(one) for one in texts])

    found = [
        [text[span.start : span.end] for span in one.spans]
        for text, one in zip(texts, together, strict=True)
    ]
    assert found == [marked(detector, one) for one in texts]
    assert sum(map(bool, found)) >= 9


def test_short_comment_takes_no_words_of_the_next():
    """A net that would mark eight words of a short comment, and none of a long one."""
    model = load()
    size = 5 * marking.MOST + 2  # where the net sees how many words
    inner = np.zeros_like(model.marking["all_inner"])
    inner[size] = -1
    outer = np.zeros_like(model.marking["all_outer"])
    outer[0, marking.MOST] = 1
    tables = {**model.marking, "all_inner": inner, "all_outer": outer}
    tables["all_biases"] = np.full_like(model.marking["all_biases"], np.log(4))
    biases = [0.1] + [0.0] * marking.MOST
    marker = marking.Marker(
        tables, {**model.facts["marking"], "all_biases": biases}, model.vocabulary
    )
    said = [
        "stupid",
        "liar",
        "Your",
        "stupid",
        "plan",
        "would",
        "cost",
        "us",
        "all",
        "more",
        "than",
        "that",
    ]
    own = marker.read(said, {})
    lengths = np.array([len(one) for one in said])

    found = marker.marks(
        marking.Lines(own, lengths, np.zeros(len(said), dtype=int), np.array([0, 2]))
    )

    assert [sorted(one) for one in found] == [[0, 1], []]
