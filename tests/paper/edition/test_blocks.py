"""How the blocks of a body are printed."""

import re

import pytest
from django.template.loader import render_to_string

from broadsheet.demo import factories
from broadsheet.edition import markup, pieces
from broadsheet.newsroom.blocks import Body
from tests.paper.edition.conftest import listed


def printed(kind, value):
    """Print one block; empty where it is left out."""
    found = pieces.prepare([{"type": kind, "value": value, "id": "one"}])
    html = "".join(
        render_to_string(piece.template, {"value": piece.value, "anchor": piece.anchor})
        for piece in found
    )
    return re.sub(r"\s+", " ", html)


def gallery(*pictures):
    shown = [{"picture": one.pk, "caption": "", "credit": ""} for one in pictures]
    return {"title": "Tuesday", "pictures": listed(*shown)}


def test_every_kind_of_block_has_a_template():
    for kind in Body().child_blocks:
        render_to_string(f"edition/blocks/{kind}.html", {"value": {}})


def test_a_quotation_names_speaker_and_office(db):
    value = {"text": "<p>No.</p>", "speaker": "Ann Archer", "office": "Mayor"}

    html = printed("quotation", value)

    assert "<blockquote> <p>No.</p> </blockquote>" in html
    assert ">Ann Archer</span>, Mayor</figcaption>" in html


def test_a_gallery_counts_its_pictures(make_picture):
    html = printed("gallery", gallery(*(make_picture(f"No {number}") for number in range(1, 8))))

    assert re.findall(r"\d / \d", html) == [f"{number} / 7" for number in range(1, 8)]


def test_a_gallery_of_one_has_nothing_to_press(picture):
    html = printed("gallery", gallery(picture))

    assert "1 / 1" in html
    assert "<button" not in html


@pytest.mark.django_db
@pytest.mark.parametrize(
    "value",
    [
        {"title": "Empty", "pictures": []},
        {"title": "Lost", "pictures": listed({"picture": 12345})},
        {"title": "Not chosen", "pictures": listed({"picture": None})},
    ],
)
def test_a_gallery_without_pictures_has_no_counter(value):
    assert printed("gallery", value) == ""


def test_a_picture_has_its_own_words_unless_the_story_gives_others(make_picture):
    picture = make_picture(caption="Its caption", credit="A. Photographer")

    own = printed("picture", {"picture": picture.pk, "caption": "", "credit": ""})
    other = printed("picture", {"picture": picture.pk, "caption": "This one", "credit": "B"})

    assert "Its caption" in own
    assert "A. Photographer" in own
    assert 'alt="A harbour at dawn"' in own
    assert "This one" in other
    assert "Its caption" not in other


def test_a_picture_keeps_its_place_free(make_picture):
    html = printed("picture", {"picture": make_picture(size=(1600, 900)).pk})

    assert 'width="960"' in html
    assert 'height="540"' in html
    assert 'loading="lazy"' in html


def test_a_table_scrolls_inside_itself_and_by_keyboard(db):
    value = {
        "caption": "What each said",
        "source": "Ministries",
        "table": {
            "columns": [{"type": "text", "heading": "Who"}, {"type": "number", "heading": "Votes"}],
            "rows": [{"values": ["<b>Ann</b>", "7"]}],
        },
    }

    html = printed("table", value)

    assert 'class="scroller" tabindex="0" role="group" aria-label="What each said"' in html
    assert '<th scope="col" class="number">Votes</th>' in html
    assert "&lt;b&gt;Ann" in html
    assert "Source: Ministries" in html


def test_an_embed_is_a_link_and_a_button(db):
    html = printed("embed", {"url": "https://vimeo.com/76979871", "title": "The film"})

    assert 'href="https://vimeo.com/76979871"' in html
    assert 'data-embed-open="https://player.vimeo.com/video/76979871?dnt=1"' in html
    assert "<iframe" not in html


def test_an_embed_from_anywhere_else_is_a_link_alone(db):
    html = printed("embed", {"url": "https://example.org/film", "title": "The film"})

    assert 'href="https://example.org/film"' in html
    assert "<button" not in html


def test_an_embed_that_leads_nowhere_is_left_out(db):
    assert printed("embed", {"url": "javascript:alert(1)", "title": "Press"}) == ""


def test_only_live_stories_are_related(section, talks):
    draft = factories.story("A draft", section=section, publish=False)
    value = {"title": "Read more", "stories": listed(draft.pk, talks.pk)}

    html = printed("related", value)

    assert talks.title in html
    assert "A draft" not in html
    assert printed("related", {"title": "Read more", "stories": listed(draft.pk)}) == ""


def test_a_link_to_a_page_becomes_its_address_while_it_lives(section, talks):
    linked = f'<p>See <a linktype="page" id="{talks.pk}">the talks</a>.</p>'
    assert '<a href="/world/talks/">the talks</a>' in printed("paragraph", linked)

    talks.unpublish()
    assert "<a>the talks</a>" in printed("paragraph", linked)


def test_an_unclosed_tag_spoils_no_other_text(talks):
    good = f'<p><a linktype="page" id="{talks.pk}">Good</a></p>'

    assert '<a href="/world/talks/">Good</a>' in markup.expand(['<p>Bad <a href="', good])[1]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "hostile",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "<img src='https://elsewhere.example/pixel.gif'>",
        '<a href="javascript:alert(1)">x</a>',
        '<p style="position:fixed">x</p>',
        '<p onclick="alert(1)">x</p>',
        "<iframe src='https://elsewhere.example/'></iframe>",
        "<form action='https://elsewhere.example/'><input name=password></form>",
        "<svg><script>alert(1)</script></svg>",
        "<style>body{display:none}</style>",
        "<base href='https://elsewhere.example/'>",
        "<object data='https://elsewhere.example/'></object>",
        "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
        '<meta http-equiv="refresh" content="0;url=https://elsewhere.example/">',
        '<p class="wall" id="content">x</p>',
    ],
)
@pytest.mark.parametrize("kind", ["markup", "paragraph"])
def test_nothing_in_a_body_runs_styles_frames_or_fetches(kind, hostile):
    html = printed(kind, f"<p>Before.</p>{hostile}<p>After.</p>")

    shown = html.removeprefix('<div class="markup">')
    assert "Before." in html
    for never in ("script", "javascript:", "on", "style", "src", "class", "id", "action"):
        assert not re.search(rf"<[^>]*\b{never}(\w*=|:|\b)", shown), never
    for never in ("<img", "<iframe", "<form", "<input", "<svg", "<meta", "<base", "<object"):
        assert never not in shown


def test_imported_tables_and_headings_keep_their_sense(db):
    html = printed("markup", "<h1>Results</h1><table><tr><td colspan=2>7</td></tr></table>")

    assert "<h2>Results</h2>" in html
    assert '<div class="scroller" tabindex="0" role="group" aria-label="Table"><table>' in html
    assert '<td colspan="2">7</td>' in html


def test_a_block_of_a_later_version_is_passed_over(db):
    assert printed("hologram", {"any": "thing"}) == ""
