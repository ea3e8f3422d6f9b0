"""What readers find, and what nobody finds who may not read it."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection

from broadsheet.demo import factories
from broadsheet.edition.models import FullText, OpenText
from broadsheet.edition.services.search import index
from broadsheet.edition.services.search.find import Filters, Found, Order, find, marked
from broadsheet.newsroom.signals import announce
from broadsheet.rules.access import Access, Person
from broadsheet.rules.query import parse

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
LONG = "They spoke for an hour. " * 12


@pytest.fixture
def world(db):
    return factories.section("World")


def story(headline, *, section, days=10, text="Nothing else happened.", access=Access.FREE, **more):
    return factories.story(
        headline,
        section=section,
        body=factories.paragraphs(*([text] if isinstance(text, str) else text)),
        published_at=NOW - timedelta(days=days),
        access=access.value,
        **more,
    )


def look(typed, *, person=Person.VISITOR, order=Order.RELEVANCE, **more) -> Found:
    return find(parse(typed), person=person, now=NOW, order=order, **more)


def found(typed, **more):
    return [hit.story.title for hit in look(typed, **more).hits]


def test_a_word_of_the_headline_the_standfirst_the_text_and_the_byline_finds_the_story(world):
    story(
        "Talks in Moscow",
        section=world,
        text="The minister drank tea.",
        standfirst="Gates meets Serdyukov",
        authors=[factories.author("Anna Petrova")],
        topics=[factories.topic("Missile shield")],
        dateline="ZHUKOVSKY",
    )

    for typed in ("moscow", "serdyukov", "tea", "petrova", "shield", "zhukovsky", "tea moscow"):
        assert found(typed) == ["Talks in Moscow"], typed
    assert found("moscow coffee") == []


def test_words_are_found_in_other_forms_and_without_accents(world):
    story("Ministers meeting at the Café", section=world)

    assert found("minister meets cafe") == ["Ministers meeting at the Café"]


def test_a_phrase_is_found_side_by_side_only(world):
    story("One", section=world, text="The defence minister spoke.")
    story("Two", section=world, text="The minister spoke of defence.")

    assert found('"defence minister"') == ["One"]
    assert set(found("defence minister")) == {"One", "Two"}


def test_an_unwanted_word_keeps_a_story_out(world):
    story("Tea in Delhi", section=world)
    story("Coffee in Delhi", section=world)

    assert found("delhi -coffee") == ["Tea in Delhi"]
    assert found('delhi -"coffee in"') == ["Tea in Delhi"]
    assert found("-coffee") == []


def test_scripts_without_blanks_are_searched_by_their_characters(world):
    story("東京都の会議", section=world, slug="tokyo")
    story("हिन्दी समाचार", section=world, slug="hindi")

    assert found("京都") == ["東京都の会議"]
    assert found("हिन्दी") == ["हिन्दी समाचार"]
    assert found("हिन") == []
    assert look("京都").hits[0].headline == "東<mark>京</mark><mark>都</mark>の会議" or (
        look("京都").hits[0].headline == "東<mark>京都</mark>の会議"
    )


def test_a_headline_counts_for_more_than_a_mention(world):
    story("About rivers", section=world, text="A treaty was mentioned.", days=1)
    story("The treaty", section=world, text="About rivers.", days=900)

    assert found("treaty") == ["The treaty", "About rivers"]
    assert found("treaty", order=Order.NEWEST) == ["About rivers", "The treaty"]


def test_what_was_found_is_marked_and_everything_else_escaped(world):
    story(
        "Tea & <b>talks</b>",
        section=world,
        slug="tea",
        text="Bread, tea &amp; &lt;i&gt;jam&lt;/i&gt;.",
    )

    hit = look("tea").hits[0]

    assert hit.headline == "<mark>Tea</mark> &amp; &lt;b&gt;talks&lt;/b&gt;"
    assert "<mark>tea</mark>" in hit.snippet
    assert "<i>" not in hit.snippet


def test_signs_that_mark_words_can_not_be_smuggled_in(world):
    story("Tea\x02 talks\x03", section=world, slug="tea")

    assert look("talks").hits[0].headline == "Tea <mark>talks</mark>"
    assert marked("a \x02b") == "a b"


def test_stories_are_found_by_section_topic_author_and_day(world):
    asia = factories.section("Asia", parent=world)
    sport = factories.section("Sport")
    anna, shield = factories.author("Anna Petrova"), factories.topic("Shield")
    story("Talks one", section=asia, authors=[anna], topics=[shield], days=1)
    story("Talks two", section=world, days=40)
    story("Talks three", section=sport, days=400)

    def within(**filters):
        return found("talks", filters=Filters(**filters), order=Order.NEWEST)

    assert within(section=world) == ["Talks one", "Talks two"]
    assert within(section=asia) == ["Talks one"]
    assert within(author=anna) == within(topic=shield) == ["Talks one"]
    assert within(author=anna, section=sport) == []
    assert within(since=date(2026, 10, 1)) == ["Talks one", "Talks two"]
    assert within(until=date(2026, 11, 1)) == ["Talks two", "Talks three"]
    assert within(since=date(2026, 10, 15), until=date(2026, 10, 15)) == ["Talks two"]
    assert within(since=date.max, until=date.min) == []
    assert found("", filters=Filters(author=anna)) == ["Talks one"]


def test_days_are_those_of_the_papers_zone(world):
    # 23 November 19:00 in UTC is 24 November 00:30 in India.
    made = story("Midnight talks", section=world)
    made.published_at = datetime(2026, 11, 23, 19, 0, tzinfo=UTC)
    made.save_revision().publish()

    assert found("talks", filters=Filters(since=date(2026, 11, 24))) == ["Midnight talks"]
    assert found("talks", filters=Filters(until=date(2026, 11, 23))) == []


def test_stories_from_before_1970_are_found_in_their_place(world):
    for year in (1923, 1969, 1970, 2011):
        made = story(f"Talks of {year}", section=world)
        made.published_at = datetime(year, 3, 22, 12, 0, tzinfo=UTC)
        made.save_revision().publish()

    assert found("talks", order=Order.NEWEST) == [
        f"Talks of {year}" for year in (2011, 1970, 1969, 1923)
    ]
    assert found("talks", filters=Filters(until=date(1950, 1, 1))) == ["Talks of 1923"]


@pytest.fixture
def short_pages(monkeypatch):
    monkeypatch.setattr("broadsheet.edition.services.search.find.PAGE", 4)


@pytest.mark.parametrize("typed", ["talks", ""])
def test_pages_of_the_newest_hold_every_story_once(world, typed, short_pages):
    for number in range(9):
        story(f"Talks {number:02}", section=world, days=1)
    pages, before = [], None

    while True:
        page = find(
            parse(typed),
            person=Person.VISITOR,
            now=NOW,
            filters=Filters(section=world),
            order=Order.NEWEST,
            before=before,
        )
        pages.append([hit.story.pk for hit in page.hits])
        if (before := page.before) is None:
            break

    assert [len(page) for page in pages] == [4, 4, 1]
    assert len({pk for page in pages for pk in page}) == 9


def test_pages_by_relevance_hold_every_story_once(world, short_pages):
    for number in range(9):
        story(f"Talks {number:02}", section=world, days=number)

    pages = [look("talks", page=number) for number in (1, 2, 3)]

    assert [len(page.hits) for page in pages] == [4, 4, 1]
    assert len({hit.story.pk for page in pages for hit in page.hits}) == 9
    assert [page.page for page in pages] == [2, 3, None]
    assert pages[0].matches == 9


# Access: nobody finds a story by words they could not read in it.


@pytest.fixture
def papers(world):
    """One story to each level; "open" is in what everybody may read, "locked" is not."""
    for access in Access:
        story(
            f"Story for {access.value}",
            section=world,
            access=access,
            text=["An opening sentence. " + LONG, LONG, f"A locked{access.value} canary. " + LONG],
        )


@pytest.mark.parametrize(
    ("person", "opened"),
    [
        (Person.VISITOR, {Access.FREE}),
        (Person.READER, {Access.FREE, Access.READERS}),
        (Person.SUBSCRIBER, {Access.FREE, Access.READERS, Access.SUBSCRIBERS}),
    ],
)
def test_locked_words_are_found_by_those_who_may_read_them_alone(papers, person, opened):
    for access in Access:
        expected = [f"Story for {access.value}"] if access in opened else []
        for order in Order:
            for typed in (
                f"locked{access.value}",
                f"canary locked{access.value}",
                f'"a locked{access.value}"',
            ):
                assert found(typed, person=person, order=order) == expected
    for order in Order:
        assert len(found("opening", person=person, order=order)) == 3
        assert look("canary", person=person, order=order).matches == len(opened)
        without = set(found("opening -canary", person=person, order=order))
        assert without == {f"Story for {access.value}" for access in set(Access) - opened}


@pytest.mark.parametrize("person", Person)
def test_what_is_printed_of_a_story_is_open_to_the_person(papers, person):
    for hit in look("spoke", person=person).hits:
        if person is Person.VISITOR and hit.story.access != Access.FREE:
            assert "canary" not in hit.snippet
    if person is Person.VISITOR:
        assert not FullText.objects.filter(words__contains="lockedfree").exists()
        assert not OpenText.objects.filter(words__contains="lockedreaders").exists()


def test_a_page_holds_every_story_once_for_somebody_with_several_sources(papers):
    for person in Person:
        hits = look("spoke", person=person, order=Order.NEWEST).hits
        assert len(hits) == len({hit.story.pk for hit in hits}) == 3


# Keeping up.


def test_a_story_taken_down_or_deleted_is_found_no_more(world):
    gone, deleted = story("Talks gone", section=world), story("Talks deleted", section=world)
    assert len(found("talks")) == 2

    gone.unpublish()
    deleted.delete()

    assert found("talks") == []
    assert not OpenText.objects.exists()


def test_a_draft_of_a_live_story_is_not_found_until_it_is_published(world):
    made = story("Talks", section=world)
    made.standfirst = "Now with elephants"
    made.save_revision()
    assert found("elephants") == []

    made.get_latest_revision().publish()

    assert found("elephants") == ["Talks"]


def test_a_story_that_is_locked_later_is_found_by_its_locked_words_no_more(world):
    made = story("Talks", section=world, text=[LONG, LONG, "An elephant came in. " + LONG])
    assert found("elephant") == ["Talks"]

    made.access = Access.SUBSCRIBERS.value
    made.save_revision().publish()

    assert found("elephant") == []
    assert found("elephant", person=Person.SUBSCRIBER) == ["Talks"]


def test_a_story_that_moves_is_found_in_its_new_section(world):
    sport = factories.section("Sport")
    made = story("Talks", section=world)

    made.move(sport, pos="last-child")

    assert found("talks", filters=Filters(section=world)) == []
    assert found("talks", filters=Filters(section=sport)) == ["Talks"]


def test_a_section_that_moves_takes_its_stories_along(world):
    asia, sport = factories.section("Asia", parent=world), factories.section("Sport")
    story("Talks", section=asia)
    sport.refresh_from_db()

    asia.move(sport, pos="last-child")

    assert found("talks", filters=Filters(section=world)) == []
    assert found("talks", filters=Filters(section=sport)) == ["Talks"]


def test_an_author_with_another_name_is_found_by_it(world):
    anna = factories.author("Anna Petrova")
    story("Talks", section=world, authors=[anna])

    anna.name = "Anna Ivanova"
    anna.save()

    assert found("ivanova") == ["Talks"]
    assert found("petrova") == []


def test_a_story_under_embargo_or_of_the_future_is_not_found(world):
    held = story("Talks held", section=world)
    type(held).objects.filter(pk=held.pk).update(embargoed_until=datetime(2126, 1, 1, tzinfo=UTC))
    announce([held.pk])
    story("Talks tomorrow", section=world, days=-1)

    assert found("talks") == found("talks", order=Order.NEWEST) == []


def test_many_stories_at_the_same_minute_all_have_their_place(world, monkeypatch):
    monkeypatch.setattr(index, "_SLOTS", 2)

    made = [story(f"Talks {number}", section=world, days=3) for number in range(5)]

    assert len(found("talks", order=Order.NEWEST)) == 5
    index.add([one.pk for one in made])
    assert len(found("talks", order=Order.NEWEST)) == 5


def test_made_anew_the_search_finds_the_same(papers):
    before = [found(typed, person=person) for typed in ("spoke", "canary") for person in Person]

    done = index.rebuild()

    assert done == 3
    assert [
        found(typed, person=person) for typed in ("spoke", "canary") for person in Person
    ] == before


def test_search_of_another_language_is_made_and_unmade(world, settings):
    story("Die Häuser am Fluss", section=world, slug="haeuser")
    settings.LANGUAGE_CODE = "de"

    index.rebuild()

    assert found("häuser") == ["Die Häuser am Fluss"]
    if connection.vendor == "postgresql":
        assert found("haus") == ["Die Häuser am Fluss"]
    settings.LANGUAGE_CODE = "en"
    index.rebuild()


# Anything can be typed.


@pytest.mark.parametrize(
    "typed",
    [
        '"', '""', '" "', "'", "\\", "%", "_", "*", "a*", "^a", "-", "--", "- -", "(", ")", "a(b", "{headline} : a",
        "headline:a", "marks:l1", "l1", "=l1", "all", "NEAR(a b)", "a AND", "NOT a", "OR", "a + b", "a&b", "a|b", "!a", "<->",
        "a:*", ":A", "\x00", "\x02", "\ud800", "😀", "a\u0301", "\u0301", "\u200b", "ﷺ" * 50, "𝒜", "ı", "ß", "x" * 9000,
        "the " * 3000, '"' + "the " * 3000, "-the " * 300, "1e400", "2.5", "a@b.example", "http://a.example/?b=c", "%s", "%(a)s",
    ],
)  # fmt: skip
def test_nothing_that_is_typed_is_an_error(world, typed):
    story("A", section=world)

    for person in Person:
        for order in Order:
            look(typed, person=person, order=order)


def test_marks_can_not_be_searched_as_words(world):
    story("Talks", section=world)

    assert found("l0") == found("all") == found("=l0") == []


def test_words_that_every_story_has_are_left_out_and_it_is_said(world, monkeypatch):
    for module in ("sqlite", "postgresql"):
        monkeypatch.setattr(f"broadsheet.edition.services.search.{module}._LATEST", 5)
        monkeypatch.setattr(f"broadsheet.edition.services.search.{module}._NEARLY_ALL", 4)
    for number in range(6):
        story(f"The talks {number}", section=world, days=number + 1)
    story("Talks elsewhere", section=world, days=20)

    result = look("the elsewhere")

    assert [hit.story.title for hit in result.hits] == ["Talks elsewhere"]
    assert result.everywhere == ("the",)
    assert len(look("the").hits) == 6
    assert found('"the elsewhere"') == []
    # A phrase of nothing but such words is looked for as words.
    assert len(look('"talks the"').hits) == 6


def test_a_phrase_is_looked_for_a_stretch_at_a_time_where_that_is_dear(world, monkeypatch):
    monkeypatch.setattr("broadsheet.edition.services.search.postgresql.most_phrase_checks", 3)
    for number in range(8):
        story(f"Prime talks of a minister {number}", section=world, days=number + 1)
    story("The prime minister", section=world, days=50)

    first = look('"prime minister"', order=Order.NEWEST)
    seen, rest = list(first.hits), first
    while rest.before is not None:
        rest = look('"prime minister"', order=Order.NEWEST, before=rest.before)
        seen += rest.hits

    if connection.vendor == "postgresql":
        assert first.hits == []
        assert first.looked_back_to is not None
    assert [hit.story.title for hit in seen] == ["The prime minister"]


def test_old_stories_with_the_words_in_the_headline_are_found_beside_the_newest(world, monkeypatch):
    monkeypatch.setattr("broadsheet.edition.services.search.find.MOST_RANKED", 3)
    for number in range(5):
        story(f"Rivers {number}", section=world, days=number + 1, text="The treaty was named.")
    story("The treaty", section=world, days=900)

    result = look("treaty")

    assert len(result.hits) == 4
    assert "The treaty" in [hit.story.title for hit in result.hits]
    assert result.matches == 3


@pytest.mark.parametrize(
    ("headline", "typed"),
    [
        ("Trams in Łódź", "lodz"),
        ("Ferries to Tromsø", "tromso"),
        ("A street called Große Straße", "grosse strasse"),
        ("The œuvre of a year", "oeuvre"),
        ("The \ufb01rst \ufb02ight", "first flight"),
        ("Ёлка на площади", "елка"),
        ("كِتَابٌ جديد", "كتاب"),
        ("أحمد في المدينة", "احمد"),
    ],
)
def test_letters_are_found_however_they_are_typed(world, headline, typed):
    story(headline, section=world, slug="it")

    assert found(typed) == [headline]
    assert found(headline) == [headline]
    assert "<mark>" in look(typed).hits[0].headline


def test_what_was_folded_is_marked_as_it_is_printed(world):
    story("Trams in Łódź and Große Straße", section=world)

    marked = look("lodz strasse").hits[0].headline
    assert marked == "Trams in <mark>Łódź</mark> and Große <mark>Straße</mark>"


def test_a_story_with_folded_letters_goes_out_of_the_search_whole(world):
    page = story("Trams in Łódź", section=world)
    page.unpublish()

    assert found("lodz") == []
