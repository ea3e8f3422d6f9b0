"""The wall's journeys again, over TLS and through nginx, with the very block of deploying.md."""

import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext

from broadsheet.demo import paper_options, prepared
from tests.journeys import test_wall
from tests.journeys.test_wall import WAYS
from tests.paper import proxies
from tests.paper.served import environment

ROOT = Path(__file__).parents[2]


class Trusting:
    """A browser that takes the tests' own certificate."""

    def __init__(self, browser: Browser) -> None:
        self._browser = browser

    def new_context(self, **options: Any) -> BrowserContext:
        return self._browser.new_context(ignore_https_errors=True, **options)


@pytest.fixture(scope="module")
def browser(browser: Browser) -> Trusting:
    return Trusting(browser)


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path, Path]]:
    """Serve the demo paper as deploying.md says; return its address, its folder and nginx's."""
    if shutil.which("nginx") is None or shutil.which("openssl") is None:
        pytest.skip("nginx or openssl is not installed")
    folder, front = tmp_path_factory.mktemp("paper"), tmp_path_factory.mktemp("nginx")
    folder.rmdir()
    prepared.unpack(folder, options=paper_options.of_demo())
    port = proxies.free_port()
    process = subprocess.Popen(
        [
            str(Path(sys.executable).with_name("broadsheet")),
            "serve",
            "--port",
            "0",
            "--workers",
            "2",
        ],
        env=environment(
            folder,
            PAPER_ADDRESS=f"https://localhost:{port}",
            TRUSTED_PROXIES="1",
            LOG_LEVEL="warning",
        ),
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        found = re.search(r"http://127\.0\.0\.1:(\d+)", process.stdout.readline())
        assert found is not None, "the paper did not start"
        with proxies.nginx(front, int(found[1]), proxies.documented_with_tls, port=port):
            yield f"https://localhost:{port}", folder, front
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)


@pytest.mark.parametrize(("viewport", "script"), [WAYS[0], WAYS[3]])
def test_a_reader_registers_and_reads_ten_stories_behind_nginx(browser, demo, viewport, script):
    walk = test_wall.test_a_visitor_becomes_a_reader_and_reads_ten_stories_and_no_eleventh
    walk(browser, demo[:2], viewport, script)


@pytest.mark.parametrize("script", [True, False])
def test_who_has_signed_out_finds_no_story_again_behind_nginx(browser, demo, script):
    walk = test_wall.test_who_has_signed_out_finds_no_story_behind_the_back_button
    walk(browser, demo[:2], script)


def test_a_session_that_has_ended_leaves_no_name_behind_nginx(browser, demo):
    test_wall.test_a_session_that_has_ended_leaves_no_name_behind(browser, demo[:2])


def test_nginx_kept_what_is_open_to_all_and_nothing_else(browser, demo):
    """Looks at what the walks above have left in nginx's log."""
    address, _, front = demo
    context = browser.new_context()
    page = context.new_page()
    for _ in range(20):
        page.request.get(f"{address}/")
    context.close()

    lines = proxies.log(front)
    kept = {path for _, path, _, state in lines if state in {"HIT", "REVALIDATED"}}
    assert "/" in kept
    assert not {path for path in kept if re.match("/(you|accounts|saved|desk|comments)/", path)}
    assert not {path for path in kept if path.endswith("/comments/")}
    assert "STALE" not in {state for *_, state in lines}
