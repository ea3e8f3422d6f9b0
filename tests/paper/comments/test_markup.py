"""What becomes of a comment's text on the page: as typed, but for quotations, stars and addresses."""

import re

import pytest

from broadsheet.comments.markup import render


@pytest.mark.parametrize(
    "text",
    [
        "I agree.It is time.",
        "Read README.md, setup.py and main.rs.",
        "It is 2*3*4 metres, or 5*6.",
        "Call __init__ and snake_case_names.",
        "_Not so_, he said.",
    ],
)
def test_it_stays_text(text):
    assert render(text) == f"<p>{text}</p>"


def test_stars_round_words_are_emphasis():
    assert render("*So* he **said it**, *not me*.") == (
        "<p><em>So</em> he <strong>said it</strong>, <em>not me</em>.</p>"
    )


def links(text):
    return re.findall(r'<a href="([^"]+)"[^>]*>([^<]+)</a>', render(text))


def test_addresses_become_links():
    assert links("See example.com, www.example.it and https://example.org/a_b*c.") == [
        ("http://example.com", "example.com"),
        ("http://www.example.it", "www.example.it"),
        ("https://example.org/a_b*c", "https://example.org/a_b*c"),
    ]


def test_a_host_that_passes_for_another_is_shown_for_what_it_is():
    assert links("https://\u0430pple.com/ here") == [
        ("https://xn--pple-43d.com/", "https://xn--pple-43d.com/")
    ]
    assert links("https://münchen.de/ here") == [
        ("https://xn--mnchen-3ya.de/", "https://münchen.de/")
    ]


def test_a_line_under_a_quotation_is_not_part_of_it():
    assert render("> They wrote this.\n> And this.\nI say that.") == (
        "<blockquote>\n<p>They wrote this.<br>\nAnd this.</p>\n</blockquote>\n<p>I say that.</p>"
    )


def test_a_poem_keeps_its_indentation():
    assert render("Roses\n  are red") == "<p>Roses<br>\n&nbsp;&nbsp;are red</p>"
