"""Buttons and keys: what each does, that the writer is told, that nobody overwrites anybody."""

from datetime import timedelta

import pytest
from django.utils import timezone

from broadsheet.comments import actions, sanctions
from broadsheet.comments.decision_log import By
from broadsheet.comments.models import (
    Act,
    Appeal,
    Comment,
    Decision,
    Notice,
    Report,
    Sanction,
    Thread,
)
from broadsheet.demo import factories
from tests.conftest import NOW
from tests.paper.comments.desk.conftest import JSON, act


def told() -> str:
    return Notice.objects.latest("pk").subject


def test_approving_publishes_tells_and_counts(desk, held):
    answer = act(desk, held, "approve").json()

    held.refresh_from_db()
    assert (held.standing, answer["done"], answer["standing"]) == ("published", True, "published")
    assert answer["counts"]["held"] == 0
    assert answer["version"] == held.version
    assert told() == "Your comment is published"


@pytest.mark.parametrize(("button", "standing"), [("return", "returned"), ("remove", "removed")])
def test_taking_down_gives_the_papers_own_text_and_the_moderators_words(
    button, standing, desk, held, text
):
    act(desk, held, button, reason=text.pk, words="See rule two.")

    held.refresh_from_db()
    assert held.standing == standing
    assert Notice.objects.latest("pk").words == f"{text.words}\n\nSee rule two."
    assert Decision.objects.get().reason == text


@pytest.mark.parametrize("button", ["return", "remove", "warn", "mute", "ban"])
def test_nothing_against_a_writer_without_a_reason(button, desk, held):
    answer = act(desk, held, button, days=3)

    assert answer.status_code == 422
    assert "Say why" in answer.json()["words"]
    assert not Decision.objects.exists()


def test_a_text_that_is_no_longer_offered_is_no_reason(desk, held, text):
    text.is_offered = False
    text.save()

    assert act(desk, held, "remove", reason=text.pk).status_code == 422


def test_picking_and_taking_it_back(desk, post):
    one = post()
    act(desk, one, "pick")
    one.refresh_from_db()
    assert one.picked_at is not None
    act(desk, one, "unpick")

    one.refresh_from_db()
    assert one.picked_at is None


@pytest.mark.parametrize(
    ("button", "state"),
    [("close-thread", "closed"), ("read-thread-first", "read-first"), ("open-thread", "open")],
)
def test_a_thread_is_set_from_one_of_its_comments(button, state, desk, post):
    one = post()
    act(desk, one, button, note="Quarrel.")

    assert Thread.objects.get().state == state
    assert Decision.objects.get().note == "Quarrel."


@pytest.mark.parametrize(
    ("button", "kind", "days"),
    [
        ("warn", "warning", None),
        ("mute", "mute", 7),
        ("ban", "ban", None),
        ("read-first", "read-first", None),
    ],
)
def test_a_writer_is_warned_muted_banned_and_always_told(button, kind, days, desk, post, writer):
    one = post()
    act(desk, one, button, words="That was too much.", days=days or "")

    sanction = Sanction.objects.get()
    assert (sanction.reader, sanction.kind) == (writer, kind)
    if days:
        assert sanction.until == sanction.made_at + timedelta(days=days)
    notice = Notice.objects.latest("pk")
    assert (notice.reader, notice.words) == (writer, "That was too much.")


def test_a_mute_without_days_is_none(desk, post):
    assert act(desk, post(), "mute", words="Too much.").status_code == 422


def test_staff_are_not_sanctioned_here(desk, post, second):
    one = post(writer=second)

    assert act(desk, one, "ban", words="No.").status_code == 422
    assert not Sanction.objects.exists()


# Two moderators.


def test_the_second_of_two_is_told_who_was_quicker_and_overwrites_nothing(
    desk, seconds_desk, held, text
):
    seen = held.version
    act(desk, held, "approve", version=seen)

    answer = act(seconds_desk, held, "remove", version=seen, reason=text.pk)

    held.refresh_from_db()
    assert answer.status_code == 409
    assert "Approved, by Mo Derator" in answer.json()["words"]
    assert (held.standing, Decision.objects.count()) == ("published", 1)
    assert answer.json()["version"] == held.version


def test_a_comment_changed_by_its_writer_meanwhile_is_read_anew(desk, post, writer):
    one = post(now=timezone.now())
    seen = one.version
    actions.edit_comment(
        comment=one,
        writer=writer,
        text="I have thought about it again and say so.",
        version=seen,
        now=timezone.now(),
    )

    assert act(desk, one, "pick", version=seen).status_code == 409


def test_without_script_the_second_reads_the_same(desk, seconds_desk, held, text):
    seen = held.version
    act(desk, held, "approve", version=seen)
    answer = act(seconds_desk, held, "remove", json=False, version=seen, reason=text.pk)

    page = seconds_desk.get(answer.headers["Location"]).text
    assert "Approved, by Mo Derator. Nothing of yours was done." in page


# Without script.


def test_without_script_the_next_of_the_queue_follows(desk, post):
    first, second, third = (
        post(f"THIS IS WRONG AND HAS BEEN WRONG {n} TIMES!", asks_person=True) for n in range(3)
    )
    page = desk.get("/desk/comments/?queue=held").text
    assert f'name="following" value="{second.pk}"' in " ".join(page.split())

    answer = act(desk, first, "approve", json=False, queue="held", following=second.pk)

    assert answer.headers["Location"] == f"/desk/comments/?queue=held&at={second.pk}"
    page = " ".join(desk.get(answer.headers["Location"]).text.split())
    assert "Approved." in page
    assert f'data-one="{second.pk}"' in page
    assert f'name="following" value="{third.pk}"' in page
    assert f"/desk/comments/undo/{Decision.objects.get().pk}/" in page


def test_the_filters_stay_while_deciding_among_all(desk, post):
    one = post()
    answer = act(desk, one, "pick", json=False, queue="all", typed="number", standing="published")

    assert "typed=number" in answer.headers["Location"]
    assert "standing=published" in answer.headers["Location"]


# Appeals.


@pytest.fixture
def appealed(desk, post, writer, text):
    one = post()
    act(desk, one, "remove", reason=text.pk)
    one.refresh_from_db()
    actions.appeal(comment=one, writer=writer, words="I quoted the minister.", now=NOW)
    return one


def test_the_first_moderator_sees_an_appeal_but_cannot_answer_it(desk, appealed):
    page = desk.get("/desk/comments/?queue=appeals").text
    assert "I quoted the minister." in page
    assert "somebody else answers" in page
    assert 'value="appeal-won"' not in page

    answer = act(desk, appealed, "appeal-won")

    assert answer.status_code == 422
    assert Appeal.objects.get().state == "open"


def test_a_second_moderator_answers_and_the_writer_is_told(seconds_desk, appealed):
    assert 'value="appeal-won"' in seconds_desk.get("/desk/comments/?queue=appeals").text

    act(seconds_desk, appealed, "appeal-won")

    appealed.refresh_from_db()
    assert appealed.standing == "published"
    assert told() == "You were right: your comment is published"
    assert Decision.objects.latest("pk").act == Act.UPHOLD_APPEAL


def test_an_appeal_is_lost_with_an_answer_only(seconds_desk, appealed, text):
    assert act(seconds_desk, appealed, "appeal-lost").status_code == 422
    act(seconds_desk, appealed, "appeal-lost", words="Page 14 says otherwise.")

    appealed.refresh_from_db()
    assert (appealed.standing, Appeal.objects.get().answer) == (
        "removed",
        "Page 14 says otherwise.",
    )


# Undoing.


def test_undoing_gives_back_what_was_and_is_logged_itself(desk, held, text):
    undo = act(desk, held, "remove", reason=text.pk).json()["undo"]
    answer = desk.post(undo, headers=JSON).json()

    held.refresh_from_db()
    assert held.standing == "held"
    assert answer["comments"] == {str(held.pk): held.version}
    assert list(Decision.objects.order_by("pk").values_list("act", flat=True)) == [
        "remove",
        "undo",
    ]
    assert told() == "The desk took its decision back"


def test_what_was_decided_on_since_is_not_undone(desk, seconds_desk, held, text):
    undo = act(desk, held, "return", reason=text.pk).json()["undo"]
    act(seconds_desk, held, "approve")

    assert desk.post(undo, headers=JSON).status_code == 409
    held.refresh_from_db()
    assert held.standing == "published"


# Many at once.


@pytest.fixture
def five(post):
    return [post(f"THIS IS WRONG AND WAS {n} TIMES!", asks_person=True) for n in range(5)]


def many(desk, comments, button, *, json=True, **more):
    sent = {"act": button, "chosen": [one.pk for one in comments], **more}
    sent |= {f"version-{one.pk}": one.version for one in comments}
    return desk.post("/desk/comments/many/", sent, headers=JSON if json else {})


def test_many_are_decided_at_once_each_logged_and_told(desk, five, text):
    answer = many(desk, five, "return", reason=text.pk).json()

    assert sorted(answer["done"]) == sorted(one.pk for one in five)
    assert Comment.objects.filter(standing="returned").count() == 5
    assert Decision.objects.values_list("batch", flat=True).distinct().count() == 1
    assert Notice.objects.count() == 5


def test_one_that_somebody_else_decided_on_stops_no_other(desk, seconds_desk, five):
    act(seconds_desk, five[2], "approve")
    five[2].version = 0
    answer = many(desk, five, "approve").json()

    assert len(answer["done"]) == 4
    assert list(answer["refused"]) == [str(five[2].pk)]
    assert Decision.objects.count() == 5


def test_many_are_undone_together(desk, five, text):
    undo = many(desk, five, "remove", reason=text.pk).json()["undo"]
    desk.post(undo, headers=JSON)

    assert Comment.objects.filter(standing="held").count() == 5
    assert Decision.objects.filter(act="undo").count() == 5
    # Pressed once more it finds nothing left to undo.
    desk.post(undo, headers=JSON)
    assert Decision.objects.filter(act="undo").count() == 5


def test_without_script_many_can_be_decided_and_undone_too(desk, five):
    answer = many(desk, five, "approve", json=False, queue="held")
    page = " ".join(desk.get(answer.headers["Location"]).text.split())

    assert "5 × Approved." in page
    assert f"/desk/comments/undo/{Decision.objects.latest('pk').batch}/all/" in page


@pytest.mark.parametrize("button", ["pick", "ban", "nonsense", ""])
def test_only_standings_are_given_to_many(button, desk, five):
    assert many(desk, five, button).status_code == 422
    assert not Decision.objects.exists()


def test_nothing_chosen_is_nothing_done(desk, five):
    assert many(desk, [], "approve").status_code == 422


# Who may.


@pytest.mark.parametrize("role", ["Writers", "Circulation"])
def test_others_decide_nothing(role, client, held, text):
    client.force_login(factories.staff("else@example.org", role=role))

    act(client, held, "remove", reason=text.pk)
    many(client, [held], "approve")
    client.post(f"/desk/comments/writers/{held.writer_id}/", {"act": "ban", "words": "x"})

    assert not Decision.objects.exists()


@pytest.mark.parametrize("role", ["Editors", "Moderators", "Administrators"])
def test_editors_moderators_and_administrators_decide(role, client, held):
    client.force_login(factories.staff("else@example.org", role=role))

    assert act(client, held, "approve").json()["done"] is True


def test_a_form_from_another_site_does_nothing(moderator, held):
    from django.test import Client

    strict = Client(enforce_csrf_checks=True)
    strict.force_login(moderator)

    assert act(strict, held, "approve").status_code == 403
    assert not Decision.objects.exists()


def test_reports_end_with_the_decision(desk, post, other):
    one = post()
    actions.report_comment(comment=one, reader=other, reason=Report.Reason.ABUSIVE, now=NOW)
    answer = act(desk, one, "approve").json()

    assert answer["counts"]["reported"] == 0
    assert Report.objects.get().state == "dismissed"


def test_lifting_a_mute_is_told_and_logged(desk, writer, moderator):
    sanctions.mute_for(
        reader=writer,
        lasting=timedelta(days=3),
        by=By(moderator, words="Too much."),
        now=timezone.now(),
    )
    desk.post(f"/desk/comments/sanctions/{Sanction.objects.get().pk}/lift/", {"words": "Sorry."})

    assert Sanction.objects.get().lifted_at is not None
    assert Decision.objects.latest("pk").act == Act.LIFT
    assert Notice.objects.latest("pk").words == "Sorry."
