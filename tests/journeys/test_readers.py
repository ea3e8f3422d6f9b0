"""A reader's way in and around, on a phone, in a real browser."""

import io
import json
import re
import threading
import time
import zipfile
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from allauth.mfa.totp.internal import auth as totp
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, expect

from broadsheet.demo import factories
from broadsheet.readers.models import Erasure, Reader
from broadsheet.saved.models import SavedStory

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)

PHONE: ViewportSize = {"width": 360, "height": 740}
ADDRESS = "mira@example.org"


@pytest.fixture
def place(live_server) -> str:
    """Where the paper is served. Passkeys need the name, not the number."""
    return live_server.url.replace("127.0.0.1", "localhost")


@pytest.fixture
def phone(browser: Browser):
    """Open phones: each call is another one."""
    opened: list[BrowserContext] = []

    def open_one(*, script: bool = True) -> Page:
        context = browser.new_context(viewport=PHONE, java_script_enabled=script)
        context.set_default_timeout(30_000)
        opened.append(context)
        return context.new_page()

    yield open_one
    for context in opened:
        context.close()


@pytest.fixture
def code(mailoutbox):
    def read() -> str:
        found = re.search(r"^ +(\d{4} \d{4})$", mailoutbox[-1].body, re.MULTILINE)
        assert found
        return found[1]

    return read


@pytest.fixture
def ferry(live_server):
    section = factories.section("World")
    return factories.story("Ferries run again", section=section)


def enter(page: Page, code, address: str = ADDRESS) -> None:
    """Go through the door that the page shows."""
    page.get_by_label("Your e-mail address").fill(address)
    page.get_by_role("button", name="Send me a code", exact=True).click()
    page.get_by_label("Code", exact=True).fill(code())
    page.get_by_role("button", name="Go on").click()


def fits(page: Page) -> bool:
    """Tell whether nothing on the page is wider than the phone."""
    return page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_registering_from_a_story_takes_two_screens_and_comes_back(
    place, phone, code, ferry, script
):
    page = phone(script=script)
    page.goto(place + ferry.url)
    page.locator(".masthead__you a:visible").click()
    assert fits(page)

    enter(page, code)

    expect(page).to_have_url(place + ferry.url)
    assert Reader.objects.get().email == ADDRESS
    if script:
        expect(page.locator(".masthead__account a")).to_be_visible()
        expect(page.locator(".masthead__sign-in a")).to_be_hidden()


def test_a_wrong_code_is_said_and_a_new_one_can_be_had(place, phone, code, ferry):
    page = phone()
    page.goto(f"{place}/accounts/signup/?next={ferry.url}")
    page.get_by_label("Your e-mail address").fill(ADDRESS)
    page.get_by_role("button", name="Send me a code", exact=True).click()
    page.get_by_label("Code", exact=True).fill("0000 0000")
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_text("2 tries are left")).to_be_visible()

    page.get_by_role("button", name="send a new code").click()
    expect(page.get_by_text("A new code is on its way")).to_be_visible()
    page.get_by_label("Code", exact=True).fill(code())
    page.get_by_role("button", name="Go on").click()

    expect(page).to_have_url(place + ferry.url)


def test_a_passkey_is_added_lets_in_proves_and_goes(place, phone, code, ferry):
    page = phone()
    devices = page.context.new_cdp_session(page)
    devices.send("WebAuthn.enable")
    devices.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )
    page.goto(f"{place}/accounts/login/?next=/you/security/")
    enter(page, code)
    page.get_by_role("link", name="Add a passkey").click()
    page.get_by_label("What to call it").fill("My phone")
    page.get_by_role("button", name="Add it").click()
    expect(page.get_by_text("My phone")).to_be_visible()
    page.goto(f"{place}/accounts/logout/")
    page.get_by_role("button", name="Sign out").click()

    page.goto(f"{place}/accounts/login/?next={ferry.url}")
    page.get_by_role("button", name="Use a passkey").click()

    expect(page).to_have_url(place + ferry.url)
    page.goto(f"{place}/you/security/")
    expect(page.get_by_text("with a passkey")).to_be_visible()
    page.goto(f"{place}/accounts/2fa/passkey/reauthenticate/?next=/you/data/")
    page.get_by_role("button", name="Use your passkey").click()
    expect(page).to_have_url(f"{place}/you/data/")
    page.goto(f"{place}/you/security/")
    page.get_by_role("link", name="Remove My phone").click()
    page.get_by_role("button", name="Remove it").click()
    expect(page.get_by_text("The passkey is removed.")).to_be_visible()


def test_an_authenticator_app_is_added_and_asked_for(place, phone, code, ferry):
    page = phone()
    page.goto(f"{place}/accounts/login/?next=/you/security/")
    enter(page, code)
    page.get_by_role("link", name="Add an authenticator app").click()
    secret = page.locator(".steps__key").inner_text().replace(" ", "")
    assert fits(page)

    def shown(steps: int) -> str:
        counter = int(time.time()) // 30 + steps
        return totp.format_hotp_value(totp.hotp_value(secret, counter))

    page.get_by_label("Code", exact=True).fill(shown(0))
    page.get_by_role("button", name="Switch it on").click()
    expect(page.locator(".recovery li")).to_have_count(10)
    recovery = page.locator(".recovery code").first.inner_text()
    for answer in (shown(1), recovery):
        page.goto(f"{place}/accounts/logout/")
        page.get_by_role("button", name="Sign out").click()
        page.goto(f"{place}/accounts/login/?next={ferry.url}")
        enter(page, code)
        expect(page.get_by_role("heading", name="One more code")).to_be_visible()
        page.get_by_label("Code", exact=True).fill(answer)
        page.get_by_role("button", name="Sign in", exact=True).click()
        expect(page).to_have_url(place + ferry.url)


class Provider(BaseHTTPRequestHandler):
    """An OpenID Connect provider that lets everybody in as Mira."""

    def do_GET(self) -> None:
        here = f"http://{self.headers['Host']}"
        parts = urlsplit(self.path)
        if parts.path == "/authorize":
            asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
            back = urlencode({"code": "c", "state": asked["state"]})
            self.send_response(302)
            self.send_header("Location", f"{asked['redirect_uri']}?{back}")
            self.end_headers()
        elif parts.path == "/userinfo":
            self._answer({"sub": "1001", "email": ADDRESS, "email_verified": True, "name": "Mira"})
        else:
            names = {"authorization": "authorize", "token": "token", "userinfo": "userinfo"}
            ends = {f"{name}_endpoint": f"{here}/{path}" for name, path in names.items()}
            self._answer({"issuer": here, "jwks_uri": f"{here}/keys", **ends})

    def do_POST(self) -> None:
        self._answer({"access_token": "t", "token_type": "Bearer"})

    def _answer(self, facts: dict[str, object]) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(json.dumps(facts).encode())

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def provider(settings):
    """Start a provider, and let the paper know it."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Provider)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    settings.OPTIONS = settings.OPTIONS.model_copy(update={"oidc_name": "Nordkey"})
    app = {
        "provider_id": "provider",
        "name": "Nordkey",
        "client_id": "paper",
        "secret": "s",
        "settings": {"server_url": f"http://127.0.0.1:{server.server_port}"},
    }
    settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": [app]}}
    yield
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_the_papers_provider_lets_in_and_brings_back(place, phone, ferry, provider, script):
    page = phone(script=script)
    page.goto(f"{place}/accounts/login/?next={ferry.url}")

    page.get_by_role("button", name="Go on with Nordkey").click()

    expect(page).to_have_url(place + ferry.url)
    assert Reader.objects.get().name == "Mira"


def test_signing_out_everywhere_ends_the_other_phone_too(place, phone, code, ferry):
    mine, lost = phone(), phone()
    for page in (mine, lost):
        page.goto(f"{place}/accounts/login/?next=/you/")
        enter(page, code)
    mine.goto(f"{place}/you/security/")
    expect(mine.get_by_role("button", name="Sign out Chrome")).to_have_count(2)

    mine.get_by_role("button", name="Sign out everywhere").click()

    expect(mine).to_have_url(f"{place}/accounts/login/")
    lost.goto(f"{place}/you/")
    expect(lost).to_have_url(f"{place}/accounts/login/?next=%2Fyou%2F")
    # And neither the back button shows anything of the reader.
    mine.go_back()
    assert ADDRESS not in mine.content()


def test_saving_with_script_is_one_click_and_costs_no_page(place, phone, code, ferry):
    page = phone()
    page.goto(f"{place}/accounts/login/?next={ferry.url}")
    enter(page, code)
    save = page.locator(".story__tools [data-save]")
    expect(save).to_have_attribute("aria-pressed", "false")

    with page.expect_response("**/saved/add/"):
        save.click()

    expect(save).to_have_text("Saved")
    expect(page).to_have_url(place + ferry.url)
    page.goto(f"{place}/saved/")
    expect(page.get_by_role("link", name="Ferries run again")).to_be_visible()
    assert fits(page)
    page.goto(place + ferry.url)
    expect(save).to_have_text("Saved")
    with page.expect_response("**/saved/remove/"):
        save.click()
    expect(save).to_have_text("Save to read later")
    page.goto(f"{place}/saved/")
    expect(page.get_by_role("link", name="Ferries run again")).to_have_count(0)


def test_saving_from_a_list_with_script(place, phone, code, ferry):
    page = phone()
    page.goto(f"{place}/accounts/login/?next=/world/")
    enter(page, code)

    with page.expect_response("**/saved/add/"):
        page.get_by_role("button", name="Save “Ferries run again”").click()

    expect(page.get_by_role("button", name="Saved “Ferries run again”")).to_be_visible()
    assert page.url == f"{place}/world/"


def test_a_visitor_without_script_saves_by_signing_in(place, phone, code, ferry):
    page = phone(script=False)
    page.goto(place + ferry.url)
    page.get_by_role("link", name="Save to read later").click()
    expect(page.get_by_text("“Ferries run again” is saved for you.")).to_be_visible()

    enter(page, code)

    expect(page.get_by_role("heading", name="Saved to read later")).to_be_visible()
    page.get_by_role("link", name="Back to the story").click()
    expect(page).to_have_url(place + ferry.url)
    page.goto(f"{place}/saved/")
    expect(page.get_by_role("link", name="Ferries run again")).to_be_visible()


def test_a_visitor_with_script_saves_by_signing_in_and_sees_it_at_the_story(
    place, phone, code, ferry
):
    page = phone()
    page.goto(place + ferry.url)
    page.locator(".story__tools").get_by_role("link", name="Save to read later").click()

    enter(page, code)

    expect(page).to_have_url(place + ferry.url)
    expect(page.locator(".story__tools [data-save]")).to_have_text("Saved")


def test_a_reader_without_script_saves_by_a_link_and_a_button(place, phone, code, ferry):
    page = phone(script=False)
    page.goto(f"{place}/accounts/login/?next={ferry.url}")
    enter(page, code)
    page.get_by_role("link", name="Save to read later").click()
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("“Ferries run again” is on your list")).to_be_visible()
    page.get_by_role("link", name="Back to the story").click()
    expect(page).to_have_url(place + ferry.url)
    assert SavedStory.objects.count() == 1

    page.goto(f"{place}/saved/")
    page.get_by_role("button", name="Mark as read").click()
    page.get_by_role("link", name="Not read yet").click()
    expect(page.get_by_text("You have read everything you saved.")).to_be_visible()
    page.get_by_role("link", name="All", exact=True).click()
    page.get_by_role("button", name="Remove").click()
    expect(page.get_by_text("there is no limit")).to_be_visible()


def test_everything_is_taken_along_and_then_erased(place, phone, code, ferry, mailoutbox):
    page = phone()
    page.goto(f"{place}/accounts/login/?next=/saved/add/%3Fstory={ferry.pk}")
    enter(page, code)
    page.goto(f"{place}/you/data/")
    with page.expect_download() as download:
        page.get_by_role("button", name="Download everything").click()
    archive = zipfile.ZipFile(io.BytesIO(Path(download.value.path()).read_bytes()))
    assert json.loads(archive.read("data/account.json"))[0]["address"] == ADDRESS
    assert json.loads(archive.read("data/saved-stories.json"))[0]["headline"] == ferry.title

    page.get_by_role("link", name="Erase the account").click()
    page.get_by_role("button", name="Erase the account").click()
    expect(page.get_by_text("Tick the box")).to_be_visible()
    page.get_by_label("Yes, erase everything about me.").check()
    page.get_by_role("button", name="Erase the account").click()

    expect(page.get_by_role("heading", name="Your account is erased")).to_be_visible()
    assert not Reader.objects.exists()
    assert Erasure.objects.count() == 1
    assert mailoutbox[-1].to == [ADDRESS]
    held = page.evaluate("document.cookie + JSON.stringify([localStorage, sessionStorage])")
    assert "shown=" not in held
    assert "mira" not in held.lower()


def test_every_own_page_fits_a_phone_and_names_itself(place, phone, code, ferry):
    page = phone()
    page.goto(f"{place}/accounts/login/?next=/you/")
    enter(page, code)
    for address in (
        "/you/",
        "/you/security/",
        "/you/security/addresses/",
        "/you/security/password/",
        "/accounts/2fa/app/add/",
        "/accounts/2fa/passkey/add/",
        "/you/data/",
        "/you/data/erase/",
        "/saved/",
        "/saved/history/",
        "/accounts/logout/",
    ):
        page.goto(place + address)
        assert fits(page), address
        expect(page.locator("h1")).to_have_count(1)
        unnamed = page.locator("input:not([type=hidden]):visible, button:visible").evaluate_all(
            "all => all.filter(one => !(one.labels?.length || one.ariaLabel || one.innerText"
            " || one.ariaHidden)).map(one => one.outerHTML)"
        )
        assert unnamed == [], address
