"""What the detector says, on texts of our own."""

from threading import Thread

import pytest

from broadsheet.press.screening import detector as module
from broadsheet.rules.guidelines.findings import Breach, Written


def measure(detector, text, **facts):
    return detector.measure(Written(text, **facts))


@pytest.mark.parametrize(
    "text",
    [
        "I agree with the minister about the new bridge.",
        "The council was wrong, and it should say so.",
        "Mr Krishnamurthy Venkataraman has written about Thiruvananthapuram before, and he was right.",
        "The Lok Sabha passed the bill, and Modi ji spoke about Aatmanirbhar Bharat.",
        "As they say, c'est la vie, and we must all go on with it.",
    ],
)
def test_english_is_english(detector, text):
    assert measure(detector, text).english > 0.8


def test_names_are_not_returned_as_another_language(detector):
    text = "Shri Narendra Modi visited Thiruvananthapuram and Visakhapatnam on Tuesday."

    assert measure(detector, text).english > 0.5


@pytest.mark.parametrize("text", ["Kya Baat Hai Bhai", "Yeh Sarkar Kuch Nahi Karti"])
def test_capitals_do_not_make_names_of_another_language(detector, text):
    assert measure(detector, text).english < 0.1


@pytest.mark.parametrize(
    "text",
    [
        "yeh sarkar kuch nahi karti bhai, sab chor hain",
        "Bilkul sahi kaha aapne, hum sab aapke saath hain",
        "enna da idhu, romba mosam, yaarum ketka matanga",
        "Das ist wirklich eine sehr gute Nachricht für alle.",
        "Это очень хорошая новость для всех нас.",
        "यह बहुत अच्छी खबर है।",
    ],
)
def test_other_languages_are_not(detector, text):
    assert measure(detector, text).english < 0.1


@pytest.mark.parametrize(
    "text",
    [
        "I agree.",
        "The minister has no plan for the schools.",
        "She go to market every day and buys fish.",
        "The council wants to close the library next year.",
    ],
)
def test_full_sentences_are_full(detector, text):
    assert measure(detector, text).full_sentences > 0.8


@pytest.mark.parametrize(
    "text",
    [
        "Great post!",
        "First!",
        "Nice article",
        "asdf jkl qwer",
        "A gem of a cult movie.",
        "The road to the new bridge.",
    ],
)
def test_fragments_are_not(detector, text):
    assert measure(detector, text).full_sentences < 0.5


ATTACK = "You are a stupid idiot."
CRITICISM = "I think your figures are wrong, and the report says something else."


def test_attack_is_told_from_criticism(detector):
    attack, criticism = measure(detector, ATTACK), measure(detector, CRITICISM)

    assert attack.abusive > 0.5
    assert attack.personal > 0.5
    assert criticism.abusive < 0.1
    assert criticism.personal < 0.1


@pytest.mark.parametrize(
    "text",
    [
        "You are a stup\u200bid idi\u200bot.",
        "Yоu аre а stuріd іdіоt.",
        "You are a s t u p i d i d i o t.",
        "You are a s.t.u.p.i.d i.d.i.o.t.",
        "You are a stup1d 1d10t.",
        "You are a st*pid idi*t.",
        "You are a stuuupid idiooot.",
        "You are a stpuid idoit.",
        "Youareastupididiot.",
        "You are a \u202ediputs toidi\u202c.",
    ],
)
def test_disguised_attack_is_seen_through(detector, text):
    plain = measure(detector, ATTACK)

    assert measure(detector, text).abusive > plain.abusive * 0.8


def test_friendly_words_do_not_hide_an_attack(detector):
    padding = "I love this lovely paper and wish everybody here a wonderful day. " * 4

    assert measure(detector, padding + ATTACK).abusive > 0.4


def test_words_of_the_attack_are_marked(detector):
    text = "The bridge is late. You are a stupid idiot."
    spans = measure(detector, text).spans

    assert any(text[one.start : one.end].endswith("idiot") for one in spans)
    assert all(one.start >= text.index("You") for one in spans)


def test_places_are_those_of_the_text_as_written(detector):
    text = "Well… you are an i\u200bd\u200biot."
    spans = measure(detector, text).spans

    assert any("i\u200bd\u200biot" in text[one.start : one.end] for one in spans)


def test_quoting_the_story_is_not_held_against_the_writer(detector):
    story = "A reader shouted: you are a stupid idiot and a liar, he told the mayor."
    text = "He said you are a stupid idiot and a liar, which I think went too far."

    assert measure(detector, text, story=story).abusive < 0.2
    assert measure(detector, text).abusive > measure(detector, text, story=story).abusive


@pytest.mark.parametrize(
    ("text", "least", "most"),
    [
        ("Dick Van Dyke was born in the year that the pier was built.", 0, 0.1),
        ("Dick Cheney said so in an interview last week.", 0, 0.1),
        ("You are such a Dick Head.", 0.3, 1),
        ("The mayor is a Dick.", 0.15, 1),
    ],
)
def test_a_given_name_is_no_abuse(detector, text, least, most):
    assert least <= measure(detector, text).abusive <= most


def test_person_whom_the_story_names_is_in_public(detector):
    story = "In the town hall Mayor Grimsby spoke for an hour. They say Grimsby will stay."
    spans = measure(detector, "Grimsby is a stupid idiot.", story=story).spans

    assert spans
    assert all(one.in_public for one in spans)
    assert all(one.breach in Breach for one in spans)


@pytest.mark.parametrize(
    "text", ["", " ", "\n\n", "…", "😀", "\u202e", "\ud800", "a" * 100_000, "a " * 50_000]
)
def test_anything_can_be_measured(detector, text):
    found = measure(detector, text)

    for probability in (found.english, found.full_sentences, found.abusive, found.personal):
        assert 0 <= probability <= 1


def test_many_at_once_are_measured_as_one_by_one(detector):
    comments = [Written(text) for text in (ATTACK, CRITICISM, "", "First!\n\nyeh kya hai", ATTACK)]

    together = detector.measure_many(comments)

    for one, comment in zip(together, comments, strict=True):
        alone = detector.measure(comment)
        assert alone.abusive == pytest.approx(one.abusive, abs=1e-4)
        assert alone.full_sentences == pytest.approx(one.full_sentences, abs=1e-4)
        assert len(alone.sentences) == len(one.sentences)


def test_what_is_forgotten_is_read_again_as_before(detector, monkeypatch):
    before = measure(detector, ATTACK)
    for number in range(5):
        measure(detector, " ".join(f"{number}x{at}" for at in range(8_000)))

    assert measure(detector, ATTACK).abusive == pytest.approx(before.abusive, abs=1e-4)


def test_many_threads_may_ask(detector):
    expected = measure(detector, ATTACK).abusive
    found: list[float] = []
    threads = [
        Thread(target=lambda: found.extend(measure(detector, ATTACK).abusive for _ in range(20)))
        for _ in range(4)
    ]
    for one in threads:
        one.start()
    for one in threads:
        one.join()

    assert found == pytest.approx([expected] * 80)


def test_batches_hold_every_comment_once():
    comments = [Written("a" * size) for size in (10, module.BATCH * 2, 10, module.BATCH, 0)]

    batches = list(module._batches(comments))

    assert [one for batch in batches for one in batch] == comments


@pytest.mark.parametrize(
    ("text", "many"),
    [
        ("3. The council should sell it.", 1),
        ("1. It is late. 2. It is dear.", 2),
        ("!!! The council should sell it. It must.", 2),
        ("It was in 2003. It is late now.", 2),
    ],
)
def test_number_of_a_line_is_no_sentence(detector, text, many):
    assert len(measure(detector, text).sentences) == many
