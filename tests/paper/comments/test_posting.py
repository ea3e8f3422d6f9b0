"""Posting: what is published, held, returned, and who may not."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from broadsheet.comments import actions, decisions, looking, sanctions, screening
from broadsheet.comments.looking import (
    ClosedError,
    NamelessError,
    ReturnedError,
    SanctionedError,
    TooLateError,
)
from broadsheet.comments.models import (
    Appeal,
    Comment,
    Figure,
    Notice,
    PaperRules,
    SectionRules,
    Thread,
    WordList,
)
from broadsheet.demo import factories
from broadsheet.rules.guidelines.findings import Guideline
from tests.conftest import NOW
from tests.paper.comments.conftest import GOOD, Broken, Clean

Standing = Comment.Standing


def test_what_keeps_the_guidelines_is_published(story, post):
    comment = post(GOOD)

    assert (comment.standing, comment.reason, comment.html) == (
        "published",
        "clean",
        f"<p>{GOOD}</p>",
    )
    assert (comment.number, comment.appeared_at) == (1, comment.posted_at)
    thread = Thread.objects.get()
    assert (thread.published, thread.held, thread.last_number) == (1, 0, 1)
    assert Figure.objects.get().what == Figure.What.PUBLISHED


def test_what_breaks_one_is_returned_with_every_finding_and_not_stored(post):
    with pytest.raises(ReturnedError) as returned:
        post("THIS IS ALL WRONG AGAIN! WhatsApp me now +91 98400 12345, I sell drains.")

    assert {one.guideline for one in returned.value.findings} == {
        Guideline.SHOUTING,
        Guideline.LINKS,
    }
    assert not Comment.objects.exists()
    assert not Thread.objects.exists()
    assert Figure.objects.get(what="returned", guideline="").times == 1
    assert Figure.objects.get(what="returned", guideline="links").times == 1


def test_a_writer_may_ask_a_person_instead(story, post):
    comment = post("THIS IS ALL WRONG AGAIN!", asks_person=True, words="It is a quotation.")

    assert (comment.standing, comment.reason) == ("held", "asked-for-person")
    assert [one["guideline"] for one in comment.findings] == ["shouting"]
    assert Appeal.objects.get().words == "It is a quotation."
    assert Thread.objects.get().held == 1


def test_what_the_findings_mark_are_the_cleaned_words(post):
    with pytest.raises(ReturnedError) as returned:
        post("Fine.\u200b\u202e THIS IS ALL WRONG AGAIN!")

    (one,) = returned.value.findings
    assert returned.value.text[one.start : one.end] == "THIS IS ALL WRONG AGAIN"


def test_without_a_detector_nothing_demands_one(post):
    assert post(GOOD).screened_by == ""


def test_a_detector_that_looked_is_named(post):
    screening.install(Clean)

    assert post(GOOD).screened_by == "clean 1"


def _cannot_load():
    raise OSError("no model")


@pytest.mark.parametrize("load", [Broken, _cannot_load])
def test_what_could_not_be_screened_is_held_and_the_desk_is_told(load, post, moderator):
    screening.install(load)

    comment = post(GOOD)

    assert (comment.standing, comment.reason) == ("held", "screening-failed")
    assert "can’t be screened" in Notice.objects.get(reader=moderator).words
    assert Figure.objects.get(what="screening-failed").times == 1


def test_the_desk_is_told_once_in_an_hour(post, moderator):
    screening.install(Broken)
    post()
    post()

    assert Notice.objects.count() == 1


def test_new_readers_are_read_first_until_they_are_known(post, by):
    PaperRules.objects.update(read_first_comments=2)

    first, second = post(), post()
    assert (first.standing, first.reason) == ("held", "new-reader")
    for one in (first, second):
        decisions.approve(comment=one, by=by, now=NOW)

    assert post().standing == Standing.PUBLISHED


def test_who_is_known_stays_known_whatever_they_delete(post, writer):
    known = [post() for _ in range(3)]
    for one in [post() for _ in range(looking.EARLIER)]:
        actions.delete_comment(comment=one, writer=writer, now=one.posted_at)
    PaperRules.objects.update(read_first_comments=3)

    assert post().standing == Standing.PUBLISHED
    for one in known:
        actions.delete_comment(comment=one, writer=writer, now=one.posted_at)
    assert post().reason == "new-reader"


def test_a_first_comment_does_not_make_its_own_writer_known(post, writer, by):
    PaperRules.objects.update(read_first_comments=1)
    first = post()
    decisions.approve(comment=first, by=by, now=NOW)
    changed = actions.edit_comment(
        comment=first, writer=writer, text=GOOD, version=first.version + 1, now=first.posted_at
    )

    assert changed.comment.reason == "new-reader"


@pytest.mark.skipif(connection.vendor != "sqlite", reason="reads SQLite's plans")
def test_what_is_published_of_somebody_is_counted_from_an_index(post, writer):
    PaperRules.objects.update(read_first_comments=1)
    with CaptureQueriesContext(connection) as taken:
        post()
    counting = [one["sql"] for one in taken if one["sql"].startswith("SELECT COUNT(*)")]
    with connection.cursor() as cursor:
        cursor.execute("EXPLAIN QUERY PLAN " + counting[0])
        plan = " ".join(str(row[-1]) for row in cursor.fetchall())

    assert "comment_of_writer_standing (writer_id=? AND standing=?" in plan


def test_the_desk_is_not_read_first(post, moderator):
    PaperRules.objects.update(read_first_comments=2)

    assert post(writer=moderator).standing == Standing.PUBLISHED


@pytest.mark.parametrize(("choice", "standing"), [("hold", "held"), ("warn", "published")])
def test_throw_away_addresses(choice, standing, story):
    PaperRules.objects.update(passing_addresses=choice, passing_domains="gone.example")
    passing = factories.reader("x@mail.gone.example", name="Passer By")

    posted = actions.post_comment(story=story, writer=passing, text=GOOD, now=NOW)

    assert posted.comment.standing == standing
    assert posted.passing is (choice == "warn")


def test_a_word_list_weighs_what_the_desk_says(post):
    WordList.objects.create(title="Watched", words="drainpipe  # of the council\n", weight="tell")
    told = post("The drainpipe is broken, as everybody can see.")
    WordList.objects.update(weight="hold")
    held = post("Another drainpipe broke yesterday in our street.")

    assert (told.standing, told.wants_look) == ("published", True)
    assert (held.standing, held.reason) == ("held", "doubtful")


def test_the_same_words_again_are_returned(post, story, other):
    post(GOOD)

    with pytest.raises(ReturnedError):
        post(GOOD + "!")
    assert post(GOOD, writer=other).standing == Standing.PUBLISHED


def test_one_form_posts_once(post):
    assert post(GOOD, key="abc") == post("Something else is written here.", key="abc")
    assert Comment.objects.count() == 1
    assert Thread.objects.get().published == 1


def test_two_writers_may_have_the_same_key(post, other):
    assert post(key="abc") != post(key="abc", writer=other)


def test_somebody_without_a_name_is_asked_for_one(post, reader):
    with pytest.raises(NamelessError):
        post(writer=reader)


@pytest.mark.parametrize("kind", ["mute", "ban"])
def test_who_may_not_write_is_told_why(kind, post, writer, by):
    if kind == "ban":
        sanctions.ban(reader=writer, by=by, now=NOW)
    else:
        sanctions.mute_for(reader=writer, lasting=timedelta(days=2), by=by, now=NOW)

    with pytest.raises(SanctionedError, match="It attacks a person"):
        post(now=NOW + timedelta(days=1))
    if kind == "mute":
        assert post(now=NOW + timedelta(days=2)).is_published


def test_a_writer_who_is_read_first_is(post, writer, by):
    sanctions.read_first(reader=writer, by=by, now=NOW)

    assert post().reason == "writer-read-first"


@pytest.mark.parametrize(
    ("where", "opening"),
    [
        ("story", "closed-with-story"),
        ("section", "closed-with-section"),
        ("desk", "closed-by-desk"),
        ("age", "closed-by-age"),
    ],
)
def test_a_closed_thread_takes_nothing(where, opening, story, post, by):
    if where == "story":
        story.comments_are = "closed"
    elif where == "section":
        SectionRules.objects.create(section=story.section, comments_are="closed")
    elif where == "desk":
        decisions.set_thread(story=story, state=Thread.State.CLOSED, by=by, now=NOW)
    story = type(story).objects.get(pk=story.pk) if where == "desk" else story
    now = NOW + timedelta(days=31) if where == "age" else NOW

    with pytest.raises(ClosedError) as closed:
        post(story=story, now=now)
    assert closed.value.opening == opening


def test_a_thread_that_is_read_first(story, post):
    story.comments_are = "read-first"

    assert post(story=story).reason == "thread-read-first"


def test_nobody_answers_what_is_gone_or_elsewhere(post, section, by):
    one = post()
    elsewhere = factories.story("Another", section=section, published_at=NOW)
    with pytest.raises(TooLateError):
        post(parent=one, story=elsewhere)
    decisions.remove(comment=one, by=by, now=NOW)
    one.refresh_from_db()

    with pytest.raises(TooLateError):
        post(parent=one)


def test_badges(post, story, moderator, section):
    author = factories.author("Ann Author")
    author.reader = factories.reader("ann@example.org", name="Ann Author")
    author.save()
    signed = factories.story("Hers", section=section, authors=[author], published_at=NOW)

    assert post().badge == ""
    assert post(writer=moderator).badge == "staff"
    assert post(writer=author.reader, story=signed).badge == "author"
    assert post(writer=author.reader).badge == ""
