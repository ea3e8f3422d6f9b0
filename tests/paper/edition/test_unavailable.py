"""While the database is away, every kind of request gets an answer that says so."""

import sqlite3

import pytest
from django.contrib import auth
from django.db import OperationalError
from django.test import Client
from django.utils.html import escape

from broadsheet.press.outages import outages


@pytest.fixture
def away(monkeypatch):
    """Have the database be away for whoever looks up who is signed in."""

    def fail(request):
        reason = sqlite3.OperationalError("unable to open database file")
        reason.sqlite_errorname = "SQLITE_CANTOPEN"
        raise OperationalError(str(reason)) from reason

    monkeypatch.setattr(auth, "get_user", fail)
    # One that another test left would be the same outage still, which is logged once.
    outages.end()
    yield
    outages.end()


@pytest.fixture
def browser():
    return Client(raise_request_exception=False)


def test_a_page_says_that_it_is_back_in_a_moment(away, browser, caplog):
    for _ in range(20):
        answer = browser.get("/you/")

    assert answer.status_code == 503
    assert answer["Retry-After"] == "5"
    assert "no-store" in answer["Cache-Control"]
    assert "Back in a moment" in answer.content.decode()
    assert "Reload this page" in answer.content.decode()
    assert [one.message.partition(";")[0] for one in caplog.records] == [
        "The database is unavailable"
    ]


def test_who_sent_something_is_told_that_it_was_not_saved(away, browser):
    words = "This is a comment of mine.\nIt has <two> lines."
    answer = browser.post("/comments/1/", {"text": words, "password": "not to be shown"})

    assert answer.status_code == 503
    page = answer.content.decode()
    assert "couldn’t save what you sent" in page
    assert "reload it in a minute" in page
    # Going back would ask for the form again, and there would be none.
    assert escape(words) in page
    assert "not to be shown" not in page


def test_a_script_is_told_in_json(away, browser):
    answer = browser.get("/you/state.json", headers={"Accept": "application/json"})

    assert (answer.status_code, answer["Retry-After"]) == (503, "5")
    assert answer.json() == {"detail": "Not available at the moment. Try again."}


def test_another_failure_is_still_a_failure(monkeypatch, browser, caplog):
    def fail(request):
        raise OperationalError("deadlock") from _deadlock()

    monkeypatch.setattr(auth, "get_user", fail)
    answer = browser.get("/you/")

    assert answer.status_code == 500
    assert "Traceback" in caplog.text


def _deadlock():
    import psycopg

    return psycopg.errors.DeadlockDetected("deadlock detected")
