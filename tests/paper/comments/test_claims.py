"""Letters that several background workers share, each of which may die at any moment."""

from datetime import timedelta

import pytest
from django.core import mail

from broadsheet.comments import actions, claims, decisions, duties, follows, notices
from broadsheet.comments.models import Notice, Thread
from broadsheet.comments.signals import numbers_changed
from broadsheet.readers import mails
from tests.conftest import NOW

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(hours=1)
TAKEN_OVER = LATER + claims.LEASE
GOOD = "The ferry was late on Monday because of the fog."


class Killed(BaseException):
    """What ends a worker as SIGKILL does: nothing after it is done."""


@pytest.fixture
def notice(post, by):
    decisions.remove(comment=post(), by=by, now=NOW)
    return Notice.objects.get()


@pytest.fixture
def follow(post, story, other):
    made = actions.follow(reader=other, story=story, now=NOW)
    post(GOOD)
    return made


@pytest.fixture(params=["notice", "follow"])
def mail_due(request):
    """Return the duty that has one letter to send."""
    request.getfixturevalue(request.param)
    return {"notice": notices.mail_due, "follow": follows.mail_due}[request.param]


def dies(monkeypatch, duty, *, now, server_took_it):
    """Run a duty until it mails, and kill it there."""
    send = mails.send

    def sends(*args, **more):
        if server_took_it:
            send(*args, **more)
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(mails, "send", sends)
        with pytest.raises(Killed):
            duty(now=now)


def ids():
    return [letter.message()["Message-ID"] for letter in mail.outbox]


def test_while_one_worker_sends_a_letter_another_leaves_it_alone(mail_due, monkeypatch):
    send = mails.send
    meanwhile = []

    def sends(*args, **more):
        monkeypatch.setattr(mails, "send", send)
        meanwhile.append(mail_due(now=LATER + timedelta(seconds=1)))
        send(*args, **more)

    monkeypatch.setattr(mails, "send", sends)

    assert mail_due(now=LATER) == 1
    assert meanwhile == [0]
    assert mail_due(now=TAKEN_OVER) == 0
    assert len(mail.outbox) == 1


def test_what_another_worker_sent_since_it_was_read_is_not_sent(mail_due, monkeypatch):
    """Both workers read the same rows; the second comes to claim after the first has marked."""
    claim = claims.claim

    def late(*args, **more):
        monkeypatch.setattr(claims, "claim", claim)
        assert mail_due(now=LATER) == 1
        return claim(*args, **more)

    monkeypatch.setattr(claims, "claim", late)

    assert mail_due(now=LATER) == 0
    assert len(mail.outbox) == 1


def test_a_letter_of_a_worker_that_died_before_the_server_took_it_is_sent_once(
    mail_due, monkeypatch
):
    dies(monkeypatch, mail_due, now=LATER, server_took_it=False)

    assert mail_due(now=TAKEN_OVER - timedelta(seconds=1)) == 0
    assert mail_due(now=TAKEN_OVER) == 1
    assert mail_due(now=TAKEN_OVER + claims.LEASE) == 0
    assert len(mail.outbox) == 1


def test_a_letter_of_which_nobody_knows_whether_it_went_goes_again_as_the_same_letter(
    mail_due, monkeypatch, post, caplog
):
    dies(monkeypatch, mail_due, now=LATER, server_took_it=True)
    post("The next ferry was on time, which nobody had expected.", now=LATER + timedelta(minutes=1))

    assert mail_due(now=TAKEN_OVER) == 1
    first, again = mail.outbox
    assert ids()[0] == ids()[1]
    assert (first.subject, first.body) == (again.subject, again.body)
    assert "is sent again" in caplog.text


def test_what_appears_while_a_letter_is_under_way_is_in_the_next_one(follow, post, monkeypatch):
    dies(monkeypatch, follows.mail_due, now=LATER, server_took_it=True)
    news = "The next ferry was on time, which nobody had expected."
    post(news, now=LATER + timedelta(minutes=1))
    follows.mail_due(now=TAKEN_OVER)

    assert follows.mail_due(now=TAKEN_OVER + timedelta(minutes=1)) == 1
    assert news in mail.outbox[-1].body
    assert GOOD not in mail.outbox[-1].body
    assert len(set(ids())) == 2


def test_a_refused_letter_is_free_at_once_and_stays_the_same(follow, monkeypatch):
    def refuse(*_, **__):
        raise mails.NotSent

    with monkeypatch.context() as patched:
        patched.setattr(mails, "send", refuse)
        assert follows.mail_due(now=LATER) == 0
    follow.refresh_from_db()
    assert (follow.claimed_at, follow.mailing_until) == (None, LATER)

    assert follows.mail_due(now=LATER + timedelta(seconds=2)) == 1
    follow.refresh_from_db()
    assert (follow.told_until, follow.mailing_until) == (LATER, None)


def test_a_letter_that_breaks_keeps_no_other_from_being_sent(post, by, monkeypatch):
    for _ in range(2):
        decisions.remove(comment=post(), by=by, now=NOW)
    send = mails.send
    tries = []

    def breaks_once(*args, **more):
        tries.append(1)
        if len(tries) == 1:
            raise ValueError("this one can't be written")
        send(*args, **more)

    monkeypatch.setattr(mails, "send", breaks_once)
    with pytest.raises(ValueError, match="can't be written"):
        notices.mail_due(now=LATER)

    assert notices.mail_due(now=LATER + timedelta(seconds=2)) == 1
    assert notices.mail_due(now=TAKEN_OVER) == 1


def test_a_turn_of_letters_ends_in_time_for_other_duties(post, by, monkeypatch):
    for _ in range(3):
        decisions.remove(comment=post(), by=by, now=NOW)
    monkeypatch.setattr(claims, "TURN_LASTS", -1.0)

    assert notices.mail_due(now=LATER) == 0
    assert not Notice.objects.exclude(claimed_at=None).exists()


def test_numbers_that_a_dead_worker_was_telling_are_told_again(post, story):
    post()
    told = []

    def dying(threads, **_):
        told.append(threads)
        raise Killed

    numbers_changed.connect(dying)
    try:
        with pytest.raises(Killed):
            duties.tell_numbers(now=NOW)
        duties.tell_numbers(now=NOW + timedelta(seconds=30))
        assert told == [[story.pk]]
        with pytest.raises(Killed):
            duties.tell_numbers(now=NOW + duties.TELLING_LASTS)
    finally:
        numbers_changed.disconnect(dying)
    assert told == [[story.pk], [story.pk]]

    duties.tell_numbers(now=NOW + 2 * duties.TELLING_LASTS)
    thread = Thread.objects.get()
    assert (thread.is_told, thread.telling_at) == (True, None)
