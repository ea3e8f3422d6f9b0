"""Every limit of the readers' side, and its page."""

from pathlib import Path

import pytest

from broadsheet.rules import limits
from broadsheet.rules.limits import LIMITS, Action, Share, shares, wait_in_words

PAGE = (Path(__file__).parents[3] / "docs/rules/limits.md").read_text()


def test_every_action_has_limits():
    assert set(LIMITS) == set(Action)
    assert all(LIMITS.values())


@pytest.mark.parametrize(
    ("action", "limit"), [(action, limit) for action, held in LIMITS.items() for limit in held]
)
def test_every_limit_is_on_its_page(action, limit):
    row = f"| `{action}` | `{limit.share}` | {limit.tries} | {limit.seconds // 60} minutes |"

    assert row in PAGE


def test_the_page_names_no_limit_that_is_not_there():
    rows = [line for line in PAGE.splitlines() if line.startswith("| `") and " minutes |" in line]

    assert len(rows) == sum(len(held) for held in LIMITS.values())


@pytest.mark.parametrize(
    ("words", "number"),
    [
        ("an e-mailed code lives {} minutes", limits.CODE_LIVES // 60),
        ("stands {} guesses", limits.CODE_GUESSES),
        ("for {} minutes a proof", limits.PROOF_LIVES // 60),
        ("after {} days without a visit", limits.IDLE // 86_400),
        ("after {} days in any case", limits.LONGEST // 86_400),
        ("after {} hours", limits.LONGEST_OF_STAFF // 3_600),
    ],
)
def test_how_long_things_live_is_on_the_page(words, number):
    assert words.format(number) in " ".join(PAGE.split())


def test_strangers_and_the_readers_own_browser_never_share():
    known = {limit.share for limit in shares(Action.ASK_CODE, device_is_known=True)}
    strangers = {limit.share for limit in shares(Action.ASK_CODE, device_is_known=False)}

    assert known == {Share.DEVICE}
    assert Share.DEVICE not in strangers
    assert Share.ADDRESS in strangers


def test_no_limit_on_an_address_lasts_longer_than_an_hour():
    per_address = {Share.ADDRESS, Share.PAIR, Share.DEVICE}
    held = [limit for limits_ in LIMITS.values() for limit in limits_ if limit.share in per_address]

    assert max(limit.seconds for limit in held) <= 3_600


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (1, "a minute"),
        (60, "a minute"),
        (61, "2 minutes"),
        (3_600, "60 minutes"),
        (7_200, "2 hours"),
    ],
)
def test_a_wait_is_said_rounded_up(seconds, words):
    assert wait_in_words(seconds) == words
