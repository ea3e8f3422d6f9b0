import pytest

from broadsheet.rules.reading import minutes


@pytest.mark.parametrize(("words", "expected"), [(0, 0), (1, 1), (230, 1), (231, 2), (2300, 10)])
def test_a_story_takes_as_many_minutes_as_begin(words, expected):
    assert minutes(words) == expected
