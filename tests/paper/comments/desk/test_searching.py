"""Comments are found by their words, whatever they stand as, and however they were written."""

from datetime import timedelta

import pytest
from django.db import connection

from broadsheet.comments import actions, searching
from broadsheet.comments.models import Comment
from broadsheet.rules.query import parse
from tests.conftest import NOW


def found(typed):
    return [pk for batch in searching.matches(parse(typed)) for pk in batch]


@pytest.fixture
def three(post):
    return [
        post("The drains of Canal Street smell."),
        post("Nobody cleans the drains."),
        post("A café by the canal would be nice."),
    ]


@pytest.mark.parametrize(
    ("typed", "places"),
    [
        ("drains", [1, 0]),
        ("DRAINS canal", [0]),
        ("“canal street”", [0]),
        ("“street canal”", []),
        ("canal -drains", [2]),
        ("drain", []),
        ('") OR ("', []),
        ("", []),
    ],
)
def test_words_phrases_and_what_is_unwanted(three, typed, places):
    assert found(typed) == [three[at].pk for at in places]


def test_accents_do_not_count_on_sqlite(three):
    if connection.vendor == "sqlite":
        assert found("cafe") == [three[2].pk]


def test_what_is_changed_or_deleted_is_found_no_more(three, writer):
    one, two, _ = three
    actions.edit_comment(
        comment=one,
        writer=writer,
        text="The gutters of Canal Street smell.",
        version=one.version,
        now=NOW + timedelta(minutes=2),
    )
    actions.delete_comment(comment=two, writer=writer, now=NOW)

    assert found("drains") == []
    assert found("gutters") == [one.pk]


def test_rows_made_in_bulk_are_found_and_rows_gone_are_not(three):
    copies = [Comment.objects.get(pk=one.pk) for one in three]
    for at, one in enumerate(copies, start=10):
        one.pk, one.number, one.key = None, at, ""
    Comment.objects.bulk_create(copies)
    assert len(found("drains")) == 4

    Comment.objects.filter(number__gte=10).delete()

    assert len(found("drains")) == 2


def test_pages_of_matches_meet_without_a_gap(three, monkeypatch):
    monkeypatch.setattr(searching, "AT_ONCE", 1)

    assert found("drains") == [three[1].pk, three[0].pk]
    assert list(searching.matches(parse("drains"), before=three[1].pk)) == [[three[0].pk]]


def test_the_index_can_be_established_again_and_again(three):
    # What waits for the end of the transaction keeps PostgreSQL from making an index.
    connection.check_constraints()
    searching.establish(connection)
    searching.establish(connection)

    assert len(found("drains")) == 2


def test_one_word_of_several_is_enough_for_what_is_alike(three):
    assert set(searching.matching_any(["drains", "nice"], limit=10)) == {one.pk for one in three}
    assert searching.matching_any(["drains", "nice"], limit=1) == [three[2].pk]
    assert searching.matching_any([], limit=10) == []
