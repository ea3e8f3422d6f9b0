"""Two moderators never work on one comment without knowing it, and share what they know of writers."""

from datetime import timedelta

import pytest
from django.utils import timezone

from broadsheet.comments.desk import work
from broadsheet.comments.duties import sweep
from broadsheet.comments.models import Comment, DeskClaim, WriterNote
from broadsheet.readers import actions, registry

from .conftest import act

QUEUE = "/desk/comments/"


def claim(client, comment, what="take"):
    return client.post(f"/desk/comments/{comment.pk}/claim/", {"what": what}, follow=True)


@pytest.fixture
def now():
    return timezone.now()


def test_the_others_see_who_works_on_it(held, desk, seconds_desk):
    page = claim(desk, held)
    assert "You are working on this until" in page.text

    queue = seconds_desk.get(QUEUE, {"at": held.pk}).text
    assert "Mo Derator is on it" in queue
    assert "Mo Derator is working on this" in queue
    assert "Take it over" in queue


def test_their_decision_is_refused_until_they_take_it_over(held, desk, seconds_desk):
    claim(desk, held)

    refused = act(seconds_desk, held, "approve")
    assert refused.status_code == 422
    assert "Mo Derator is working on this comment" in refused.json()["words"]
    assert not Comment.objects.get(pk=held.pk).is_published

    assert "working on this" in claim(seconds_desk, held).text
    assert act(seconds_desk, held, "approve").status_code == 422
    claim(seconds_desk, held, "take-over")
    assert act(seconds_desk, held, "approve").json()["done"]


def test_it_is_refused_without_script_and_in_bulk_too(held, desk, seconds_desk):
    claim(desk, held)

    act(seconds_desk, held, "approve", json=False)
    seconds_desk.post("/desk/comments/many/", {"act": "approve", "chosen": [held.pk]})

    assert not Comment.objects.get(pk=held.pk).is_published


def test_whoever_took_it_decides_and_it_is_free(held, desk):
    claim(desk, held)

    assert act(desk, held, "approve").json()["done"]
    assert not DeskClaim.objects.exists()


def test_nobody_has_to_take_it_first(held, desk):
    assert act(desk, held, "approve").json()["done"]


def test_a_claim_ends_by_itself(held, desk, second, now):
    claim(desk, held)
    later = now + work.LASTS + timedelta(seconds=5)

    work.take(comment=held, moderator=second, now=later)

    assert DeskClaim.objects.get().moderator == second
    sweep(now=later + 2 * work.LASTS)
    assert not DeskClaim.objects.exists()


def test_one_of_two_who_take_it_at_once_is_told(held, moderator, second, now):
    work.take(comment=held, moderator=moderator, now=now)

    with pytest.raises(work.TakenError, match="Mo Derator"):
        work.take(comment=held, moderator=second, now=now)
    # Once more by the first is for longer.
    longer = work.take(comment=held, moderator=moderator, now=now + timedelta(minutes=5))
    assert DeskClaim.objects.get().until == longer.until


def test_nobody_releases_anothers(held, desk, seconds_desk):
    claim(desk, held)
    claim(seconds_desk, held, "release")
    assert DeskClaim.objects.exists()

    claim(desk, held, "release")
    assert not DeskClaim.objects.exists()


def test_a_queue_opens_at_the_first_that_nobody_took(post, desk, seconds_desk):
    first = post("THIS IS ALL WRONG AGAIN!", asks_person=True)
    second = post("THAT IS ALL WRONG AS WELL!", asks_person=True)
    claim(desk, first)

    assert f'data-one="{second.pk}"' in seconds_desk.get(QUEUE).text
    assert f'data-one="{first.pk}"' in desk.get(QUEUE).text


# Notes.


def add(client, reader, words="Wrote to the desk about the drains."):
    return client.post(f"/desk/comments/writers/{reader.pk}/notes/", {"words": words}, follow=True)


def test_a_note_stands_with_who_and_when_on_the_writers_page_and_beside_comments(
    held, desk, seconds_desk, writer
):
    add(desk, writer)

    page = seconds_desk.get(f"/desk/comments/writers/{writer.pk}/").text
    assert "Wrote to the desk about the drains." in page
    assert "Mo Derator" in page
    assert "Wrote to the desk about the drains." in seconds_desk.get(QUEUE, {"at": held.pk}).text


@pytest.mark.parametrize(("words", "said"), [(" ", "Write the note first"), ("x" * 501, "500")])
def test_an_empty_and_an_endless_note_are_refused_in_words(words, said, desk, writer):
    assert said in add(desk, writer, words).text
    assert not WriterNote.objects.exists()


def test_only_who_wrote_a_note_removes_it(desk, seconds_desk, writer):
    add(desk, writer)
    address = f"/desk/comments/notes/{WriterNote.objects.get().pk}/remove/"

    assert seconds_desk.post(address).status_code == 404
    assert WriterNote.objects.exists()
    desk.post(address)
    assert not WriterNote.objects.exists()


def test_notes_are_the_readers_data(desk, writer, other, now):
    add(desk, writer)
    sheets = {
        sheet.name: list(sheet.rows)
        for part in registry.parts()
        if part.export
        for sheet in part.export(writer)
    }
    assert [row["words"] for row in sheets["desk-notes"]] == ["Wrote to the desk about the drains."]

    erasure = actions.erase(reader=writer, choices={}, now=now)
    assert erasure.counts["notes of moderators"] == 1
    assert not WriterNote.objects.exists()


def test_readers_see_nothing_of_notes(desk, writer, client, held):
    add(desk, writer)
    client.force_login(writer)

    assert "about the drains" not in client.get("/you/comments/").text
    assert "about the drains" not in client.get("/you/").text
