"""Cookies are found as Django would find them, or the request is Django's."""

from http.cookies import CookieError, SimpleCookie

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.press.edge.cookies import Cookies, Finder, OddCookiesError

FINDER = Finder("session", "pass")


@pytest.mark.parametrize(
    ("header", "values"),
    [
        (b"", [None, None]),
        (b"pass=abc", [None, b"abc"]),
        (b"a=b; pass=abc; session=x", [b"x", b"abc"]),
        (b"bypass=1; pass_=2; xsession=3", [None, None]),
        (b"a=pass=1; b=; session=", [b"", None]),
    ],
)
def test_a_cookie_is_found_by_its_whole_name(header, values):
    assert FINDER.find(header) == values


@pytest.mark.parametrize(
    "header",
    [b"pass=1; pass=2", b"a=b;pass=1", b'pass="1"', b"a=b;; pass=1", b"a=b;", b"a=b;\tpass=1"],
)
def test_what_may_be_read_in_two_ways_is_not_read(header):
    with pytest.raises(OddCookiesError):
        FINDER.find(header)


letters = st.text("abc=-_. ", max_size=6)
names = st.sampled_from(["session", "pass", "a", "pass_", "csrf"])


@given(parts=st.lists(st.tuples(names, letters), max_size=5))
def test_found_cookies_are_those_the_standard_library_finds(parts):
    header = "; ".join(f"{name}={value.strip()}" for name, value in parts)
    try:
        found = FINDER.find(header.encode())
    except OddCookiesError:
        return
    jar = {}
    for chunk in header.split(";"):
        name, _, value = chunk.partition("=")
        jar[name.strip()] = value.strip().encode()

    assert found == [jar.get("session"), jar.get("pass")]


def test_only_the_cookie_to_be_shown_can_be_read_by_a_script():
    cookies = Cookies(secure=True)
    sealed = cookies.line("month", "abc", seconds=60)
    shown = cookies.line("counted", "3-10", seconds=60, script=True)

    assert sealed == "month=abc; Max-Age=60; Path=/; SameSite=Lax; HttpOnly; Secure"
    assert "HttpOnly" not in shown
    try:
        SimpleCookie(sealed)
    except CookieError:
        pytest.fail("no browser would read this")
