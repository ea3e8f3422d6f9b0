"""The desk in a real browser: who works there, and what their hands do in its forms.

At the end of each journey no script may have failed and no page broken the paper's own policy. A
module of journeys names this one in ``pytest_plugins`` and uses ``marks``.
"""

import io
import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.images import ImageFile
from django.utils import timezone
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from broadsheet.demo import factories
from broadsheet.newsroom.models import Picture, StoryPage
from tests.journeys.conftest import DESK

marks = [
    pytest.mark.django_db(transaction=True, serialized_rollback=True),
    pytest.mark.usefixtures("media", "patience"),
]

HEADLINE = "Ministers meet on the river"
# The outermost blocks: a gallery holds blocks of its own.
BLOCK = "[data-streamfield-child]:not([data-streamfield-child] *)"


@pytest.fixture
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def patience():
    """Wait longer than usual: the desk saves and looks anew by itself, some time after typing."""
    expect.set_options(timeout=20_000)
    yield
    expect.set_options(timeout=20_000)


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
def picture_of(picture_file, media) -> Callable[[str], Picture]:
    """Put a picture among the paper's: ``picture_of("River")``."""

    def put(title: str) -> Picture:
        file = picture_file(title.lower())
        with file.open("rb") as drawn:
            return Picture.objects.create(title=title, file=ImageFile(drawn, name=file.name))

    return put


@pytest.fixture
def open_window(browser: Browser, live_server) -> Iterator[Callable[[], Page]]:
    contexts: list[BrowserContext] = []
    wrong: list[str] = []

    def open_one() -> Page:
        context = browser.new_context(viewport=DESK, base_url=live_server.url)
        context.set_default_timeout(30_000)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda one: wrong.append(f"{one.text} at {page.url}"))
        page.on("pageerror", lambda error: wrong.append(f"{error} at {page.url}"))
        return page

    yield open_one
    for context in contexts:
        context.close()
    assert wrong == [], "; ".join(wrong)


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


def press(page: Page, act: str | re.Pattern[str]) -> None:
    """Press a button below the form, one of those that need no menu."""
    page.locator("footer").get_by_role("button", name=act, exact=isinstance(act, str)).click()


def more(page: Page, act: str | re.Pattern[str]) -> None:
    page.get_by_role("button", name="More actions").last.click()
    page.get_by_role("button", name=act).or_(page.get_by_role("link", name=act)).last.click()


def open_panel(page: Page, name: str) -> Locator:
    page.get_by_role("button", name=name).click()
    return page.locator(f"[data-side-panel='{name.lower().replace(' ', '-')}']")


@pytest.fixture
def draft(world):
    body = factories.paragraphs("They met by the river. " * 50, "Then they parted. " * 80)
    return factories.story(HEADLINE, section=world, body=body, publish=False, access="readers")


@pytest.fixture
def published(world):
    return factories.story(
        HEADLINE,
        section=world,
        access="free",
        dateline="Moscow",
        body=factories.paragraphs("The ministers met on Monday."),
        published_at=timezone.now() - timedelta(days=2),
    )
