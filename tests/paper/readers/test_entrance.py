"""One door for newcomers and readers: an address, a code, in."""

from datetime import timedelta

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.test import Client
from django.utils import timezone

from broadsheet.demo import factories
from broadsheet.readers.models import AccountEvent, Code, Reader
from tests.paper.readers.conftest import CODE, ENTRANCE


def enter(client, email, last_code, place=""):
    client.post(ENTRANCE, {"email": email, "next": place})
    return client.post(CODE, {"code": last_code()})


def test_a_newcomer_is_in_with_an_address_and_a_code(client, db, last_code):
    assert client.post(ENTRANCE, {"email": "New@Example.org"}).url == CODE

    response = client.post(CODE, {"code": last_code()})

    assert response.status_code == 302
    reader = Reader.objects.get()
    assert client.session["_auth_user_id"] == str(reader.pk)
    assert reader.email == "new@example.org"
    assert not reader.has_usable_password()
    assert EmailAddress.objects.get().verified


def test_a_reader_is_in_by_the_same_door(client, reader, last_code):
    response = enter(client, reader.email, last_code)

    assert response.status_code == 302
    assert client.session["_auth_user_id"] == str(reader.pk)
    assert Reader.objects.count() == 1


def test_signing_in_from_a_story_returns_to_it(client, story, last_code):
    response = enter(client, "new@example.org", last_code, place=story.url)

    assert response.url == story.url


@pytest.mark.parametrize(
    "place",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example/",
        "\\/evil.example",
        "/%0d%0aLocation:x\r\nevil",
        "javascript:alert(1)",
        "http://testserver/world/",
        "world/",
    ],
)
def test_signing_in_leads_to_own_pages_only(client, db, last_code, place):
    assert enter(client, "new@example.org", last_code, place=place).url == "/you/"


def test_capitals_make_no_other_account(client, reader, last_code):
    enter(client, "READER@EXAMPLE.ORG", last_code)

    assert client.session["_auth_user_id"] == str(reader.pk)


def test_a_plus_and_dots_are_another_address(client, reader, last_code):
    enter(client, "re.ader+x@example.org", last_code)

    assert client.session["_auth_user_id"] != str(reader.pk)
    assert Reader.objects.count() == 2


def test_a_code_works_once(client, reader, last_code):
    enter(client, reader.email, last_code)
    code = last_code()
    client.post("/accounts/logout/")
    client.post(ENTRANCE, {"email": reader.email})

    response = client.post(CODE, {"code": code})

    assert response.status_code == 422
    assert "_auth_user_id" not in client.session


def test_a_code_is_of_no_use_in_another_browser(client, reader, last_code):
    client.post(ENTRANCE, {"email": reader.email})
    other = Client()
    other.post(ENTRANCE, {"email": reader.email})
    code_of_other = last_code()

    response = client.post(CODE, {"code": code_of_other})

    assert response.status_code == 422
    assert "_auth_user_id" not in client.session


def test_a_code_grows_old(client, reader, last_code):
    client.post(ENTRANCE, {"email": reader.email})
    with time_machine.travel(timezone.now() + timedelta(minutes=11), tick=False):
        response = client.post(CODE, {"code": last_code()})

    assert response.url == ENTRANCE
    assert "_auth_user_id" not in client.session


def test_a_code_stands_three_guesses(client, reader, last_code):
    client.post(ENTRANCE, {"email": reader.email})
    right = last_code()
    answers = [client.post(CODE, {"code": "0000 0000"}).status_code for _ in range(3)]

    response = client.post(CODE, {"code": right})

    assert answers == [422, 422, 302]
    assert response.url == ENTRANCE
    assert "_auth_user_id" not in client.session


def test_a_new_code_voids_the_one_before(client, reader, last_code):
    client.post(ENTRANCE, {"email": reader.email})
    before = last_code()
    client.post(CODE, {"action": "resend"})

    assert client.post(CODE, {"code": before}).status_code == 422
    assert client.post(CODE, {"code": last_code()}).status_code == 302


def test_no_code_is_kept_as_it_is(client, reader, last_code):
    client.post(ENTRANCE, {"email": reader.email})

    row = Code.objects.values().get()
    assert last_code().replace(" ", "") not in str(row)


def test_following_links_changes_nothing(client, reader, last_code):
    client.post(ENTRANCE, {"email": reader.email})
    client.get(f"{CODE}?code={last_code()}")

    assert "_auth_user_id" not in client.session
    assert Code.objects.get().guesses == 0


def test_what_is_no_address_is_said_and_nothing_is_sent(client, db, mailoutbox):
    response = client.post(ENTRANCE, {"email": "not an address"})

    assert response.status_code == 422
    assert "name@example.org" in response.text
    assert mailoutbox == []


def test_the_session_gets_a_new_key_when_somebody_signs_in(client, reader, last_code):
    client.post(ENTRANCE, {"email": reader.email})
    before = client.session.session_key

    client.post(CODE, {"code": last_code()})

    assert client.session.session_key != before


def test_a_blocked_reader_stays_out(client, reader, last_code):
    reader.is_active = False
    reader.save()

    response = enter(client, reader.email, last_code)

    assert response.url == "/accounts/inactive/"
    assert "_auth_user_id" not in client.session
    assert "closed" in client.get(response.url).text


def test_proving_an_address_takes_away_what_somebody_else_left_there(client, db, last_code):
    stranger = Reader.objects.create_user("mine@example.org", "the stranger's password")

    enter(client, "mine@example.org", last_code)

    stranger.refresh_from_db()
    assert client.session["_auth_user_id"] == str(stranger.pk)
    assert not stranger.has_usable_password()


def test_a_password_doesnt_let_in_before_the_address_is_proved(client, db):
    Reader.objects.create_user("mine@example.org", factories.PASSWORD)

    data = {"email": "mine@example.org", "password": factories.PASSWORD}
    response = client.post("/accounts/login/password/", data)

    assert response.url == ENTRANCE
    assert "_auth_user_id" not in client.session


def test_mail_that_cant_be_sent_is_said_and_no_code_stays(client, db, monkeypatch):
    def refuse(*_, **__):
        raise ConnectionRefusedError

    monkeypatch.setattr("django.core.mail.message.EmailMessage.send", refuse)

    response = client.post(ENTRANCE, {"email": "new@example.org"})

    assert response.status_code == 503
    assert "can&#x27;t send mail" in response.text or "can’t send mail" in response.text
    assert not Code.objects.exists()


def test_signing_in_is_written_down_for_the_reader(client, reader, last_code):
    enter(client, reader.email, last_code)

    event = reader.events.get(kind=AccountEvent.Kind.SIGNED_IN)
    assert event.detail == "with a code by e-mail"
    assert event.network == "127.0.0.0"


def test_pages_of_the_door_are_kept_by_nobody(client, db):
    for address in (ENTRANCE, "/accounts/signup/", "/accounts/login/password/"):
        assert client.get(address).headers["Cache-Control"] == "private, no-store"
