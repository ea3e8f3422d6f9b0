import pytest

from broadsheet.rules.datelines import parse, place


@pytest.mark.parametrize(
    ("text", "expected", "agency"),
    [
        ("MOSCOW, March 22 (Agency) — The talks went on.", "MOSCOW", "Agency"),
        ("NEW DELHI: The court met.", "NEW DELHI", ""),
        ("GROSSETO, Italy (AP) -- The trial has begun.", "GROSSETO, Italy", "AP"),
        ("(New York, NY - October 21) Shares rose.", "New York, NY", ""),
        ("Paris (AFP) – A man was seen.", "Paris", "AFP"),
        ("(ANSA) - Rome, October 11 - The minister said so.", "Rome", "ANSA"),
        ("Moscow, March 22 — He said so.", "Moscow", ""),
        ("WASHINGTON, Oct 3, 2011 (Reuters) - Stocks fell.", "WASHINGTON", "Reuters"),
        ("BEIJING, Aug. 5 (Xinhua) -- China said so.", "BEIJING", "Xinhua"),
        ("AIX-EN-PROVENCE — The fair opened.", "AIX-EN-PROVENCE", ""),
        ("KYIV/MOSCOW — Both sides spoke.", "KYIV/MOSCOW", ""),
        ("ST. PETERSBURG, Russia — Ice broke.", "ST. PETERSBURG, Russia", ""),
        ("LOS ANGELES (AP) _ A film opened.", "LOS ANGELES", "AP"),
    ],
)
def test_dateline_is_read_from_the_first_words(text, expected, agency):
    found = parse(text)

    assert found is not None
    assert (found.place, found.agency) == (expected, agency)
    assert text[found.length].isupper()


@pytest.mark.parametrize(
    "text",
    [
        "UPDATE: It rained.",
        "(Sports Network) - A pair of teams met.",
        "(Reuters) - Rome said on Tuesday - and again later - that it would.",
        "EDITOR'S NOTE: This has changed.",
        "NATO: The alliance met.",
        "BY MIRA SETH MUMBAI — The port was shut.",
        "THE PRESIDENT: Thank you all.",
        "MR. SMITH: I disagree.",
        "Q: What happened?",
        "The minister (BJP) – said it.",
        "Smith (Labour) – voted against.",
        "Tuesday, March 22 — He said so.",
        "I — the writer — say so.",
        "Мы сказали: да.",
        "MOSCOW: ",
        "He came from LONDON: a long way.",
        "",
        "[" * 1000,
        "A" * 100_000,
    ],
)
def test_what_may_be_something_else_is_no_dateline(text):
    assert parse(text) is None


@pytest.mark.parametrize(
    ("dateline", "expected"),
    [
        ("MOSCOW, Monday (Reuters)", "MOSCOW"),
        ("NEW YORK", "NEW YORK"),
        ("Newport News, VA", "Newport News, VA"),
        ("Paris, Oct. 5", "Paris"),
    ],
)
def test_place_of_a_whole_dateline(dateline, expected):
    assert place(dateline) == expected
