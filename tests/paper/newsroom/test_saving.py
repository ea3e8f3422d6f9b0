"""Nothing older is written over something newer, and no form makes two stories."""

import re
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from broadsheet.demo import factories
from broadsheet.newsroom import actions, constraints
from broadsheet.newsroom.models import DeskForm, Listing, StoryPage
from tests.conftest import NOW

from .conftest import typed

pytestmark = pytest.mark.django_db
FORM = {"desk_form": "0123456789abcdef" * 2}
BY_ITSELF = {"accept": "application/json"}


@pytest.fixture
def world():
    return factories.section("World")


@pytest.fixture
def story(world):
    return factories.story("Talks go on", section=world, published_at=NOW - timedelta(days=3))


def new(world):
    return f"/desk/pages/add/newsroom/storypage/{world.pk}/"


def edit(story):
    return f"/desk/pages/{story.pk}/edit/"


def test_a_form_whose_draft_never_answered_makes_one_story_with_one_byline(world, at_desk):
    desk = at_desk("Editors")
    hari = factories.author("Hari")
    written = {**typed(bylines=[hari]), **FORM}
    desk.post(new(world), {**written, "desk_turn": 1}, headers=BY_ITSELF)
    desk.post(
        new(world),
        {**written, "standfirst": "The last word.", "desk_turn": 2, "action-publish": "1"},
    )

    story = StoryPage.objects.get()
    assert story.live
    assert story.standfirst == "The last word."
    assert [one.author for one in story.bylines.all()] == [hari]


def test_a_draft_that_is_sent_again_is_told_where_its_story_is(world, at_desk):
    desk = at_desk("Editors")
    desk.post(new(world), {**typed(), **FORM, "desk_turn": 1}, headers=BY_ITSELF)
    answer = desk.post(new(world), {**typed(), **FORM, "desk_turn": 2}, headers=BY_ITSELF)

    story = StoryPage.objects.get()
    assert answer.json()["success"]
    assert answer.json()["url"] == edit(story)


@pytest.mark.parametrize("address", [new, edit])
def test_a_draft_that_arrives_after_the_publication_changes_nothing(world, at_desk, address):
    desk = at_desk("Editors")
    published = {**typed(standfirst="The last word."), **FORM, "desk_turn": 2}
    desk.post(new(world), {**published, "action-publish": "1"})
    story = StoryPage.objects.get()

    late = {**typed(standfirst="The last"), **FORM, "desk_turn": 1}
    answer = desk.post(address(story if address is edit else world), late, headers=BY_ITSELF)

    assert answer.status_code == 400
    story.refresh_from_db()
    assert (story.live, story.standfirst) == (True, "The last word.")
    assert StoryPage.objects.count() == 1
    assert Listing.objects.filter(story=story).exists()


def test_a_form_sent_twice_is_saved_once(story, at_desk):
    desk = at_desk("Editors")
    sent = {**typed(story, standfirst="New"), **FORM, "desk_turn": 3, "action-publish": "1"}
    desk.post(edit(story), sent)
    before = story.revisions.count()

    answer = desk.post(edit(story), sent, follow=True)

    assert "nothing was saved twice" in answer.text
    assert story.revisions.count() == before


def test_what_somebody_else_saved_is_not_written_over_unseen(story, at_desk, staff):
    loaded = story.save_revision()
    opened = {
        "loaded_revision_id": loaded.pk,
        "loaded_revision_created_at": loaded.created_at.isoformat(),
    }
    story.standfirst = "Somebody else's."
    latest = story.save_revision(user=staff("Administrators"))
    desk = at_desk("Editors")
    sent = {**typed(story, standfirst="Mine."), **opened, **FORM, "action-publish": "1"}

    answer = desk.post(edit(story), {**sent, "desk_turn": 1})

    assert "Administrators saved a newer version of this page" in answer.text
    assert "Mine." in answer.text
    assert StoryPage.objects.get(pk=story.pk).standfirst == ""
    assert f'name="loaded_revision_id" value="{latest.pk}"' in answer.text

    shown = re.search(r'name="loaded_revision_created_at" value="([^"]+)"', answer.text)
    assert shown
    opened = {"loaded_revision_id": latest.pk, "loaded_revision_created_at": shown[1]}
    desk.post(edit(story), {**sent, **opened, "desk_form": "f" * 32, "desk_turn": 1})
    assert StoryPage.objects.get(pk=story.pk).standfirst == "Mine."


def test_forms_that_were_left_are_forgotten(story, at_desk):
    at_desk("Editors").post(edit(story), {**typed(story), **FORM, "desk_turn": 1})

    actions.forget_forms(now=timezone.now() + timedelta(days=29))
    assert DeskForm.objects.exists()
    actions.forget_forms(now=timezone.now() + timedelta(days=31))
    assert not DeskForm.objects.exists()


def test_no_form_is_somebody_elses(world, at_desk, staff, client):
    at_desk("Editors").post(new(world), {**typed(), **FORM, "desk_turn": 1})
    client.force_login(staff("Administrators"))
    client.post(new(world), {**typed(slug="another"), **FORM, "desk_turn": 1})

    assert StoryPage.objects.count() == 2


# What the database refuses


def refused(act):
    with pytest.raises(IntegrityError), transaction.atomic():
        act()


def test_no_live_story_is_undated(story):
    refused(lambda: StoryPage.objects.filter(pk=story.pk).update(published_at=None))
    story.unpublish()
    StoryPage.objects.filter(pk=story.pk).update(published_at=None)
    refused(lambda: StoryPage.objects.filter(pk=story.pk).update(live=True))


def test_no_list_holds_a_story_that_is_not_live(story):
    StoryPage.objects.filter(pk=story.pk).update(live=False)

    assert not Listing.objects.filter(story=story).exists()
    refused(lambda: Listing.objects.create(story=story, key="all", published_at=NOW))


def test_constraints_survive_a_migration(story):
    constraints.drop(connection)
    constraints.after_migrate(using="default")
    constraints.after_migrate(using="default")

    refused(lambda: StoryPage.objects.filter(pk=story.pk).update(published_at=None))
