"""What somebody without access gets of a story, and what not."""

import json
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from broadsheet.demo import factories
from broadsheet.edition import printing, stories
from broadsheet.newsroom.models import StoryPage
from broadsheet.readers import registry
from broadsheet.rules.variants import Variant
from tests.paper.edition.conftest import PUBLISHED, listed, paragraph, raw
from tests.paper.edition.test_story_page import data, page

OPEN = "This sentence is open to everybody who comes by. " * 12


def with_locked(section, *blocks):
    """Return the story with these blocks behind the wall, in the place of what was there."""
    body = raw(paragraph(OPEN), *blocks)
    found = StoryPage.objects.filter(slug="one").first()
    if found is None:
        return factories.story(
            "One", slug="one", section=section, published_at=PUBLISHED, body=body, access="readers"
        )
    found.body = json.loads(body)
    found.save_revision().publish()
    return StoryPage.objects.get(pk=found.pk)


def test_a_visitor_sees_the_beginning_and_the_wall(client, locked):
    html = page(client, locked)

    assert "eleven questions" in html
    assert "zanzibar" not in html
    assert "Sign in to unlock member-only benefits!" in html
    assert "Access 10 free stories every month" in html
    # Signing in leads back to where the reading stopped.
    assert '"/accounts/login/?next=/world/eleven-questions/%23read-on"' in html
    assert '"/accounts/signup/?next=/world/eleven-questions/%23read-on"' in html


def test_the_wall_promises_what_is_installed_and_nothing_else(client, locked):
    promised = re.findall(r"<li>([^<]+)</li>", page(client, locked).partition("wall__benefits")[2])
    installed = [benefit[0].upper() + benefit[1:] for benefit in registry.benefits()]
    assert installed[0] == "Access 10 free stories every month"
    assert promised[: len(installed)] == installed

    registry.register(registry.Part(name="kites", benefits=("fly kites over the tide wall",)))
    try:
        assert "<li>Fly kites over the tide wall</li>" in page(client, locked)
    finally:
        registry.unregister("kites")


def test_a_teaser_is_printed_without_loading_the_body(locked):
    story = stories.story_at("world/eleven-questions/")
    assert story is not None
    assert "body" in story.get_deferred_fields()

    with CaptureQueriesContext(connection) as asked:
        html = printing.story_html(story, Variant.TEASER)

    assert "body" in story.get_deferred_fields()
    assert not any('"body"' in query["sql"] for query in asked.captured_queries)
    assert "zanzibar" not in html


def test_a_visitors_request_never_selects_a_body(client, locked, talks):
    with CaptureQueriesContext(connection) as asked:
        client.get(locked.url)
        client.get("/")
        client.get("/world/")
        client.get("/archive/2011/03/22/")

    assert not any('"newsroom_storypage"."body"' in one["sql"] for one in asked.captured_queries)


@pytest.mark.parametrize(
    "blocks",
    [
        pytest.param([paragraph("Other words, and fewer.")], id="fewer-words"),
        pytest.param([paragraph("Many more words. " * 400)], id="many-words"),
        pytest.param([("crosshead", "A cross-head"), paragraph("Text. " * 90)], id="cross-head"),
        pytest.param(
            [
                ("related", {"title": "Read", "stories": listed(1)}),
                ("embed", {"url": "https://vimeo.com/76979871", "title": "A film"}),
                paragraph("Text. " * 90),
            ],
            id="related-and-embed",
        ),
    ],
)
def test_stories_that_differ_in_locked_words_have_one_teaser_page(client, section, blocks):
    before = client.get(with_locked(section, paragraph("The secret. " * 150)).url)

    after = client.get(with_locked(section, paragraph("Words. " * 150), *blocks).url)

    assert after.content == before.content
    assert after["ETag"] == before["ETag"]


def test_machines_are_told_that_the_rest_is_locked(client, locked):
    html = page(client, locked)
    told = data(html)

    assert told["isAccessibleForFree"] is False
    assert told["hasPart"] == {
        "@type": "WebPageElement",
        "isAccessibleForFree": False,
        "cssSelector": ".story__body",
    }
    assert 'class="story__body"' in html
    assert "wordCount" not in told
    assert "zanzibar" not in json.dumps(told)


def test_a_full_print_of_a_locked_story_is_for_nobody_to_keep(client, reader, locked):
    client.force_login(reader)

    answer = client.get(locked.url)

    assert "zanzibar" in answer.content.decode()
    assert {"private", "no-store"} <= set(answer["Cache-Control"].split(", "))


def test_a_teaser_without_standfirst_describes_itself_by_its_beginning(client, locked):
    assert data(page(client, locked))["description"].startswith("The two sides wrote down eleven")
