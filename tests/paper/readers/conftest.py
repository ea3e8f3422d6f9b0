"""Fixtures of the readers' side."""

import re
from collections.abc import Callable

import pytest
from django.test import Client

from broadsheet.demo import factories

ENTRANCE = "/accounts/login/"
CODE = "/accounts/login/code/confirm/"


@pytest.fixture
def last_code(mailoutbox) -> Callable[[], str]:
    """Return a function that reads the code in the last letter."""

    def read() -> str:
        found = re.search(r"^ +(\d{4} \d{4})$", mailoutbox[-1].body, re.MULTILINE)
        assert found, mailoutbox[-1].body
        return found[1]

    return read


@pytest.fixture
def signed_in(client, reader) -> Client:
    """A reader signed in a moment ago, by password."""
    data = {"email": reader.email, "password": factories.PASSWORD}
    client.post("/accounts/login/password/", data)
    assert "_auth_user_id" in client.session
    return client


@pytest.fixture
def circulation(db, client):
    """One of circulation, signed in."""
    staff = factories.staff("circulation@example.org", role="Circulation", name="Cora")
    client.force_login(staff)
    return staff
