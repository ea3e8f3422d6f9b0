"""The search page."""

from datetime import UTC, datetime

import pytest

from broadsheet.demo import factories


@pytest.fixture
def paper(db):
    world = factories.section("World")
    asia = factories.section("Asia", parent=world)
    anna, shield = factories.author("Anna Petrova"), factories.topic("Missile shield")
    factories.story(
        "Talks in Moscow",
        section=asia,
        authors=[anna],
        topics=[shield],
        standfirst="Two ministers <meet>",
        published_at=datetime(2011, 3, 22, 15, 41, tzinfo=UTC),
    )
    factories.story("Rain in Delhi", section=world)
    return world


def page(client, **asked):
    response = client.get("/search/", asked)
    return response, response.content.decode()


def test_a_search_shows_the_story_its_words_marked_and_how_it_was_found(client, paper):
    response, html = page(client, q="moscow ministers")

    assert response.status_code == 200
    assert "Talks in <mark>Moscow</mark>" in html
    assert "Two <mark>ministers</mark> &lt;meet&gt;" in html
    assert "March 22, 2011" in html
    assert "Rain in Delhi" not in html
    assert "1 story" in html


def test_the_search_page_is_for_people_and_not_for_search_engines(client, paper):
    response, html = page(client, q="moscow")

    assert response["X-Robots-Tag"] == "noindex"
    assert '<meta name="robots" content="noindex">' in html
    assert "private" in response["Cache-Control"]


def test_before_anything_is_asked_the_page_says_how_to_search(client, paper):
    response, html = page(client)

    assert response.status_code == 200
    assert "How to search" in html
    assert 'id="results"' not in html


def test_nothing_found_offers_ways_on(client, paper):
    _, html = page(client, q="moscow elephant", section="world")

    assert "Nothing was found" in html
    assert "search the whole paper" in html
    assert '<a href="?q=elephant">' in html


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"section": "world/asia"}, True),
        ({"section": "world"}, True),
        ({"topic": "missile-shield", "author": "anna-petrova"}, True),
        ({"since": "2011-03-22", "until": "2011-03-22"}, True),
        ({"until": "2011-03-21"}, False),
        ({"author": "anna-petrova", "q": "delhi"}, False),
    ],
)
def test_a_search_is_narrowed_down(client, paper, asked, found):
    response, html = page(client, **asked)

    assert response.status_code == 200
    assert ("Talks in" in html) is found


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"section": "nowhere"}, "There is no such section"),
        ({"topic": "nothing"}, "There is no topic at “nothing”"),
        ({"author": "nobody"}, "There is no author at “nobody”"),
        ({"since": "yesterday"}, "Write the day as 2011-03-22"),
        ({"since": "2011-03-22", "until": "2011-03-21"}, "This day is before the first one"),
        ({"order": "loudest"}, "Choose best match first or newest first"),
    ],
)
def test_what_can_not_be_asked_is_said_in_words(client, paper, asked, said):
    response, html = page(client, q="talks", **asked)

    assert response.status_code == 422
    assert said in html


@pytest.mark.parametrize(
    "asked",
    [
        {"page": "0"},
        {"page": "-1"},
        {"page": "99999999999999999999"},
        {"page": "²"},
        {"before": "x"},
        {"before": "-9999999999999999999"},
        {"q": "\x00"},
        {"q": "a" * 20000},
    ],
)
def test_nothing_in_the_address_breaks_the_page(client, paper, asked):
    assert page(client, **{"q": "talks", **asked})[0].status_code == 200


def test_more_stories_follow_page_by_page_in_both_orders(client, paper, monkeypatch):
    monkeypatch.setattr("broadsheet.edition.services.search.find.PAGE", 4)
    for number in range(9):
        factories.story(f"Talks {number:02}", section=paper)

    for order in ("relevance", "newest"):
        seen, address = [], f"?q=talks&order={order}"
        while address:
            html = client.get("/search/" + address).content.decode()
            seen += [line for line in html.splitlines() if 'class="result__headline"' in line]
            _, _, rest = html.partition('rel="next"')
            before = html.partition('rel="next"')[0] if rest else ""
            address = before.rpartition('href="')[2].partition('"')[0].replace("&amp;", "&")
        assert len(seen) == len(set(seen)) == 10


def test_an_author_and_a_topic_of_that_name_are_offered(client, paper):
    assert 'href="/authors/anna-petrova/"' in page(client, q="Anna Petrova")[1]
    assert 'href="/topics/missile-shield/"' in page(client, q="missile shield")[1]


def test_a_page_of_results_costs_the_same_number_of_queries_for_one_story_and_for_many(
    client, paper, django_assert_max_num_queries
):
    anna = factories.author("Anna Petrova")
    page(client, q="moscow")
    with django_assert_max_num_queries(40) as one:
        page(client, q="moscow")
    for number in range(12):
        factories.story(f"Elephants {number:02}", section=paper, authors=[anna])

    with django_assert_max_num_queries(len(one)):
        page(client, q="elephants")
