"""Which page answers at which address."""

import pytest
from django.db import connection

from broadsheet.demo import factories
from broadsheet.edition import stories
from broadsheet.newsroom import oldaddresses
from broadsheet.newsroom.oldaddresses import Found


@pytest.fixture
def former(monkeypatch):
    """Old addresses that a test may fill: path with query → where it is now."""
    known: dict[str, Found] = {}
    monkeypatch.setattr(oldaddresses, "_finders", [])
    oldaddresses.register(lambda path, query: known.get(f"{path}?{query}" if query else path))
    return known


def test_a_story_is_found_in_one_look_up_of_an_index(talks, django_assert_num_queries):
    stories.root()
    with django_assert_num_queries(4) as asked:
        found = stories.story_at("world/talks/")
        assert found is not None
        # What goes with it: bylines with their authors, topics, corrections.
        [byline.author.name for byline in found.bylines.all()]
        list(found.topics.all())
        list(found.corrections.all())

    first = asked.captured_queries[0]["sql"]
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN QUERY PLAN {first}")
            plan = " ".join(str(row) for row in cursor.fetchall())
        assert "newsroom_page_url_path" in plan
        assert "SCAN" not in plan


@pytest.mark.parametrize("path", ["/", "/world/", "/world/talks/", "/corrections/", "/archive/"])
def test_pages_answer_at_their_addresses(client, talks, path):
    assert client.get(path).status_code == 200


def test_a_story_taken_back_is_not_there(client, talks):
    talks.unpublish()

    assert client.get("/world/talks/").status_code == 404


def test_a_draft_is_not_there(client, section):
    draft = factories.story("Not yet", section=section, publish=False)

    assert client.get(draft.url).status_code == 404


@pytest.mark.parametrize(
    ("path", "to"),
    [
        ("/world", "/world/"),
        ("/world/talks?from=mail", "/world/talks/?from=mail"),
        ("/archive/2011/03/22", "/archive/2011/03/22/"),
        ("/corrections", "/corrections/"),
    ],
)
def test_a_missing_slash_leads_on_for_good(client, talks, path, to):
    answer = client.get(path)

    assert (answer.status_code, answer["Location"]) == (301, to)


@pytest.mark.parametrize("path", ["/nothing", "/world/nothing/", "/a.html", "/%00"])
def test_what_is_nowhere_is_not_found(client, talks, former, path):
    assert client.get(path).status_code == 404


def test_nobody_is_led_off_the_paper_by_a_missing_slash(client, talks):
    answer = client.get("/%2Fexample.org/world")

    assert answer.status_code == 404
    assert "Location" not in answer


@pytest.mark.parametrize("old", ["/2011/03/22/talks.html", "/World/Old/", "/talks", "/topics/old/"])
def test_an_old_address_leads_on_in_one_step(client, talks, former, old):
    former[old] = Found("/world/talks/")

    answer = client.get(old)

    assert (answer.status_code, answer["Location"]) == (301, "/world/talks/")


def test_a_number_on_the_front_page_may_be_an_old_address(client, talks, former):
    former["/?p=123"] = Found("/world/talks/")

    assert client.get("/?p=123")["Location"] == "/world/talks/"
    assert client.get("/?p=124").status_code == 200


def test_a_story_taken_back_for_good_is_gone(client, talks, former):
    former["/2011/talks.html"] = Found("", gone=True)

    answer = client.get("/2011/talks.html")

    assert answer.status_code == 410
    assert b"taken back" in answer.content


def test_an_old_address_never_leads_to_itself(client, talks, former):
    talks.unpublish()
    former["/world/talks/"] = Found("/world/talks/")

    assert client.get("/world/talks/").status_code == 404


def test_pages_are_only_read(client, talks):
    assert client.post("/world/talks/").status_code == 405


def test_a_page_asked_for_again_is_not_sent_again(client, talks):
    first = client.get("/world/talks/")

    again = client.get("/world/talks/", headers={"if-none-match": first["ETag"]})

    assert again.status_code == 304
    assert again.content == b""


@pytest.mark.parametrize("path", ["/", "/world/", "/world/talks/", "/corrections/", "/archive/"])
def test_public_pages_may_be_kept_by_anyone_who_asks_again(client, reader, talks, path):
    client.force_login(reader)

    answer = client.get(path)

    assert answer["Cache-Control"] == "public, no-cache"
    assert "Cookie" not in answer.get("Vary", "")
    assert b"reader@example.org" not in answer.content
