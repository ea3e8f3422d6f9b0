"""Writers and the desk at work in a real browser: from an empty form to the printed page."""

import json
import re
from datetime import timedelta
from typing import Any

import time_machine
from django.utils import timezone
from playwright.sync_api import Page, expect

from broadsheet.demo import factories
from broadsheet.newsroom import actions
from broadsheet.newsroom.models import StoryPage
from tests.journeys.desk import (
    HEADLINE,
    add_block,
    edit,
    marks,
    open_panel,
    part,
    press,
    saved,
    sign_with,
    start_story,
    type_into,
    upload,
)  # fmt: skip

pytest_plugins = ["tests.journeys.desk"]
pytestmark = marks


def test_a_writer_writes_the_desk_publishes_and_readers_read_it(
    world, at_desk, open_window, picture_file
):
    writer = at_desk("writer")
    start_story(writer, "World")
    writer.get_by_placeholder("Headline").fill(HEADLINE)
    writer.get_by_role("textbox", name="Standfirst").fill("They part with a date.")
    sign_with(writer, "Raghav Kurup", "Bay Press Agency")
    writer.get_by_role("textbox", name="Dateline").fill("Moscow")
    upload(
        writer,
        part(writer, "Lead picture"),
        picture_file("river"),
        Alternative_text="Ice on a river",
        Credit="Photo: Hari",
    )
    type_into(add_block(writer, "Paragraph"), "The ministers met here on Tuesday.")
    said = add_block(writer, "Quotation")
    type_into(said, "We shall talk again.")
    said.get_by_label("Speaker").fill("Robert Gates")
    said.get_by_label("Office").fill("Defence Secretary")
    gallery = add_block(writer, "Gallery")
    gallery.get_by_label("Title").first.fill("On the river")
    upload(writer, gallery, picture_file("wall"), Alternative_text="A wall")
    gallery.get_by_role("button", name="Add", exact=True).last.click()
    upload(writer, gallery, picture_file("ice"), Alternative_text="Ice")
    table = add_block(writer, "Table")
    table.get_by_label("Caption").first.fill("Who came")
    table.get_by_role("button", name="Add column").last.click()
    table.get_by_role("button", name="Text", exact=True).click()
    table.get_by_role("button", name="Add column").last.click()
    table.get_by_role("button", name="Number", exact=True).click()
    for field, text in {
        "column-0-heading": "Country",
        "column-1-heading": "Ministers",
        "cell-0-0": "Russia",
        "cell-0-1": "4",
    }.items():
        table.locator(f"[name$=table-{field}]").fill(text)
    writer.get_by_role("tab", name="Readers, dates, address").click()
    writer.get_by_label("Who may read it").select_option(label="Everybody")
    saved(writer)
    press(writer, "Submit to the desk")
    expect(writer.get_by_text("submitted for moderation")).to_be_visible()

    editor = at_desk("editor")
    editor.get_by_role("link", name=HEADLINE).first.click()
    press(editor, re.compile("Approve and Publish", re.IGNORECASE))
    expect(editor.get_by_text("has been updated")).to_be_visible()

    story = StoryPage.objects.get(title=HEADLINE)
    page = open_window()
    page.goto(story.url)
    expect(page.locator("h1")).to_have_text(HEADLINE)
    expect(page.locator(".bylines")).to_contain_text("Raghav Kurup")
    expect(page.locator(".bylines")).to_contain_text("Bay Press Agency")
    expect(page.locator(".head-line")).to_contain_text("IST - MOSCOW:")
    expect(page.get_by_alt_text("Ice on a river")).to_be_visible()
    expect(page.locator("blockquote")).to_contain_text("We shall talk again.")
    expect(page.get_by_text("Defence Secretary")).to_be_visible()
    expect(page.locator(".caption__count")).to_have_text(["1 / 2", "2 / 2"])
    expect(page.get_by_role("cell", name="Russia")).to_be_visible()


def test_the_panel_counts_and_warns_and_says_what_the_wall_shows(draft, at_desk):
    editor = at_desk("editor")
    edit(editor, draft)
    panel = open_panel(editor, "Before publishing")

    expect(panel).to_contain_text("490 words – 3 minutes to read")
    expect(panel).to_contain_text("no dateline")
    expect(panel.get_by_role("row", name="Visitor")).to_contain_text("words")
    expect(panel.get_by_role("row", name="Subscriber")).to_contain_text("the whole story")
    warnings = int(editor.locator("[data-side-panel-toggle='before-publishing']").inner_text())

    editor.get_by_role("textbox", name="Dateline").fill("Moscow")
    expect(panel).not_to_contain_text("no dateline")
    counter = editor.locator("[data-side-panel-toggle='before-publishing']")
    expect(counter).to_have_text(str(warnings - 1))


def test_the_preview_shows_the_page_and_the_teaser_before_anything_is_published(draft, at_desk):
    editor = at_desk("editor")
    edit(editor, draft)
    editor.get_by_role("textbox", name="Standfirst").fill("They part with a date.")
    panel = open_panel(editor, "Preview")
    shown = panel.frame_locator("iframe").last

    expect(shown.locator("h1")).to_have_text(HEADLINE)
    expect(shown.get_by_text("They part with a date.")).to_be_visible()
    panel.get_by_label("Preview mode").select_option(index=1)
    expect(shown.locator("#wall")).to_be_visible()


def test_two_versions_are_laid_side_by_side(published, at_desk):
    published.title = "Ministers meet by the sea"
    published.save_revision(log_action=True, changed=True)

    editor = at_desk("editor")
    editor.goto(f"/desk/pages/{published.pk}/history/")
    edited = editor.get_by_role("row", name="Draft saved")
    edited.hover()
    edited.get_by_role("button").first.click()
    editor.get_by_role("link", name="Compare with previous version").click()

    expect(editor.locator("body")).to_contain_text("Ministers meet")
    expect(editor.locator(".deletion")).to_have_text("on the river")
    expect(editor.locator(".addition")).to_have_text("by the sea")


def close_calendar(page: Page) -> None:
    """Leave the field, until its calendar, which may open a moment later, is away."""
    calendars = page.locator(".xdsoft_datetimepicker:visible")
    for _ in range(20):
        page.get_by_role("heading", name="Dates").click()
        page.wait_for_timeout(250)
        if not calendars.count():
            return
    raise AssertionError("The calendar stays open.")


def test_a_story_under_embargo_comes_out_when_it_ends_and_not_before(draft, at_desk, open_window):
    ends = timezone.localtime(timezone.now() + timedelta(days=1)).replace(second=0, microsecond=0)
    editor = at_desk("editor")
    edit(editor, draft)
    editor.get_by_role("tab", name="Readers, dates, address").click()
    editor.get_by_role("textbox", name="Embargoed until").fill(f"{ends:%Y-%m-%d %H:%M}")
    close_calendar(editor)
    press(editor, re.compile("^Publish|Schedule to publish"))
    expect(editor.get_by_text(re.compile("scheduled", re.IGNORECASE)).first).to_be_visible()
    page = open_window()

    actions.publish_due(now=ends - timedelta(seconds=1))
    draft.refresh_from_db()
    assert not draft.live

    with time_machine.travel(ends + timedelta(seconds=1)):
        actions.publish_due(now=timezone.now())
        page.goto(draft.url)
    expect(page.locator("h1")).to_have_text(HEADLINE)
    expect(page.locator(".head-line")).to_contain_text(f"{ends:%B} {ends.day}, {ends.year}")


def test_a_correction_stands_in_the_story_in_its_data_and_on_the_page_of_corrections(
    published, at_desk, open_window
):
    editor = at_desk("editor")
    edit(editor, published)
    editor.get_by_role("button", name="Actions").first.click()
    editor.get_by_role("link", name="Correct").click()
    editor.locator("[contenteditable=true]").click()
    editor.keyboard.type("The ministers met on Tuesday, not on Monday.")
    editor.wait_for_timeout(500)  # the form gets what was typed a moment later
    editor.get_by_role("button", name="Correct and publish").click()
    expect(editor.get_by_text("was corrected and published")).to_be_visible()

    page = open_window()
    page.goto(published.url)
    expect(page.locator("main")).to_contain_text("The ministers met on Tuesday, not on Monday.")
    expect(page.locator(".head-line")).to_contain_text("Updated")
    data: Any = json.loads(page.locator("script[type='application/ld+json']").first.inner_text())
    assert data["correction"][0]["text"] == "The ministers met on Tuesday, not on Monday."
    page.goto("/corrections/")
    expect(page.locator("main")).to_contain_text("The ministers met on Tuesday, not on Monday.")


def test_an_update_is_dated_by_its_button_and_by_no_save(published, at_desk):
    editor = at_desk("editor")
    edit(editor, published)
    editor.get_by_role("textbox", name="Standfirst").fill("They part with a date.")
    press(editor, "Publish")
    expect(editor.get_by_text("has been published")).to_be_visible()
    published.refresh_from_db()
    assert published.standfirst == "They part with a date."
    assert published.updated_at is None

    edit(editor, published)
    editor.get_by_role("tab", name="Readers, dates, address").click()
    editor.get_by_role("button", name="Update to now").click()
    press(editor, "Publish")
    expect(editor.get_by_text("has been published")).to_be_visible()
    published.refresh_from_db()
    assert published.updated_at is not None
    assert abs(published.updated_at - timezone.now()) < timedelta(minutes=2)


def test_no_page_of_the_desk_breaks_a_rule_of_its_own(published, at_desk):
    factories.staff("chief@example.org", role="Administrators")
    factories.topic("Libya")
    desk = at_desk("chief")
    # The menu as it is sent: parts of it are folded in.
    menu = set(re.findall(r'"url": ?"(/desk/[^"?]+)"', desk.content()))
    assert len(menu) > 12
    for path in sorted(menu | {f"/desk/pages/{published.pk}/edit/", "/desk/authors/add/"}):
        if "logout" not in path:
            answer = desk.goto(path)
            assert answer is not None
            assert answer.ok, path
            desk.wait_for_load_state("networkidle")
