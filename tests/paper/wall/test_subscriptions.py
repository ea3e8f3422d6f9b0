"""Circulation gives subscriptions to addresses; they hold for those who prove the address."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from allauth.account.models import EmailAddress
from allauth.account.signals import email_confirmed, email_removed

from broadsheet.demo import factories
from broadsheet.wall.actions import (
    SubscriptionError,
    end_of,
    end_subscription,
    grant_list,
    grant_subscription,
)
from broadsheet.wall.models import Subscription

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
KOLKATA = ZoneInfo("Asia/Kolkata")
NEXT_YEAR = NOW + timedelta(days=365)


def grant(email, until=NEXT_YEAR, **more):
    return grant_subscription(email=email, until=until, by=None, now=NOW, **more)


def test_a_subscription_to_a_proved_address_holds_at_once(reader):
    subscription, changed = grant("READER@example.org")

    assert changed
    assert list(reader.subscriptions.holding(NOW)) == [subscription]


def test_the_last_day_counts_to_its_end_on_the_papers_clock(reader):
    grant("reader@example.org", end_of(date(2026, 12, 31), KOLKATA))

    last = datetime(2026, 12, 31, 23, 59, 59, tzinfo=KOLKATA)
    assert reader.subscriptions.holding(last).exists()
    assert not reader.subscriptions.holding(last + timedelta(seconds=1)).exists()


def test_a_subscription_for_life_is_one(reader):
    run = grant_list(
        lines=["email,until", "reader@example.org,9999-12-31", "other@example.org,2099-12-31"],
        by=None,
        now=NOW,
        zone=KOLKATA,
    )

    assert (run.granted, run.refused) == (2, [])
    [subscription] = reader.subscriptions.holding(NOW)
    assert subscription.ends_on == date(9999, 12, 31)


def test_what_is_said_of_a_last_day_is_the_day_that_was_typed(db, settings):
    settings.TIME_ZONE = "Asia/Kolkata"

    with pytest.raises(SubscriptionError, match="2020-01-01 is past"):
        grant("reader@example.org", end_of(date(2020, 1, 1), KOLKATA))
    subscription, _ = grant("reader@example.org", end_of(date(2027, 1, 1), KOLKATA))

    assert str(subscription) == "reader@example.org until 2027-01-01"


def test_a_subscription_waits_for_whoever_proves_the_address(db):
    grant("later@example.org")
    somebody = factories.reader("somebody@example.org")
    unproved = EmailAddress.objects.create(user=somebody, email="later@example.org", verified=False)
    assert not somebody.subscriptions.exists()

    unproved.verified = True
    unproved.save()
    email_confirmed.send(EmailAddress, request=None, email_address=unproved)

    assert somebody.subscriptions.holding(NOW).exists()


def test_giving_an_address_up_gives_its_subscription_up(reader):
    grant("reader@example.org")
    address = EmailAddress.objects.get(user=reader)

    email_removed.send(type(reader), request=None, user=reader, email_address=address)

    assert not reader.subscriptions.exists()
    assert Subscription.objects.holding(NOW).exists()


def test_a_second_grant_moves_the_end_of_the_first(reader):
    first, _ = grant("reader@example.org")

    second, changed = grant("reader@example.org", NEXT_YEAR + timedelta(days=30))

    assert (second.pk, changed) == (first.pk, True)
    assert Subscription.objects.count() == 1


def test_a_subscription_that_would_have_ended_already_is_refused(db):
    with pytest.raises(SubscriptionError, match="choose a later day"):
        grant("reader@example.org", NOW)

    assert not Subscription.objects.exists()


def test_an_ended_subscription_holds_no_longer_and_stays_on_record(reader):
    subscription, _ = grant("reader@example.org")

    end_subscription(subscription=subscription, now=NOW)

    assert not reader.subscriptions.holding(NOW).exists()
    assert grant("reader@example.org")[0].pk != subscription.pk


def test_a_list_adds_up_and_changes_nothing_the_second_time(reader):
    lines = [
        "email,until,note",
        "reader@example.org,2027-03-31,Library",
        "new@example.org,2027-03-31,",
        "new@example.org,2027-03-31,",
        "nobody,2027-03-31,",
        "past@example.org,2020-01-01,",
    ]

    first = grant_list(lines=lines, by=None, now=NOW, zone=KOLKATA)
    second = grant_list(lines=lines, by=None, now=NOW, zone=KOLKATA)

    assert (first.read, first.granted, first.already_there) == (5, 2, 1)
    assert [complaint.line for complaint in first.refused] == [5, 6]
    assert (second.read, second.granted, second.already_there) == (5, 0, 3)
    assert Subscription.objects.count() == 2
