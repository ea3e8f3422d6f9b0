"""The reader's own pages, and what other apps add to them."""

import json
from urllib.parse import unquote

import pytest
from django.utils import timezone

from broadsheet.readers import registry
from broadsheet.readers.registry import Choice, Intention, Month, Panel, Part, Reading, Sheet


@pytest.fixture
def part():
    """Sign a part for the time of a test."""
    signed = []

    def sign(**facts) -> Part:
        made = Part(name="test-part", order=1, **facts)
        registry.register(made)
        signed.append(made)
        return made

    yield sign
    for _ in signed:
        registry.unregister("test-part")


@pytest.fixture
def month(part):
    made = Month(
        readings=[Reading("Talks in Delhi", "/world/talks/", timezone.now())],
        allowance=10,
        left=9,
        resets_at=timezone.now(),
    )
    part(month=lambda reader, now: made)
    return made


def test_own_pages_are_for_readers(client, db):
    for address in ("/you/", "/you/security/", "/you/data/", "/saved/", "/saved/history/"):
        assert client.get(address).url.startswith("/accounts/login/?next=")


def test_own_pages_are_kept_by_nobody(signed_in):
    for address in ("/you/", "/you/security/", "/you/data/", "/saved/", "/you/state.json"):
        assert signed_in.get(address).headers["Cache-Control"] == "private, no-store"


def test_a_part_shows_its_panel_and_links(signed_in, part):
    part(
        panel=lambda reader, now: Panel(
            "Letters", ["Two <letters> wait."], link="/x/", link_text="All"
        ),
        links=(("Letters", "saved"),),
    )

    page = signed_in.get("/you/").text

    assert "Two &lt;letters&gt; wait." in page
    assert '<a href="/x/">All</a>' in page


def test_the_month_tells_what_counted_and_what_is_left(signed_in, month):
    page = signed_in.get("/you/readings/").text

    assert "Talks in Delhi" in page
    assert "1 of 10" in " ".join(page.split())
    assert "9 are left" in " ".join(page.split())


def test_the_script_of_public_pages_learns_what_is_left(signed_in, month):
    signed_in.get("/you/")

    shown = json.loads(unquote(signed_in.cookies["shown"].value))
    until = int(month.resets_at.timestamp())
    assert shown == {"initial": "R", "kind": "reader", "left": 9, "until": until}
    assert not signed_in.cookies["shown"]["httponly"]


def test_the_state_names_the_reader_and_the_saved_stories(signed_in, reader, story):
    from broadsheet.saved.actions import save

    save(reader=reader, story=story, now=timezone.now())

    facts = signed_in.get(f"/you/state.json?story={story.pk}&story=999&story=x").json()

    assert facts["name"] == "reader"
    assert facts["saved"] == [story.pk]
    assert facts["csrf"]


def test_the_state_of_a_visitor_is_nothing(client, db):
    response = client.get("/you/state.json?story=1")

    assert response.json() == {"name": None}
    assert not response.cookies


def test_the_cookie_goes_when_the_session_has_ended(client, db):
    client.cookies["shown"] = "%7B%7D"

    response = client.get("/accounts/login/")

    assert response.cookies["shown"]["max-age"] == 0


def test_a_name_is_cleaned_and_shown(signed_in, reader):
    signed_in.post("/you/", {"name": "  Zoe\u0308   Halvorsen "})

    reader.refresh_from_db()
    assert reader.name == "Zoë Halvorsen"
    assert reader.found_by == "reader@example.org zoë halvorsen"


def test_a_name_that_cant_be_shown_is_refused_in_words(signed_in, reader):
    response = signed_in.post("/you/", {"name": "Mira\u202e"})

    assert response.status_code == 422
    assert "don’t show" in response.text
    reader.refresh_from_db()
    assert reader.name == ""


def test_what_a_visitor_wanted_is_done_when_they_are_in(client, db, last_code):
    done = []

    def complete(reader, place, now):
        done.append((reader.email, place))
        return "/done/"

    wanted = Intention(prefix="/want/", describe=lambda place: "it is done.", complete=complete)
    registry.register_intention(wanted)
    try:
        door = client.get("/accounts/login/?next=/want/%3Fa%3D1").text
        client.post("/accounts/login/", {"email": "new@example.org", "next": "/want/?a=1"})
        response = client.post("/accounts/login/code/confirm/", {"code": last_code()})
    finally:
        registry._intentions.pop("/want/")

    assert "Sign in, and it is done." in door
    assert response.url == "/done/"
    assert done == [("new@example.org", "/want/?a=1")]


def test_every_kind_of_fact_can_be_left_out(part, reader):
    part()

    assert registry.state(reader, [], timezone.now())["saved"] == []
    assert registry.benefits()


def test_sheets_and_choices_are_plain_values():
    assert Sheet("a", "A", []).rows == []
    assert Choice("a", "?", (("x", "X"),)).answers[0] == ("x", "X")
