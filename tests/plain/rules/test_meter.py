"""Ten different stories a month on the paper's clock, and a reason for every answer."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.rules.access import Access, Person
from broadsheet.rules.meter import (
    OPENING,
    Decision,
    Policy,
    Reason,
    SectionPolicy,
    decide,
    month_counted,
    month_of,
    month_starts_at,
    narrow,
    next_month,
    resets_at,
)

PAGE = (Path(__file__).parents[3] / "docs/rules/meter.md").read_text()
TEN = frozenset(range(1, 11))
NEW = 99
PAPER = Policy()

ZONES = [
    "UTC",
    "Asia/Kolkata",
    "Europe/Berlin",
    "America/New_York",
    "America/Sao_Paulo",
    "America/Havana",
    "America/St_Johns",
    "Asia/Beirut",
    "Africa/Cairo",
    "Atlantic/Azores",
    "Australia/Lord_Howe",
    "Pacific/Apia",
    "Pacific/Kiritimati",
    "Asia/Amman",
    "Asia/Gaza",
    "America/Asuncion",
    "Asia/Tehran",
]
moments = st.datetimes(
    min_value=datetime(1975, 1, 1),  # noqa: DTZ001
    max_value=datetime(2060, 1, 1),  # noqa: DTZ001
    timezones=st.just(UTC),
)


def of_readers(story, opened, person=Person.READER, policy=PAPER, **facts):
    return decide(story, Access.READERS, person, policy, opened, **facts)


@pytest.mark.parametrize(
    ("story", "opened", "expected"),
    [
        pytest.param(NEW, frozenset(), Decision(Reason.WITHIN_ALLOWANCE, 9), id="first"),
        pytest.param(NEW, TEN - {4}, Decision(Reason.WITHIN_ALLOWANCE, 0), id="tenth"),
        pytest.param(NEW, TEN, Decision(Reason.ALLOWANCE_USED, 0), id="eleventh"),
        pytest.param(4, TEN, Decision(Reason.OPENED_BEFORE, 0), id="again"),
        pytest.param(NEW, TEN | {11}, Decision(Reason.ALLOWANCE_USED, 0), id="allowance-made-less"),
    ],
)
def test_story_opens_or_not(story, opened, expected):
    assert of_readers(story, opened) == expected


@pytest.mark.parametrize(
    ("person", "access", "facts", "reason"),
    [
        (Person.VISITOR, Access.FREE, {}, Reason.FREE_STORY),
        (Person.VISITOR, Access.FREE, {"blocked": True}, Reason.FREE_STORY),
        (Person.VISITOR, Access.READERS, {}, Reason.SIGN_IN),
        (Person.VISITOR, Access.SUBSCRIBERS, {}, Reason.SUBSCRIBERS_ONLY),
        (Person.VISITOR, Access.SUBSCRIBERS, {"crawler": True}, Reason.CRAWLER),
        (Person.READER, Access.SUBSCRIBERS, {}, Reason.SUBSCRIBERS_ONLY),
        (Person.READER, Access.SUBSCRIBERS, {"staff": True}, Reason.STAFF),
        (Person.READER, Access.READERS, {"blocked": True}, Reason.BLOCKED),
        (Person.READER, Access.READERS, {"blocked": True, "crawler": True}, Reason.BLOCKED),
        (Person.READER, Access.READERS, {"reading": False}, Reason.NOT_A_READING),
        (Person.SUBSCRIBER, Access.SUBSCRIBERS, {}, Reason.NO_LIMIT),
        (Person.SUBSCRIBER, Access.READERS, {"reading": False}, Reason.NO_LIMIT),
        (Person.SUBSCRIBER, Access.SUBSCRIBERS, {"blocked": True}, Reason.BLOCKED),
    ],
)
def test_every_person_has_a_reason(person, access, facts, reason):
    assert decide(NEW, access, person, PAPER, frozenset(), **facts).reason is reason


def test_a_story_for_subscribers_stays_closed_though_it_was_opened_before():
    # The desk may close a story that readers have opened.
    decision = decide(4, Access.SUBSCRIBERS, Person.READER, PAPER, TEN)

    assert decision.reason is Reason.SUBSCRIBERS_ONLY


def test_a_request_nobody_reads_is_answered_as_before_where_nothing_is_to_be_counted():
    assert of_readers(4, TEN, reading=False).reason is Reason.OPENED_BEFORE
    assert of_readers(NEW, TEN, reading=False).reason is Reason.ALLOWANCE_USED


def test_visitors_open_what_the_policy_gives_them():
    two = Policy(visitors=2)

    assert of_readers(NEW, {1}, Person.VISITOR, two) == (Reason.WITHIN_ALLOWANCE, 0)
    assert of_readers(NEW, {1, 2}, Person.VISITOR, two) == (Reason.ALLOWANCE_USED, 0)


def test_a_paper_may_leave_metered_stories_to_subscribers():
    assert of_readers(NEW, (), policy=Policy(readers=0)).reason is Reason.SUBSCRIBERS_ONLY


def test_subscribers_may_have_a_number_too():
    three = Policy(subscribers=3)

    assert of_readers(NEW, TEN, Person.SUBSCRIBER, three).reason is Reason.ALLOWANCE_USED
    assert of_readers(NEW, {1, 2}, Person.SUBSCRIBER, three).left == 0


def test_the_nearest_section_says_what_it_gives():
    sport = SectionPolicy(readers=20, teaser_words=30)
    cricket = SectionPolicy(visitors=1, readers=3)

    assert narrow(PAPER, sport, cricket) == Policy(1, 3, None, 30)
    assert narrow(PAPER, sport) == Policy(0, 20, None, 30)
    assert narrow(PAPER) == PAPER


@given(
    story=st.integers(1, 14),
    opened=st.frozensets(st.integers(1, 14)),
    access=st.sampled_from(Access),
    person=st.sampled_from(Person),
    policy=st.builds(
        Policy, st.integers(0, 12), st.integers(0, 12), st.none() | st.integers(0, 12)
    ),
    staff=st.booleans(),
    blocked=st.booleans(),
    crawler=st.booleans(),
    reading=st.booleans(),
)
def test_a_decision_is_what_the_offer_says(
    story, opened, access, person, policy, staff, blocked, crawler, reading
):
    """The rule against the offer told again, as simply as it can be."""
    allowance = {
        Person.VISITOR: policy.visitors,
        Person.READER: policy.readers,
        Person.SUBSCRIBER: policy.subscribers,
    }[person]
    allowed = person is Person.SUBSCRIBER or access is not Access.SUBSCRIBERS
    counted = story in opened
    room = allowance is None or len(opened) < allowance
    opens = (
        access is Access.FREE
        or staff
        or (
            not blocked
            and (crawler or (allowed and (allowance is None or counted or (room and reading))))
        )
    )
    charged = (
        opens
        and access is not Access.FREE
        and not (staff or crawler or counted)
        and allowance is not None
    )

    decision = decide(
        story,
        access,
        person,
        policy,
        opened,
        staff=staff,
        blocked=blocked,
        crawler=crawler,
        reading=reading,
    )

    assert (decision.opens, decision.counts) == (opens, charged)
    if decision.left is not None and decision.reason is not Reason.BLOCKED:
        assert allowance is not None
        after = len(opened | {story}) if charged else len(opened)
        assert decision.left == max(0, allowance - after)


@pytest.mark.parametrize("reason", Reason)
def test_every_reason_is_on_its_page(reason):
    row = next(line for line in PAGE.splitlines() if line.startswith(f"| `{reason}` |"))

    assert row.split("|")[2].strip().startswith("yes" if reason in OPENING else "no")
    assert (row.split("|")[3].strip() == "yes") is Decision(reason, 0).counts


def test_the_page_names_no_reason_that_is_not_there():
    named = {line.split("`")[1] for line in PAGE.splitlines() if line.startswith("| `")}

    assert named == set(Reason)


# Months.


@pytest.mark.parametrize(("month", "after"), [(202611, 202612), (202612, 202701), (202701, 202702)])
def test_december_is_followed_by_january(month, after):
    assert next_month(month) == after


def test_the_month_is_the_papers_whatever_utc_says():
    kolkata = ZoneInfo("Asia/Kolkata")
    just_before = datetime(2026, 11, 30, 18, 29, 59, tzinfo=UTC)

    assert month_of(just_before, kolkata) == 202611
    assert month_of(just_before + timedelta(seconds=1), kolkata) == 202612
    assert resets_at(202611, kolkata) == just_before + timedelta(seconds=1)


@pytest.mark.parametrize("day", [28, 29, 30, 31])
def test_no_day_of_january_skips_february(day):
    moment = datetime(2027, 1, day, 23, 59, tzinfo=UTC)

    assert resets_at(month_of(moment, UTC), UTC) == datetime(2027, 2, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "month", "starts_at"),
    [
        # 00:00 was skipped: clocks went from 23:59:59 to 01:00:00.
        ("America/Asuncion", 201710, datetime(2017, 10, 1, 4, tzinfo=UTC)),
        # 00:00 came twice: at 01:00 clocks were put back to 00:00.
        ("America/Havana", 202011, datetime(2020, 11, 1, 4, tzinfo=UTC)),
        # At 00:01 clocks were put back to 23:01 of the day before.
        ("America/St_Johns", 200911, datetime(2009, 11, 1, 2, 30, tzinfo=UTC)),
        # A whole day, the 30th of December, was left out; the month turned as ever.
        ("Pacific/Apia", 201201, datetime(2011, 12, 31, 10, tzinfo=UTC)),
    ],
)
def test_a_month_starts_at_its_first_midnight(zone, month, starts_at):
    assert month_starts_at(month, ZoneInfo(zone)) == starts_at
    assert month_of(starts_at, ZoneInfo(zone)) == month
    assert month_of(starts_at - timedelta(seconds=1), ZoneInfo(zone)) != month


def test_a_month_does_not_come_back_when_clocks_are_put_back_over_midnight():
    st_johns = ZoneInfo("America/St_Johns")
    turned = datetime(2009, 11, 1, 2, 30, tzinfo=UTC)
    put_back = turned + timedelta(minutes=30)

    assert put_back.astimezone(st_johns).month == 10
    assert month_of(put_back, st_johns) == 200911


@given(moment=moments, zone=st.sampled_from(ZONES))
def test_every_moment_is_in_one_month(moment, zone):
    zone = ZoneInfo(zone)
    month = month_of(moment, zone)

    assert month_starts_at(month, zone) <= moment < resets_at(month, zone)


@given(moment=moments, zone=st.sampled_from(ZONES), later=st.integers(0, 90 * 86400))
def test_months_never_go_back(moment, zone, later):
    zone = ZoneInfo(zone)

    assert month_of(moment, zone) <= month_of(moment + timedelta(seconds=later), zone)


@pytest.mark.parametrize(
    ("latest", "counted"),
    [(None, 202612), (202611, 202612), (202612, 202612), (202701, 202701), (202702, 202612)],
)
def test_a_clock_put_back_opens_no_old_month(latest, counted):
    assert month_counted(202612, latest) == counted
