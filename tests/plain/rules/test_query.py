"""What a reader's typing means to the search."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.rules import query
from broadsheet.rules.query import MOST_TERMS, Query, fold, parse, searchable, words


@pytest.mark.parametrize(
    ("typed", "wanted", "unwanted"),
    [
        pytest.param("gates  serdyukov", [("gates",), ("serdyukov",)], [], id="words"),
        pytest.param('"defence minister" talks', [("defence", "minister"), ("talks",)], [], id="phrase"),
        pytest.param("“prime minister”", [("prime", "minister")], [], id="printed-quotes"),
        pytest.param('talks "defence min', [("talks",), ("defence", "min")], [], id="open-quote"),
        pytest.param("talks -tea", [("talks",)], [("tea",)], id="minus"),
        pytest.param('talks -"tea break"', [("talks",)], [("tea", "break")], id="minus-phrase"),
        pytest.param("well-known", [("well", "known")], [], id="hyphen"),
        pytest.param("Moscow’s", [("Moscow", "s")], [], id="apostrophe"),
        pytest.param("a AND b OR NOT c", [("a",), ("AND",), ("b",), ("OR",), ("NOT",), ("c",)], [], id="operators-are-words"),
        pytest.param("mos*", [("mos",)], [], id="no-prefixes"),
        pytest.param("headline:moscow", [("headline", "moscow")], [], id="no-columns"),
        pytest.param("talks talks", [("talks",)], [], id="once"),
        pytest.param("*** \" -- ^ (", [], [], id="nothing"),
        pytest.param("", [], [], id="empty"),
        pytest.param("हिन्दी", [("हिन्दी",)], [], id="marks-belong-to-words"),
        pytest.param("東京都", [("東", "京", "都")], [], id="unspaced-script"),
        pytest.param("cafe\u0301", [("café",)], [], id="composed"),
        pytest.param("a\x00b\x02c", [("abc",)], [], id="control-characters"),
    ],
)  # fmt: skip
def test_typing_is_read_as(typed, wanted, unwanted):
    assert parse(typed) == Query(tuple(wanted), tuple(unwanted))


def test_only_so_many_words_are_looked_for_and_it_is_said():
    typed = parse(" ".join(f"word{number}" for number in range(40)))

    assert len(typed.wanted) == MOST_TERMS
    assert typed.shortened


@pytest.mark.parametrize(
    "typed",
    ["x" * 5000, "a " * 5000, '"' * 5000, "-" * 5000, '"' + "the " * 60 + '"', "(" * 400],
)
def test_whatever_is_typed_is_cut_to_size(typed):
    parsed = parse(typed)

    assert len(parsed.wanted) + len(parsed.unwanted) <= MOST_TERMS
    assert all(len(term) <= query.MOST_WORDS_IN_A_PHRASE for term in parsed.wanted)
    assert all(
        len(word) <= query.MOST_CHARACTERS_IN_A_WORD for term in parsed.wanted for word in term
    )


@given(st.text())
def test_no_sign_but_letters_digits_and_their_marks_gets_through(typed):
    import unicodedata

    for term in (*parse(typed).wanted, *parse(typed).unwanted):
        assert term
        assert all(unicodedata.category(sign)[0] in "LNM" for word in term for sign in word)


@given(st.text())
def test_searchable_text_is_its_own_searchable_text_but_for_the_spaces(text):
    once = searchable(text)

    assert searchable(once) == once


@pytest.mark.parametrize("text", ["Łódź", "Große Straße", "œuvre", "ﬁn", "كِتَابٌ", "Ёлка", "a b"])
def test_folding_changes_no_number_of_words(text):
    assert len(list(words(fold(text)))) == len(list(words(text)))
    assert fold(fold(text)) == fold(text)
