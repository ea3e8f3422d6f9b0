"""The log, the load, and threads as files."""

import csv
import io
import json
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from broadsheet.comments import actions, decisions, sanctions
from broadsheet.comments.decision_log import By
from broadsheet.comments.desk import exports, records
from broadsheet.comments.models import Comment, Decision, Thread
from broadsheet.demo import factories
from tests.conftest import NOW


@pytest.fixture
def log(post, moderator, second):
    """Make four acts of two moderators on three days."""
    one, two = post(), post()
    decisions.pick(comment=one, by=By(moderator), now=NOW)
    decisions.remove(comment=two, by=By(second, words="Rude."), now=NOW + timedelta(days=1))
    sanctions.warn(reader=one.writer, by=By(moderator, words="Mind."), now=NOW + timedelta(days=2))
    decisions.undo(
        decision=Decision.objects.get(act="remove"), by=By(second), now=NOW + timedelta(days=2)
    )
    return one, two


def shown(desk, **asked):
    page = desk.get("/desk/comments/log/", asked)
    return [row.act for row in page.context["rows"]]


def test_the_log_has_every_act_latest_first(desk, log):
    assert shown(desk) == ["undo", "warn", "remove", "pick"]


def test_the_log_is_narrowed(desk, log, moderator, second):
    one, two = log

    assert shown(desk, moderator=moderator.pk) == ["warn", "pick"]
    assert shown(desk, act="remove") == ["remove"]
    assert shown(desk, comment=two.pk) == ["undo", "remove"]
    assert shown(desk, reader=one.writer_id) == ["undo", "warn", "remove", "pick"]
    assert shown(desk, since=(NOW + timedelta(days=2)).date()) == ["undo", "warn"]
    assert shown(desk, until=NOW.date()) == ["pick"]
    assert shown(desk, act="nonsense", since="nonsense") == ["undo", "warn", "remove", "pick"]


NONSENSE = [
    {"reader": "9" * 25},
    {"comment": "9" * 25},
    {"moderator": "9" * 25},
    {"until": "9999-12-31"},
    {"since": "0001-01-01"},
]


@pytest.mark.parametrize("asked", NONSENSE)
def test_what_nobody_can_be_or_no_day_is_narrows_nothing(desk, log, asked):
    assert shown(desk, **asked) == ["undo", "warn", "remove", "pick"]


def test_a_thread_closes_on_a_day_that_a_newspaper_can_have(desk, story):
    sent = {"state": "", "closes_at": "9999-12-31T23:59"}

    assert desk.post(f"/desk/comments/threads/{story.pk}/", sent).status_code == 422


def test_pages_of_the_log_meet(desk, log, monkeypatch):
    monkeypatch.setattr(records, "AT_ONCE", 3)
    first = desk.get("/desk/comments/log/")

    assert shown(desk, after=first.context["after"]) == ["pick"]


def test_what_was_undone_says_so_and_is_not_offered_again(desk, log):
    page = desk.get("/desk/comments/log/", {"act": "remove"}).text

    assert ">undone<" in page
    assert "/desk/comments/undo/" not in page


def test_undoing_from_the_log_comes_back_to_it(desk, log):
    pick = Decision.objects.get(act="pick")
    answer = desk.post(f"/desk/comments/undo/{pick.pk}/", {"from": "log"})

    assert answer.headers["Location"] == "/desk/comments/log/"
    assert not Comment.objects.exclude(picked_at=None).exists()


def test_the_load_tells_who_did_how_much_and_what_others_changed(desk, post, writer, by, second):
    now = timezone.now()
    one, two = post(), post()
    decisions.remove(comment=one, by=by, now=now)
    decisions.remove(comment=two, by=by, now=now - timedelta(days=3))
    one.refresh_from_db()
    appeal = actions.appeal(comment=one, writer=writer, words="No.", now=now)
    decisions.decide_appeal(appeal=appeal, won=True, by=By(second), now=now)
    rows = {row["moderator_name"]: row for row in desk.get("/desk/comments/load/").context["rows"]}

    first = rows["Mo Derator"]
    assert (first["day"], first["week"], first["removed"], first["overturned"]) == (1, 2, 2, 1)
    assert (rows["Sec Ond"]["appeals"], rows["Sec Ond"]["overturned"]) == (1, 0)


# Threads.


def test_a_thread_is_set_and_its_end_is_on_the_papers_clock(desk, story):
    sent = {"state": "read-first", "closes_at": "2026-12-01T18:30", "note": "Quarrel."}
    desk.post(f"/desk/comments/threads/{story.pk}/", sent)

    thread = Thread.objects.get()
    assert thread.state == "read-first"
    # Kolkata's half past six.
    assert thread.closes_at == datetime(2026, 12, 1, 13, 0, tzinfo=UTC)
    assert Decision.objects.get().note == "Quarrel."


def test_a_day_that_is_none_sets_nothing(desk, story):
    answer = desk.post(f"/desk/comments/threads/{story.pk}/", {"closes_at": "soon"})

    assert answer.status_code == 422
    assert not Thread.objects.exists()


FORMULAS = ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", "＝1+1"]


@pytest.mark.parametrize("cell", FORMULAS)
def test_no_cell_is_a_formula(cell):
    assert exports.guarded(cell) == f"'{cell}"


@pytest.mark.parametrize("cell", ["x=1", "", 7, None, "'=1"])
def test_other_cells_stay_as_they_are(cell):
    assert exports.guarded(cell) == cell


def whole(answer):
    return b"".join(answer.streaming_content).decode()


def test_a_thread_as_a_sheet_holds_no_formula(desk, post, story, by):
    evil = factories.reader("evil@example.org", name="=HYPERLINK(1)")
    post("=cmd|' /C calc'!A0 is what I say about the drains.", writer=evil)
    one = post('He said "no", then\n\n- nothing.')
    post("Quite so, I would say, and more than once.", parent=one)
    decisions.remove(comment=one, by=by, now=NOW)
    answer = desk.get(f"/desk/comments/threads/{story.pk}/thread.csv")
    text = whole(answer)
    rows = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))

    assert "attachment" in answer.headers["Content-Disposition"]
    assert [row["number"] for row in rows] == ["1", "2", "3"]
    assert rows[0]["writer"] == "'=HYPERLINK(1)"
    assert rows[0]["text"].startswith("'=cmd|")
    assert rows[1]["text"] == 'He said "no", then\n\n- nothing.'
    assert (rows[1]["standing"], rows[2]["answers"]) == ("removed", "2")
    assert "@example.org" not in text


def test_a_thread_as_json_is_as_it_was_written(desk, post, story):
    post("=1 is not a formula here, I would say.")
    post()
    kept = json.loads(whole(desk.get(f"/desk/comments/threads/{story.pk}/thread.json")))

    assert kept["headline"] == story.title
    assert [one["number"] for one in kept["comments"]] == [1, 2]
    assert kept["comments"][0]["text"].startswith("=1 is")


def test_an_empty_thread_is_a_file_too(desk, story):
    assert (
        json.loads(whole(desk.get(f"/desk/comments/threads/{story.pk}/thread.json")))["comments"]
        == []
    )
