"""What a detector measured, told to the writer: four guidelines."""

import pytest

from broadsheet.rules.guidelines import abusive, english, full_sentences, personal
from broadsheet.rules.guidelines.findings import Breach, Measured, Sentence, Span, Written
from broadsheet.rules.guidelines.policy import Act, Policy

POLICY = Policy()
CHECKS = (english.find, full_sentences.find, abusive.find, personal.find)


def sentences(text, *, english=1.0, full=1.0, abusive=0.0, personal=0.0):
    """Return the sentences of a text, cut at its stops, all measured alike."""
    found, at = [], 0
    for part in text.split(". "):
        found.append(Sentence(at, at + len(part), english, full, abusive, personal))
        at += len(part) + 2
    return found


@pytest.mark.parametrize("check", CHECKS)
def test_nothing_is_found_where_nothing_was_measured(check):
    assert list(check(Written("Whatever."), None, POLICY)) == []


@pytest.mark.parametrize("check", CHECKS)
def test_clean_comment_breaks_nothing(check):
    text = "The council was wrong."
    measured = Measured(1.0, 1.0, 0.0, 0.0, (), sentences(text))

    assert list(check(Written(text), measured, POLICY)) == []


def test_comment_in_another_language_is_one_finding():
    text = "Yeh kya hai bhai"
    measured = Measured(0.01, 0.4, 0.0, 0.0, (), sentences(text, english=0.01))

    (found,) = english.find(Written(text), measured, POLICY)

    assert (found.start, found.end) == (0, len(text))
    assert found.strength == pytest.approx(0.99)


def test_only_the_sentences_that_are_not_english_are_marked():
    text = "I agree. Yeh kya hai bhai. Sab chor hain"
    parts = sentences(text, english=0.02)
    parts[0] = Sentence(0, 7, 0.99, 1, 0, 0)
    measured = Measured(0.1, 0.4, 0.0, 0.0, (), parts)

    found = list(english.find(Written(text), measured, POLICY))

    assert [text[one.start : one.end] for one in found] == ["Yeh kya hai bhai", "Sab chor hain"]
    assert found[0].explanation == "“Yeh kya hai bhai” isn’t English."


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Great post", "This has no verb."),
        ("First", "This is one word, not a full sentence."),
        ("Loved the pool", "This isn’t a full sentence: say who does what."),
    ],
)
def test_why_it_is_no_sentence_is_said(text, told):
    measured = Measured(0.9, 0.02, 0.0, 0.0, (), sentences(text, full=0.02))

    (found,) = full_sentences.find(Written(text), measured, POLICY)

    assert found.explanation == told


def test_which_sentence_has_no_verb_is_said():
    text = "A fine day. The minister again"
    measured = Measured(0.9, 0.02, 0.0, 0.0, (), sentences(text, full=0.02))

    found = list(full_sentences.find(Written(text), measured, POLICY))

    assert found[1].explanation == "Your second sentence has no verb."
    assert text[found[1].start : found[1].end] == "The minister again"


def test_another_language_is_not_told_twice():
    text = "Yeh kya hai bhai"
    measured = Measured(0.01, 0.02, 0.0, 0.0, (), sentences(text, full=0.02))

    assert list(full_sentences.find(Written(text), measured, POLICY)) == []


TEXT = "You are an idiot. The plan is late"


def test_attack_names_the_words_and_the_guideline():
    span = Span(0, 16, 0.9, Breach.ATTACK)
    measured = Measured(1, 1, 0.8, 0.9, (span,), sentences(TEXT))

    (found,) = personal.find(Written(TEXT), measured, POLICY)

    assert found.explanation == "“You are an idiot” attacks a person, not what they said."
    assert found.strength == 0.9
    assert not found.for_a_person


def test_attack_on_somebody_in_public_is_for_a_person():
    span = Span(0, 16, 0.9, Breach.ATTACK, in_public=True)
    measured = Measured(1, 1, 0.9, 0.9, (span,), sentences(TEXT))

    for check, guideline in ((personal.find, "not-personal"), (abusive.find, "not-abusive")):
        (found,) = check(Written(TEXT), measured, POLICY)
        assert found.guideline == guideline
        assert (
            POLICY.of(found.guideline).act(found.strength, for_a_person=found.for_a_person)
            is Act.HOLD
        )


def test_where_no_words_stand_out_the_worst_sentence_is_told():
    parts = sentences(TEXT)
    parts[0] = Sentence(0, 16, 1, 1, 0.7, 0.2)
    measured = Measured(1, 1, 0.6, 0.0, (), parts)

    (found,) = abusive.find(Written(TEXT), measured, POLICY)

    assert TEXT[found.start : found.end] == "You are an idiot"
    assert found.explanation == "This reads as abuse."
