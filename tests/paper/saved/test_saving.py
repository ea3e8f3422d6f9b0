"""Stories saved to read later: one click, with and without script, no reading spent."""

import json
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from broadsheet.demo import factories
from broadsheet.saved import actions, views
from broadsheet.saved.models import ReadStory, SavedStory
from tests.conftest import NOW

JSON = {"Accept": "application/json"}


@pytest.fixture
def mine(client, reader) -> Client:
    client.force_login(reader)
    return client


def save_many(reader, section, count: int):
    stories = [factories.story(f"Story number {n:03}", section=section) for n in range(count)]
    for number, story in enumerate(stories):
        actions.save(reader=reader, story=story, now=NOW + timedelta(minutes=number))
    return stories


def headlines(response) -> list[str]:
    return [item["story"].title for item in response.context["items"] if item["story"]]


def test_a_link_leads_to_a_button_and_changes_nothing(mine, story):
    page = mine.get(f"/saved/add/?story={story.pk}")

    assert "Save to read later?" in page.text
    assert not SavedStory.objects.exists()


def test_the_button_saves_and_says_so_and_leads_back_to_the_story(mine, story, reader):
    back = f"{story.url}#read-on"
    page = mine.post("/saved/add/", {"story": story.pk, "next": back}, follow=True)

    assert SavedStory.objects.get().reader == reader
    assert "Saved to read later</h1>" in " ".join(page.text.split()).replace(" </h1>", "</h1>")
    assert f"“{story.title}” is on your list of saved stories." in page.text
    assert f'href="{back}">Back to the story' in page.text
    # Nothing is left over to be said on some other page.
    assert "message--" not in mine.get("/saved/").text


def test_the_page_that_says_so_takes_the_story_off_again_and_says_that(mine, story):
    mine.post("/saved/add/", {"story": story.pk})
    facts = {"story": story.pk, "next": story.url, "from": "add"}

    page = mine.post("/saved/remove/", facts, follow=True)

    assert not SavedStory.objects.exists()
    assert "The story is off your list." in page.text
    assert "Save to read later?" in page.text


def test_a_story_that_has_gone_meanwhile_is_taken_off_all_the_same(mine, story, reader):
    actions.save(reader=reader, story=story, now=NOW)
    story.unpublish()

    page = mine.post("/saved/remove/", {"story": story.pk, "from": "add"}, follow=True)

    assert page.request["PATH_INFO"] == "/saved/"
    assert not SavedStory.objects.exists()


@pytest.mark.parametrize("back", ["https://evil.example/", "//evil.example/", "/\\evil.example"])
def test_the_way_back_leads_to_no_other_site(mine, story, back):
    page = mine.post("/saved/add/", {"story": story.pk, "next": back}, follow=True)

    assert "evil" not in page.text


def test_the_script_saves_and_takes_off_without_leaving_the_page(mine, story):
    saved = mine.post("/saved/add/", {"story": story.pk}, headers=JSON)
    assert json.loads(saved.content) == {"saved": True}
    assert mine.get(f"/you/state.json?story={story.pk}").json()["saved"] == [story.pk]

    removed = mine.post("/saved/remove/", {"story": story.pk}, headers=JSON)
    assert json.loads(removed.content) == {"saved": False}
    assert not SavedStory.objects.exists()


def test_the_script_needs_the_token_that_the_state_tells(reader, story):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(reader)
    token = strict.get("/you/state.json").json()["csrf"]

    assert strict.post("/saved/add/", {"story": story.pk}, headers=JSON).status_code == 403
    answer = strict.post("/saved/add/", {"story": story.pk}, headers={**JSON, "X-CSRFToken": token})

    assert answer.json() == {"saved": True}


def test_saving_twice_saves_once(mine, story):
    for _ in range(2):
        mine.post("/saved/add/", {"story": story.pk})

    assert SavedStory.objects.count() == 1


def test_saving_costs_no_reading(mine, story):
    mine.post("/saved/add/", {"story": story.pk})
    mine.get("/saved/")

    assert not ReadStory.objects.exists()


@pytest.mark.parametrize("script", [True, False])
def test_a_visitor_signs_in_and_the_story_is_saved_and_said_to_be(client, story, last_code, script):
    """With script the story's own page says so, without it a page of its own."""
    asked = {"story": story.pk, "next": f"{story.url}#read-on"} | ({"script": 1} if script else {})
    door = client.get("/saved/add/", asked, follow=True)
    assert f"“{story.title}” is saved for you." in door.text.replace("&quot;", '"')

    client.post("/accounts/login/", {"email": "new@example.org", "next": door.context["place"]})
    response = client.post("/accounts/login/code/confirm/", {"code": last_code()})

    assert SavedStory.objects.get().story == story
    if script:
        assert response.url == f"{story.url}#read-on"
        return
    page = client.get(response.url)
    assert "is on your list of saved stories." in page.text
    assert f'href="{story.url}#read-on">Back to the story' in page.text


def test_a_visitors_script_is_told_to_sign_in(client, story):
    assert client.post("/saved/add/", {"story": story.pk}, headers=JSON).status_code == 401


@pytest.mark.parametrize("asked", ["", "0", "abc", "-1", "999999", "1e3", "9" * 30])
def test_what_is_no_story_is_not_found(mine, story, asked):
    assert mine.get("/saved/add/", {"story": asked}).status_code == 404
    assert mine.post("/saved/add/", {"story": asked}).status_code == 404


def test_an_unpublished_story_is_not_saved_and_its_name_not_told(mine, reader, section):
    draft = factories.story("A secret headline", section=section, publish=False)
    live = factories.story("Taken back", section=section)
    actions.save(reader=reader, story=live, now=NOW)
    live.unpublish()

    assert mine.post("/saved/add/", {"story": draft.pk}).status_code == 404
    page = mine.get("/saved/").text
    assert "Taken back" not in page
    assert "no longer published" in page


def test_the_list_is_in_the_order_asked_for(mine, reader, section):
    save_many(reader, section, 3)

    assert headlines(mine.get("/saved/")) == [f"Story number {n:03}" for n in (2, 1, 0)]
    first = mine.get("/saved/?order=first")
    assert headlines(first) == [f"Story number {n:03}" for n in (0, 1, 2)]


@pytest.mark.parametrize("order", ["last", "first"])
def test_pages_follow_each_other_without_gap_or_repeat(mine, reader, section, order, monkeypatch):
    monkeypatch.setattr(views, "ON_A_PAGE", 3)
    stories = save_many(reader, section, 10)
    # Some were saved at the same moment.
    SavedStory.objects.filter(story__in=stories[2:8]).update(saved_at=NOW)
    seen: list[str] = []
    address = f"/saved/?order={order}"
    while address:
        page = mine.get(address)
        seen += headlines(page)
        address = page.context["more"] and f"/saved/{page.context['more']}"

    assert len(seen) == 10
    assert set(seen) == {story.title for story in stories}


def test_marking_as_read_sorts_them(mine, reader, section):
    stories = save_many(reader, section, 3)

    mine.post("/saved/mark/", {"story": stories[1].pk, "as": "read"})

    assert headlines(mine.get("/saved/?show=read")) == [stories[1].title]
    assert len(headlines(mine.get("/saved/?show=unread"))) == 2
    mine.post("/saved/mark/", {"story": stories[1].pk, "as": "unread"})
    assert headlines(mine.get("/saved/?show=read")) == []


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("bridge", ["The bridge at Ørje"]),
        ("BRIDGE the", ["The bridge at Ørje"]),
        ("ørje", ["The bridge at Ørje"]),
        ("ØRJE", ["The bridge at Ørje"]),
        ("мост", ["Мост через реку"]),
        ("100%", ["A tax of 100% on nothing"]),
        ("(", []),
        ("_", []),
        ("nothing here", []),
    ],
)
def test_searching_finds_words_of_headlines_in_any_alphabet(mine, reader, section, asked, found):
    for number, title in enumerate(
        ["The bridge at Ørje", "Мост через реку", "A tax of 100% on nothing", "Another"]
    ):
        story = factories.story(title, section=section, slug=f"s{number}")
        actions.save(reader=reader, story=story, now=NOW)

    assert headlines(mine.get("/saved/", {"q": asked})) == found


def test_searching_finds_nothing_of_another_reader(mine, section):
    other = factories.reader("other@example.org")
    save_many(other, section, 2)

    assert headlines(mine.get("/saved/?q=Story")) == []


def test_nobody_changes_the_list_of_another(mine, section):
    other = factories.reader("other@example.org")
    (story,) = save_many(other, section, 1)

    mine.post("/saved/remove/", {"story": story.pk})
    mine.post("/saved/mark/", {"story": story.pk, "as": "read"})

    assert SavedStory.objects.get().read_at is None


@pytest.mark.parametrize("asked", ["?show=x", "?order=x"])
def test_a_list_that_isnt_there_is_not_found(mine, asked):
    assert mine.get(f"/saved/{asked}").status_code == 404


@pytest.mark.parametrize("start", ["x", "2026-11-24_1", "_", "2026-11-24T12:00:00+00:00_x"])
def test_a_broken_place_in_the_list_is_its_beginning(mine, reader, section, start):
    save_many(reader, section, 2)

    assert len(headlines(mine.get("/saved/", {"from": start}))) == 2


def test_the_list_loads_no_word_of_a_body_and_asks_as_often_for_many(mine, reader, section):
    save_many(reader, section, 2)
    mine.get("/saved/")
    with CaptureQueriesContext(connection) as few:
        mine.get("/saved/")
    save_many(reader, factories.section("Science"), 6)
    with CaptureQueriesContext(connection) as many:
        mine.get("/saved/")

    assert not [query for query in many if '"body"' in query["sql"]]
    assert len(many) == len(few)


def test_a_page_in_the_middle_reads_one_range_of_an_index(reader, db):
    rows = SavedStory.objects.filter(reader=reader).from_latest(before=(NOW, 5))[:31]
    unread = SavedStory.objects.filter(reader=reader, read_at=None).from_latest()[:31]
    history = ReadStory.objects.filter(reader=reader).from_latest(before=(NOW, 5))[:31]

    if connection.vendor == "sqlite":
        for asked in (rows, unread, history):
            plan = asked.explain()
            assert "USING INDEX" in plan
            assert "TEMP B-TREE" not in plan


def test_opening_a_story_saved_earlier_marks_it_as_read(mine, reader, story):
    actions.save(reader=reader, story=story, now=NOW)
    later = NOW + timedelta(hours=1)

    actions.remember_reading(reader=reader, story_pk=story.pk, now=later)

    assert SavedStory.objects.get().read_at == later


def test_coming_back_to_a_story_just_saved_leaves_it_unread(mine, reader, story):
    actions.save(reader=reader, story=story, now=NOW)

    actions.remember_reading(reader=reader, story_pk=story.pk, now=NOW + timedelta(minutes=1))

    assert SavedStory.objects.get().read_at is None


def test_the_overview_shows_what_waits(mine, reader, section):
    stories = save_many(reader, section, 5)
    actions.mark(reader=reader, story_pk=stories[4].pk, is_read=True, now=timezone.now())

    page = mine.get("/you/").text

    assert all(stories[n].title in page for n in (3, 2, 1))
    assert stories[4].title not in page
