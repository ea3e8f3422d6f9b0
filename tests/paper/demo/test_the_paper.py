"""The demo paper, made from its files: what a newcomer is to find in it."""

from datetime import UTC, datetime

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.conf import settings as paper_settings
from django.db import connection, transaction
from django.test import override_settings
from wagtail.models import Page

from broadsheet.demo import paper, prepared
from broadsheet.newsroom.desk import facts
from broadsheet.newsroom.models import (
    Author,
    Correction,
    FrontPage,
    Listing,
    Picture,
    SectionPage,
    StoryPage,
)
from broadsheet.newsroom.plain_text import plain
from broadsheet.readers.models import Reader
from broadsheet.rules import stamps
from broadsheet.rules.publishing import Caution
from tests.paper.archive.test_exporting import empty, export, restore, rows

PACKED_AT = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)

# Written at a desk, or nowhere in particular.
WITHOUT_A_DATELINE = ("opinion/", "weekend/food/", "culture/books/")


def at(moment):
    return time_machine.travel(moment.astimezone(UTC), tick=False)


@pytest.fixture(scope="module", autouse=True)
def made(django_db_setup, django_db_blocker, tmp_path_factory):
    """Take the prepared paper where it is up to date; else make the whole paper, and take it back
    when the tests that look at it are done.
    """
    folder = tmp_path_factory.mktemp("demo")
    up_to_date = prepared.manifest()["fingerprint"] == prepared.fingerprint()
    # Where the prepared paper brings its pictures along.
    with django_db_blocker.unblock(), override_settings(MEDIA_ROOT=folder / "paper" / "media"):
        if connection.vendor == "sqlite" and up_to_date:
            prepared.unpack(folder / "paper", options="")
            connection.close()
            usual, connection.settings_dict["NAME"] = (
                connection.settings_dict["NAME"],
                str(folder / "paper" / "paper.sqlite3"),
            )
            yield
            connection.close()
            connection.settings_dict["NAME"] = usual
            return
        with transaction.atomic():
            paper.make(at=at)
            yield
            transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def look(made, django_db_blocker):
    with django_db_blocker.unblock():
        yield


def live():
    return list(StoryPage.objects.live().order_by("published_at"))


def story(slug):
    return StoryPage.objects.get(slug=slug)


def kinds():
    return {block["type"] for one in live() for block in one.body.raw_data}


def where(one):
    return one.url_path.removeprefix("/home/")


def test_there_are_some_forty_five_stories_over_many_sections_days_and_years():
    stories = live()

    assert 40 <= len(stories) <= 50
    assert len({where(one).split("/")[0] for one in stories}) == 9
    assert len({one.section_id for one in stories}) >= 20
    assert len({one.published_at.year for one in stories}) >= 10
    assert len({one.published_at.date() for one in stories}) >= 25


def test_every_section_has_a_story_in_it_or_below_it():
    empty = [
        section.title
        for section in SectionPage.objects.all()
        if not Listing.objects.filter(key=f"s{section.pk}").exists()
    ]

    assert empty == []


def test_every_story_is_long_enough_to_be_read():
    assert all(150 <= one.words <= 1200 for one in live()), [
        (one.slug, one.words) for one in live() if not 150 <= one.words <= 1200
    ]


def test_the_desk_would_be_warned_of_nothing():
    expected = {Caution.NO_LEAD_PICTURE}
    warned = [
        (one.slug, warning.caution)
        for one in live()
        for warning in facts.of(one, path=one.path).warnings
        if warning.caution not in expected
        and not (
            warning.caution is Caution.NO_DATELINE and where(one).startswith(WITHOUT_A_DATELINE)
        )
    ]

    assert warned == []


def test_every_picture_has_its_texts_and_is_printed_somewhere():
    printed = {one.lead_picture_id for one in live()}
    for one in live():
        for block in one.body.raw_data:
            if block["type"] == "picture":
                printed.add(block["value"]["picture"])
            if block["type"] == "gallery":
                printed |= {item["value"]["picture"] for item in block["value"]["pictures"]}

    pictures = Picture.objects.all()
    assert len(pictures) >= 20
    for picture in pictures:
        assert len(picture.alternative_text) > 40
        assert picture.caption
        assert picture.credit
        assert picture.pk in printed, picture.title
        assert picture.width == 1440


def test_the_moscow_story_is_stamped_as_the_trade_prints_it():
    moscow = story("russia-us-defence-chiefs-differ-on-libya")
    line = stamps.head_line(
        moscow.published_at,
        moscow.updated_at,
        zone=paper_settings.OPTIONS.zone,
        dateline=moscow.dateline,
    )

    assert str(line) == (
        "March 22, 2011 09:11 pm | Updated September 30, 2016 11:26 pm IST - MOSCOW:"
    )
    assert "Serdyukov" in plain(str(moscow.body))
    assert moscow.access == "readers"


def test_there_is_a_gallery_of_seven_pictures_and_one_of_one():
    galleries = [
        len(block["value"]["pictures"])
        for one in live()
        for block in one.body.raw_data
        if block["type"] == "gallery"
    ]

    assert sorted(galleries) == [1, 7]


def test_every_kind_of_block_that_a_desk_uses_is_shown():
    assert kinds() == {
        "paragraph",
        "crosshead",
        "quotation",
        "picture",
        "gallery",
        "table",
        "embed",
        "related",
        "correction",
    }


def test_there_are_stories_of_every_access_level_and_every_way_to_comment():
    assert {one.access for one in live()} == {"free", "readers", "subscribers"}
    assert {one.comments_are for one in live()} == {"open", "closed", "read-first"}
    assert sum(one.access == "readers" for one in live()) > len(live()) / 2


def test_several_stories_were_corrected_and_the_corrections_are_listed():
    assert Correction.objects.count() >= 6
    assert Correction.objects.values("story").distinct().count() >= 5


def test_a_corrected_story_keeps_what_it_said_before():
    corrected = story("council-votes-to-finish-the-old-canal")
    first, *_, last = corrected.revisions.order_by("created_at")

    assert "41 to 17" in first.content["body"]
    assert "41 to 19" in last.content["body"]
    assert first.created_at == corrected.published_at == corrected.first_published_at
    assert last.created_at == corrected.updated_at == corrected.last_published_at


def test_one_story_is_in_another_language():
    assert [one.language for one in live() if one.language] == ["fr"]


def test_people_of_every_kind_sign_the_stories_and_all_say_who_they_are():
    signing = Author.objects.filter(bylines__isnull=False).distinct()

    assert {one.kind for one in signing} == {"staff", "contributor", "agency"}
    assert all(one.office and one.about for one in Author.objects.all())
    assert not Author.objects.filter(bylines__isnull=True).exists()


def test_the_front_page_is_laid_out_from_the_last_days():
    front_page = FrontPage.objects.get()
    shown = [front_page.lead, *(placement.story for placement in front_page.placements.all())]

    assert front_page.lead.lead_picture
    assert {placement.size for placement in front_page.placements.all()} == {
        "large",
        "normal",
        "brief",
    }
    assert all(
        placement.story.lead_picture
        for placement in front_page.placements.all()
        if placement.size == "large"
    )
    assert all((PACKED_AT - one.published_at).days < 4 for one in shown)


def test_nothing_is_dated_after_the_day_of_the_paper():
    assert max(one.published_at for one in live()) < PACKED_AT
    assert not StoryPage.objects.filter(updated_at__gt=PACKED_AT).exists()


def test_a_draft_waits_for_the_desk():
    draft = StoryPage.objects.get(live=False)

    assert draft.current_workflow_state.requested_by.name == "Farida Sait"


def test_the_demo_people_can_sign_in(settings):
    # The prepared paper's passwords are hashed as a real paper's are.
    settings.PASSWORD_HASHERS = [
        "django.contrib.auth.hashers.Argon2PasswordHasher",
        *settings.PASSWORD_HASHERS,
    ]
    told = paper.description()
    for who in ("reader", "editor"):
        person = Reader.objects.get(email=told[who]["email"])
        assert person.check_password(told[who]["password"])
        assert EmailAddress.objects.get(user=person).verified
    assert person.groups.get().name == "Editors"


def test_the_tree_of_the_paper_is_whole():
    assert not any(Page.find_problems())


def test_the_paper_goes_out_and_into_an_empty_paper_the_same(db, tmp_path):
    before = export(tmp_path / "one.zip")
    empty()

    with override_settings(MEDIA_ROOT=tmp_path / "media"):
        report = restore(tmp_path / "one.zip")
        after = export(tmp_path / "two.zip")

    assert (report.imported, report.refused) == (len(rows(before, "stories")), 0)
    assert report.imported > 40
    assert list(after) == list(before)
    for name, content in before.items():
        assert after[name] == content, name
