"""What Django decides about a walled story, and what it leaves in the browser."""

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings as django_settings
from django.contrib.auth.models import AnonymousUser
from django.http import HttpResponse
from django.test import RequestFactory

from broadsheet.demo import factories
from broadsheet.press.edge.ledger.stores import StoreError
from broadsheet.press.edge.passes import Standing
from broadsheet.rules.access import Access
from broadsheet.rules.crawlers import Proof
from broadsheet.rules.meter import Reason
from broadsheet.wall import doors, gate
from broadsheet.wall.actions import give_reading_back, grant_subscription
from broadsheet.wall.models import CrawlerDay, WallPolicy

# Whatever the store of readings is, Django decides the same.
pytestmark = pytest.mark.usefixtures("store")
GOOGLEBOT = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"


def ask(
    user=None,
    *,
    story=1,
    access=Access.READERS,
    method="get",
    cookies=None,
    path="00010001",
    **headers,
):
    request = getattr(RequestFactory(headers=headers), method)("/world/story/")
    request.user = user or AnonymousUser()
    request.COOKIES.update(cookies or {})
    if user:
        request.COOKIES[django_settings.SESSION_COOKIE_NAME] = "a session"
    return doors.knock(request, story=story, access=access, path=path)


def kept(opening):
    """Return the cookies that a browser would keep."""
    response = HttpResponse()
    opening.give(response)
    return {name: morsel.value for name, morsel in response.cookies.items()}


def test_a_free_story_opens_for_everybody_and_leaves_nothing(db):
    opening = ask(access=Access.FREE)

    assert (opening.decision.reason, opening.lines) == (Reason.FREE_STORY, [])


def test_a_visitor_meets_the_wall(db):
    opening = ask()

    assert opening.decision.reason is Reason.SIGN_IN
    assert not opening.opens
    assert opening.lines == []


def test_a_reader_opens_ten_stories_and_not_an_eleventh(reader):
    reasons = [ask(reader, story=number).decision.reason for number in range(1, 12)]

    assert reasons == [Reason.WITHIN_ALLOWANCE] * 10 + [Reason.ALLOWANCE_USED]


def test_going_back_never_counts(reader):
    for _ in range(3):
        for number in range(1, 11):
            assert ask(reader, story=number).opens

    assert ask(reader, story=3).decision.reason is Reason.OPENED_BEFORE
    assert len(gate.ledger().readings(reader.pk)) == 10


def test_many_tabs_at_once_never_open_an_eleventh(reader):
    from broadsheet.press.edge.ledger.stores import Asked

    now = int(time.time())

    def tab(number):
        return gate.ledger().record_now(Asked(reader.pk, 202611, number % 20, 10, now)).result

    with ThreadPoolExecutor(16) as tabs:
        results = list(tabs.map(tab, range(64)))

    assert results.count("counted") == 10
    assert len(gate.ledger().readings(reader.pk)) == 10


@pytest.mark.parametrize(
    ("method", "headers"),
    [
        ("head", {}),
        ("get", {"sec-purpose": "prefetch"}),
        ("get", {"sec-purpose": "prefetch;prerender"}),
        ("get", {"purpose": "prefetch"}),
    ],
)
def test_what_nobody_reads_is_neither_opened_nor_counted(reader, method, headers):
    opening = ask(reader, method=method, **headers)

    assert opening.decision.reason is Reason.NOT_A_READING
    assert gate.ledger().readings(reader.pk) == []


def test_the_browser_keeps_the_month_and_a_pass_and_shows_the_count(reader):
    cookies = kept(ask(reader, story=7))

    who = gate.passes().read(cookies["pass"].encode())
    assert who is not None
    assert (who.reader, who.standing) == (reader.pk, Standing.READER)
    listed = gate.passes().read_month(cookies["month"].encode())
    assert listed is not None
    assert listed.stories == (7,)
    assert cookies["counted"] == "1-10"


def test_a_month_list_of_somebody_else_opens_nothing(reader):
    other = factories.reader("other@example.org")
    theirs = kept(ask(other, story=7))
    for number in range(20, 30):
        ask(reader, story=number)

    opening = ask(reader, story=7, cookies={"month": theirs["month"]})

    assert opening.decision.reason is Reason.ALLOWANCE_USED


def test_a_subscriber_opens_everything_and_nothing_is_counted(reader):
    now = datetime.now(UTC)
    grant_subscription(email=reader.email, until=now + timedelta(days=1), by=None, now=now)

    for access in (Access.READERS, Access.SUBSCRIBERS):
        assert ask(reader, access=access).decision.reason is Reason.NO_LIMIT
    assert gate.ledger().readings(reader.pk) == []


def test_a_subscription_that_has_ended_opens_nothing(reader):
    now = datetime.now(UTC)
    subscription, _ = grant_subscription(
        email=reader.email, until=now + timedelta(days=1), by=None, now=now
    )
    subscription.until = now - timedelta(seconds=1)
    subscription.save()

    assert ask(reader, access=Access.SUBSCRIBERS).decision.reason is Reason.SUBSCRIBERS_ONLY


def test_staff_open_everything(editor):
    assert ask(editor, access=Access.SUBSCRIBERS).decision.reason is Reason.STAFF


def test_a_visitors_allowance_counts_for_a_number_in_their_pass(db):
    policy = WallPolicy.load()
    policy.visitor_allowance = 2
    policy.save()
    cookies = kept(ask(story=1))

    cookies |= kept(ask(story=2, cookies=cookies))

    assert ask(story=3, cookies=cookies).decision.reason is Reason.ALLOWANCE_USED
    assert ask(story=1, cookies=cookies).decision.reason is Reason.OPENED_BEFORE


def test_what_a_visitor_read_counts_for_the_account_they_sign_in_to_once(reader, client):
    policy = WallPolicy.load()
    policy.visitor_allowance = 2
    policy.save()
    cookies = kept(ask(story=1)) | {}
    cookies |= kept(ask(story=2, cookies=cookies))
    client.cookies.load({name: cookies[name] for name in ("pass", "month")})

    for _ in range(2):
        request = RequestFactory().get("/")
        request.COOKIES.update(cookies)
        from django.contrib.auth.signals import user_logged_in

        user_logged_in.send(type(reader), request=request, user=reader)

    assert [one.story for one in gate.ledger().readings(reader.pk)] == [1, 2]


def test_a_section_with_a_smaller_number_closes_earlier(reader, section):
    from broadsheet.wall.models import SectionPolicy

    SectionPolicy.objects.create(policy=WallPolicy.load(), section=section, reader_allowance=1)
    assert ask(reader, story=1, path=section.path).opens

    assert ask(reader, story=2, path=section.path).decision.reason is Reason.ALLOWANCE_USED
    assert ask(reader, story=2, path="99990001").opens


def test_the_month_turns_on_the_papers_clock(reader, time_machine, settings):
    settings.TIME_ZONE = "Asia/Kolkata"
    kolkata = ZoneInfo("Asia/Kolkata")
    time_machine.move_to(datetime(2026, 11, 30, 23, 59, tzinfo=kolkata), tick=False)
    for number in range(1, 11):
        ask(reader, story=number)
    assert not ask(reader, story=11).opens

    time_machine.move_to(datetime(2026, 12, 1, 0, 0, 1, tzinfo=kolkata), tick=False)

    assert ask(reader, story=11).decision.reason is Reason.WITHIN_ALLOWANCE


@pytest.mark.parametrize(
    ("fails_open", "reason"),
    [(True, Reason.STORE_FAILED_OPEN), (False, Reason.STORE_FAILED_CLOSED)],
)
def test_a_failing_store_fails_as_the_paper_chooses(reader, monkeypatch, store, fails_open, reason):
    def fail(*_):
        raise StoreError("the disk is gone")

    gate.ledger().opens_when_failing = fails_open
    monkeypatch.setattr(store, "record", fail)

    opening = ask(reader, story=5)

    assert opening.decision.reason is reason
    assert opening.opens is fails_open


def test_a_reading_given_back_can_be_used_again_and_is_on_record(reader, editor):
    for number in range(1, 11):
        ask(reader, story=number)
    assert not ask(reader, story=11).opens

    assert give_reading_back(
        reader=reader, staff=editor, story=3, reason="The page was broken", now=datetime.now(UTC)
    )

    assert ask(reader, story=11).opens
    act = reader.acts_of_staff.get()
    assert (act.act, act.reason, act.facts["story"]) == ("give-back", "The page was broken", 3)


@pytest.mark.parametrize(
    ("proof", "opens", "verdict"),
    [
        (Proof.NAME, True, "search-proved"),
        (Proof.NONE, False, "search-unproved"),
        (Proof.UNKNOWN, False, "search-not-looked-up"),
    ],
)
def test_a_search_engine_reads_on_only_when_its_address_proves_it(
    db, monkeypatch, proof, opens, verdict
):
    monkeypatch.setattr(gate.proofs(), "of", lambda crawler, address: proof)

    opening = ask(**{"user-agent": GOOGLEBOT})

    assert opening.opens is opens
    day = CrawlerDay.objects.get()
    assert (day.token, day.verdict, day.times) == ("Googlebot", verdict, 1)


def test_a_crawler_that_trains_reads_the_teaser_and_is_counted(db):
    assert not ask(**{"user-agent": "GPTBot/1.2"}).opens
    assert CrawlerDay.objects.get().verdict == "training-refused"


def test_a_page_that_needs_the_store_says_that_it_is_away(reader, client, monkeypatch):
    def fail(*_):
        raise StoreError("it has gone")

    monkeypatch.setattr(gate.ledger(), "readings", fail)
    client.force_login(reader)
    client.raise_request_exception = False

    answer = client.get("/you/readings/")

    assert (answer.status_code, answer["Retry-After"]) == (503, "5")
