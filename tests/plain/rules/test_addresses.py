"""When two spellings of an address are one person, and where a reader may be sent."""

import pytest

from broadsheet.rules.addresses import AddressError, canonical, in_letters, masked, own_path


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        pytest.param("  Mira@Example.ORG ", "mira@example.org", id="capitals and spaces"),
        pytest.param("mira@EXAMPLE.org", "mira@example.org", id="capital domain"),
        pytest.param("m.i.r.a@example.org", "m.i.r.a@example.org", id="dots stay"),
        pytest.param("mira+news@example.org", "mira+news@example.org", id="plus stays"),
        pytest.param("mira@bücher.example", "mira@xn--bcher-kva.example", id="own letters"),
        pytest.param("mira@ｅｘａｍｐｌｅ.org", "mira@example.org", id="wide letters"),
        pytest.param("ÜNÏ@exämple.org", "ünï@xn--exmple-cua.org", id="a name in letters"),
        pytest.param("u\u0308ni@example.org", "üni@example.org", id="composed in one way"),
        pytest.param("mıra@example.org", "mıra@example.org", id="dotless i stays one"),
        pytest.param("İra@example.org", "i̇ra@example.org", id="a capital with a dot"),
        pytest.param("अजय@डाटा.भारत", "अजय@xn--c2bd1gb.xn--h2brj9c", id="another script"),
        pytest.param("mira@faß.example", "mira@xn--fa-hia.example", id="ß is no ss"),
        pytest.param("mira@localhost", "mira@localhost", id="this machine"),
    ],
)
def test_an_address_has_one_spelling(typed, kept):
    assert canonical(typed) == kept
    assert canonical(kept) == kept


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "mira",
        "@example.org",
        "mira@",
        "mira@example",
        "mira@@example.org",
        "mi ra@example.org",
        "mira@exa mple.org",
        ".mira@example.org",
        "mira.@example.org",
        "mi..ra@example.org",
        "mira@-example.org",
        "mira@example..org",
        "mi\u200bra@example.org",
        "mi\u00a0ra@example.org",
        "mi\ue000ra@example.org",
        "\u202emira@example.org",
        "m\ud800ra@example.org",
        "ü" * 33 + "@example.org",
        "mira@\u200b.org",
        "mira@example.org\r\nBcc: all@example.org",
        "mira\x00@example.org",
        "a" * 65 + "@example.org",
        "mira@" + "a" * 250 + ".org",
        "x" * 10_000,
        "mira@\ud800.org",
    ],
)
def test_what_mail_cant_reach_is_refused(typed):
    with pytest.raises(AddressError, match=r"name@example\.org"):
        canonical(typed)


def test_a_domain_is_shown_in_letters():
    assert in_letters("ünï@xn--exmple-cua.org") == "ünï@exämple.org"
    assert in_letters("mira@example.org") == "mira@example.org"
    assert in_letters("mira@xn--a.org") == "mira@xn--a.org"


def test_a_masked_address_shows_a_letter_and_the_domain():
    assert masked("mira@example.org") == "m…@example.org"


@pytest.mark.parametrize("place", ["/", "/world/asia/talks/?q=a%20b#part", "/you/"])
def test_a_path_of_the_paper_is_a_place_to_return_to(place):
    assert own_path(place) == place


@pytest.mark.parametrize(
    "place",
    [
        None,
        "",
        "world/",
        "//evil.example",
        "///evil.example",
        "/\\evil.example",
        "/world\\..\\x",
        "https://evil.example/",
        "javascript:alert(1)",
        "/a\r\nSet-Cookie: x=1",
        "/a b",
        "/\tevil",
        "/" + "a" * 2000,
    ],
)
def test_anything_else_is_not(place):
    assert own_path(place) == ""
