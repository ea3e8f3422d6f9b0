"""What a request tells about who sends it."""

import pytest
from django.test import RequestFactory

from broadsheet.readers.requests import browser_named, neighbourhood, network, number


def asked(address: str, forwarded: str = ""):
    headers = {"X-Forwarded-For": forwarded} if forwarded else {}
    return RequestFactory().get("/", REMOTE_ADDR=address, headers=headers)


@pytest.mark.parametrize(
    ("address", "counted", "kept"),
    [
        ("203.0.113.7", "203.0.113.7", "203.0.113.0"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::", "2001:db8:1::"),
        ("::ffff:203.0.113.7", "203.0.113.7", "203.0.113.0"),
        ("", "0.0.0.0", "0.0.0.0"),
        ("not an address", "0.0.0.0", "0.0.0.0"),
    ],
)
def test_tries_count_by_network_and_less_of_it_is_kept(address, counted, kept):
    assert network(asked(address)) == counted
    assert neighbourhood(asked(address)) == kept


def test_a_forwarded_address_is_believed_from_trusted_proxies_only(settings):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 0
    assert network(asked("10.0.0.1", "198.51.100.9")) == "10.0.0.1"

    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    assert network(asked("10.0.0.1", "6.6.6.6, 198.51.100.9")) == "198.51.100.9"
    assert network(asked("10.0.0.1")) == "10.0.0.1"

    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 2
    assert network(asked("10.0.0.1", "198.51.100.9")) == "10.0.0.1"


@pytest.mark.parametrize(
    ("told", "named"),
    [
        ("Mozilla/5.0 (Android 15; Mobile) Gecko/140.0 Firefox/140.0", "Firefox on Android"),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) Safari/604.1",
            "Safari on an iPhone",
        ),
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/150.0 Safari/537.36 Edg/150.0", "Edge on Windows"),
        ("curl/8.9", "A browser"),
        ("", "A browser"),
        ("<script>", "A browser"),
    ],
)
def test_a_browser_is_named_in_a_few_words(told, named):
    assert browser_named(told) == named


@pytest.mark.parametrize(
    ("text", "read"),
    [("12", 12), ("0", 0), (None, 0), ("", 0), ("-1", 0), ("1e3", 0), ("١٢", 0), ("9" * 30, 0)],
)
def test_what_is_no_number_is_none_that_exists(text, read):
    assert number(text) == read
