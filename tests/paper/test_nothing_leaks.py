"""Nobody gets a word that isn't theirs, whatever they ask and however they ask it.

A crawler walks every address of the paper that can be found from its pages, feeds, sitemaps and
API, asks for each in many ways, and looks for planted sentences in what comes back.
"""

import time

import pytest
from django.test import Client

from broadsheet.newsroom.models import StoryPage
from broadsheet.readers.middleware import SEEN_AT, SEEN_EVERY, SIGNED_IN_AT
from broadsheet.rules import limits
from tests.paper.planting import (
    WORDS,
    client_of,
    leaks,
    opened,
    plant,
    spent_reader,
    subscriber,
    walk,
)

PERSONS = {"visitor": lambda: None, "spent reader": spent_reader}


@pytest.fixture
def paper(db):
    return plant()


@pytest.fixture(params=PERSONS)
def outsider(request, paper):
    """Somebody without access: nobody signed in, or a reader whose ten stories are read."""
    return PERSONS[request.param]()


def test_the_walk_reaches_every_kind_of_address(paper):
    found = walk(Client())

    for story in StoryPage.objects.all():
        assert story.url in found
    kinds = [
        "/world/",
        "/world/asia/",
        "/topics/mines/",
        "/authors/v-radha/",
        "/rss.xml",
        "/sitemap.xml",
    ]
    assert set(kinds) <= set(found)
    assert len(found) > 25


def test_the_canaries_are_where_a_reader_with_access_finds_them(paper, editor):
    client = Client()
    client.force_login(editor)
    story = StoryPage.objects.get(access="subscribers")

    assert leaks(opened(client.get(story.url))) == WORDS


def test_nobody_without_access_finds_a_canary_at_any_address(outsider):
    found = walk(client_of(outsider))

    assert {address: leaks(text) for address, text in found.items() if leaks(text)} == {}


def test_a_subscriber_finds_them_on_the_stories_own_pages_which_nobody_keeps(paper):
    found = walk(client_of(subscriber()))

    leaking = {address for address, text in found.items() if leaks(text)}
    walled = {story.url for story in StoryPage.objects.exclude(access="free")}
    assert leaking == walled
    for address in leaking:
        assert "Cache-Control: private, no-store" in found[address]
        assert "ETag" not in found[address].partition("\n\n")[0]


def test_what_anybody_may_keep_is_nobodys_own(paper):
    told = []
    for person in (None, spent_reader(), subscriber()):
        for address, text in walk(client_of(person)).items():
            lines = text.partition("\n\n")[0].lower().splitlines()
            head = dict(line.split(": ", 1) for line in lines)
            kept = head.get("cache-control", "")
            if "public" in kept:
                assert "set-cookie" not in head, address
                assert "cookie" not in head.get("vary", ""), address
            elif not {"private", "no-cache", "no-store"} & set(kept.split(", ")):
                # Without a word about it a cache may guess.
                told.append((address, kept))
    # The description of the API is the same for all, always.
    assert {address for address, _ in told} <= {"/api/v1/openapi.json"}


@pytest.mark.parametrize("session", ["new", "of an hour ago", "ended", "unknown"])
def test_a_teaser_that_may_be_kept_carries_nobodys_session(paper, session):
    """A cache that keeps it would sign the next reader in. The readers' own is kept by nobody."""
    reader = spent_reader()
    client = client_of(reader)
    if session == "of an hour ago":
        client.get("/you/")
        own = client.session
        own[SEEN_AT] -= 2 * SEEN_EVERY
        own.save()
    elif session == "ended":
        own = client.session
        own[SIGNED_IN_AT] = time.time() - limits.LONGEST - 1
        own.save()
    elif session == "unknown":
        client.cookies["session"] = "a" * 32
    for story in StoryPage.objects.exclude(access="free"):
        response = client.get(story.url)

        if session in {"new", "of an hour ago"}:
            assert response.headers["Cache-Control"] == "private, no-store"
            assert "ETag" not in response.headers
        else:
            assert response.headers["Cache-Control"] == "public, no-cache"
            assert response.headers["Vary"] == "Accept-Encoding"
            assert not response.cookies


def test_a_search_for_a_locked_word_finds_what_a_search_for_nonsense_finds(outsider):
    client = client_of(outsider)

    def results(word):
        return opened(client.get("/search/", {"q": word})).replace(word, "WORD")

    def api(word):
        return opened(client.get("/api/v1/stories", {"q": word})).replace(word, "WORD")

    assert results("zanzibar") == results("qqqqqqqq")
    assert api("zanzibar") == api("qqqqqqqq")


@pytest.mark.parametrize("access", ["readers", "subscribers"])
@pytest.mark.parametrize(
    ("method", "headers"),
    [
        ("get", {}),
        ("head", {}),
        ("get", {"range": "bytes=0-999999"}),
        ("get", {"range": "bytes=-500"}),
        ("get", {"if-none-match": '"anything"'}),
        ("get", {"if-modified-since": "Thu, 01 Jan 1970 00:00:00 GMT"}),
        ("get", {"accept-encoding": "gzip"}),
        ("get", {"accept-encoding": "br"}),
        ("get", {"accept-encoding": "identity"}),
        ("get", {"accept": "application/json"}),
        ("get", {"accept": "text/markdown"}),
        ("get", {"x-requested-with": "XMLHttpRequest"}),
        ("get", {"sec-purpose": "prefetch;prerender"}),
        (
            "get",
            {
                "user-agent": "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"
            },
        ),
        ("get", {"user-agent": "facebookexternalhit/1.1"}),
        ("get", {"referer": "https://www.google.com/"}),
        ("get", {"x-forwarded-for": "66.249.66.1", "user-agent": "Googlebot"}),
        ("get", {"x-original-url": "/desk/"}),
        ("get", {"cookie": "session=forged; pass=forged; month=forged; shown=subscriber"}),
        ("post", {}),
        ("options", {}),
    ],
)
def test_a_story_keeps_its_words_however_it_is_asked(outsider, access, method, headers):
    story = StoryPage.objects.get(access=access)

    response = getattr(client_of(outsider, **headers), method)(story.url)

    assert leaks(opened(response)) == []


@pytest.mark.parametrize("access", ["readers", "subscribers"])
@pytest.mark.parametrize(
    "variant",
    [
        "{}?print=1",
        "{}?format=amp",
        "{}?preview=true",
        "{}?full=1",
        "{}?variant=full",
        "{}amp/",
        "{}print/",
        "{}rss.xml",
        "{}feed.json",
        "{}index.html",
        "{}history/",
        "{}.json",
        "/{}",
        "{}?_wagtail_preview=1",
    ],
)
def test_no_other_address_of_a_story_has_its_words(outsider, access, variant):
    story = StoryPage.objects.get(access=access)

    assert leaks(opened(client_of(outsider).get(variant.format(story.url), follow=True))) == []
