"""The letters of a comment as a reader sees them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.press.screening.letters import read


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        pytest.param("You are wrong.", "You are wrong.", id="plain"),
        pytest.param("an іdіоt", "an idiot", id="Cyrillic letters"),
        pytest.param("ｉｄｉｏｔ", "idiot", id="full width"),
        pytest.param("𝐢𝐝𝐢𝐨𝐭", "idiot", id="mathematical letters"),
        pytest.param("ⓘⓓⓘⓞⓣ", "idiot", id="in circles"),
        pytest.param("i\u200bd\u200ciot", "idiot", id="without width"),
        pytest.param("i\u00addiot", "idiot", id="soft hyphen"),
        pytest.param("i\u0337d\u0337i\u0337o\u0337t", "idiot", id="accents heaped"),
        pytest.param("\u202etoidi\u202c you", "idiot you", id="turned round"),
        pytest.param("i d i o t", "idiot", id="set apart by spaces"),
        pytest.param("i.d.i.o.t!", "idiot!", id="set apart by stops"),
        pytest.param("i-d-i-o-t", "idiot", id="set apart by hyphens"),
        pytest.param("the U.S. Senate", "the U.S. Senate", id="two letters are an abbreviation"),
        pytest.param("Привет, мир", "Привет, мир", id="a Russian word stays Russian"),
        pytest.param("नमस्ते दुनिया", "नमस्ते दुनिया", id="signs of Indian scripts stay"),
        pytest.param("café naïve", "café naïve", id="accents stay"),
        pytest.param("cafe\u0301", "café", id="an accent joins its letter"),
        pytest.param("It isn't.He knows.", "It isn't. He knows.", id="sentences glued together"),
    ],
)
def test_disguised_letters_are_seen_as_they_look(text, seen):
    assert read(text).text == seen


@pytest.mark.parametrize(
    ("text", "word", "written"),
    [
        ("You are an i d i o t, man", "idiot", "i d i o t"),
        ("an і\u200bdі\u200bоt here", "idiot", "і\u200bdі\u200bоt"),
        ("so \u202etoidi\u202c it is", "idiot", "toidi"),
        ("Ｙou wait…then ｆool", "fool", "ｆool"),
    ],
)
def test_places_are_those_of_the_text_as_written(text, word, written):
    seen = read(text)
    at = seen.text.index(word)
    start, end = seen.span(at, at + len(word))

    assert text[start:end] == written


@given(st.text(max_size=80))
def test_every_place_lies_within_the_text(text):
    seen = read(text)
    start, end = seen.span(0, len(seen.text))

    assert 0 <= start <= end <= len(text) or not seen.text


@given(st.text(alphabet="ab .\u202e\u202c\u200bіо\n", max_size=40))
def test_there_is_a_place_for_every_letter(text):
    seen = read(text)

    assert seen.places is None or len(seen.places) == len(seen.text) + 1
