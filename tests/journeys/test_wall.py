"""A visitor meets the wall, registers, reads ten stories, and meets it again at the eleventh.

The paper is the demo, served as anybody would serve it, the edge in front.
"""

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Error, Page, ViewportSize, expect

PHONE: ViewportSize = {"width": 360, "height": 740}
ALLOWANCE = 10


@pytest.fixture(scope="module")
def demo(tmp_path_factory, browser: Browser):
    """Start the demo paper; return its address and its folder."""
    folder = tmp_path_factory.mktemp("demo")
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    process = subprocess.Popen(
        [
            str(Path(sys.executable).with_name("broadsheet")),
            "demo",
            "--port",
            "0",
            "--dir",
            str(folder),
        ],
        env={**kept, "PYTHONUNBUFFERED": "1", "WORKERS": "2"},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdout is not None
    address = ""
    for line in process.stdout:
        if found := re.search(r"http://127\.0\.0\.1:\d+", line):
            address = found[0]
        if "Ctrl+C" in line:
            break
    yield address, folder
    process.send_signal(signal.SIGTERM)
    process.wait(30)


def walled(page: Page, address: str) -> list[str]:
    """Return addresses of stories that only readers may read to the end."""
    found: list[str] = []
    after = ""
    while len(found) < ALLOWANCE + 2:
        answer = page.request.get(f"{address}/api/v1/stories?limit=50{after}").json()
        items = answer.get("items") or answer.get("stories") or answer.get("results")
        found += [one["url"] for one in items if one["access"] == "readers"]
        if not answer.get("next_cursor"):
            break
        after = f"&cursor={answer['next_cursor']}"
    return [re.sub(r"^https?://[^/]+", address, one) for one in found]


def code(folder: Path) -> str:
    """Return the code in the latest mail."""
    until = time.monotonic() + 10
    while time.monotonic() < until:
        mails = sorted((folder / "mail").glob("*"), key=lambda one: one.stat().st_mtime)
        if mails and (
            found := re.search(r"^ +(\d{4} \d{4})\s*$", mails[-1].read_text(), re.MULTILINE)
        ):
            return found[1]
        time.sleep(0.05)
    raise AssertionError("no mail with a code has come")


def register(page: Page, folder: Path, email: str) -> None:
    """Register by code, from a page with a wall."""
    page.locator(".wall").get_by_role("link", name="Register").click()
    page.get_by_label("Your e-mail address").fill(email)
    page.get_by_role("button", name="Send me a code").click()
    page.get_by_label("Code", exact=True).fill(code(folder))
    page.get_by_role("button", name="Go on").click()


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_a_visitor_becomes_a_reader_and_reads_ten_stories_and_no_eleventh(browser, demo, script):
    address, folder = demo
    context = browser.new_context(viewport=PHONE, java_script_enabled=script)
    context.set_default_timeout(15_000)
    page = context.new_page()
    stories = walled(page, address)
    assert len(stories) > ALLOWANCE + 1

    # A visitor meets the wall, and what it promises.
    page.goto(stories[0])
    wall = page.locator(".wall")
    expect(wall.get_by_text("Access 10 free stories every month")).to_be_visible()
    before = page.locator(".story__body").inner_text()

    # Registers by a code, and is back at the story, open now.
    register(page, folder, f"reader-{'a' if script else 'b'}@example.org")
    expect(page).to_have_url(stories[0])
    expect(page.locator(".wall")).to_have_count(0)
    assert len(page.locator(".story__body").inner_text()) > len(before)

    # Reads ten, goes back to some.
    for story in [*stories[1:ALLOWANCE], stories[3], stories[0]]:
        page.goto(story)
        expect(page.locator(".wall")).to_have_count(0)

    # Meets the wall at the eleventh; nothing of it is in the page.
    page.goto(stories[ALLOWANCE])
    wall = page.locator(".wall")
    expect(wall.get_by_text("none is left")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]

    # Saves it, which costs nothing.
    headline = page.locator("h1").inner_text()
    if script:
        with page.expect_response("**/saved/add/"):
            wall.get_by_role("button", name="Save").click()
        expect(wall.get_by_role("button", name="Saved")).to_be_visible()
    else:
        wall.get_by_role("link", name="Save it for later").click()
        page.get_by_role("button", name="Save").first.click()
    page.goto(f"{address}/saved/")
    expect(page.get_by_role("link", name=headline).first).to_be_visible()

    # What counted stands on the reader's own page, and all of it in the history.
    page.goto(f"{address}/you/readings/")
    expect(page.get_by_text("10 of 10").first).to_be_visible()
    until = time.monotonic() + 10
    page.goto(f"{address}/saved/history/")
    while page.locator("main li a[href^='/']").count() < ALLOWANCE and time.monotonic() < until:
        page.wait_for_timeout(300)
        page.reload()
    shown = page.content()
    for story in stories[:ALLOWANCE]:
        assert story.removeprefix(address) in shown
    context.close()


def go_back(page: Page) -> None:
    """Go back, also while the browser is still changing processes for the page that it shows."""
    for left in (2, 1, 0):
        try:
            page.go_back()
        except Error as error:
            if "Not attached to an active page" not in error.message or not left:
                raise
            page.wait_for_timeout(300)
        else:
            break
    page.wait_for_load_state()


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_who_has_signed_out_finds_no_story_behind_the_back_button(browser, demo, script):
    address, folder = demo
    context = browser.new_context(viewport=PHONE, java_script_enabled=script)
    context.set_default_timeout(15_000)
    page = context.new_page()
    story = walled(page, address)[0]
    page.goto(story)
    teaser = page.locator(".story__body").inner_text()
    register(page, folder, f"leaves-{'a' if script else 'b'}@example.org")
    expect(page).to_have_url(story)
    whole = page.locator(".story__body").inner_text()
    closing = whole.removesuffix("\n")[-80:]
    assert closing not in teaser
    assert closing in page.locator(".story__body").inner_text()

    page.goto(f"{address}/accounts/logout/")
    page.get_by_role("button", name="Sign out").click()
    expect(page).not_to_have_url(f"{address}/accounts/logout/")
    page.wait_for_load_state()
    for _ in range(4):
        go_back(page)
        assert closing not in page.locator("body").inner_text()
        if page.url == story:
            break

    assert page.url == story
    expect(page.locator(".wall")).to_be_visible()
    context.close()
