"""Changing how one signs in takes a fresh proof, and is told by mail."""

from datetime import timedelta

import pytest
import time_machine
from allauth.account.models import EmailAddress
from allauth.account.signals import email_confirmed, email_removed
from django.contrib.auth.password_validation import CommonPasswordValidator
from django.utils import timezone

from broadsheet.config import settings as real_settings
from broadsheet.demo import factories
from broadsheet.readers.models import Reader

GATED = [
    "/you/security/addresses/",
    "/you/security/addresses/code/",
    "/you/security/password/",
    "/you/data/",
    "/you/data/erase/",
    "/accounts/2fa/app/add/",
    "/accounts/2fa/app/remove/",
    "/accounts/2fa/codes/",
    "/accounts/2fa/codes/new/",
    "/accounts/2fa/codes/file/",
    "/accounts/2fa/passkey/add/",
    "/accounts/2fa/passkey/1/remove/",
]


@pytest.fixture
def later(signed_in):
    """A quarter of an hour after signing in."""
    with time_machine.travel(timezone.now() + timedelta(minutes=15)):
        yield signed_in


@pytest.mark.parametrize("address", GATED)
def test_what_matters_takes_a_fresh_proof(later, address):
    for method in (later.get, later.post):
        response = method(address)

        assert response.status_code == 302
        assert response.url == f"/accounts/reauthenticate/?next={address.replace('/', '%2F')}"


@pytest.mark.parametrize("address", GATED)
def test_visitors_are_sent_to_the_door(client, db, address):
    assert client.get(address).url == f"/accounts/login/?next={address.replace('/', '%2F')}"


def test_the_password_is_a_proof(later):
    response = later.post(
        "/accounts/reauthenticate/", {"password": factories.PASSWORD, "next": "/you/data/"}
    )

    assert response.url == "/you/data/"
    assert later.get("/you/data/").status_code == 200


def test_a_code_is_a_proof_for_those_without_a_password(later, reader, last_code):
    Reader.objects.filter(pk=reader.pk).update(password="!")
    later.force_login(Reader.objects.get())
    address = later.get("/you/data/").url
    assert address == "/accounts/reauthenticate/code/?next=%2Fyou%2Fdata%2F"

    later.post(address, {"action": "send"})
    refused = later.post(address, {"code": "0000 0000", "next": "/you/data/"})
    response = later.post(address, {"code": last_code(), "next": "/you/data/"})

    assert refused.status_code == 422
    assert response.url == "/you/data/"
    assert later.get("/you/data/").status_code == 200


def test_a_proof_stands_three_guesses(later, last_code):
    address = "/accounts/reauthenticate/code/?next=/you/data/"
    later.post(address, {"action": "send"})
    for _ in range(3):
        later.post(address, {"code": "0000 0000"})

    later.post(address, {"code": last_code()})

    assert later.get("/you/data/").status_code == 302


def test_a_code_to_sign_in_is_no_proof(later, reader, last_code):
    later.post("/accounts/login/", {"email": reader.email})
    response = later.post("/accounts/reauthenticate/code/", {"code": "1234 5678"})

    assert response.status_code == 200
    assert later.get("/you/data/").status_code == 302


def test_a_form_sent_too_late_does_nothing_and_is_kept_nowhere(later, reader):
    later.post("/you/security/password/", {"password": "an entirely new phrase"})

    reader.refresh_from_db()
    assert reader.check_password(factories.PASSWORD)
    assert "entirely" not in str(dict(later.session))


def test_an_address_is_added_once_its_code_is_entered(signed_in, reader, last_code, mailoutbox):
    heard = []

    def listen(email_address, **_):
        heard.append(email_address.email)

    email_confirmed.connect(listen)
    signed_in.post("/you/security/addresses/", {"email": "Mira@Old.example"})
    assert mailoutbox[-1].to == ["mira@old.example"]
    assert EmailAddress.objects.count() == 1

    signed_in.post("/you/security/addresses/code/", {"code": last_code()})

    row = EmailAddress.objects.get(email="mira@old.example")
    assert (row.verified, row.primary, row.user) == (True, False, reader)
    assert heard == ["mira@old.example"]
    assert mailoutbox[-1].to == [reader.email]


def test_an_address_of_another_account_is_not_taken(signed_in, last_code):
    other = factories.reader("other@example.org")
    signed_in.post("/you/security/addresses/", {"email": other.email})

    response = signed_in.post("/you/security/addresses/code/", {"code": last_code()}, follow=True)

    assert "another account" in response.text
    assert EmailAddress.objects.get(email=other.email).user == other


def test_another_main_address_is_told_to_both(signed_in, reader, mailoutbox):
    row = EmailAddress.objects.create(user=reader, email="new@example.org", verified=True)

    signed_in.post("/you/security/addresses/change/", {"address": row.pk, "action": "main"})

    reader.refresh_from_db()
    assert reader.email == "new@example.org"
    assert {letter.to[0] for letter in mailoutbox[-2:]} == {"reader@example.org", row.email}
    assert EmailAddress.objects.get(primary=True) == row


def test_an_address_given_up_is_told_to_both(signed_in, reader, mailoutbox):
    heard = []

    def listen(email_address, **_):
        heard.append(email_address.email)

    email_removed.connect(listen)
    row = EmailAddress.objects.create(user=reader, email="old@example.org", verified=True)

    signed_in.post("/you/security/addresses/change/", {"address": row.pk, "action": "remove"})

    assert not EmailAddress.objects.filter(email="old@example.org").exists()
    assert heard == ["old@example.org"]
    assert {letter.to[0] for letter in mailoutbox[-2:]} == {"reader@example.org", row.email}


def test_the_main_address_is_not_removed(signed_in, reader):
    row = EmailAddress.objects.get()

    signed_in.post("/you/security/addresses/change/", {"address": row.pk, "action": "remove"})

    assert EmailAddress.objects.get() == row


def test_nobody_changes_the_address_of_another(signed_in):
    other = factories.reader("other@example.org")
    row = EmailAddress.objects.get(user=other)

    data = {"address": row.pk, "action": "remove"}
    assert signed_in.post("/you/security/addresses/change/", data).status_code == 404


def test_going_back_and_forth_between_addresses_gains_nothing(signed_in, reader, last_code):
    # The old address is free again, so that its new owner makes an account of their own.
    row = EmailAddress.objects.create(user=reader, email="new@example.org", verified=True)
    signed_in.post("/you/security/addresses/change/", {"address": row.pk, "action": "main"})
    old = EmailAddress.objects.get(email="reader@example.org")
    signed_in.post("/you/security/addresses/change/", {"address": old.pk, "action": "remove"})
    signed_in.post("/accounts/logout/")

    signed_in.post("/accounts/login/", {"email": "reader@example.org"})
    signed_in.post("/accounts/login/code/confirm/", {"code": last_code()})

    assert signed_in.session["_auth_user_id"] != str(reader.pk)


@pytest.mark.parametrize(
    "password",
    ["eight ch", "  spaces around  ", "пароль из слов", "x" * 64 + "y" * 64, "correct horse"],
)
def test_a_password_is_taken_as_it_is(signed_in, reader, password):
    response = signed_in.post("/you/security/password/", {"password": password})

    assert response.status_code == 302
    reader.refresh_from_db()
    assert reader.check_password(password)


@pytest.mark.parametrize(
    "password", ["seven c", "x" * 129, "reader@example.org", "", "12345678", "password1"]
)
def test_a_weak_or_endless_password_is_refused_in_words(signed_in, reader, password):
    response = signed_in.post("/you/security/password/", {"password": password})

    assert response.status_code == 422
    assert 'aria-invalid="true"' in response.text
    reader.refresh_from_db()
    assert reader.check_password(factories.PASSWORD)


def test_the_three_thousand_commonest_passwords_are_refused(db):
    common = sorted(word for word in CommonPasswordValidator().passwords if len(word) >= 8)[:3_000]
    reader = factories.reader("reader@example.org")
    from broadsheet.readers.forms import NewPasswordForm

    taken = [
        word for word in common if NewPasswordForm({"password": word}, reader=reader).is_valid()
    ]

    assert len(common) == 3_000
    assert taken == []


def test_passwords_are_hashed_with_argon2():
    assert real_settings.PASSWORD_HASHERS[0].endswith("Argon2PasswordHasher")


def test_a_password_can_be_removed(signed_in, reader, mailoutbox):
    signed_in.post("/you/security/password/", {"action": "remove"})

    reader.refresh_from_db()
    assert not reader.has_usable_password()
    assert "removed" in mailoutbox[-1].body
    assert signed_in.get("/you/").status_code == 200


def test_a_new_password_is_told_by_mail(signed_in, mailoutbox):
    signed_in.post("/you/security/password/", {"password": "an entirely new phrase"})

    assert "The password of your account was set anew." in mailoutbox[-1].body
    assert "entirely" not in mailoutbox[-1].body


def test_signing_in_with_a_password_in_a_new_browser_is_told_by_mail(signed_in, mailoutbox):
    assert "Somebody signed in to your account with the password." in mailoutbox[0].body


def test_the_well_known_address_leads_to_the_password(client, db):
    assert client.get("/.well-known/change-password").url == "/you/security/password/"


def test_a_forgotten_password_is_set_anew_after_a_code(client, reader, last_code):
    door = client.get("/accounts/password/reset/", follow=True)
    client.post(
        door.redirect_chain[-1][0], {"email": reader.email, "next": "/you/security/password/"}
    )
    response = client.post("/accounts/login/code/confirm/", {"code": last_code()})

    assert response.url == "/you/security/password/"
    client.post(response.url, {"password": "an entirely new phrase"})
    reader.refresh_from_db()
    assert reader.check_password("an entirely new phrase")
