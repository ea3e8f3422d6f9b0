"""Moderators are told by mail or webhook when something waits for them too long."""

import json
from datetime import timedelta

import pytest

from broadsheet.comments import alerts, decisions
from broadsheet.comments.models import WaitingAlert
from broadsheet.press.delivery import webhooks
from broadsheet.readers import mails
from tests.conftest import NOW

DAY = timedelta(days=1)
LATE = NOW + timedelta(hours=25)  # comments are posted within the hour after NOW
MINUTES = timedelta(minutes=6)


@pytest.fixture
def options(settings):
    def choose(**chosen):
        settings.OPTIONS = settings.OPTIONS.model_copy(update=chosen)

    choose(alert_after=24)
    return choose


@pytest.fixture
def held(post, options):
    return post("THIS IS ALL WRONG AGAIN!", asks_person=True)


@pytest.fixture
def hook(options, monkeypatch):
    """Keep what is posted in a list; the receiver is there."""
    posted = []
    monkeypatch.setattr(
        webhooks, "send", lambda address, body, **more: posted.append((address, body, more))
    )
    options(alert_webhook="https://chat.example/hook", alert_secret="whsec_" + "A" * 32)
    return posted


@pytest.mark.usefixtures("held")
def test_moderators_are_mailed_once_it_waits_too_long_and_once_a_day(moderator, mailoutbox):
    alerts.alert_due(now=NOW + timedelta(hours=23))
    assert not mailoutbox

    for _ in range(3):
        alerts.alert_due(now=LATE)
    (letter,) = mailoutbox
    assert letter.to == [moderator.email]
    assert letter.subject == "Held: something waits too long"
    assert "/desk/comments/?queue=held" in letter.body

    alerts.alert_due(now=LATE + DAY)
    assert len(mailoutbox) == 2


@pytest.mark.usefixtures("held", "moderator")
def test_the_addresses_of_the_options_are_mailed_instead(options, mailoutbox):
    options(alert_mail=["desk@example.org", "night@example.org"])

    alerts.alert_due(now=LATE)

    assert [letter.to[0] for letter in mailoutbox] == ["desk@example.org", "night@example.org"]


@pytest.mark.usefixtures("held", "moderator")
def test_a_webhook_is_told_how_many_wait_where_and_nothing_of_the_writer(hook, writer, mailoutbox):
    alerts.alert_due(now=LATE)

    ((address, body, more),) = hook
    told = json.loads(body)
    assert address == "https://chat.example/hook"
    assert told["type"] == "comments.waiting"
    assert told["data"]["queue"] == "held"
    assert told["data"]["waiting"] == 1
    assert told["data"]["address"].endswith("/desk/comments/?queue=held")
    assert writer.name not in body.decode()
    assert more["secret"].startswith("whsec_")
    assert not mailoutbox


@pytest.mark.usefixtures("held")
def test_what_the_receiver_didnt_take_is_sent_again_as_the_same_message(hook, monkeypatch):
    sent = []

    def refuse(address, body, **more):
        sent.append(more["message"])
        raise webhooks.WebhookError("503")

    monkeypatch.setattr(webhooks, "send", refuse)
    for minutes in (0, 1, 6, 12):
        alerts.alert_due(now=LATE + timedelta(minutes=minutes))

    assert len(sent) == 3
    assert len(set(sent)) == 1


@pytest.mark.usefixtures("held", "moderator")
def test_a_mail_server_that_is_away_delays_the_alert(monkeypatch, mailoutbox):
    real = mails.send

    def refuse(*_args, **_more):
        raise mails.NotSent

    monkeypatch.setattr(mails, "send", refuse)
    assert alerts.alert_due(now=LATE) == 0
    monkeypatch.setattr(mails, "send", real)
    assert alerts.alert_due(now=LATE + MINUTES) == 1
    assert len(mailoutbox) == 1


def test_a_queue_that_was_emptied_is_told_of_afresh(held, by, mailoutbox):
    alerts.alert_due(now=LATE)
    decision = decisions.approve(comment=held, by=by, now=LATE)
    alerts.alert_due(now=LATE)
    assert not WaitingAlert.objects.exists()

    decisions.undo(decision=decision, by=by, now=LATE)
    alerts.alert_due(now=LATE)
    assert len(mailoutbox) == 2


@pytest.mark.usefixtures("moderator")
def test_a_report_waits_from_when_it_was_made(post, other, options, mailoutbox):
    from broadsheet.comments import actions
    from broadsheet.comments.models import Report

    comment = post()
    later = NOW + 5 * DAY
    actions.report_comment(
        comment=comment, reader=other, reason=Report.Reason.OTHER, words="See.", now=later
    )

    alerts.alert_due(now=later)
    assert not mailoutbox
    alerts.alert_due(now=later + DAY)
    assert [letter.subject for letter in mailoutbox] == ["Reported: something waits too long"]


@pytest.mark.usefixtures("held", "moderator")
def test_nobody_is_told_where_the_option_says_never(options, mailoutbox):
    options(alert_after=0)

    alerts.alert_due(now=NOW + 99 * DAY)

    assert not mailoutbox
