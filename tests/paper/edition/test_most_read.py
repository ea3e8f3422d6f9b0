"""What is read most: counted by the hour without anybody's name, and shown where it says something."""

from datetime import timedelta

import pytest

from broadsheet.demo import factories
from broadsheet.edition import most_read
from broadsheet.edition.models import MostRead, StoryHour
from broadsheet.press.edge.opens import HANDED_ON, OpenCounter
from tests.conftest import NOW

HOUR = timedelta(hours=1)


@pytest.fixture
def three(section):
    return [
        factories.story(title, section=section, access="free", published_at=NOW - HOUR)
        for title in ("One", "Two", "Three")
    ]


def opened(stories, *times, at=NOW):
    most_read.add({one.pk: count for one, count in zip(stories, times, strict=True)}, now=at)


def test_the_most_opened_of_a_day_stands_first(three):
    opened(three, 5, 9, 7)
    opened(three, 9, 0, 1, at=NOW - HOUR)

    assert most_read.rank(now=NOW) == [three[0].pk, three[1].pk, three[2].pk]
    assert [one.title for one in most_read.stories()] == ["One", "Two", "Three"]


def test_opens_of_the_same_hour_are_added_up(three):
    opened(three, 1, 2, 3)
    opened(three, 4, 5, 6)

    assert sorted(StoryHour.objects.values_list("opens", flat=True)) == [5, 7, 9]


def test_a_day_later_it_counts_no_more_and_a_week_later_it_is_gone(three):
    opened(three, 9, 9, 9)

    assert most_read.rank(now=NOW + timedelta(days=2)) == []
    most_read.forget_old(now=NOW + timedelta(days=6))
    assert StoryHour.objects.count() == 3
    most_read.forget_old(now=NOW + timedelta(days=8))
    assert not StoryHour.objects.exists()


def test_few_opens_and_few_stories_say_nothing(client, three):
    opened(three, most_read.LEAST - 1, most_read.LEAST, most_read.LEAST)
    most_read.rank(now=NOW)

    assert MostRead.objects.count() == 2
    assert most_read.stories() == []
    assert "Most read" not in client.get("/").content.decode()
    assert "enough to tell yet" in client.get("/most-read/").content.decode()


def test_the_front_page_and_a_page_of_its_own_show_it(client, three):
    opened(three, 9, 8, 7)
    most_read.rank(now=NOW)

    for address in ("/", "/most-read/"):
        page = client.get(address).content.decode()
        shown = page[page.index('class="most-read') :]
        assert shown.index(">One<") < shown.index(">Two<") < shown.index(">Three<")


def test_a_story_that_is_taken_down_is_on_no_list(client, three):
    opened(three, 9, 8, 7)
    most_read.rank(now=NOW)
    three[1].unpublish()

    assert most_read.stories() == []
    assert most_read.rank(now=NOW) == [three[0].pk, three[2].pk]


def test_a_story_that_is_deleted_meanwhile_is_passed_over(three):
    gone = three[0].pk
    three[0].delete()
    most_read.add({gone: 9, three[1].pk: 9}, now=NOW)

    assert list(StoryHour.objects.values_list("story", flat=True)) == [three[1].pk]


def test_pages_are_told_only_when_the_list_changed(three, django_capture_on_commit_callbacks):
    opened(three, 9, 8, 7)
    with django_capture_on_commit_callbacks() as first:
        most_read.rank(now=NOW)
    with django_capture_on_commit_callbacks() as again:
        most_read.rank(now=NOW)

    assert len(first) == 1
    assert again == []


BROWSER = {"User-Agent": "Mozilla/5.0"}


@pytest.mark.parametrize(
    ("how", "headers", "times"),
    [
        ("get", BROWSER, 1),
        ("head", BROWSER, 0),
        ("get", {**BROWSER, "Sec-Purpose": "prefetch"}, 0),
        ("get", {"User-Agent": "Googlebot/2.1 (+http://www.google.com/bot.html)"}, 0),
    ],
)
def test_only_people_who_open_a_story_are_counted(client, three, monkeypatch, how, headers, times):
    counter = OpenCounter()
    monkeypatch.setattr(most_read, "counter", counter)

    getattr(client, how)(three[0].url, headers=headers)

    assert counter.counts[three[0].pk] == times


def test_what_was_counted_is_handed_on_once_a_minute():
    counter = OpenCounter()
    counter.add(7)
    counter.add(7)

    assert counter.take_due(0.0) == {}
    assert counter.take_due(HANDED_ON - 1) == {}
    assert counter.take_due(HANDED_ON) == {7: 2}
    counter.add(8)
    assert counter.take_due(HANDED_ON + 1) == {}
    assert counter.take_due(2 * HANDED_ON) == {8: 1}


def test_counts_are_of_the_hour_in_which_they_are_written(three):
    opened(three, 1, 1, 1, at=NOW + timedelta(minutes=59))

    assert {one.hour for one in StoryHour.objects.all()} == {NOW}
