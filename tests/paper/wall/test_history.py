"""What the edge counted comes into the reading history."""

import os
import time
from datetime import UTC, datetime, timedelta

import pytest

from broadsheet.demo import factories
from broadsheet.press.edge.ledger.stores import Asked, Outcome, Result
from broadsheet.readers.signals import stories_read
from broadsheet.saved.actions import keep_history, save
from broadsheet.saved.models import ReadStory, SavedStory
from broadsheet.wall import telling

AT = int(datetime(2026, 11, 24, 12, tzinfo=UTC).timestamp())


def tell(*rows):
    stories_read.send(sender=None, rows=list(rows))


def test_a_counted_story_stands_in_the_history(reader, story):
    tell((reader.pk, story.pk, AT), (reader.pk, story.pk, AT))

    row = ReadStory.objects.get()
    assert (row.reader, row.story_id, row.times) == (reader, story.pk, 1)
    assert row.last_read_at == datetime.fromtimestamp(AT, UTC)


def test_nothing_comes_into_a_history_that_is_switched_off(reader, story):
    keep_history(reader=reader, is_kept=False)

    tell((reader.pk, story.pk, AT))

    assert not ReadStory.objects.exists()


def test_an_erased_reader_or_story_is_passed_over(reader, story):
    tell((reader.pk + 1, story.pk, AT), (reader.pk, story.pk + 1, AT), (reader.pk, story.pk, AT))

    assert ReadStory.objects.count() == 1


def test_a_story_read_again_another_day_is_counted_as_read_twice(reader, story):
    tell((reader.pk, story.pk, AT))

    tell((reader.pk, story.pk, AT + 60))
    assert ReadStory.objects.get().times == 1
    tell((reader.pk, story.pk, AT + 86_400))

    row = ReadStory.objects.get()
    assert (row.times, int(row.last_read_at.timestamp())) == (2, AT + 86_400)


def test_a_saved_story_that_is_opened_later_is_read(reader, story, section):
    other = factories.story("Another headline", section=section)
    at = datetime.fromtimestamp(AT, UTC)
    for one, earlier in ((story, 3600), (other, 60)):
        save(reader=reader, story=one, now=at - timedelta(seconds=earlier))

    tell((reader.pk, story.pk, AT), (reader.pk, other.pk, AT))

    read = dict(SavedStory.objects.values_list("story", "read_at"))
    assert read == {story.pk: at, other.pk: None}


def test_hundreds_of_readings_cost_no_more_queries_than_one(section, django_assert_max_num_queries):
    readers = [factories.reader(f"reader-{number}@example.org") for number in range(20)]
    stories = [factories.story(f"Story {number}", section=section) for number in range(5)]

    with django_assert_max_num_queries(8):
        tell(*((reader.pk, story.pk, AT) for reader in readers for story in stories))

    assert ReadStory.objects.count() == 100


class Fixed:
    """A store with a fixed answer to every question."""

    def __init__(self, result):
        self.result = result

    def record(self, batch):
        return [Outcome(self.result, one.month, (one.story,)) for one in batch]


END = Asked(9, 202611, 9, 10, AT)


@pytest.fixture
def heard(monkeypatch):
    """Return what asks for all rows that were told, once END was."""
    monkeypatch.setattr(telling, "GROUPED", 0)
    monkeypatch.setattr(telling, "close_old_connections", lambda: None)
    told = []

    def hear(*, rows, **_):
        told.extend(rows)

    def wait():
        until = time.monotonic() + 10
        while (9, 9, AT) not in told and time.monotonic() < until:
            time.sleep(0.005)
        return told

    receivers = stories_read.receivers, stories_read.sender_receivers_cache
    stories_read.receivers = []
    stories_read.connect(hear)
    yield wait
    stories_read.receivers, stories_read.sender_receivers_cache = receivers


@pytest.mark.parametrize(
    ("reader", "result", "told"),
    [
        (5, Result.COUNTED, [(5, 7, AT)]),
        (5, Result.ALREADY, []),
        (5, Result.REFUSED, []),
        (-5, Result.COUNTED, []),
    ],
)
@pytest.mark.parametrize("way", [lambda: None, telling.Line], ids=["itself", "line"])
def test_only_what_was_counted_for_a_reader_is_told(heard, way, reader, result, told):
    line = way()
    if line:
        line.hear(telling.Histories())
    fixed = Fixed(result)
    store = telling.TellingStore(fixed, line)  # type: ignore[arg-type]

    store.record([Asked(reader, 202611, 7, 10, AT)])

    # A second one that is always told, so that there is an end to wait for.
    fixed.result = Result.COUNTED
    store.record([END])
    assert heard() == [*told, (9, 9, AT)]


def test_a_line_that_nobody_hears_is_done_without(heard):
    line = telling.Line()
    while line.tell([(1, 1, 1)]):
        pass
    store = telling.TellingStore(Fixed(Result.COUNTED), line)  # type: ignore[arg-type]

    store.record([END])

    assert heard() == [(9, 9, AT)]


def test_many_readings_at_once_go_over_the_line_in_parts(heard):
    line = telling.Line()
    store = telling.TellingStore(Fixed(Result.COUNTED), line)  # type: ignore[arg-type]
    rows = [(2**62 + number, 2**31 - 1, AT) for number in range(300)]

    store.record([Asked(reader, 202611, story, 10, at) for reader, story, at in rows] + [END])
    line.hear(telling.Histories())

    assert heard() == [*rows, (9, 9, AT)]
    assert not store._histories._started


def test_a_line_whose_listener_died_within_a_reading_goes_on(heard):
    line = telling.Line()
    line.tell([(1, 1, 1)])
    os.read(line._listening, 5)
    line.tell([(9, 9, AT)])

    line.hear(telling.Histories())

    assert heard() == [(9, 9, AT)]
