"""The checks that count: what they find, what they leave alone, and where."""

import pytest

from broadsheet.rules.guidelines import length, links, repetition, shouting, words
from broadsheet.rules.guidelines.findings import Written
from broadsheet.rules.guidelines.policy import Policy, WordRule

POLICY = Policy(longest=100, most_links=2)


def found(check, text: str, policy: Policy = POLICY, **more) -> list[str]:
    written = Written(text, **more)
    return [text[one.start : one.end] for one in check.find(written, None, policy)]


def strongest(check, text: str, policy: Policy = POLICY, **more) -> float:
    ones = check.find(Written(text, **more), None, policy)
    return max((one.strength for one in ones), default=0.0)


@pytest.mark.parametrize("text", ["", "   \n", "…!?", "\u200b"])
def test_nothing_is_too_little(text):
    assert strongest(length, text) == 1.0


def test_what_is_too_long_is_marked_from_where_it_is():
    assert found(length, "word " * 20 + "tail") == ["tail"]
    assert found(length, "a" * 100) == []


@pytest.mark.parametrize(
    "text",
    [
        "THIS IS AN OUTRAGE",
        "I say: STOP SPENDING OUR MONEY NOW, please.",
        "ЭТО СОВСЕМ ПЛОХАЯ СТАТЬЯ",
        "Why??!!!!!!",
        "Nooooooooo way.",
    ],
)
def test_shouting(text):
    assert strongest(shouting, text) >= 0.5


@pytest.mark.parametrize(
    "text",
    [
        "It is not TRUE that it rained.",
        "NATO, UNESCO, SAARC and ASEAN, ISRO, NASA all agree.",
        "NATO, UNESCO, SAARC, ASEAN, OPEC",
        "I am in the USA. I like it!",
        "Really?!! I did not know.",
        "Ministers of the BJP, DMK, AIADMK met.",
        "भारत ने मैच जीत लिया है",
    ],
)
def test_what_is_no_shouting(text):
    assert strongest(shouting, text) < 0.5


def test_the_words_said_a_short_while_ago_are_the_same_again():
    said = "The council has never once answered a letter about the drains."
    again = "the council has never once answered a letter about the drains!!"

    assert strongest(repetition, again, earlier=[said]) == 1.0
    assert strongest(repetition, again.replace("c", "с"), earlier=[said]) == 1.0  # Cyrillic
    assert strongest(repetition, "Thank you for this story.", earlier=[said]) == 0.0


def test_an_answer_that_takes_up_words_of_before_is_not_the_same_again():
    said = "The council has never answered a letter."
    longer = said + " But it did send somebody round in June, who looked at the drain and left."

    assert strongest(repetition, longer, earlier=[said]) < 0.5


def test_thanks_may_be_said_twice():
    assert strongest(repetition, "I agree.", earlier=["I agree."]) < 0.5


def test_the_same_sentence_three_times():
    assert strongest(repetition, "Build it now. Build it now! Build it now.") >= 0.5
    assert found(repetition, "no no no no no, never") == ["no no no no no"]
    assert found(repetition, "It is very, very, very wet.") == []


LISTS = Policy(
    lists=(
        WordRule("banned", frozenset({"blockhead*", "paid liar", "naïf"})),
        WordRule("watched", frozenset({"rigged"}), strength=0.2),
    )
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("You blockheads.", ["blockheads"]),
        ("A BlockHead!", ["BlockHead"]),
        ("He is a paid  liar, they say.", ["paid  liar"]),
        ("They paid. Liar that he is.", ["paid. Liar"]),
        ("Вlоckhead", ["Вlоckhead"]),
        ("NAÏF", ["NAÏF"]),
        ("It was rigged.", ["rigged"]),
        ("Unrigged ships; a blockade.", []),
    ],
)
def test_words_of_the_lists(text, expected):
    assert found(words, text, LISTS) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Wake up, sh33ple.", ["sh33ple"]),
        ("Wake up, $h33pl3!", ["$h33pl3"]),
        ("Wake up, s.h.e.e.p.l.e now.", ["s.h.e.e.p.l.e"]),
        ("Wake up, s h e e p l e!", ["s h e e p l e"]),
        ("Wake up, s-h-e-e-p-l-e, sheeple.", ["s-h-e-e-p-l-e", "sheeple"]),
        ("See Z4NZIB@RI shores.", ["Z4NZIB@RI"]),
        ("There were 3 sheep in 2024, on A1 and in B 2.", []),
        ("I, A. B. Smith, live at 5 The Sheep Pen.", []),
    ],
)
def test_words_of_the_lists_in_disguise(text, expected):
    lists = Policy(lists=(WordRule("x", frozenset({"sheeple", "zanzi*"})),))

    assert found(words, text, lists) == expected


def test_a_list_has_its_own_weight_and_words():
    told = WordRule("x", frozenset({"sheeple"}), 0.4, "Say “readers” for “{words}”.")
    (one,) = words.find(Written("Wake up, sheeple."), None, Policy(lists=(told,)))

    assert (one.strength, one.explanation) == (0.4, "Say “readers” for “sheeple”.")


def test_links_are_counted():
    two = "See https://a.example/x and www.b.example."
    assert found(links, two) == []
    assert found(links, two + " Also c-d.com/e too.") == ["c-d.com/e"]


@pytest.mark.parametrize(
    "text",
    [
        "Earn $500 a day from home, visit my page at quick.biz",
        "WhatsApp me now +91 98400 12345",
        "Buy now! Use the promo code SEA.",
    ],
)
def test_what_is_for_sale_is_returned(text):
    assert strongest(links, text) >= 0.9


@pytest.mark.parametrize(
    "text",
    [
        "Write to me@mail.example.",
        "Ring 044 2345 6789 for it.",
        "It is at bit.ly/3xy.",
        "I am at +91 98400 12345 all day.",
        "Mine is (020) 7946 0958.",
        "Mine is 555-123-4567, ask for Ann.",
        "9840012345 is where I am.",
        "Call my brother on 984001234.",
    ],
)
def test_ways_to_reach_somebody_are_held(text):
    assert 0.5 <= strongest(links, text) < 0.9


@pytest.mark.parametrize(
    "text",
    [
        "The port moved 10,512,000 containers, up from 9,876,543 in 2024.",
        "It was in 1984, 1991-1996 and 2004.",
        "He went home.In fact he slept.",
        "You should visit the new library; it is free.",
        "Rs. 1,00,00,000 were spent.",
        "Of 987654321 votes that were cast, one is mine.",
        "The state has 150 000 000 people, they say, or 1.480.000.000 in all.",
        "It cost 10000000000 rupees.",
        "That was 12-11-2026 10:30 and 2026-11-12 10 or so.",
        "They sat in 1989 1994 1999 and won.",
        "A distance (384400000 metres) that nobody walks.",
    ],
)
def test_what_is_no_link_and_no_number_to_call(text):
    assert strongest(links, text) == 0.0
