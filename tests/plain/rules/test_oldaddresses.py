import pytest
from hypothesis import given
from hypothesis import strategies as some

from broadsheet.rules.oldaddresses import LONGEST_KEY, MOST_CANDIDATES, candidates, key

STORY = "https://old.example/news/2011/the-talks.html"


@pytest.mark.parametrize(
    "asked",
    [
        "/news/2011/the-talks.html",
        "/news/2011/the-talks",
        "/news/2011/the-talks/",
        "/News/2011/The-Talks.HTML",
        "//news/2011//the-talks/",
        "/news/2011/the-talks.ece",
        "/news/2011/the-talks/index.php",
        "/news/2011/the%2Dtalks.html",
        "/news/2011/the-talks/amp/",
    ],
)
def test_every_spelling_finds_the_story(asked):
    assert key(STORY) in candidates(asked, "")


@pytest.mark.parametrize(
    "query", ["p=123", "utm_source=mail&p=123", "P=123&fbclid=x", "lang=en&p=123"]
)
def test_number_in_the_query_finds_the_story(query):
    assert key("/?p=123") in candidates("/", query)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("/?p=123", "/?p=124"),
        ("/a/b", "/a/c"),
        ("/story?id=1", "/story?id=2"),
        ("/blog/?p=1", "/?p=1"),
    ],
)
def test_different_stories_have_different_keys(one, other):
    assert key(one) != key(other)


@pytest.mark.parametrize(
    "address", ["", "https://old.example/", "https://old.example", "urn:x:y", "mailto:a@b.c"]
)
def test_what_names_no_page_has_no_key(address):
    assert key(address) == ""


def test_bytes_of_an_older_code_page_are_read():
    assert key("/caf%E9") == key("/café")


@given(some.text(max_size=3000), some.text(max_size=3000))
def test_any_request_gives_few_and_short_keys(path, query):
    found = candidates(path, query)

    assert len(found) <= MOST_CANDIDATES + 4
    assert all(len(one) <= LONGEST_KEY for one in found)


@given(some.text(max_size=3000))
def test_key_of_an_address_is_among_its_candidates_or_empty(text):
    address = "/" + text.replace("?", "").replace("#", "").lstrip("/")

    kept = key(address)

    assert len(kept) <= LONGEST_KEY
    if kept and "?" not in address:
        assert kept in candidates(address, "")
