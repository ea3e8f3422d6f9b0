"""Nobody finds out whether an address has an account: not by words, status or work done."""

import re

import pytest
from django.contrib.auth.hashers import MD5PasswordHasher
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from broadsheet.demo import factories
from broadsheet.readers.models import Reader
from tests.paper.readers.conftest import CODE, ENTRANCE

PASSWORD = "/accounts/login/password/"


@pytest.fixture
def people(db):
    """Addresses of all kinds of accounts, and of none."""
    factories.reader("known@example.org")
    without = factories.reader("codes@example.org")
    without.set_unusable_password()
    without.save()
    blocked = factories.reader("shut@example.org")
    blocked.is_active = False
    blocked.save()
    Reader.objects.create_user("early@example.org", factories.PASSWORD)
    factories.staff("staff@example.org", role="Circulation")
    return ["nobody@example.org", *Reader.objects.order_by("pk").values_list("email", flat=True)]


def told(response, address: str) -> tuple[int, dict[str, str], str]:
    """Return what an answer tells, without what is made anew for each."""
    text = re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", response.text)
    headers = {name: value for name, value in response.headers.items() if name != "Content-Length"}
    cookies = sorted(response.cookies)
    return response.status_code, {**headers, "cookies": str(cookies)}, text.replace(address, "@")


def statements(queries: CaptureQueriesContext) -> list[str]:
    return [re.sub(r"'[^']*'|[\d.]+", "?", query["sql"])[:60] for query in queries]


def each_the_same(people, ask) -> None:
    answers = [ask(address) for address in people]
    for address, answer in zip(people[1:], answers[1:], strict=True):
        assert answer == answers[0], address


def test_asking_for_a_code_tells_nothing_and_does_the_same_work(people, mailoutbox):
    def ask(address):
        mailoutbox.clear()
        client = Client()
        with CaptureQueriesContext(connection) as queries:
            asked = told(client.post(ENTRANCE, {"email": address}), address)
        page = told(client.get(CODE), address)
        (letter,) = mailoutbox
        words = re.sub(r"\d{4} \d{4}", "####", letter.subject + letter.body)
        return asked, page, words, statements(queries)

    each_the_same(people, ask)


def test_asking_again_at_once_tells_nothing(people):
    def ask(address):
        client = Client()
        return [told(client.post(ENTRANCE, {"email": address}), address) for _ in range(2)]

    each_the_same(people, ask)


def test_running_into_the_limit_tells_nothing(people):
    def ask(address):
        # Each from a network of its own, so that the address's share is what runs out.
        for number in range(20):
            Client(REMOTE_ADDR=f"10.0.{number}.1").post(ENTRANCE, {"email": address})
        return told(Client(REMOTE_ADDR="10.1.0.1").post(ENTRANCE, {"email": address}), address)

    each_the_same(people, ask)
    assert ask("another@example.org")[0] == 429


def test_a_wrong_code_tells_nothing(people):
    def ask(address):
        client = Client()
        client.post(ENTRANCE, {"email": address})
        return [told(client.post(CODE, {"code": "0000 0000"}), address) for _ in range(3)]

    each_the_same(people, ask)


def test_a_wrong_password_tells_nothing_and_costs_one_hash(people, monkeypatch):
    hashed = []
    real = MD5PasswordHasher.encode

    def encode(*args):
        hashed.append(1)
        return real(*args)

    monkeypatch.setattr(MD5PasswordHasher, "encode", encode)

    def ask(address):
        hashed.clear()
        client = Client(REMOTE_ADDR=f"10.2.0.{len(address)}")
        answer = told(client.post(PASSWORD, {"email": address, "password": "wrong"}), address)
        return answer, len(hashed)

    each_the_same(people, ask)
    assert ask("another@example.org")[1] == 1


def test_registering_and_signing_in_are_one_door(people):
    def ask(address):
        client = Client()
        return told(client.post("/accounts/signup/", {"email": address}), address)

    each_the_same(people, ask)


def test_registering_with_a_password_tells_nothing_and_does_the_same_work(people, mailoutbox):
    def ask(address):
        mailoutbox.clear()
        client = Client()
        sent = {"email": address, "password": "three wet herons waiting"}
        with CaptureQueriesContext(connection) as queries:
            asked = told(client.post("/accounts/signup/password/", sent), address)
        page = told(client.get(CODE), address)
        return asked, page, len(mailoutbox), statements(queries)

    each_the_same(people, ask)


def test_asking_for_a_passkey_too_tells_nothing(people):
    def ask(address):
        client = Client()
        sent = {"email": address, "way": "passkey"}
        return told(client.post("/accounts/signup/", sent), address)

    each_the_same(people, ask)


def test_the_way_to_a_new_password_asks_for_a_code_like_any_other(people):
    def ask(address):
        return told(Client().get("/accounts/password/reset/", follow=True), address)

    each_the_same(people, ask)


def test_adding_anothers_address_tells_nothing_before_its_code(people, signed_in, last_code):
    # What the first page after signing in sets, it sets for any.
    signed_in.get("/you/")
    answers = []
    for address in ("known@example.org", "nobody@example.org"):
        sent = signed_in.post("/you/security/addresses/", {"email": address})
        answers.append((told(sent, address), told(signed_in.get(sent.url), address)))

    assert answers[0] == answers[1]
