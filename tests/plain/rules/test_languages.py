import pytest

from broadsheet.rules.languages import is_right_to_left


@pytest.mark.parametrize("language", ["ar", "he", "fa-IR", "ur", "ps", "dv", "pa-Arab", "AR-eg"])
def test_written_from_right_to_left(language):
    assert is_right_to_left(language)


@pytest.mark.parametrize("language", ["", "en", "hi-Latn", "ur-Latn", "ar-Latn-EG", "zh", "arn"])
def test_written_from_left_to_right(language):
    assert not is_right_to_left(language)
