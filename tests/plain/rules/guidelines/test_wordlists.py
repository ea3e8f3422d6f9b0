"""Lists of words from anywhere: what is taken, what is a complaint, and of which line."""

import pytest

from broadsheet.rules.guidelines.wordlists import Complaint, Entry, read


def entries(text: str) -> list[str]:
    return [one.words for one in read(text.splitlines()) if isinstance(one, Entry)]


def complaints(text: str) -> list[tuple[int, str]]:
    return [(one.line, one.reason) for one in read(text.splitlines()) if isinstance(one, Complaint)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("oaf\nhalf  wit\n", ["oaf", "half wit"], id="plain"),
        pytest.param("\ufeffOaf\r\nOAF\r\n", ["oaf", "oaf"], id="another system's line ends"),
        pytest.param("word,weight\noaf,3\nhalf wit,2", ["oaf", "half wit"], id="CSV"),
        pytest.param('word;weight\n"oaf; or so";3', ["oaf; or so"], id="semicolons"),
        pytest.param("oaf\t1", ["oaf"], id="tabs"),
        pytest.param("# rude\noaf # since 1990\n\n", ["oaf"], id="remarks"),
        pytest.param("numbsk*", ["numbsk*"], id="a beginning"),
        pytest.param("oaf\nword", ["oaf", "word"], id="the heading's word later on"),
    ],
)
def test_what_is_taken(text, expected):
    assert entries(text) == expected
    assert complaints(text) == []


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("!!!", "no letters"),
        ("a", "single letter"),
        ("a*", "begins too many"),
        ("o*f", "at the end only"),
        ("half w*", "single word only"),
        ("one two three four five six seven", "more than 6 words"),
        ("x" * 81, "longer than 80"),
        ("y" * 5_000, "longer than 4,000"),
        ("na\ufffdve", "UTF-8"),
    ],
)
def test_what_is_a_complaint_stops_nothing_after_it(line, reason):
    text = f"oaf\n{line}\nwit"

    assert entries(text) == ["oaf", "wit"]
    [(number, said)] = complaints(text)
    assert number == 2
    assert reason in said


def test_a_quotation_mark_left_open_costs_one_line():
    assert entries('"oaf,1\nwit,2') == ["oaf,1", "wit"]
