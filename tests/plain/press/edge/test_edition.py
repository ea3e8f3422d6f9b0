"""The edition's number grows with every change, and every process hears what changed."""

import multiprocessing

import pytest

from broadsheet.press.edge.edition import SLOTS, Change, EditionFile, Kind, PolledEdition
from broadsheet.press.edge.plates import key_of

pytestmark = pytest.mark.filterwarnings("ignore:.*multi-threaded:DeprecationWarning")


@pytest.fixture
def path(tmp_path):
    return tmp_path / "edition"


def test_what_one_says_the_other_hears(path):
    desk, worker = EditionFile(path), EditionFile(path)
    seen = worker.number()

    desk.changed("/story/", "section:1")
    desk.changed("/story/", access=True)
    desk.revoked(17, 3)

    number, changes = worker.changes(seen)
    assert number == worker.number() == seen + 4
    assert changes is not None
    assert [change[:3] for change in changes] == [
        (Kind.WORDS, key_of("/story/"), 0),
        (Kind.WORDS, key_of("section:1"), 0),
        (Kind.ACCESS, key_of("/story/"), 0),
        (Kind.REVOKED, 17, 3),
    ]


def test_without_a_name_everything_has_changed(path):
    edition = EditionFile(path)
    seen = edition.number()

    edition.changed(access=True)

    _, changes = edition.changes(seen)
    assert changes is not None
    assert changes[0][:2] == (Kind.ACCESS, 0)


def test_more_changes_than_are_remembered_are_told_as_such(path):
    edition = EditionFile(path)
    seen = edition.number()

    edition.say(Change(Kind.WORDS, number + 1) for number in range(SLOTS))
    assert len(edition.changes(seen)[1] or ()) == SLOTS

    edition.changed("/one/more/")
    assert edition.changes(seen)[1] is None
    assert edition.changes(seen + 1)[1] is not None


def test_who_comes_late_knows_since_when_nothing_is_forgotten(path):
    edition = EditionFile(path)
    made_at = edition.remembered()[2]
    edition.revoked(17, 1)

    _, changes, since = EditionFile(path).remembered()
    assert [change.key for change in changes] == [17]
    assert since == made_at

    edition.say(Change(Kind.WORDS, 1) for _ in range(SLOTS))
    _, changes, since = EditionFile(path).remembered()
    assert len(changes) == SLOTS
    assert since > changes[0].at


def test_a_file_put_in_its_place_says_other_numbers(path):
    edition = EditionFile(path)
    seen = edition.number()
    path.unlink()

    EditionFile(path).changed("/a/")
    edition.check()

    assert edition.number() != seen
    assert edition.changes(seen)[1] is None


def test_a_change_is_heard_though_the_file_was_taken_away(path):
    desk, worker = EditionFile(path), EditionFile(path)
    path.unlink()

    desk.changed("/a/")
    worker.check()

    assert worker.number() == desk.number()


def _say(path, process, count):
    edition = EditionFile(path)
    for number in range(count):
        edition.say([Change(Kind.WORDS, process * 1000 + number), Change(Kind.REVOKED, process)])


def test_processes_that_speak_at_once_lose_nothing(path):
    edition = EditionFile(path)
    seen = edition.number()
    context = multiprocessing.get_context("fork")
    speakers = [context.Process(target=_say, args=(path, one, 200)) for one in range(1, 5)]

    for speaker in speakers:
        speaker.start()
    heard: list[Change] = []
    while any(speaker.is_alive() for speaker in speakers) or edition.number() != seen:
        seen, changes = edition.changes(seen)
        assert changes is not None
        heard.extend(changes)
    for speaker in speakers:
        speaker.join()

    words = [change.key for change in heard if change.kind is Kind.WORDS]
    assert sorted(words) == sorted(
        process * 1000 + number for process in range(1, 5) for number in range(200)
    )
    assert len(heard) == 1600


# Asked for from somewhere else.


class Elsewhere:
    """A number that lives in another machine's database."""

    def __init__(self):
        self.number = 5
        self.all = []
        self.gone = False

    def fetch(self, since):
        if self.gone:
            raise ConnectionError
        if since is None:
            return self.number, [change for _, change in self.all]
        return self.number, [change for number, change in self.all if number > since]

    def change(self, change):
        self.number += 1
        self.all.append((self.number, change))


def test_a_number_from_elsewhere_brings_its_changes():
    elsewhere = Elsewhere()
    edition = PolledEdition(elsewhere.fetch)
    assert edition.number() == -1
    edition.ask()
    seen = edition.number()

    elsewhere.change(Change(Kind.WORDS, 1))
    elsewhere.change(Change(Kind.ACCESS, 2))
    edition.ask()
    elsewhere.change(Change(Kind.WORDS, 3))
    edition.ask()

    number, changes = edition.changes(seen)
    assert number == 8
    assert [change.key for change in changes or ()] == [1, 2, 3]
    assert edition.changes(2)[1] is None
    assert edition.changes(8)[1] == ()


def test_a_number_that_is_not_heard_of_is_not_known(caplog):
    elsewhere = Elsewhere()
    edition = PolledEdition(elsewhere.fetch, patience=0)
    edition.ask()
    assert edition.number() == -1

    edition = PolledEdition(elsewhere.fetch, patience=60)
    edition.ask()
    elsewhere.gone = True
    edition.ask()
    edition.ask()
    assert edition.number() == 5
    assert caplog.text.count("can't be read") == 1


def test_a_number_is_asked_for_again_and_again():
    elsewhere = Elsewhere()
    edition = PolledEdition(elsewhere.fetch, every=0.001)
    edition.start()
    try:
        elsewhere.change(Change(Kind.WORDS, 1))
        while edition.number() != 6:
            pass
    finally:
        edition.stop()
    assert [change.key for change in edition.remembered()[1]] == [1]
