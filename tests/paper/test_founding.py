"""A fresh paper, and the lists a published story stands in."""

from broadsheet.demo import factories
from broadsheet.newsroom import listings
from broadsheet.newsroom.models import FrontPage


def test_a_fresh_paper_has_a_front_page_and_nothing_else(db):
    assert FrontPage.objects.get().get_children().count() == 0


def test_a_story_stands_in_the_lists_of_all_sections_above_it(section):
    asia = factories.section("Asia", parent=section)
    story = factories.story("Talks in Delhi", section=asia)

    assert listings.page(listings.key(section)) == [story]
    assert listings.page(listings.key(asia)) == [story]
    assert listings.page(listings.ALL) == [story]


def test_an_unpublished_story_stands_in_no_list(story):
    story.unpublish()

    assert listings.page(listings.ALL) == []
