"""The teaser: where it ends."""

import pytest

from broadsheet.rules.teaser import Block, Cut, cut

LONG = Block("one two three four five six seven eight nine ten " * 10, prose=True)


def test_a_teaser_ends_with_a_whole_sentence():
    first = Block("Two men met. They spoke of missiles, and of much besides.", prose=True)

    assert cut([first, LONG], words=6) == Cut(0, "Two men met.", complete=False)


@pytest.mark.parametrize(
    "sentence",
    [
        "On Tuesday Mr. Serdyukov met Mr. Gates.",
        "The U.S. Navy and J. B. Rao were there at 9 a.m. on Tuesday.",
        "Dr. Nambi lives in St. Thomas Road.",
        "He is at No. 4.",
    ],
)
def test_an_abbreviation_ends_no_sentence(sentence):
    words = len(sentence.split())
    blocks = [Block(f"{sentence} And then more was said.", prose=True), LONG]

    assert cut(blocks, words=words + 1).part == sentence


def test_half_of_a_short_story_is_kept_back():
    assert cut([Block("One. Two. Three. Four.", prose=True)]).part == "One. Two."


def test_what_is_no_prose_ends_the_teaser():
    blocks = [Block("One.", prose=True), Block("", prose=False), LONG]

    assert cut(blocks, words=50) == Cut(1, "", complete=False)
