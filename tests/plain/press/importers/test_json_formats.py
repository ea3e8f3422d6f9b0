import json
from datetime import UTC, datetime

import pytest

from broadsheet.press.importers.jsons import Stream
from broadsheet.press.importers.records import Byline, Kind, Limits, Picture, Standing, Term
from broadsheet.press.importers.sources import UnreadableError
from tests.plain.press.importers.reading import fixture, kinds, read, words


def test_ghost_story_has_the_fields_of_its_tables():
    tide = fixture("ghost.json", site="https://old.example").stories[0]

    assert tide.headline == "The tide table"
    assert tide.access == "subscribers"
    assert [one.name for one in tide.bylines] == ["Bo Chen", "Ada Byrne"]
    assert tide.sections == (Term("Sea", "sea"),)
    assert tide.topics == (Term("Weather", "weather"),)
    assert tide.published_at == datetime(2020, 5, 6, 7, 8, 9, tzinfo=UTC)
    assert tide.updated_at is None
    assert tide.old_addresses == ("/the-tide-table/",)
    assert tide.lead_picture == Picture(
        "https://old.example/content/images/2020/lead.jpg", "The lead", "Led", "A. Person"
    )
    assert kinds(tide) == ["paragraph", "paragraph", "picture", "embed"]
    assert 'href="https://old.example/older/"' in words(tide)
    assert "__GHOST_URL__" not in str(tide)


def test_ghosts_paywall_mark_is_the_end_of_the_teaser():
    assert fixture("ghost.json").stories[0].teaser_words == 4


def test_ghost_keeps_stories_in_three_ways():
    _, lexical, mobiledoc, _ = fixture("ghost.json").stories

    assert lexical.body[0]["value"] == "<p><b>Bold &amp; plain</b></p>"
    assert kinds(lexical) == ["paragraph", "picture", "paragraph"]
    assert mobiledoc.body[0]["value"] == "<p><em>Leaning</em> words</p>"


def test_what_ghost_did_not_publish_is_not_published():
    found = fixture("ghost.json")

    assert [one.standing for one in found.stories] == [
        Standing.PUBLISHED, Standing.DRAFT, Standing.SCHEDULED, Standing.DRAFT,
    ]  # fmt: skip
    assert "pages" in found.reasons
    assert len(found.complaints) == 1


def test_ghosts_redirects_are_taken_where_they_are_no_patterns():
    found = fixture("redirects.json")

    assert [(one.old, one.new) for one in found.redirects] == [
        ("/former-way/", "/the-tide-table/"),
        ("/abroad", "https://elsewhere.example/"),
    ]
    assert len(found.complaints) == 2


def test_ninjs_1_says_in_keys_what_it_is():
    [story] = fixture("ninjs1.json").stories

    assert story.headline == "Ninjs in keys"
    assert story.standfirst == "In short."
    assert words(story).count("Rich <b>words</b>") == 1
    assert "Plain words" not in words(story)
    assert story.bylines == (Byline("Jo Bloggs"), Byline("Ana d'Arc", office="Staff Writer"))
    assert story.lead_picture == Picture("https://p.example/b.jpg", "", "A caption", "A. Person")
    assert story.sections == (Term("Domestic"),)
    assert story.topics == (Term("arts"), Term("Someone Known"))
    assert story.published_at == datetime(2017, 8, 24, 4, 37, 19, tzinfo=UTC)
    assert story.updated_at == datetime(2017, 8, 24, 4, 38, 34, tzinfo=UTC)


def test_ninjs_3_says_it_in_arrays():
    found = fixture("ninjs3.jsonl")
    [story] = found.stories

    assert story.headline == "Ninjs in camels"
    assert words(story) == "['<p>Rich enough.</p>']"
    assert story.standing is Standing.WITHDRAWN
    assert story.bylines == (Byline("AFP", Kind.AGENCY),)
    assert story.old_addresses == ("https://old.example/a/camel", "http://old.example/ninjs/3")
    assert story.sections == (Term("Weather"),)
    assert len(found.complaints) == 2
    assert "picture" in found.reasons


def test_ans_elements_become_blocks():
    found = fixture("ans.json")
    [story] = found.stories

    assert kinds(story) == [
        "paragraph", "crosshead", "picture", "gallery", "paragraph", "quotation", "embed", "embed",
        "table", "paragraph", "correction",
    ]  # fmt: skip
    assert story.body[4]["value"] == "<ol><li>A</li><li><ul><li>B</li></ul></li></ol>"
    assert story.access == "subscribers"
    assert story.comments == "closed"
    assert story.sections == (Term("Coast", "coast"), Term("Tides", "tides"))
    assert story.old_addresses == (
        "/coast/tides/2015/06/24/elements_story.html",
        "/other/way/",
    )
    assert story.updated_at == datetime(2015, 6, 25, 9, 49, tzinfo=UTC)
    assert any("never_heard_of" in remark for remark in story.remarks)
    assert [(one.old, one.new) for one in found.redirects] == [
        ("/old-way/", "/coast/tides/2015/06/24/elements_story.html")
    ]
    assert len(found.complaints) == 1


def stream(*pieces, **limits):
    return Stream(iter(pieces), Limits(**limits))


def test_json_is_read_across_pieces():
    told = stream(
        '{"a": [1, {"x": "\\ud83d', '\\ude00"}], "skipped": [[{"b"', ': 2}]], "c": tr', "ue}"
    )

    found = {}
    for key in told.entries():
        if key == "a":
            found[key] = [told.value() for _ in told.items()]
        elif key == "c":
            found[key] = told.value()

    assert found == {"a": [1, {"x": "😀"}], "c": True}


def test_halves_of_surrogate_pairs_and_nulls_do_not_get_through():
    assert stream('"a\\ud800b\\u0000c"').value() == "abc"


@pytest.mark.parametrize(
    "text",
    ['{"a": [1, 2', '{"a": "x', '{"a": nope}', "[" * 100_000, '{"a" 1}', "[1 2]", '"' + "x" * 5000],
)
def test_broken_json_says_so(text):
    told = stream(text, item=1000)

    with pytest.raises(UnreadableError):
        told.skip()


def ninjs(tmp_path, **fields):
    file = tmp_path / "one.json"
    one = {"uri": "u", "type": "text", "headline": "H", "versioncreated": "2021-05-26T11:40:00Z"}
    file.write_text(json.dumps(one | fields))
    [story] = read(file).stories
    return story


def test_ends_of_lines_mean_nothing_in_markup_without_a_tag(tmp_path):
    one = ninjs(tmp_path, body_xhtml="\n  The firm of Example \n  Corporation &amp; Sons.\n")
    two = ninjs(tmp_path, body_xhtml="One & two.\n\nThree.")

    assert words(one) == "['<p>The firm of Example Corporation &amp; Sons.</p>']"
    assert words(two) == "['<p>One &amp; two.</p>', '<p>Three.</p>']"


def test_head_line_above_a_text_is_a_byline(tmp_path):
    body = (
        '<article><h1>H</h1><div class="dat"><span class="vignette">Defence</span>'
        '<span class="source">TT</span></div><div><p>The exercise.</p></div></article>'
    )

    story = ninjs(tmp_path, bodies=[{"contenttype": "text/html", "value": body}])

    assert words(story) == "['<p>The exercise.</p>']"
    assert [(one.name, one.kind) for one in story.bylines] == [("TT", "agency")]
