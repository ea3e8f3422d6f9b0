"""Sessions begin with a new key, and end: by themselves, by the reader, by the paper."""

import time
from datetime import timedelta

import pytest
import time_machine
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from broadsheet.demo import factories
from broadsheet.readers import actions
from broadsheet.readers.models import Reader
from broadsheet.readers.signals import passes_voided

PASSWORD = "/accounts/login/password/"


def sign_in(reader: Reader, **more) -> Client:
    client = Client(**more)
    client.post(PASSWORD, {"email": reader.email, "password": factories.PASSWORD})
    return client


def is_in(client: Client) -> bool:
    return client.get("/you/").status_code == 200


@pytest.fixture
def here(reader) -> Client:
    return sign_in(reader)


@pytest.fixture
def elsewhere(reader) -> Client:
    return sign_in(reader, HTTP_USER_AGENT="Mozilla/5.0 (Android 15) Firefox/140.0")


def test_signing_out_ends_the_session_for_good(here):
    kept = here.cookies["session"].value

    here.post("/accounts/logout/")

    thief = Client()
    thief.cookies["session"] = kept
    assert not is_in(here)
    assert not is_in(thief)


def test_following_the_link_to_sign_out_asks_first(here):
    assert here.get("/accounts/logout/").status_code == 200
    assert is_in(here)


def test_signing_out_makes_the_browser_forget(here):
    response = here.post("/accounts/logout/")

    assert response.headers["Clear-Site-Data"] == '"cache", "storage"'
    assert response.cookies["shown"]["max-age"] == 0


def test_a_new_password_ends_every_other_session(here, elsewhere, reader):
    here.post("/you/security/password/", {"password": "an entirely new phrase"})

    assert is_in(here)
    assert not is_in(elsewhere)
    reader.refresh_from_db()
    assert reader.check_password("an entirely new phrase")


def test_a_new_password_gives_the_session_a_new_key(here):
    before = here.cookies["session"].value

    here.post("/you/security/password/", {"password": "an entirely new phrase"})

    assert here.cookies["session"].value != before
    assert UserSession.objects.get().session_key == here.cookies["session"].value


def test_signing_out_everywhere_ends_all_sessions(here, elsewhere):
    response = here.post("/you/security/sessions/", {"which": "all"})

    assert "Clear-Site-Data" in response.headers
    assert not is_in(here)
    assert not is_in(elsewhere)
    assert not UserSession.objects.exists()


def test_the_sessions_page_names_each_browser_and_ends_one(here, elsewhere):
    page = here.get("/you/security/").text
    row = UserSession.objects.get(session_key=elsewhere.cookies["session"].value)

    here.post("/you/security/sessions/", {"which": row.pk})

    assert "Firefox on Android" in page
    assert is_in(here)
    assert not is_in(elsewhere)


def test_nobody_ends_the_session_of_another(here):
    other = factories.reader("other@example.org")
    theirs = sign_in(other)
    row = UserSession.objects.get(user=other)

    assert here.post("/you/security/sessions/", {"which": row.pk}).status_code == 404
    assert is_in(theirs)


def test_blocking_ends_sessions_at_once(here, reader):
    staff = factories.staff("circulation@example.org", role="Circulation")

    actions.block(reader=reader, staff=staff, reason="spam", now=timezone.now())

    assert not is_in(here)


def test_sessions_end_even_where_no_list_of_them_is_kept(reader, client):
    client.force_login(reader)
    assert is_in(client)

    actions.sign_out_everywhere(reader=reader, now=timezone.now())

    assert not is_in(client)


def test_who_listens_learns_that_passes_are_void(reader, django_capture_on_commit_callbacks):
    heard = []

    def listen(reader, before, **_):
        heard.append((reader.pk, before))

    passes_voided.connect(listen)
    now = timezone.now()
    with django_capture_on_commit_callbacks(execute=True):
        actions.sign_out_everywhere(reader=reader, now=now)

    assert heard == [(reader.pk, now)]


def after(days: float) -> time_machine.travel:
    return time_machine.travel(timezone.now() + timedelta(days=days), tick=False)


def test_a_session_ends_after_thirty_days_without_a_visit(here):
    with after(29):
        assert is_in(here)
    with after(58):
        assert is_in(here)
    with after(89):
        assert not is_in(here)


def test_a_session_begun_by_a_code_lasts_as_long(client, reader, last_code):
    client.post("/accounts/login/", {"email": reader.email})
    client.post("/accounts/login/code/confirm/", {"code": last_code()})

    with after(29):
        assert is_in(client)


def test_a_session_ends_after_half_a_year_in_any_case(here):
    for day in range(20, 180, 20):
        with after(day):
            assert is_in(here)
    with after(181):
        assert not is_in(here)


def test_a_session_of_staff_ends_after_twelve_hours(db):
    staff = sign_in(factories.staff("editor@example.org", role="Editors"))

    with after(11.5 / 24):
        assert is_in(staff)
    with after(12.5 / 24):
        assert not is_in(staff)


def test_a_visit_writes_nothing_until_an_hour_has_passed(here, django_assert_num_queries):
    here.get("/you/state.json")
    before = Session.objects.values_list("session_data", flat=True).get()

    here.get("/you/state.json")
    assert Session.objects.values_list("session_data", flat=True).get() == before
    with after(0.1):
        here.get("/you/state.json")
    assert Session.objects.values_list("session_data", flat=True).get() != before


def test_the_number_of_sessions_is_bounded(reader):
    for _ in range(33):
        sign_in(reader)

    assert UserSession.objects.filter(user=reader).count() == actions.SESSIONS_KEPT


def test_a_session_from_before_the_time_it_began_was_kept_is_taken_from_now(client, reader):
    client.force_login(reader)
    client.get("/you/")

    assert abs(client.session["signed_in_at"] - time.time()) < 60


def test_the_next_reader_in_the_same_browser_finds_nothing_of_the_last(here):
    other = factories.reader("other@example.org")
    here.session["mine"] = "secret"
    here.post("/accounts/logout/")
    here.post(PASSWORD, {"email": other.email, "password": factories.PASSWORD})

    assert "mine" not in here.session
    assert "reader@example.org" not in here.get("/you/").text
