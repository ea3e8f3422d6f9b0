"""A writer's words come back whatever happens, and a form that is sent again posts what was sent last."""

import re
from datetime import timedelta
from html import unescape

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from broadsheet.comments import actions, decisions, sanctions
from broadsheet.comments.looking import AlreadyPostedError, ReturnedError, TooLateError
from broadsheet.comments.models import Appeal, Comment, Report, Thread
from broadsheet.demo import factories
from tests.conftest import NOW
from tests.paper.comments.conftest import GOOD

WRITE = reverse("comment-write")
OTHER = "The council answered a letter about the roads last year."
BACK = re.compile(r"<textarea[^>]*>\n(.*?)</textarea>", re.DOTALL)


@pytest.fixture(autouse=True)
def _now():
    with time_machine.travel(NOW + timedelta(hours=1), tick=False):
        yield


@pytest.fixture
def strict(writer):
    """A browser of the writer's, in which forms need their token."""
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(writer)
    return browser


def page_of(response) -> str:
    return response.content.decode()


def words_back(response) -> list[str]:
    """Return what stands in the fields of an answer, read as a browser would."""
    return [unescape(one) for one in BACK.findall(page_of(response))]


def form_of(response) -> dict[str, str]:
    """Return what the first form of a page that takes words sends by itself."""
    form = re.search(r"<form[^>]*data-draft.*?</form>", page_of(response), re.DOTALL)
    assert form
    hidden = re.findall(r'type="hidden"\s+name="([^"]+)"\s+value="([^"]*)"', form[0])
    return dict(hidden)


# Signed out meanwhile.


def test_words_are_on_the_page_and_back_in_the_form_once_signed_in_again(client, story, writer):
    client.force_login(writer)
    form = form_of(client.get(WRITE, {"story": story.pk}))
    client.cookies.clear()
    sent = {**form, "text": GOOD, "follow": "1"}
    out = client.post(WRITE, sent)

    assert out.status_code == 403
    assert words_back(out) == [GOOD]
    assert "They are here too, to copy" in page_of(out)
    there = f"{WRITE}?story={story.pk}"
    assert reverse("account_login") in page_of(out)
    assert not Comment.objects.exists()
    client.force_login(writer)
    back = client.get(there)
    assert words_back(back) == [GOOD]
    assert "aren’t posted yet" in page_of(back)
    assert form_of(back)["key"] == form["key"]
    assert re.search(r'name="follow"\s+value="1"\s+checked', page_of(back))
    assert client.post(WRITE, {**form_of(back), "text": GOOD}).status_code == 302
    assert words_back(client.get(there)) == [""]


def test_words_that_are_kept_are_nobody_elses(client, story, writer, other):
    client.force_login(writer)
    form = form_of(client.get(WRITE, {"story": story.pk}))
    client.cookies.clear()
    client.post(WRITE, {**form, "text": GOOD})
    client.force_login(other)

    assert words_back(client.get(WRITE, {"story": story.pk})) == [""]
    assert "kept_words" not in client.session
    client.force_login(writer)
    assert words_back(client.get(WRITE, {"story": story.pk})) == [""]


def test_words_that_are_kept_go_with_signing_out(client, story, writer):
    client.force_login(writer)
    form = form_of(client.get(WRITE, {"story": story.pk}))
    client.cookies.clear()
    client.post(WRITE, {**form, "text": GOOD})
    client.force_login(writer)
    before = client.cookies.get("signed-out")
    client.post(reverse("account_logout"))

    assert before is None
    assert client.cookies["signed-out"].value
    client.force_login(writer)
    assert words_back(client.get(WRITE, {"story": story.pk})) == [""]


def test_only_so_much_is_kept_from_one_network(client, story, writer):
    client.force_login(writer)
    form = form_of(client.get(WRITE, {"story": story.pk}))
    client.cookies.clear()
    answers = [Client().post(WRITE, {**form, "text": GOOD}) for _ in range(21)]
    huge = Client().post(WRITE, {**form, "text": "x" * 100_001})

    assert "They are here too" in page_of(answers[19])
    assert "They are here too" not in page_of(answers[20])
    assert words_back(answers[20]) == [GOOD]
    assert words_back(huge) == ["x" * 100_001]
    assert "session" not in huge.cookies


@pytest.mark.parametrize("name", ["comment-edit", "comment-report", "comment-appeal"])
def test_every_form_that_takes_words_gives_them_back(client, post, writer, other, by, name):
    one = post(GOOD, now=NOW + timedelta(minutes=59))
    who, field = (other, "words") if name == "comment-report" else (writer, "words")
    if name == "comment-edit":
        field = "text"
    if name == "comment-appeal":
        decisions.remove(comment=one, by=by, now=NOW)
    there = reverse(name, args=[one.pk])
    form_at = reverse("comment-more", args=[one.pk]) if name == "comment-report" else there
    client.force_login(who)
    form = form_of(client.get(form_at))
    client.cookies.clear()
    out = client.post(there, {**form, field: OTHER, "reason": "other"})

    assert words_back(out) == [OTHER]
    client.force_login(who)
    back = client.get(form_at)
    assert OTHER in words_back(back)
    if name == "comment-report":
        assert re.search(r'value="other"\s+checked', page_of(back))


# Signed in again in another tab: the form's token is of before.


def _stale(strict, there: str) -> dict[str, str]:
    form = form_of(strict.get(there))
    form["csrfmiddlewaretoken"] = "x" * 64
    return form


def test_a_form_that_is_out_of_date_comes_back_with_its_words_and_a_new_token(strict, story):
    back = strict.post(WRITE, {**_stale(strict, f"{WRITE}?story={story.pk}"), "text": GOOD})

    assert back.status_code == 403
    assert words_back(back) == [GOOD]
    assert "Your words are still here" in page_of(back)
    assert not Comment.objects.exists()
    assert strict.post(WRITE, {**form_of(back), "text": GOOD}).status_code == 302
    assert Comment.objects.get().text == GOOD


@pytest.mark.parametrize("name", ["comment-edit", "comment-appeal"])
def test_so_do_the_others(strict, post, by, name):
    one = post(GOOD, now=NOW + timedelta(minutes=59))
    if name == "comment-appeal":
        decisions.remove(comment=one, by=by, now=NOW)
    there = reverse(name, args=[one.pk])
    field = "text" if name == "comment-edit" else "words"
    back = strict.post(there, {**_stale(strict, there), field: OTHER})

    assert (back.status_code, words_back(back)) == (403, [OTHER])
    one.refresh_from_db()
    assert one.text == GOOD
    assert not Appeal.objects.exists()
    assert strict.post(there, {**form_of(back), field: OTHER}).status_code == 302


def test_so_does_a_report(strict, post, other):
    one = post(writer=other)
    form = _stale(strict, reverse("comment-more", args=[one.pk]))
    back = strict.post(
        reverse("comment-report", args=[one.pk]), {**form, "reason": "other", "words": OTHER}
    )

    assert (back.status_code, words_back(back)) == (403, [OTHER])
    assert not Report.objects.exists()


def test_a_script_is_told_that_its_token_is_out_of_date(strict, story):
    told = strict.post(
        WRITE, {"story": story.pk, "text": GOOD}, headers={"Accept": "application/json"}
    )

    assert (told.status_code, told.json()["stale"]) == (403, True)


def test_what_another_site_sends_is_shown_to_nobody(strict, story):
    form = form_of(strict.get(WRITE, {"story": story.pk}))
    planted = strict.post(WRITE, {**form, "text": GOOD}, headers={"Origin": "https://evil.example"})

    assert planted.status_code == 403
    assert GOOD not in page_of(planted)
    assert not Comment.objects.exists()


def test_a_form_of_another_account_is_not_posted_by_this_one(client, story, writer, other):
    client.force_login(writer)
    form = form_of(client.get(WRITE, {"story": story.pk}))
    client.force_login(other)
    back = client.post(WRITE, {**form, "text": GOOD})

    assert (back.status_code, words_back(back)) == (409, [GOOD])
    assert "somebody else now" in page_of(back)
    assert not Comment.objects.exists()


# Gone, closed or too much meanwhile.


@pytest.mark.parametrize("how", ["deleted", "removed"])
def test_a_reply_to_what_has_gone_can_be_posted_by_itself(client, post, other, by, how):
    one = post()
    client.force_login(other)
    form = form_of(client.get(WRITE, {"answers": one.pk}))
    if how == "deleted":
        actions.delete_comment(comment=one, writer=one.writer, now=NOW)
    else:
        decisions.remove(comment=one, by=by, now=NOW)
    sent = {**form, "text": GOOD}
    told = client.post(WRITE, sent, headers={"Accept": "application/json"})
    back = client.post(WRITE, sent)

    assert (told.status_code, told.json()["parent_gone"]) == (409, True)
    assert "isn’t there any more" in told.json()["error"]
    assert (back.status_code, words_back(back)) == (409, [GOOD])
    assert "Post as a new comment" in page_of(back)
    assert "Wanda" not in page_of(back)
    assert client.post(WRITE, {**form_of(back), "text": GOOD}).status_code == 302
    assert Comment.objects.get(writer=other).parent is None


def test_what_was_never_published_is_not_told_of(client, post, other):
    held = post("THIS IS ALL WRONG AGAIN!", asks_person=True)
    client.force_login(other)

    assert client.get(WRITE, {"answers": held.pk}).status_code == 404
    assert client.post(WRITE, {"answers": held.pk, "text": GOOD}).status_code == 410


def test_a_thread_that_closes_while_one_writes_leaves_the_words_to_copy(client, story, writer, by):
    client.force_login(writer)
    form = form_of(client.get(WRITE, {"story": story.pk}))
    decisions.set_thread(story=story, state=Thread.State.CLOSED, by=by, now=NOW)
    back = client.post(WRITE, {**form, "text": GOOD})

    assert (back.status_code, words_back(back)) == (403, [GOOD])
    assert "are closed" in page_of(back)


def test_a_story_that_goes_while_one_writes_leaves_the_words_to_copy(client, story, writer):
    client.force_login(writer)
    form = form_of(client.get(WRITE, {"story": story.pk}))
    story.unpublish()
    back = client.post(WRITE, {**form, "text": GOOD})

    assert (back.status_code, words_back(back)) == (410, [GOOD])


def test_who_is_banned_while_they_write_has_their_words(client, story, writer, by):
    client.force_login(writer)
    form = form_of(client.get(WRITE, {"story": story.pk}))
    sanctions.ban(reader=writer, by=by, now=NOW)
    back = client.post(WRITE, {**form, "text": GOOD})

    assert (back.status_code, words_back(back)) == (403, [GOOD])


def test_too_many_at_once_keep_their_words(client, story, writer, monkeypatch):
    client.force_login(writer)
    monkeypatch.setattr("broadsheet.comments.views.writing.wait_for", lambda *_, **__: 90.0)
    back = client.post(WRITE, {"story": story.pk, "text": GOOD})

    assert (back.status_code, words_back(back)) == (429, [GOOD])
    assert "Wait 2 minutes" in page_of(back)
    assert back["Retry-After"] == "91"


@pytest.mark.parametrize("letter", ["x", "ё", "ಠ", "\N{CUNEIFORM SIGN A}"])
def test_what_is_too_long_comes_back_whole_and_is_told_by_how_much(client, story, writer, letter):
    client.force_login(writer)
    text = "\r\n" + letter * 24_998 + "\r\n"
    for act in ("", "ask"):
        back = client.post(WRITE, {"story": story.pk, "text": text, "act": act})

        assert back.status_code == 422
        assert words_back(back)[0] == "\n" + letter * 24_998 + "\n"
        assert "It is 20,000 characters too long: a comment may have 5,000." in page_of(back)
    preview = client.post(WRITE, {"story": story.pk, "text": text, "act": "preview"})
    assert words_back(preview) == [text]
    assert "20000 characters too long" in page_of(preview)
    assert "maxlength" not in page_of(preview)
    assert not Comment.objects.exists()


def test_what_is_told_to_the_desk_is_never_cut(client, post, writer, other, by):
    one = post()
    client.force_login(other)
    report = client.post(
        reverse("comment-report", args=[one.pk]), {"reason": "other", "words": "x" * 507}
    )
    assert (report.status_code, words_back(report)) == (422, ["x" * 507])
    assert "7 characters too long: it may have 500" in page_of(report)
    decisions.remove(comment=one, by=by, now=NOW)
    client.force_login(writer)
    appeal = client.post(reverse("comment-appeal", args=[one.pk]), {"words": "x" * 2_001})
    assert (appeal.status_code, words_back(appeal)) == (422, ["x" * 2_001])
    assert "1 character too long: it may have 2,000" in page_of(appeal)

    assert not Report.objects.exists()
    assert not Appeal.objects.exists()


def test_a_report_of_what_was_removed_meanwhile_leaves_its_words(client, post, other, by):
    one = post()
    client.force_login(other)
    decisions.remove(comment=one, by=by, now=NOW)
    gone = client.post(
        reverse("comment-report", args=[one.pk]), {"reason": "other", "words": OTHER}
    )

    assert (gone.status_code, words_back(gone)) == (410, [OTHER])
    assert "isn’t there any more" in page_of(gone)


def test_a_report_without_a_reason_keeps_its_words(client, post, other):
    one = post()
    client.force_login(other)
    back = client.post(reverse("comment-report", args=[one.pk]), {"words": OTHER})

    assert (back.status_code, words_back(back)) == (422, [OTHER])


def test_an_appeal_that_was_made_in_another_window_leaves_its_words(client, post, writer, by):
    one = post()
    decisions.remove(comment=one, by=by, now=NOW)
    actions.appeal(comment=one, writer=writer, words="First.", now=NOW)
    client.force_login(writer)
    back = client.post(reverse("comment-appeal", args=[one.pk]), {"words": OTHER})

    assert (back.status_code, words_back(back)) == (403, [OTHER])


@pytest.mark.parametrize("why", ["five minutes", "another window"])
def test_an_edit_that_comes_too_late_leaves_its_words(client, post, writer, why):
    one = post(GOOD, now=NOW + timedelta(minutes=59))
    client.force_login(writer)
    there = reverse("comment-edit", args=[one.pk])
    form = form_of(client.get(there))
    if why == "five minutes":
        Comment.objects.update(posted_at=NOW)
    else:
        actions.edit_comment(comment=one, writer=writer, text=OTHER, version=0, now=NOW)
    mine = "The council has answered both letters by now."
    back = client.post(there, {**form, "text": mine})

    assert back.status_code == 409
    assert words_back(back) == [mine]
    if why == "another window":
        assert OTHER in page_of(back)
        assert client.post(there, {**form_of(back), "text": mine}).status_code == 302
        assert Comment.objects.get().text == mine


# Sent again after an answer that got lost.


def test_the_words_sent_last_take_the_place_of_the_first(client, story, writer):
    client.force_login(writer)
    form = form_of(client.get(WRITE, {"story": story.pk}))
    client.post(WRITE, {**form, "text": GOOD})
    again = client.post(WRITE, {**form, "text": OTHER}, follow=True)

    assert Comment.objects.get().text == OTHER
    assert "It has been changed to what you sent now." in page_of(again)
    same = client.post(
        WRITE, {**form, "text": f" {OTHER}\r\n"}, headers={"Accept": "application/json"}
    )
    assert (same.status_code, same.json()["changed"]) == (201, "")
    assert Comment.objects.get().version == 1


def test_what_can_no_longer_be_changed_is_said_and_the_words_can_be_posted(post, writer, client):
    one = post(GOOD, key="k")
    client.force_login(writer)
    sent = {"story": one.thread_id, "key": "k", "text": OTHER}
    told = client.post(WRITE, sent, headers={"Accept": "application/json"})
    back = client.post(WRITE, sent)

    assert (told.status_code, told.json()["posted"]) == (409, one.get_absolute_url())
    assert (back.status_code, words_back(back)) == (409, [OTHER])
    assert "first version was posted already" in page_of(back)
    assert client.post(WRITE, {**form_of(back), "text": OTHER}).status_code == 302
    assert set(Comment.objects.values_list("text", flat=True)) == {GOOD, OTHER}


def test_a_form_sent_again_with_what_breaks_a_guideline_changes_nothing(post):
    post(GOOD, key="k")

    with pytest.raises(ReturnedError):
        post("THIS IS ALL WRONG AGAIN!", key="k")
    assert Comment.objects.get().text == GOOD


def test_what_was_returned_or_deleted_meanwhile_is_said(post, writer, by):
    one = post(GOOD, key="k")
    decisions.return_to_writer(comment=one, by=by, now=NOW)

    with pytest.raises(AlreadyPostedError, match="isn’t published"):
        post(OTHER, key="k")


def test_a_key_never_leads_to_another_place(post, section, writer):
    elsewhere = factories.story("Another", slug="another", section=section, published_at=NOW)
    one = post(GOOD, key="k")
    two = post(OTHER, key="k", story=elsewhere)
    three = post("A reply of its own, with the key of before.", key="k", parent=one)

    assert [two.thread_id, three.parent] == [elsewhere.pk, one]
    assert len({one.pk, two.pk, three.pk}) == 3


# What the desk returned.


def test_what_the_desk_returned_is_fixed_and_waits_for_a_person(
    client, post, writer, by, mailoutbox
):
    from broadsheet.comments import notices

    one = post(GOOD)
    decisions.return_to_writer(comment=one, by=by, now=NOW)
    notices.mail_due(now=NOW)
    there = reverse("comment-edit", args=[one.pk])
    assert there in mailoutbox[-1].body
    client.force_login(writer)
    assert f'href="{there}">Fix and post again' in page_of(client.get(reverse("you-comments")))
    with time_machine.travel(NOW + timedelta(days=3)):
        form = client.get(there)
        assert "It attacks a person." in page_of(form)
        assert "Post again" in page_of(form)
        sent = client.post(there, {**form_of(form), "text": OTHER}, follow=True)
    one.refresh_from_db()

    assert (one.standing, one.reason, one.text) == ("held", "fixed-after-return", OTHER)
    assert "The desk returned it to you before" in page_of(sent)
    decisions.approve(comment=one, by=by, now=NOW)
    one.refresh_from_db()
    assert one.is_published


def test_what_is_fixed_can_still_be_taken_to_a_person(client, post, writer, by):
    one = post(GOOD)
    decisions.return_to_writer(comment=one, by=by, now=NOW)
    client.force_login(writer)
    there = reverse("comment-edit", args=[one.pk])
    loud = {**form_of(client.get(there)), "text": "THIS IS ALL WRONG AGAIN!"}
    back = client.post(there, loud)
    assert back.status_code == 422
    assert "Ask a person to look" in page_of(back)
    client.post(there, {**loud, "act": "ask", "words": "It is a quotation."})

    one.refresh_from_db()
    assert (one.standing, one.reason) == ("held", "asked-for-person")
    assert Appeal.objects.get().words == "It is a quotation."


def test_what_is_appealed_is_not_fixed_meanwhile(client, post, writer, by):
    one = post(GOOD)
    decisions.return_to_writer(comment=one, by=by, now=NOW)
    actions.appeal(comment=one, writer=writer, words="", now=NOW)
    one.refresh_from_db()

    with pytest.raises(TooLateError, match="Wait for the answer"):
        actions.edit_comment(comment=one, writer=writer, text=OTHER, version=one.version, now=NOW)
    client.force_login(writer)
    assert "Fix and post again" not in page_of(client.get(reverse("you-comments")))


def test_a_word_less_than_what_was_returned_is_a_new_comment(post, by):
    said = (
        "The lazy council has never once answered a letter about the drains that run below the "
        "old streets of this whole town."
    )
    decisions.return_to_writer(comment=post(said), by=by, now=NOW)

    with pytest.raises(ReturnedError):
        post(said)
    assert post(said.replace("lazy ", "")).is_published


def test_a_sentence_may_be_said_again_elsewhere_and_later(post, section):
    said = "I agree with this completely and thank the writer for the figures."
    post(said)
    elsewhere = factories.story("Another", slug="another", section=section, published_at=NOW)

    with pytest.raises(ReturnedError, match="guideline"):
        post(said)
    assert post(said, story=elsewhere).is_published
    assert post(said, now=NOW + timedelta(hours=25)).is_published


# Buttons do what they say.


def test_buttons_are_labelled_for_what_they_do(client, story, post, writer):
    client.force_login(writer)

    def buttons(response):
        return re.findall(
            r"<button[^>]*>\s*([^<]+?)\s*</button>", page_of(response).partition("<main")[2]
        )

    assert "Up to 5,000 characters." in page_of(client.get(WRITE, {"story": story.pk}))
    assert buttons(client.get(WRITE, {"story": story.pk})) == ["Post", "Preview"]
    loud = {"story": story.pk, "text": "THIS IS ALL WRONG AGAIN!"}
    assert buttons(client.post(WRITE, loud)) == ["Post again", "Preview", "Ask a person to look"]
    mine = post(GOOD, now=NOW + timedelta(minutes=59))
    there = reverse("comment-edit", args=[mine.pk])
    assert buttons(client.get(there)) == ["Save changes", "Preview"]
    back = client.post(there, {"text": "THIS IS ALL WRONG AGAIN!", "version": 0})
    assert buttons(back) == ["Save changes", "Preview", "Ask a person to look"]
    preview = client.post(there, {"text": OTHER, "version": 0, "act": "preview"})
    assert f"<p>{OTHER}</p>" in page_of(preview)
    mine.refresh_from_db()
    assert mine.text == GOOD
