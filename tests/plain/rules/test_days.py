"""Days and months on the paper's own clock."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

from hypothesis import given
from hypothesis import strategies as some

from broadsheet.rules import days

zones = some.sampled_from(sorted(available_timezones())).map(ZoneInfo)
dates = some.dates(min_value=date(1950, 1, 1), max_value=date(2060, 1, 1))


@given(dates, zones)
def test_days_follow_each_other_without_gap_or_overlap(on, zone):
    assert days.of_day(on, zone).end == days.of_day(on + timedelta(days=1), zone).start


@given(dates, zones)
def test_a_month_is_its_days(on, zone):
    month = days.of_month(on, zone)

    assert month.start == days.of_day(on.replace(day=1), zone).start
    assert month.end == days.of_day(days.next_month(on) - timedelta(days=1), zone).end


@given(dates)
def test_the_month_before_the_next_is_this_one(on):
    assert days.last_month(days.next_month(on)) == on.replace(day=1)


def test_a_day_begins_at_midnight_on_the_papers_clock():
    start, end = days.of_day(date(2011, 3, 22), ZoneInfo("Asia/Kolkata"))

    assert start == datetime(2011, 3, 21, 18, 30, tzinfo=UTC)
    assert end - start == timedelta(days=1)


def test_a_day_whose_midnight_is_skipped_begins_at_the_skip():
    start, end = days.of_day(date(2018, 11, 4), ZoneInfo("America/Sao_Paulo"))

    assert start == datetime(2018, 11, 4, 3, tzinfo=UTC)
    assert end - start == timedelta(hours=23)


def test_there_is_no_thirtieth_of_february():
    assert days.on_day(2011, 2, 30) is None
    assert days.on_day(2012, 2, 29) == date(2012, 2, 29)
    assert days.on_day(0, 1, 1) is None
