"""From a draft to the page: dates, schedules, embargoes and corrections."""

from datetime import timedelta

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from broadsheet.demo import factories
from broadsheet.newsroom import actions, listings
from broadsheet.newsroom.forms import StoryForm
from broadsheet.newsroom.models import Correction, Listing, StoryPage
from tests.conftest import NOW

from .conftest import draftail, typed

pytestmark = pytest.mark.django_db

LATER = NOW + timedelta(days=9_000)  # after any day on which these tests run


@pytest.fixture
def world():
    return factories.section("World")


@pytest.fixture
def editor(staff):
    return staff("Editors")


@pytest.fixture
def story(world):
    return factories.story("Talks go on", section=world, published_at=NOW - timedelta(days=3))


def fresh(story):
    return StoryPage.objects.get(pk=story.pk)


def publish_at(story, moment):
    """Schedule a draft as the desk does."""
    story.go_live_at = moment
    story.save_revision().publish()


def due(moment):
    """Do the duty of that moment; return how many stories it concerned."""
    with time_machine.travel(moment, tick=False):
        return actions.publish_due(now=timezone.now())


# Dates


def test_saving_and_publishing_again_change_neither_date(story):
    for standfirst in ("One", "Two"):
        story.standfirst = standfirst
        story.save()
        story.save_revision().publish()

    assert fresh(story).published_at == NOW - timedelta(days=3)
    assert fresh(story).updated_at is None


def test_the_form_changes_no_date_that_nobody_touched(story, at_desk):
    story.updated_at = story.published_at + timedelta(hours=2, seconds=17)
    story.save()

    at_desk("Editors").post(
        f"/desk/pages/{story.pk}/edit/",
        {
            **typed(story, standfirst="New"),
            "published_at": _as_shown(story.published_at),
            "updated_at": _as_shown(story.updated_at),
            "action-publish": "1",
        },
    )

    assert fresh(story).standfirst == "New"
    assert fresh(story).published_at == story.published_at
    assert fresh(story).updated_at == story.updated_at


def _as_shown(moment):
    return f"{timezone.localtime(moment):%Y-%m-%d %H:%M}"


def test_a_story_bears_the_moment_it_was_first_published(world):
    draft = factories.story("Not yet", section=world, publish=False)
    assert draft.published_at is None

    draft.save_revision().publish()
    first = fresh(draft).published_at
    fresh(draft).unpublish()
    fresh(draft).save_revision().publish()

    assert first is not None
    assert fresh(draft).published_at == first


def test_no_story_is_updated_before_it_is_published(story):
    story.updated_at = story.published_at - timedelta(minutes=1)

    with pytest.raises(ValidationError, match="can't be updated before"):
        story.full_clean()


# Schedules


def test_what_is_scheduled_comes_out_at_its_moment_and_bears_it(world):
    draft = factories.story("Tomorrow", section=world, publish=False)
    publish_at(draft, LATER)

    assert due(LATER - timedelta(seconds=1)) == 0
    assert not fresh(draft).live

    assert due(LATER + timedelta(seconds=2)) == 1
    assert fresh(draft).live
    assert fresh(draft).published_at == LATER
    assert due(LATER + timedelta(seconds=4)) == 0


def test_what_expires_is_taken_down_and_out_of_every_list(story):
    story.expire_at = LATER
    story.save()
    assert Listing.objects.filter(story=story).exists()

    assert due(LATER + timedelta(seconds=1)) == 1

    assert not fresh(story).live
    assert not Listing.objects.filter(story=story).exists()


def test_one_story_that_cannot_be_published_keeps_no_other_back(world, monkeypatch):
    drafts = [factories.story(f"No {at}", section=world, publish=False) for at in (1, 2)]
    for draft in drafts:
        publish_at(draft, LATER)
    real = listings.refresh

    def broken(stories):
        if drafts[0].pk in {one.pk for one in stories}:
            raise RuntimeError("no lists today")
        real(stories)

    monkeypatch.setattr(listings, "refresh", broken)
    assert due(LATER) == 1

    assert not fresh(drafts[0]).live
    assert fresh(drafts[1]).live


def test_publishing_under_an_embargo_schedules_for_its_end(world, at_desk):
    draft = factories.story("Under embargo", section=world, publish=False)
    ends = (timezone.now() + timedelta(days=2)).replace(second=0, microsecond=0)

    at_desk("Editors").post(
        f"/desk/pages/{draft.pk}/edit/",
        {**typed(draft), "embargoed_until": _as_shown(ends), "action-publish": "1"},
    )

    assert not fresh(draft).live
    assert fresh(draft).scheduled_revision.approved_go_live_at == ends


@pytest.mark.parametrize("field", ["embargoed_until", "go_live_at"])
def test_a_new_story_published_for_later_bears_the_moment_it_comes_out(world, at_desk, field):
    moment = (timezone.now() + timedelta(days=2)).replace(second=0, microsecond=0)

    at_desk("Editors").post(
        f"/desk/pages/add/newsroom/storypage/{world.pk}/",
        {**typed(title="For later"), field: _as_shown(moment), "action-publish": "1"},
    )
    written = StoryPage.objects.get(title="For later")
    assert (written.live, written.published_at) == (False, None)

    assert due(moment + timedelta(seconds=1)) == 1
    assert fresh(written).live
    assert moment <= fresh(written).published_at <= moment + timedelta(seconds=2)


@pytest.mark.parametrize(
    "field", ["published_at", "updated_at", "embargoed_until", "go_live_at", "expire_at"]
)
@pytest.mark.parametrize("moment", ["0001-01-01 00:00", "9999-12-31 23:59"])
def test_no_moment_is_taken_that_has_no_page_in_the_archive(story, at_desk, field, moment):
    answer = at_desk("Editors").post(
        f"/desk/pages/{story.pk}/edit/", {**typed(story), field: moment, "action-publish": "1"}
    )

    assert "Write a year between 1600 and 9000." in answer.text


def test_who_makes_a_story_at_once_with_somebody_else_is_told(world, at_desk, monkeypatch):
    looked = StoryForm.clean

    def and_then_somebody_was_quicker(form):
        cleaned = looked(form)
        factories.story("A headline", section=world)
        return cleaned

    monkeypatch.setattr(StoryForm, "clean", and_then_somebody_was_quicker)

    answer = at_desk("Editors").post(
        f"/desk/pages/add/newsroom/storypage/{world.pk}/", {**typed(), "action-publish": "1"}
    )

    assert "already in use" in answer.text
    assert StoryPage.objects.count() == 1


# Corrections


def test_a_correction_is_dated_marks_the_story_updated_and_is_listed_once(story, editor):
    actions.correct_story(story=story, text="<p>It was Tuesday.</p>", by=editor, now=NOW)
    fresh(story).save_revision().publish()

    correction = Correction.objects.get()
    assert correction.story_id == story.pk
    assert correction.corrected_at == NOW
    assert "It was Tuesday." in correction.text
    assert fresh(story).updated_at == NOW
    assert fresh(story).published_at == NOW - timedelta(days=3)


def correct_by_form(at_desk, story, moment, **fields):
    block = {"corrected_at": _as_shown(moment), "text": draftail("It was Tuesday.")}
    return at_desk("Editors").post(
        f"/desk/pages/{story.pk}/edit/",
        {**typed(story, body=[("correction", block)], **fields), "action-publish": "1"},
    )


def test_no_correction_is_dated_in_the_future(story, at_desk):
    answer = correct_by_form(at_desk, story, timezone.now() + timedelta(days=2))

    assert "have been corrected in the future" in answer.text
    assert not story.corrections.exists()


def test_a_correction_bears_no_such_moment_either(story, at_desk):
    block = {"corrected_at": "0001-01-01 00:00", "text": draftail("It was Tuesday.")}

    answer = at_desk("Editors").post(
        f"/desk/pages/{story.pk}/edit/",
        {**typed(story, body=[("correction", block)]), "action-publish": "1"},
    )

    assert "Write a year between 1600 and 9000." in answer.text


def test_a_correction_may_bear_the_moment_it_is_scheduled_for(story, at_desk):
    moment = timezone.now() + timedelta(days=2)

    correct_by_form(at_desk, story, moment, go_live_at=_as_shown(moment))
    assert due(moment) == 1

    assert story.corrections.count() == 1


def test_a_correction_leaves_the_desks_draft_a_draft(story, editor):
    draft = fresh(story)
    draft.standfirst = "Still being written"
    draft.save_revision()

    actions.correct_story(story=fresh(story), text="<p>It was Tuesday.</p>", by=editor, now=NOW)

    assert fresh(story).standfirst == ""
    kept = fresh(story).get_latest_revision_as_object()
    assert kept.standfirst == "Still being written"
    assert "It was Tuesday." in str(kept.body)
    kept.save_revision().publish()
    assert Correction.objects.count() == 1


def test_no_draft_is_corrected_and_no_writer_corrects(world, story, editor, staff):
    draft = factories.story("Not yet", section=world, publish=False)

    with pytest.raises(actions.CorrectionError, match="published"):
        actions.correct_story(story=draft, text="<p>No.</p>", by=editor, now=NOW)
    with pytest.raises(PermissionDenied):
        actions.correct_story(story=story, text="<p>No.</p>", by=staff("Writers"), now=NOW)

    assert not Correction.objects.exists()


def test_a_story_taken_down_takes_its_corrections_off_their_page(story, editor, client):
    actions.correct_story(story=story, text="<p>It was Tuesday.</p>", by=editor, now=NOW)
    assert b"It was Tuesday." in client.get("/corrections/").content

    fresh(story).unpublish()

    assert b"It was Tuesday." not in client.get("/corrections/").content
