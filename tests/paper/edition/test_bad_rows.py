"""No single story takes a list down: whatever is wrong with a row, the others are printed."""

import json
import logging
from datetime import UTC, datetime, timedelta
from itertools import batched
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from broadsheet.demo import factories
from broadsheet.newsroom import constraints, notes
from broadsheet.newsroom.models import StoryPage
from broadsheet.saved import actions as saved_actions

pytestmark = pytest.mark.django_db

NOW = timezone.now().replace(microsecond=0)
DAY = NOW - timedelta(hours=1)
ZONE = timezone.get_default_timezone()
EXTREMES = [datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)]

STORY, PAGE, LISTING = constraints.STORY, constraints.PAGE, constraints.LISTING

# What is wrong with the row: table, column, value.
FAULTS: list[tuple[str, str, Any]] = [
    (STORY, "published_at", None),
    *((STORY, "published_at", moment) for moment in EXTREMES),
    *((STORY, "updated_at", moment) for moment in EXTREMES),
    *((LISTING, "published_at", moment) for moment in EXTREMES),
    (STORY, "section_id", None),
    (STORY, "access", ""),
    (STORY, "access", "nobody"),
    (STORY, "comments_are", "nowhere"),
    (STORY, "language", "no language"),
    (STORY, "lead_picture_id", None),
    *(
        (STORY, column, json.dumps(value))
        for column in ("body", "teaser")
        for value in (
            None, "words", 5, {}, [None], [{}], [{"type": "paragraph"}], [{"value": "<p>x</p>"}],
            [{"type": "gallery", "value": None}], [{"type": "table", "value": {"table": 5}}],
            [{"type": "embed", "value": []}], [{"type": "hologram", "value": "x", "id": "1"}],
        )
    ),
    (PAGE, "title", ""),
    (PAGE, "url_path", ""),
    (PAGE, "url_path", "nowhere"),
    (PAGE, "live", False),
]  # fmt: skip

SURFACES = [
    "/",
    "/world/",
    "/topics/talks/",
    "/authors/hari/",
    "/corrections/",
    "/archive/",
    f"/archive/{DAY.astimezone(ZONE):%Y/%m}/",
    "/search/?q=river",
    "/rss.xml",
    "/atom.xml",
    "/feed.json",
    "/world/rss.xml",
    "/topics/talks/atom.xml",
    "/authors/hari/feed.json",
    "/sitemap.xml",
    "/sitemaps/pages.xml",
    "/sitemaps/news.xml",
    f"/sitemaps/{DAY.astimezone(UTC):%Y-%m}.xml",
    "/api/v1/stories",
    f"/archive/{DAY.astimezone(ZONE):%Y/%m/%d}/",
    f"/archive/on-this-day/{DAY.astimezone(ZONE):%m/%d}/",
    "/saved/",
    "/saved/history/",
]
# Where there is nothing of a story but its number.
SAYS_NO_HEADLINE = {
    "/archive/", "/sitemap.xml", "/sitemaps/pages.xml", f"/archive/{DAY.astimezone(ZONE):%Y/%m}/",
    f"/archive/on-this-day/{DAY.astimezone(ZONE):%m/%d}/",
}  # fmt: skip


@pytest.fixture
def write():
    """Publish a story that stands in every list: ``write("Talks by the river", minutes=1)``."""
    world = factories.section("World")
    made: dict[str, Any] = {
        "section": world,
        "authors": [factories.author("Hari")],
        "topics": [factories.topic("Talks")],
        "access": "free",
    }

    def one(headline, *, minutes):
        at = DAY - timedelta(minutes=minutes)
        correction = [("correction", {"corrected_at": at, "text": "<p>It was Tuesday.</p>"})]
        body = [*factories.paragraphs("They met by the river."), *correction]
        return factories.story(headline, body=body, published_at=at, **made)

    return one


@pytest.fixture
def stories(write):
    return [write("Sound by the river", minutes=9), write("Broken by the river", minutes=0)]


def spoil(table: str, column: str, value: Any, pk: int) -> None:
    """Write a value past everything that would refuse it."""
    constraints.drop(connection)
    key = {STORY: "page_ptr_id", PAGE: "id", LISTING: "story_id"}[table]
    if isinstance(value, datetime):
        value = connection.ops.adapt_datetimefield_value(value)
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE {table} SET {column} = %s WHERE {key} = %s", [value, pk])


@pytest.mark.parametrize("faults", [[], *map(list, batched(FAULTS, 7))])
def test_every_list_survives_bad_rows(write, client, reader, faults, subtests):
    sound = write("Sound by the river", minutes=30)
    broken = [write(f"Broken {at} by the river", minutes=at) for at, _ in enumerate(faults)]
    client.force_login(reader)
    for story in (sound, *broken):
        saved_actions.save(reader=reader, story=story, now=NOW)
        saved_actions.remember_reading(reader=reader, story_pk=story.pk, now=NOW)
    for fault, story in zip(faults, broken, strict=True):
        table, column, value = fault
        spoil(table, column, value, story.pk)
    for surface in SURFACES:
        with subtests.test(surface):
            answer = client.get(surface)
            words = answer.getvalue().decode()
            assert answer.status_code == 200
            if surface not in SAYS_NO_HEADLINE:
                assert "Sound by the river" in words or "/world/sound-by-the-river/" in words


def test_what_is_left_out_is_logged_once(stories, client, caplog):
    notes._noted.clear()
    _, broken = stories
    spoil(STORY, "published_at", None, broken.pk)
    with caplog.at_level(logging.ERROR):
        for _ in range(3):
            assert "Broken" not in client.get("/world/").text

    said = [one.message for one in caplog.records if str(broken.pk) in one.message]
    assert len(said) == 1
    assert "published at None" in said[0]


def test_the_front_page_stands_though_its_lead_is_broken(stories, client):
    sound, broken = stories
    front = factories.front_page()
    front.lead = StoryPage.objects.get(pk=broken.pk)
    front.save_revision().publish()
    spoil(STORY, "published_at", None, broken.pk)

    answer = client.get("/")

    assert answer.status_code == 200
    assert sound.title in answer.text
    assert broken.title not in answer.text
