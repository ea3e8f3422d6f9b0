"""An erased account leaves nothing of its reader."""

import logging

import pytest
from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession
from django.apps import apps
from django.contrib.sessions.models import Session
from django.db import connection
from django.utils import timezone

from broadsheet.demo import factories
from broadsheet.readers import actions, registry
from broadsheet.readers.models import Code, Erasure, Reader, StaffAct
from broadsheet.readers.registry import Choice, Part
from broadsheet.saved.actions import keep_history, remember_reading, save

ADDRESS = "mira.unlike-any-other@example.org"


@pytest.fixture
def mira(story):
    reader = factories.reader(ADDRESS, name="Mira Unlike-Any-Other")
    EmailAddress.objects.create(
        user=reader, email="mira.unlike-any-other@old.example", verified=True
    )
    save(reader=reader, story=story, now=timezone.now())
    remember_reading(reader=reader, story_pk=story.pk, now=timezone.now())
    keep_history(reader=reader, is_kept=True)
    return reader


def everything_stored() -> str:
    """Return every word of the database."""
    words = []
    with connection.cursor() as cursor:
        for model in apps.get_models():
            if model._meta.managed and not model._meta.proxy:
                cursor.execute(f'SELECT * FROM "{model._meta.db_table}"')
                words += [str(row) for row in cursor.fetchall()]
    return "\n".join(words).lower()


def sign_in(client):
    client.post("/accounts/login/password/", {"email": ADDRESS, "password": factories.PASSWORD})
    client.post("/accounts/login/", {"email": ADDRESS})


def test_nothing_of_the_reader_is_left(client, mira, mailoutbox):
    sign_in(client)
    assert "unlike-any-other" in everything_stored()
    number = mira.pk

    response = client.post("/you/data/erase/", {"sure": "yes"})

    assert response.status_code == 200
    assert "unlike-any-other" not in everything_stored()
    assert not Reader.objects.filter(pk=number).exists()
    assert not UserSession.objects.exists()
    assert mailoutbox[-1].to == [ADDRESS]


def test_the_session_ends_and_the_browser_forgets(client, mira):
    sign_in(client)

    response = client.post("/you/data/erase/", {"sure": "yes"})

    assert "Clear-Site-Data" in response.headers
    assert response.cookies["shown"]["max-age"] == 0
    assert client.get("/you/").url.startswith("/accounts/login/")
    assert not Session.objects.exists()
    assert not Code.objects.exists()


def test_that_it_happened_is_kept_without_the_person(client, mira, caplog):
    sign_in(client)
    caplog.clear()

    with caplog.at_level(logging.INFO):
        client.post("/you/data/erase/", {"sure": "yes"})

    erasure = Erasure.objects.get()
    assert erasure.counts["saved stories"] == 1
    assert not erasure.asked_by_staff
    assert "mira" not in caplog.text.lower()


def test_nothing_is_erased_without_the_tick(client, mira):
    sign_in(client)

    assert client.post("/you/data/erase/", {}).status_code == 422
    client.get("/you/data/erase/?sure=yes")

    assert Reader.objects.filter(email=ADDRESS).exists()


def test_the_reader_decides_what_the_parts_ask(client, mira):
    heard = []

    def erase(reader, choices, now):
        heard.append(choices)
        return {"comments": 3}

    registry.register(
        Part(
            name="test-part",
            choices=(Choice("talk", "Your comments", (("unnamed", "Stay"), ("gone", "Go"))),),
            erase=erase,
        )
    )
    try:
        sign_in(client)
        assert "Your comments" in client.get("/you/data/erase/").text
        client.post("/you/data/erase/", {"sure": "yes", "talk": "gone"})
    finally:
        registry.unregister("test-part")

    assert heard == [{"talk": "gone"}]
    assert Erasure.objects.get().counts["comments"] == 3


def test_when_one_part_fails_nothing_is_erased(client, mira):
    def fail(*_):
        raise RuntimeError

    registry.register(Part(name="test-part", order=999, erase=fail))
    try:
        with pytest.raises(RuntimeError):
            actions.erase(reader=mira, choices={}, now=timezone.now())
    finally:
        registry.unregister("test-part")

    mira.refresh_from_db()
    assert mira.saved_stories.count() == 1
    assert not Erasure.objects.exists()


def test_acts_of_staff_stay_without_the_person(mira):
    staff = factories.staff("circulation@example.org", role="Circulation")
    actions.block(reader=mira, staff=staff, reason="wrote to Mira", now=timezone.now())

    actions.erase(
        reader=mira, choices={}, now=timezone.now(), staff=staff, reason="asked by letter"
    )

    acts = [(one.act, one.reader, one.reason) for one in StaffAct.objects.order_by("pk")]
    assert acts == [("blocked", None, ""), ("erased", None, "asked by letter")]


def test_staff_are_not_erased_before_their_role_is_taken(client, db):
    staff = factories.staff("editor@example.org", role="Editors")

    with pytest.raises(actions.ErasureRefused, match="works for the paper"):
        actions.erase(reader=staff, choices={}, now=timezone.now())

    assert Reader.objects.filter(pk=staff.pk).exists()


def test_the_address_is_free_again(client, mira, last_code):
    sign_in(client)
    client.post("/you/data/erase/", {"sure": "yes"})

    client.post("/accounts/login/", {"email": ADDRESS})
    client.post("/accounts/login/code/confirm/", {"code": last_code()})

    assert Reader.objects.get(email=ADDRESS).saved_stories.count() == 0
