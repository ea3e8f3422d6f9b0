"""Threats are for a person to read, though no word of them is rude."""

import pytest

from broadsheet.press.screening.spans import THREAT
from broadsheet.rules.guidelines import judging
from broadsheet.rules.guidelines.findings import Written
from broadsheet.rules.guidelines.judging import Screened, Verdict
from broadsheet.rules.guidelines.policy import Policy


def verdict(detector, text, **facts):
    written = Written(text, **facts)
    found = judging.find(written, detector.measure(written), Policy())
    return judging.judge(found, Policy(), screened=Screened.DONE).verdict


@pytest.mark.parametrize(
    "text",
    [
        "People like you should be drowned at birth.",
        "Someone should put a bullet in that judge.",
        "Hang the lot of them.",
        "I read the report. Just hang the lot of them!",
        "I will find out where you live.",
        "One day we are going to burn your house down.",
        "I hope you get cancer, and I hope that it hurts.",
        "These traitors should be hanged in the square.",
        "He should be sh0t.",
        "Why do you not go and kill yourself?",
    ],
)
def test_a_threat_is_held(detector, text):
    assert verdict(detector, text) is Verdict.HELD


@pytest.mark.parametrize(
    "text",
    [
        "The bill should be killed in committee.",
        "The proposal was shot down by the court.",
        "The film was shot in our street.",
        "The council should burn its own reports.",
        "He died of cancer, and I hope you never meet it.",
        "I will tell you where the council hangs its pictures.",
        "Two people were killed and one was stabbed, the police said.",
    ],
)
def test_what_threatens_nobody_is_not(detector, text):
    assert verdict(detector, text) is Verdict.PUBLISHED


def test_a_threat_is_marked_whole(detector):
    text = "I read the report. Hang the lot of them."
    measured = detector.measure(Written(text))

    assert [text[one.start : one.end] for one in measured.spans] == ["Hang the lot of them"]
    assert measured.abusive >= THREAT


def test_a_threat_that_is_quoted_is_not_held_against_the_writer(detector):
    text = "You wrote “hang the lot of them” here, and I think that was wrong of you."

    assert verdict(detector, text, parent="Well, hang the lot of them.") is Verdict.PUBLISHED
