"""Every page of the moderators' desk: who may see it, and what stands on it."""

import pytest

from broadsheet.comments import actions, decisions, sanctions
from broadsheet.comments.models import Report, WordList
from broadsheet.demo import factories
from tests.conftest import NOW

PAGES = [
    "",
    "rows/",
    "log/",
    "load/",
    "guidelines/",
    "words/",
    "words/new/",
    "rules/",
    "help/",
    "{comment}/beside/",
    "writers/{writer}/",
    "threads/{story}/",
    "threads/{story}/thread.csv",
    "threads/{story}/thread.json",
]


@pytest.fixture
def full(post, other, by, held):
    """Make one of everything."""
    one = post()
    answer = post(parent=one)
    post(parent=answer)
    actions.report_comment(comment=one, reader=other, reason=Report.Reason.UNTRUE, now=NOW)
    sanctions.warn(reader=one.writer, by=by, now=NOW, comment=one)
    decisions.remove(comment=answer, by=by, now=NOW)
    WordList.objects.create(title="Rude", words="oaf")
    return answer


@pytest.mark.parametrize("page", PAGES)
def test_each_page_stands(page, full, desk, story):
    address = page.format(comment=full.pk, writer=full.writer_id, story=story.pk)

    assert desk.get(f"/desk/comments/{address}").status_code == 200


@pytest.mark.parametrize("role", ["Writers", "Circulation"])
@pytest.mark.parametrize("page", PAGES)
def test_nobody_else_sees_them(page, role, held, story, client):
    client.force_login(factories.staff("else@example.org", role=role))
    address = page.format(comment=held.pk, writer=held.writer_id, story=story.pk)

    answer = client.get(f"/desk/comments/{address}")

    assert answer.status_code == 302
    assert answer.headers["Location"] == "/desk/"


@pytest.mark.parametrize("queue", ["held", "new", "reported", "appeals", "told", "all", "nonsense"])
def test_each_queue_stands(queue, full, desk):
    assert desk.get("/desk/comments/", {"queue": queue}).status_code == 200


def test_a_moderator_reaches_it_from_the_menu_and_the_first_page(desk, held):
    page = desk.get("/desk/").text

    assert "/desk/comments/" in page
    assert "1 comment held" in page


def test_the_findings_words_are_marked_and_explained(desk, held):
    page = desk.get(f"/desk/comments/{held.pk}/beside/").text

    assert "<mark>THIS IS ALL WRONG AGAIN" in page
    assert held.findings[0]["explanation"] in page.replace("&#x27;", "'")
    assert "It is a quotation." in page


def test_what_a_comment_says_is_never_markup(desk, post):
    one = post("I say <script>alert(1)</script> to <b>you</b>, and that is all of it.")
    page = desk.get("/desk/comments/", {"queue": "all", "at": one.pk}).text

    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_reports_stand_beside_with_their_reasons(desk, full, post):
    one = full.parent
    page = desk.get(f"/desk/comments/{one.pk}/beside/?queue=reported").text

    assert "It states something untrue" in page
    assert "Otto Other" in page or "other@example.org" in page


def test_no_page_has_a_script_or_a_style_of_its_own(desk, full):
    from html.parser import HTMLParser

    class Inline(HTMLParser):
        found: list = []

        def handle_starttag(self, tag, attrs):
            given = dict(attrs)
            if tag == "script" and "src" not in given and given.get("type") != "application/json":
                self.found.append(tag)
            self.found += [name for name in given if name.startswith("on")]

    parser = Inline()
    parser.feed(desk.get("/desk/comments/").text)

    assert parser.found == []


def test_overlapping_findings_are_numbered_where_their_words_end(post):
    from broadsheet.comments.desk import context

    one = post("You are a fool and a liar.")
    one.findings = [
        {"guideline": "not-personal", "start": 0, "end": 14, "strength": 0.8, "explanation": ""},
        {"guideline": "not-abusive", "start": 10, "end": 14, "strength": 0.6, "explanation": ""},
        {"guideline": "not-abusive", "start": 21, "end": 99, "strength": 0.6, "explanation": ""},
        {"guideline": "length", "start": 0, "end": 0, "strength": 0.6, "explanation": ""},
    ]

    cut = [(mark.text, mark.is_found, mark.ends) for mark in context.marks(one)]

    assert cut == [
        ("You are a ", True, ""),
        ("fool", True, "1, 2"),
        (" and a ", False, ""),
        ("liar.", True, "3"),
    ]
