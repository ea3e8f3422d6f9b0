"""The read-only JSON API: what everybody may read, page by page, and clear words for the rest."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from broadsheet.demo import factories
from broadsheet.newsroom.models import StoryPage
from broadsheet.rules.access import Access

LONG = "They spoke for an hour about it. " * 12


@pytest.fixture
def paper(db):
    world = factories.section("World", description="From abroad")
    asia = factories.section("Asia", parent=world)
    anna = factories.author(
        "Anna Petrova", office="Moscow correspondent", about="<p>She <b>writes</b>.</p>"
    )
    factories.story(
        "Talks in Moscow",
        section=asia,
        slug="talks",
        authors=[anna],
        topics=[factories.topic("Missile shield")],
        standfirst="Two ministers meet",
        dateline="MOSCOW",
        body=[
            *factories.paragraphs('See <a href="/world/">the section</a>.', "A free canary sang."),
            ("correction", {"corrected_at": datetime(2016, 9, 30, 9, 0, tzinfo=UTC), "text": "<p>It was two.</p>"}),
        ],
        access=Access.FREE.value,
        published_at=datetime(2011, 3, 22, 15, 41, tzinfo=UTC),
        updated_at=datetime(2016, 9, 30, 17, 56, tzinfo=UTC),
    )  # fmt: skip
    factories.story(
        "Rain in Delhi",
        section=world,
        authors=[anna],
        body=factories.paragraphs("It rained. " + LONG, LONG, "A locked canary sang. " + LONG),
        access=Access.SUBSCRIBERS.value,
        published_at=datetime(2011, 3, 21, 8, 0, tzinfo=UTC),
    )
    return world


def ask(client, path, status=200, **asked):
    response = client.get(f"/api/v1/{path}", asked)
    assert response.status_code == status, response.content
    return json.loads(response.content)


def headlines(client, **asked):
    return [story["headline"] for story in ask(client, "stories", **asked)["stories"]]


def names(told):
    """Return the names of all fields, with those inside them: ``stories.section.title``."""
    if isinstance(told, list):
        return {name for one in told for name in names(one)}
    if not isinstance(told, dict):
        return set()
    return {
        f"{name}{inner and '.'}{inner}"
        for name, held in told.items()
        for inner in (names(held) | {""})
    }


# Reviewed: everybody may read each of these. Whoever adds one says why it is no reader's and no
# locked word.
IN_LISTS = {
    "id", "key", "url", "headline", "standfirst", "dateline", "language", "access", "published_at",
    "updated_at", "section", "section.id", "section.title", "section.path", "section.url", "topics",
    "topics.id", "topics.name", "topics.slug", "topics.url", "authors", "authors.id", "authors.name",
    "authors.slug", "authors.url", "picture", "picture.url", "picture.width", "picture.height",
    "picture.alternative_text", "picture.caption", "picture.credit",
}  # fmt: skip
ALONE = IN_LISTS | {
    "body", "body.complete", "body.html", "body.blocks", "body.blocks.type", "body.blocks.html",
    "corrections", "corrections.corrected_at", "corrections.html",
}  # fmt: skip
REVIEWED = {
    "Stories": {"stories", "next_cursor"} | {f"stories.{name}" for name in IN_LISTS},
    "Story": ALONE,
    "Sections": {"sections", *(f"sections.{name}" for name in ("id", "title", "path", "url", "description", "parent_id"))},
    "Topics": {"topics", "next_cursor", *(f"topics.{name}" for name in ("id", "name", "slug", "url", "description"))},
    "Authors": {"authors", "next_cursor", *(f"authors.{name}" for name in ("id", "name", "slug", "url", "kind", "office", "about_html"))},
    "Refusal": {"error", "faults", "faults.where", "faults.said"},
}  # fmt: skip


def promised(schema, kind):
    """Return the names of all fields of a kind of object in the OpenAPI schema."""
    found = set()
    for name, told in schema[kind]["properties"].items():
        found.add(name)
        for part in (told, *told.get("anyOf", ()), told.get("items", {})):
            if inner := part.get("$ref", "").rpartition("/")[2]:
                found |= {f"{name}.{one}" for one in promised(schema, inner)}
    return found


@pytest.mark.parametrize("kind", REVIEWED)
def test_the_api_has_the_reviewed_fields_and_no_others(client, db, kind):
    schema = ask(client, "openapi.json")["components"]["schemas"]

    assert promised(schema, kind) == REVIEWED[kind]


def test_every_answer_of_the_api_is_of_a_reviewed_kind(client, db):
    paths = ask(client, "openapi.json")["paths"]
    kinds = {
        answer["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2]
        for operations in paths.values()
        for operation in operations.values()
        for answer in operation["responses"].values()
    }

    assert kinds == set(REVIEWED)


def test_a_story_in_the_answer_has_the_fields_that_were_promised(client, paper):
    story = StoryPage.objects.get(slug="talks")

    told = ask(client, f"stories/{story.pk}")

    assert names(told) <= ALONE
    assert told["headline"] == "Talks in Moscow"
    assert told["url"] == "http://testserver/world/asia/talks/"
    assert told["published_at"] == "2011-03-22T15:41:00Z"
    assert told["updated_at"] == "2016-09-30T17:56:00Z"
    assert told["section"] == {
        "id": story.section_id, "title": "Asia", "path": "world/asia", "url": "http://testserver/world/asia/",
    }  # fmt: skip
    assert [one["name"] for one in told["authors"]] == ["Anna Petrova"]
    assert [one["slug"] for one in told["topics"]] == ["missile-shield"]
    assert told["corrections"] == [
        {"corrected_at": "2016-09-30T09:00:00Z", "html": "<p>It was two.</p>"}
    ]


def test_a_free_story_comes_whole_and_others_with_their_opening(client, paper):
    free = ask(client, f"stories/{StoryPage.objects.get(slug='talks').pk}")["body"]
    locked = ask(client, f"stories/{StoryPage.objects.get(slug='rain-in-delhi').pk}")["body"]

    assert free["complete"] is True
    assert [block["type"] for block in free["blocks"]] == ["paragraph", "paragraph", "correction"]
    assert (
        free["blocks"][0]["html"]
        == '<p>See <a href="http://testserver/world/">the section</a>.</p>'
    )
    assert "A free canary sang" in free["html"]
    assert locked["complete"] is False
    assert "It rained" in locked["html"]
    assert "canary" not in json.dumps(locked)


def test_the_list_of_stories_has_no_body(client, paper):
    assert "body" not in ask(client, "stories")["stories"][0]


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({}, ["Talks in Moscow", "Rain in Delhi"]),
        ({"section": "world"}, ["Talks in Moscow", "Rain in Delhi"]),
        ({"section": "/world/asia/"}, ["Talks in Moscow"]),
        ({"topic": "missile-shield", "author": "anna-petrova"}, ["Talks in Moscow"]),
        ({"section": "world", "author": "anna-petrova"}, ["Talks in Moscow", "Rain in Delhi"]),
        ({"since": "2011-03-22"}, ["Talks in Moscow"]),
        ({"until": "2011-03-21"}, ["Rain in Delhi"]),
        ({"until": "2011-03-22"}, ["Talks in Moscow", "Rain in Delhi"]),
        ({"since": "2011-03-22T15:41:00Z"}, ["Talks in Moscow"]),
        ({"since": "2011-03-22T15:41:01Z"}, []),
        ({"until": "2011-03-22T15:41:00Z"}, ["Rain in Delhi"]),
        # 21:11 in India, where this paper is.
        ({"since": "2011-03-22T21:11:00+05:30"}, ["Talks in Moscow"]),
        ({"since": "0001-01-01", "until": "9999-12-31"}, ["Talks in Moscow", "Rain in Delhi"]),
    ],
)
def test_stories_are_chosen_by_section_topic_author_and_time(client, paper, asked, found):
    assert headlines(client, **asked) == found


def test_pages_of_the_list_hold_every_story_once_also_when_one_is_published_meanwhile(
    client, paper
):
    for number in range(5):
        # All in one moment: the number decides.
        factories.story(
            f"Story {number}", section=paper, published_at=datetime(2012, 1, 1, tzinfo=UTC)
        )
    seen, cursor = [], None

    while True:
        page = ask(
            client, "stories", limit=2, section="world", **({"cursor": cursor} if cursor else {})
        )
        seen += [story["headline"] for story in page["stories"]]
        factories.story(f"Meanwhile {len(seen)}", section=paper)
        if (cursor := page["next_cursor"]) is None:
            break

    assert len(seen) == len(set(seen)) == 7


def test_topics_and_authors_are_told_page_by_page(client, paper):
    for number in range(3):
        factories.story(
            f"Story {number}", section=paper, topics=[factories.topic(f"Topic {number}")]
        )

    first = ask(client, "topics", limit=3)
    second = ask(client, "topics", limit=3, cursor=first["next_cursor"])

    assert [one["slug"] for one in first["topics"] + second["topics"]] == ["missile-shield", "topic-0", "topic-1", "topic-2"]  # fmt: skip
    assert second["next_cursor"] is None
    (anna,) = ask(client, "authors")["authors"]
    assert (anna["office"], anna["about_html"]) == (
        "Moscow correspondent",
        "<p>She <b>writes</b>.</p>",
    )


def test_sections_are_told_with_the_section_they_are_in(client, paper):
    world, asia = ask(client, "sections")["sections"]

    assert (world["path"], world["parent_id"], world["description"]) == (
        "world",
        None,
        "From abroad",
    )
    assert (asia["path"], asia["parent_id"]) == ("world/asia", world["id"])


def test_what_nobody_may_know_of_is_not_told(client, paper):
    now = timezone.now()
    factories.topic("Secret merger"), factories.author("Not Yet")
    draft = factories.story(
        "Draft", section=paper, publish=False, topics=[factories.topic("Draft topic")]
    )
    factories.story("Tomorrow", section=paper, published_at=now + timedelta(days=1))
    held = factories.story("Held", section=paper, published_at=now - timedelta(hours=1))
    StoryPage.objects.filter(pk=held.pk).update(embargoed_until=now + timedelta(days=1))

    assert headlines(client) == ["Talks in Moscow", "Rain in Delhi"]
    for pk in (draft.pk, held.pk, StoryPage.objects.get(slug="tomorrow").pk):
        ask(client, f"stories/{pk}", 404)
    assert [one["name"] for one in ask(client, "topics")["topics"]] == ["Missile shield"]
    assert [one["name"] for one in ask(client, "authors")["authors"]] == ["Anna Petrova"]
    ask(client, "stories", 404, topic="secret-merger")


@pytest.mark.parametrize(
    ("path", "asked", "status", "where"),
    [
        ("stories", {"limit": "101"}, 422, "limit"),
        ("stories", {"limit": "0"}, 422, "limit"),
        ("stories", {"limit": "many"}, 422, "limit"),
        ("stories", {"cursor": "x"}, 422, "cursor"),
        ("stories", {"cursor": "1" * 61}, 422, "cursor"),
        ("stories", {"since": "yesterday"}, 422, "since"),
        ("stories", {"since": "2011-03-22T10:00:00"}, 422, "since"),
        ("stories", {"section": "nowhere"}, 404, "section"),
        ("stories", {"topic": "\x00"}, 404, "topic"),
        ("stories", {"author": "a" * 121}, 422, "author"),
        ("topics", {"cursor": "-1"}, 422, "cursor"),
        ("authors", {"cursor": "9" * 30}, 422, "cursor"),
        ("stories/0", {}, 422, "number"),
        ("stories/99999999999999999999", {}, 422, "number"),
        ("stories/x", {}, 422, "number"),
    ],
)
def test_what_can_not_be_asked_is_said_with_its_parameter(
    client, paper, path, asked, status, where
):
    told = ask(client, path, status, **asked)

    assert told["error"]
    assert [fault["where"] for fault in told["faults"]] == [where]
    assert all(fault["said"] for fault in told["faults"])


def test_the_api_only_reads(client, paper):
    for method in ("post", "put", "patch", "delete"):
        assert getattr(client, method)("/api/v1/stories").status_code == 405
    assert client.head("/api/v1/stories").status_code == 200
    assert client.head("/api/v1/stories").content == b""


def test_an_answer_is_nobodys_own_and_is_confirmed_to_who_has_it(client, paper):
    first = client.get("/api/v1/stories", headers={"Origin": "https://elsewhere.example"})

    assert first["Cache-Control"] == "public, max-age=60"
    assert not first.cookies
    assert not any(name.lower().startswith("access-control") for name in first.headers)
    again = client.get("/api/v1/stories", headers={"If-None-Match": first["ETag"]})
    assert again.status_code == 304


def test_the_page_of_the_api_tells_every_operation_without_a_script_from_elsewhere(client, paper):
    response = client.get("/api/v1/docs")
    html = response.content.decode()

    assert response.status_code == 200
    for path in ask(client, "openapi.json")["paths"]:
        assert f"<code>GET {path}</code>" in html
    for kind in REVIEWED:
        assert f'id="kind-{kind}"' in html
    assert "https://" not in html.replace("https://schema.org", "")
    assert client.get("/api/v1/").url == "/api/v1/docs"


def test_a_page_of_the_list_costs_the_same_number_of_queries_for_one_story_and_for_many(
    client, paper, django_assert_max_num_queries
):
    anna = factories.author("Anna Petrova")
    for number in range(8):
        factories.story(
            f"Story {number}", section=paper, authors=[anna], topics=[factories.topic("Shield")]
        )
    ask(client, "stories", limit=1)
    with django_assert_max_num_queries(20) as one:
        ask(client, "stories", limit=1)

    with django_assert_max_num_queries(len(one) + 1):
        ask(client, "stories", limit=50)
