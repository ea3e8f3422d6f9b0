"""Reading the archive: years, months, days, and the same day in other years."""

import re
from datetime import UTC, datetime

import pytest
import time_machine

from broadsheet.demo import factories
from broadsheet.edition import archives


@pytest.fixture
def years(section):
    """Stories of one March day, on the paper's clock, over some years; and two beside it."""
    moments = {
        "first": datetime(2009, 3, 22, 4, tzinfo=UTC),
        "just-before": datetime(2011, 3, 21, 18, 29, tzinfo=UTC),  # 11:59 pm in Kolkata
        "midnight": datetime(2011, 3, 21, 18, 30, tzinfo=UTC),
        "evening": datetime(2011, 3, 22, 15, 41, tzinfo=UTC),
        "leap": datetime(2012, 2, 29, 12, tzinfo=UTC),
        "last": datetime(2016, 3, 22, 4, tzinfo=UTC),
    }
    return {
        slug: factories.story(slug.title(), slug=slug, section=section, published_at=moment)
        for slug, moment in moments.items()
    }


def slugs(html):
    return re.findall(r'class="entry__headline">\s*<a href="/world/([^/"]+)/"', html)


def test_a_day_has_its_stories_in_order(client, years):
    html = client.get("/archive/2011/03/22/").content.decode()

    assert slugs(html) == ["midnight", "evening"]
    assert re.search(r"<h1[^>]*>March 22, 2011</h1>", html)
    assert "<title>March 22, 2011 |" in html


def test_a_day_leads_to_the_nearest_days_with_stories(client, years):
    html = client.get("/archive/2011/03/22/").content.decode()

    assert re.search(r'href="/archive/2011/03/21/"\s+rel="prev"', html)
    assert re.search(r'href="/archive/2012/02/29/"\s+rel="next"', html)


def test_a_long_day_goes_on(client, section, monkeypatch):
    monkeypatch.setattr(archives, "DAY_PAGE", 2)
    at = datetime(2011, 3, 22, 12, tzinfo=UTC)
    for number in range(5):
        factories.story(f"S{number}", section=section, published_at=at)

    seen, path = [], "/archive/2011/03/22/"
    while path:
        html = client.get(path).content.decode()
        seen += slugs(html)
        more = re.search(r'href="(\?after=[^"]+)"', html)
        path = f"/archive/2011/03/22/{more[1]}" if more else ""

    assert seen == [f"s{number}" for number in range(5)]


def test_a_month_links_the_days_that_have_stories(client, years):
    html = client.get("/archive/2011/03/").content.decode()

    assert re.findall(r'href="/archive/2011/03/(\d\d)/"', html) == ["21", "22"]
    assert re.search(r'href="/archive/2009/03/"\s+rel="prev"', html)
    assert re.search(r'href="/archive/2012/02/"\s+rel="next"', html)


def test_the_archive_links_the_months_that_have_stories(client, years, django_assert_num_queries):
    html = client.get("/archive/").content.decode()

    assert re.findall(r'href="/archive/(\d{4}/\d\d)/"', html) == [
        "2016/03",
        "2012/02",
        "2011/03",
        "2009/03",
    ]


def test_on_this_day_shows_other_years_latest_first(client, years):
    html = client.get("/archive/on-this-day/03/22/").content.decode()

    assert slugs(html) == ["last", "midnight", "evening", "first"]


def test_today_is_left_out_of_its_own_day(client, years):
    with time_machine.travel(datetime(2016, 3, 22, 6, tzinfo=UTC), tick=False):
        html = client.get("/archive/on-this-day/").content.decode()

    assert slugs(html) == ["midnight", "evening", "first"]


def test_today_without_stories_opens_on_the_nearest_day_before(client, years):
    with time_machine.travel(datetime(2016, 3, 25, 6, tzinfo=UTC), tick=False):
        html = client.get("/archive/on-this-day/").content.decode()

    assert "On this day, March 22</h1>" in html
    assert "No stories from March 25 in other years. These are from March 22." in html
    # This year's is no other year's.
    assert slugs(html) == ["midnight", "evening", "first"]
    assert re.search(r'rel="canonical" href="[^"]*/archive/on-this-day/03/22/"', html)


def test_the_nearest_day_may_be_one_of_the_year_before(client, years):
    with time_machine.travel(datetime(2016, 1, 5, 6, tzinfo=UTC), tick=False):
        html = client.get("/archive/on-this-day/").content.decode()

    # From January 5 of 2012 back to March 22 of 2011 it is nearer than from any other year.
    assert "On this day, March 22</h1>" in html


def test_a_day_of_other_years_leads_to_the_nearest_days_with_stories(client, years):
    html = client.get("/archive/on-this-day/03/22/").content.decode()
    assert re.search(r'href="/archive/on-this-day/03/21/"\s+rel="prev"', html)
    # Over the end of the year.
    assert re.search(r'href="/archive/on-this-day/02/29/"\s+rel="next"', html)

    empty = client.get("/archive/on-this-day/03/23/").content.decode()
    assert "No stories from March 23" in empty
    assert re.search(r'href="/archive/on-this-day/03/22/"\s+rel="prev"', empty)


def test_a_paper_of_one_day_leads_to_no_other(client, section):
    factories.story("One", section=section, published_at=datetime(2011, 3, 22, 12, tzinfo=UTC))

    html = client.get("/archive/on-this-day/03/22/").content.decode()

    assert 'rel="prev"' not in html
    assert 'rel="next"' not in html


def test_the_nearest_days_cost_no_more_queries_over_more_years(
    client, section, years, django_assert_max_num_queries
):
    factories.story("Old", section=section, published_at=datetime(1901, 5, 1, 12, tzinfo=UTC))

    with django_assert_max_num_queries(14):
        client.get("/archive/on-this-day/03/23/")


def test_a_long_archive_opens_on_its_latest_decade(client, section, years):
    assert client.get("/archive/").content.decode().count('<details class="decade" open') == 2
    for year in range(1980, 2000):
        at = datetime(year, 5, 1, 12, tzinfo=UTC)
        factories.story(f"Of {year}", section=section, published_at=at)

    html = client.get("/archive/").content.decode()

    assert re.findall(r"<details class=\"decade\"( open)?>\s*<summary[^>]*>(\d+s)", html) == [
        (" open", "2010s"),
        ("", "2000s"),
        ("", "1990s"),
        ("", "1980s"),
    ]


def test_a_month_shows_its_latest_stories(client, years):
    html = client.get("/archive/2011/03/").content.decode()

    assert re.findall(r'beside__headline"><a href="/world/([^/]+)/', html) == [
        "evening",
        "midnight",
        "just-before",
    ]


def test_the_twenty_ninth_of_february_has_a_page(client, years):
    assert slugs(client.get("/archive/on-this-day/02/29/").content.decode()) == ["leap"]


@pytest.mark.parametrize(
    "path",
    [
        "/archive/2011/03/23/",
        "/archive/2011/02/30/",
        "/archive/2011/13/",
        "/archive/2011/05/",
        "/archive/0000/01/",
        "/archive/on-this-day/02/30/",
        "/archive/2011/3/22/",
    ],
)
def test_days_that_are_not_there_are_not_found(client, years, path):
    assert client.get(path).status_code == 404


def test_an_empty_archive_says_so(client, front_page):
    assert "begins with the first story" in client.get("/archive/").content.decode()
    assert client.get("/archive/on-this-day/").status_code == 200
