"""Registering with a password or a passkey of one's own, besides the code that proves the address."""

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import MD5PasswordHasher

from broadsheet.demo import factories
from broadsheet.readers.models import Reader
from tests.paper.readers.conftest import CODE

BY_PASSWORD = "/accounts/signup/password/"
SIGN_IN = "/accounts/login/password/"
WORDS = "three wet herons waiting"
ADD_PASSKEY = "/accounts/2fa/passkey/add/"


def register(client, last_code, email="new@example.org", password=WORDS, place=""):
    client.post(BY_PASSWORD, {"email": email, "password": password, "next": place})
    return client.post(CODE, {"code": last_code()})


def test_who_registers_with_a_password_signs_in_with_it_from_then_on(client, db, last_code):
    register(client, last_code)
    client.post("/accounts/logout/")

    client.post(SIGN_IN, {"email": "new@example.org", "password": WORDS})

    assert client.session["_auth_user_id"] == str(Reader.objects.get().pk)
    assert EmailAddress.objects.get().verified


def test_there_is_no_account_before_the_code(client, db, mailoutbox):
    client.post(BY_PASSWORD, {"email": "new@example.org", "password": WORDS})

    assert len(mailoutbox) == 1
    assert not Reader.objects.exists()


def test_registering_returns_to_the_story(client, story, last_code):
    assert register(client, last_code, place=story.url).url == story.url


def test_who_has_an_account_gets_in_and_its_password_stays(client, reader, last_code):
    answer = register(client, last_code, email=reader.email)

    reader.refresh_from_db()
    assert client.session["_auth_user_id"] == str(reader.pk)
    assert reader.check_password(factories.PASSWORD)
    assert "Its password is as it was" in client.get(answer.url).text


def test_a_password_belongs_to_the_address_it_was_chosen_with(client, db, last_code):
    client.post(BY_PASSWORD, {"email": "one@example.org", "password": WORDS})
    # Another address, in another window of the same browser.
    client.post("/accounts/login/", {"email": "two@example.org"})
    client.post(CODE, {"code": last_code()})

    assert not Reader.objects.get().has_usable_password()


def test_a_new_code_asked_for_on_the_way_changes_nothing(client, db, last_code):
    client.post(BY_PASSWORD, {"email": "new@example.org", "password": WORDS})
    client.post(CODE, {"action": "resend"})
    client.post(CODE, {"code": last_code()})

    assert Reader.objects.get().check_password(WORDS)


@pytest.mark.parametrize(
    ("password", "complaint"),
    [("short", "too short"), ("password123", "too common"), ("", "required")],
)
def test_a_weak_password_is_refused_before_any_mail(password, complaint, client, db, mailoutbox):
    answer = client.post(BY_PASSWORD, {"email": "new@example.org", "password": password})

    assert answer.status_code == 422
    assert complaint in answer.text
    assert 'value="new@example.org"' in answer.text
    assert not mailoutbox


def test_the_password_itself_is_kept_nowhere_on_the_way(client, db):
    client.post(BY_PASSWORD, {"email": "new@example.org", "password": WORDS})

    assert WORDS not in str(dict(client.session))


def test_registering_hashes_once_for_every_address(client, reader, monkeypatch):
    hashed = []
    real = MD5PasswordHasher.encode

    def encode(*args):
        hashed.append(1)
        return real(*args)

    monkeypatch.setattr(MD5PasswordHasher, "encode", encode)
    for address in (reader.email, "nobody@example.org"):
        client.post(BY_PASSWORD, {"email": address, "password": WORDS})

    assert len(hashed) == 2


@pytest.fixture
def on_localhost(settings, client):
    """Ask at an address where browsers allow passkeys."""
    settings.ALLOWED_HOSTS = ["localhost"]
    client.defaults["HTTP_HOST"] = "localhost"


@pytest.mark.usefixtures("on_localhost")
def test_who_asks_for_a_passkey_is_led_to_add_one_and_on_to_the_story(client, story, last_code):
    sent = {"email": "new@example.org", "way": "passkey", "next": story.url}
    client.post("/accounts/signup/", sent)
    answer = client.post(CODE, {"code": last_code()})

    assert answer.url.startswith(f"{ADD_PASSKEY}?next=")
    page = client.get(answer.url)
    assert page.status_code == 200
    assert f'href="{story.url}">Not now</a>' in page.text


@pytest.mark.usefixtures("on_localhost")
def test_the_offer_of_a_passkey_is_made_once(client, reader, last_code):
    client.post("/accounts/signup/", {"email": reader.email, "way": "passkey"})
    client.post(CODE, {"code": last_code()})
    client.post("/accounts/logout/")
    client.post("/accounts/login/", {"email": reader.email})

    assert ADD_PASSKEY not in client.post(CODE, {"code": last_code()}).url


@pytest.mark.parametrize("page", ["/accounts/signup/", SIGN_IN])
def test_the_way_to_register_with_a_password_is_on_the_page(page, client, db):
    assert f'href="{BY_PASSWORD}' in client.get(page).text


@pytest.mark.parametrize("digits", ["０１２３４５６７８９", "٠١٢٣٤٥٦٧٨٩", "०१२३४५६७८९"])
def test_a_code_in_digits_of_another_keyboard_works(digits, client, db, last_code):
    client.post("/accounts/login/", {"email": "new@example.org"})
    typed = last_code().translate(str.maketrans("0123456789", digits))

    client.post(CODE, {"code": typed})

    assert Reader.objects.exists()
