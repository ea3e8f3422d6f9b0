"""What a page asks of the database does not grow with the paper, also without statistics.

Counted are the steps of SQLite's machine, which are the same on every computer.
"""

from collections import Counter
from datetime import timedelta

import pytest
from django.db import connection
from wagtail.models import Page

from broadsheet.demo import factories
from tests.paper.edition.conftest import PUBLISHED

# More than any list shows at once.
SMALL, LARGE = 40, 120
PAGES = {
    "front page": "/",
    "section": "/world/",
    "sections within a section": "/world/asia/",
    "story": "/world/asia/story-10/",
    "topic": "/topics/tides/",
    "author": "/authors/mira/",
    "day of the archive": "/archive/2011/03/22/",
    "feed": "/rss.xml",
    "feed of a section": "/world/atom.xml",
    "list in the API": "/api/v1/stories",
    "sections in the API": "/api/v1/sections",
    "search form": "/search/",
    "nothing there": "/nothing/there/",
}


@pytest.fixture
def grow(db):
    """Let the paper grow to so many stories, the older ones last."""
    section = factories.section("Asia", parent=factories.section("World"))
    author, topic = factories.author("Mira"), factories.topic("Tides")
    made = 0

    def to(count):
        nonlocal made
        for number in range(made, count):
            factories.story(
                f"Story {number}",
                section=section,
                authors=[author],
                topics=[topic],
                published_at=PUBLISHED - timedelta(hours=number),
            )
        made = count

    return to


@pytest.fixture
def steps(client):
    """Count the steps that the pages take: name → steps."""

    def count():
        taken = Counter()
        for name, path in PAGES.items():
            client.get(path)

            def step(name=name):
                taken[name] += 1

            connection.connection.set_progress_handler(step, 1)
            response = client.get(path)
            b"".join(response)
            connection.connection.set_progress_handler(None, 1)
            assert response.status_code == (404 if name == "nothing there" else 200), path
        return taken

    return count


@pytest.mark.skipif(connection.vendor != "sqlite", reason="counts SQLite's steps")
def test_pages_ask_no_more_of_a_larger_paper(grow, steps):
    grow(SMALL)
    at_first = steps()
    grow(LARGE)
    later = steps()

    assert min(at_first.values()) > 20
    assert {
        name: (at_first[name], later[name]) for name in PAGES if later[name] > at_first[name] * 1.05
    } == {}


@pytest.mark.skipif(connection.vendor != "sqlite", reason="reads SQLite's plans")
def test_the_desk_finds_the_root_without_a_look_at_every_page(db):
    # Every page of the back office asks for it.
    roots = Page.get_root_nodes()

    with connection.cursor() as cursor:
        # As Django asks, with the depth as a parameter, which a partial index must see through.
        sql, parameters = roots.query.sql_with_params()
        cursor.execute(f"EXPLAIN QUERY PLAN {sql}", parameters)
        plan = [row[3] for row in cursor.fetchall()]

    assert plan == ["SCAN wagtailcore_page USING INDEX newsroom_page_root"]
