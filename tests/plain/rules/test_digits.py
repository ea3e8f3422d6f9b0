"""Digits as they are typed on keyboards of other scripts."""

import pytest

from broadsheet.rules.digits import in_ascii, only_digits


@pytest.mark.parametrize("typed", ["1234 5678", "１２３４　５６７８", "١٢٣٤-٥٦٧٨", "१२३४ ५६७८"])
def test_digits_of_every_script_are_digits(typed):
    assert only_digits(typed) == "12345678"


def test_letters_of_other_widths_are_ascii_too():
    assert in_ascii("ａ1ｂ２") == "a1b2"


def test_what_is_no_decimal_digit_isnt_taken_for_one():
    assert not only_digits("Ⅷ㊿五")
