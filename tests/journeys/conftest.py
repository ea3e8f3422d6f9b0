"""A real browser and a real paper for the journeys; without a Chromium they are skipped."""

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone
from playwright.sync_api import (
    Browser,
    BrowserContext,
    Page,
    ViewportSize,
    expect,
    sync_playwright,
)

from broadsheet.comments import looking
from broadsheet.comments.models import PaperRules
from broadsheet.demo import factories
from broadsheet.readers.models import Reader

# Playwright's loop runs in the tests' thread; their database calls are none of its business.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

pytest.register_assert_rewrite("tests.journeys.desk")

# A machine that others use takes its time; what never comes is the failure.
expect.set_options(timeout=20_000)

ROOT = Path(__file__).parents[2]
CHROMIUM = (
    os.environ.get("CHROMIUM")
    or shutil.which("chromium")
    or shutil.which("chromium-browser")
    or shutil.which("google-chrome")
    or ""
)

PHONE: ViewportSize = {"width": 360, "height": 740}
DESK: ViewportSize = {"width": 1280, "height": 900}


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    if not CHROMIUM:
        pytest.skip("there is no Chromium here: install it, or say in CHROMIUM where it is")
    with sync_playwright() as playwright:
        made = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield made
        made.close()


@dataclass(frozen=True)
class Paper:
    """A paper that is served. ``folder`` holds its database."""

    address: str
    folder: Path


@pytest.fixture(scope="session")
def paper(tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> Iterator[Paper]:
    """Serve the demo paper as anybody would, in processes of its own. Only to be read."""
    folder = tmp_path_factory.mktemp("paper")
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    command = str(Path(sys.executable).with_name("broadsheet"))
    process = subprocess.Popen(
        [command, "demo", "--port", "0", "--dir", str(folder)],
        env={**kept, "PYTHONUNBUFFERED": "1", "WORKERS": "1"},
        cwd=ROOT,
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
    assert address, "the demo paper did not start"
    yield Paper(address, folder)
    process.send_signal(signal.SIGTERM)
    process.wait(30)


@pytest.fixture
def open_page(browser: Browser, paper: Paper) -> Iterator[Callable[..., Page]]:
    """Open pages of the paper: ``open_page("/", viewport=PHONE, java_script_enabled=False)``."""
    contexts: list[BrowserContext] = []

    def open_one(path: str, *, watch: Callable[[Page], Any] | None = None, **options: Any) -> Page:
        context = browser.new_context(**{"viewport": DESK, **options})
        context.set_default_timeout(30_000)
        contexts.append(context)
        page = context.new_page()
        if watch:
            watch(page)
        page.goto(f"{paper.address}{path}")
        return page

    yield open_one
    for context in contexts:
        context.close()


@pytest.fixture(scope="session")
def axe() -> str:
    """Return axe-core, which looks for barriers on a page."""
    file = ROOT / ".build/axe/node_modules/axe-core/axe.min.js"
    if not file.exists() and shutil.which("npm"):
        subprocess.run([ROOT / "tools/axe.sh"], check=False, timeout=120, capture_output=True)
    if not file.exists():
        pytest.skip("axe-core is not here: tools/axe.sh fetches it with npm")
    return file.read_text(encoding="utf-8")


# Readers and a story to talk about, for the journeys on a live server with a database of their own.


def sign_in(page: Page, who: Reader, address: str) -> None:
    """Sign somebody in as another tab of the browser would, with a session and a token of its own."""
    client = Client()
    client.force_login(who)
    name = settings.SESSION_COOKIE_NAME
    page.context.clear_cookies(name=settings.CSRF_COOKIE_NAME)
    page.context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": address}])


@pytest.fixture
def story():
    PaperRules.objects.create(pk=1, read_first_comments=0)
    made = factories.story(
        "Ferries run again",
        section=factories.section("World"),
        body=factories.paragraphs("It was late, and then it was there."),
        published_at=timezone.now() - timedelta(days=1),
        access="free",
    )
    return looking.story_for_posting(made.pk)


@pytest.fixture
def wanda():
    return factories.reader("wanda@example.org", name="Wanda Writer")


@pytest.fixture
def otto():
    return factories.reader("otto@example.org", name="Otto Other")


@pytest.fixture
def mo():
    return factories.staff("mo@example.org", role="Moderators", name="Mo Derator")


@pytest.fixture
def window(browser: Browser, live_server):
    """Open windows, each another browser, signed in as somebody or as a visitor."""
    opened: list[BrowserContext] = []

    def open_one(who=None, *, script: bool = True, scheme="light") -> Page:
        context = browser.new_context(
            viewport=PHONE,
            java_script_enabled=script,
            base_url=live_server.url,
            color_scheme=scheme,
        )
        context.set_default_timeout(30_000)
        opened.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: pytest.fail(f"a script failed: {error}"))
        if who:
            sign_in(page, who, live_server.url)
            # The reader's own page says to the browser who is signed in.
            page.goto("/you/")
        return page

    yield open_one
    for context in opened:
        context.close()
