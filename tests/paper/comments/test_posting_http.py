"""What posting over HTTP asks the database, and what its answer leaves alone."""

import json
from urllib.parse import unquote

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from broadsheet.comments import pages
from broadsheet.comments.models import Comment
from broadsheet.readers import kept, shown
from tests.paper.comments.conftest import GOOD

JSON = {"Accept": "application/json"}


@pytest.fixture
def signed_in(client, writer, story):
    client.force_login(writer)
    # The form sets the cookies that a browser has when it posts.
    client.get(reverse("comment-write"), {"story": story.pk})
    return client


@pytest.mark.parametrize(
    ("headers", "status"), [(JSON, 201), ({}, 302)], ids=["script", "no-script"]
)
@pytest.mark.parametrize("replies", [False, True], ids=["comment", "reply"])
def test_posting_asks_the_database_a_known_number_of_times(
    signed_in, story, post, other, monkeypatch, headers, status, replies
):
    parent = post(writer=other)
    form = {"answers": parent.pk} if replies else {"story": story.pk}
    # The first finds out, here and now, what is kept for seconds; the second has it.
    signed_in.post(reverse("comment-write"), {**form, "text": GOOD}, headers=headers)
    monkeypatch.setattr(kept, "LASTS", [60.0])

    with CaptureQueriesContext(connection) as asked:
        answer = signed_in.post(
            reverse("comment-write"),
            {**form, "text": "My neighbour paid for the library roof last spring."},
            headers=headers,
        )

    assert answer.status_code == status
    # PostgreSQL locks the writer besides, where SQLite has one writer at a time.
    rows = [
        one["sql"]
        for one in asked
        if one["sql"].split()[0] in {"SELECT", "INSERT", "UPDATE"}
        and "FOR NO KEY UPDATE" not in one["sql"]
    ]
    # Session, reader, story; three limits; latest, sanctions; latest once more, thread, comment, figure.
    # A reply finds its parent, looks for it once more and counts itself into it twice.
    assert len(rows) == (16 if replies else 12), "\n".join(rows)


def test_what_is_printed_of_a_new_comment_is_what_the_thread_prints(story, post, other):
    comment = None
    for writer in (None, other, None):
        comment = post(parent=comment, **({"writer": writer} if writer else {}))

        assert pages.row_of(comment) == pages.fetch(Comment.objects.filter(pk=comment.pk))[0]


def test_posting_leaves_the_display_cookie_as_it_is(signed_in, story):
    signed_in.cookies[shown.COOKIE] = "as-it-was"

    answer = signed_in.post(
        reverse("comment-write"), {"story": story.pk, "text": GOOD}, headers=JSON
    )

    assert answer.status_code == 201
    assert shown.COOKIE not in answer.cookies


def test_a_name_chosen_with_a_comment_is_in_the_display_cookie_at_once(client, story, writer):
    writer.name = ""
    writer.save()
    client.force_login(writer)
    client.get(reverse("comment-write"), {"story": story.pk})

    form = {"story": story.pk, "text": GOOD, "name": "Nora New"}
    answer = client.post(reverse("comment-write"), form, headers=JSON)

    assert answer.status_code == 201
    assert json.loads(unquote(answer.cookies[shown.COOKIE].value))["initial"] == "N"


def test_the_display_cookie_of_somebody_who_has_none_comes_with_the_answer(client, story, writer):
    client.force_login(writer)

    answer = client.post(reverse("comment-write"), {"story": story.pk, "text": GOOD}, headers=JSON)

    assert shown.COOKIE in answer.cookies
