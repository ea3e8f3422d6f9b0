"""The name a reader is shown by."""

import pytest

from broadsheet.rules.names import LONGEST, ShownNameError, clean


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("", ""),
        ("   ", ""),
        ("  Mira   Halvorsen ", "Mira Halvorsen"),
        ("Zoe\u0308", "Zoë"),
        ("अमृता शेरगिल", "अमृता शेरगिल"),
        ("O’Brien-Núñez", "O’Brien-Núñez"),
        ("李小龍", "李小龍"),
        ("St. John", "St. John"),
        ("J.R.R. Tolkien", "J.R.R. Tolkien"),
        ("J.R.R.Tolkien", "J.R.R.Tolkien"),
        ("A.Li", "A.Li"),
        ("Dr.Li", "Dr.Li"),
        ("Ali.Ba", "Ali.Ba"),
        ("Ven.So Rinpoche", "Ven.So Rinpoche"),
        ("john.doe", "john.doe"),
        ("Sammy Davis Jr.", "Sammy Davis Jr."),
        ("Mira H., Leeds", "Mira H., Leeds"),
        ("Prof. Ada B.Sc", "Prof. Ada B.Sc"),
        ("a" * LONGEST, "a" * LONGEST),
    ],
)
def test_a_name_is_kept_in_its_composed_form(typed, shown):
    assert clean(typed) == shown


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        pytest.param("Mira\u202etsop", "don’t show", id="turned round"),
        pytest.param("Mi\u200bra", "don’t show", id="zero width"),
        pytest.param("Mira\x07", "don’t show", id="control"),
        pytest.param("Mira\nHalvorsen", "don’t show", id="line end"),
        pytest.param("Mira\ud800", "don’t show", id="lone surrogate"),
        pytest.param("\ue000Mira", "don’t show", id="private use"),
        pytest.param("a" * (LONGEST + 1), "80 characters", id="long"),
        pytest.param("mira@example.org", "addresses", id="address"),
        pytest.param("https://x.example", "addresses", id="web address"),
        pytest.param("www.evil.example", "addresses", id="begins as a web address"),
        pytest.param("evil.com", "addresses", id="ends as a web address"),
        pytest.param("Buy at EVIL.COM!", "addresses", id="web address in a sentence"),
        pytest.param("(evil.co.uk/offer)", "addresses", id="web address with a path"),
        pytest.param("EVIL.DE", "addresses", id="web address in capitals"),
        pytest.param("Evil.de", "addresses", id="web address with a capital"),
        pytest.param("evil.de:80", "addresses", id="web address with a port"),
        pytest.param("evil．com", "addresses", id="web address with a wide dot"),
        pytest.param("evil.сом", "addresses", id="web address in letters that look alike"),
        pytest.param("12345", "letter", id="no letter"),
        pytest.param("M" + "\u0301" * 12, "marks", id="buried"),
    ],
)
def test_a_name_that_cant_be_shown_is_refused(typed, told):
    with pytest.raises(ShownNameError, match=told):
        clean(typed)
