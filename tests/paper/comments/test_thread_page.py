"""The thread's own page, the story's, and the acts that have pages, as a browser without script."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from django.urls import reverse

from broadsheet.comments import actions, decisions, sanctions
from broadsheet.comments.models import (
    Comment,
    Follow,
    Mute,
    PaperRules,
    Report,
    SectionRules,
    Thread,
    Valuation,
)
from broadsheet.edition.plates import EditionPress
from broadsheet.newsroom.models import StoryPage
from broadsheet.rules.variants import Variant
from tests.conftest import NOW
from tests.paper.comments.conftest import GOOD


@pytest.fixture
def press(monkeypatch):
    """The edge's press, in the thread of the test."""
    monkeypatch.setattr("broadsheet.edition.plates.close_old_connections", lambda: None)
    return EditionPress()


@pytest.fixture(autouse=True)
def _now():
    with time_machine.travel(NOW + timedelta(hours=1), tick=False):
        yield


@pytest.fixture
def address(story):
    return f"{story.url}comments/"


def words(response) -> str:
    return response.content.decode()


def test_a_thread_is_read_below_its_story(client, address, post, other):
    one = post(GOOD)
    post("I wrote two letters, and both came back.", parent=one, writer=other)
    page = client.get(address)

    assert page.status_code == 200
    assert GOOD in words(page)
    assert "2 comments" in words(page)
    assert words(page).index("Wanda Writer") < words(page).index("Otto Other")
    assert "noindex" not in words(page)


def test_the_edge_and_django_send_the_same(client, address, post, press):
    post()
    printed = press.print(address, Variant.FULL)

    assert printed.words.decode() == words(client.get(address))
    assert press.look_up(address).access == "free"


def test_a_story_says_how_many_and_leads_there(client, story, address, post):
    assert "Start the conversation" in words(client.get(story.url))
    post()
    page = words(client.get(story.url))

    assert "1 comment\n" in page
    assert f'href="{address}"' in page


def test_no_story_no_thread(client, section, address, story):
    assert client.get("/nowhere/at-all/comments/").status_code == 404
    assert client.get(f"{section.url}comments/").status_code == 404
    assert client.get("/comments/").status_code == 404
    story.unpublish()
    assert client.get(address).status_code == 404


def test_a_closed_thread_is_read_and_not_written_in(client, story, address, post):
    post(GOOD)
    SectionRules.objects.create(section=story.section, comments_are="closed")
    page = words(client.get(address))

    assert GOOD in page
    assert "are closed" in page
    assert "Write a comment" not in page
    for there in (address, f"{address}?order=oldest", f"{address}?under=1"):
        assert "Reply" not in words(client.get(there))


@pytest.mark.parametrize("by_whom", ["desk", "story", "section", "paper"])
def test_a_thread_is_printed_anew_when_it_closes_or_opens(
    by_whom, story, address, post, by, press, monkeypatch, django_capture_on_commit_callbacks
):
    post(GOOD)
    changed = []
    monkeypatch.setattr(
        "broadsheet.edition.plates.gate.changed", lambda *keys, **_: changed.append(keys)
    )

    def put(is_open):
        match by_whom:
            case "desk":
                state = Thread.State.OPEN if is_open else Thread.State.CLOSED
                decisions.set_thread(story=story, state=state, by=by, now=NOW)
            case "story":
                one = StoryPage.objects.get(pk=story.pk)
                one.comments_are = "open" if is_open else "closed"
                one.save_revision().publish()
            case "section":
                rules, _ = SectionRules.objects.get_or_create(section=story.section)
                rules.comments_are = "open" if is_open else "closed"
                rules.save()
            case "paper":
                paper = PaperRules.objects.get()
                paper.closes_after_days = 30 if is_open else 1
                paper.save()

    for is_open in (False, True):
        carried = press.print(address, Variant.FULL).keys
        changed.clear()
        with django_capture_on_commit_callbacks(execute=True):
            put(is_open)

        assert any(not keys or carried.intersection(keys) for keys in changed)
        assert ("Reply" in press.print(address, Variant.FULL).words.decode()) is is_open


@pytest.mark.parametrize("act", [sanctions.ban, sanctions.mute_for])
def test_who_may_not_write_is_told_before_they_write(act, client, story, post, writer, by):
    mine = post(GOOD, now=NOW + timedelta(minutes=59))
    client.force_login(writer)
    pages = [f"/comments/write/?story={story.pk}", f"/comments/write/?answers={mine.pk}"]
    pages.append(reverse("comment-edit", args=[mine.pk]))
    assert all('name="text"' in words(client.get(there)) for there in pages)
    lasting = {"lasting": timedelta(days=2)} if act is sanctions.mute_for else {}
    act(reader=writer, by=by, now=NOW, **lasting)

    for there in pages:
        page = words(client.get(there))
        assert "It attacks a person." in page
        assert 'name="text"' not in page
    state = client.get("/you/state.json", {"story": story.pk}).json()
    assert state["comments"]["barred"] is True


def test_a_plate_ends_when_its_thread_closes(story, address, press):
    printed = press.print(address, Variant.FULL)

    closes = story.published_at + timedelta(days=30)
    assert printed.lasts == (closes - NOW - timedelta(hours=1)).total_seconds()


@pytest.mark.parametrize("order", ["oldest", "valued", "picks", "newest", "made-up"])
def test_orders_have_addresses(client, address, post, order):
    post()

    assert client.get(address, {"order": order}).status_code == 200


def test_pages_lead_on(client, address, post, story, writer):
    from tests.paper.comments.test_pages import fill

    fill(story, writer, 50)
    seen, there = [], address
    while there:
        page = words(client.get(there))
        seen += map(int, re.findall(r'data-number="(\d+)"', page))
        further = re.search(r'href="([^"]+)"\s+rel="next"', page)
        there = (
            address + further[1].replace("&amp;", "&").partition("comments/")[2] if further else ""
        )

    assert seen == list(range(50, 0, -1))


def test_an_address_for_good_leads_to_where_it_stands(client, address, post, by):
    one = post()
    answers = [post(parent=one) for _ in range(3)]
    there = client.get(answers[2].get_absolute_url())

    assert there.url == f"{address}?comment=4#comment-4"
    assert 'id="comment-4"' in words(client.get(there.url))
    decisions.remove(comment=answers[2], by=by, now=NOW)
    assert client.get(answers[2].get_absolute_url()).status_code == 404
    assert client.get(f"{address}?comment=99").status_code == 404


def test_what_is_held_is_nowhere_to_be_read(client, address, post):
    held = post("NOBODY SHALL READ THIS BEFORE US!", asks_person=True)

    for there in (address, f"{address}?comment=1", held.get_absolute_url(), "/guidelines/numbers/"):
        assert "NOBODY SHALL" not in words(client.get(there))


def test_a_removed_comment_keeps_its_place_for_its_answers(client, address, post, other, by):
    one = post(GOOD)
    post("That is so.", parent=one, writer=other)
    decisions.remove(comment=one, by=by, now=NOW)
    page = words(client.get(address))

    assert GOOD not in page
    assert "Wanda" not in page
    assert "The desk removed this comment." in page
    assert "That is so." in page


# Acts.


def test_a_visitor_is_asked_to_sign_in_and_comes_back(client, story):
    there = client.get(reverse("comment-write"), {"story": story.pk})

    assert there.url.startswith("/accounts/login/?next=%2Fcomments%2Fwrite%2F")
    assert "you can write about “A headline”" in words(client.get(there.url))


def test_writing_without_a_script(client, story, address, writer):
    client.force_login(writer)
    form = client.get(reverse("comment-write"), {"story": story.pk})
    assert "/guidelines/" in words(form)
    sent = {"story": story.pk, "key": form.context["key"], "text": GOOD}
    preview = client.post(reverse("comment-write"), {**sent, "act": "preview"})
    assert f"<p>{GOOD}</p>" in words(preview)
    assert not Comment.objects.exists()
    posted = client.post(reverse("comment-write"), sent)

    assert posted.url == f"{address}?comment=1#comment-1"
    page = client.get(posted.url)
    assert GOOD in words(page)
    assert "Your comment is published." in words(page)
    assert "no-store" in page["Cache-Control"]
    again = client.get(posted.url)
    assert "Your comment is published." not in words(again)
    assert "public" in again["Cache-Control"]


def test_what_comes_back_is_marked_mended_and_posted(client, story, writer):
    client.force_login(writer)
    sent = {"story": story.pk, "key": "k", "text": "I say THIS IS ALL WRONG AGAIN & <b>how</b>."}
    back = client.post(reverse("comment-write"), sent)

    assert back.status_code == 422
    assert "THIS IS ALL WRONG AGAIN<sup>1</sup></mark> &amp; &lt;b&gt;how" in words(back)
    assert "read like shouting" in words(back)
    mended = client.post(reverse("comment-write"), {**sent, "text": "I say this is wrong."})
    assert mended.status_code == 302
    assert Comment.objects.get().text == "I say this is wrong."


def test_a_person_is_asked_instead(client, story, writer):
    client.force_login(writer)
    sent = {
        "story": story.pk,
        "text": "THIS IS ALL WRONG AGAIN!",
        "act": "ask",
        "words": "A quote.",
    }
    asked = client.post(reverse("comment-write"), sent)

    assert asked.url == reverse("you-comments")
    page = words(client.get(asked.url))
    assert "You asked a person to look at it." in page
    assert "“A quote.”" in page


def test_a_name_is_chosen_where_one_writes(client, story, reader):
    client.force_login(reader)
    sent = {"story": story.pk, "text": GOOD}
    assert client.post(reverse("comment-write"), sent).status_code == 422
    assert client.post(reverse("comment-write"), {**sent, "name": "x\u202ey"}).status_code == 422
    assert client.post(reverse("comment-write"), {**sent, "name": "Rita"}).status_code == 302

    assert Comment.objects.get().shown_name == "Rita"


def test_answering(client, post, other):
    one = post()
    client.force_login(other)
    form = client.get(reverse("comment-write"), {"answers": one.pk})
    assert "Reply to Wanda Writer" in words(form)
    client.post(reverse("comment-write"), {"answers": one.pk, "text": GOOD})

    assert Comment.objects.get(number=2).parent == one


def test_changing_within_five_minutes(client, post, writer):
    one = post(GOOD, now=NOW + timedelta(minutes=56))
    client.force_login(writer)
    there = reverse("comment-edit", args=[one.pk])
    assert GOOD in words(client.get(there))
    client.post(there, {"text": "It has answered one letter.", "version": 0})

    one.refresh_from_db()
    assert (one.text, one.standing) == ("It has answered one letter.", "published")
    assert one.edited_at
    with time_machine.travel(NOW + timedelta(minutes=61)):
        assert client.get(there).status_code == 409


def test_deleting_asks_first(client, post, writer):
    one = post(GOOD)
    client.force_login(writer)
    there = reverse("comment-delete", args=[one.pk])
    assert "Delete your comment?" in words(client.get(there))
    client.post(there)

    one.refresh_from_db()
    assert (one.standing, one.text, one.html) == ("deleted", "", "")


def test_valuing_once_each_and_back(client, post, other):
    one = post()
    client.force_login(other)
    there = reverse("comment-value", args=[one.pk])
    assert "Mark as thoughtful?" in words(client.get(there, {"kind": "thoughtful"}))
    for _ in range(2):
        client.post(there, {"kind": "thoughtful", "valued": "yes"})
    client.post(there, {"kind": "well-sourced", "valued": "yes"})
    one.refresh_from_db()
    assert (one.thoughtful, one.well_sourced) == (1, 1)
    client.post(there, {"kind": "thoughtful", "valued": "no"})
    one.refresh_from_db()

    assert (one.thoughtful, Valuation.objects.count()) == (0, 1)
    assert client.get(there, {"kind": "made-up"}).status_code == 404


def test_nobody_values_or_reports_themselves(client, post, writer):
    one = post()
    client.force_login(writer)
    client.post(reverse("comment-value", args=[one.pk]), {"kind": "thoughtful"})
    client.post(reverse("comment-report", args=[one.pk]), {"reason": "other"})

    assert not Valuation.objects.exists()
    assert not Report.objects.exists()


def test_reporting_with_a_reason_once(client, post, other):
    one = post()
    client.force_login(other)
    there = reverse("comment-report", args=[one.pk])
    client.post(there, {"reason": "made-up"})
    assert not Report.objects.exists()
    for _ in range(2):
        client.post(there, {"reason": "personal", "words": "See the last line."})

    assert Report.objects.get().words == "See the last line."
    assert list(Comment.objects.reported()) == [one]


def test_muting_hides_from_one_reader_only(client, address, post, other, writer):
    one = post(GOOD)
    client.force_login(other)
    there = client.post(reverse("comment-mute", args=[one.pk]))
    page = client.get(there.url)

    assert GOOD not in words(page)
    assert "no-store" in page["Cache-Control"]
    assert GOOD in words(client.get(address))
    assert "Wanda Writer" in words(client.get(reverse("you-comments")))
    client.post(reverse("comment-unmute", args=[writer.pk]))
    assert not Mute.objects.exists()


def test_the_script_is_told_what_is_ones_own(client, story, post, other):
    one = post()
    actions.value_comment(
        comment=one, reader=other, kind=Valuation.Kind.THOUGHTFUL, valued=True, now=NOW
    )
    client.force_login(other)
    told = client.get(reverse("you-state"), {"story": story.pk}).json()["comments"]

    assert told["valued"] == ["1 thoughtful"]
    assert told["named"] is True
    assert other.email not in str(told)
    several = client.get(reverse("you-state"), {"story": [story.pk, 5]}).json()
    assert "comments" not in several


def test_the_script_gets_json(client, story, writer):
    client.force_login(writer)
    sent = {"story": story.pk, "text": GOOD, "key": "k"}
    headers = {"Accept": "application/json"}
    back = client.post(
        reverse("comment-write"), {**sent, "text": "THIS IS ALL WRONG AGAIN"}, headers=headers
    )
    assert (back.status_code, back.json()["findings"][0]["guideline"]) == (422, "shouting")
    posted = client.post(reverse("comment-write"), sent, headers=headers)
    assert (posted.status_code, posted.json()["number"]) == (201, 1)
    assert 'id="comment-1"' in posted.json()["html"]
    client.logout()
    assert client.post(reverse("comment-write"), sent, headers=headers).status_code == 401


def test_too_many_at_once_wait(client, story, writer):
    client.force_login(writer)
    statuses = [
        client.post(
            reverse("comment-write"), {"story": story.pk, "text": f"Number {n} is a number."}
        ).status_code
        for n in range(11)
    ]

    assert statuses[-1] == 429
    assert 429 not in statuses[:10]


def test_ones_own_comments_with_their_standing_and_an_appeal(client, post, writer, by, second):
    one = post(GOOD)
    decisions.remove(comment=one, by=by, now=NOW)
    client.force_login(writer)
    page = words(client.get(reverse("you-comments")))
    assert "Removed by the desk" in page
    assert "It attacks a person." in page
    there = reverse("comment-appeal", args=[one.pk])
    assert there in page
    client.post(there, {"words": "It is about drains."})
    page = words(client.get(reverse("you-comments")))
    assert "waits for an answer" in page
    assert there not in page
    from broadsheet.comments.decision_log import By
    from broadsheet.comments.models import Appeal

    decisions.decide_appeal(appeal=Appeal.objects.get(), won=True, by=By(second), now=NOW)
    page = words(client.get(reverse("you-comments")))
    assert "the writer was right" in page
    assert "Published" in page


def test_another_readers_comment_is_nobodys_to_change(client, post, other):
    one = post()
    client.force_login(other)
    for name in ("comment-edit", "comment-delete", "comment-appeal"):
        assert client.get(reverse(name, args=[one.pk])).status_code == 404
        assert client.post(reverse(name, args=[one.pk]), {"text": GOOD}).status_code == 404


def test_following_and_leaving_with_one_click(client, story, other):
    client.force_login(other)
    client.post(reverse("comment-follow"), {"story": story.pk})
    token = Follow.objects.get().token
    client.logout()
    there = reverse("comment-unfollow", args=[token])
    assert "A headline" in words(client.get(there))
    assert Follow.objects.exists()
    assert client.post(there, {"List-Unsubscribe": "One-Click"}).status_code == 200

    assert not Follow.objects.exists()
    assert client.post(there).status_code == 200


def test_the_guidelines_are_for_readers(client):
    page = words(client.get("/guidelines/"))

    for guideline in ("english", "full-sentences", "not-abusive", "not-personal"):
        assert f'id="{guideline}"' in page


def test_the_numbers_are_told_by_month(client, post, by, second, writer):
    one, two = post(), post()
    decisions.remove(comment=one, by=by, now=NOW)
    undone = decisions.remove(comment=two, by=by, now=NOW)
    decisions.undo(decision=undone, by=by, now=NOW)
    page = client.get("/guidelines/numbers/")

    (month,) = page.context["months"]
    assert (month["month"].isoformat(), month["published"], month["removed"]) == (
        "2026-11-01",
        2,
        1,
    )
    assert "November 2026" in words(page)


def test_a_story_that_goes_takes_its_thread_along(story, post):
    post(parent=post())
    story.delete()

    assert not Thread.objects.exists()
    assert not Comment.objects.exists()


def test_lists_say_how_many_comments_a_story_has(client, section, story, post):
    assert (
        "comment"
        not in words(client.get(section.url)).partition("</main>")[0].partition("<main")[2]
    )
    post()
    listed = words(client.get(section.url))

    assert f'href="{story.url}comments/">1 comment<' in listed


def test_numbers_are_told_to_other_pages_by_a_duty_not_for_each_comment(story, post, monkeypatch):
    from broadsheet.comments import duties

    told = []
    monkeypatch.setattr(
        "broadsheet.edition.plates.gate.changed", lambda *keys, **_: told.append(keys)
    )
    post()
    assert told == [(f"thread:{story.pk}",)]
    told.clear()
    duties.tell_numbers(now=NOW)

    assert (f"thread:{story.pk}", f"count:{story.pk}") in told
    assert any("list:all" in keys for keys in told)
    told.clear()
    duties.tell_numbers(now=NOW)
    assert told == []


def test_a_story_and_its_thread_are_printed_anew_when_it_closes(story, press):
    assert press.print(story.url, Variant.TEASER).lasts is not None


def test_a_new_name_shows_on_the_threads_one_wrote_in(client, address, post, writer, monkeypatch):
    from broadsheet.readers.actions import change_name

    post()
    told = []
    monkeypatch.setattr(
        "broadsheet.edition.plates.gate.changed", lambda *keys, **_: told.append(keys)
    )
    change_name(reader=writer, name="Wilma Writer", now=NOW)

    assert len(told) == 1
    assert "Wilma Writer" in words(client.get(address))


def test_the_script_weighs_little():
    import brotli
    from django.contrib.staticfiles import finders

    script = Path(str(finders.find("comments/comments.js"))).read_bytes()
    assert len(brotli.compress(script)) <= 10_000


def test_a_change_of_the_rules_for_threads_is_seen_on_every_page(section, monkeypatch):
    told = []
    monkeypatch.setattr(
        "broadsheet.edition.plates.gate.changed", lambda *keys, **_: told.append(keys)
    )
    PaperRules.objects.get().save()
    SectionRules.objects.create(section=section, comments_are="closed")

    assert told == [(), ()]
