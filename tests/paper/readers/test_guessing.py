"""Tries are counted before they are looked at, however many come at the same moment."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from allauth.mfa.totp.internal import auth as totp
from django.contrib.auth.hashers import MD5PasswordHasher
from django.db import connections
from django.test import Client

from broadsheet.demo import factories
from broadsheet.readers import codes, tallies
from broadsheet.readers.models import Code, Tally
from broadsheet.rules.limits import Action, Limit, Share
from tests.conftest import NOW
from tests.paper.readers.conftest import CODE, ENTRANCE

TRIES = 40


def at_once(function, count=TRIES) -> list:
    """Call a function in as many threads at once, and return what came back."""
    gate = threading.Barrier(count)

    def run(number):
        gate.wait()
        try:
            return function(number)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(run, range(count)))


def with_session_of(client: Client) -> Client:
    other = Client()
    other.cookies.update(client.cookies)
    return other


@pytest.fixture
def counted(monkeypatch):
    """Count calls of a function from any thread."""

    def count(place, name):
        calls = []
        real = getattr(place, name)

        def called(*args):
            calls.append(1)
            return real(*args)

        monkeypatch.setattr(place, name, called)
        return calls

    return count


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_of_forty_parallel_guesses_at_a_code_three_are_looked_at(counted, mailoutbox):
    factories.reader("reader@example.org")
    client = Client()
    client.post(ENTRANCE, {"email": "reader@example.org"})
    looked_at = counted(codes, "constant_time_compare")

    at_once(lambda n: with_session_of(client).post(CODE, {"code": f"{n:08}"}).status_code)

    assert len(looked_at) <= 3
    assert Code.objects.get().guesses == 3


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_a_right_code_sent_forty_times_at_once_lets_in_once(mailoutbox, last_code):
    client = Client()
    client.post(ENTRANCE, {"email": "reader@example.org"})
    right = last_code()

    def send(_):
        mine = with_session_of(client)
        mine.post(CODE, {"code": right})
        return "_auth_user_id" in mine.session

    assert sum(at_once(send)) <= 1
    assert Code.objects.get().used_at


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_of_forty_parallel_guesses_at_a_password_five_are_looked_at(counted):
    factories.reader("reader@example.org")
    looked_at = counted(MD5PasswordHasher, "encode")
    data = {"email": "reader@example.org", "password": "wrong"}

    answers = at_once(lambda _: Client().post("/accounts/login/password/", data).status_code)

    assert len(looked_at) <= 5
    assert sorted(set(answers)) == [422, 429]


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_of_forty_parallel_guesses_at_an_app_code_five_are_looked_at(counted):
    reader = factories.reader("reader@example.org")
    totp.TOTP.activate(reader, totp.generate_totp_secret())
    client = Client()
    data = {"email": "reader@example.org", "password": factories.PASSWORD}
    client.post("/accounts/login/password/", data)
    looked_at = counted(totp, "validate_totp_code")
    address = "/accounts/2fa/authenticate/"

    at_once(lambda n: with_session_of(client).post(address, {"code": f"{n:06}"}).status_code)

    assert len(looked_at) <= 5


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_a_tally_lets_exactly_as_many_through_as_it_says():
    limit = Limit(Share.ADDRESS, 7, 60)
    whose = {Share.ADDRESS: "x@example.org"}

    outcomes = at_once(lambda _: tallies.count(Action.ASK_CODE, [limit], whose).allowed, 64)

    assert sum(outcomes) == 7


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_something_is_seen_for_the_first_time_once():
    assert sum(at_once(lambda _: tallies.first_time("this", seconds=60))) == 1


def test_a_tally_names_nobody(db):
    whose = {Share.ADDRESS: "x@example.org"}
    tallies.count(Action.ASK_CODE, [Limit(Share.ADDRESS, 7, 60)], whose)

    assert "example" not in str(Tally.objects.values().get())


def test_strangers_cant_keep_a_reader_out_of_their_own_browser(client, reader, last_code):
    client.post(ENTRANCE, {"email": reader.email})
    client.post(CODE, {"code": last_code()})
    client.post("/accounts/logout/")
    for number in range(60):
        stranger = Client(REMOTE_ADDR=f"10.0.{number}.1")
        stranger.post(ENTRANCE, {"email": reader.email})
        data = {"email": reader.email, "password": "wrong"}
        stranger.post("/accounts/login/password/", data)
    refused = Client(REMOTE_ADDR="10.9.9.9").post(ENTRANCE, {"email": reader.email})

    by_code = client.post(ENTRANCE, {"email": reader.email})
    data = {"email": reader.email, "password": factories.PASSWORD}
    by_password = client.post("/accounts/login/password/", data)

    assert refused.status_code == 429
    assert by_code.headers["Location"] == CODE
    assert by_password.status_code == 302
    assert "_auth_user_id" in client.session


def test_a_reader_who_types_a_right_password_isnt_counted(client, reader):
    data = {"email": reader.email, "password": factories.PASSWORD}
    for _ in range(8):
        assert Client().post("/accounts/login/password/", data).status_code == 302


def test_a_mark_of_a_device_opens_nothing(client, reader, last_code):
    client.post(ENTRANCE, {"email": reader.email})
    client.post(CODE, {"code": last_code()})
    thief = Client()
    thief.cookies["device"] = client.cookies["device"].value

    assert thief.get("/you/").headers["Location"].startswith(ENTRANCE)


def test_codes_have_eight_digits_and_differ(db):
    made = [
        codes.make(purpose=Code.Purpose.SIGN_IN, address="x@example.org", now=NOW)[1]
        for _ in range(300)
    ]

    assert all(len(code) == 8 and code.isdigit() for code in made)
    assert len(set(made)) > 295
    assert {digit for code in made for digit in code} == set("0123456789")
