"""Reading the paper in a real browser: pages, galleries, print, and what they weigh."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, Route, ViewportSize, expect

from broadsheet.demo import factories
from tests.journeys.conftest import DESK, PHONE
from tests.journeys.dribble import dribbling

GALLERY = "/weekend/one-window-seven-mornings/"
WALLED = "/world/europe/russia-us-defence-chiefs-differ-on-libya/"
FREE = "/city/deep-depression-crosses-the-coast/"

PAGES = {
    "front": "/",
    "section": "/world/",
    "subsection": "/business/shipping/",
    "topic": "/topics/monsoon/",
    "author": "/authors/hari-vanamali/",
    "story": FREE,
    "story in French": "/culture/books/la-bibliotheque-qui-prend-la-mer/",
    "teaser": WALLED,
    "teaser for subscribers": "/business/shipping/port-passes-ten-million/",
    "gallery": GALLERY,
    "search": "/search/",
    "found": "/search/?q=canal",
    "archive": "/archive/",
    "month": "/archive/2011/03/",
    "day": "/archive/2011/03/22/",
    "on this day": "/archive/on-this-day/03/22/",
    "corrections": "/corrections/",
    "API": "/api/v1/",
    "nothing there": "/nothing/there/",
}
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
LIGHTS = ["light", "dark"]
FONTS = re.compile(r"\.woff2")


def test_from_the_front_page_to_a_story_and_back(open_page):
    page = open_page("/")
    headline = page.locator(".entry--lead .entry__headline a").inner_text()

    page.locator(".entry--lead").click(position={"x": 20, "y": 200})
    expect(page.locator("h1")).to_have_text(headline)

    page.locator(".masthead__name").click()
    expect(page.locator("h1")).to_have_class(re.compile("nameplate__name"))


def test_every_section_is_reached_by_keyboard(open_page):
    page = open_page("/")

    page.keyboard.press("Tab")
    expect(page.locator(":focus")).to_have_text("Skip to the content")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")

    inside = page.evaluate("document.activeElement.closest('main') !== null")
    assert inside


# Galleries


def shown(page: Page) -> str:
    """Return the count on the picture that stands in the strip."""
    return str(
        page.evaluate(
            """() => {
                const strip = document.querySelector('[data-gallery-strip]');
                const at = Math.round(strip.scrollLeft / strip.clientWidth);
                return strip.children[at].querySelector('.caption__count').textContent;
            }"""
        )
    )


def settles_on(page: Page, count: str) -> None:
    expect(page.locator("[data-gallery-status]")).to_contain_text(count)
    page.wait_for_function(
        """(count) => {
            const strip = document.querySelector('[data-gallery-strip]');
            const at = strip.scrollLeft / strip.clientWidth;
            return Math.abs(at - (Number.parseInt(count) - 1)) < 0.02;
        }""",
        arg=count,
    )
    assert shown(page) == count


def test_a_gallery_goes_by_arrow_keys(open_page):
    page = open_page(GALLERY)
    page.locator("[data-gallery-strip]").focus()
    assert shown(page) == "1 / 7"

    page.keyboard.press("ArrowRight")
    settles_on(page, "2 / 7")
    page.keyboard.press("End")
    settles_on(page, "7 / 7")
    page.keyboard.press("ArrowRight")
    settles_on(page, "7 / 7")
    page.keyboard.press("ArrowLeft")
    settles_on(page, "6 / 7")
    page.keyboard.press("Home")
    settles_on(page, "1 / 7")


def test_a_gallery_goes_by_its_buttons(open_page):
    page = open_page(GALLERY)
    back = page.get_by_role("button", name="Previous picture")
    on = page.get_by_role("button", name="Next picture")
    expect(back).to_be_disabled()

    on.click()
    settles_on(page, "2 / 7")
    expect(back).to_be_enabled()
    for _ in range(5):
        on.click()
    settles_on(page, "7 / 7")
    expect(on).to_be_disabled()


def test_steps_count_on_while_the_pictures_still_move(open_page):
    page = open_page(GALLERY)
    on = page.get_by_role("button", name="Next picture")
    on.click()
    # A slow machine: the way to the second picture pauses nearer to the first.
    page.locator("[data-gallery-strip]").evaluate(
        """(strip) => new Promise((resolve) => {
            strip.scrollTo({ left: strip.clientWidth * 0.2, behavior: 'instant' });
            setTimeout(resolve, 300);
        })"""
    )

    on.click()

    settles_on(page, "3 / 7")


def test_a_gallery_goes_by_swiping(open_page):
    page = open_page(GALLERY, viewport=PHONE, has_touch=True, is_mobile=True)
    strip = page.locator("[data-gallery-strip]")
    strip.scroll_into_view_if_needed()
    box = strip.bounding_box()
    assert box is not None

    finger = page.context.new_cdp_session(page)
    height = box["y"] + 80
    for x in range(300, 40, -20):
        kind = "touchStart" if x == 300 else "touchMove"
        finger.send(
            "Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": height}]}
        )
    finger.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})

    settles_on(page, "2 / 7")


def test_the_focus_goes_through_a_gallery_in_order(open_page):
    page = open_page(GALLERY)
    page.locator("[data-gallery-strip]").focus()

    page.keyboard.press("Tab")
    expect(page.locator(":focus")).to_have_attribute("aria-label", "Next picture")


def test_a_gallery_is_a_plain_list_without_script(open_page):
    page = open_page(GALLERY, java_script_enabled=False, viewport=PHONE)

    expect(page.locator(".gallery__picture")).to_have_count(7)
    expect(page.locator(".gallery__arrows")).to_be_hidden()
    tops = [
        page.locator(".gallery__picture").nth(number).bounding_box()["y"] for number in range(7)
    ]
    assert tops == sorted(tops)
    assert len(set(tops)) == 7
    expect(page.locator(".caption__count").nth(1)).to_have_text("2 / 7")


# The wall


@pytest.mark.parametrize("script", [True, False])
def test_a_visitor_is_told_what_signing_in_unlocks_and_brought_back(open_page, script):
    page = open_page(WALLED, java_script_enabled=script, viewport=PHONE)

    expect(page.locator("#wall")).to_contain_text("Sign in to unlock member-only benefits!")
    expect(page.locator(".wall__benefits")).to_contain_text("Access 10 free stories every month")
    expect(page.locator(".head-line")).to_have_text(
        "March 22, 2011 09:11 pm | Updated September 30, 2016 11:26 pm IST - MOSCOW:"
    )
    page.locator(".wall").get_by_role("link", name="Sign in", exact=True).click()
    assert f"next={WALLED}" in page.url


# Every page


@pytest.mark.parametrize("light", LIGHTS)
@pytest.mark.parametrize("kind", PAGES)
def test_no_page_has_a_barrier(open_page, axe, kind, light):
    page = open_page(PAGES[kind], color_scheme=light, bypass_csp=True)
    page.add_script_tag(content=axe)

    found = page.evaluate("(rules) => axe.run(document, { runOnly: rules })", RULES)

    assert [
        (one["id"], [node["html"][:100] for node in one["nodes"]]) for one in found["violations"]
    ] == []


@pytest.mark.parametrize("kind", PAGES)
def test_a_page_fetches_nothing_from_elsewhere_and_breaks_no_rule_of_its_own(
    open_page, paper, kind
):
    asked: list[str] = []
    said: list[str] = []

    def watch(page: Page) -> None:
        page.on("request", lambda request: asked.append(request.url))
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))

    page = open_page(PAGES[kind], watch=watch)
    page.wait_for_load_state("networkidle")

    assert [one for one in asked if not one.startswith((paper.address, "data:"))] == []
    if kind == "nothing there":
        said = [one for one in said if "404" not in one]
    assert said == []


@pytest.mark.parametrize("script", [True, False])
def test_no_page_is_wider_than_a_phone(open_page, paper, script):
    page = open_page("/", viewport=PHONE, java_script_enabled=script)
    for path in PAGES.values():
        page.goto(f"{paper.address}{path}")
        widest = page.locator("body").evaluate("() => document.documentElement.scrollWidth")
        assert widest <= PHONE["width"], path


@pytest.mark.parametrize("kind", ["front", "section", "story", "day", "corrections"])
def test_no_word_is_wider_than_a_phone(open_page, kind):
    page = open_page(PAGES[kind], viewport=PHONE)

    page.evaluate(
        """() => {
            for (const one of document.querySelectorAll("main :is(h1, h2, h3) a, .story__headline, .entry__standfirst"))
                one.textContent = "Donaudampfschifffahrt".repeat(4);
        }"""
    )

    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def painted(page: Page) -> None:
    """Wait until what the page holds now was painted."""
    page.evaluate(
        "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
    )


def moved(page: Page) -> list[Any]:
    """Return what moved on the page without a reader's doing: how much, what, from where, to where."""
    return list(
        page.evaluate(
            """() => new Promise((resolve) => {
                const found = [];
                const place = ({ x, y, width, height }) => [x, y, width, height];
                new PerformanceObserver((list) => {
                    for (const entry of list.getEntries()) {
                        if (entry.hadRecentInput) continue;
                        found.push([entry.value, ...entry.sources.map(({ node, previousRect, currentRect }) =>
                            [node?.className ?? node?.nodeName, place(previousRect), place(currentRect)])]);
                    }
                }).observe({ type: 'layout-shift', buffered: true });
                requestAnimationFrame(() => requestAnimationFrame(() => resolve(found)));
            })"""
        )
    )


def without_fonts(page: Page) -> None:
    """Leave the page in the stand-ins: whether fonts come before the first paint is a race."""
    page.route(FONTS, lambda route: route.abort())


@pytest.mark.parametrize("viewport", [PHONE, DESK], ids=["phone", "desk"])
@pytest.mark.parametrize("kind", ["front", "section", "story", "teaser", "gallery"])
def test_nothing_moves_while_a_page_loads(open_page, kind, viewport):
    page = open_page(PAGES[kind], viewport=viewport, watch=without_fonts)
    page.wait_for_load_state("networkidle")
    page.mouse.move(200, 400)
    page.mouse.wheel(0, 10)
    expect(page.locator("[data-below]")).to_have_count(0)
    painted(page)
    page.evaluate("scrollTo({ top: document.body.scrollHeight })")
    page.wait_for_timeout(500)

    assert moved(page) == []


@pytest.mark.parametrize("width", [360, 700, 1440])
@pytest.mark.parametrize("kind", ["front", "section", "story", "teaser", "gallery", "archive"])
def test_nothing_moves_while_a_page_arrives_in_pieces(browser, paper, kind, width):
    whole: ViewportSize = {"width": width, "height": 6000}
    with dribbling(paper.address) as address, browser.new_context(viewport=whole) as context:
        page = context.new_page()
        # The talk comes into sight at once on a screen that shows all; it has tests of its own.
        page.route(re.compile(r"/comments\.js"), lambda route: route.fulfill(body=""))
        without_fonts(page)
        page.goto(address + PAGES[kind])
        page.wait_for_load_state("networkidle")

        # A paragraph cut in two breaks its last line anew when the rest of it comes.
        shifts = moved(page)
        assert sum(shift[0] for shift in shifts) < 0.001, shifts


@pytest.mark.parametrize("viewport", [PHONE, DESK], ids=["phone", "desk"])
@pytest.mark.parametrize("kind", ["front", "story", "story in French", "gallery", "archive"])
def test_text_hardly_moves_when_its_fonts_come_late(open_page, paper, kind, viewport):
    held: list[Route] = []
    late = True
    page = open_page("/robots.txt", viewport=viewport)
    page.route(FONTS, lambda route: held.append(route) if late else route.continue_())
    page.goto(f"{paper.address}{PAGES[kind]}", wait_until="domcontentloaded")
    page.wait_for_function(
        "() => performance.getEntriesByName('first-contentful-paint').length > 0"
    )
    painted(page)
    assert len(held) >= 3

    late = False
    # In the order in which they were asked for, as over one line.
    for route in held:
        with page.expect_event(
            "requestfinished", lambda request, route=route: request.url == route.request.url
        ):
            route.continue_()
        painted(page)
    page.evaluate("() => document.fonts.ready.then(() => {})")
    painted(page)

    assert page.evaluate("document.fonts.check('16px Newsreader')")
    shifts = moved(page)
    # 0.1 counts as good; a line that breaks elsewhere in a headline is 0.02 and more.
    assert sum(shift[0] for shift in shifts) < 0.02, shifts


def test_every_letter_of_a_first_visit_is_in_the_papers_own_type(open_page):
    page = open_page(PAGES["story in French"])
    page.evaluate("() => document.fonts.ready.then(() => {})")
    painted(page)
    session = page.context.new_cdp_session(page)
    session.send("DOM.enable")
    session.send("CSS.enable")
    root = session.send("DOM.getDocument", {"depth": 0})["root"]["nodeId"]

    def families(selector: str) -> set[str]:
        node = session.send("DOM.querySelector", {"nodeId": root, "selector": selector})["nodeId"]
        fonts = session.send("CSS.getPlatformFontsForNode", {"nodeId": node})["fonts"]
        return {re.sub(" ([0-9]+pt|Thin)", "", font["familyName"]) for font in fonts}

    for selector in ("h1", ".story__standfirst", ".story__body p", ".story__body i"):
        assert families(selector) == {"Newsreader"}, selector
    for selector in (".bylines a", ".kicker a", ".head-line"):
        assert families(selector) == {"Public Sans"}, selector


@pytest.mark.parametrize("kind", ["story", "gallery", "teaser"])
def test_a_story_weighs_little(open_page, kind):
    weights: dict[str, int] = {}

    def watch(page: Page) -> None:
        session = page.context.new_cdp_session(page)
        session.send("Network.enable")
        kinds: dict[str, str] = {}

        def answered(event: dict[str, Any]) -> None:
            kinds[event["requestId"]] = event["type"]

        def finished(event: dict[str, Any]) -> None:
            of = kinds.get(event["requestId"], "Other")
            weights[of] = weights.get(of, 0) + int(event["encodedDataLength"])

        session.on("Network.responseReceived", answered)
        session.on("Network.loadingFinished", finished)

    page = open_page(PAGES[kind], watch=watch)
    page.wait_for_load_state("networkidle")

    pictures = weights.pop("Image", 0)
    assert weights["Document"] > 0
    assert weights["Font"] > 0
    assert pictures > 0
    # With the heads of all answers.
    assert sum(weights.values()) <= 60_000, weights
    assert weights["Script"] <= 12_000, weights


def test_paper_shows_the_story_and_nothing_to_press(open_page):
    page = open_page(GALLERY)
    page.emulate_media(media="print")

    expect(page.locator("h1")).to_be_visible()
    expect(page.locator(".head-line")).to_be_visible()
    for away in (".masthead__sections", ".masthead__you", ".foot", ".gallery__arrows"):
        expect(page.locator(away)).to_be_hidden()
    for number in range(7):
        expect(page.locator(".gallery__picture").nth(number)).to_be_visible()
    left = {page.locator(".gallery__picture").nth(number).bounding_box()["x"] for number in (0, 6)}
    assert len(left) == 1
    background = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert background == "rgb(255, 255, 255)"


# From elsewhere


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_a_film_is_fetched_when_the_reader_asks_for_it(browser, live_server):
    body = '[{"type": "embed", "id": "1", "value": {"url": "https://vimeo.com/76979871", "title": "A film"}}]'
    story = factories.story("Film", section=factories.section("World"), body=body, access="free")
    asked: list[str] = []
    said: list[str] = []

    def elsewhere(route: Route) -> None:
        asked.append(route.request.url)
        route.fulfill(body="<p>It runs</p>", content_type="text/html")

    context = browser.new_context()
    try:
        context.route(re.compile(r"^https://"), elsewhere)
        page = context.new_page()
        page.on("console", lambda message: said.append(message.text))
        page.goto(f"{live_server.url}{story.url}")
        page.wait_for_load_state("networkidle")
        assert asked == []

        page.get_by_role("button", name="Show it here").click()

        expect(page.locator("iframe")).to_have_attribute("title", "A film")
        expect(page.frame_locator("iframe").locator("p")).to_have_text("It runs")
        assert asked == ["https://player.vimeo.com/video/76979871?dnt=1"]
        assert said == []
    finally:
        context.close()


def test_a_reader_sets_stories_larger_and_finds_them_so_again(open_page):
    page = open_page("/")
    page.locator(".entry__headline a").first.click()
    size = "parseFloat(getComputedStyle(document.querySelector('.story__body')).fontSize)"
    before = page.evaluate(size)

    page.get_by_role("button", name="Text size").click()

    assert page.evaluate(size) > before
    page.reload()
    assert page.evaluate(size) > before
    page.get_by_role("button", name="Text size: large").click()
    page.get_by_role("button", name="Text size: larger").click()
    assert page.evaluate(size) == before


def test_the_link_of_a_story_is_copied(open_page):
    page = open_page("/", permissions=["clipboard-read", "clipboard-write"])
    page.locator(".entry__headline a").first.click()

    page.get_by_role("button", name="Copy link").click()

    page.get_by_text("Link copied").wait_for()
    assert page.evaluate("navigator.clipboard.readText()") == page.url
