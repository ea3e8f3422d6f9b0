"""Second factors: asked for where there are any, counted, and none works twice."""

import re
import time

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal import auth as totp
from django.test import Client

from broadsheet.demo import factories

ASKED = "/accounts/2fa/authenticate/"
DATA = {"email": "reader@example.org", "password": factories.PASSWORD}


def shown_by_app(secret: str, steps: int = 0) -> str:
    return totp.format_hotp_value(totp.hotp_value(secret, int(time.time()) // 30 + steps))


@pytest.fixture
def secret(reader) -> str:
    made = totp.generate_totp_secret()
    totp.TOTP.activate(reader, made)
    RecoveryCodes.activate(reader)
    return made


def test_an_app_is_added_with_a_code_it_shows(
    signed_in, reader, mailoutbox, django_capture_on_commit_callbacks
):
    page = signed_in.get("/accounts/2fa/app/add/").text
    found = re.search(r"steps__key\">([A-Z2-7 ]+)<", page)
    assert found
    secret = found[1].replace(" ", "")

    with django_capture_on_commit_callbacks(execute=True):
        response = signed_in.post("/accounts/2fa/app/add/", {"code": shown_by_app(secret)})

    assert response.url == "/accounts/2fa/codes/"
    assert len(re.findall(r"<code>\d{8}</code>", signed_in.get(response.url).text)) == 10
    assert Authenticator.objects.filter(user=reader, type="totp").exists()
    assert "An authenticator app was added" in mailoutbox[-1].body


def test_a_wrong_code_adds_no_app(signed_in):
    signed_in.get("/accounts/2fa/app/add/")

    response = signed_in.post("/accounts/2fa/app/add/", {"code": "000000"})

    assert "wrong" in response.text.lower() or "work" in response.text
    assert not Authenticator.objects.exists()


def test_the_factor_is_asked_for_after_a_password(client, reader, secret):
    assert client.post("/accounts/login/password/", DATA).url == ASKED
    assert client.get("/you/").status_code == 302

    client.post(ASKED, {"code": shown_by_app(secret)})

    assert client.get("/you/").status_code == 200


def test_the_factor_is_asked_for_after_a_code_by_mail(client, reader, secret, last_code):
    client.post("/accounts/login/", {"email": reader.email, "next": "/saved/"})
    response = client.post("/accounts/login/code/confirm/", {"code": last_code()})

    assert response.url == ASKED
    assert client.post(ASKED, {"code": shown_by_app(secret)}).url == "/saved/"


def test_setting_a_new_password_keeps_the_factor(client, reader, secret, last_code):
    data = {"email": reader.email, "next": "/you/security/password/"}
    client.post("/accounts/login/", data)
    client.post("/accounts/login/code/confirm/", {"code": last_code()})

    response = client.post("/you/security/password/", {"password": "an entirely new phrase"})

    assert response.url.startswith("/accounts/login/")
    reader.refresh_from_db()
    assert reader.check_password(factories.PASSWORD)


def test_a_code_of_the_app_works_once(reader, secret):
    code = shown_by_app(secret)
    first, second = Client(), Client()
    for client in (first, second):
        client.post("/accounts/login/password/", DATA)
        client.post(ASKED, {"code": code})

    assert first.get("/you/").status_code == 200
    assert second.get("/you/").status_code == 302


def test_a_recovery_code_works_once(reader, secret):
    code = Authenticator.objects.get(type="recovery_codes").wrap().get_unused_codes()[0]
    first, second = Client(), Client()
    for client in (first, second):
        client.post("/accounts/login/password/", DATA)
        client.post(ASKED, {"code": code})

    assert first.get("/you/").status_code == 200
    assert second.get("/you/").status_code == 302


def test_wrong_codes_are_counted_and_written_down(client, reader, secret):
    client.post("/accounts/login/password/", DATA)
    for number in range(5):
        client.post(ASKED, {"code": f"{number:06}"})

    response = client.post(ASKED, {"code": shown_by_app(secret)})

    assert "Too many tries" in response.text
    assert client.get("/you/").status_code == 302
    assert reader.events.filter(kind="factor-refused").count() == 5


def test_who_has_an_app_proves_by_it_and_not_by_mail(client, reader, secret):
    client.force_login(reader)

    assert client.get("/you/data/").url.startswith("/accounts/2fa/reauthenticate/")
    assert client.get("/accounts/reauthenticate/code/").status_code == 403
    client.post("/accounts/2fa/reauthenticate/", {"code": shown_by_app(secret)})
    assert client.get("/you/data/").status_code == 200


def test_a_passkey_alone_is_no_hurdle(client, reader):
    Authenticator.objects.create(user=reader, type="webauthn", data={"name": "Phone"})

    client.post("/accounts/login/password/", DATA)

    assert client.get("/you/").status_code == 200


def test_a_passkey_is_not_offered_to_those_who_have_none(client, reader, secret):
    client.post("/accounts/login/password/", DATA)

    assert "Use a passkey" not in client.get(ASKED).text


def test_removing_the_app_is_told_by_mail(client, reader, secret, mailoutbox):
    client.force_login(reader)
    client.post("/accounts/2fa/reauthenticate/", {"code": shown_by_app(secret)})

    client.post("/accounts/2fa/app/remove/")

    assert not Authenticator.objects.filter(type="totp").exists()
    assert "The authenticator app was removed" in mailoutbox[-1].body


def test_recovery_codes_come_as_a_file(client, reader, secret):
    client.force_login(reader)
    client.post("/accounts/2fa/reauthenticate/", {"code": shown_by_app(secret)})

    response = client.get("/accounts/2fa/codes/file/")

    assert len(re.findall(r"^\d{8}$", response.text, re.MULTILINE)) == 10
    assert response.headers["Cache-Control"] == "private, no-store"


@pytest.fixture
def strict(db, settings):
    settings.STAFF_SECOND_FACTOR = True
    return factories.staff("circulation@example.org", role="Circulation")


def test_staff_without_a_second_factor_reach_no_page_of_the_desk(client, strict):
    client.force_login(strict)

    for address in ("/desk/", "/desk/readers/", "/desk/pages/"):
        assert client.get(address).url == "/you/security/"
    assert "second factor" in client.get("/you/security/").text


def test_staff_with_one_must_have_shown_it_in_this_session(client, strict):
    made = totp.generate_totp_secret()
    totp.TOTP.activate(strict, made)
    client.force_login(strict)
    way = client.get("/desk/readers/").url
    assert way == "/accounts/2fa/reauthenticate/?next=%2Fdesk%2Freaders%2F"

    client.post(way, {"code": shown_by_app(made), "next": "/desk/readers/"})

    assert client.get("/desk/readers/").status_code == 200


def test_staff_with_a_passkey_only_are_asked_for_it(client, strict):
    Authenticator.objects.create(user=strict, type="webauthn", data={"name": "Key"})
    data = {"email": strict.email, "password": factories.PASSWORD}

    assert client.post("/accounts/login/password/", data).url == ASKED


def test_without_the_option_staff_need_none(client, db):
    client.force_login(factories.staff("circulation@example.org", role="Circulation"))

    assert client.get("/desk/readers/").status_code == 200
