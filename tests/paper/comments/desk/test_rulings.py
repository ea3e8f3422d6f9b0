"""Second looks stay with second moderators; what was decided about findings is kept for figures."""

from dataclasses import replace
from datetime import timedelta

import pytest

from broadsheet.comments import actions, decisions, rulings
from broadsheet.comments.decision_log import By, DecisionError
from broadsheet.comments.models import Decision, Notice, Ruling
from tests.conftest import NOW

LATER = NOW + timedelta(hours=1)


@pytest.fixture
def held(post):
    return post("THIS IS ALL WRONG AGAIN!", asks_person=True)


@pytest.fixture
def appealed(post, writer, by):
    """A removed comment whose writer appeals."""
    one = post()
    decisions.remove(comment=one, by=by, now=LATER)
    one.refresh_from_db()
    return actions.appeal(comment=one, writer=writer, words="No.", now=LATER)


def test_nobody_decides_about_what_they_wrote_themselves(post, moderator):
    mine = post(writer=moderator)

    for act in (decisions.approve, decisions.remove, decisions.pick):
        with pytest.raises(DecisionError, match="You wrote it"):
            act(comment=mine, by=By(moderator, words="Why."), now=LATER)


def test_nobody_answers_an_appeal_of_their_own(post, moderator, second):
    mine = post(writer=moderator)
    decisions.remove(comment=mine, by=By(second, words="Why."), now=LATER)
    mine.refresh_from_db()
    appeal = actions.appeal(comment=mine, writer=moderator, words="No.", now=LATER)

    with pytest.raises(DecisionError, match="You wrote it"):
        decisions.decide_appeal(appeal=appeal, won=True, by=By(moderator), now=LATER)


def test_what_is_appealed_against_is_not_taken_back_in_the_meantime(appealed, by):
    with pytest.raises(DecisionError, match="appeals"):
        decisions.undo(decision=Decision.objects.get(act="remove"), by=by, now=LATER)


def test_the_first_moderator_neither_undoes_a_won_appeal_nor_removes_again(appealed, by, second):
    won = decisions.decide_appeal(appeal=appealed, won=True, by=By(second), now=LATER)

    with pytest.raises(DecisionError, match="against you"):
        decisions.undo(decision=won, by=by, now=LATER)
    with pytest.raises(DecisionError, match="against you"):
        decisions.remove(comment=appealed.comment, by=by, now=LATER)


def test_the_second_moderator_may_take_an_answer_back_and_the_writer_is_told(appealed, second):
    lost = decisions.decide_appeal(
        appeal=appealed, won=False, by=By(second, words="It stays."), now=LATER
    )
    told = Notice.objects.count()
    decisions.undo(decision=lost, by=By(second), now=LATER)

    appealed.refresh_from_db()
    assert (appealed.state, appealed.decided_by, appealed.answer) == ("open", None, "")
    assert Notice.objects.count() == told + 1


def test_a_pick_taken_back_is_told(post, by):
    one = post()
    decisions.pick(comment=one, by=by, now=LATER)
    decisions.pick(comment=one, by=replace(by, words=""), now=LATER, picked=False)

    assert Notice.objects.latest("pk").subject == "The desk took its pick back"


def test_the_latest_decision_that_holds_is_the_ruling(held, by):
    decisions.approve(comment=held, by=by, now=LATER)
    assert Ruling.objects.get().is_upheld is False
    removed = decisions.remove(comment=held, by=by, now=LATER + timedelta(minutes=1))
    assert Ruling.objects.get().is_upheld is True
    assert rulings.agreement("shouting") == (1, 1)

    decisions.undo(decision=removed, by=by, now=LATER + timedelta(minutes=2))

    assert Ruling.objects.get().is_upheld is False
    assert rulings.agreement("shouting") == (0, 1)


def test_what_no_check_found_is_no_ruling(post, by):
    decisions.remove(comment=post(), by=by, now=LATER)

    assert not Ruling.objects.exists()


def test_a_won_appeal_is_a_ruling_against_the_check(held, writer, by, second):
    decisions.return_to_writer(comment=held, by=by, now=LATER)
    held.refresh_from_db()
    appeal = actions.appeal(comment=held, writer=writer, words="No.", now=LATER)
    decisions.decide_appeal(appeal=appeal, won=True, by=By(second), now=LATER)

    assert Ruling.objects.get().is_upheld is False
