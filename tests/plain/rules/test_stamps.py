"""The head line, as the trade prints it."""

import re
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as some

from broadsheet.rules import stamps
from broadsheet.rules.stamps import head_line

KOLKATA = ZoneInfo("Asia/Kolkata")
PUBLISHED = datetime(2011, 3, 22, 15, 41, tzinfo=UTC)
UPDATED = datetime(2016, 9, 30, 17, 56, tzinfo=UTC)
ZONES = sorted(available_timezones())

moments = some.datetimes(
    min_value=datetime(1900, 1, 1),  # noqa: DTZ001  # hypothesis adds the zone
    max_value=datetime(2100, 1, 1),  # noqa: DTZ001
    timezones=some.just(UTC),
)
zones = some.sampled_from(ZONES).map(ZoneInfo)


@pytest.mark.parametrize(
    ("updated_at", "dateline", "expected"),
    [
        pytest.param(
            UPDATED,
            "MOSCOW",
            "March 22, 2011 09:11 pm | Updated September 30, 2016 11:26 pm IST - MOSCOW:",
            id="updated",
        ),
        pytest.param(None, "MOSCOW", "March 22, 2011 09:11 pm IST - MOSCOW:", id="never-updated"),
        pytest.param(None, "", "March 22, 2011 09:11 pm IST", id="no-dateline"),
        pytest.param(
            None, " New  Delhi: ", "March 22, 2011 09:11 pm IST - NEW DELHI:", id="as-typed"
        ),
        pytest.param(
            PUBLISHED + timedelta(seconds=10), "", "March 22, 2011 09:11 pm IST", id="same-minute"
        ),
    ],
)
def test_head_line_reads_as_the_trade_prints_it(updated_at, dateline, expected):
    assert str(head_line(PUBLISHED, updated_at, zone=KOLKATA, dateline=dateline)) == expected


@pytest.mark.parametrize(
    ("zone", "expected"),
    [
        ("America/New_York", "March 1, 2026 07:00 am | Updated July 1, 2026 08:00 am EST/EDT"),
        ("Asia/Dubai", "March 1, 2026 04:00 pm | Updated July 1, 2026 04:00 pm GMT+4"),
        ("Asia/Kathmandu", "March 1, 2026 05:45 pm | Updated July 1, 2026 05:45 pm GMT+5:45"),
        ("America/Sao_Paulo", "March 1, 2026 09:00 am | Updated July 1, 2026 09:00 am GMT-3"),
        ("UTC", "March 1, 2026 12:00 pm | Updated July 1, 2026 12:00 pm UTC"),
    ],
)
def test_zone_is_said_once_for_both_moments(zone, expected):
    published_at = datetime(2026, 3, 1, 12, tzinfo=UTC)
    updated_at = datetime(2026, 7, 1, 12, tzinfo=UTC)

    assert str(head_line(published_at, updated_at, zone=ZoneInfo(zone))) == expected


def test_hour_that_comes_twice_is_told_apart_by_its_zone():
    first = datetime(2026, 11, 1, 5, 30, tzinfo=UTC)

    line = head_line(first, first + timedelta(hours=1), zone=ZoneInfo("America/New_York"))

    assert str(line) == "November 1, 2026 01:30 am | Updated November 1, 2026 01:30 am EDT/EST"


@pytest.mark.parametrize(
    ("hour", "expected"), [(0, "12:05 am"), (12, "12:05 pm"), (13, "01:05 pm")]
)
def test_clock_has_twelve_hours(hour, expected):
    assert stamps.clock(datetime(2026, 1, 1, hour, 5, tzinfo=UTC), UTC) == expected


@given(moments, zones)
def test_moment_reads_back_as_itself(at, zone):
    read = datetime.strptime(stamps.moment(at, zone), "%B %d, %Y %I:%M %p")  # noqa: DTZ007

    assert read == at.astimezone(zone).replace(tzinfo=None, second=0, microsecond=0)


@given(moments, moments, zones)
def test_every_head_line_has_the_one_form(published_at, updated_at, zone):
    line = str(head_line(published_at, updated_at, zone=zone, dateline="Moscow"))

    stamp = r"[A-Z][a-z]+ \d{1,2}, \d{4} \d\d:\d\d [ap]m"
    name = r"(GMT[+-]\d{1,2}(:\d\d)?|[A-Za-z]+)"
    assert re.fullmatch(rf"{stamp}( \| Updated {stamp})? {name}(/{name})? - MOSCOW:", line)
    assert ("Updated" in line) == (
        updated_at > published_at
        and (stamps.moment(updated_at, zone), stamps.zone_name(updated_at, zone))
        != (stamps.moment(published_at, zone), stamps.zone_name(published_at, zone))
    )


@pytest.mark.parametrize("zone", ZONES)
def test_every_zone_has_a_name_readers_can_read(zone):
    name = stamps.zone_name(PUBLISHED, ZoneInfo(zone))

    assert re.fullmatch(r"GMT([+-]\d{1,2}(:\d\d)?)?|[A-Za-z]{2,5}", name)


@pytest.mark.parametrize(
    ("today", "expected"),
    [(date(2011, 11, 24), "March 22"), (date(2012, 1, 1), "March 22, 2011")],
)
def test_a_page_of_a_day_leaves_this_years_number_out(today, expected):
    assert stamps.day_near(date(2011, 3, 22), today) == expected
