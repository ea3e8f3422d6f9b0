"""The edition's number, shared by machines: what one says every other hears, once, in order."""

import multiprocessing
import os
import random
import threading
import time

import psycopg
import pytest

from broadsheet.press.edge.edition import EVERYBODY, Change, Kind
from broadsheet.press.edge.ledger.resp import Link
from broadsheet.press.edge.ledger.stores import StoreError
from broadsheet.press.edge.numbers import Numbers
from broadsheet.press.edge.plates import key_of
from broadsheet.press.edge.postgres import PostgresNumbers
from broadsheet.press.edge.shared import (
    SharedEdition,
    ValkeyNumbers,
    shared,
)
from tests.plain.press.edge.test_ledger import in_a_schema_of_its_own

pytestmark = pytest.mark.filterwarnings("ignore:.*multi-threaded:DeprecationWarning")


@pytest.fixture(params=["postgres", "valkey"])
def address(request):
    variable = {"postgres": "BROADSHEET_TEST_POSTGRES", "valkey": "BROADSHEET_TEST_REDIS"}
    given = os.environ.get(variable[request.param])
    if not given:
        pytest.skip(f"{variable[request.param]} names no server")
    if request.param == "postgres":
        return in_a_schema_of_its_own(given)
    place = f"{given.rpartition('/')[0]}/{random.randrange(1, 16)}"
    link = Link(place, timeout=5)
    link.one("FLUSHDB")
    link.close()
    return place


@pytest.fixture
def edition(address):
    made = shared(address)
    yield made
    made.stop()


def numbers(address):
    return (PostgresNumbers if address.startswith("postgres") else ValkeyNumbers)(address)


def until(works, seconds=10):
    """Wait for something that must come. Never coming is the failure, not being late."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if works():
            return True
        time.sleep(0.01)
    return False


def test_what_one_machine_says_another_hears(edition, address):
    elsewhere = shared(address)
    elsewhere.start()
    seen = elsewhere.number()
    assert seen > 0

    edition.changed("/world/a/", "story:7", access=True)
    edition.changed("front")
    edition.revoked(2**40, 123)

    assert until(lambda: elsewhere.number() == seen + 4)
    number, changes = elsewhere.changes(seen)
    assert number == seen + 4
    assert [(one.kind, one.key, one.epoch) for one in changes or ()] == [
        (Kind.ACCESS, key_of("/world/a/"), 0),
        (Kind.ACCESS, key_of("story:7"), 0),
        (Kind.WORDS, key_of("front"), 0),
        (Kind.REVOKED, 2**40, 123),
    ]
    elsewhere.stop()


def test_who_comes_later_hears_what_was_revoked_before(edition, address):
    edition.revoked(5, 99)
    later = shared(address)
    later.start()

    _, changes, since = later.remembered()

    # What the store's predecessor remembered isn't known; this one has been there from its first.
    assert since <= changes[0].at + 1
    assert since > time.time() - 60
    assert [(one.key, one.epoch) for one in changes] == [(5, 99)]
    assert abs(changes[0].at - time.time()) < 60
    later.stop()


def test_it_shows_at_once_where_it_was_said(edition):
    edition.start()
    seen = edition.number()

    edition.changed("front")

    assert edition.number() == seen + 1


def test_what_is_asked_for_from_before_the_first_is_not_known(address):
    kept = numbers(address)
    number, _ = kept.fetch(None)
    kept.say([Change(Kind.WORDS, 1)])

    assert kept.fetch(number - 1)[1] is None
    assert len(kept.fetch(number)[1] or ()) == 1
    assert kept.fetch(number + 1) == (number + 1, [])
    kept.close()


def test_a_store_that_has_lost_all_begins_beyond_what_was_said(address):
    kept = numbers(address)
    kept.say([Change(Kind.WORDS, 1)] * 3)
    number, _ = kept.fetch(None)
    if address.startswith("postgres"):
        with psycopg.connect(address, autocommit=True) as connection:
            connection.execute("DROP TABLE edge_edition, edge_change")
    else:
        link = Link(address, timeout=5)
        link.one("FLUSHDB")
        link.close()
    kept.close()

    fresh = numbers(address)
    again, changes = fresh.fetch(number)
    assert again > number
    assert changes is None
    fresh.close()


def _speak(address, process):
    speaker = shared(address)
    for number in range(100):
        speaker.say([Change(Kind.WORDS, process * 1000 + number)])


def test_many_may_speak_at_once_and_everything_is_heard_once(address, edition):
    listener = shared(address)
    listener.ask()
    seen = listener.number()
    speakers = [
        multiprocessing.get_context("fork").Process(target=_speak, args=(address, one))
        for one in range(1, 5)
    ]
    for speaker in speakers:
        speaker.start()
    heard: list[Change] = []

    def listened():
        nonlocal seen
        listener.ask()
        seen, changes = listener.changes(seen)
        assert changes is not None
        heard.extend(changes)
        return len(heard) >= 400

    assert until(listened, 60)
    for speaker in speakers:
        speaker.join()
    assert sorted(one.key for one in heard) == sorted(
        process * 1000 + number for process in range(1, 5) for number in range(100)
    )
    listener.stop()


def test_a_forked_process_opens_connections_of_its_own(edition, address):
    edition.changed("before")
    child = multiprocessing.get_context("fork").Process(target=edition.changed, args=("after",))
    child.start()
    child.join()
    edition.changed("here")

    kept = numbers(address)
    _, changes = kept.fetch(None)
    assert [one.key for one in changes or ()] == [
        key_of(one) for one in ("before", "after", "here")
    ]
    kept.close()


# When the store is away.


class Away(Numbers):
    """A store that can be taken away."""

    def __init__(self):
        self.gone = False
        self.said: list[Change] = []

    def _there(self):
        if self.gone:
            raise StoreError("it is gone")

    def say(self, changes):
        self._there()
        self.said += changes

    def fetch(self, since):
        self._there()
        return 100 + len(self.said), self.said[(since or 100) - 100 :]

    def close(self):
        pass


def test_a_change_that_could_not_be_told_is_told_when_the_store_is_back(caplog):
    store = Away()
    edition = SharedEdition(lambda: store)
    store.gone = True

    edition.changed("one")
    edition.changed("two", access=True)
    assert store.said == []
    assert caplog.text.count("can't be told") == 1
    store.gone = False

    assert until(lambda: len(store.said) == 2)
    assert [one.key for one in store.said] == [key_of("one"), key_of("two")]
    assert until(lambda: "What waited is told" in caplog.text)


def test_the_number_is_unknown_while_nobody_can_say_it(caplog):
    store = Away()
    edition = SharedEdition(lambda: store, patience=0.05)
    edition.ask()
    assert edition.number() == 100
    store.gone = True
    edition.ask()

    assert until(lambda: edition.number() == -1)
    store.gone = False
    edition.ask()
    assert edition.number() > 100


def test_who_dies_before_telling_a_change_leaves_it_to_others():
    store = Away()
    left = []
    edition = SharedEdition(lambda: store, on_failure=lambda: left.append("tell everything"))
    store.gone = True

    edition.changed("one")
    edition.changed("two")

    assert left == ["tell everything"]
    assert edition.is_behind
    store.gone = False
    assert until(lambda: not edition.is_behind)
    edition.changed("three")
    assert len(left) == 1


def test_a_worker_that_lost_the_store_takes_everything_for_changed():
    store = Away()
    store.say([Change(Kind.WORDS, 1)])
    worker = SharedEdition(lambda: store)
    worker.ask()
    seen = worker.number()
    store.gone = True
    worker.ask()
    # Whoever changes something now and dies at once can't tell anybody.
    store.gone = False
    worker.ask()

    assert worker.number() > seen
    assert worker.changes(seen)[1] is None
    # Passes that were issued before may have been revoked meanwhile.
    assert worker.remembered()[2] >= int(time.time()) - 60
    now = worker.number()
    store.say([Change(Kind.WORDS, 7)])
    worker.ask()
    assert [one.key for one in worker.changes(now)[1] or ()] == [7]


def test_a_store_restored_to_a_lower_number_is_not_taken_for_unchanged():
    store = Away()
    store.say([Change(Kind.WORDS, one) for one in range(5)])
    worker = SharedEdition(lambda: store)
    worker.ask()
    seen = worker.number()
    store.gone = True
    worker.ask()
    store.gone = False
    del store.said[1:]
    worker.ask()

    assert worker.number() != seen
    assert worker.changes(seen)[1] is None


def test_that_everything_changed_reaches_pages_and_passes(edition, address):
    elsewhere = shared(address)
    elsewhere.start()
    seen = elsewhere.number()

    edition.everything_changed()

    assert until(lambda: elsewhere.number() == seen + 2)
    _, changes = elsewhere.changes(seen)
    pages, passes = changes or ()
    assert (pages.kind, pages.key) == (Kind.ACCESS, 0)
    assert (passes.kind, passes.key) == (Kind.REVOKED, EVERYBODY)
    assert passes.epoch > time.time() - 60
    elsewhere.stop()


def test_a_number_never_goes_back_when_two_ask_at_once():
    store = Away()
    edition = SharedEdition(lambda: store, every=0.001)
    edition.start()
    seen = [edition.number()]
    speakers = [threading.Thread(target=edition.changed, args=(str(one),)) for one in range(50)]
    for speaker in speakers:
        speaker.start()
    while any(speaker.is_alive() for speaker in speakers):
        seen.append(edition.number())
    edition.stop()

    assert seen == sorted(seen)
    assert edition.number() == 150
