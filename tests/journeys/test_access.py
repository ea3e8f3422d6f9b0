"""Ways in of one's own, and what staff of each role find at the desk, in a real browser."""

import re

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, expect
from wagtail.models import Workflow

from broadsheet.comments import actions
from broadsheet.demo import factories
from broadsheet.readers.models import Reader
from broadsheet.wall.models import WallPolicy
from tests.conftest import NOW

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)

DESK: ViewportSize = {"width": 1300, "height": 900}
PHONE: ViewportSize = {"width": 360, "height": 740}
WORDS = "three wet herons waiting"
REASON = "Who says so? Name the second source."


@pytest.fixture
def place(live_server) -> str:
    """Where the paper is served. Passkeys need the name, not the number."""
    return live_server.url.replace("127.0.0.1", "localhost")


@pytest.fixture
def window(browser: Browser, place):
    """Open windows of browsers that know nothing of each other."""
    opened: list[BrowserContext] = []

    def open_one(*, viewport: ViewportSize = DESK, script: bool = True) -> Page:
        context = browser.new_context(viewport=viewport, java_script_enabled=script, base_url=place)
        context.set_default_timeout(30_000)
        opened.append(context)
        return context.new_page()

    yield open_one
    for context in opened:
        context.close()


@pytest.fixture
def at_desk(window):
    """Sign somebody of a role in, at the door, and open a page."""

    def sign_in(role: str, path: str, *, name: str = "", script: bool = True) -> Page:
        address = f"{(name or role).lower().replace(' ', '.')}@example.org"
        factories.staff(address, role=role, name=name or role)
        page = window(script=script)
        page.goto(f"/accounts/login/password/?next={path}")
        page.get_by_label("Your e-mail address").fill(address)
        page.get_by_label("Password", exact=True).fill(factories.PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url(f"**{path}")
        return page

    return sign_in


@pytest.fixture
def code(mailoutbox):
    def read() -> str:
        found = re.search(r"^ +(\d{4} \d{4})$", mailoutbox[-1].body, re.MULTILINE)
        assert found
        return found[1]

    return read


@pytest.fixture
def ferry(live_server):
    return factories.story("Ferries run again", section=factories.section("World"))


def enter_code(page: Page, code: str) -> None:
    page.get_by_label("Code", exact=True).fill(code)
    page.locator("form.form--code button[type=submit]").click()


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_registering_with_a_password_on_a_phone(window, code, ferry, script):
    page = window(viewport=PHONE, script=script)
    page.goto(f"/accounts/signup/?next={ferry.url}")
    page.get_by_role("link", name="Register with a password").click()
    # In a hurry: too short first.
    page.get_by_label("Your e-mail address").fill("Ünï@exämple.org")
    page.get_by_label("Password", exact=True).fill("short")
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_text("too short")).to_be_visible()
    page.get_by_label("Password", exact=True).fill(WORDS)
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_text("ünï@exämple.org")).to_be_visible()
    enter_code(page, code().translate(str.maketrans("0123456789", "０１２３４５６７８９")))
    page.wait_for_url(f"**{ferry.url}")

    another = window(viewport=PHONE, script=script)
    another.goto(f"/accounts/login/password/?next={ferry.url}")
    another.get_by_label("Your e-mail address").fill("ünï@exämple.org")
    another.get_by_label("Password", exact=True).fill(WORDS)
    another.get_by_role("button", name="Sign in").click()
    another.wait_for_url(f"**{ferry.url}")


def test_registering_with_a_passkey_and_signing_in_with_it(window, code, ferry):
    page = window(viewport=PHONE)
    device = page.context.new_cdp_session(page)
    device.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    device.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    page.goto(f"/accounts/signup/?next={ferry.url}")
    page.get_by_label("Your e-mail address").fill("mira@example.org")
    page.get_by_role("button", name="Register with a passkey").click()
    enter_code(page, code())
    expect(page.get_by_role("heading", name="Add a passkey")).to_be_visible()
    page.get_by_role("button", name="Add it").click()
    page.wait_for_url(f"**{ferry.url}")

    page.context.clear_cookies()
    page.goto(f"/accounts/login/?next={ferry.url}")
    page.get_by_role("button", name="Use a passkey").click()
    page.wait_for_url(f"**{ferry.url}")
    assert Reader.objects.get().email == "mira@example.org"


def test_an_administrator_finds_the_wall_and_sets_it(at_desk, ferry):
    page = at_desk("Administrators", "/desk/")
    page.get_by_role("button", name="Settings").click()
    page.get_by_role("link", name="Wall and meter").click()
    page.get_by_role("spinbutton", name="Readers may open").fill("7")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("updated")).to_be_visible()

    assert WallPolicy.load().reader_allowance == 7


def test_a_writer_reads_at_the_desk_why_a_story_came_back(at_desk, ferry):
    editor = factories.staff("eva@example.org", role="Editors", name="Eva Editor")
    page = at_desk("Writers", "/desk/", name="Wil Writer")
    writer = Reader.objects.get(email="wil.writer@example.org")
    story = factories.story("The bridge", section=ferry.section, publish=False, owner=writer)
    Workflow.objects.get().start(story, writer)
    story.current_workflow_task_state.reject(user=editor, comment=REASON)

    page.reload()
    panel = page.locator("#changes-requested-section")
    expect(page.get_by_text(REASON)).to_be_visible()
    assert panel.count() <= 1
    page.get_by_role("link", name="The bridge").first.click()
    expect(page.locator(".messages").get_by_text(REASON)).to_be_visible()
    page.get_by_role("button", name="Toggle status").click()
    expect(page.locator('[data-side-panel="status"]').get_by_text(REASON)).to_be_visible()


def test_staff_go_from_a_live_page_to_its_form(at_desk, window, ferry):
    page = at_desk("Editors", ferry.url)
    page.get_by_role("link", name="Edit this page").click()
    page.wait_for_url(f"**/desk/pages/{ferry.pk}/edit/")

    # What a moderator and a visitor see of the same page.
    for other in (at_desk("Moderators", ferry.url), window()):
        other.goto(ferry.url)
        other.wait_for_load_state("networkidle")
        expect(other.get_by_role("link", name="Edit this page")).to_have_count(0)


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_two_moderators_share_a_queue(at_desk, ferry, script):
    writer = factories.reader("wanda@example.org", name="Wanda Writer")
    text = "THIS IS ALL WRONG AND ALWAYS WAS!"
    actions.post_comment(story=ferry, writer=writer, text=text, asks_person=True, now=NOW)
    first = at_desk("Moderators", "/desk/comments/", name="Mo Derator", script=script)
    second = at_desk("Moderators", "/desk/comments/", name="Sec Ond", script=script)

    first.get_by_role("button", name="Take it").click()
    expect(first.get_by_text("You are working on this until")).to_be_visible()
    # The second window was opened before that.
    second.get_by_role("button", name="Approve a").click()
    expect(second.get_by_text("Mo Derator is working on this comment").first).to_be_visible()
    second.goto("/desk/comments/")
    second.get_by_role("button", name="Take it over").click()
    expect(second.get_by_text("You are working on this until")).to_be_visible()
    second.get_by_role("button", name="Approve a").click()
    expect(second.get_by_text("Approved").first).to_be_visible()


def test_a_moderator_notes_something_about_a_reader(at_desk, live_server):
    writer = factories.reader("wanda@example.org", name="Wanda Writer")
    page = at_desk("Moderators", f"/desk/comments/writers/{writer.pk}/")
    page.get_by_label("New note").fill("Knows the harbour. Talk to her.")
    page.get_by_role("button", name="Add the note").click()

    expect(page.locator("#notes").get_by_text("Knows the harbour. Talk to her.")).to_be_visible()
