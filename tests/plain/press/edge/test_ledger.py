"""The ledger is exact: never one story more than the allowance, none twice, none lost."""

import asyncio
import itertools
import json
import multiprocessing
import os
import random
import sqlite3
import threading
from contextlib import closing, suppress
from urllib.parse import urlsplit

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from broadsheet.press.edge.ledger.front import Ledger
from broadsheet.press.edge.ledger.postgres import PostgresStore
from broadsheet.press.edge.ledger.sqlite import SqliteStore
from broadsheet.press.edge.ledger.stores import (
    Asked,
    Outcome,
    Reading,
    Result,
    Store,
    StoreError,
)
from broadsheet.press.edge.ledger.valkey import ValkeyStore

MONTH = 202611
NEXT = 202612
# The processes forked here use nothing that a thread of this one may hold.
pytestmark = pytest.mark.filterwarnings("ignore:.*multi-threaded:DeprecationWarning")


def in_a_schema_of_its_own(conninfo):
    """Return an address of the server where nothing of another test's is in the way."""
    import psycopg

    schema = f"edge_{os.getpid()}_{random.randrange(10**9)}"
    with psycopg.connect(conninfo, autocommit=True) as connection:
        connection.execute(f"CREATE SCHEMA {schema}")
    mark = "&" if urlsplit(conninfo).query else "?"
    return f"{conninfo}{mark}options=-csearch_path%3D{schema}"


@pytest.fixture(params=["sqlite", "postgres", "valkey"])
def make(request, tmp_path):
    """What makes a store, in this process or another."""
    kind = request.param
    if kind == "sqlite":
        return SqliteStore, (tmp_path / "readings.sqlite3",)
    variable = {"postgres": "BROADSHEET_TEST_POSTGRES", "valkey": "BROADSHEET_TEST_REDIS"}[kind]
    address = os.environ.get(variable)
    if not address:
        pytest.skip(f"{variable} names no server")
    if kind == "postgres":
        return PostgresStore, (in_a_schema_of_its_own(address),)
    return _valkey, (address, f"test:{os.getpid()}:{random.randrange(10**9)}")


def _valkey(address, prefix):
    return ValkeyStore(address, prefix=prefix, keep=600)


@pytest.fixture
def store(make):
    kind, where = make
    opened = kind(*where)
    yield opened
    opened.close()


def asked(story, reader=1, month=MONTH, allowance=10, at=None):
    return Asked(reader, month, story, allowance, 1_000_000 + story if at is None else at)


def test_ten_open_the_eleventh_does_not_and_going_back_is_free(store):
    results = [store.record([asked(story)])[0].result for story in range(1, 12)]
    again = store.record([asked(4), asked(11), asked(10)])

    assert results == [Result.COUNTED] * 10 + [Result.REFUSED]
    assert [one.result for one in again] == [Result.ALREADY, Result.REFUSED, Result.ALREADY]
    assert [reading.story for reading in store.readings(1)] == list(range(1, 11))


def test_an_outcome_names_what_is_counted_this_story_last(store):
    store.record([asked(5), asked(6)])

    (outcome,) = store.record([asked(5)])

    assert outcome.month == MONTH
    assert set(outcome.opened) == {5, 6}
    assert outcome.opened[-1] == 5


def test_one_batch_may_hold_the_same_reader_many_times(store):
    batch = [asked(story % 14, allowance=3) for story in range(40)]

    outcomes = store.record(batch)

    assert [one.result for one in outcomes].count(Result.COUNTED) == 3
    assert len(store.readings(1)) == 3


def test_readers_and_months_have_nothing_to_do_with_each_other(store):
    store.record([asked(1, allowance=1), asked(2, reader=2, allowance=1)])
    store.record([asked(3, reader=-1, allowance=1)])

    (outcome,) = store.record([asked(2, month=NEXT, allowance=1)])

    assert outcome.result is Result.COUNTED
    assert store.readings(1, MONTH) == [Reading(MONTH, 1, 1_000_001)]
    assert [one.month for one in store.readings(1)] == [MONTH, NEXT]
    assert [one.story for one in store.readings(-1)] == [3]


def test_a_clock_put_back_neither_reopens_a_month_nor_charges_twice(store):
    store.record([asked(story) for story in range(1, 11)])
    store.record([asked(20, month=NEXT), asked(21, month=NEXT)])

    again, another = store.record([asked(20), asked(22)])
    old = store.record([asked(1)])[0]

    assert (again.result, again.month) == (Result.ALREADY, NEXT)
    assert (another.result, another.month) == (Result.COUNTED, NEXT)
    assert (old.result, old.month) == (Result.COUNTED, NEXT)
    assert len(store.readings(1, MONTH)) == 10


def test_a_visitors_readings_go_to_the_account_once(store):
    store.record([asked(story, reader=-7, at=100 - story) for story in (1, 2, 3)])
    store.record([asked(2), asked(9)])

    assert store.merge(-7, 1, MONTH, 10) == 2
    assert store.merge(-7, 1, MONTH, 10) == 0
    assert store.merge(-7, 2, MONTH, 10) == 0

    assert {one.story for one in store.readings(1)} == {1, 2, 3, 9}
    assert store.readings(2) == []


def test_signing_in_and_out_gives_a_visitor_nothing_back(store):
    store.record([asked(story, reader=-7, allowance=2) for story in (1, 2)])

    store.merge(-7, 1, MONTH, 10)

    (outcome,) = store.record([asked(3, reader=-7, allowance=2)])
    assert outcome.result is Result.REFUSED


def test_what_a_visitor_reads_after_signing_out_goes_over_the_next_time(store):
    store.record([asked(1, reader=-7)])
    store.merge(-7, 1, MONTH, 10)
    store.record([asked(2, reader=-7)])

    assert store.merge(-7, 1, MONTH, 10) == 1
    assert {one.story for one in store.readings(1)} == {1, 2}


def test_the_oldest_of_a_visitors_readings_go_over_while_the_allowance_lasts(store):
    store.record([asked(story, reader=-7, at=100 - story) for story in (1, 2, 3)])
    store.record([asked(story) for story in range(11, 20)])

    assert store.merge(-7, 1, MONTH, 10) == 1
    assert 3 in {one.story for one in store.readings(1)}
    assert len(store.readings(1)) == 10


def test_a_reading_given_back_makes_room_for_another(store):
    store.record([asked(story) for story in range(1, 11)])

    assert store.give_back(1, MONTH, 4) is True
    assert store.give_back(1, MONTH, 4) is False

    assert store.record([asked(11)])[0].result is Result.COUNTED
    assert store.record([asked(4)])[0].result is Result.REFUSED


def test_a_person_is_forgotten_altogether(store):
    store.record([asked(1), asked(2, month=NEXT), asked(3, reader=2)])

    store.forget(1)

    assert store.readings(1) == []
    assert len(store.readings(2)) == 1


def test_old_months_are_forgotten(store):
    if isinstance(store, ValkeyStore):
        pytest.skip("there a month goes by itself when its time is over")
    store.record([asked(1), asked(2, reader=2, month=NEXT)])

    store.forget_before(NEXT)

    assert store.readings(1) == []
    assert len(store.readings(2)) == 1


def test_what_is_recorded_is_there_for_whoever_opens_the_store_next(store, make):
    store.record([asked(1)])
    store.close()

    kind, where = make
    other = kind(*where)
    assert [one.story for one in other.readings(1)] == [1]
    other.close()
    assert store.record([asked(1)])[0].result is Result.ALREADY


steps = st.lists(
    st.one_of(
        st.tuples(
            st.just("read"),
            st.sampled_from([1, 2, -1]),
            st.integers(1, 6),
            st.sampled_from([MONTH, NEXT]),
            st.integers(0, 4),
        ),
        st.tuples(st.just("give back"), st.sampled_from([1, 2]), st.integers(1, 6)),
        st.tuples(st.just("merge"), st.sampled_from([1, 2]), st.integers(0, 4)),
    ),
    max_size=25,
)


_numbers = itertools.count(10, 10)


class Model:
    """The ledger told as simply as it can be."""

    def __init__(self):
        self.held = {}
        self.moved = {}

    def read(self, reader, story, month, allowance):
        if self.held.get((reader, month + 1)):
            month += 1
        held = self.held.setdefault((reader, month), {})
        if story in held:
            return Result.ALREADY
        if len(held) >= allowance:
            return Result.REFUSED
        held[story] = len(held)
        return Result.COUNTED

    def give_back(self, reader, story):
        self.held.get((reader, MONTH), {}).pop(story, None)

    def merge(self, reader, allowance):
        for story in sorted(self.held.get((-1, MONTH), {})):
            if self.moved.setdefault(story, reader) == reader:
                self.read(reader, story, MONTH, allowance)


@settings(
    max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
@given(steps=steps)
def test_a_store_does_what_the_simplest_ledger_does(make, steps):
    # Persons of their own for every example, so that one store serves all.
    base = next(_numbers)
    persons = {1: base + 1, 2: base + 2, -1: -base}
    kind, where = make
    store, model = kind(*where), Model()
    for step in steps:
        match step:
            case ("read", reader, story, month, allowance):
                asks = asked(story, persons[reader], month, allowance, at=story)
                assert store.record([asks])[0].result is model.read(reader, story, month, allowance)
            case ("give back", reader, story):
                store.give_back(persons[reader], MONTH, story)
                model.give_back(reader, story)
            case ("merge", reader, allowance):
                store.merge(persons[-1], persons[reader], MONTH, allowance)
                model.merge(reader, allowance)
    for reader, number in persons.items():
        for month in (MONTH, NEXT):
            assert {one.story for one in store.readings(number, month)} == set(
                model.held.get((reader, month), {})
            )
    store.close()


# Many at once.


def _tabs(make, seed, results):
    kind, where = make
    store = kind(*where)
    wishes = random.Random(seed)
    counted: dict[tuple[int, int], int] = {}
    for _ in range(30):
        batch = [asked(wishes.randrange(1, 40), reader=wishes.randrange(1, 4)) for _ in range(16)]
        for asks, outcome in zip(batch, store.record(batch), strict=True):
            if outcome.result is Result.COUNTED:
                key = asks.reader, asks.story
                counted[key] = counted.get(key, 0) + 1
    store.close()
    results.put(counted)


def test_64_tabs_on_four_workers_open_exactly_ten(make):
    """Each worker asks for batches of sixteen, so that 64 requests are under way at any time."""
    context = multiprocessing.get_context("fork")
    results = context.Queue()
    workers = [context.Process(target=_tabs, args=(make, seed, results)) for seed in range(4)]

    for worker in workers:
        worker.start()
    counted = [results.get(timeout=60) for _ in workers]
    for worker in workers:
        worker.join()

    times: dict[tuple[int, int], int] = {}
    for one in counted:
        for key, number in one.items():
            times[key] = times.get(key, 0) + number
    kind, where = make
    store = kind(*where)
    for reader in (1, 2, 3):
        stories = [one.story for one in store.readings(reader)]
        assert len(stories) == len(set(stories)) == 10
        # Every story that is counted was counted once, by one worker.
        assert {story: times[reader, story] for story in stories} == dict.fromkeys(stories, 1)
    assert sum(times.values()) == 30
    store.close()


# The front: one thread before a store.


class FakeStore(Store):
    """A store that fails or waits as it is told."""

    def __init__(self):
        self.batches = []
        self.kept = {}
        self.failing = False
        self.gate = threading.Event()
        self.gate.set()
        self.at_the_gate = threading.Event()

    def record(self, batch):
        self.at_the_gate.set()
        self.gate.wait(10)
        if self.failing:
            raise StoreError("it has gone")
        self.batches.append(list(batch))
        outcomes = []
        for asks in batch:
            held = self.kept.setdefault(asks.reader, [])
            if asks.story in held:
                result = Result.ALREADY
            elif len(held) < asks.allowance:
                held.append(asks.story)
                result = Result.COUNTED
            else:
                result = Result.REFUSED
            outcomes.append(Outcome(result, asks.month, tuple(held)))
        return outcomes

    def merge(self, visitor, reader, month, allowance):
        return 0

    def give_back(self, reader, month, story):
        self.kept[reader].remove(story)
        return True

    def readings(self, reader, month=None):
        if self.failing:
            raise StoreError("it has gone")
        return [Reading(MONTH, story, 0) for story in self.kept.get(reader, [])]

    def try_out(self):
        self.gate.wait(10)
        if self.failing:
            raise StoreError("it has gone")

    def forget(self, reader):
        self.kept.pop(reader, None)

    def forget_before(self, month):
        pass

    def close(self):
        pass


@pytest.fixture
def fake():
    return FakeStore()


class Fronts:
    """Makes ledgers before the fake store, and keeps what they tell."""

    def __init__(self, store, folder):
        self.told: list[str] = []
        self.made: list[Ledger] = []
        self._store = store
        self._folder = folder

    def __call__(self, **about):
        about.setdefault("retry", 0.005)
        ledger = Ledger(lambda: self._store, spool=self._folder, told=self.told.append, **about)
        self.made.append(ledger)
        return ledger


@pytest.fixture
def front(fake, tmp_path):
    fronts = Fronts(fake, tmp_path / "spool")
    yield fronts
    fake.gate.set()
    for ledger in fronts.made:
        ledger.close()


def ask_all(ledger, requests):
    async def all_of_them():
        return await asyncio.gather(*(ledger.record(one) for one in requests))

    return asyncio.run(all_of_them())


def until(condition):
    """Wait for the ledger's thread. A test that hangs here has failed."""
    waiting = threading.Event()
    for _ in range(4000):
        if condition():
            return
        waiting.wait(0.005)
    pytest.fail("it never happened")


def test_what_is_asked_in_one_turn_goes_into_one_commit(front, fake):
    outcomes = ask_all(front(), [asked(story, reader=story) for story in range(1, 51)])

    assert {one.result for one in outcomes} == {Result.COUNTED}
    assert [len(batch) for batch in fake.batches] == [50]


def test_what_comes_while_a_commit_runs_waits_for_the_next(front, fake):
    ledger = front(deadline=10)
    fake.gate.clear()

    async def in_turns():
        first = asyncio.ensure_future(ledger.record(asked(1)))
        while not fake.at_the_gate.is_set():
            await asyncio.sleep(0.001)
        others = []
        for number in range(2, 20):
            others.append(asyncio.ensure_future(ledger.record(asked(1, reader=number))))
            await asyncio.sleep(0)
        # A turn after it was asked, the last one stands in the queue too.
        while ledger._queue.qsize() < len(others):
            await asyncio.sleep(0.001)
        fake.gate.set()
        await asyncio.gather(first, *others)

    asyncio.run(in_turns())

    assert [len(batch) for batch in fake.batches] == [1, 18]


def test_django_and_the_edge_ask_the_same_ledger(front):
    ledger = front()

    assert ledger.record_now(asked(1)).result is Result.COUNTED
    assert ask_all(ledger, [asked(1)])[0].result is Result.ALREADY
    assert [one.story for one in ledger.readings(1)] == [1]


def test_a_store_that_fails_opens_stories_and_counts_them_later(front, fake):
    ledger = front()
    fake.failing = True

    outcomes = ask_all(ledger, [asked(1), asked(2)])
    outcomes.append(ledger.record_now(asked(3)))

    assert [one.result for one in outcomes] == [Result.FAILED] * 3
    assert "stories open uncounted" in front.told[0]
    fake.failing = False
    until(lambda: not ledger.failing)
    assert sorted(fake.kept[1]) == [1, 2, 3]
    assert "is back" in front.told[-1]
    assert ledger.record_now(asked(2)).result is Result.ALREADY


def test_a_store_that_fails_may_close_stories_and_counts_none(front, fake):
    ledger = front(opens_when_failing=False)
    fake.failing = True

    assert ledger.record_now(asked(1)).result is Result.CLOSED

    assert "the wall is shown" in front.told[0]
    fake.failing = False
    until(lambda: not ledger.failing)
    assert fake.kept.get(1, []) == []


def test_nobody_waits_longer_than_the_deadline(front, fake):
    ledger = front(deadline=0.02)
    fake.gate.clear()

    assert ask_all(ledger, [asked(1)])[0].result is Result.FAILED
    assert ledger.record_now(asked(2)).result is Result.FAILED

    fake.gate.set()
    until(lambda: sorted(fake.kept.get(1, [])) == [1, 2])
    until(lambda: not ledger.failing)


def test_a_reading_that_was_refused_for_being_late_is_given_back(front, fake):
    ledger = front(deadline=0.02, opens_when_failing=False)
    fake.gate.clear()

    assert ask_all(ledger, [asked(1)])[0].result is Result.CLOSED

    fake.gate.set()
    until(lambda: not ledger.failing)
    assert fake.kept.get(1, []) == []


def test_readings_that_wait_survive_the_end_of_the_process(front, fake, tmp_path):
    ledger = front()
    fake.failing = True
    ledger.record_now(asked(1))
    ledger.close()
    assert list((tmp_path / "spool").iterdir())

    fake.failing = False
    after = front()
    assert [one.story for one in after.readings(1)] == [1]
    assert list((tmp_path / "spool").iterdir()) == []


def test_a_line_that_was_torn_is_left_out(front, fake, tmp_path):
    folder = tmp_path / "spool"
    folder.mkdir()
    (folder / "1-a.readings").write_text('[1, 202611, 5, 10, 1]\n[1, 202611, 6\n\0\n["x"]\n')

    assert [one.story for one in front().readings(1)] == [5]


def test_what_was_opened_beyond_the_allowance_meanwhile_is_told(front, fake):
    fake.kept[1] = [10, 11]
    ledger = front()
    fake.failing = True
    for story in (1, 2, 1):
        ledger.record_now(asked(story, allowance=3))

    fake.failing = False
    until(lambda: not ledger.failing)

    assert fake.kept[1] == [10, 11, 1]
    assert "1 stories were opened beyond" in front.told[-1]


def test_whoever_sees_the_wall_meanwhile_is_neither_counted_nor_told_as_having_opened(front, fake):
    ledger = front()
    fake.failing = True
    ledger.record_now(asked(1, reader=2))

    async def ask_walled():
        answered = asyncio.get_running_loop().create_future()
        ledger.ask(asked(12), answered.set_result, walled=True)
        return await answered

    assert ledger.record_now(asked(11), walled=True).result is Result.CLOSED
    assert asyncio.run(ask_walled()).result is Result.CLOSED
    fake.failing = False
    until(lambda: not ledger.failing)

    assert fake.kept == {2: [1]}
    assert not any("beyond" in sentence for sentence in front.told)


def test_nobody_is_let_through_to_more_than_a_months_stories(front, fake):
    ledger = front(retry=60)
    fake.failing = True

    outcomes = [ledger.record_now(asked(story, allowance=2)) for story in (1, 2, 1, 3)]
    (another,) = ask_all(ledger, [asked(4, allowance=2)])

    assert [one.result for one in outcomes] == [Result.FAILED] * 3 + [Result.CLOSED]
    assert another.result is Result.CLOSED
    assert ledger.record_now(asked(3, reader=2)).result is Result.FAILED


def test_it_comes_back_though_somebody_asks_for_readings_all_the_while(front, fake):
    ledger = front(retry=0.1)
    fake.failing = True
    ledger.record_now(asked(1))
    fake.failing = False
    asks = threading.Event()

    def ask():
        while not asks.wait(0.002):
            with suppress(StoreError):
                ledger.readings(1)

    asking = threading.Thread(target=ask)
    asking.start()
    try:
        until(lambda: not ledger.failing)
    finally:
        asks.set()
        asking.join()

    assert [one.story for one in ledger.readings(1)] == [1]


def test_readings_are_not_asked_of_a_store_that_fails(front, fake):
    ledger = front(retry=60)
    fake.failing = True
    ledger.record_now(asked(1))
    fake.failing = False

    # What waits isn't there: a list without it would not be true.
    with pytest.raises(StoreError, match="until it is back"):
        ledger.readings(1)


def test_a_store_that_can_be_read_but_not_written_is_not_back(front, fake, monkeypatch):
    ledger = front()
    fake.failing = True
    ledger.record_now(asked(1))
    tries = []

    def full():
        tries.append(1)
        raise StoreError("the disk is full")

    monkeypatch.setattr(fake, "try_out", full)
    fake.failing = False
    until(lambda: len(tries) > 5)

    assert ledger.failing
    assert len(front.told) == 1
    monkeypatch.undo()
    until(lambda: not ledger.failing)
    assert fake.kept[1] == [1]


def test_what_is_let_through_while_the_rest_is_brought_in_is_brought_in_too(
    front, fake, monkeypatch
):
    ledger = front()
    fake.failing = True
    ledger.record_now(asked(1))
    record = fake.record

    def record_meanwhile(batch):
        outcomes = record(batch)
        if not fake.failing and ledger.failing and len(fake.batches) < 4:
            ledger.record_now(asked(10 + len(fake.batches)))
        return outcomes

    monkeypatch.setattr(fake, "record", record_meanwhile)
    fake.failing = False

    until(lambda: fake.kept.get(1) == [1, 11, 12, 13])
    until(lambda: not ledger.failing)


def test_a_long_backlog_does_not_keep_readers_from_being_counted(front, fake, monkeypatch):
    monkeypatch.setattr("broadsheet.press.edge.ledger.front.CATCHES_UP", 0)
    ledger = front()
    fake.failing = True
    for reader in range(1, 4):
        ask_all(ledger, [asked(story, reader, allowance=1000) for story in range(700)])
    fake.failing = False
    until(lambda: not ledger.failing)

    assert ledger.record_now(asked(1, reader=9)).result is Result.COUNTED
    until(lambda: [len(fake.kept.get(reader, [])) for reader in (1, 2, 3)] == [700] * 3)


def test_what_cannot_be_written_down_is_kept_in_memory_and_told_once(
    front, fake, monkeypatch, tmp_path
):
    def full(_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("broadsheet.press.edge.ledger.spool.os.fsync", full)
    ledger = front()
    fake.failing = True
    for story in range(1, 6):
        ledger.record_now(asked(story))

    (waits,) = (tmp_path / "spool").iterdir()
    assert waits.read_text() == ""
    assert sum("written down" in sentence for sentence in front.told) == 1
    fake.failing = False
    until(lambda: not ledger.failing)
    assert sorted(fake.kept[1]) == [1, 2, 3, 4, 5]


def test_trying_a_store_out_leaves_nothing_behind(make):
    store = make[0](*make[1])

    store.try_out()
    store.try_out()

    assert store.readings(0) == []
    store.close()


def test_a_failing_store_is_told_to_whoever_reads_or_changes_it(front, fake):
    fake.failing = True

    with pytest.raises(StoreError):
        front().readings(1)


def _in_a_child(ledger, results):
    results.put(ledger.record_now(asked(2)).result.value)


def test_a_worker_forked_from_a_process_that_used_the_ledger_has_its_own(tmp_path):
    path = tmp_path / "readings.sqlite3"
    ledger = Ledger(lambda: SqliteStore(path))
    ledger.record_now(asked(1))
    context = multiprocessing.get_context("fork")
    results = context.Queue()

    child = context.Process(target=_in_a_child, args=(ledger, results))
    child.start()
    assert results.get(timeout=20) == "counted"
    child.join()

    assert [one.story for one in ledger.readings(1)] == [1, 2]
    ledger.close()


def test_a_store_that_can_t_be_opened_says_so(tmp_path):
    store = SqliteStore(tmp_path / "no such folder" / "readings.sqlite3")

    with pytest.raises(StoreError, match="readings"):
        store.record([asked(1)])
    with pytest.raises(StoreError):
        store.readings(1)


@pytest.mark.parametrize(
    "store",
    [
        ValkeyStore("redis://127.0.0.1:1", timeout=0.5),
        ValkeyStore("redis://127.0.0.1:1,redis://127.0.0.1:2", timeout=0.5),
        ValkeyStore("http://127.0.0.1:1", timeout=0.5),
        PostgresStore("postgresql://127.0.0.1:1/none", timeout=1),
    ],
)
def test_a_store_that_isn_t_there_says_so(store):
    with pytest.raises(StoreError):
        store.record([asked(1)])


def test_sqlite_waits_for_the_disk(tmp_path):
    store = SqliteStore(tmp_path / "readings.sqlite3")
    connection = store._connect()

    assert connection.execute("PRAGMA synchronous").fetchone() == (2,)
    assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    store.close()


def test_sqlite_has_small_pages_and_takes_a_file_with_large_ones(tmp_path):
    new, old = SqliteStore(tmp_path / "new.sqlite3"), SqliteStore(tmp_path / "old.sqlite3")
    with closing(sqlite3.connect(old.path)) as before:
        before.execute("PRAGMA page_size=4096")
        before.execute("PRAGMA journal_mode=WAL")

    for store, size in ((new, 1024), (old, 4096)):
        assert store.record([asked(1)])[0].result is Result.COUNTED
        assert store._connect().execute("PRAGMA page_size").fetchone() == (size,)
        store.close()


@pytest.mark.parametrize("way", ["the loop", "a thread"])
def test_what_is_let_through_is_on_disk_before_anybody_is_shown_it(front, fake, tmp_path, way):
    """A worker that is killed while the store hangs takes no reading along."""
    ledger = front(deadline=0.05)
    fake.gate.clear()

    for story in (1, 2):
        if way == "the loop":
            (outcome,) = ask_all(ledger, [asked(story)])
        else:
            outcome = ledger.record_now(asked(story))
        assert outcome.result is Result.FAILED
        waits = [
            json.loads(line) for file in (tmp_path / "spool").iterdir() for line in file.open()
        ]
        assert waits == [list(asked(one)) for one in range(1, story + 1)]

    fake.gate.set()
    while ledger.failing:
        pass
    assert fake.kept == {1: [1, 2]}


def test_a_paper_that_closes_keeps_nothing_of_what_it_did_not_show(front, fake, tmp_path):
    ledger = front(deadline=0.05, opens_when_failing=False)
    fake.gate.clear()

    assert ask_all(ledger, [asked(1)])[0].result is Result.CLOSED
    assert ledger.record_now(asked(2)).result is Result.CLOSED
    fake.gate.set()
    while ledger.failing:
        pass

    assert not (tmp_path / "spool").exists()
    assert 2 not in fake.kept.get(1, [])
