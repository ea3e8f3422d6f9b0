"""How pages are laid out: what a first screen shows, menus, narrow and wide screens, large text."""

import re
from typing import Any

import pytest
from playwright.sync_api import FloatRect, Locator, Page, ViewportSize, expect

from tests.journeys.conftest import DESK, PHONE
from tests.journeys.test_edition import FREE, GALLERY, PAGES, WALLED, moved, painted

FRENCH = PAGES["story in French"]
TALKED_ABOUT = "/city/council-votes-to-finish-the-old-canal/"
LAPTOP: ViewportSize = {"width": 1300, "height": 900}


def box(of: Locator) -> FloatRect:
    found = of.bounding_box()
    assert found is not None
    return found


def size_of_type(of: Locator) -> float:
    return float(of.evaluate("(one) => parseFloat(getComputedStyle(one).fontSize)"))


# The menu of sections


@pytest.mark.parametrize("viewport", [PHONE, DESK], ids=["phone", "desk"])
@pytest.mark.parametrize("script", [True, False])
def test_sections_open_in_place_and_lead_to_what_is_in_them(open_page, script, viewport):
    page = open_page(FREE, java_script_enabled=script, viewport=viewport)
    inner = page.get_by_role("navigation", name="All sections").get_by_role("link", name="Asia")
    expect(inner).to_be_hidden()

    page.locator(".menu__opener").click()

    expect(inner).to_be_visible()
    assert page.url.endswith(FREE)
    panel = box(page.locator(".menu__panel"))
    assert panel["y"] + panel["height"] <= viewport["height"]
    assert panel["width"] == viewport["width"]
    inner.click()
    expect(page.locator("h1")).to_have_text("Asia")


def test_the_menu_goes_by_keyboard(open_page):
    page = open_page("/")
    menu = page.locator("[data-menu]")
    page.locator(".menu__opener").focus()

    page.keyboard.press("Enter")
    expect(menu).to_have_attribute("open", "")
    page.keyboard.press("Tab")
    expect(page.locator(":focus")).to_have_text("World")
    page.keyboard.press("Escape")
    expect(menu).not_to_have_attribute("open", re.compile(""))
    expect(page.locator(":focus")).to_have_text("Sections")


def test_the_menu_closes_by_a_click_beside_it(open_page):
    page = open_page("/")
    page.locator(".menu__opener").click()
    expect(page.locator("[data-menu]")).to_have_attribute("open", "")

    page.mouse.click(640, 880)

    expect(page.locator("[data-menu]")).not_to_have_attribute("open", re.compile(""))


def test_the_strip_of_sections_shows_that_it_scrolls(open_page):
    def mask(page: Page) -> str:
        painted(page)
        return str(
            page.locator(".masthead__sections ul").evaluate(
                "(strip) => getComputedStyle(strip).maskImage"
            )
        )

    wide = open_page("/world/", viewport={"width": 1300, "height": 900})
    assert mask(wide) == "none"
    page = open_page("/world/", viewport=PHONE)
    assert mask(page).endswith("rgba(0, 0, 0, 0))")

    page.locator(".masthead__sections ul").evaluate("(strip) => strip.scrollTo(9999, 0)")

    assert not mask(page).endswith("rgba(0, 0, 0, 0))")
    last = box(page.locator(".masthead__sections a").last)
    assert last["x"] + last["width"] <= PHONE["width"]


# The archive


def test_a_year_of_the_archive_is_two_rows_on_a_phone(open_page):
    page = open_page("/archive/", viewport=PHONE)
    years = page.locator(".years__year")
    assert years.count() > 5

    for number in range(years.count()):
        year = years.nth(number)
        assert box(year)["height"] < 110
        tops = year.locator("li").evaluate_all(
            "(months) => months.map((one) => one.getBoundingClientRect().top)"
        )
        assert len(tops) == 12
        assert len(set(tops)) == 2
    expect(page.get_by_role("link", name="Mar 2011")).to_be_visible()


def test_on_this_day_opens_on_a_day_with_stories(open_page):
    page = open_page("/archive/")

    page.get_by_role("link", name="On this day in other years").click()

    assert page.locator(".on-this-day .entry__headline").count() > 0


# A story


@pytest.mark.parametrize("path", [FREE, WALLED, FRENCH, GALLERY, TALKED_ABOUT])
def test_the_first_screen_has_who_when_and_the_first_lines(open_page, path):
    page = open_page(path, viewport=LAPTOP)

    for part in ("h1", ".bylines", ".head-line"):
        shown = box(page.locator(part).first)
        assert shown["y"] + shown["height"] <= LAPTOP["height"], part
    body = page.locator(".story__body > p").first
    line = float(body.evaluate("(one) => parseFloat(getComputedStyle(one).lineHeight)"))
    assert box(body)["y"] + 2 * line <= LAPTOP["height"]


@pytest.mark.parametrize("viewport", [PHONE, LAPTOP], ids=["phone", "laptop"])
def test_what_stands_beside_a_story_is_never_louder_than_it(open_page, viewport):
    page = open_page(FREE, viewport=viewport)
    rail = page.locator(".story__rail")
    names = rail.locator("h2").all_inner_texts()
    assert names[0] == "Related stories"
    assert names[1].startswith("Earlier in")

    text = size_of_type(page.locator(".story__body > p").first)
    for headline in rail.locator("h3").all():
        assert size_of_type(headline) < text
    for picture in rail.locator("img").all():
        assert box(picture)["width"] <= 100
    assert box(rail)["y"] >= box(page.locator(".story__main"))["y"]


# The thread below it

SLOW = {"offline": False, "latency": 800, "downloadThroughput": 50_000, "uploadThroughput": 50_000}


def to_the_bottom(page: Page) -> None:
    page.evaluate("scrollTo({ top: document.body.scrollHeight, behavior: 'instant' })")


def to_the_thread(page: Page) -> None:
    page.evaluate(
        """() => {
            const { top } = document.querySelector('[data-talk]').getBoundingClientRect();
            scrollTo({ top: top + scrollY - innerHeight / 2, behavior: 'instant' });
        }"""
    )


def down_in_a_hurry(page: Page) -> None:
    page.mouse.move(180, 400)
    for _ in range(20):
        page.mouse.wheel(0, 900)
        painted(page)


@pytest.mark.parametrize("viewport", [PHONE, LAPTOP], ids=["phone", "laptop"])
@pytest.mark.parametrize("way", [to_the_bottom, to_the_thread, down_in_a_hurry])
def test_nothing_moves_when_the_thread_comes_late(open_page, way, viewport):
    page = open_page(TALKED_ABOUT, viewport=viewport)
    page.wait_for_load_state("networkidle")
    before = moved(page)
    line = page.context.new_cdp_session(page)
    line.send("Network.enable")
    line.send("Network.emulateNetworkConditions", SLOW)
    expect(page.locator("[data-below]")).to_have_count(1)

    way(page)

    expect(page.locator(".talk")).to_have_count(1, timeout=30_000)
    expect(page.locator(".talk .comment").first).to_be_attached()
    painted(page)
    assert moved(page)[len(before) :] == []


def test_the_place_of_a_thread_that_does_not_come_is_given_back(open_page):
    def cut(page: Page) -> None:
        page.route(re.compile("/comments/$"), lambda route: route.abort())

    page = open_page(TALKED_ABOUT, viewport=LAPTOP, watch=cut)

    to_the_bottom(page)

    expect(page.locator(".story__talk--there")).to_have_count(1)
    assert box(page.locator("[data-talk]"))["height"] < LAPTOP["height"] / 2
    expect(page.locator("[data-below] a.button")).to_be_visible()


# Large text

LARGE = [*PAGES.values(), f"{TALKED_ABOUT}comments/", "/guidelines/", "/accounts/login/"]


def test_text_twice_as_large_makes_no_page_wider_than_a_phone(open_page, paper):
    page = open_page("/", viewport=PHONE, bypass_csp=True)
    too_wide: list[Any] = []
    for path in LARGE:
        page.goto(f"{paper.address}{path}")
        page.add_style_tag(content="html { font-size: 200% }")
        page.evaluate(
            "() => { for (const one of document.querySelectorAll('details')) one.open = true; }"
        )
        painted(page)
        width = page.evaluate("document.documentElement.scrollWidth")
        if width > PHONE["width"]:
            too_wide.append((path, width))

    assert too_wide == []
