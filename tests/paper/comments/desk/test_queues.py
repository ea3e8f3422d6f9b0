"""Queues: what stands in which, in which order; pages meet; each is one range of one index."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from broadsheet.comments import actions, decisions, screening
from broadsheet.comments.decision_log import By
from broadsheet.comments.desk import queues
from broadsheet.comments.desk.queues import Filters, Queue
from broadsheet.comments.models import Comment, PaperRules, Report, Thread
from broadsheet.demo import factories
from tests.conftest import NOW
from tests.paper.comments.conftest import Broken


def numbers(queue, filters=None, **more):
    batch = queues.page(queue, filters or Filters(), **more)
    return [row.comment.number for row in batch.rows]


@pytest.fixture
def waiting(post):
    return [post(f"THIS IS WRONG AND WAS {n} TIMES!", asks_person=True) for n in range(5)]


def test_what_is_held_comes_first_come_first(waiting, post):
    post()

    assert numbers(Queue.HELD) == [1, 2, 3, 4, 5]


def test_first_comments_of_new_readers_have_a_queue(post, other):
    PaperRules.objects.update(read_first_comments=1)
    post(writer=other)
    post("THIS IS WRONG AND ALWAYS WAS!", asks_person=True)

    assert numbers(Queue.NEW) == [1]
    assert numbers(Queue.HELD) == [1, 2]


def test_the_most_reported_come_first(post, other, writer, moderator):
    one, two = post(), post()
    for comment, readers in ((one, [other]), (two, [other, moderator])):
        for reader in readers:
            actions.report_comment(
                comment=comment, reader=reader, reason=Report.Reason.OTHER, now=NOW
            )

    assert numbers(Queue.REPORTED) == [2, 1]


def test_appeals_are_those_against_the_desk(post, writer, by, waiting):
    one = post()
    decisions.remove(comment=one, by=by, now=NOW)
    one.refresh_from_db()
    actions.appeal(comment=one, writer=writer, words="No.", now=NOW)

    # What a writer asks a person about is held, and waits there.
    assert numbers(Queue.APPEALS) == [one.number]


@pytest.mark.parametrize("queue", [Queue.HELD, Queue.ALL])
def test_pages_meet_without_a_gap_though_moments_are_equal(queue, waiting, monkeypatch):
    monkeypatch.setattr(queues, "AT_ONCE", 2)
    Comment.objects.update(posted_at=NOW)
    seen, after = [], ""
    while True:
        batch = queues.page(queue, after=after)
        seen += [row.comment.number for row in batch.rows]
        after = batch.after
        if not after:
            break

    assert sorted(seen) == [1, 2, 3, 4, 5]
    assert seen == sorted(seen, reverse=queue is Queue.ALL)


@pytest.mark.parametrize("after", ["x", "1", "1_2_3", "_", f"{10**18}_1", "9" * 40 + "_1", "²_1"])
def test_a_place_that_nobody_was_given_is_the_beginning(after, waiting):
    assert numbers(Queue.HELD, after=after) in ([1, 2, 3, 4, 5], [])


def test_what_follows_one_is_what_stands_after_it(waiting):
    assert queues.following(Queue.HELD, waiting[1]) == waiting[2].pk
    assert queues.following(Queue.HELD, waiting[4]) is None


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({}, [3, 2, 1]),
        ({"standing": "removed"}, [2]),
        ({"typed": "drains"}, [3, 1]),
        ({"typed": "drains", "standing": "published"}, [3, 1]),
        ({"typed": "drains -canal"}, [3]),
        ({"since": (NOW + timedelta(days=2)).date()}, [3]),
        ({"until": (NOW + timedelta(days=1)).date()}, [2, 1]),
        ({"typed": "drains", "writer": 0}, []),
    ],
)
def test_filters_narrow_all_comments(filters, expected, post, by):
    post("The drains of the canal smell.", now=NOW)
    two = post("I write letters about it all day.", now=NOW + timedelta(days=1))
    post("Nobody cleans the drains.", now=NOW + timedelta(days=3))
    decisions.remove(comment=two, by=by, now=NOW)

    assert numbers(Queue.ALL, Filters(**filters)) == expected


def test_a_thread_and_a_writer_can_be_looked_at_alone(post, other, section):
    one = post()
    two = post(story=factories.story("Another", section=section, published_at=NOW), writer=other)

    assert [row.comment for row in queues.page(Queue.ALL, Filters(thread=one.thread_id)).rows] == [
        one
    ]
    assert [row.comment for row in queues.page(Queue.ALL, Filters(writer=other.pk)).rows] == [two]


def test_pages_of_a_search_meet(post, monkeypatch):
    monkeypatch.setattr(queues, "AT_ONCE", 2)
    for _ in range(5):
        post()
    first = queues.page(Queue.ALL, Filters(typed="number"))
    second = queues.page(Queue.ALL, Filters(typed="number"), after=first.after)
    third = queues.page(Queue.ALL, Filters(typed="number"), after=second.after)

    found = [row.comment.number for batch in (first, second, third) for row in batch.rows]
    assert found == [5, 4, 3, 2, 1]
    assert third.after == ""


def test_the_desk_is_alarmed_when_screening_fails(desk, post):
    screening.install(Broken)
    post()

    page = desk.get("/desk/comments/").text
    assert "Screening failed." in page
    assert queues.unscreened() == 1


def test_without_a_failure_there_is_no_alarm(desk, waiting):
    assert "Screening failed." not in desk.get("/desk/comments/").text


# Nothing grows with the number of comments.

INDEXES = {
    Queue.HELD: "comment_of_standing",
    Queue.NEW: "comment_waiting_why",
    Queue.REPORTED: "comment_reported",
    Queue.APPEALS: "appeal_for_a_second",
    Queue.TOLD: "comment_told",
    Queue.ALL: "comment_latest",
}
PLACES = {Queue.REPORTED: "2_1700000000000000_5"}


def plan(statement, values):
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {statement}", values)
        return [row[3] for row in cursor.fetchall()]


def plans(queries):
    return [
        line
        for query in queries
        if query["sql"].startswith("SELECT")
        for line in plan(query["sql"].replace("%", "%%"), [])
    ]


@pytest.mark.skipif(connection.vendor != "sqlite", reason="reads SQLite's plans")
@pytest.mark.parametrize("queue", Queue)
@pytest.mark.parametrize("place", ["first", "later"])
def test_a_page_is_one_range_of_one_index(queue, place, db):
    after = PLACES.get(queue, "1700000000000000_5") if place == "later" else ""
    with CaptureQueriesContext(connection) as queries:
        queues.page(queue, after=after)

    lines = plans(queries.captured_queries)
    assert any(f"USING INDEX {INDEXES[queue]}" in line for line in lines), lines
    assert not [line for line in lines if "TEMP B-TREE" in line], lines
    scans = [line for line in lines if line.startswith("SCAN") and "USING INDEX" not in line]
    assert not scans


@pytest.mark.skipif(connection.vendor != "sqlite", reason="reads SQLite's plans")
@pytest.mark.parametrize(
    ("filters", "index"),
    [
        (Filters(standing="removed"), "comment_of_standing"),
        (Filters(writer=1), "comment_of_writer"),
        (Filters(thread=1), "comment_number_once"),
    ],
)
def test_what_is_filtered_is_one_too(filters, index, db):
    with CaptureQueriesContext(connection) as queries:
        queues.page(Queue.ALL, filters)

    lines = plans(queries.captured_queries)
    named = index if index != "comment_number_once" else "sqlite_autoindex"
    assert any(named in line or index in line for line in lines), lines
    assert not [line for line in lines if "TEMP B-TREE" in line], lines


@pytest.mark.skipif(connection.vendor != "sqlite", reason="reads SQLite's plans")
def test_counting_reads_the_indexes_of_what_waits_alone(db):
    with CaptureQueriesContext(connection) as queries:
        queues.counts()
        queues.unscreened()

    lines = [line for line in plans(queries.captured_queries) if "comments_" in line]
    assert lines
    assert all("INDEX" in line for line in lines), lines


def queries_of(desk, address):
    with CaptureQueriesContext(connection) as queries:
        assert desk.get(address).status_code == 200
    return len(queries)


def test_pages_ask_as_many_questions_of_many_comments_as_of_few(desk, waiting, post, by, writer):
    by_one = By(by.moderator, words="No.")
    for _ in range(3):
        decisions.remove(comment=post(), by=by_one, now=NOW)
    addresses = [
        f"/desk/comments/?queue=held&at={waiting[1].pk}",
        f"/desk/comments/?queue=all&at={waiting[1].pk}",
        f"/desk/comments/{waiting[0].pk}/beside/?queue=held",
        "/desk/comments/log/",
        "/desk/comments/load/",
    ]
    # What a process learns once (sites, kinds of content) is learnt before.
    _ = [queries_of(desk, address) for address in addresses]
    few = [queries_of(desk, address) for address in addresses]
    thread = Thread.objects.get()
    example = Comment.objects.get(pk=waiting[0].pk)
    rows = []
    for number in range(100, 700):
        copied = Comment.objects.get(pk=example.pk) if not rows else rows[0]
        rows.append(
            Comment(
                thread=thread,
                number=number,
                writer=writer,
                place=f"{number:05}",
                text=f"{copied.text} {number}",
                standing="held",
                reason="asked-for-person",
                findings=example.findings,
                posted_at=NOW + timedelta(seconds=number),
            )
        )
    Comment.objects.bulk_create(rows)

    assert [queries_of(desk, address) for address in addresses] == few
