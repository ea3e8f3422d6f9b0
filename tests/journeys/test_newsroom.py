"""Writers and the desk at work in a real browser: from an empty form to the printed page.

At the end of each journey no script may have failed and no page broken the paper's own policy.
"""

import io
import json
import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.utils import timezone
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from broadsheet.demo import factories
from broadsheet.newsroom import actions
from broadsheet.newsroom.models import StoryPage
from tests.journeys.conftest import DESK

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)

HEADLINE = "Ministers meet on the river"
# The outermost blocks: a gallery holds blocks of its own.
BLOCK = "[data-streamfield-child]:not([data-streamfield-child] *)"


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture(autouse=True)
def patience():
    """Wait longer than usual: the desk saves and looks anew by itself, some time after typing."""
    expect.set_options(timeout=15_000)
    yield
    expect.set_options(timeout=5_000)


@pytest.fixture
def world():
    """A section, those who sign its stories, and somebody in each role."""
    factories.author("Raghav Kurup", office="Moscow correspondent")
    factories.author("Bay Press Agency", kind="agency")
    factories.staff("writer@example.org", role="Writers", name="Raghav Kurup")
    factories.staff("editor@example.org", role="Editors", name="Ilango Pereira")
    factories.section("Sport")
    return factories.section("World")


@pytest.fixture
def picture_file(tmp_path) -> Callable[[str], Path]:
    def draw(name: str) -> Path:
        drawn = io.BytesIO()
        # Each in a colour of its own: the same picture twice would be asked about.
        colour = ("steelblue", "firebrick", "lightblue")[len(list(tmp_path.glob("*.jpg")))]
        Image.new("RGB", (900, 600), colour).save(drawn, "JPEG")
        file = tmp_path / f"{name}.jpg"
        file.write_bytes(drawn.getvalue())
        return file

    return draw


@pytest.fixture
def open_window(browser: Browser, live_server) -> Iterator[Callable[[], Page]]:
    contexts: list[BrowserContext] = []
    wrong: list[str] = []

    def open_one() -> Page:
        context = browser.new_context(viewport=DESK, base_url=live_server.url)
        context.set_default_timeout(15_000)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda one: wrong.append(f"{one.text} at {page.url}"))
        page.on("pageerror", lambda error: wrong.append(f"{error} at {page.url}"))
        return page

    yield open_one
    for context in contexts:
        context.close()
    assert wrong == []


@pytest.fixture
def at_desk(open_window) -> Callable[[str], Page]:
    """Sign somebody in at the desk: ``at_desk("writer")``."""

    def sign_in(who: str) -> Page:
        page = open_window()
        page.goto("/accounts/login/?next=/desk/")
        page.get_by_role("link", name="Use a password").click()
        page.get_by_label("Your e-mail address").fill(f"{who}@example.org")
        page.get_by_label("Password", exact=True).fill(factories.PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url("**/desk/")
        return page

    return sign_in


# What is done in the form.


def edit(page: Page, story: StoryPage) -> None:
    page.goto(f"/desk/pages/{story.pk}/edit/")
    # Wagtail takes what stands in the form after two seconds for what is saved.
    page.wait_for_timeout(2500)


def part(page: Page, heading: str) -> Locator:
    """Return the part of the form under a heading."""
    return page.locator("section", has=page.get_by_role("heading", name=heading, exact=True)).last


def start_story(page: Page, section: str) -> None:
    page.get_by_role("link", name="Stories").first.click()
    page.get_by_role("link", name="Add story").click()
    page.get_by_role("button", name="Choose a section").click()
    page.get_by_role("dialog").get_by_role("link", name=section, exact=True).click()
    page.get_by_role("button", name="Write the story").click()


def sign_with(page: Page, *names: str) -> None:
    for name in names:
        part(page, "Bylines").get_by_role("button", name="Add author").click()
        offered = page.get_by_role("dialog")
        offered.get_by_role("row", name=name).get_by_role("checkbox").check()
        offered.locator("[type=submit]", has_text="Confirm").or_(
            offered.get_by_role("button", name="Confirm selection")
        ).first.click()
        expect(offered).to_be_hidden()


def upload(page: Page, within: Locator, file: Path, **texts: str) -> None:
    within.get_by_role("button", name="Choose an image").last.click()
    offered = page.get_by_role("dialog")
    offered.get_by_role("tab", name="Upload").click()
    offered.locator("input[type=file]").set_input_files(file)
    expect(offered.get_by_role("textbox", name="Title")).to_have_value(file.stem)
    for label, text in texts.items():
        offered.get_by_role("textbox", name=label.replace("_", " ")).fill(text)
    offered.get_by_role("button", name="Upload").click()
    expect(offered).to_be_hidden()


def add_block(page: Page, kind: str) -> Locator:
    body = part(page, "Text")
    before = body.locator(BLOCK).count()
    body.get_by_role("button", name="Insert a block").last.click()
    page.get_by_role("option", name=kind, exact=True).click()
    expect(body.locator(BLOCK)).to_have_count(before + 1)
    return body.locator(BLOCK).last


def type_into(block: Locator, words: str) -> None:
    block.locator("[contenteditable=true]").last.click()
    block.page.keyboard.type(words)


def saved(page: Page) -> None:
    """Wait until the draft has saved itself."""
    page.wait_for_timeout(700)  # it begins half a second after the last letter
    expect(page.get_by_text("Saved", exact=True)).to_be_visible()


def more(page: Page, act: str | re.Pattern[str]) -> None:
    page.get_by_role("button", name="More actions").last.click()
    page.get_by_role("button", name=act).or_(page.get_by_role("link", name=act)).last.click()


def open_panel(page: Page, name: str) -> Locator:
    page.get_by_role("button", name=name).click()
    return page.locator(f"[data-side-panel='{name.lower().replace(' ', '-')}']")


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
    more(writer, re.compile("Submit to Desk"))
    expect(writer.get_by_text("submitted for moderation")).to_be_visible()

    editor = at_desk("editor")
    editor.get_by_role("link", name=HEADLINE).first.click()
    more(editor, re.compile("Approve and Publish", re.IGNORECASE))
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


@pytest.fixture
def draft(world):
    body = factories.paragraphs("They met by the river. " * 50, "Then they parted. " * 80)
    return factories.story(HEADLINE, section=world, body=body, publish=False, access="readers")


@pytest.fixture
def story(world):
    return factories.story(
        HEADLINE,
        section=world,
        access="free",
        dateline="Moscow",
        body=factories.paragraphs("The ministers met on Monday."),
        published_at=timezone.now() - timedelta(days=2),
    )


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


def test_two_versions_are_laid_side_by_side(story, at_desk):
    story.title = "Ministers meet by the sea"
    story.save_revision(log_action=True, changed=True)

    editor = at_desk("editor")
    editor.goto(f"/desk/pages/{story.pk}/history/")
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
    more(editor, re.compile("^Publish|Schedule to publish"))
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
    story, at_desk, open_window
):
    editor = at_desk("editor")
    edit(editor, story)
    editor.get_by_role("button", name="Actions").first.click()
    editor.get_by_role("link", name="Correct").click()
    editor.locator("[contenteditable=true]").click()
    editor.keyboard.type("The ministers met on Tuesday, not on Monday.")
    editor.wait_for_timeout(500)  # the form gets what was typed a moment later
    editor.get_by_role("button", name="Correct and publish").click()
    expect(editor.get_by_text("was corrected and published")).to_be_visible()

    page = open_window()
    page.goto(story.url)
    expect(page.locator("main")).to_contain_text("The ministers met on Tuesday, not on Monday.")
    expect(page.locator(".head-line")).to_contain_text("Updated")
    data: Any = json.loads(page.locator("script[type='application/ld+json']").first.inner_text())
    assert data["correction"][0]["text"] == "The ministers met on Tuesday, not on Monday."
    page.goto("/corrections/")
    expect(page.locator("main")).to_contain_text("The ministers met on Tuesday, not on Monday.")


def test_an_update_is_dated_by_its_button_and_by_no_save(story, at_desk):
    editor = at_desk("editor")
    edit(editor, story)
    editor.get_by_role("textbox", name="Standfirst").fill("They part with a date.")
    more(editor, "Publish")
    expect(editor.get_by_text("has been published")).to_be_visible()
    story.refresh_from_db()
    assert story.standfirst == "They part with a date."
    assert story.updated_at is None

    edit(editor, story)
    editor.get_by_role("tab", name="Readers, dates, address").click()
    editor.get_by_role("button", name="Update to now").click()
    more(editor, "Publish")
    expect(editor.get_by_text("has been published")).to_be_visible()
    story.refresh_from_db()
    assert story.updated_at is not None
    assert abs(story.updated_at - timezone.now()) < timedelta(minutes=2)


def test_no_page_of_the_desk_breaks_a_rule_of_its_own(story, at_desk):
    factories.staff("chief@example.org", role="Administrators")
    factories.topic("Libya")
    desk = at_desk("chief")
    # The menu as it is sent: parts of it are folded in.
    menu = set(re.findall(r'"url": ?"(/desk/[^"?]+)"', desk.content()))
    assert len(menu) > 12
    for path in sorted(menu | {f"/desk/pages/{story.pk}/edit/", "/desk/authors/add/"}):
        if "logout" not in path:
            answer = desk.goto(path)
            assert answer is not None
            assert answer.ok, path
            desk.wait_for_load_state("networkidle")
