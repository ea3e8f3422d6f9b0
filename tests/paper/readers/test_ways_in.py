"""The addresses of the readers' side are those on a reviewed list, and none opens by a link."""

import pytest
from django.contrib.auth.models import Group
from django.urls import URLPattern, URLResolver, get_resolver

from broadsheet.readers import urls
from broadsheet.readers.duties import sweep
from broadsheet.readers.models import AccountEvent, Code, Reader, Tally

REVIEWED = [
    ".well-known/change-password",
    "accounts/2fa/",
    "accounts/2fa/app/add/",
    "accounts/2fa/app/remove/",
    "accounts/2fa/authenticate/",
    "accounts/2fa/codes/",
    "accounts/2fa/codes/file/",
    "accounts/2fa/codes/new/",
    "accounts/2fa/passkey/",
    "accounts/2fa/passkey/<int:pk>/remove/",
    "accounts/2fa/passkey/add/",
    "accounts/2fa/passkey/reauthenticate/",
    "accounts/2fa/reauthenticate/",
    "accounts/3rdparty/",
    "accounts/3rdparty/login/cancelled/",
    "accounts/3rdparty/login/error/",
    "accounts/3rdparty/signup/",
    "accounts/confirm-email/",
    "accounts/email/",
    "accounts/inactive/",
    "accounts/login/",
    "accounts/login/code/confirm/",
    "accounts/login/passkey/",
    "accounts/login/password/",
    "accounts/logout/",
    "accounts/oidc/<slug:provider_id>/login/",
    "accounts/oidc/<slug:provider_id>/login/callback/",
    "accounts/password/change/",
    "accounts/password/reset/",
    "accounts/password/set/",
    "accounts/reauthenticate/",
    "accounts/reauthenticate/code/",
    "accounts/sessions/",
    "accounts/signup/",
    "accounts/signup/password/",
    "desk/login/",
    "desk/password_reset/",
    "you/",
    "you/data/",
    "you/data/erase/",
    "you/readings/",
    "you/security/",
    "you/security/addresses/",
    "you/security/addresses/change/",
    "you/security/addresses/code/",
    "you/security/password/",
    "you/security/provider/remove/",
    "you/security/sessions/",
    "you/state.json",
]


def paths(patterns, before=""):
    for one in patterns:
        here = before + str(one.pattern)
        if isinstance(one, URLResolver):
            yield from paths(one.url_patterns, here)
        elif isinstance(one, URLPattern):
            yield here


def test_there_is_no_way_in_that_isnt_on_the_list():
    assert sorted(paths(urls.urlpatterns)) == REVIEWED


def test_no_other_app_has_addresses_among_those_of_accounts():
    everywhere = [
        path for path in paths(get_resolver().url_patterns) if path.startswith("accounts")
    ]

    assert len(everywhere) == len(set(everywhere))
    assert set(everywhere) <= set(REVIEWED)


@pytest.mark.parametrize("address", ["/desk/login/", "/desk/password_reset/"])
def test_wagtails_own_ways_in_are_closed(client, db, address):
    for answer in (client.get(address), client.post(address, {"username": "a", "password": "b"})):
        assert answer.status_code == 302
        assert answer.url == "/accounts/login/"


def test_the_desk_sends_visitors_to_the_door(client, db):
    assert client.get("/desk/").url.startswith("/accounts/login/?next=/desk/")


def test_the_desk_changes_no_password_and_no_address(client, editor):
    editor.is_staff = True
    client.force_login(editor)

    page = client.get("/desk/account/").text

    assert 'name="password-old_password"' not in page
    assert 'name="name_email-email"' not in page


def test_a_fresh_paper_has_no_accounts(db):
    assert not Reader.objects.exists()


def test_circulation_may_look_after_readers(db):
    role = Group.objects.get(name="Circulation")

    assert role.permissions.filter(codename="manage_readers").exists()


def test_following_any_link_of_the_own_pages_changes_nothing(signed_in, reader):
    before = Reader.objects.values().get()
    for path in REVIEWED:
        if "<" not in path and not path.startswith("desk"):
            signed_in.get(f"/{path}", {"which": "all", "action": "remove", "sure": "yes"})
    signed_in.get("/you/")

    after = Reader.objects.values().get()
    assert after == before
    assert "_auth_user_id" in signed_in.session
    assert {event.kind for event in reader.events.all()} == {"signed-in"}


def test_what_has_run_out_is_removed(client, reader, last_code):
    from datetime import timedelta

    from django.utils import timezone

    now = timezone.now()
    client.post("/accounts/login/", {"email": reader.email})
    reader.events.create(kind=AccountEvent.Kind.SIGNED_IN, happened_at=now - timedelta(days=400))
    assert Code.objects.exists()
    assert Tally.objects.exists()

    sweep(now=now + timedelta(hours=2))

    assert not Code.objects.exists()
    assert not Tally.objects.exists()
    assert not reader.events.exists()
