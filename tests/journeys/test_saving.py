"""What a writer types reaches the paper once, whole and in order, whatever is pressed meanwhile."""

import re
import time

import pytest
from playwright.sync_api import Page, expect
from wagtail.models import Page as WagtailPage

from broadsheet.newsroom.models import Listing, StoryPage
from tests.journeys.desk import HEADLINE, add_block, edit, marks, press, start_story, type_into

pytest_plugins = ["tests.journeys.desk"]
pytestmark = marks

LAST = "They part with a date."


def slow_line(page: Page) -> None:
    """Hold back every draft for a while, as a slow line does."""

    def hold_back(route):
        if route.request.headers.get("accept") == "application/json":
            time.sleep(1)
        route.continue_()

    page.route("**/desk/pages/**", hold_back)


@pytest.mark.parametrize(
    ("wait", "slow"),
    [(0, False), (300, False), (1_200, False), (1_900, False), (2_600, False), (2_100, True)],
)
def test_a_new_story_is_published_once_and_whole_while_it_saves_itself(
    world, at_desk, open_window, wait, slow
):
    writer = at_desk("editor")
    if slow:
        slow_line(writer)
    start_story(writer, "World")
    writer.get_by_placeholder("Headline").fill(HEADLINE)
    # Wagtail takes what stands in the form after two seconds for what is saved.
    writer.wait_for_timeout(2_500)
    type_into(add_block(writer, "Paragraph"), f"The ministers met. {LAST}")
    writer.wait_for_timeout(wait)
    press(writer, "Publish")
    expect(writer.get_by_text(re.compile("published"))).to_be_visible()

    story = StoryPage.objects.get()
    assert story.live
    assert story.published_at
    assert LAST in str(story.body)
    page = open_window()
    for address in ("/", "/world/", story.url):
        answer = page.goto(address)
        assert answer is not None
        assert answer.status == 200, address
        expect(page.locator("main")).to_contain_text(HEADLINE)


def test_the_second_of_two_windows_is_shown_what_the_first_saved_and_loses_nothing(
    published, at_desk
):
    first = at_desk("editor")
    second = first.context.new_page()
    edit(first, published)
    edit(second, published)
    first.get_by_role("textbox", name="Standfirst").fill("Written first.")
    press(first, "Publish")
    expect(first.get_by_text("has been published")).to_be_visible()

    second.get_by_role("textbox", name="Standfirst").fill("Written second.")
    press(second, "Publish")
    expect(second.get_by_text("saved a newer version of this page")).to_be_visible()
    expect(second.get_by_role("textbox", name="Standfirst")).to_have_value("Written second.")
    published.refresh_from_db()
    assert published.standfirst == "Written first."

    press(second, "Publish")
    expect(second.get_by_text("has been published")).to_be_visible()
    published.refresh_from_db()
    assert published.standfirst == "Written second."
    assert Listing.objects.filter(story=published, key="all").count() == 1
    assert WagtailPage.objects.get(pk=published.pk).live
