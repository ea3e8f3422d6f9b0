"""What a reader meets at a closed story: their own wall, and a ledger that isn't asked twice."""

import pytest

from broadsheet.press.edge import used_months
from broadsheet.press.edge.edition import EditionFile
from broadsheet.press.edge.passes import Standing
from broadsheet.press.edge.used_months import UsedMonths
from broadsheet.rules.access import Access
from broadsheet.rules.meter import Policy, Reason
from broadsheet.rules.variants import Variant
from tests.plain.press.edge.support import MONTH

READER = 17
TWO = Policy(readers=2)


@pytest.fixture
def used_up(paper):
    """Return the cookies of a reader who has read both stories of the month, and a third address."""
    cookies = paper.cookies(READER)
    for number in (1, 2, 3):
        paper.story(f"/world/{number}/", number, policy=TWO)
    assert [paper.get(f"/world/{number}/", cookies).full for number in (1, 2)] == [True, True]
    return cookies


def asked_of_ledger(paper):
    """Count how often the ledger is asked from now on."""
    questions = []
    ask = paper.ledger.ask

    def note(asked, *others):
        questions.append(asked)
        ask(asked, *others)

    paper.ledger.ask = note
    return questions


def test_a_visitor_and_a_reader_meet_walls_of_their_own(paper, used_up):
    visitor, reader = paper.get("/world/3/"), paper.get("/world/3/", used_up)

    assert visitor.text == "The first screen."
    assert visitor["Cache-Control"] == "public, no-cache"
    assert visitor["ETag"]
    assert reader.text == "The first screen. (reader-teaser)"
    assert reader["Cache-Control"] == "private, no-store"
    assert "etag" not in reader.headers
    assert "set-cookie" not in reader.headers


def test_all_such_readers_get_the_same_bytes_from_one_printing(paper, used_up):
    paper.story("/sub/", 9, Access.SUBSCRIBERS)

    answers = [paper.get("/sub/", paper.cookies(reader)) for reader in (1, 2, 3)]

    assert {answer.text for answer in answers} == {"The first screen. (reader-teaser)"}
    assert paper.press.printings("/sub/") == [("print", "/sub/", Variant.READER_TEASER)]


def test_a_blocked_reader_is_not_told_that_the_month_is_used_up(paper, used_up):
    got = paper.get("/world/3/", paper.cookies(READER, standing=Standing.BLOCKED))

    assert got.text == "The first screen. (paused-teaser)"


def test_the_date_on_a_wall_lasts_no_longer_than_it_is_true(paper, used_up, monkeypatch):
    now = [1000.0]
    monkeypatch.setattr("time.monotonic", lambda: now[0])
    paper.press.pages["/world/3/"].closed_lasts = 50
    for _ in range(2):
        paper.get("/world/3/", used_up)
        paper.get("/world/3/")
    closed, public = (
        ("print", "/world/3/", Variant.READER_TEASER),
        ("print", "/world/3/", Variant.TEASER),
    )
    assert sorted(paper.press.printings("/world/3/")) == sorted([closed, public])

    now[0] += 50
    paper.get("/world/3/", used_up)
    paper.get("/world/3/")

    assert paper.press.printings("/world/3/").count(closed) == 2
    assert paper.press.printings("/world/3/").count(public) == 1


def test_a_used_up_month_is_remembered_and_the_ledger_not_asked_again(paper, used_up):
    paper.get("/world/3/", used_up)
    questions = asked_of_ledger(paper)

    answers = [paper.get("/world/3/", used_up) for _ in range(3)]

    assert [answer.text for answer in answers] == ["The first screen. (reader-teaser)"] * 3
    assert questions == []
    assert paper.edge.decisions[Reason.ALLOWANCE_USED] == 4


def test_what_was_read_stays_open_on_a_device_that_has_no_list_of_it(paper, used_up):
    paper.get("/world/3/", used_up)

    got = paper.get("/world/1/", used_up)

    assert got.full
    assert "set-cookie" in got.headers


def test_a_story_without_a_plate_is_decided_by_what_is_remembered_too(paper, used_up):
    paper.get("/world/3/", used_up)
    paper.story("/world/4/", 4, policy=TWO)
    questions = asked_of_ledger(paper)

    assert not paper.get("/world/4/", used_up).full
    assert questions == []


def test_readings_given_back_by_another_process_open_the_next_story_at_once(paper, used_up):
    assert not paper.get("/world/3/", used_up).full

    paper.ledger.give_back(READER, MONTH, 1)
    EditionFile(paper.folder / "edition").readings_changed(READER)

    assert paper.get("/world/3/", used_up).full
    assert sorted(paper.readings(READER)) == [2, 3]
    # The pass is as good as before: nobody is sent to Django for it.
    assert paper.get("/world/2/", used_up).full


def test_what_the_ledger_said_before_readings_were_given_back_is_not_remembered(paper, used_up):
    """The answer is on its way while circulation gives a reading back."""
    ask = paper.ledger.ask

    def ask_and_be_overtaken(asked, done, *others):
        def overtaken(outcome):
            paper.ledger.give_back(READER, MONTH, 1)
            paper.edition.readings_changed(READER)
            done(outcome)

        ask(asked, overtaken, *others)

    paper.ledger.ask = ask_and_be_overtaken
    assert not paper.get("/world/3/", used_up).full
    paper.ledger.ask = ask

    assert paper.get("/world/3/", used_up).full


def test_a_change_of_policy_is_not_outlived(paper, used_up):
    assert not paper.get("/world/3/", used_up).full

    paper.story("/world/3/", 3, policy=Policy(readers=3))
    paper.edition.changed(access=True)

    assert paper.get("/world/3/", used_up).full


def test_policies_that_changed_to_and_fro_leave_nothing_remembered(paper, used_up):
    """Two stories counted are remembered; a third, read meanwhile elsewhere, is open all the same."""
    assert not paper.get("/world/3/", used_up).full
    paper.edition.changed(access=True)
    paper.story("/world/4/", 4, policy=Policy(readers=3))
    assert paper.get("/world/4/", used_up).full
    paper.story("/world/4/", 4, policy=TWO)
    paper.edition.changed(access=True)

    assert paper.get("/world/4/", used_up).full


def test_a_subscription_opens_the_next_story(paper, used_up):
    assert not paper.get("/world/3/", used_up).full

    assert paper.get("/world/3/", paper.cookies(READER, until=2**32 - 1)).full


def test_the_month_turns_for_what_is_remembered_too(paper, used_up):
    assert not paper.get("/world/3/", used_up).full

    paper.now += 7 * 86_400

    assert paper.get("/world/3/", paper.cookies(READER)).full


def test_what_nobody_announced_is_believed_for_ten_minutes(monkeypatch):
    now = [0.0]
    months = UsedMonths(lambda: now[0])
    months.remember(READER, [1, 2])
    assert months.refuses(READER, 3, 2)
    assert not months.refuses(READER, 2, 2)
    assert not months.refuses(READER, 3, 3)
    assert not months.refuses(READER, 3, None)
    assert not months.refuses(READER + 1, 3, 2)

    now[0] = used_months.LASTS

    assert not months.refuses(READER, 3, 2)
    assert len(months) == 0


def test_no_more_persons_are_remembered_than_there_is_room_for():
    months = UsedMonths(lambda: 0.0)

    for person in range(2 * used_months.REMEMBERED + 1):
        months.remember(person, [1])

    assert len(months) <= used_months.REMEMBERED
    assert months.refuses(2 * used_months.REMEMBERED, 2, 1)
