"""Threads: when one may write, the text of comments, the order by value."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from broadsheet.rules.passing import is_passing
from broadsheet.rules.threads import (
    EDITABLE,
    INDENT,
    MARKS,
    Facts,
    Opening,
    Said,
    clean,
    opening,
    score,
)

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
PAGE = (Path(__file__).parents[3] / "docs/rules/threads.md").read_text()


def facts(desk: str = "", story: str = "open", section: str = "", *, age: int = 1, **more) -> Facts:
    published_at = NOW - timedelta(days=age)
    return Facts(Said(desk), Said(story), Said(section), published_at, **more)


@pytest.mark.parametrize("one", Opening)
def test_every_opening_is_on_its_page(one):
    assert f"| `{one}` |" in PAGE


def test_the_page_says_how_long_a_comment_can_be_changed():
    assert f"change it for {EDITABLE.seconds // 60} minutes" in PAGE


@pytest.mark.parametrize(
    ("known", "expected"),
    [
        (facts(), Opening.OPEN),
        (facts(story="read-first"), Opening.READ_FIRST),
        (facts(section="read-first"), Opening.READ_FIRST),
        (facts(story="closed"), Opening.CLOSED_WITH_STORY),
        (facts(section="closed"), Opening.CLOSED_WITH_SECTION),
        (facts("open", "closed", "closed"), Opening.OPEN),
        (facts("open", "read-first"), Opening.OPEN),
        (facts("read-first"), Opening.READ_FIRST),
        (facts("closed"), Opening.CLOSED_BY_DESK),
        (facts(age=30, days=30), Opening.CLOSED_BY_AGE),
        (facts(age=29, days=30), Opening.OPEN),
        (facts("open", age=300, days=30), Opening.OPEN),
        (facts("open", closes_at=NOW), Opening.CLOSED_BY_AGE),
        (facts(age=300, days=30, closes_at=NOW + timedelta(hours=1)), Opening.OPEN),
        (facts(age=9_000), Opening.OPEN),
    ],
)
def test_whether_one_may_write(known, expected):
    assert opening(known, NOW) is expected


ENGLAND = "\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f"


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("  One.\r\n\r\n\r\n\r\nTwo.\t\tThree. \n", "One.\n\nTwo. Three."),
        ("Cafe\u0301", "Café"),
        ("\u202egnorw\u202c and \u2066in\u2069", "gnorw and in"),
        ("in\u200bvis\ufeffible\u00ad", "invisible"),
        ("a\x00b\x1b[31m", "ab[31m"),
        ("one\u2028two", "one\ntwo"),
        ("z" + "\u0336" * 40 + "a", "z" + "\u0336" * MARKS + "a"),
        ("\u0336" * 3 + "a", "a"),
        ("क्\u200dष ക്\u200d", "क्\u200dष ക്"),
        ("نمی\u200cخواهم", "نمی\u200cخواهم"),
        ("a\u200db", "ab"),
        ("👩\u200d🔬", "👩\u200d🔬"),
        ("Tiếng Việt", "Tiếng Việt"),
        ("\ud800x", "x"),
        ("\n\n", ""),
        ("Roses\n    are red,\n\tviolets\n  blue.", "Roses\n    are red,\n    violets\n  blue."),
        ("  Both lines\n  begin so.", "Both lines\nbegin so."),
        ("Far\n" + " " * 400 + "out", "Far\n" + " " * INDENT + "out"),
        (f"Play up, {ENGLAND}!", f"Play up, {ENGLAND}!"),
        ("hid\U000e0064\U000e0065den\U000e007f", "hidden"),
        ("\U0001f3f4\U000e0067\U000e0062 no end", "\U0001f3f4 no end"),
        ("next year’s \U0001faff", "next year’s \U0001faff"),
        ("nobody’s \U000e0fff\u0378", "nobody’s "[:-1]),
    ],
)
def test_the_text_of_a_comment(text, cleaned):
    assert clean(text) == cleaned
    assert clean(cleaned) == cleaned


def test_few_who_value_weigh_less_than_many():
    assert 0 == score(0, 0) == score(0, 5) < score(1, 0) < score(5, 0) < score(50, 0) < 1_000_000


def test_reports_weigh_against():
    assert score(5, 5) < score(5, 0)


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("x@mailinator.com", True),
        ("x@Box.Mailinator.com", True),
        ("x@notmailinator.com", False),
        ("x@gone.example", True),
        ("x@example.org", False),
    ],
)
def test_throw_away_addresses(address, expected):
    assert is_passing(address, frozenset({"gone.example"})) is expected
