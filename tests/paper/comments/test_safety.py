"""What a browser or a mail program could run or be fooled by, and what two hands at once do."""

import re
import threading
from contextlib import suppress
from datetime import timedelta
from html import unescape
from html.parser import HTMLParser

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from django.urls import reverse

from broadsheet.comments import (
    actions,
    decisions,
    follows,
    looking,
    markup,
    notices,
    parts,
    sanctions,
)
from broadsheet.comments.decision_log import By
from broadsheet.comments.looking import (
    BadNameError,
    ReturnedError,
    SanctionedError,
    TooLateError,
)
from broadsheet.comments.models import (
    Comment,
    Follow,
    Notice,
    PaperRules,
    Report,
    Thread,
    Valuation,
)
from broadsheet.demo import factories
from broadsheet.readers.actions import erase
from broadsheet.readers.models import Reader
from tests.conftest import NOW
from tests.paper.comments.conftest import GOOD

VECTORS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)>",
    '"><iframe src=//evil.example>',
    "[press](javascript:alert(1))",
    "javascript:alert(1)",
    "![x](https://evil.example/x.png)",
    "<https://evil.example>",
    "data:text/html,<script>alert(1)</script>",
    'https://evil.example/"onmouseover="alert(1)',
    "https://evil.example/'><script>alert(1)</script>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "&#60;script&#62;",
    "<a href='java\tscript:alert(1)'>x</a>",
    "<style>*{display:none}</style>",
    "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=x onerror=1&gt;'>",
    "> <b onclick=alert(1)>quoted</b>",
    "*<b>emphasis</b>*",
    "vbscript:msgbox(1) mailto:x@evil.example ftp://evil.example //evil.example/x",
    "</div></li></ol><form action=//evil.example><input name=x>",
    "\\<script\\>",
]


def words_in(response) -> str:
    """Return what stands in the field for a comment."""
    page = response.content.decode()
    return unescape(
        page.partition('name="text"')[2].partition(">\n")[2].partition("</textarea>")[0]
    )


class Tags(HTMLParser):
    """Collects what a browser would see."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.seen: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.seen.append((tag, dict(attrs)))


@pytest.mark.parametrize("vector", VECTORS)
def test_nothing_runs(vector):
    for tag, attributes in Tags(markup.render(f"Before.\n\n{vector}\n\nAfter {vector}")).seen:
        assert tag in markup.TAGS
        assert set(attributes) <= ({"href", "rel"} if tag == "a" else set())
        if tag == "a":
            assert re.match(r"https?://", attributes["href"] or "")
            assert attributes["rel"] == markup.REL


@pytest.mark.parametrize("vector", VECTORS)
def test_no_name_headline_or_text_breaks_a_page(client, section, vector):
    PaperRules.objects.update(read_first_comments=0)
    story = factories.story(f"A {vector}"[:200], section=section, slug="vectors", published_at=NOW)
    writer = factories.reader("v@example.org", name="Vera")
    # Past the form, as an import could bring it in.
    Reader.objects.filter(pk=writer.pk).update(name=vector[:80])
    Thread.objects.create(pk=story.pk, published=1)
    one = Comment.objects.create(
        thread_id=story.pk, number=1, writer=writer, text=vector, html=markup.render(vector),
        standing="published", is_shown=True, posted_at=NOW, place="00001",
    )  # fmt: skip
    Comment.objects.create(
        thread_id=story.pk, number=2, name=vector[:80], text=vector, html=markup.render(vector),
        standing="published", is_shown=True, posted_at=NOW, place="00002", parent=one, root=one,
        depth=1,
    )  # fmt: skip
    client.force_login(writer)
    for there in (
        f"{story.url}comments/",
        reverse("comment-more", args=[one.pk]),
        "/you/comments/",
    ):
        page = client.get(there).content.decode()
        tags = Tags(page).seen
        assert not [tag for tag, _ in tags if tag in {"iframe", "svg", "math", "style", "b" * 9}]
        assert not [name for _, facts in tags for name in facts if name.startswith("on")]
        scripts = [facts for tag, facts in tags if tag == "script"]
        assert all((facts.get("src") or "/static/").startswith("/static/") for facts in scripts)
        assert "<script>alert" not in page


@pytest.mark.parametrize("text", [">" * 30_000 + "x", "*a" * 20_000, "> " * 9_000, "www." * 9_000])
def test_markup_of_any_depth_is_rendered_without_recursion(text):
    assert markup.render(text[: looking.FLOOD])


def test_a_body_of_a_megabyte_comes_back(client, story, writer):
    client.force_login(writer)
    back = client.post(reverse("comment-write"), {"story": story.pk, "text": "word " * 210_000})

    assert back.status_code == 422
    assert words_in(back) == "word " * 210_000
    # Once in the form, not a second time beside it.
    assert len(back.content) < 1_100_000
    assert not Comment.objects.exists()


@pytest.mark.parametrize("asks_person", [True, False])
def test_a_flood_comes_back_before_it_is_cleaned_or_measured(
    story, writer, monkeypatch, asks_person
):
    looked_at = []

    def look_at(text):
        looked_at.append(text)
        return text

    monkeypatch.setattr("broadsheet.comments.looking.threads.clean", look_at)
    monkeypatch.setattr("broadsheet.comments.looking.screening.screen", look_at)
    with pytest.raises(ReturnedError, match="guideline") as returned:
        actions.post_comment(
            story=story, writer=writer, text="x" * 10**6, asks_person=asks_person, now=NOW
        )

    assert looked_at == [""]  # what a writer tells the desk
    assert returned.value.text == "x" * 10**6
    assert not Comment.objects.exists()


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_a_form_sent_twice_at_once_posts_once(story, writer):
    story = looking.story_for_posting(story.pk)
    start, found = threading.Barrier(4), []

    def send():
        try:
            start.wait()
            posted = actions.post_comment(story=story, writer=writer, text=GOOD, key="k", now=NOW)
            found.append(posted.comment.pk)
        finally:
            connection.close()

    threads = [threading.Thread(target=send) for _ in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()

    assert len(found) == 4
    assert len(set(found)) == 1
    assert Comment.objects.count() == 1
    thread = Thread.objects.get()
    assert (thread.published, thread.last_number) == (1, 1)


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_the_same_words_in_two_forms_at_once_are_posted_once(story, writer):
    story = looking.story_for_posting(story.pk)
    start, found = threading.Barrier(4), []

    def send(key):
        try:
            start.wait()
            actions.post_comment(story=story, writer=writer, text=GOOD, key=key, now=NOW)
            found.append("published")
        except ReturnedError:
            found.append("returned")
        finally:
            connection.close()

    threads = [threading.Thread(target=send, args=[key]) for key in ("a", "b", "", "")]
    for one in threads:
        one.start()
    for one in threads:
        one.join()

    assert sorted(found) == ["published", "returned", "returned", "returned"]
    assert Comment.objects.count() == Thread.objects.get().last_number == 1


@pytest.mark.parametrize(("said", "times"), [(GOOD, 1), ("The drains answered me once.", 2)])
def test_what_is_posted_while_another_is_looked_at_counts(said, times, post, monkeypatch):
    def slow(**facts):
        monkeypatch.setattr("broadsheet.comments.posting.look", looking.look)
        looked = looking.look(**facts)
        post(said)
        return looked

    monkeypatch.setattr("broadsheet.comments.posting.look", slow)
    with suppress(ReturnedError):
        post(GOOD)

    assert Comment.objects.count() == times


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_many_at_once_are_all_counted_and_numbered(story, writer, other):
    story = looking.story_for_posting(story.pk)
    root = actions.post_comment(story=story, writer=writer, text=GOOD, now=NOW).comment

    def send(number):
        try:
            text = f"The number {number} is what {number * 7} things come to, as I see it."
            actions.post_comment(story=story, writer=other, text=text, parent=root, now=NOW)
        finally:
            connection.close()

    threads = [threading.Thread(target=send, args=[number]) for number in range(8)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()

    root.refresh_from_db()
    assert (root.children, root.answers) == (8, 8)
    assert sorted(Comment.objects.values_list("number", flat=True)) == list(range(1, 10))
    assert Thread.objects.get().published == 9


def test_of_two_changes_at_once_the_second_is_told(post, writer):
    one = post(GOOD)
    now = one.posted_at + timedelta(minutes=1)
    first = {"comment": one, "writer": writer, "version": one.version, "now": now}
    actions.edit_comment(text="It answered one letter.", **first)

    with pytest.raises(TooLateError):
        actions.edit_comment(text="It answered two letters.", **first)


def test_what_was_deleted_or_decided_meanwhile_is_not_changed(post, writer, by):
    deleted, removed = post(), post()
    now = removed.posted_at + timedelta(minutes=1)
    actions.delete_comment(comment=deleted, writer=writer, now=now)
    decisions.remove(comment=removed, by=by, now=now)

    for one in (deleted, removed):
        with pytest.raises(TooLateError):
            actions.edit_comment(
                comment=one, writer=writer, text=GOOD, version=one.version, now=now
            )
    with pytest.raises(TooLateError):
        decisions.approve(comment=deleted, by=by, now=now)
    with pytest.raises(TooLateError):
        actions.delete_comment(comment=deleted, writer=writer, now=now)


def test_a_change_is_looked_at_like_a_new_comment(post, writer):
    one = post(GOOD)
    now = one.posted_at + timedelta(minutes=1)
    with pytest.raises(ReturnedError):
        actions.edit_comment(
            comment=one, writer=writer, text="THIS IS ALL WRONG AGAIN!", version=0, now=now
        )
    one.refresh_from_db()

    assert (one.text, one.standing) == (GOOD, "published")


def test_what_is_held_stays_held_when_its_writer_mends_it(post, writer):
    held = post("THIS IS ALL WRONG AGAIN!", asks_person=True)
    now = held.posted_at + timedelta(minutes=1)
    actions.edit_comment(comment=held, writer=writer, text=GOOD, version=0, now=now)
    held.refresh_from_db()

    assert (held.standing, held.text) == ("held", GOOD)


def test_who_may_not_write_may_not_change_either(post, writer, by):
    one = post(GOOD)
    sanctions.ban(reader=writer, by=by, now=NOW)

    with pytest.raises(SanctionedError):
        actions.edit_comment(
            comment=one, writer=writer, text="Now another text.", version=0, now=one.posted_at
        )


ACTS = [
    "comment-edit", "comment-delete", "comment-value", "comment-report", "comment-mute",
    "comment-appeal",
]  # fmt: skip


@pytest.mark.parametrize("name", ACTS)
def test_no_other_site_acts_for_a_reader(post, writer, name):
    one = post()
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(writer)

    assert strict.post(reverse(name, args=[one.pk]), {"text": GOOD}).status_code == 403
    assert strict.post(reverse("comment-write"), {"story": one.thread_id}).status_code == 403
    assert strict.post(reverse("comment-follow"), {"story": one.thread_id}).status_code == 403


@pytest.mark.parametrize("name", [*ACTS, "comment-more"])
def test_visitors_are_sent_to_the_entrance(client, post, name):
    there = reverse(name, args=[post().pk])
    answer = client.post(there)

    assert answer.status_code in {302, 405}
    assert client.get(there).status_code in {302, 405}


def test_nothing_is_done_by_following_a_link(client, post, other):
    one = post()
    client.force_login(other)
    for name in ACTS:
        client.get(reverse(name, args=[one.pk]), {"kind": "thoughtful", "valued": "yes"})
    one.refresh_from_db()

    assert (one.standing, one.thoughtful, one.reports) == ("published", 0, 0)


def test_no_headline_or_name_makes_a_header_line(section, writer, other, by):
    story = factories.story(
        "Ferries\r\nBcc: all@evil.example", section=section, slug="f", published_at=NOW
    )
    actions.follow(reader=other, story=story, now=NOW)
    Reader.objects.filter(pk=writer.pk).update(name="Wanda\r\nBcc: x@evil.example")
    writer.refresh_from_db()
    one = actions.post_comment(
        story=story, writer=writer, text=GOOD, now=NOW + timedelta(seconds=1)
    ).comment
    later = NOW + timedelta(minutes=5)
    decisions.remove(
        comment=one, by=By(by.moderator, words="Why\r\nBcc: y@evil.example"), now=later
    )
    decisions.approve(comment=one, by=by, now=later)
    notices.mail_due(now=NOW + timedelta(hours=1))
    follows.mail_due(now=NOW + timedelta(hours=1))

    assert len(mail.outbox) == 3
    for letter in mail.outbox:
        told = letter.message()
        assert "Bcc" not in told
        assert "\n" not in letter.subject
        assert told["Auto-Submitted"] == "auto-generated"
        assert letter.to in (["writer@example.org"], ["other@example.org"])


def test_a_follow_is_mailed_once_with_a_way_out(post, story, other, writer, settings):
    mine = actions.follow(reader=other, story=story, now=NOW)
    post(GOOD)
    post("This one is the follower's own.", writer=other)
    later = NOW + timedelta(hours=1)

    assert follows.mail_due(now=later) == 1
    assert follows.mail_due(now=later + timedelta(hours=1)) == 0
    (letter,) = mail.outbox
    assert GOOD in letter.body
    assert "follower's own" not in letter.body
    # As it goes out: the address in one piece (RFC 2369), with what makes it one click (RFC 8058).
    lines = letter.message().as_string().splitlines()
    ends = reverse("comment-unfollow", args=[mine.token])
    assert f"List-Unsubscribe: <{settings.PAPER_ADDRESS}{ends}>" in lines
    assert "List-Unsubscribe-Post: List-Unsubscribe=One-Click" in lines
    assert max(map(len, lines)) <= 998


def test_a_notice_that_cannot_be_sent_is_sent_later(post, by, settings, monkeypatch):
    decisions.remove(comment=post(), by=by, now=NOW)
    from broadsheet.readers import mails

    def refuse(*args, **more):
        raise mails.NotSent

    with monkeypatch.context() as patched:
        patched.setattr("broadsheet.comments.notices.mails.send", refuse)
        assert notices.mail_due(now=NOW) == 0
    assert notices.mail_due(now=NOW) == 1
    assert notices.mail_due(now=NOW) == 0
    assert Notice.objects.get().mailed_at == NOW


def test_who_took_the_name_of_somebody_of_the_paper_is_asked_to_change_it(post, writer):
    factories.author("Wanda Writer")

    with pytest.raises(BadNameError, match="own page"):
        post()


@pytest.mark.parametrize(("choice", "text"), [("unnamed", GOOD), ("gone", "")])
def test_erasing_an_account_parts_comments_from_their_writer(
    post, writer, other, by, client, choice, text
):
    one = post(GOOD)
    post("An answer of somebody else.", parent=one, writer=other)
    mine = post("It is so.", parent=one)
    actions.value_comment(
        comment=Comment.objects.get(number=2),
        reader=writer,
        kind=Valuation.Kind.THOUGHTFUL,
        valued=True,
        now=NOW,
    )
    decisions.remove(comment=mine, by=by, now=NOW)
    erasure = erase(reader=writer, choices={"comments": choice}, now=NOW)

    one.refresh_from_db()
    mine.refresh_from_db()
    assert (one.writer, one.text, mine.text) == (None, text, "")
    assert erasure.counts["comments"] == 2
    assert Comment.objects.get(number=2).thoughtful == 0
    page = client.get(f"{one.thread.story.url}comments/").content.decode()
    assert "Wanda" not in page
    assert (GOOD in page) is bool(text)


@pytest.mark.parametrize("choice", ["unnamed", "gone"])
def test_erasing_an_account_takes_the_words_of_its_reports(post, other, choice):
    report = actions.report_comment(
        comment=post(), reader=other, reason=Report.Reason.PERSONAL, words="Me, Otto!", now=NOW
    )
    erase(reader=other, choices={"comments": choice}, now=NOW)

    report.refresh_from_db()
    assert (report.reader, report.words, report.reason) == (None, "", "personal")


def test_the_export_has_every_comment_and_what_was_told(post, writer, by):
    one = post(GOOD)
    decisions.remove(comment=one, by=by, now=NOW)
    sheets = {sheet.name: list(sheet.rows) for sheet in parts.export(writer)}

    assert sheets["comments"][0]["text"] == GOOD
    assert sheets["comment-notices"][0]["words"] == "It attacks a person."


def test_tokens_of_follows_are_long_and_each_another(story, other, writer):
    for reader in (other, writer):
        actions.follow(reader=reader, story=story, now=NOW)
    tokens = set(Follow.objects.values_list("token", flat=True))

    assert len(tokens) == 2
    assert min(map(len, tokens)) == 43
