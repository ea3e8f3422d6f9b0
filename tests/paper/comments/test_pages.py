"""The pages of a thread: what stands on them, in every order, whatever the size and the depth."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from broadsheet.comments import actions, decisions, pages, posting
from broadsheet.comments.models import Comment, Report, Thread, Valuation
from broadsheet.comments.pages import CONVERSATION, ROOTS, Order
from tests.conftest import NOW


def conversation(root, **more) -> pages.Conversation:
    found = pages.conversation(root, **more)
    assert found
    return found


def around(comment) -> pages.Conversation:
    found = pages.around(comment)
    assert found
    return found


def fill(story, writer, count: int, *, at=lambda number: NOW, **more) -> list[Comment]:
    """Put comments into a thread, many at once."""
    first = Comment.objects.filter(thread=story.pk).count()
    Thread.objects.get_or_create(pk=story.pk)
    made = Comment.objects.bulk_create(
        Comment(
            thread_id=story.pk,
            number=number,
            writer=writer,
            text=f"Comment {number}.",
            html=f"<p>Comment {number}.</p>",
            standing="published",
            is_shown=True,
            posted_at=at(number),
            appeared_at=at(number),
            place=f"{number:05}",
            **more,
        )
        for number in range(first + 1, first + count + 1)
    )
    Thread.objects.filter(pk=story.pk).update(published=first + count, last_number=first + count)
    return made


def walk(story, order: Order) -> list[int]:
    """Return the numbers of all comments, page after page."""
    found, after = [], ""
    while True:
        page = pages.page(story.pk, order, after=after)
        found += [talk.root.number for talk in page.talks]
        after = page.after
        if not after:
            return found


@pytest.mark.parametrize("order", [Order.NEWEST, Order.OLDEST, Order.VALUED])
def test_no_page_leaves_out_or_repeats_comments_of_one_moment_or_score(story, writer, order):
    fill(story, writer, 3 * ROOTS + 5)

    numbers = walk(story, order)

    assert sorted(numbers) == list(range(1, 3 * ROOTS + 6))
    assert numbers == sorted(numbers, reverse=order is not Order.OLDEST)


def test_newest_and_oldest_go_by_the_moment(story, writer):
    fill(story, writer, 30, at=lambda number: NOW - timedelta(minutes=number % 7))

    newest = walk(story, Order.NEWEST)
    assert newest == sorted(newest, key=lambda number: (number % 7, -number))
    assert walk(story, Order.OLDEST) == newest[::-1]


def test_most_valued_goes_by_readers(story, post, writer, other, reader, moderator):
    first, second, third = post(), post(), post()
    for who in (other, reader, moderator):
        value(third, who)
    value(first, other)
    assert walk(story, Order.VALUED) == [3, 1, 2]

    actions.report_comment(comment=first, reader=reader, reason=Report.Reason.UNTRUE, now=NOW)
    value(second, moderator)
    assert walk(story, Order.VALUED) == [3, 2, 1]


def value(comment, reader, valued=True):
    return actions.value_comment(
        comment=comment, reader=reader, kind=Valuation.Kind.THOUGHTFUL, valued=valued, now=NOW
    )


def test_the_desks_choice_has_answers_too(story, post, other, by):
    one = post()
    answer = post(parent=one, writer=other)
    post()
    decisions.pick(comment=answer, by=by, now=NOW)

    assert walk(story, Order.PICKS) == [answer.number]


def test_what_an_address_makes_up_is_the_first_page(story, post):
    post()

    for after in ("x", "1", "-5-5", "9" * 40, "999999999999999999-1", "²-²"):
        assert len(pages.page(story.pk, Order.OLDEST).talks) == 1
        pages.page(story.pk, Order.NEWEST, after=after)


def test_answers_stand_under_what_they_answer_in_order_of_time(post, other):
    one = post()
    two, three = post(parent=one), post(parent=one)
    four = post(parent=two, writer=other)
    five = post(parent=four)
    found = conversation(one)

    assert [row.number for row in found.answers] == [
        two.number,
        four.number,
        five.number,
        three.number,
    ]
    assert [row.depth for row in found.answers] == [1, 2, 3, 1]
    assert found.answers[1].parent_number == two.number


def test_three_answers_are_printed_and_the_rest_counted(story, post):
    one = post()
    for _ in range(5):
        post(parent=one)
    (talk,) = pages.page(story.pk, Order.NEWEST).talks

    assert (len(talk.answers), talk.more) == (3, 2)


def test_a_long_conversation_has_pages_and_every_comment_a_place_in_it(story, writer, post):
    one = post()
    fill(story, writer, 2 * CONVERSATION + 7, root=one, parent=one, depth=1)
    found = conversation(one)
    seen = [row.number for row in found.answers]
    while found.after:
        found = conversation(one, after=found.after)
        seen += [row.number for row in found.answers]

    assert seen == list(range(2, 2 * CONVERSATION + 9))
    last = Comment.objects.get(number=100)
    there = around(last)
    assert last.number in [row.number for row in there.answers]
    assert not there.is_start


def test_ten_thousand_levels_of_answers_cost_what_one_does(story, writer, post):
    one = post()
    deep = one
    for _ in range(12):
        deep = post(parent=deep)
    # As if they had been posted one by one: what a level costs doesn't depend on those above it.
    rows = [
        Comment(
            thread_id=story.pk,
            number=number,
            writer=writer,
            text="Deep.",
            html="<p>Deep.</p>",
            standing="published",
            is_shown=True,
            posted_at=NOW,
            root=one,
            parent=one,
            depth=number - 1,
        )
        for number in range(14, 10_014)
    ]
    above = deep
    for row in rows:
        posting.under(row, above)
        row.pk = 1_000_000 + row.number
        above = row
    Comment.objects.bulk_create(rows)
    Comment.objects.filter(pk=one.pk).update(answers=len(rows) + 12)
    Thread.objects.update(last_number=10_013)
    above = Comment.objects.get(number=10_013)

    with CaptureQueriesContext(
        connection,
    ) as taken:
        last = post(parent=above)
    assert (last.depth, len(taken) < 40) == (10_013, True)
    assert len(last.place) <= 45
    with CaptureQueriesContext(connection) as taken:
        found = around(last)
    assert last.number in [row.number for row in found.answers]
    assert len(taken) == 3
    story.delete()
    assert not Comment.objects.exists()


def test_a_page_costs_three_queries_whatever_the_size(story, writer, post):
    one = post()
    post(parent=one)
    with CaptureQueriesContext(connection) as few:
        pages.page(story.pk, Order.NEWEST)
    fill(story, writer, 500)
    with CaptureQueriesContext(connection) as many:
        pages.page(story.pk, Order.NEWEST)

    assert len(few) == len(many) == 3


@pytest.mark.parametrize(
    ("order", "index"),
    [
        (Order.NEWEST, "comment_newest"),
        (Order.OLDEST, "comment_newest"),
        (Order.VALUED, "comment_most_valued"),
        (Order.PICKS, "comment_picked"),
    ],
)
@pytest.mark.skipif(connection.vendor != "sqlite", reason="the plan is SQLite's")
def test_every_order_is_a_range_of_an_index(story, order, index):
    after = "1800000000000000-55" if order is not Order.VALUED else "5000-77"
    with CaptureQueriesContext(connection) as taken:
        pages.page(story.pk, order, after=after)
    with connection.cursor() as cursor:
        cursor.execute("EXPLAIN QUERY PLAN " + taken[0]["sql"])
        plan = " ".join(str(row[-1]) for row in cursor.fetchall())

    assert index in plan
    assert "TEMP B-TREE" not in plan
