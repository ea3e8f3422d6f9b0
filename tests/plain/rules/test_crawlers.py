"""A crawler is believed for its address, never for its name."""

import pytest

from broadsheet.rules.crawlers import KNOWN, Proof, Purpose, Verdict, judge, name, owns, robots

GOOGLE = next(one for one in KNOWN if one.token == "Googlebot")
TRAINER = next(one for one in KNOWN if one.token == "GPTBot")


@pytest.mark.parametrize(
    ("agent", "token"),
    [
        ("Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)", "Googlebot"),
        ("mozilla/5.0 (compatible; BINGBOT/2.0)", "bingbot"),
        ("Mozilla/5.0 (compatible; Claude-SearchBot/1.0)", "Claude-SearchBot"),
        ("Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0", None),
        ("", None),
    ],
)
def test_a_crawler_is_named_by_its_user_agent(agent, token):
    named = name(agent)

    assert (named.token if named else None) == token


@pytest.mark.parametrize(
    ("host", "owned"),
    [
        ("crawl-66-249-66-1.googlebot.com", True),
        ("CRAWL-66-249-66-1.GOOGLEBOT.COM.", True),
        ("googlebot.com.evil.example", False),
        ("evilgooglebot.com", False),
    ],
)
def test_a_host_is_the_operators_by_the_end_of_its_name(host, owned):
    assert owns(GOOGLE, host) is owned


@pytest.mark.parametrize(
    ("proof", "verdict"),
    [
        (Proof.RANGE, Verdict.SEARCH_PROVED),
        (Proof.NAME, Verdict.SEARCH_PROVED),
        (Proof.NONE, Verdict.SEARCH_UNPROVED),
        (Proof.UNKNOWN, Verdict.SEARCH_NOT_LOOKED_UP),
    ],
)
def test_only_a_proved_crawler_may_search(proof, verdict):
    assert judge(GOOGLE, proof) is verdict


def test_a_crawler_that_trains_is_refused_even_when_proved():
    assert judge(TRAINER, Proof.RANGE) is Verdict.TRAINING_REFUSED
    assert judge(TRAINER, Proof.RANGE, training=True) is Verdict.TRAINING_ALLOWED


def test_a_paper_may_switch_a_search_crawler_off():
    assert judge(GOOGLE, Proof.RANGE, search=False) is Verdict.SEARCH_SWITCHED_OFF


def test_somebody_without_a_crawlers_name_is_none():
    assert judge(None, Proof.UNKNOWN) is Verdict.NO_CRAWLER


def test_robots_keeps_those_out_that_train_and_those_switched_off():
    lines = robots(refused=frozenset({"PetalBot"}))

    assert "User-agent: GPTBot" in lines
    assert "User-agent: Google-Extended" in lines
    assert "User-agent: PetalBot" in lines
    assert "User-agent: Googlebot" not in lines
    assert lines[-2] == "Disallow: /"


def test_robots_says_nothing_when_nobody_is_kept_out():
    assert robots(training=True) == []


def test_every_crawler_that_searches_can_be_proved_by_a_name_or_by_ranges():
    assert {one.purpose for one in KNOWN} == set(Purpose)
    assert all(end.startswith(".") for one in KNOWN for end in one.names)
