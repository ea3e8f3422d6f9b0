"""Signing in by the paper's OpenID Connect provider: by its number, never by an address alone."""

import base64
import json
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

import pytest
from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount

from broadsheet.demo import factories
from broadsheet.readers import adapters
from broadsheet.readers.models import AccountEvent, Reader

LOGIN = "/accounts/oidc/provider/login/"
CALLBACK = "/accounts/oidc/provider/login/callback/"
PLACE = "https://id.example.org"


class Answer:
    """What the provider answers."""

    status_code = 200
    headers = {"content-type": "application/json"}

    def __init__(self, facts: dict[str, Any]) -> None:
        self.facts = facts
        self.text = json.dumps(facts)

    def json(self) -> dict[str, Any]:
        return self.facts

    def raise_for_status(self) -> None:
        pass


class Provider:
    """A provider that tells what the test wants it to."""

    def __init__(self) -> None:
        self.person: dict[str, Any] = {
            "sub": "1001",
            "email": "mira@example.org",
            "email_verified": True,
            "name": "Mira Halvorsen",
        }

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def get(self, url: str, **_: Any) -> Answer:
        if url.endswith("openid-configuration"):
            return Answer(
                {
                    "issuer": PLACE,
                    "authorization_endpoint": f"{PLACE}/authorize",
                    "token_endpoint": f"{PLACE}/token",
                    "userinfo_endpoint": f"{PLACE}/userinfo",
                    "jwks_uri": f"{PLACE}/keys",
                    "token_endpoint_auth_methods_supported": ["client_secret_post"],
                }
            )
        return Answer(self.person)

    def request(self, method: str, url: str, **_: Any) -> Answer:
        return Answer({"access_token": "t", "token_type": "Bearer"})

    post = request


@pytest.fixture
def provider(settings, monkeypatch, db):
    settings.SOCIALACCOUNT_PROVIDERS = {
        "openid_connect": {
            "OAUTH_PKCE_ENABLED": True,
            "APPS": [
                {
                    "provider_id": "provider",
                    "name": "Nordkey",
                    "client_id": "paper",
                    "secret": "s",
                    "settings": {"server_url": PLACE},
                }
            ],
        }
    }
    made = Provider()
    monkeypatch.setattr(adapters.SocialAdapter, "get_requests_session", lambda _: made)
    return made


def go(client, **data):
    """Go to the provider and come back."""
    page = client.post(LOGIN, data)
    assert page.status_code == 200, page
    there = page.context["goes_to"]
    asked = parse_qs(urlsplit(there).query)
    return client.get(CALLBACK, {"code": "c", "state": asked["state"][0]})


def test_the_way_there_is_a_page_with_a_proof_key(client, provider):
    page = client.post(LOGIN)

    there = page.context["goes_to"]
    assert there.startswith(f"{PLACE}/authorize?")
    assert "code_challenge=" in there
    assert "Nordkey" in page.text or PLACE in page.text


def test_going_there_takes_a_form(client, provider):
    assert client.get(LOGIN).status_code == 405


def test_a_newcomer_whose_address_the_provider_vouches_for_is_in(client, provider):
    response = go(client, next="/saved/")

    assert response.url == "/saved/"
    reader = Reader.objects.get()
    assert (reader.email, reader.name) == ("mira@example.org", "Mira Halvorsen")
    assert not reader.has_usable_password()
    assert EmailAddress.objects.get().verified
    assert client.session["_auth_user_id"] == str(reader.pk)
    assert reader.events.filter(kind=AccountEvent.Kind.JOINED).exists()


def test_the_same_person_comes_back_by_number_whatever_the_address(client, provider):
    go(client)
    reader = Reader.objects.get()
    client.post("/accounts/logout/")
    provider.person["email"] = "another@example.org"

    go(client)

    assert client.session["_auth_user_id"] == str(reader.pk)
    assert Reader.objects.count() == 1


def test_another_number_with_the_same_address_is_not_let_into_the_account(client, provider):
    reader = factories.reader("mira@example.org")

    response = go(client)

    assert response.url == "/accounts/login/"
    assert "_auth_user_id" not in client.session
    assert not SocialAccount.objects.exists()
    assert Reader.objects.get() == reader
    assert "There is an account" in client.get(response.url).text


@pytest.mark.parametrize("person", [{"email_verified": False}, {"email": None}, {"email": "x"}])
def test_an_address_nobody_vouches_for_makes_no_account(client, provider, person):
    provider.person |= person

    response = go(client)

    assert response.url == "/accounts/login/"
    assert not Reader.objects.exists()


def test_signed_in_as_somebody_else_changes_nothing_about_that(client, provider, reader):
    client.force_login(reader)
    provider.person["email_verified"] = False

    go(client)

    assert Reader.objects.get() == reader
    assert not SocialAccount.objects.exists()


def test_a_reader_adds_the_provider_after_a_proof(signed_in, reader, provider, mailoutbox):
    response = go(signed_in, process="connect")

    assert response.url == "/you/security/"
    assert SocialAccount.objects.get().user == reader
    assert "A way to sign in was added" in mailoutbox[-1].body
    signed_in.post("/accounts/logout/")
    go(signed_in)
    assert signed_in.session["_auth_user_id"] == str(reader.pk)


def test_a_provider_that_was_removed_no_longer_opens_the_account(signed_in, reader, provider):
    go(signed_in, process="connect")

    signed_in.post("/you/security/provider/remove/")

    assert not SocialAccount.objects.exists()
    signed_in.post("/accounts/logout/")
    go(signed_in)
    assert signed_in.session["_auth_user_id"] != str(reader.pk)


def test_a_name_that_cant_be_shown_is_left_out(client, provider):
    provider.person["name"] = "Mira\u202e"

    go(client)

    assert Reader.objects.get().name == ""


def test_coming_back_with_a_made_up_state_lets_nobody_in(client, provider):
    client.post(LOGIN)

    response = client.get(CALLBACK, {"code": "c", "state": base64.b64encode(b"x").decode()})

    assert response.status_code in {302, 401, 403}
    assert "_auth_user_id" not in client.session


def test_a_provider_that_doesnt_answer_is_said(client, provider, monkeypatch):
    def refuse(*_, **__):
        raise ConnectionRefusedError

    monkeypatch.setattr(Provider, "get", refuse)

    response = client.post(LOGIN, follow=True)

    assert "answer" in response.text or "let you in" in response.text
    assert response.status_code == 200


def test_without_a_provider_there_is_no_such_way(client, db):
    assert client.post(LOGIN).status_code == 404
    assert "oidc" not in client.get("/accounts/login/").text
