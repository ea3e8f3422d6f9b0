"""The checks that count: what they find, what they leave alone, and where."""

from datetime import UTC, datetime, timedelta

import pytest

from broadsheet.rules.guidelines import length, links, repetition, shouting, words
from broadsheet.rules.guidelines.findings import Written
from broadsheet.rules.guidelines.policy import Policy, WordRule
from broadsheet.rules.guidelines.repetition import Earlier

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
        "IIT JEE NEET PG results are still not out.",
        "ISRO DRDO HAL BHEL and NPCIL build it together.",
        "“BRIDGE SHUT UNTIL FURTHER NOTICE” was all that the board said.",
        "> BRIDGE SHUT UNTIL FURTHER NOTICE\n\nIt opens again on Monday, they told me.",
    ],
)
def test_what_is_no_shouting(text):
    assert strongest(shouting, text) < 0.5


def test_capitals_of_the_comment_that_is_answered_are_not_shouting():
    text = "FERRY STOPS RUNNING TONIGHT, you write, but it runs."

    assert strongest(shouting, text, parent="FERRY STOPS RUNNING TONIGHT again.") < 0.5
    assert strongest(shouting, text) >= 0.5
    assert strongest(shouting, "> YOU ARE ALL FOOLS HERE") >= 0.5  # nothing of one's own beside it


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


@pytest.mark.parametrize(
    ("earlier", "text"),
    [
        pytest.param(
            "The ferry board has known of the leak since May, and its idle chairman told nobody.",
            "The ferry board has known of the leak since May, and its chairman told nobody.",
            id="a word less",
        ),
        pytest.param(
            "Many thanks for your quick answer, Lena.",
            "Many thanks for your quick answer, Tomas.",
            id="thanks to somebody else",
        ),
    ],
)
def test_a_short_comment_with_a_word_changed_is_another(earlier, text):
    assert strongest(repetition, text, earlier=[earlier]) < 0.5


def test_a_long_comment_with_a_word_changed_is_the_same_again():
    said = " ".join(f"word{number}" for number in range(100))

    assert strongest(repetition, said.replace("word50", "other"), earlier=[said]) >= 0.85


@pytest.mark.parametrize(
    "text",
    [
        "The shop opens at 9 a.m., rests at 1 p.m., shuts at 9 p.m. and rings its bell at 10 p.m.",
        "Dr. V. Anand, Dr. V. Balan and Dr. V. Chitra all signed it.",
        "Who pays? We do. Who waits? We do. Who asked us? Nobody did.",
        "Who? The council. Who? The port. Who? All of us.",
        "Bring back trams. Bring back trams. Bring back trams. So said the placards all the way up the hill.",
        "No, no, it isn't so.",
        "G.S.T. on books, G.S.T. on bread, G.S.T. on everything.",
    ],
)
def test_abbreviations_answers_and_refrains_are_not_repetition(text):
    assert strongest(repetition, text) < 0.5


SAID = "I agree with this completely and thank the writer for the figures."
NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("hours", "more", "counts"),
    [
        (0.1, {"same_story": True}, True),
        (23.9, {"same_story": True}, True),
        (24, {"same_story": True}, False),
        (365 * 24, {"same_story": True}, False),
        (0.1, {"same_story": False}, False),
        (0.1, {"same_story": True, "returned": True}, True),
    ],
)
def test_a_sentence_is_said_again_only_under_one_story_and_within_a_day(hours, more, counts):
    earlier = Earlier(SAID, NOW - timedelta(hours=hours), **more)

    compared = repetition.comparable(SAID + "!", [earlier], now=NOW)

    assert (strongest(repetition, SAID, earlier=compared) == 1.0) is counts


def test_what_the_desk_returned_may_come_back_with_a_word_changed():
    earlier = Earlier(SAID, NOW, same_story=True, returned=True)

    assert not repetition.comparable(SAID.replace(" completely", ""), [earlier], now=NOW)


def test_thanks_may_be_said_twice():
    assert strongest(repetition, "I agree.", earlier=["I agree."]) < 0.5


def test_the_same_sentence_three_times():
    assert strongest(repetition, "Build it now. Build it now! Build it now.") >= 0.5
    (three,) = repetition.find(Written("Build it now. " * 3), None, Policy())
    assert three.explanation == "You wrote this three times."
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
        ("S. H. E. E. P. L. E. Kumar is not a name.", []),
        ("s. h. e. e. p. l. e. kumar", ["s. h. e. e. p. l. e"]),
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
        "It is ISBN 978-1-4028-9462-6, or ISBN-10 0-306-40615-2.",
        "Read 978-1-4028-9462-6 before you judge.",
        "It is O.S. 9876543210 of 2024, and then case no. 1234509876.",
        "My complaint number is 4412309876, unanswered.",
        "The swindler promised easy returns and an instant loan to my aunt.",
        "People who shop here know the smell of it.",
        "I used to register here each spring, and you join today what we left.",
    ],
)
def test_what_is_no_link_and_no_number_to_call_nor_for_sale(text):
    assert strongest(links, text) == 0.0


@pytest.mark.parametrize(
    "text",
    [
        "Easy returns and an instant loan, call me at +91 98400 12345; no scam.",
        "Shop now at our stall.",
        "Please sign up here.",
    ],
)
def test_what_sells_is_still_found(text):
    assert strongest(links, text) >= 0.5


@pytest.mark.parametrize(
    "text",
    [
        "It was in 1984.",
    ],
)
def test_what_is_no_link_and_no_number_to_call(text):
    assert strongest(links, text) == 0.0
