"""The reading history: for the reader alone, switched off and erased at will."""

from datetime import timedelta

import pytest

from broadsheet.demo import factories
from broadsheet.saved import actions
from broadsheet.saved.models import ReadStory
from tests.conftest import NOW

HISTORY = "/saved/history/"


@pytest.fixture
def mine(client, reader):
    client.force_login(reader)
    return client


def read(reader, story, minutes=0):
    actions.remember_reading(reader=reader, story_pk=story.pk, now=NOW + timedelta(minutes=minutes))


def test_what_was_read_last_stands_first(mine, reader, section):
    first, second = (factories.story(title, section=section) for title in ("First", "Second"))
    read(reader, first)
    read(reader, second, minutes=1)

    items = mine.get(HISTORY).context["items"]

    assert [item["story"].title for item in items] == ["Second", "First"]


def test_going_back_within_half_an_hour_is_reading_once(reader, story):
    for minutes in (0, 10, 39, 75):
        read(reader, story, minutes)

    row = ReadStory.objects.get()
    assert row.times == 2
    assert row.last_read_at == NOW + timedelta(minutes=75)


def test_switched_off_nothing_is_kept_and_on_it_is_again(mine, reader, story):
    mine.post(HISTORY, {"action": "off"})
    read(reader, story)
    assert not ReadStory.objects.exists()
    assert "Your history is off" in mine.get(HISTORY).text

    mine.post(HISTORY, {"action": "on"})
    read(reader, story)
    assert ReadStory.objects.count() == 1


def test_erasing_takes_all_of_ones_own_and_nothing_else(mine, reader, section):
    other = factories.reader("other@example.org")
    stories = [factories.story(f"Story {n}", section=section) for n in range(3)]
    for story in stories:
        read(reader, story)
    read(other, stories[0])

    mine.post(HISTORY, {"action": "erase"})

    assert list(ReadStory.objects.values_list("reader", flat=True)) == [other.pk]


def test_one_story_is_forgotten(mine, reader, section):
    stories = [factories.story(f"Story {n}", section=section) for n in range(2)]
    for story in stories:
        read(reader, story)

    mine.post(HISTORY, {"action": "forget", "story": stories[0].pk})

    assert ReadStory.objects.get().story == stories[1]


def test_links_change_nothing(mine, reader, story):
    read(reader, story)

    mine.get(HISTORY, {"action": "erase"})

    assert ReadStory.objects.exists()


@pytest.mark.parametrize("action", ["", "x", "drop"])
def test_what_isnt_offered_isnt_done(mine, action):
    assert mine.post(HISTORY, {"action": action}).status_code == 404


def test_the_history_is_searched_by_headline(mine, reader, section):
    for title in ("The bridge at Ørje", "Another"):
        read(reader, factories.story(title, section=section))

    items = mine.get(HISTORY, {"q": "ørje"}).context["items"]

    assert [item["story"].title for item in items] == ["The bridge at Ørje"]


def test_it_is_nobody_elses(mine, section):
    other = factories.reader("other@example.org")
    read(other, factories.story("Theirs", section=section))

    assert "Theirs" not in mine.get(HISTORY).text


def test_a_visitor_is_sent_to_the_door(client, db):
    assert client.get(HISTORY).url == "/accounts/login/?next=%2Fsaved%2Fhistory%2F"
