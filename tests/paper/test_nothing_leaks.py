"""Nobody gets a word that isn't theirs, whatever they ask and however they ask it.

Canary sentences are planted in bodies beyond the teaser. A crawler then walks every address of the
paper that can be found from its pages, feeds, sitemaps and API, asks for each in many ways, and
looks for the canaries in what comes back.
"""

import gzip
import html
import re
from datetime import UTC, datetime, timedelta
from urllib.parse import urljoin, urlsplit

import brotli
import pytest
from django.test import Client

from broadsheet.demo import factories
from broadsheet.newsroom.models import StoryPage

LINK = re.compile(
    r"""(?:href|src|action|content|url|permalink|id)=?["':\s>]+((?:http://testserver)?/[^"'\s<>]*)"""
)
LOC = re.compile(r"<(?:loc|link|guid|id)[^>]*>\s*(http://testserver[^<\s]*)")
SEEDS = [
    "/",
    "/search/?q=canary",
    "/search/?q=zanzibar",
    "/rss.xml",
    "/atom.xml",
    "/feed.json",
    "/robots.txt",
    "/sitemap.xml",
    "/news-sitemap.xml",
    "/api/v1/stories",
    "/api/v1/openapi.json",
    "/api/v1/docs",
    "/corrections/",
    "/archive/",
    "/archive/on-this-day/",
    "/you/",
    "/accounts/login/",
]
# Words that stand only in canary sentences, one to each kind of block.
WORDS = ["zanzibar", "xylophone", "quagmire", "jabberwock", "kinkajou"]
# What must never be followed: it signs out, or is the back office.
SHUNNED = ("/desk/", "/accounts/logout", "/static/", "/media/", "/documents/")


def canary(word: str) -> str:
    return f"The canary sings of {word} when the light goes out."


def body() -> list[tuple[str, object]]:
    opening = " ".join(
        f"This is open sentence number {number} of the story." for number in range(30)
    )
    return [
        ("paragraph", f"<p>{opening}</p>"),
        ("paragraph", f"<p>{canary(WORDS[0])}</p>"),
        ("crosshead", canary(WORDS[1])),
        (
            "quotation",
            {"text": f"<p>{canary(WORDS[2])}</p>", "speaker": "A. Bird", "office": "Miner"},
        ),
        ("markup", f"<p>{canary(WORDS[3])}</p>"),
        ("embed", {"url": "https://video.example/1", "title": canary(WORDS[4])}),
        ("paragraph", "<p>" + "The closing words go on for a while. " * 20 + "</p>"),
    ]


@pytest.fixture
def paper(db):
    """A paper with a story of each access level, walled ones with canaries."""
    section = factories.section("World")
    asia = factories.section("Asia", parent=section)
    author, topic = factories.author("V. Radha"), factories.topic("Mines")
    day = datetime(2026, 11, 20, 6, 0, tzinfo=UTC)
    for number, access in enumerate(["free", "readers", "subscribers"]):
        factories.story(
            f"A story for {access}",
            section=asia,
            access=access,
            body=factories.paragraphs("Open to all. " * 40) if access == "free" else body(),
            standfirst="What everybody may know.",
            authors=[author],
            topics=[topic],
            published_at=day + timedelta(days=number),
            dateline="MOSCOW",
        )
    return section


def opened(response) -> str:
    """Return every word of an answer: its head, and its body with the compression undone."""
    body = b"".join(response) if response.streaming else response.content
    encoding = response.headers.get("Content-Encoding", "")
    if encoding == "gzip":
        body = gzip.decompress(body)
    elif encoding == "br":
        body = brotli.decompress(body)
    head = "\n".join(f"{name}: {value}" for name, value in response.headers.items())
    return head + "\n\n" + html.unescape(body.decode("utf-8", "replace"))


def walk(client: Client, *, most: int = 400) -> dict[str, str]:
    """Return every address that can be found, with what it answered."""
    waiting, found = list(SEEDS), dict[str, str]()
    while waiting and len(found) < most:
        address = waiting.pop(0)
        if address in found or address.startswith(SHUNNED):
            continue
        response = client.get(address)
        found[address] = opened(response)
        if location := response.headers.get("Location"):
            waiting.append(relative(location, address))
        for link in [*LINK.findall(found[address]), *LOC.findall(found[address])]:
            place = relative(link, address)
            if place and place not in found:
                waiting.append(place)
    return found


def relative(link: str, base: str) -> str:
    parts = urlsplit(urljoin(f"http://testserver{base}", link))
    if parts.hostname != "testserver":
        return ""
    return parts.path + (f"?{parts.query}" if parts.query else "")


def leaks(text: str) -> list[str]:
    # A page that looks for a word may say the word; it may not say the sentence.
    return [word for word in WORDS if canary(word) in text or f"sings of {word}" in text]


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


def test_a_visitor_finds_no_canary_at_any_address(paper):
    found = walk(Client())

    assert {address: leaks(text) for address, text in found.items() if leaks(text)} == {}


def test_a_search_for_a_locked_word_finds_what_a_search_for_nonsense_finds(paper):
    client = Client()

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
def test_a_story_keeps_its_words_however_it_is_asked(paper, access, method, headers):
    story = StoryPage.objects.get(access=access)

    response = getattr(Client(headers=headers), method)(story.url)

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
def test_no_other_address_of_a_story_has_its_words(paper, access, variant):
    story = StoryPage.objects.get(access=access)

    assert leaks(opened(Client().get(variant.format(story.url), follow=True))) == []


def test_the_teaser_of_two_stories_that_differ_in_locked_words_is_the_same_to_the_byte(paper):
    """Word counts, reading times, related stories and search must not tell either."""
    story = StoryPage.objects.get(access="subscribers")
    before = walk(Client())

    changed = [
        *body()[:1],
        ("paragraph", "<p>Quite other words stand here now, and fewer.</p>"),
        *body()[1:3],
    ]
    story.body = changed
    story.save_revision().publish()

    after = walk(Client())
    assert set(after) == set(before)
    assert [address for address in before if strip(before[address]) != strip(after[address])] == []


def strip(text: str) -> str:
    """Leave out what changes from one request to the next: tokens against forgery."""
    return re.sub(
        r'name="csrfmiddlewaretoken" value="[^"]*"|csrf=[^;\s]*|expires=[^;]*|session=[^;\s]*',
        "",
        text,
    )
