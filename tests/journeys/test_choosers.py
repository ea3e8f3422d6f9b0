"""What is chosen can be changed and cleared again, by mouse and by keyboard."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from broadsheet.demo import factories
from broadsheet.newsroom import renditions
from broadsheet.newsroom.models import Placement, StoryPage
from tests.journeys.desk import HEADLINE, edit, marks, part, press

pytest_plugins = ["tests.journeys.desk"]
pytestmark = marks

BY = ["mouse", "keyboard"]


def act(page: Page, chooser: Locator, button: str, by: str) -> None:
    """Use a button of the menu beside what is chosen."""
    toggle = chooser.get_by_role("button", name="Actions")
    wanted = page.get_by_role("button", name=re.compile(button, re.IGNORECASE)).last
    if by == "mouse":
        toggle.click()
        wanted.click()
        return
    # A dialog that closes gives the focus back where it came from, and takes its time.
    expect(page.get_by_role("dialog")).to_be_hidden()
    for _ in range(5):
        if toggle.get_attribute("aria-expanded") != "true":
            toggle.focus()
            page.keyboard.press("Enter")
        expect(wanted).to_be_visible()
        for _ in range(4):
            page.keyboard.press("Tab")
            if wanted.evaluate("(button) => button === document.activeElement"):
                page.keyboard.press("Enter")
                return
        page.keyboard.press("Escape")
    raise AssertionError(f"“{button}” can't be reached by keyboard")


@pytest.mark.parametrize("by", BY)
def test_the_front_pages_lead_and_placed_stories_are_changed_and_cleared(published, at_desk, by):
    other = factories.story("The other story", section=published.section)
    front = factories.front_page()
    front.lead = published
    front.placements = [Placement(story=published)]
    front.save_revision().publish()
    editor = at_desk("editor")
    edit(editor, front)
    lead = editor.locator("#id_lead-chooser")
    placed = editor.locator("#id_placements-0-story-chooser")
    for chooser in (lead, placed):
        act(editor, chooser, "Choose another", by)
        offered = editor.get_by_role("dialog")
        offered.get_by_role("link", name=other.title).first.click()
        expect(chooser).to_contain_text(other.title)
    act(editor, lead, "Clear choice", by)
    expect(lead.get_by_role("button", name=re.compile("^Choose"))).to_be_visible()
    press(editor, "Publish")
    expect(editor.get_by_text("has been published")).to_be_visible()

    front = factories.front_page()
    assert front.lead is None
    assert [one.story_id for one in front.placements.all()] == [other.pk]


@pytest.mark.parametrize("by", BY)
def test_a_storys_lead_picture_and_its_bylines_are_changed(published, at_desk, picture_of, by):
    published.lead_picture = picture_of("River")
    other = picture_of("Wall")
    published.bylines.add(
        published.bylines.model(author=factories.author("Bay Press Agency", kind="agency"))
    )
    published.save_revision().publish()
    editor = at_desk("editor")
    edit(editor, published)
    chooser = editor.locator("#id_lead_picture-chooser")
    act(editor, chooser, "Change image", by)
    editor.get_by_role("dialog").get_by_role("link", name=other.title).first.click()
    expect(chooser).to_contain_text(other.title)
    author = part(editor, "Bylines").locator("[id$=author-chooser]").first
    act(editor, author, "Choose another", by)
    editor.get_by_role("dialog").get_by_role("link", name="Raghav Kurup").first.click()
    expect(author).to_contain_text("Raghav Kurup")
    press(editor, "Publish")
    expect(editor.get_by_text("has been published")).to_be_visible()

    story = StoryPage.objects.get(pk=published.pk)
    assert story.lead_picture == other
    assert [one.author.name for one in story.bylines.all()] == ["Raghav Kurup"]

    edit(editor, published)
    act(editor, editor.locator("#id_lead_picture-chooser"), "Clear", by)
    press(editor, "Publish")
    expect(editor.get_by_text("has been published")).to_be_visible()
    assert StoryPage.objects.get(pk=published.pk).lead_picture is None


def test_bylines_keep_the_order_in_which_they_were_chosen(published, at_desk):
    editor = at_desk("editor")
    edit(editor, published)
    part(editor, "Bylines").get_by_role("button", name="Add author").click()
    offered = editor.get_by_role("dialog")
    for name in ("Raghav Kurup", "Bay Press Agency"):
        offered.get_by_role("row", name=name).get_by_role("checkbox").check()
    offered.locator("[type=submit]", has_text="Confirm").or_(
        offered.get_by_role("button", name="Confirm selection")
    ).first.click()
    expect(offered).to_be_hidden()
    press(editor, "Publish")
    expect(editor.get_by_text("has been published")).to_be_visible()

    story = StoryPage.objects.get(pk=published.pk)
    names = [one.author.name for one in story.bylines.all()]
    assert names == ["Raghav Kurup", "Bay Press Agency"]


def test_choosing_a_story_opens_at_the_latest_with_pictures(published, at_desk, picture_of):
    picture = picture_of("River")
    renditions.make(picture, [renditions.Use.CARD])
    factories.story("The latest", section=published.section, lead_picture=picture)
    editor = at_desk("editor")
    edit(editor, factories.front_page())
    editor.locator("#id_lead-chooser").get_by_role("button", name=re.compile("^Choose")).click()
    offered = editor.get_by_role("dialog")
    rows = offered.locator("tbody tr").filter(visible=True)

    expect(offered.get_by_role("link", name="The latest")).to_be_visible()
    titles = rows.all_inner_texts()
    order = [name for name in titles if "The latest" in name or HEADLINE in name or "World" in name]
    assert ["The latest" in order[0], HEADLINE in order[1], "World" in order[-1]] == [True] * 3
    expect(rows.filter(has_text="The latest").locator("img")).to_be_visible()
    # The sections below lead to the rest.
    rows.filter(has_text="World").get_by_role("link").last.click()
    expect(offered.get_by_role("link", name=HEADLINE)).to_be_visible()


def test_the_menu_marks_where_one_is(published, at_desk):
    editor = at_desk("editor")
    edit(editor, published)
    menu = editor.locator(".sidebar")
    expect(menu.locator("[aria-current]")).to_have_text("Stories")
    expect(menu.locator(".sidebar-menu-item--active")).to_have_text("Stories")
    editor.goto("/desk/topics/")
    expect(menu.locator("[aria-current]")).to_have_text("Topics")
