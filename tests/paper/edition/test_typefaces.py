"""Which fonts a page asks for early: those that its first screen is set in."""

import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders

from broadsheet.demo import factories
from broadsheet.edition import typefaces
from tests.paper.edition.conftest import paragraph, raw

ALWAYS = ["newsreader-display", "newsreader-text", "public-sans"]
CSS = Path(str(finders.find("edition/site.css"))).read_text(encoding="utf-8")


def preloaded(html):
    return re.findall(r'<link rel="preload" href="/static/edition/fonts/([^"?]+)\.woff2\?', html)


@pytest.mark.parametrize(
    ("words", "more"),
    [
        pytest.param("<p>Plain words, “quoted” – for €3 at a café.</p>", [], id="English"),
        pytest.param("<p>An <i>older</i> ship</p>", ["newsreader-italic"], id="italics"),
        pytest.param("<p>A <strong>loud</strong> one</p>", ["newsreader-bold"], id="bold"),
        pytest.param("<h1>Über allen</h1>", ["newsreader-display-more"], id="headline"),
        pytest.param("<p>Où ça&nbsp;?</p>", ["newsreader-text-more"], id="French"),
        pytest.param(
            "<p>La <em>bête</em></p>",
            ["newsreader-italic", "newsreader-italic-more"],
            id="accented italics",
        ),
        pytest.param('<ul class="bylines"><li>Anaïs</li></ul>', ["public-sans-more"], id="byline"),
        pytest.param("<h2>Łódź</h2>", ["newsreader-display-more", "newsreader-display-ext"], id="Polish"),
        pytest.param("<p>₹38 crore</p>", ["newsreader-text-money"], id="rupees"),
        pytest.param('<p class="meta">By <em>us</em></p>', [], id="labels don’t lean"),
        pytest.param("<img alt='Über'><p>Plain</p>", [], id="not on the page"),
        pytest.param("<p>" + "Plain. " * 3000 + "<i>Far down</i>", [], id="below the first screen"),
    ],
)  # fmt: skip
def test_a_page_asks_for_what_its_first_screen_is_set_in(words, more):
    html = f"<head><title>ÜŁ</title></head><body><main>{words}</main></body>"

    assert typefaces.files(html) == ALWAYS + more


@pytest.mark.parametrize("name", ["", "-more", "-ext", "-money"])
def test_the_letters_of_a_file_are_those_of_the_stylesheet(name):
    letters = {
        "": typefaces.COMMON,
        "-more": typefaces.MORE,
        "-ext": typefaces.EXTENDED,
        "-money": typefaces.MONEY,
    }[name]
    found = re.search(rf"newsreader-text{name}\.woff2.*?unicode-range: ([^;]+);", CSS)
    assert found
    ranges = [part.strip().removeprefix("U+").split("-") for part in found[1].split(",")]
    in_file = {chr(code) for one in ranges for code in range(int(one[0], 16), int(one[-1], 16) + 1)}

    known = {chr(code) for code in range(0x20, 0x2200) if re.match(f"[{letters}]", chr(code))}

    # Of ASCII, the signs that only programs have count as common: they are markup, too.
    assert in_file - known == set()
    assert known - in_file <= (set("#<>\\^_`{}~") if not name else set())


def test_every_page_asks_for_its_fonts_once_and_before_the_stylesheet(client, section):
    for path in ("/", "/world/", "/search/", "/accounts/login/", "/nothing/there/"):
        assert preloaded(client.get(path).content.decode()) == ALWAYS, path
    story = factories.story(
        "À la mer", section=section, access="free", body=raw(paragraph("Sur la <i>Cécile</i>."))
    )

    html = client.get(story.url).content.decode()

    assert preloaded(html) == [
        *ALWAYS,
        "newsreader-italic",
        "newsreader-display-more",
    ]
    assert html.rindex("preload") < html.index("site.css")
