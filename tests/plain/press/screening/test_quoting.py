"""What is quoted is held against nobody."""

from broadsheet.press.screening.letters import read
from broadsheet.press.screening.quoting import quoted

STORY = "The minister called his critics a bunch of useless fools who know nothing."


def words(text, *sources):
    seen = read(text)
    return [seen.text[start:end] for start, end in quoted(seen, sources)]


def test_words_of_the_story_are_quoted():
    assert words("He says critics are a bunch of useless fools, and I disagree.", STORY) == [
        "a bunch of useless fools"
    ]


def test_two_words_of_the_story_in_marks_are_enough():
    assert words("Why “useless fools”, I ask?", STORY) == ['"useless fools"']


def test_two_words_that_the_story_lacks_are_the_writers_own():
    assert words("Why “utter fools”, I ask?", STORY) == []


def test_what_the_comment_before_said_is_quoted():
    assert words("> You are a fool.\nI would not say so.", "", "You are a fool.") == [
        "> You are a fool."
    ]


def test_long_quotation_from_elsewhere_counts_for_nothing():
    assert words('It is wrong to say "all of them are thieves" about anyone.') == [
        '"all of them are thieves"'
    ]


def test_comment_that_is_all_quotation_marks_is_the_writers_own():
    assert words('"You are a stupid fool"') == []
