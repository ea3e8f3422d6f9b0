"""RSS, Atom and JSON Feed: valid, of every list, and with no word that isn't everybody's."""

import json
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.utils import timezone
from lxml import etree

from broadsheet.demo import factories
from broadsheet.newsroom.models import StoryPage
from broadsheet.rules.access import Access

FILES = ("rss.xml", "atom.xml", "feed.json")
ATOM = "{http://www.w3.org/2005/Atom}"
CONTENT = "{http://purl.org/rss/1.0/modules/content/}encoded"
CREATOR = "{http://purl.org/dc/elements/1.1/}creator"
LONG = "They spoke for an hour about it. " * 12


@pytest.fixture
def paper(db):
    world = factories.section("World", description="From abroad")
    asia = factories.section("Asia", parent=world)
    anna, shield = factories.author("Anna Petrova"), factories.topic("Missile shield")
    factories.story(
        "Talks & <tea> in Moscow",
        section=asia,
        slug="talks",
        authors=[anna, factories.author("Ravi Menon")],
        topics=[shield],
        standfirst="Two ministers meet",
        body=factories.paragraphs(
            LONG, 'See <a href="/world/">the section</a>.', "A free canary sang."
        ),
        access=Access.FREE.value,
        published_at=datetime(2011, 3, 22, 15, 41, tzinfo=UTC),
        updated_at=datetime(2016, 9, 30, 17, 56, tzinfo=UTC),
    )
    factories.story(
        "Rain in Delhi",
        section=world,
        body=factories.paragraphs("It rained. " + LONG, LONG, "A locked canary sang. " + LONG),
        access=Access.READERS.value,
        published_at=datetime(2011, 3, 21, 8, 0, tzinfo=UTC),
    )
    return world


def parsed(content: bytes) -> Any:
    return etree.fromstring(content)


def fetched(client, path):
    response = client.get(path)
    assert response.status_code == 200, path
    return response


def entries(client, path):
    """Return (title, html) of every entry, whatever the format."""
    content = fetched(client, path).content
    if path.endswith(".json"):
        return [(item["title"], item["content_html"]) for item in json.loads(content)["items"]]
    root = parsed(content)
    if path.endswith("rss.xml"):
        return [(one.findtext("title"), one.findtext(CONTENT)) for one in root.iter("item")]
    return [
        (one.findtext(f"{ATOM}title"), one.findtext(f"{ATOM}content"))
        for one in root.iter(f"{ATOM}entry")
    ]


@pytest.mark.parametrize("file", FILES)
def test_every_list_has_its_feed(client, paper, file):
    both, one = ["Talks & <tea> in Moscow", "Rain in Delhi"], ["Talks & <tea> in Moscow"]

    def titles(home):
        return [title for title, _ in entries(client, home + file)]

    assert titles("/") == both
    assert titles("/world/") == both
    assert titles("/world/asia/") == one
    assert titles("/topics/missile-shield/") == one
    assert titles("/authors/ravi-menon/") == one


@pytest.mark.parametrize("file", FILES)
@pytest.mark.parametrize("home", ["/nowhere/", "/topics/nothing/", "/authors/nobody/", "/world/x/"])
def test_no_list_has_no_feed(client, paper, home, file):
    assert client.get(home + file).status_code == 404


@pytest.mark.parametrize("file", FILES)
def test_a_free_story_is_there_whole_and_of_others_what_everybody_may_read(client, paper, file):
    free, locked = (html for _, html in entries(client, f"/{file}"))

    assert "A free canary sang" in free
    assert "Read on" not in free
    assert "It rained" in locked
    assert "canary" not in locked
    assert 'href="http://testserver/world/rain-in-delhi/"' in locked


@pytest.mark.parametrize("file", FILES)
def test_addresses_inside_a_story_are_whole(client, paper, file):
    free, _ = (html for _, html in entries(client, f"/{file}"))

    assert '<a href="http://testserver/world/">' in free


def test_rss_is_as_its_specification_asks(client, paper):
    response = fetched(client, "/world/rss.xml")
    rss = parsed(response.content)
    channel = rss.find("channel")

    assert response["Content-Type"] == "application/rss+xml; charset=utf-8"
    assert rss.get("version") == "2.0"
    assert channel.findtext("title") == "World – The Test Paper"
    assert channel.findtext("description") == "From abroad"
    assert channel.findtext("link") == "http://testserver/world/"
    assert channel.find(f"{ATOM}link").attrib == {
        "href": "http://testserver/world/rss.xml",
        "rel": "self",
        "type": "application/rss+xml",
    }
    guids = []
    for item in channel.iter("item"):
        assert item.findtext("title") or item.findtext("description")
        assert urlsplit(item.findtext("link")).scheme == "http"
        assert item.find("guid").get("isPermaLink") == "false"
        assert parsedate_to_datetime(item.findtext("pubDate")).tzinfo
        guids.append(item.findtext("guid"))
    assert len(set(guids)) == len(guids) == 2
    first = channel.find("item")
    assert parsedate_to_datetime(first.findtext("pubDate")) == datetime(
        2011, 3, 22, 15, 41, tzinfo=UTC
    )
    assert [one.text for one in first.iter(CREATOR)] == ["Anna Petrova", "Ravi Menon"]
    assert [one.text for one in first.iter("category")] == ["Asia", "Missile shield"]


def test_atom_is_as_its_specification_asks(client, paper):
    response = fetched(client, "/atom.xml")
    feed = parsed(response.content)

    assert response["Content-Type"] == "application/atom+xml; charset=utf-8"
    for element in (feed, *feed.iter(f"{ATOM}entry")):
        for name in ("id", "title", "updated"):
            assert len(element.findall(f"{ATOM}{name}")) == 1
        assert datetime.fromisoformat(element.findtext(f"{ATOM}updated")).tzinfo
        assert urlsplit(element.findtext(f"{ATOM}id")).scheme in {"http", "urn"}
    # Every entry has an author of its own or the feed's.
    assert feed.findtext(f"{ATOM}author/{ATOM}name") == "The Test Paper"
    assert [one.get("rel") for one in feed.findall(f"{ATOM}link")] == ["self", "alternate"]
    updated = [one.findtext(f"{ATOM}updated") for one in feed.iter(f"{ATOM}entry")]
    assert [datetime.fromisoformat(one).astimezone(UTC).year for one in updated] == [2016, 2011]


def test_json_feed_is_as_its_specification_asks(client, paper):
    response = fetched(client, "/feed.json")
    feed = json.loads(response.content)

    assert response["Content-Type"] == "application/feed+json; charset=utf-8"
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert feed["feed_url"] == "http://testserver/feed.json"
    first, second = feed["items"]
    assert {type(item["id"]) for item in feed["items"]} == {str}
    assert first["date_published"] == "2011-03-22T21:11:00+05:30"
    assert first["date_modified"] == "2016-09-30T23:26:00+05:30"
    assert "date_modified" not in second
    assert first["authors"][0] == {
        "name": "Anna Petrova",
        "url": "http://testserver/authors/anna-petrova/",
    }
    assert first["tags"] == ["Asia", "Missile shield"]


@pytest.mark.parametrize("file", FILES)
def test_a_story_keeps_its_name_when_its_address_and_its_words_change(client, paper, file):
    def names():
        content = client.get(f"/{file}").content
        return {
            line
            for line in content.decode().replace("<", '"<').replace(">", '"').split('"')
            if line.startswith("urn:uuid:")
        }

    before = names()
    story = StoryPage.objects.get(slug="talks")
    story.slug, story.title = "talks-again", "Talks again"
    story.save_revision().publish()

    assert len(before) == 2
    assert names() == before


@pytest.mark.parametrize("file", FILES)
def test_who_has_the_present_feed_is_told_so(client, paper, file):
    first = fetched(client, f"/{file}")

    by_tag = client.get(f"/{file}", headers={"If-None-Match": first["ETag"]})
    by_moment = client.get(f"/{file}", headers={"If-Modified-Since": first["Last-Modified"]})

    for again in (by_tag, by_moment):
        assert again.status_code == 304
        assert again.content == b""
        assert again["ETag"] == first["ETag"]
    assert first["Last-Modified"] == "Fri, 30 Sep 2016 17:56:00 GMT"


def test_a_story_that_is_taken_down_changes_the_feed_for_those_who_ask_by_moment(client, paper):
    first = fetched(client, "/rss.xml")

    StoryPage.objects.get(slug="talks").unpublish()

    headers = {"If-Modified-Since": first["Last-Modified"]}
    assert client.get("/rss.xml", headers=headers).status_code == 200
    assert client.get("/rss.xml", headers={"If-None-Match": first["ETag"]}).status_code == 200


@pytest.mark.parametrize("file", FILES)
def test_a_feed_has_no_cookie_and_anybody_may_keep_it(client, paper, file):
    response = fetched(client, f"/{file}")

    assert not response.cookies
    assert "Vary" not in response
    assert response["Cache-Control"] == "public, max-age=300"


@pytest.mark.parametrize("file", FILES)
def test_a_story_under_embargo_or_of_the_future_is_in_no_feed(client, paper, file):
    now = timezone.now()
    factories.story("Tomorrow", section=paper, published_at=now + timedelta(days=1))
    held = factories.story("Held", section=paper, published_at=now - timedelta(hours=1))
    StoryPage.objects.filter(pk=held.pk).update(embargoed_until=now + timedelta(days=1))

    assert len(entries(client, f"/{file}")) == 2


@pytest.mark.parametrize("file", FILES)
def test_an_empty_paper_has_valid_feeds(client, db, file):
    assert entries(client, f"/{file}") == []


def test_signs_that_xml_has_no_room_for_are_left_out(client, paper):
    factories.story("Bell\x07 rings", section=paper, slug="bell", standfirst="\ufffeOdd\x0b")

    for file in FILES:
        assert "Bell rings" in [
            title.replace("\x07", "") for title, _ in entries(client, f"/{file}")
        ]


BODY = [
    ("paragraph", "<p>One <b>bold</b> word.<script>alert(1)</script></p>"),
    ("crosshead", "What <followed>"),
    ("quotation", {"text": "<p>No.</p>", "speaker": "R. Gates", "office": "Secretary"}),
    ("embed", {"url": "https://video.example/1", "title": "A film"}),
    ("correction", {"corrected_at": datetime(2016, 9, 30, 9, 0, tzinfo=UTC), "text": "<p>It was two.</p>"}),
    ("markup", '<table><tr><td onclick="x()">cell</td></tr></table><iframe src="https://x.example"></iframe>'),
]  # fmt: skip


@pytest.mark.parametrize("file", FILES)
def test_all_kinds_of_blocks_are_written_plainly_and_nothing_in_them_runs(client, paper, file):
    factories.story("All kinds", section=paper, body=BODY, access=Access.FREE.value)

    html = dict(entries(client, f"/{file}"))["All kinds"]

    for expected in (
        "<b>bold</b>",
        "<h2>What &lt;followed&gt;</h2>",
        "<cite>R. Gates, Secretary</cite>",
        '<a href="https://video.example/1">A film</a>',
        "Correction, September 30, 2016:",
        "<td>cell</td>",
    ):
        assert expected in html
    for forbidden in ("<script", "alert", "onclick", "<iframe", "class=", "style="):
        assert forbidden not in html


def test_feeds_cost_a_few_queries_however_many_stories(
    client, paper, django_assert_max_num_queries
):
    for number in range(12):
        factories.story(f"Story {number:02}", section=paper, authors=[factories.author("Anna")])
    client.get("/rss.xml")

    with django_assert_max_num_queries(10):
        client.get("/rss.xml")
