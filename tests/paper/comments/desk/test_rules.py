"""The paper's rules at the desk: trying a policy, switching it on, word lists, threads, trust."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from broadsheet.comments import decisions, rulebook, screening
from broadsheet.comments.decision_log import By, DecisionError
from broadsheet.comments.desk import alike, replay, rules
from broadsheet.comments.models import (
    Decision,
    PaperRules,
    ReasonText,
    SectionRules,
    WordList,
)
from broadsheet.demo import factories
from broadsheet.rules.guidelines.findings import Guideline, Measured
from broadsheet.rules.guidelines.judging import Verdict
from broadsheet.rules.guidelines.policy import Lines, Policy
from tests.conftest import NOW

LOUD = "THIS IS ALL WRONG AND HAS ALWAYS BEEN!"


def sent(policy=None, **changed):
    """Return what the form of the guidelines sends."""
    form = rules.PolicyForm(policy or Policy())
    values = {name: form[name].value() for name in form.fields}
    return {name: "" if value is None else value for name, value in (values | changed).items()}


@pytest.fixture
def editors_desk(client):
    client.force_login(factories.staff("chief@example.org", role="Editors"))
    return client


# The policy.


def test_the_form_holds_the_policy_that_holds(db):
    form = rules.PolicyForm(Policy(), sent())

    assert form.is_valid(), form.errors
    assert form.policy(Policy()) == Policy()


def test_trying_changes_nothing(desk, post):
    post(LOUD, asks_person=True)
    answer = desk.post(
        "/desk/comments/guidelines/", {**sent(**{"shouting-returns_at": ""}), "do": "try"}
    )

    assert answer.status_code == 200
    assert "1 would be judged otherwise" in " ".join(answer.text.split())
    assert PaperRules.objects.get().policy == {}


def test_an_editor_switches_a_policy_on_and_the_log_has_it(editors_desk, post):
    data = {**sent(**{"shouting-returns_at": "", "longest": 900}), "do": "switch-on"}
    editors_desk.post("/desk/comments/guidelines/", data)

    assert rulebook.load().policy.of(Guideline.SHOUTING).off
    assert rulebook.load().policy.longest == 900
    assert post(LOUD).standing == "published"
    logged = Decision.objects.get()
    assert (logged.act, logged.after["longest"]) == ("set-rules", 900)


def test_a_moderator_may_try_but_not_switch_on(desk):
    answer = desk.post("/desk/comments/guidelines/", {**sent(), "do": "switch-on"})

    assert answer.status_code == 302
    assert answer.headers["Location"] == "/desk/"
    assert not Decision.objects.exists()


@pytest.mark.parametrize(
    "changed",
    [
        {"links-returns_at": "101"},
        {"links-returns_at": "-1"},
        {"links-returns_at": "many"},
        {"links-returns_at": "40", "links-holds_at": "60"},
        {"longest": "0"},
        {"longest": ""},
    ],
)
def test_a_policy_that_makes_no_sense_is_not_switched_on(changed, editors_desk):
    answer = editors_desk.post("/desk/comments/guidelines/", {**sent(**changed), "do": "switch-on"})

    assert answer.status_code == 422
    assert PaperRules.objects.get().policy == {}


def test_a_change_of_rules_is_not_undone_by_a_key(editors_desk, moderator):
    editors_desk.post("/desk/comments/guidelines/", {**sent(longest=900), "do": "switch-on"})

    with pytest.raises(DecisionError, match="where they are set"):
        decisions.undo(decision=Decision.objects.get(), by=By(moderator), now=NOW)


# Trying on past comments.


def off(guideline: Guideline) -> Policy:
    return Policy().with_lines(guideline, Lines())


def test_what_would_be_judged_otherwise_is_counted_and_shown(post):
    loud = post(LOUD, asks_person=True)
    post()
    found = replay.run(Policy(), off(Guideline.SHOUTING))

    assert (found.looked_at, found.changed, found.is_whole) == (2, 1, True)
    assert list(replay.changes(found)) == [("returned", "published", 1)]
    assert [(one.comment, one.after) for one in found.examples] == [(loud, Verdict.PUBLISHED)]


def test_it_says_how_well_moderators_agree_with_both(post, by, moderator):
    kept, taken = post(LOUD, asks_person=True), post(f"{LOUD} AGAIN!", asks_person=True)
    decisions.approve(comment=kept, by=By(moderator), now=NOW)
    decisions.remove(comment=taken, by=by, now=NOW)
    found = replay.run(Policy(), off(Guideline.SHOUTING))

    shouting = found.guidelines[Guideline.SHOUTING]
    assert (shouting.before, shouting.after, shouting.of) == (1, 1, 2)
    assert found.overall.of == 2


def test_a_writers_own_earlier_words_count_as_they_did(post):
    same = "The council has never once answered a letter about the drains of this street."
    post(same)
    post(same, asks_person=True)
    found = replay.run(Policy(), off(Guideline.REPETITION))

    assert list(replay.changes(found)) == [("returned", "published", 1)]


class Stern:
    """A detector that finds everything a little abusive."""

    version = "stern 1"
    seen: list

    def __init__(self):
        self.seen = []

    def measure(self, written):
        self.seen.append(written)
        return Measured(english=1.0, full_sentences=1.0, abusive=0.5, personal=0.0)


def test_the_detector_measures_anew_with_the_storys_words(post):
    parent = post()
    post(parent=parent)
    stern = Stern()
    screening.install(lambda: stern)
    found = replay.run(Policy(), Policy())

    assert (found.is_screened, found.looked_at) == (True, 2)
    assert all("The first sentence of it." in written.story for written in stern.seen)
    assert [written.parent for written in stern.seen] == [parent.text, ""]


def test_it_ends_when_it_takes_too_long_and_says_so(post, desk):
    post()
    found = replay.run(Policy(), Policy(), seconds=-1)

    assert (found.looked_at, found.is_whole) == (0, False)


# Earlier decisions.


def test_alike_comments_that_were_decided_on_are_found(post, by, other):
    words = "My cousin sells waterproof barriers cheaper than anybody in the harbour, call us today"
    decided = post(f"{words}.")
    decisions.remove(comment=decided, by=by, now=NOW)
    another = post(f"{words}, my friends.", writer=other)

    [one] = alike.to(another)
    assert (one.comment, one.decision.act) == (decided, "remove")
    assert "of the words" in one.why


def test_so_are_decisions_on_the_same_finding(post, by):
    loud = post("EVERYBODY KNOWS THIS VERY WELL INDEED!", asks_person=True)
    decisions.return_to_writer(comment=loud, by=by, now=NOW)
    other_loud = post("NOBODY LISTENS TO FISHERMEN ANY MORE!", asks_person=True)

    assert [(one.comment, one.why) for one in alike.to(other_loud)] == [(loud, "shouting")]


def test_what_was_undone_is_no_example(post, by, other):
    words = "My cousin sells waterproof barriers cheaper than anybody in the harbour"
    one = post(f"{words}.")
    decisions.undo(decision=decisions.remove(comment=one, by=by, now=NOW), by=by, now=NOW)

    assert alike.to(post(f"{words}, my friends.", writer=other)) == []


# Word lists.


@pytest.fixture
def words(db):
    return WordList.objects.create(title="Rude", words="oaf", weight="return")


def imported(desk, words, **given):
    return desk.post(f"/desk/comments/words/{words.pk}/import/", given)


def test_pasted_words_are_added_once_and_bad_lines_are_complaints(desk, words):
    page = imported(desk, words, pasted="numbskull\nOAF\n!!!\na*\nhalf wit").text

    assert rulebook.words_of(WordList.objects.get().words) == {"oaf", "numbskull", "half wit"}
    assert "5 read, 2 added, 1 already there, 2 refused" in page
    assert "<td>3</td>" in page
    assert "no letters or digits" in page


def test_a_file_is_read_whatever_its_letters(desk, words, post):
    file = SimpleUploadedFile(
        "words.csv", "word,weight\nnumbskull,3\nna\xefve,1\n".encode("latin-1")
    )
    page = imported(desk, words, file=file).text

    assert "2 read, 1 added, 0 already there, 1 refused" in page
    assert "UTF-8" in page
    held = post("You are a numbskull, and I say so.", asks_person=True)
    assert held.findings[0]["guideline"] == "words"


def test_nothing_to_import_is_said(desk, words):
    assert imported(desk, words).status_code == 422


def test_a_large_list_is_refused_in_words(desk, words):
    file = SimpleUploadedFile("words.txt", b"x" * (2 * 1024 * 1024 + 1))

    assert "larger than 2 MB" in imported(desk, words, file=file).text


def test_many_complaints_are_counted_though_not_all_are_kept(desk, words):
    answer = imported(desk, words, pasted="!!!\n" * 700)

    assert answer.context["made"].refused == 700
    assert len(answer.context["made"].complaints) == 500


def test_a_list_is_made_changed_and_deleted_with_a_line_in_the_log_each(desk):
    sent = {"title": "Rude", "weight": "hold", "words": "oaf", "is_used": "on", "explanation": ""}
    desk.post("/desk/comments/words/new/", sent)
    made = WordList.objects.get()
    desk.post(f"/desk/comments/words/{made.pk}/", {**sent, "words": "oaf\nwit"})
    assert rulebook.words_of(WordList.objects.get().words) == {"oaf", "wit"}
    desk.post(f"/desk/comments/words/{made.pk}/delete/")

    assert not WordList.objects.exists()
    notes = list(Decision.objects.order_by("pk").values_list("note", flat=True))
    assert [note.split("” ")[1] for note in notes] == ["made.", "changed.", "deleted."]


def test_a_bad_line_is_named_when_a_list_is_written_by_hand(desk, words):
    sent = {"title": "Rude", "weight": "hold", "words": "oaf\n!!!", "explanation": ""}
    answer = desk.post(f"/desk/comments/words/{words.pk}/", sent)

    assert answer.status_code == 422
    assert "Line 2" in answer.text
    assert WordList.objects.get().words == "oaf"


# The paper and its sections.


def paper(**changed):
    values = {
        "closes_after_days": "14",
        "read_first_comments": "3",
        "passing_addresses": "warn",
        "passing_domains": "shortlived.example",
        "guidelines": "Be kind.",
    }
    return values | changed


def test_an_editor_sets_the_papers_and_a_sections_rules(editors_desk, section):
    data = paper(
        **{f"s{section.pk}-comments_are": "closed", f"s{section.pk}-closes_after_days": "7"}
    )
    editors_desk.post("/desk/comments/rules/", data)

    kept = PaperRules.objects.get()
    assert (kept.closes_after_days, kept.read_first_comments) == (14, 3)
    assert rulebook.domains(kept) == {"shortlived.example"}
    kept_section = SectionRules.objects.get(section=section)
    assert (kept_section.comments_are, kept_section.closes_after_days) == ("closed", 7)
    assert Decision.objects.filter(act="set-rules").count() == 2


def test_what_stays_as_it_was_is_no_change(editors_desk, section):
    editors_desk.post("/desk/comments/rules/", paper())
    editors_desk.post("/desk/comments/rules/", paper())

    assert Decision.objects.count() == 1
    assert not SectionRules.objects.exists()


@pytest.mark.parametrize(
    "changed",
    [{"closes_after_days": "0"}, {"read_first_comments": "11"}, {"passing_addresses": "x"}],
)
def test_rules_that_make_no_sense_are_refused(changed, editors_desk):
    answer = editors_desk.post("/desk/comments/rules/", paper(**changed))

    assert answer.status_code == 422
    assert PaperRules.objects.get().read_first_comments == 0


def test_a_moderator_sees_the_rules_but_does_not_set_them(desk):
    assert "How fast anybody may be" in desk.get("/desk/comments/rules/").text

    assert desk.post("/desk/comments/rules/", paper()).status_code == 302
    assert PaperRules.objects.get().read_first_comments == 0


# The paper's own texts.


def test_a_moderator_changes_the_papers_own_texts(desk, text):
    address = f"/desk/comments/texts/edit/{text.pk}/"
    assert desk.get(address).status_code == 200
    desk.post(
        address,
        {"title": text.title, "words": "In our own words.", "order": 1, "is_offered": "on"},
    )

    assert ReasonText.objects.get(pk=text.pk).words == "In our own words."
    assert desk.get("/desk/comments/texts/").status_code == 200


def test_a_writer_does_not(client, text):
    client.force_login(factories.staff("else@example.org", role="Writers"))
    client.post(f"/desk/comments/texts/edit/{text.pk}/", {"title": "x", "words": "x", "order": 1})

    assert ReasonText.objects.get(pk=text.pk).words == text.words
