"""Circulation looks readers up, helps, blocks and erases; each act is written down."""

import pytest
from allauth.account.models import EmailAddress
from django.test import Client
from django.utils import timezone

from broadsheet.demo import factories
from broadsheet.readers import registry
from broadsheet.readers.models import Reader, StaffAct
from broadsheet.readers.registry import Panel, Part

ACTS = ["block", "unblock", "erase"]


@pytest.fixture
def account(reader):
    return f"/desk/readers/{reader.pk}/"


@pytest.mark.parametrize("role", ["Writers", "Editors", "Moderators"])
def test_the_desk_of_readers_is_for_circulation(client, reader, account, role):
    client.force_login(factories.staff("other@example.org", role=role))

    for address in ("/desk/readers/", account, f"{account}block/", f"{account}erase/"):
        assert client.get(address).status_code in {302, 403}
    for act in [*ACTS, "help", "sign-out"]:
        assert client.post(f"{account}{act}/", {"reason": "x"}).status_code in {302, 403}
    reader.refresh_from_db()
    assert reader.is_active
    assert not StaffAct.objects.exists()


def test_readers_never_see_it(client, reader, account):
    client.force_login(reader)

    assert client.get(account).status_code in {302, 403}


@pytest.mark.parametrize(
    "asked",
    [
        "halvorsen",
        "HALV",
        "mira",
        "example.org mira",
        "mira@example.org",
        "MIRA@EXAMPLE.ORG",
        "øst",
    ],
)
def test_a_reader_is_found_by_parts_of_address_and_name(client, circulation, asked):
    factories.reader("mira@example.org", name="Mira Østby Halvorsen")
    factories.reader("other@example.net", name="Other")

    page = client.get("/desk/readers/", {"q": asked}).text

    assert "mira@example.org" in page
    assert "other@example.net" not in page


def test_a_reader_is_found_by_another_address_given_whole(client, circulation, reader):
    EmailAddress.objects.create(user=reader, email="old@example.net", verified=True)

    assert reader.email in client.get("/desk/readers/", {"q": "Old@Example.net"}).text


def test_who_isnt_there_isnt_found(client, circulation, reader):
    assert "Nobody is found" in client.get("/desk/readers/", {"q": "zzz"}).text


def test_the_account_shows_facts_events_and_acts(client, circulation, reader, account):
    client.post(f"{account}help/")

    page = client.get(account).text

    assert reader.email in page
    assert "code by e-mail, password" in page
    assert "sent-help" in page
    assert "Cora" in page


def test_looking_is_written_down_once_in_a_quarter_of_an_hour(client, circulation, account):
    client.get(account)
    client.get(account)

    act = StaffAct.objects.get()
    assert (act.act, act.staff) == ("opened", circulation)


def test_blocking_takes_a_reason_and_ends_sessions(client, circulation, reader, account):
    theirs = Client()
    theirs.force_login(reader)

    assert client.post(f"{account}block/", {"reason": ""}).status_code == 422
    client.post(f"{account}block/", {"reason": "three complaints"})

    reader.refresh_from_db()
    assert not reader.is_active
    assert theirs.get("/you/").status_code == 302
    act = StaffAct.objects.get(act="blocked")
    assert (act.reader, act.reason, act.staff_name) == (reader, "three complaints", "Cora")


def test_unblocking_lets_in_again(client, circulation, reader, account):
    client.post(f"{account}block/", {"reason": "a mistake"})
    client.post(f"{account}unblock/", {"reason": "a mistake indeed"})

    reader.refresh_from_db()
    assert reader.is_active
    data = {"email": reader.email, "password": factories.PASSWORD}
    assert Client().post("/accounts/login/password/", data).headers["Location"] == "/"


def test_help_is_a_letter_without_a_code(client, circulation, reader, account, mailoutbox):
    client.post(f"{account}help/")

    assert mailoutbox[-1].to == [reader.email]
    assert "/accounts/login/" in mailoutbox[-1].body
    assert StaffAct.objects.filter(act="sent-help", reader=reader).exists()


def test_erasing_at_request_is_written_down_without_the_person(
    client, circulation, reader, account
):
    client.post(f"{account}erase/", {"reason": "asked by letter"})

    assert not Reader.objects.filter(pk=reader.pk).exists()
    act = StaffAct.objects.get(act="erased")
    assert (act.reader, act.reason) == (None, "asked by letter")


def test_following_links_does_nothing(client, circulation, reader, account):
    for act in [*ACTS, "help", "sign-out"]:
        client.get(f"{account}{act}/?reason=x")

    reader.refresh_from_db()
    assert reader.is_active
    assert not StaffAct.objects.exclude(act="opened").exists()


def test_circulation_touches_neither_themselves_nor_other_staff(client, circulation):
    editor = factories.staff("editor@example.org", role="Editors")
    for person in (circulation, editor):
        for act in ACTS:
            address = f"/desk/readers/{person.pk}/{act}/"
            assert client.post(address, {"reason": "x"}).status_code in {302, 403}
        person.refresh_from_db()
        assert person.is_active


def test_other_apps_add_what_they_know_of_a_reader(client, circulation, account):
    registry.register(
        Part(
            name="test-part", desk=lambda reader, request, now: Panel("Readings", ["Seven of ten"])
        )
    )
    try:
        assert "Seven of ten" in client.get(account).text
    finally:
        registry.unregister("test-part")


def test_an_act_says_when(client, circulation, account):
    before = timezone.now()
    client.post(f"{account}sign-out/")

    assert before <= StaffAct.objects.get(act="signed-out").done_at <= timezone.now()
