"""The sitemaps, robots.txt and oEmbed."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone
from lxml import etree

from broadsheet.demo import factories
from broadsheet.edition.services import sitemaps
from broadsheet.newsroom.models import StoryPage
from broadsheet.rules.access import Access
from broadsheet.wall.models import WallPolicy

LOC = "{http://www.sitemaps.org/schemas/sitemap/0.9}loc"
LASTMOD = "{http://www.sitemaps.org/schemas/sitemap/0.9}lastmod"
NEWS = "{http://www.google.com/schemas/sitemap-news/0.9}"


@pytest.fixture
def paper(db):
    world = factories.section("World")
    asia = factories.section("Asia", parent=world)
    for number, (year, month, day) in enumerate([(1923, 1, 31), (2011, 3, 22), (2011, 3, 31)]):
        factories.story(
            f"Story {number}",
            section=asia,
            published_at=datetime(year, month, day, 12, 0, tzinfo=UTC),
            topics=[factories.topic("Shield")],
        )
    return world


def read(client, path) -> Any:
    response = client.get(path)
    assert response.status_code == 200, path
    assert response.streaming
    return etree.fromstring(b"".join(response))


def addresses(client, path):
    return [one.text for one in read(client, path).iter(LOC)]


def test_the_index_names_a_file_for_each_month_that_has_stories(client, paper):
    assert addresses(client, "/sitemap.xml") == [
        "http://testserver/sitemaps/pages.xml",
        "http://testserver/sitemaps/2011-03.xml",
        "http://testserver/sitemaps/1923-01.xml",
    ]


def test_every_file_of_the_index_answers_and_together_they_hold_every_page_once(client, paper):
    found = [
        address
        for file in addresses(client, "/sitemap.xml")
        for address in addresses(client, file.removeprefix("http://testserver"))
    ]

    assert len(found) == len(set(found))
    assert set(found) == {
        "http://testserver/",
        "http://testserver/world/",
        "http://testserver/world/asia/",
        "http://testserver/topics/shield/",
        "http://testserver/world/asia/story-0/",
        "http://testserver/world/asia/story-1/",
        "http://testserver/world/asia/story-2/",
    }


def test_a_large_month_is_told_in_parts(client, paper, monkeypatch):
    monkeypatch.setattr(sitemaps, "MOST", 4)
    monkeypatch.setattr(sitemaps, "_AT_ONCE", 3)
    for number in range(8):
        factories.story(
            f"Same moment {number}",
            section=paper,
            published_at=datetime(2011, 3, 22, 12, 0, tzinfo=UTC),
        )

    files = addresses(client, "/sitemap.xml")[1:4]
    parts = [addresses(client, file.removeprefix("http://testserver")) for file in files]

    assert files == [f"http://testserver/sitemaps/2011-03{part}.xml" for part in ("", "-2", "-3")]
    assert [len(part) for part in parts] == [4, 4, 2]
    assert len({address for part in parts for address in part}) == 10


def test_lastmod_is_when_the_news_last_changed(client, paper):
    story = StoryPage.objects.get(slug="story-1")
    story.updated_at = datetime(2016, 9, 30, 17, 56, tzinfo=UTC)
    story.save_revision().publish()

    changed = [one.text for one in read(client, "/sitemaps/2011-03.xml").iter(LASTMOD)]

    assert changed == ["2016-09-30T17:56:00+00:00", "2011-03-31T12:00:00+00:00"]


@pytest.mark.parametrize("name", ["2011-04", "2011-13", "2011-00", "0-1", "9999-12", "2011-03-2", "2011-03-0", "99999999999999999999-1"])  # fmt: skip
def test_a_month_without_stories_has_no_file(client, paper, name):
    assert client.get(f"/sitemaps/{name}.xml").status_code == 404


def test_addresses_in_other_scripts_are_written_as_addresses(client, paper):
    factories.story(
        "Новости",
        section=paper,
        slug="новости",
        published_at=datetime(2012, 1, 1, tzinfo=UTC),
    )

    (address,) = addresses(client, "/sitemaps/2012-01.xml")

    assert address.isascii()
    assert StoryPage.objects.get(slug="новости").url == address.removeprefix("http://testserver")


def test_stories_nobody_may_know_of_are_in_no_sitemap(client, paper):
    now = timezone.now()
    factories.story("Tomorrow", section=paper, published_at=now + timedelta(minutes=5))
    held = factories.story("Held", section=paper, published_at=now - timedelta(minutes=5))
    StoryPage.objects.filter(pk=held.pk).update(embargoed_until=now + timedelta(days=1))
    factories.story("Draft", section=paper, publish=False)
    month = f"/sitemaps/{now.astimezone(UTC):%Y-%m}.xml"

    told = b"".join(client.get(month)) + b"".join(client.get("/sitemaps/news.xml"))

    for slug in (b"tomorrow", b"held", b"draft"):
        assert slug not in told


def test_the_news_sitemap_has_the_last_two_days(client, paper):
    now = timezone.now()
    factories.story("Old", section=paper, published_at=now - timedelta(hours=49))
    factories.story("New & <hot>", section=paper, slug="new", published_at=now - timedelta(hours=1))

    news = read(client, "/sitemaps/news.xml")

    assert [one.text for one in news.iter(LOC)] == ["http://testserver/world/new/"]
    assert news.findtext(f".//{NEWS}name") == "The Test Paper"
    assert news.findtext(f".//{NEWS}language") == "en"
    assert news.findtext(f".//{NEWS}title") == "New & <hot>"
    assert datetime.fromisoformat(news.findtext(f".//{NEWS}publication_date")).tzinfo


def test_an_empty_paper_has_sitemaps(client, db):
    assert addresses(client, "/sitemap.xml") == ["http://testserver/sitemaps/pages.xml"]
    assert addresses(client, "/sitemaps/news.xml") == []


def test_robots_are_told_where_the_sitemaps_are_and_what_to_leave_alone(client, db):
    response = client.get("/robots.txt")
    lines = response.content.decode().splitlines()

    assert response["Content-Type"].startswith("text/plain")
    assert "Sitemap: http://testserver/sitemap.xml" in lines
    assert "Sitemap: http://testserver/sitemaps/news.xml" in lines
    assert {"Disallow: /desk/", "Disallow: /accounts/", "Disallow: /search/"} <= set(lines)


def test_those_who_read_to_train_models_are_kept_out_unless_the_desk_lets_them(client, db):
    def kept_out():
        groups = client.get("/robots.txt").content.decode().split("\n\n")
        return {
            line.removeprefix("User-agent: ")
            for group in groups
            if group.endswith("Disallow: /")
            for line in group.splitlines()
            if line.startswith("User-agent: ")
        }

    assert "GPTBot" in kept_out()
    assert "*" not in kept_out()
    WallPolicy.objects.update_or_create(defaults={"training_is_allowed": True})
    assert kept_out() == set()


# oEmbed


@pytest.fixture
def oembed(settings):
    settings.OEMBED = True


def test_oembed_is_off_until_the_paper_wants_it(client, paper):
    address = "http://testserver/world/asia/story-1/"

    assert client.get("/oembed", {"url": address}).status_code == 404


def test_oembed_tells_what_everybody_may_read(client, paper, oembed):
    factories.story(
        "Talks & <tea>",
        section=paper,
        slug="talks",
        standfirst="Two meet",
        authors=[factories.author("Anna Petrova")],
        access=Access.SUBSCRIBERS.value,
        body=factories.paragraphs("One. " * 100, "A locked canary sang."),
    )

    response = client.get(
        "/oembed", {"url": "http://testserver/world/talks/?from=x", "maxwidth": "400"}
    )
    told = json.loads(response.content)

    assert told["version"] == "1.0"
    assert told["type"] == "rich"
    assert (told["width"], told["height"]) == (400, 260)
    assert told["author_name"] == "Anna Petrova"
    assert "Talks &amp; &lt;tea&gt;" in told["html"]
    assert "<script" not in told["html"]
    assert "canary" not in response.content.decode()


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ({}, 400),
        ({"url": "http://testserver/world/nothing/"}, 404),
        ({"url": "http://elsewhere.example/world/asia/story-1/"}, 404),
        ({"url": "javascript:alert(1)"}, 404),
        ({"url": "http://[", "maxwidth": "x"}, 404),
        ({"url": "http://testserver/world/asia/story-1/", "format": "xml"}, 501),
    ],
)
def test_oembed_says_in_words_what_it_can_not_tell(client, paper, oembed, asked, status):
    response = client.get("/oembed", asked)

    assert response.status_code == status
    assert json.loads(response.content)["error"]
