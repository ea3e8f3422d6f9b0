"""What the desk does: each act, the log, taking back, telling the writer, appeals."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from broadsheet.comments import actions, decisions, sanctions
from broadsheet.comments.decision_log import By, DecisionError
from broadsheet.comments.looking import CommentsError, TooLateError
from broadsheet.comments.models import (
    Act,
    Appeal,
    Comment,
    Decision,
    Notice,
    ReasonText,
    Report,
    Sanction,
    Thread,
)
from tests.conftest import NOW

LATER = NOW + timedelta(hours=1)


@pytest.fixture
def held(post):
    return post("THIS IS ALL WRONG AGAIN!", asks_person=True)


def state(comment) -> tuple:
    comment.refresh_from_db()
    thread = Thread.objects.get(pk=comment.thread_id)
    return comment.standing, comment.is_shown, thread.published, thread.held


def test_approving_publishes_and_tells(held, by):
    decisions.approve(comment=held, by=replace(by, words=""), now=LATER)

    assert state(held) == ("published", True, 1, 0)
    assert held.appeared_at == LATER
    assert Appeal.objects.get().state == "won"
    assert Notice.objects.get().subject == "Your comment is published"


def test_returning_tells_why_and_answers_the_writer(held, by):
    reason = ReasonText.objects.create(title="Personal", words="Speak of what was said.")
    decisions.return_to_writer(comment=held, by=replace(by, reason=reason), now=LATER)

    assert state(held) == ("returned", False, 0, 0)
    told = "Speak of what was said.\n\nIt attacks a person."
    assert Notice.objects.get().words == told
    assert (Appeal.objects.get().state, Appeal.objects.get().answer) == ("lost", told)


@pytest.mark.parametrize("act", [decisions.return_to_writer, decisions.remove])
def test_nothing_is_taken_down_without_a_reason(act, post, moderator):
    with pytest.raises(DecisionError, match="Say why"):
        act(comment=post(), by=By(moderator), now=LATER)


def test_removed_with_answers_its_place_stays(post, other, by):
    one = post()
    answer = post(parent=one, writer=other)
    decisions.remove(comment=one, by=by, now=LATER)

    assert state(one) == ("removed", True, 1, 0)
    decisions.remove(comment=answer, by=by, now=LATER)
    assert state(answer) == ("removed", False, 0, 0)
    assert state(one) == ("removed", False, 0, 0)
    assert (one.children, one.answers) == (0, 0)


def test_a_place_that_goes_takes_those_above_it_along(post, by):
    one = post()
    two = post(parent=one)
    three = post(parent=two)
    for comment in (one, two):
        comment.refresh_from_db()
        decisions.remove(comment=comment, by=by, now=LATER)
    assert [one.is_shown for one in Comment.objects.order_by("pk")] == [True, True, True]

    decisions.remove(comment=three, by=by, now=LATER)

    assert not Comment.objects.filter(is_shown=True).exists()
    decisions.undo(decision=Decision.objects.latest("pk"), by=by, now=LATER)
    assert [one.is_shown for one in Comment.objects.order_by("pk")] == [True, True, True]
    one.refresh_from_db()
    assert one.answers == 2


def test_of_two_moderators_at_once_the_second_is_told(post, by):
    one = post()
    seen = replace(by, version=one.version)
    decisions.remove(comment=one, by=seen, now=LATER)

    with pytest.raises(TooLateError):
        decisions.approve(comment=one, by=seen, now=LATER)


def test_reports_are_decided_with_the_comment(post, other, by):
    one = post()
    report = actions.report_comment(
        comment=one, reader=other, reason=Report.Reason.PERSONAL, now=NOW
    )
    assert list(Comment.objects.reported()) == [one]
    decisions.approve(comment=one, by=replace(by, words=""), now=LATER)

    report.refresh_from_db()
    assert report.state == "dismissed"
    assert not Comment.objects.reported().exists()
    assert Notice.objects.get().subject == "Your comment stays as it is"


def test_picking_and_taking_it_back(post, by):
    one = post()
    decisions.pick(comment=one, by=by, now=LATER)

    assert list(Comment.objects.picked(one.thread_id)) == [one]
    with pytest.raises(TooLateError):
        decisions.pick(comment=one, by=by, now=LATER)
    decisions.pick(comment=one, by=by, now=LATER, picked=False)
    assert not Comment.objects.picked(one.thread_id).exists()


def test_what_is_taken_down_is_no_choice_any_more(post, by):
    one = post()
    decisions.pick(comment=one, by=by, now=LATER)
    decisions.remove(comment=one, by=by, now=LATER)

    assert not Comment.objects.picked(one.thread_id).exists()


def acts(post, other, by):
    """Yield every act that can be taken back, done to something."""
    reader = other
    one = post()
    actions.report_comment(comment=one, reader=other, reason=Report.Reason.OTHER, now=NOW)
    yield one, decisions.approve(comment=one, by=by, now=LATER)
    yield one, decisions.pick(comment=one, by=by, now=LATER)
    held = post("THIS IS ALL WRONG AGAIN!", asks_person=True)
    yield held, decisions.approve(comment=held, by=by, now=LATER)
    another = post("THIS IS ALL WRONG FOR EVER!", asks_person=True)
    yield another, decisions.return_to_writer(comment=another, by=by, now=LATER)
    third = post()
    yield third, decisions.remove(comment=third, by=by, now=LATER)
    story = one.thread.story
    yield one.thread, decisions.set_thread(story=story, state=Thread.State.CLOSED, by=by, now=LATER)
    for act in (sanctions.warn, sanctions.ban, sanctions.read_first):
        yield None, act(reader=reader, by=by, now=LATER)
    lasting = timedelta(days=1)
    muted = sanctions.mute_for(reader=reader, lasting=lasting, by=by, now=LATER)
    yield None, muted


def everything() -> list:
    rows = Comment.objects.order_by("pk").values_list(
        "standing", "is_shown", "picked_at", "reports"
    )
    threads = Thread.objects.values_list("published", "held", "state")
    reports = Report.objects.order_by("pk").values_list("state")
    appeals = Appeal.objects.order_by("pk").values_list("state", "decided_at")
    holding = Sanction.objects.holding(LATER).values_list("kind")
    return [list(one) for one in (rows, threads, reports, appeals, holding)]


def test_every_act_can_be_taken_back_and_leaves_nothing(post, other, by):
    for about, decision in acts(post, other, by):
        done = everything()
        decisions.undo(decision=decision, by=by, now=LATER)
        undone = everything()

        if decision.act != Act.APPROVE or decision.before["standing"] == "held":
            assert undone != done, (about, decision)
        with pytest.raises(TooLateError):
            decisions.undo(decision=decision, by=by, now=LATER)


def test_taking_back_gives_the_state_of_before(post, other, by):
    one = post()
    actions.report_comment(comment=one, reader=other, reason=Report.Reason.OTHER, now=NOW)
    decisions.pick(comment=one, by=by, now=NOW)
    before = everything()
    decision = decisions.remove(comment=one, by=by, now=LATER)
    decisions.undo(decision=decision, by=by, now=LATER)

    assert everything() == before
    assert Notice.objects.latest("pk").subject == "The desk took its decision back"


def told() -> str:
    return Notice.objects.latest("pk").subject


def test_the_writer_of_a_pick_is_told_when_it_is_taken_back(post, by):
    one = post()
    picked = decisions.pick(comment=one, by=by, now=LATER)
    decisions.undo(decision=picked, by=by, now=LATER)
    assert told() == "The desk took its pick back"

    decisions.pick(comment=one, by=by, now=LATER)
    unpicked = decisions.pick(comment=one, by=by, now=LATER, picked=False)
    decisions.undo(decision=unpicked, by=by, now=LATER)
    assert told() == "The desk picked your comment"


def test_the_writer_of_what_was_let_stand_is_told_that_it_is_read_anew(post, other, by):
    one = post()
    actions.report_comment(comment=one, reader=other, reason=Report.Reason.OTHER, now=NOW)
    decision = decisions.approve(comment=one, by=by, now=LATER)
    decisions.undo(decision=decision, by=by, now=LATER)

    assert told() == "The desk took its decision back"
    assert "read it anew" in Notice.objects.latest("pk").words


def test_who_was_told_nothing_of_a_decision_is_told_nothing_of_its_end(post, by):
    one = post()
    Comment.objects.update(wants_look=True)
    decision = decisions.approve(comment=one, by=by, now=LATER)
    decisions.undo(decision=decision, by=by, now=LATER)

    assert not Notice.objects.exists()


def test_taking_back_keeps_what_was_reported_since(post, other, second, by):
    one = post()
    actions.report_comment(comment=one, reader=other, reason=Report.Reason.OTHER, now=NOW)
    decision = decisions.approve(comment=one, by=by, now=LATER)
    actions.report_comment(comment=one, reader=second, reason=Report.Reason.OTHER, now=LATER)
    decisions.undo(decision=decision, by=by, now=LATER)

    one.refresh_from_db()
    assert one.reports == Report.objects.filter(state="open").count() == 2


def test_what_was_decided_on_since_is_not_taken_back(post, by):
    one = post()
    first = decisions.remove(comment=one, by=by, now=LATER)
    decisions.approve(comment=one, by=by, now=LATER)

    with pytest.raises(TooLateError, match="since"):
        decisions.undo(decision=first, by=by, now=LATER)


def test_the_log_says_who_did_what_and_why(post, by):
    one = post()
    decision = decisions.remove(comment=one, by=replace(by, note="Second time."), now=LATER)

    assert (decision.moderator_name, decision.act, decision.note) == (
        "Mo Derator",
        "remove",
        "Second time.",
    )
    assert (decision.before["standing"], decision.after["standing"]) == ("published", "removed")
    assert decision.reader == one.writer


def test_an_appeal_is_decided_by_another_and_can_be_won(post, writer, by, second):
    one = post()
    decisions.remove(comment=one, by=by, now=LATER)
    one.refresh_from_db()
    appeal = actions.appeal(comment=one, writer=writer, words="It is about a rule.", now=LATER)

    with pytest.raises(DecisionError, match="somebody else"):
        decisions.decide_appeal(appeal=appeal, won=True, by=by, now=LATER)
    with pytest.raises(DecisionError, match="appeals"):
        decisions.approve(comment=one, by=by, now=LATER)
    decisions.decide_appeal(appeal=appeal, won=True, by=By(second), now=LATER)

    assert state(one) == ("published", True, 1, 0)
    appeal.refresh_from_db()
    assert (appeal.state, appeal.decided_by) == ("won", second)
    assert Notice.objects.latest("pk").subject.startswith("You were right")


def test_the_database_too_wants_another_moderator(post, writer, by, moderator):
    one = post()
    decisions.remove(comment=one, by=by, now=LATER)
    appeal = actions.appeal(comment=one, writer=writer, words="", now=LATER)

    with pytest.raises(IntegrityError), transaction.atomic():
        Appeal.objects.filter(pk=appeal.pk).update(
            state="won", decided_at=NOW, decided_by=moderator
        )


def test_an_appeal_that_is_lost_has_an_answer_and_is_the_last(post, writer, by, second):
    one = post()
    decisions.return_to_writer(comment=one, by=by, now=LATER)
    appeal = actions.appeal(comment=one, writer=writer, words="", now=LATER)
    with pytest.raises(DecisionError, match="Say why"):
        decisions.decide_appeal(appeal=appeal, won=False, by=By(second), now=LATER)
    decisions.decide_appeal(appeal=appeal, won=False, by=By(second, words="It is."), now=LATER)

    assert state(one)[0] == "returned"
    with pytest.raises(CommentsError):
        actions.appeal(comment=one, writer=writer, words="Again.", now=LATER)


def test_staff_are_not_sanctioned(moderator, by):
    with pytest.raises(DecisionError):
        sanctions.ban(reader=moderator, by=by, now=NOW)


def test_lifting_lets_write_again(writer, by, post):
    sanctions.ban(reader=writer, by=by, now=NOW)
    sanctions.lift(sanction=Sanction.objects.get(), by=By(by.moderator), now=NOW)

    assert post().is_published
    assert Notice.objects.latest("pk").subject == "You can write comments as before"
