"""Comments and the desk's rules go along in the paper's export, and come back."""

import json
from datetime import timedelta
from importlib import import_module

import pytest

from broadsheet.comments import actions, decisions, parts, portable, portablerules
from broadsheet.comments.decision_log import By
from broadsheet.comments.models import (
    Comment,
    Decision,
    PaperRules,
    ReasonText,
    Report,
    SectionRules,
    Thread,
    Valuation,
    WordList,
)
from broadsheet.comments.signals import thread_changed
from broadsheet.demo import factories
from broadsheet.rules.guidelines.findings import Guideline
from broadsheet.rules.guidelines.policy import Lines, Policy
from tests.conftest import NOW
from tests.paper.archive.test_exporting import empty, export, restore, rows

LATER = NOW + timedelta(hours=1)
FILES = ["comment-threads", "comments", "comment-rules", "comment-reasons", "comment-word-lists"]
COUNTED = (
    "thread__story__slug", "number", "parent__number", "root__number", "depth", "place", "html",
    "is_shown", "children", "answers", "score",
)  # fmt: skip
OF_THREADS = ("story__slug", "state", "closes_at", "published", "held", "last_number")


@pytest.fixture
def talk(story, section, post, writer, other, by, moderator):
    """Threads with a comment of each standing, answers, a chain of gone ones, and the desk's word."""
    first = post("The ferry was late **again**, and nobody said why.")
    answer = post(parent=first, writer=other)
    gone = post(parent=answer)
    post(parent=gone, writer=other)
    alone = post(parent=first)
    post("THIS IS ALL WRONG AGAIN!", asks_person=True, words="I mean it.")
    removed = post(writer=other)
    actions.value_comment(
        comment=first, reader=other, kind=Valuation.Kind.THOUGHTFUL, valued=True, now=LATER
    )
    actions.report_comment(comment=answer, reader=writer, reason=Report.Reason.ABUSIVE, now=LATER)
    decisions.pick(comment=answer, by=by, now=LATER)
    decisions.remove(comment=removed, by=by, now=LATER)
    for one in (gone, alone):
        actions.delete_comment(comment=one, writer=writer, now=LATER)
    elsewhere = factories.story("Elsewhere", section=section, published_at=NOW)
    post(story=elsewhere, writer=moderator)
    decisions.set_thread(
        story=elsewhere, state=Thread.State.CLOSED, by=by, now=LATER, closes_at=LATER
    )
    Comment.objects.filter(pk=first.pk).update(network="203.0.113.0", key="k" * 43)
    return first


@pytest.fixture
def desk(section):
    policy = Policy().with_lines(Guideline.LINKS, Lines(holds_at=0.25))
    PaperRules.objects.update(policy=policy.as_json(), closes_after_days=9, guidelines="Be kind.")
    SectionRules.objects.create(section=section, comments_are="read-first", closes_after_days=4)
    ReasonText.objects.filter(order__gt=3).delete()
    ReasonText.objects.filter(order=1).update(words="In our own words.", is_offered=False)
    WordList.objects.create(title="Zoo", words="ape\n# a remark\nzebra*", weight="tell")
    WordList.objects.create(
        title="Ads", words="cheap watches", is_used=False, explanation="{words}"
    )


def without_desk():
    empty()
    PaperRules.objects.all().delete()
    WordList.objects.all().delete()
    Decision.objects.all().delete()
    ReasonText.objects.all().delete()
    # As a new paper has them.
    texts = import_module("broadsheet.comments.migrations.0003_reason_texts").TEXTS
    for order, (title, words) in enumerate(texts, start=1):
        ReasonText.objects.create(title=title, words=words, order=order)


def state():
    comments = Comment.objects.order_by(*COUNTED[:2]).values_list(*COUNTED)
    return list(comments), list(Thread.objects.order_by("story__slug").values_list(*OF_THREADS))


def test_comments_taken_out_and_in_are_the_same(talk, desk, tmp_path):
    before = export(tmp_path / "one.zip")
    without_desk()
    assert not Comment.objects.exists()

    report = restore(tmp_path / "one.zip")

    assert report.warnings() == []
    after = export(tmp_path / "two.zip")
    assert len(rows(before, "comments")) == 8
    for name in FILES:
        assert rows(before, name), name
        assert after[f"{name}.jsonl"] == before[f"{name}.jsonl"], name


@pytest.mark.parametrize("at_once", [1, 3, 500])
def test_what_is_counted_is_right_after_restoring(talk, tmp_path, at_once, monkeypatch):
    # Reports stay behind, so that they don't weigh on the score any more.
    Comment.objects.filter(reports=1).update(reports=0, score=0)
    before = state()
    assert {row[7] for row in before[0]} == {True, False}
    assert max(row[8] for row in before[0]) == 1
    assert max(row[9] for row in before[0]) == 3
    export(tmp_path / "one.zip")
    empty()
    monkeypatch.setattr(portable, "AT_ONCE", at_once)

    restore(tmp_path / "one.zip")

    assert state() == before
    latest = Comment.objects.published().latest("appeared_at")
    assert latest.thread.last_published_at == latest.appeared_at


def test_comment_comes_back_with_its_writers_name_and_without_an_account(talk, tmp_path):
    export(tmp_path / "one.zip")
    empty()
    restore(tmp_path / "one.zip")

    first = Comment.objects.get(thread__story__slug="a-headline", number=1)
    assert first.writer is None
    assert first.shown_name == "Wanda Writer"
    assert (first.thoughtful, first.network, first.key, first.reports) == (1, "", "", 0)
    assert "<strong>again</strong>" in first.html


def test_restored_thread_goes_on(talk, post, writer, tmp_path):
    export(tmp_path / "one.zip")
    empty()
    restore(tmp_path / "one.zip")
    first = Comment.objects.get(thread__story__slug="a-headline", number=1)

    new = post(story=first.thread.story, parent=first)

    first.refresh_from_db()
    assert (new.number, first.children, first.answers) == (8, 2, 4)


def test_nothing_private_goes_along(talk, writer, other, tmp_path):
    parts.erase(other, {"comments": "unnamed"}, LATER)

    entries = export(tmp_path / "one.zip")

    told = b"".join(entries[f"{name}.jsonl"] for name in FILES).decode()
    for private in ("@example.org", "203.0.113", "kkkk", "I mean it", "Otto"):
        assert private not in told
    assert "Wanda Writer" in told
    unnamed = [row for row in rows(entries, "comments") if row["name"] == ""]
    assert unnamed
    assert set(rows(entries, "comments")[0]) == {
        "story", "number", "parent", "name", "badge", "text", "standing", "reason", "findings",
        "screened_by", "posted_at", "edited_at", "appeared_at", "picked_at", "wants_look",
        "thoughtful", "well_sourced", "source", "source_id",
    }  # fmt: skip


def test_second_restoring_changes_nothing_and_tells_no_page(talk, desk, tmp_path):
    before = export(tmp_path / "one.zip")
    told = []
    threads = list(Thread.objects.order_by("pk").values())

    def listen(thread, **_):
        told.append(thread)

    thread_changed.connect(listen)
    try:
        report = restore(tmp_path / "one.zip")
    finally:
        thread_changed.disconnect(listen)

    assert report.warnings() == []
    assert export(tmp_path / "two.zip") == before
    assert list(Thread.objects.order_by("pk").values()) == threads
    assert told == []


def test_restoring_that_broke_off_is_mended_by_the_next(talk, tmp_path, monkeypatch):
    entries = export(tmp_path / "one.zip")
    empty()
    restore(tmp_path / "one.zip")
    before = state()
    given = rows(entries, "comments")
    Thread.objects.all().delete()
    monkeypatch.setattr(portable, "AT_ONCE", 2)

    def breaking():
        yield from given[:5]
        raise OSError("the disk is full")

    with pytest.raises(OSError, match="full"):
        portable.read_comments(breaking(), print)
    assert Thread.objects.get(story__slug="a-headline").published == 0

    restore(tmp_path / "one.zip")

    assert state() == before


def test_reports_and_desk_of_another_paper_stay_as_they_are(talk, desk, tmp_path):
    export(tmp_path / "one.zip")
    PaperRules.objects.update(closes_after_days=2)
    SectionRules.objects.update(closes_after_days=3)
    ReasonText.objects.filter(order=2).update(words="Meanwhile.")
    WordList.objects.filter(title="Zoo").update(words="gnu")
    Thread.objects.filter(state="closed").update(state="open")

    restore(tmp_path / "one.zip")

    assert PaperRules.objects.get().closes_after_days == 2
    assert SectionRules.objects.get().closes_after_days == 3
    assert ReasonText.objects.get(order=2).words == "Meanwhile."
    assert WordList.objects.get(title="Zoo").words == "gnu"
    assert Thread.objects.filter(state="open").exists()
    assert ReasonText.objects.count() == 3


def test_first_texts_stay_where_one_was_sent(talk, by, post):
    used = ReasonText.objects.earliest("order")
    decisions.remove(comment=post(), by=By(moderator=by.moderator, reason=used), now=LATER)

    portablerules.read_reasons([{"title": "Other", "words": "Words.", "order": 1}], print)

    assert ReasonText.objects.filter(pk=used.pk).exists()
    assert ReasonText.objects.filter(title="Other").exists()


# Rows that can't come in.


def row(story, /, **more):
    return {
        "story": story.url_path.removeprefix("/home"),
        "number": 1,
        "parent": None,
        "name": "Nobody",
        "text": "Some words.",
        "standing": "published",
        "posted_at": NOW.isoformat(),
        **more,
    }


def told_of(rows):
    told = []
    portable.read_comments(json.loads(json.dumps(rows)), told.append)
    return told


def test_whole_row_comes_in(story):
    assert told_of([row(story)]) == []
    assert Thread.objects.get().published == 1


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"story": "/never/was/"}, "not there"),
        ({"story": ["/a/"]}, "not there"),
        ({"number": 0}, "number"),
        ({"number": True}, "number"),
        ({"number": 36**5}, "number"),
        ({"number": "1"}, "number"),
        ({"text": ""}, "no words"),
        ({"text": "a\0b"}, "text"),
        ({"text": "a\ud800b"}, "surrogates"),
        ({"text": 5}, "text"),
        ({"name": "n" * 81}, "name"),
        ({"standing": "lost"}, "standing"),
        ({"standing": "held", "picked_at": NOW.isoformat()}, "picked"),
        ({"standing": "held", "wants_look": True}, "looked at"),
        ({"wants_look": "yes"}, "wants_look"),
        ({"badge": "king"}, "badge"),
        ({"posted_at": None}, "posted_at"),
        ({"posted_at": "2026-01-01T00:00:00"}, "offset"),
        ({"posted_at": "2026-13-01T00:00:00+00:00"}, "month"),
        ({"posted_at": "0001-01-01T00:00:00+14:00"}, "out of all time"),
        ({"thoughtful": -1}, "thoughtful"),
        ({"thoughtful": 2**40}, "thoughtful"),
        ({"source": "wordpress"}, "half said"),
        ({"findings": 3}, "can't be"),
        ({"findings": ["x"]}, "findings"),
        ({"findings": [{"guideline": "unheard-of", "strength": 1}]}, "Guideline"),
        ({"findings": [{"guideline": "links", "strength": float("nan")}]}, "strength"),
        ({"parent": 1}, "answers comment 1"),
        ({"parent": 7}, "answers comment 7"),
        ({"parent": "x"}, "parent"),
    ],
)
def test_comment_that_can_be_none_is_told_and_the_others_come_in(story, wrong, said):
    told = told_of([row(story, **wrong), row(story, number=2)])

    assert len(told) == 1
    assert said in told[0]
    assert list(Comment.objects.values_list("number", flat=True)) == [2]
    assert Thread.objects.get().published == 1


def test_section_has_no_thread(story, section):
    assert "not there" in told_of([row(story, story=section.url_path.removeprefix("/home"))])[0]


def test_number_that_another_comment_has_here_is_told_with_the_answers_to_it(story, post):
    mine = post()

    told = told_of([row(story, number=1), row(story, number=2, parent=1), row(story, number=3)])

    assert "is another one here" in told[0]
    assert "answers comment 1" in told[1]
    assert list(Comment.objects.order_by("number").values_list("number", "parent")) == [
        (1, None),
        (3, None),
    ]
    mine.refresh_from_db()
    assert mine.children == 0


def test_imported_comment_comes_in_once(story, section):
    elsewhere = factories.story("Elsewhere", section=section, published_at=NOW)
    given = {"source": "wordpress", "source_id": "7"}

    told = told_of([row(story, **given), row(elsewhere, **given), row(story, number=2)])

    assert len(told) == 1
    assert "from wordpress before" in told[0]
    assert Comment.objects.count() == 2


def test_thread_of_many_levels_comes_in(story):
    many = 60
    told_of([row(story, number=1), *(row(story, number=n, parent=n - 1) for n in range(2, many))])

    assert Comment.objects.get(number=1).answers == many - 2
    assert Comment.objects.get(number=many - 1).depth == many - 2


@pytest.mark.parametrize(
    ("read", "given", "said"),
    [
        (portable.read_threads, {"story": "/x/", "state": "open"}, "not there"),
        (portablerules.read_rules, {"section": "/x/"}, "not there"),
        (portablerules.read_rules, {"section": None, "closes_after_days": 0}, "closes_after"),
        (portablerules.read_rules, {"section": None, "passing_addresses": "x"}, "passing"),
        (portablerules.read_rules, {"section": None, "policy": {"lines": {"links": [7]}}}, "links"),
        (portablerules.read_rules, {"section": None, "policy": {"lines": {"links": ["0"]}}}, "'0'"),
        (portablerules.read_rules, {"section": None, "policy": [1]}, "can't be"),
        (portablerules.read_reasons, {"title": "x" * 81, "words": "w"}, "title"),
        (portablerules.read_reasons, {"title": "x", "words": "w", "is_offered": "so"}, "offered"),
        (portablerules.read_lists, {"title": "x", "words": "w", "weight": "heavy"}, "weight"),
        (portablerules.read_lists, {"title": None, "words": "w", "weight": "hold"}, "title"),
    ],
)
def test_rules_that_can_be_none_are_told(db, read, given, said):
    PaperRules.objects.all().delete()
    told = []

    read([given], told.append)

    assert said in " ".join(told)
    assert not PaperRules.objects.exists()
    assert not WordList.objects.exists()


@pytest.mark.parametrize(
    "wrong", [{"state": "ajar"}, {"closes_at": "soon"}, {"state": 1}, {"state": None}]
)
def test_thread_that_can_be_none_is_told(story, wrong):
    told = []
    place = story.url_path.removeprefix("/home")

    portable.read_threads(
        [{"story": place, "state": "open", "closes_at": None, **wrong}], told.append
    )

    assert len(told) == 1
    assert "can't be what it says" in told[0]
    assert not Thread.objects.exists()
