"""Letters that look like others."""

import pytest

from broadsheet.rules.lookalikes import fold, skeleton


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Plain", "plain"),
        ("Ｐаypаl", "paypal"),  # full width, Cyrillic
        ("ɪѕrо", "isro"),
        ("naïve", "naive"),
        ("ß", "ß"),
        ("தமிழ்", "தமிழ்"),
    ],
)
def test_folding(text, folded):
    assert fold(text) == folded


def test_what_is_folded_is_as_long_as_it_was():
    text = "ﬁ ½ İstanbul ǆ ﷺ"

    assert len(fold(text)) == len(text)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Anita Rao", "Аnita Rао"),
        ("The Editor", "the_editor"),
        ("Modern", "Modem"),
        ("Lily", "Li1y"),
        ("Wanda", "VVanda"),
        ("Sonia", "S0nia"),
    ],
)
def test_names_that_look_alike_have_one_skeleton(one, other):
    assert skeleton(one) == skeleton(other)


def test_other_names_have_another():
    assert skeleton("Anita Rao") != skeleton("Anila Das")
