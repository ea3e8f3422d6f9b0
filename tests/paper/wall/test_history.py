"""What the edge counted comes into the reading history."""

import time
from datetime import UTC, datetime

import pytest

from broadsheet.press.edge.ledger.stores import Asked, Outcome, Result
from broadsheet.readers.signals import stories_read
from broadsheet.saved.actions import keep_history
from broadsheet.saved.models import ReadStory
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


class Fixed:
    """A store with a fixed answer to every question."""

    def __init__(self, result):
        self.result = result

    def record(self, batch):
        return [Outcome(self.result, one.month, (one.story,)) for one in batch]


@pytest.mark.parametrize(
    ("reader", "result", "told"),
    [
        (5, Result.COUNTED, [(5, 7, AT)]),
        (5, Result.ALREADY, []),
        (5, Result.REFUSED, []),
        (-5, Result.COUNTED, []),
    ],
)
def test_only_what_was_counted_for_a_reader_is_told(monkeypatch, reader, result, told):
    monkeypatch.setattr(telling, "GROUPED", 0)
    monkeypatch.setattr(telling, "close_old_connections", lambda: None)
    heard = []

    def hear(*, rows, **_):
        heard.extend(rows)

    receivers = stories_read.receivers, stories_read.sender_receivers_cache
    stories_read.receivers = []
    try:
        stories_read.connect(hear)
        store = telling.TellingStore(Fixed(result))  # type: ignore[arg-type]
        store.record([Asked(reader, 202611, 7, 10, AT)])
        # A second one that is always told, so that there is an end to wait for.
        store._counted.put((0, 0, 0))
        until = time.monotonic() + 10
        while (0, 0, 0) not in heard and time.monotonic() < until:
            time.sleep(0.005)
    finally:
        stories_read.receivers, stories_read.sender_receivers_cache = receivers

    assert heard == [*told, (0, 0, 0)]
