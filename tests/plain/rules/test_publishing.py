"""What an editor is warned of, and that nothing else is."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from broadsheet.rules.access import Access
from broadsheet.rules.publishing import LONGEST_HEADLINE, Caution, Draft, Shown, warnings

PAGE = (Path(__file__).parents[3] / "docs/rules/publishing.md").read_text()
NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
READY = Draft(
    headline="Talks end without a date",
    standfirst="The ministers parted late.",
    dateline="MOSCOW",
    bylines=1,
    has_lead_picture=True,
    pictures=[Shown("ministers.jpg", "Two ministers at a table")],
    words=400,
    teaser_words=80,
    access=Access.READERS,
)


def cautions(**changes):
    return [warned.caution for warned in warnings(replace(READY, **changes))]


def test_a_complete_story_is_published_without_a_warning():
    assert warnings(READY) == []


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        pytest.param({"words": 0, "teaser_words": 0}, Caution.NO_TEXT, id="no text"),
        pytest.param(
            {"headline": "x" * (LONGEST_HEADLINE + 1)}, Caution.LONG_HEADLINE, id="111 characters"
        ),
        pytest.param({"standfirst": " "}, Caution.NO_STANDFIRST, id="blank standfirst"),
        pytest.param({"bylines": 0}, Caution.NO_BYLINE, id="no byline"),
        pytest.param({"dateline": ""}, Caution.NO_DATELINE, id="no dateline"),
        pytest.param({"has_lead_picture": False}, Caution.NO_LEAD_PICTURE, id="no lead picture"),
        pytest.param(
            {"pictures": [Shown("ministers.jpg", " ")]},
            Caution.NO_ALTERNATIVE_TEXT,
            id="blank alternative text",
        ),
        pytest.param(
            {"teaser_words": 0}, Caution.NOTHING_BEFORE_THE_WALL, id="nothing before the wall"
        ),
        pytest.param(
            {"corrected_at": NOON, "dated_at": NOON - timedelta(minutes=1)},
            Caution.CORRECTED_UNMARKED,
            id="dated before the correction",
        ),
    ],
)
def test_what_is_missing_is_said(changes, expected):
    assert cautions(**changes) == [expected]


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"headline": "x" * LONGEST_HEADLINE}, id="110 characters"),
        pytest.param({"teaser_words": 0, "access": Access.FREE}, id="no wall, no teaser needed"),
        pytest.param({"corrected_at": NOON, "dated_at": NOON}, id="updated with the correction"),
        pytest.param({"corrected_at": NOON}, id="corrected before it is out"),
        pytest.param({"pictures": []}, id="no picture to describe"),
    ],
)
def test_what_is_right_is_not_warned_of(changes):
    assert cautions(**changes) == []


def test_a_warning_names_the_pictures():
    pictures = [Shown(f"{number}.jpg", "") for number in range(5)]

    (warned,) = warnings(replace(READY, pictures=pictures))

    assert warned.explanation == (
        "Say what each of 5 pictures (“0.jpg”, “1.jpg”, “2.jpg” and 2 more) shows, for those who "
        "can't see it."
    )


def test_a_picture_printed_twice_is_named_once():
    (warned,) = warnings(replace(READY, pictures=[Shown("a.jpg", ""), Shown("a.jpg", "")]))

    assert "the picture “a.jpg”" in warned.explanation


@pytest.mark.parametrize("caution", Caution)
def test_every_caution_is_on_its_page(caution):
    assert f"| `{caution}` |" in PAGE
