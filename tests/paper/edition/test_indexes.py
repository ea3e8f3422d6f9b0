"""Indexes of topics and authors, the feeds' page, icons, and how a shared address looks."""

import io
import json
import re

import pytest
from PIL import Image

from broadsheet.demo import factories
from broadsheet.edition import indexes
from broadsheet.newsroom.models import Topic
from tests.conftest import NOW


def text(client, address):
    answer = client.get(address)
    assert answer.status_code == 200, address
    return answer.content.decode()


def test_topics_with_stories_stand_by_their_names(client, section):
    for name in ("Water", "Ports"):
        factories.story(f"On {name}", section=section, topics=[factories.topic(name)])
    Topic.objects.create(name="Nothing yet", slug="nothing-yet")

    page = text(client, "/topics/")

    assert re.findall(r'href="/topics/([a-z-]+)/"', page) == ["ports", "water"]
    assert "Nothing yet" not in page


def test_authors_with_stories_stand_by_their_names(client, section):
    factories.story("One", section=section, authors=[factories.author("Anna Petrova")])
    factories.author("Nobody Yet")

    page = text(client, "/authors/")

    assert 'href="/authors/anna-petrova/"' in page
    assert "Nobody Yet" not in page


def test_an_index_goes_on_page_by_page(client, section, monkeypatch):
    monkeypatch.setattr(indexes, "NAMES", 2)
    topics = [factories.topic(name) for name in ("Ants", "Bees", "Cats", "Dogs", "Eels")]
    factories.story("All", section=section, topics=topics)

    seen, address = [], "/topics/"
    while address:
        page = text(client, address)
        seen += re.findall(r'href="/topics/([a-z-]+)/"', page)
        more = re.search(r'href="(\?after=[^"]+)"', page)
        address = f"/topics/{more[1]}" if more else ""

    assert seen == ["ants", "bees", "cats", "dogs", "eels"]


def test_an_index_costs_the_same_for_one_name_and_for_many(
    client, section, django_assert_max_num_queries
):
    factories.story("One", section=section, topics=[factories.topic("Ants")])
    with django_assert_max_num_queries(10) as first:
        text(client, "/topics/")
    factories.story("Two", section=section, topics=[factories.topic(f"T{at}") for at in range(30)])
    with django_assert_max_num_queries(len(first)):
        text(client, "/topics/")


@pytest.mark.parametrize("after", ["%00", "%FF", "'\"<>", "zzzz", "x" * 5000])
def test_no_address_breaks_an_index(client, front_page, after):
    page = text(client, f"/topics/?after={after}")

    assert "<>" not in page


def test_the_page_of_the_feeds_leads_to_feeds_that_are_there(client, section):
    factories.story("One", section=section, published_at=NOW)

    addresses = re.findall(
        r'href="([^"]*(?:rss\.xml|atom\.xml|feed\.json))"', text(client, "/feeds/")
    )

    assert {"/rss.xml", "/world/atom.xml"} <= set(addresses)
    assert all(client.get(one).status_code == 200 for one in addresses)


def test_every_page_leads_to_the_indexes(client, front_page):
    page = text(client, "/")

    assert all(f'href="{one}"' in page for one in ("/topics/", "/authors/", "/feeds/"))


def test_icons_are_where_browsers_and_telephones_ask(client, front_page):
    page = text(client, "/")
    facts = json.loads(text(client, "/manifest.webmanifest"))

    assert client.get("/favicon.ico")["Content-Type"] == "image/x-icon"
    assert 'rel="manifest" href="/manifest.webmanifest"' in page
    for address, size in (("/favicon.ico", (48, 48)), ("/apple-touch-icon.png", (180, 180))):
        sent = io.BytesIO(b"".join(client.get(address).streaming_content))
        with Image.open(sent) as icon:
            assert icon.size == size
    assert facts["start_url"] == "/"
    assert {icon["purpose"] for icon in facts["icons"]} == {"any", "maskable"}


@pytest.fixture
def kinds(section):
    """Return the address of one page of each kind, and what it is called."""
    story = factories.story(
        "A headline",
        section=section,
        topics=[factories.topic("Water")],
        authors=[factories.author("Anna Petrova")],
        published_at=NOW,
    )
    return {
        "/": "The Example",
        "/world/": "World",
        story.url: "A headline",
        "/topics/water/": "Water",
        "/authors/anna-petrova/": "Anna Petrova",
        "/topics/": "Topics",
        "/authors/": "Authors",
        "/feeds/": "Feeds",
        "/archive/": "Archive",
        "/archive/2026/11/": "November 2026",
        "/archive/2026/11/24/": "November 24, 2026",
        "/archive/on-this-day/11/24/": "On this day, November 24",
        "/corrections/": "Corrections",
        "/subscribe/": "Subscribe",
    }


def test_every_kind_of_page_says_how_it_looks_when_it_is_shared(client, kinds, settings):
    kinds["/"] = settings.PAPER_NAME
    for address, title in kinds.items():
        page = text(client, address)
        told = dict(re.findall(r'<meta property="og:([a-z_:]+)"\s+content="([^"]*)"', page))
        assert told["title"] == title, address
        assert told["site_name"] == settings.PAPER_NAME, address
        assert told["url"].endswith(address), address
        assert told["image"].startswith("http"), address
        assert page.count('property="og:title"') == 1, address


def test_a_story_says_where_it_stands_and_who_publishes_it(client, section):
    inner = factories.section("Asia", parent=section)
    story = factories.story("A headline", section=inner, published_at=NOW)

    page = text(client, story.url)
    told = [
        json.loads(one)
        for one in re.findall(r'<script type="application/ld\+json">(.*?)</script>', page)
    ]
    crumbs = next(one for one in told if one["@type"] == "BreadcrumbList")
    article = next(one for one in told if one["@type"] == "NewsArticle")

    steps = [(one["position"], one["name"]) for one in crumbs["itemListElement"]]
    assert steps[1:] == [(2, "World"), (3, "Asia")]
    assert crumbs["itemListElement"][2]["item"].endswith("/world/asia/")
    assert article["publisher"]["logo"]["url"].startswith("http")
