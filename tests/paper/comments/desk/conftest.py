"""The moderators' desk, as a signed-in moderator asks it."""

from typing import Any

import pytest
from django.test import Client

from broadsheet.comments.models import Comment, ReasonText

JSON = {"Accept": "application/json"}


@pytest.fixture
def held(post):
    return post("THIS IS ALL WRONG AGAIN!", asks_person=True, words="It is a quotation.")


@pytest.fixture
def desk(moderator):
    """Return the browser of a moderator."""
    client = Client()
    client.force_login(moderator)
    return client


@pytest.fixture
def seconds_desk(second):
    client = Client()
    client.force_login(second)
    return client


@pytest.fixture
def text(db):
    return ReasonText.objects.order_by("order").first()


def act(client: Client, comment: Comment, button: str, *, json: bool = True, **more: Any) -> Any:
    """Press a button about a comment, as the script or (``json=False``) the form does."""
    comment.refresh_from_db()
    sent = {"act": button, "version": comment.version, **more}
    return client.post(f"/desk/comments/{comment.pk}/act/", sent, headers=JSON if json else {})
