"""Addresses are looked up in ranges, or by name and back again, once a day."""

import socket

import pytest

from broadsheet.press.crawlers.proofs import DAY, MINUTE, Proofs, load_ranges, read_ranges
from broadsheet.rules.crawlers import KNOWN, Proof

GOOGLE = next(one for one in KNOWN if one.token == "Googlebot")
RANGES_ONLY = next(one for one in KNOWN if one.token == "DuckDuckBot")


class Names:
    """A name server that remembers what it was asked."""

    def __init__(self, reverse, forward):
        self.asked, self._reverse, self._forward = 0, reverse, forward

    def reverse(self, address):
        self.asked += 1
        if isinstance(self._reverse, Exception):
            raise self._reverse
        return self._reverse

    def forward(self, host):
        if isinstance(self._forward, Exception):
            raise self._forward
        return self._forward


def proofs(names, **more):
    return Proofs(reverse=names.reverse, forward=names.forward, **more)


@pytest.mark.parametrize(
    ("reverse", "forward", "proof"),
    [
        pytest.param("a.googlebot.com", ["66.249.66.1"], Proof.NAME, id="confirmed"),
        pytest.param("a.googlebot.com", ["192.0.2.1"], Proof.NONE, id="leads elsewhere"),
        pytest.param("host.evil.example", ["66.249.66.1"], Proof.NONE, id="somebody else's name"),
        pytest.param(socket.herror(1, "no name"), [], Proof.NONE, id="no name"),
        pytest.param(TimeoutError(), [], Proof.UNKNOWN, id="no answer"),
        pytest.param(
            "a.googlebot.com",
            socket.gaierror(socket.EAI_AGAIN, "later"),
            Proof.UNKNOWN,
            id="no answer back",
        ),
        pytest.param(
            "a.googlebot.com",
            socket.gaierror(socket.EAI_NONAME, "none"),
            Proof.NONE,
            id="no such name",
        ),
    ],
)
def test_a_name_proves_only_when_it_leads_back(reverse, forward, proof):
    assert proofs(Names(reverse, forward)).of(GOOGLE, "66.249.66.1") is proof


def test_an_address_in_a_published_range_needs_no_look_up():
    names = Names("x", [])
    ranges = {
        "googlebot": read_ranges(
            '{"prefixes": [{"ipv4Prefix": "66.249.64.0/19"}, {"ipv6Prefix": "2001:4860::/32"}]}'
        )
    }

    found = proofs(names, ranges=ranges)

    assert found.of(GOOGLE, "66.249.66.1") is Proof.RANGE
    assert found.of(GOOGLE, "2001:4860::7") is Proof.RANGE
    assert names.asked == 0


def test_a_crawler_known_by_ranges_alone_is_never_looked_up():
    names = Names("a.duckduckgo.com", ["192.0.2.1"])

    assert proofs(names).of(RANGES_ONLY, "192.0.2.1") is Proof.NONE
    assert names.asked == 0


def test_an_answer_is_kept_for_a_day_and_a_failure_for_a_minute():
    now = 1000.0
    good, bad = Names("a.googlebot.com", ["66.249.66.1"]), Names(TimeoutError(), [])
    kept, failing = proofs(good, clock=lambda: now), proofs(bad, clock=lambda: now)
    for _ in range(3):
        kept.of(GOOGLE, "66.249.66.1")
        failing.of(GOOGLE, "66.249.66.1")
    assert (good.asked, bad.asked) == (1, 1)

    now += MINUTE + 1
    kept.of(GOOGLE, "66.249.66.1")
    failing.of(GOOGLE, "66.249.66.1")
    assert (good.asked, bad.asked) == (1, 2)

    now += DAY
    kept.of(GOOGLE, "66.249.66.1")
    assert good.asked == 2


def test_what_is_no_address_proves_nothing():
    assert proofs(Names("x", [])).of(GOOGLE, "unix:") is Proof.NONE


def test_a_papers_own_ranges_are_read_from_its_folder(tmp_path):
    (tmp_path / "DuckDuckBot.txt").write_text("# published\n192.0.2.0/24\n\n")

    assert Proofs(load_ranges(tmp_path)).of(RANGES_ONLY, "192.0.2.9") is Proof.RANGE


def test_a_file_that_is_no_list_of_ranges_is_named(tmp_path):
    (tmp_path / "bingbot.txt").write_text("not a range\n")

    with pytest.raises(ValueError, match=r"bingbot\.txt"):
        load_ranges(tmp_path)
