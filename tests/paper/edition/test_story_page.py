"""What stands on a story's page, for people and for machines."""

import json
import re
from datetime import UTC, datetime

import pytest

from broadsheet.demo import factories
from broadsheet.edition import plates, stories
from broadsheet.newsroom.models import StoryPage
from broadsheet.rules.variants import Variant
from tests.paper.edition.conftest import PUBLISHED, listed, paragraph, raw

TAG = re.compile(r"<[^>]+>")


def words(html):
    return " ".join(TAG.sub("", html).split())


def data(html):
    scripts = re.findall(r'<script type="application/ld\+json">(.*?)</script>', html)
    [found] = [one for one in scripts if '"NewsArticle"' in one]
    return json.loads(found)


def page(client, story):
    return client.get(story.url).content.decode()


def test_head_line_reads_as_the_trade_prints_it(client, talks):
    html = page(client, talks)

    [line] = re.findall(r'<p class="head-line">.*?</p>', html, re.DOTALL)
    assert (
        words(line) == "March 22, 2011 09:11 pm | Updated September 30, 2016 11:26 pm IST - MOSCOW:"
    )
    assert 'datetime="2011-03-22T21:11:00+05:30"' in line
    assert html.count("MOSCOW") == 1


def test_saving_a_story_does_not_update_it(client, section):
    story = factories.story(
        "Saved twice", section=section, published_at=PUBLISHED, access="free", dateline="MOSCOW"
    )
    story.save_revision().publish()

    assert "March 22, 2011 09:11 pm IST - MOSCOW:" in words(page(client, story))


def test_bylines_stand_in_their_order_and_lead_to_their_pages(client, talks):
    html = page(client, talks)

    signed = html[html.index('class="bylines"') : html.index('class="head-line"')]
    assert signed.index("Vladimir Petrov") < signed.index("Agence Nord")
    assert "/authors/vladimir-petrov/" in signed
    assert "Moscow correspondent" in signed


def test_machines_read_what_a_story_is(client, talks):
    told = data(page(client, talks))

    assert told["@type"] == "NewsArticle"
    assert told["headline"] == "Talks on missile defence go on"
    assert told["description"] == talks.standfirst
    assert told["datePublished"] == "2011-03-22T21:11:00+05:30"
    assert told["dateModified"] == "2016-09-30T23:26:00+05:30"
    assert told["dateline"] == "Moscow"
    assert told["articleSection"] == "World"
    assert told["keywords"] == ["Missile defence"]
    assert told["inLanguage"] == "en"
    assert told["isAccessibleForFree"] is True
    assert told["wordCount"] == 6
    assert "hasPart" not in told
    assert [(one["@type"], one["name"]) for one in told["author"]] == [
        ("Person", "Vladimir Petrov"),
        ("Organization", "Agence Nord"),
    ]


def test_a_story_never_updated_has_no_date_of_change(client, section):
    story = factories.story("Once", section=section, published_at=PUBLISHED, access="free")

    html = page(client, story)
    assert "dateModified" not in data(html)
    assert "modified_time" not in html


def test_a_correction_shows_in_the_story_and_to_machines(client, section):
    text = "<p>An earlier version named the <i>wrong</i> month.</p>"
    story = factories.story(
        "Corrected",
        section=section,
        access="free",
        body=raw(
            paragraph("They meet in May."),
            ("correction", {"corrected_at": "2011-03-23T06:00:00+00:00", "text": text}),
        ),
    )

    html = page(client, story)

    assert "Correction, March 23, 2011" in words(html)
    assert data(html)["correction"] == [
        {
            "@type": "CorrectionComment",
            "text": "An earlier version named the wrong month.",
            "datePublished": "2011-03-23T11:30:00+05:30",
        }
    ]


def test_words_cannot_end_the_element_that_machines_read(client, section):
    hostile = 'A "quote" </script><script>alert(1)</script> & <!-- more'
    story = factories.story(
        hostile, slug="hostile", section=section, standfirst=hostile, access="free"
    )

    html = page(client, story)

    assert "<script>alert" not in html
    assert data(html)["headline"] == hostile


def test_other_sites_get_a_picture_and_words(client, section, picture):
    story = factories.story(
        "With a picture", section=section, standfirst="Words.", lead_picture=picture, access="free"
    )

    html = page(client, story)

    assert re.search(r'property="og:image"\s+content="http://testserver/media/images/', html)
    assert re.search(r'property="og:title"\s+content="With a picture"', html)
    assert f'<link rel="canonical" href="http://testserver{story.url}">' in html
    assert "summary_large_image" in html
    assert data(html)["image"][0].startswith("http://testserver/media/images/")


def test_what_is_written_from_right_to_left_is_set_that_way(client, section):
    story = factories.story(
        "مرحبا", section=section, language="ar", access="free", standfirst="أهلا"
    )

    html = page(client, story)

    assert '<header class="story__head" dir="rtl">' in html
    assert '<div class="story__body" dir="rtl">' in html
    # Around the story stand the paper's own words.
    assert '<html lang="ar">' in html
    for address in ("/", "/world/", f"/archive/{story.published_at:%Y/%m/%d}/"):
        assert 'lang="ar" dir="rtl"' in client.get(address).text, address


def test_a_paper_written_from_right_to_left_turns_what_is_not(client, section, settings):
    settings.LANGUAGE_CODE = "he"
    ours = factories.story("שלום", section=section, access="free")
    theirs = factories.story("Hello", section=section, language="en", access="free")

    assert '<html lang="he" dir="rtl">' in page(client, ours)
    assert '<div class="story__body">' in page(client, ours)
    assert '<div class="story__body" dir="ltr">' in page(client, theirs)


def test_a_page_says_its_language(client, section):
    story = factories.story("Namaste", section=section, language="hi-Latn", access="free")

    html = page(client, story)

    assert '<html lang="hi-Latn">' in html
    assert data(html)["inLanguage"] == "hi-Latn"


def test_a_story_leads_to_what_its_section_had_before(client, section, talks):
    later = factories.story("Later", section=section, access="free")

    assert "Talks on missile defence go on" in page(client, later)
    assert "Later" not in words(page(client, talks))


def beside(html):
    """Return what stands beside a story: (title of the list, slugs of its stories)."""
    _, *parts = re.split(r'<h2 class="rail-title">', html)
    return [
        (
            re.sub("<[^>]+>", "", part.partition("</h2>")[0]),
            re.findall(r'beside__headline"><a href="[^"]*/([^/"]+)/"', part),
        )
        for part in parts
    ]


def test_stories_on_its_topics_come_before_those_of_its_section(client, section):
    tides, ships = factories.topic("Tides"), factories.topic("Ships")
    sport = factories.section("Sport")

    def made(slug, day, *topics, into=section):
        at = datetime(2011, 3, day, 12, tzinfo=UTC)
        return factories.story(slug, slug=slug, section=into, published_at=at, topics=topics)

    made("both-topics", 1, tides, ships, into=sport)
    made("one-topic", 5, tides)
    made("no-topic", 6)
    made("other-ships", 7, ships, into=sport)
    story = made("this-one", 10, tides, ships)
    made("later", 12, tides, ships)

    assert beside(client.get(story.url).content.decode()) == [
        ("Related stories", ["both-topics", "other-ships", "one-topic"]),
        ("Earlier in World", ["no-topic"]),
    ]


def test_a_change_of_a_related_story_reaches_the_page(section):
    tides = factories.topic("Tides")
    older = factories.story(
        "Older",
        section=factories.section("Sport"),
        published_at=datetime(2011, 3, 1, tzinfo=UTC),
        topics=[tides],
    )
    story = factories.story("Newer", section=section, topics=[tides])
    found = stories.story_at(f"world/{story.slug}/")
    assert found

    assert plates.of_story(older.pk) in plates.print_story(found, Variant.FULL).keys


def test_a_print_is_the_same_whoever_asks(client, reader, talks):
    for_visitor = page(client, talks)
    client.force_login(reader)

    assert page(client, talks) == for_visitor


@pytest.mark.parametrize("header", ["x-forwarded-host", "referer", "user-agent", "accept-language"])
def test_nothing_of_the_request_is_on_the_page(client, talks, header):
    assert (
        "canary" not in client.get(talks.url, headers={header: "canary.example"}).content.decode()
    )
    assert "canary" not in client.get(f"{talks.url}?canary=1").content.decode()


def test_a_story_costs_no_more_queries_for_a_longer_body(
    client, section, make_picture, django_assert_max_num_queries
):
    pictures = [make_picture(f"Picture {number}") for number in range(4)]
    others = [factories.story(f"Other {number}", section=section) for number in range(4)]

    def body(count):
        blocks = []
        for number in range(count):
            shown = {"picture": pictures[number % 4].pk, "caption": "", "credit": ""}
            blocks += [
                paragraph(f'<a linktype="page" id="{others[number % 4].pk}">Link {number}</a>'),
                ("picture", shown),
                ("gallery", {"title": "", "pictures": listed(shown, shown)}),
                ("related", {"title": "", "stories": listed(others[0].pk)}),
            ]
        return raw(*blocks)

    short = factories.story("Short", section=section, access="free", body=body(1))
    long = factories.story("Long", section=section, access="free", body=body(8))
    page(client, short), page(client, long)  # pictures are made once

    with django_assert_max_num_queries(100) as first:
        page(client, short)
    with django_assert_max_num_queries(len(first)):
        page(client, long)


def test_related_stories_are_fetched_without_their_words(section, talks):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from broadsheet.edition import pieces

    block = {"type": "related", "id": "1", "value": {"title": "More", "stories": [talks.pk]}}
    with CaptureQueriesContext(connection) as asked:
        pieces.prepare([block])

    assert not any('"body"' in query["sql"] for query in asked.captured_queries)
    assert isinstance(talks, StoryPage)


def test_how_long_it_takes_to_read_is_told_of_the_whole_story_alone(client, section, reader):
    long = factories.paragraphs(*["Five words are in this." for _ in range(150)])
    free = factories.story("Free", section=section, access="free", body=long)
    locked = factories.story("Locked", section=section, body=long)

    assert "4 min read" in page(client, free)
    assert "min read" not in page(client, locked)
