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
DESK: ViewportSize = {"width": 1280, "height": 900}
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
        if found := re.search(r"http://localhost:\d+", line):
            address = found[0]
        if "Ctrl+C" in line:
            break
    yield address, folder
    process.send_signal(signal.SIGTERM)
    process.wait(30)


def walled(
    page: Page, address: str, *, access: str = "readers", wanted: int = ALLOWANCE + 2
) -> list[str]:
    """Return addresses of stories that only some may read to the end."""
    found: list[str] = []
    after = ""
    while len(found) < wanted:
        answer = page.request.get(f"{address}/api/v1/stories?limit=50{after}").json()
        items = answer.get("items") or answer.get("stories") or answer.get("results")
        found += [one["url"] for one in items if one["access"] == access]
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
    page.locator(".wall").get_by_role("link", name="Register free").click()
    enter(page, folder, email)


def enter(page: Page, folder: Path, email: str) -> None:
    """Get in by code, from the sign-in page."""
    page.get_by_label("Your e-mail address").fill(email)
    page.get_by_role("button", name="Send me a code", exact=True).click()
    page.get_by_label("Code", exact=True).fill(code(folder))
    page.get_by_role("button", name="Go on").click()


def account_link(page: Page) -> str:
    """Return what the masthead offers, and how many stories it says are left."""
    return " ".join(page.locator(".masthead__you").inner_text().split())


WAYS = [
    pytest.param(PHONE, True, id="phone, script"),
    pytest.param(PHONE, False, id="phone, no script"),
    pytest.param(DESK, True, id="desktop, script"),
    pytest.param(DESK, False, id="desktop, no script"),
]


@pytest.mark.parametrize(("viewport", "script"), WAYS)
def test_a_visitor_becomes_a_reader_and_reads_ten_stories_and_no_eleventh(
    browser, demo, viewport, script
):
    address, folder = demo
    context = browser.new_context(viewport=viewport, java_script_enabled=script)
    context.set_default_timeout(30_000)
    page = context.new_page()
    stories = walled(page, address)
    assert len(stories) > ALLOWANCE + 1

    # A visitor meets the wall, and what it promises.
    page.goto(stories[0])
    wall = page.locator(".wall")
    expect(wall.get_by_text("Access 10 free stories every month")).to_be_visible()
    expect(wall).not_to_contain_text("Resets on")
    assert account_link(page) == "Sign in"
    before = page.locator(".story__body").inner_text()

    # Registers by a code, and is back at the story, open now.
    wall.get_by_role("link", name="Register free").click()
    offered = page.locator(".door__benefits li")
    expect(offered.first).to_have_text("access 10 free stories every month")
    expect(page.locator(".door__benefits")).to_contain_text("comment on every story")
    enter(page, folder, f"reader-{script}-{viewport['width']}@example.org".lower())
    expect(page).to_have_url(f"{stories[0]}#read-on")
    expect(page.locator(".wall")).to_have_count(0)
    # They see the words at which they stopped, not the top of the page.
    expect(page.locator("#read-on + *")).to_be_in_viewport()
    assert account_link(page) == ("Your account 9 left" if script else "Your account")
    assert len(page.locator(".story__body").inner_text()) > len(before)

    # Reads ten, goes back to some.
    for left, story in enumerate(stories[1:ALLOWANCE], start=2):
        page.goto(story)
        expect(page.locator(".wall")).to_have_count(0)
        if script:
            # Right at once, and right when the server has told.
            assert account_link(page) == f"Your account {ALLOWANCE - left} left"
            page.wait_for_load_state("networkidle")
            assert account_link(page) == f"Your account {ALLOWANCE - left} left"
    for story in (stories[3], stories[0]):
        page.goto(story)
        expect(page.locator(".wall")).to_have_count(0)

    # Meets the wall at the eleventh; nothing of it is in the page.
    page.goto(stories[ALLOWANCE])
    wall = page.locator(".wall")
    expect(wall.get_by_text("You have read your 10 free stories this month.")).to_be_visible()
    expect(wall.get_by_role("heading")).to_have_text(re.compile(r"^Resets on [A-Z][a-z]+ 1\b"))
    for elsewhere in ("Sign in", "Register", "Access 10"):
        expect(wall).not_to_contain_text(elsewhere)
    assert account_link(page) == ("Your account 0 left" if script else "Your account")
    if script:
        assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"]
    # Which ten those were.
    wall.get_by_text("Stories you opened this month").click()
    if script:
        expect(wall.locator("li")).to_have_count(ALLOWANCE)
        links = wall.locator("li a").evaluate_all("links => links.map(link => link.href)")
        assert set(links) == set(stories[:ALLOWANCE])
    else:
        expect(page.locator("main .rows__row")).to_have_count(ALLOWANCE)
        page.goto(stories[ALLOWANCE])

    # Saves it, which costs nothing.
    headline = page.locator("h1").inner_text()
    if script:
        with page.expect_response("**/saved/add/"):
            wall.get_by_role("button", name="Save").click()
        expect(wall.get_by_role("button", name="Saved")).to_be_visible()
    else:
        wall.get_by_role("link", name="Save to read later").click()
        page.get_by_role("button", name="Save", exact=True).click()
        expect(page.get_by_role("heading", name="Saved to read later")).to_be_visible()
        expect(page.get_by_text("is on your list of saved stories")).to_be_visible()
        page.get_by_role("link", name="Back to the story").click()
        expect(page).to_have_url(f"{stories[ALLOWANCE]}#read-on")
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


@pytest.mark.parametrize(("viewport", "script"), WAYS)
def test_a_story_for_subscribers_says_what_opens_it_and_how_to_get_it(
    browser, demo, viewport, script
):
    address, folder = demo
    context = browser.new_context(viewport=viewport, java_script_enabled=script)
    context.set_default_timeout(30_000)
    page = context.new_page()
    story = walled(page, address, access="subscribers", wanted=1)[0]

    # A visitor is told that a subscription opens it, and not that ten free stories would.
    page.goto(story)
    wall = page.locator(".wall")
    expect(wall.get_by_role("heading")).to_have_text("Subscribe to read the rest")
    for other in ("free stories", "Register", "no subscription"):
        expect(wall).not_to_contain_text(other)

    # Signed in, without a subscription, they are back at the wall, which now speaks to a reader.
    wall.get_by_role("link", name="Sign in").click()
    enter(page, folder, f"unsubscribed-{script}-{viewport['width']}@example.org".lower())
    expect(page).to_have_url(f"{story}#read-on")
    expect(wall.get_by_text("your account has no subscription yet")).to_be_visible()
    expect(wall).to_be_in_viewport()
    expect(wall).not_to_contain_text("Sign in")

    # The way to get one.
    wall.get_by_role("link", name="Subscribe", exact=True).click()
    expect(page.get_by_role("heading", name="Subscribe to")).to_be_visible()
    expect(page.get_by_text("A subscription opens every story")).to_be_visible()
    expect(page.locator("main a[href^='mailto:']")).to_be_visible()
    context.close()


def test_a_wall_kept_from_before_signing_in_gives_way_when_one_comes_back_to_it(browser, demo):
    address, folder = demo
    context = browser.new_context(viewport=PHONE)
    context.set_default_timeout(30_000)
    page = context.new_page()
    story = walled(page, address)[1]
    page.goto(story)
    expect(page.locator(".wall")).to_be_visible()

    page.goto(f"{address}/accounts/login/?next=/you/")
    enter(page, folder, "comes-back@example.org")
    expect(page).to_have_url(f"{address}/you/")
    for _ in range(6):
        go_back(page)
        if page.url == story:
            break

    assert page.url == story
    expect(page.locator(".wall")).to_have_count(0)
    context.close()


def test_a_session_that_has_ended_leaves_no_name_behind(browser, demo):
    """The cookie for display outlived the session: the visitors' wall is right, and it goes."""
    address, _ = demo
    context = browser.new_context(viewport=PHONE)
    context.set_default_timeout(30_000)
    context.add_cookies(
        [{"name": "shown", "value": "%7B%22kind%22%3A%22reader%22%7D", "url": address}]
    )
    page = context.new_page()

    page.goto(walled(page, address)[2])

    expect(page.locator(".wall")).to_contain_text("Sign in to unlock")
    page.wait_for_function("!document.cookie.includes('shown=')")
    assert account_link(page) == "Sign in"
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
    context.set_default_timeout(30_000)
    page = context.new_page()
    story = walled(page, address)[0]
    page.goto(story)
    teaser = page.locator(".story__body").inner_text()
    register(page, folder, f"leaves-{'a' if script else 'b'}@example.org")
    expect(page).to_have_url(f"{story}#read-on")
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
        if page.url.partition("#")[0] == story:
            break

    assert page.url.partition("#")[0] == story
    expect(page.locator(".wall")).to_be_visible()
    context.close()
