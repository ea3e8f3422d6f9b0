"""Numbers and days in addresses that no row can have: there is nothing there, and nothing breaks."""

import re

import pytest
from django.urls import get_resolver

from broadsheet.demo import factories

LONG = "9" * 25  # digits; a database holds 18


def _addresses(resolver, before=""):
    for one in resolver.url_patterns:
        there = before + str(one.pattern)
        if hasattr(one, "url_patterns"):
            yield from _addresses(one, there)
        elif "<int:" in there:
            there = re.sub(r"<[^>]+>", "main", re.sub(r"<int:\w+>", LONG, there))
            yield "/" + there.replace("^", "").replace("$", "")


def test_no_address_takes_a_number_that_no_row_can_have(client, front_page):
    client.force_login(factories.staff("a@example.org", role="Administrators", name="Ada"))

    for there in _addresses(get_resolver()):
        assert client.get(there).status_code == 404, there
        # One is answered by a page of another kind, which takes no forms.
        assert client.post(there).status_code in {404, 405}, there


@pytest.mark.parametrize(
    "there",
    [
        f"/desk/comments/?queue=all&writer={LONG}",
        f"/desk/comments/?queue=all&thread={LONG}",
        "/desk/comments/?queue=all&until=9999-12-31",
        "/desk/comments/?queue=all&since=0001-01-01",
        f"/desk/comments/?at={LONG}",
        f"/desk/comments/log/?reader={LONG}&comment={LONG}&moderator={LONG}",
        "/desk/comments/log/?since=0001-01-01&until=9999-12-31",
        "/search/?since=0001-01-01&until=9999-12-31",
    ],
)
def test_pages_are_shown_whatever_narrows_them(there, client, front_page):
    client.force_login(factories.staff("a@example.org", role="Administrators", name="Ada"))

    assert client.get(there).status_code == 200


def test_no_reading_of_such_a_story_is_given_back(client, front_page, reader):
    client.force_login(factories.staff("a@example.org", role="Administrators", name="Ada"))
    sent = {"story": LONG, "reason": "It was by mistake."}

    assert client.post(f"/desk/readers/{reader.pk}/give-back/", sent).status_code == 302


def test_what_comes_next_may_be_nonsense(client, front_page):
    client.force_login(factories.staff("a@example.org", role="Administrators", name="Ada"))
    sent = {"act": "close-thread", "following": "9" * 5_000}

    assert client.post("/desk/comments/many/", sent).status_code < 500
