from datetime import UTC, datetime

import pytest

from broadsheet.press.importers.records import Kind, Picture, Standing, Term
from broadsheet.press.importers.shortcodes import to_markup
from tests.plain.press.importers.reading import fixture, kinds, words


@pytest.fixture(scope="module")
def found():
    return fixture("wordpress.xml")


@pytest.fixture(scope="module")
def ferry(found):
    return found.stories[0]


@pytest.fixture(scope="module")
def older(found):
    return found.stories[1]


def test_stories_come_and_nothing_else_does(found):
    assert [one.source_id for one in found.stories] == [
        f"old.example:{n}" for n in (11, 12, 13, 14)
    ]
    assert not found.complaints


def test_what_is_no_story_is_said(found):
    for said in (
        "pages",
        "menu items",
        "in the bin",
        "corrections",
        "pictures",
        "comments of readers (1)",
    ):
        assert said in found.reasons


def test_pages_come_in_when_wished_for():
    assert "About us" in [one.headline for one in fixture("wordpress.xml", pages=True).stories]


def test_story_has_the_fields_of_its_source(ferry):
    assert ferry.headline == "Ferry talks & tides"
    assert ferry.standfirst == "The ferry will sail."
    assert ferry.published_at == datetime(2011, 3, 22, 21, 11, tzinfo=UTC)
    assert ferry.slug == "ferry-talks"
    assert ferry.comments == "closed"
    assert ferry.access == "subscribers"
    assert ferry.topics == (Term("Ferries", "ferries"),)


def test_any_save_is_no_update(ferry):
    assert ferry.updated_at is None


def test_section_is_the_lowest_with_those_above_it(ferry):
    assert ferry.sections == (Term("Town", "town"), Term("Harbour", "harbour"))


def test_no_category_is_no_section(older):
    assert older.sections == ()


def test_co_authors_are_bylines_in_order(ferry):
    assert [one.name for one in ferry.bylines] == ["Mara Lindqvist", "guest"]


def test_address_of_an_author_is_not_printed(older):
    assert [one.name for one in older.bylines] == ["tom"]


def test_all_old_addresses_are_kept(ferry):
    assert set(ferry.old_addresses) == {
        "https://old.example/2011/03/ferry-talks/",
        "https://old.example/?p=11",
        "/?p=11",
        "https://old.example/2011/03/ferry-row/",
    }


def test_raw_ampersands_do_not_cut_addresses(found, older):
    assert "https://old.example/2009/01/older-words/?a=1&b=2" in older.old_addresses


def test_blocks_become_blocks(ferry):
    assert kinds(ferry) == [
        "paragraph", "crosshead", "quotation", "picture", "embed", "table", "correction",
    ]  # fmt: skip
    assert ferry.body[2]["value"] == {
        "text": "<p>We sail at dawn.</p>",
        "speaker": "Ines Kaur",
        "office": "harbour master",
    }
    assert ferry.body[3]["value"]["picture"] == Picture(
        "https://old.example/wp-content/uploads/2011/03/quay.jpg",
        "The quay",
        "The quay at dawn",
        "Mara Lindqvist",
    )
    assert ferry.body[4]["value"]["url"] == "https://www.youtube.com/watch?v=abc"
    assert [column["type"] for column in ferry.body[5]["value"]["table"]["columns"]] == [
        "text",
        "number",
    ]


def test_what_is_left_out_is_said(ferry):
    said = " | ".join(ferry.remarks)
    assert "latest-posts" in said
    assert "script" in said


def test_correction_comes_with_its_story(ferry):
    assert ferry.body[-1]["value"] == {
        "corrected_at": datetime(2011, 3, 23, 8, 0, tzinfo=UTC),
        "text": "<p>The ferry sails at six, not at five.</p>",
    }


def test_lead_picture_has_the_texts_of_its_attachment(ferry):
    assert ferry.lead_picture == Picture(
        "https://old.example/wp-content/uploads/2011/03/quay.jpg", "A quay", "The quay"
    )


def test_older_stories_are_parted_by_blank_lines(older):
    assert kinds(older) == ["paragraph", "picture", "gallery", "embed", "paragraph", "embed"]
    assert older.body[0]["value"] == "<p>First line<br>second line</p>"
    assert older.body[1]["value"]["picture"].caption == "A boat, [sic] they say"
    assert len(older.body[2]["value"]["pictures"]) == 2
    assert "boxed words" in words(older)
    assert "]]&gt; more." in words(older)
    assert any("[fancybox]" in remark for remark in older.remarks)


def test_zero_date_falls_back_on_the_papers_zone(older):
    assert older.published_at == datetime(2009, 1, 5, 4, 30, tzinfo=UTC)


def test_private_and_protected_stories_are_drafts(found):
    assert [one.standing for one in found.stories] == [
        Standing.PUBLISHED, Standing.PUBLISHED, Standing.DRAFT, Standing.DRAFT,
    ]  # fmt: skip


def test_bylines_are_of_staff_unless_an_agency(ferry):
    assert {one.kind for one in ferry.bylines} == {Kind.STAFF}


@pytest.mark.parametrize(
    "text", ["It was [sic] so.", "See [1] and [2].", "[[gallery]]", "[" * 50_000]
)
def test_brackets_of_a_writer_stay(text):
    kept, unknown = to_markup(text)

    assert kept == (text if text != "[[gallery]]" else "[gallery]")
    assert not unknown
