"""The front page, sections, topics, authors and corrections."""

import re
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some

from broadsheet.demo import factories
from broadsheet.edition import cursors, fronts, printing
from broadsheet.newsroom.models import Placement
from tests.paper.edition.conftest import PUBLISHED, paragraph, raw

HEADLINES = re.compile(r'class="entry__headline">\s*<a href="([^"]+)"')


def listed(html):
    return HEADLINES.findall(html)


def place(front_page, story, size):
    front_page.placements.add(Placement(story=story, size=size))
    front_page.save()


@pytest.fixture
def stories(section):
    return [
        factories.story(
            f"Story {number}", section=section, published_at=PUBLISHED + timedelta(hours=number)
        )
        for number in range(9)
    ]


def test_the_front_page_opens_with_what_the_desk_chose(front_page, stories):
    front_page.lead = stories[3]
    place(front_page, stories[1], Placement.Size.LARGE)
    place(front_page, stories[2], Placement.Size.BRIEF)

    front = fronts.compose(front_page)

    assert front.lead == stories[3]
    assert front.large == [stories[1]]
    assert front.brief == [stories[2]]
    assert not {stories[1], stories[2], stories[3]} & {*front.normal, *front.latest}


def test_a_front_page_without_choices_has_the_latest(front_page, stories):
    front = fronts.compose(front_page)

    assert front.lead == stories[-1]
    assert front.normal == [stories[7], stories[6], stories[5], stories[4]]
    assert front.latest[0] == stories[3]
    assert [block.entry.title for block in front.blocks] == ["World"]


def test_a_story_taken_back_leaves_the_front_page(client, front_page, stories):
    front_page.lead = stories[3]
    place(front_page, stories[1], Placement.Size.NORMAL)
    stories[1].unpublish()
    stories[3].unpublish()

    shown = listed(client.get("/").content.decode())

    assert stories[1].url not in shown
    assert stories[3].url not in shown


def test_a_paper_without_stories_has_a_front_page(client, front_page):
    assert "Nothing is published yet" in client.get("/").content.decode()


def test_a_front_page_is_a_print_of_its_day(front_page, stories):
    one = printing.front_html(front_page, today=PUBLISHED.date())

    assert one == printing.front_html(front_page, today=PUBLISHED.date())
    assert "Tuesday, March 22, 2011" in one


def test_the_queries_of_the_front_page_do_not_grow_with_its_stories(
    client, section, stories, django_assert_max_num_queries
):
    client.get("/")
    with django_assert_max_num_queries(100) as first:
        client.get("/")
    for number in range(6):
        factories.story(f"More {number}", section=section)
    with django_assert_max_num_queries(len(first)):
        client.get("/")


def test_a_list_goes_on_where_it_ended(client, section, monkeypatch):
    monkeypatch.setattr(printing, "FIRST_PAGE", 4)
    monkeypatch.setattr(printing, "PAGE", 4)
    # Three at the same moment, over the end of a page: nothing is skipped or shown twice.
    made = [
        factories.story(f"S {n}", section=section, published_at=PUBLISHED + timedelta(days=n // 3))
        for n in range(11)
    ]
    expected = [one.url for one in sorted(made, key=lambda one: (one.published_at, one.pk))][::-1]

    seen, path = [], "/world/"
    while path:
        html = client.get(path).content.decode()
        seen += listed(html)
        older = re.search(r'href="([^"]+before=[^"]+)"\s+rel="next"', html)
        path = older[1] if older else ""

    assert seen == expected


@pytest.mark.parametrize("before", ["", "x", "1-", "-5", "9" * 40 + "-1", "1-1'", "١-١"])
def test_a_page_nobody_was_led_to_is_not_there(client, section, before):
    assert client.get("/world/", {"before": before}).status_code == 404


@given(some.datetimes(timezones=some.just(PUBLISHED.tzinfo)), some.integers(1, 10**12))
def test_the_end_of_a_page_reads_back_as_itself(moment, number):
    assert cursors.read(cursors.write((moment, number))) == (moment, number)


@given(some.text(max_size=60))
def test_no_text_breaks_the_reading_of_a_page_end(written):
    found = cursors.read(written)
    assert found is None or cursors.read(cursors.write(found)) == found


def test_a_section_shows_its_own_sections_and_their_stories(client, section):
    asia = factories.section("Asia", parent=section)
    story = factories.story("Talks in Delhi", section=asia)

    html = client.get("/world/").content.decode()

    assert 'href="/world/asia/"' in html
    assert story.url in listed(html)


def test_topics_and_authors_list_their_stories(client, talks, section):
    factories.story("Another", section=section)

    for path in ("/topics/missile-defence/", "/authors/vladimir-petrov/"):
        assert listed(client.get(path).content.decode()) == [talks.url]


def test_nobody_called_that_is_not_there(client, db):
    assert client.get("/topics/nothing/").status_code == 404
    assert client.get("/authors/nobody/").status_code == 404


@pytest.mark.parametrize(
    "path", ["/", "/world/", "/topics/missile-defence/", "/authors/vladimir-petrov/"]
)
def test_lists_say_where_their_feeds_are(client, talks, path):
    html = client.get(path).content.decode()

    for file in ("rss.xml", "atom.xml", "feed.json"):
        assert f'href="{path}{file}"' in html
        assert client.get(f"{path}{file}").status_code == 200


def test_corrections_stand_latest_first(client, section):
    for number in (1, 2):
        at = f"2011-03-2{number}T06:00:00+00:00"
        correction = {"corrected_at": at, "text": f"<p>Wrong {number}.</p>"}
        factories.story(
            f"Story {number}", section=section, body=raw(paragraph("X"), ("correction", correction))
        )

    html = client.get("/corrections/").content.decode()

    assert html.index("Wrong 2.") < html.index("Wrong 1.")
    assert "March 22, 2011" in html
    assert "/world/story-1/" in html


def test_corrections_go_on_where_they_ended(client, section, monkeypatch):
    from broadsheet.edition import archives

    monkeypatch.setattr(archives, "CORRECTIONS", 2)
    blocks = [
        ("correction", {"corrected_at": "2011-03-22T06:00:00+00:00", "text": f"<p>Wrong {n}.</p>"})
        for n in range(5)
    ]
    factories.story("Often", section=section, body=raw(paragraph("X"), *blocks))

    seen, path = [], "/corrections/"
    while path:
        html = client.get(path).content.decode()
        seen += re.findall(r"Wrong \d", html)
        older = re.search(r'href="([^"]+before=[^"]+)"\s+rel="next"', html)
        path = older[1] if older else ""

    assert sorted(seen) == [f"Wrong {n}" for n in range(5)]


def test_a_headline_is_words_and_not_markup(client, section):
    factories.story("<b>Bold</b> & <script>", slug="bold", section=section)

    html = client.get("/world/").content.decode()

    assert "&lt;b&gt;Bold&lt;/b&gt; &amp; &lt;script&gt;" in html
