"""What could not be screened is screened when that is possible again."""

from datetime import timedelta

import pytest

from broadsheet.comments import again, decisions, sanctions, screening
from broadsheet.comments.models import Comment, Figure, Notice, Sanction, Thread
from tests.conftest import NOW
from tests.paper.comments.conftest import GOOD, Broken, Clean

LATER = NOW + timedelta(minutes=10)


@pytest.fixture
def waiting(post):
    """A comment that waits because the detector failed."""
    screening.install(Broken)
    return post(GOOD)


def test_what_keeps_the_guidelines_appears_and_its_writer_is_told(waiting):
    screening.install(Clean)

    assert again.screen_again(now=LATER) == 1

    waiting.refresh_from_db()
    assert (waiting.standing, waiting.reason, waiting.screened_by) == (
        "published",
        "clean",
        "clean 1",
    )
    assert (waiting.is_shown, waiting.appeared_at) == (True, LATER)
    thread = Thread.objects.get()
    assert (thread.published, thread.held) == (1, 0)
    assert Notice.objects.get(reader=waiting.writer).subject == "Your comment is published"
    assert Figure.objects.get(what="published", guideline="").times == 1
    assert again.screen_again(now=LATER) == 0


def test_nothing_is_decided_while_screening_still_fails(waiting):
    assert again.screen_again(now=LATER) == 0

    waiting.refresh_from_db()
    assert (waiting.standing, waiting.reason) == ("held", "screening-failed")


def test_without_a_detector_it_waits_for_a_person(waiting):
    screening.install(None)

    assert again.screen_again(now=LATER) == 0
    assert Comment.objects.get().standing == "held"


def test_what_breaks_a_guideline_waits_for_a_person_with_the_finding(waiting):
    Comment.objects.update(text="THIS IS ALL WRONG AGAIN!")
    screening.install(Clean)

    assert again.screen_again(now=LATER) == 1

    waiting.refresh_from_db()
    assert (waiting.standing, waiting.reason) == ("held", "doubtful")
    assert [one["guideline"] for one in waiting.findings] == ["shouting"]
    assert Thread.objects.get().held == 1


def test_a_writer_who_was_muted_meanwhile_is_read_by_a_person(waiting, by):
    sanctions.mute_for(reader=waiting.writer, lasting=timedelta(days=1), by=by, now=NOW)
    assert Sanction.objects.exists()
    screening.install(Clean)

    assert again.screen_again(now=LATER) == 1

    waiting.refresh_from_db()
    assert (waiting.standing, waiting.reason) == ("held", "writer-read-first")


def test_what_the_desk_decided_meanwhile_stands(waiting, by, monkeypatch):
    screening.install(Clean)
    looked = again._look

    def look_and_lose(comment, *, now):
        found = looked(comment, now=now)
        decisions.remove(comment=comment, by=by, now=now)
        return found

    monkeypatch.setattr(again, "_look", look_and_lose)

    assert again.screen_again(now=LATER) == 0
    assert Comment.objects.get().standing == "removed"
