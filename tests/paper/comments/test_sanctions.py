"""What the desk does about writers: once, told truly, and longer than their account."""

import threading
from datetime import timedelta

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.db import connection
from django.test import Client
from django.urls import reverse

from broadsheet.comments import actions, decisions, duties, former_bans, looking, sanctions
from broadsheet.comments.decision_log import By
from broadsheet.comments.looking import BannedError, CommentsError, SanctionedError, TooLateError
from broadsheet.comments.models import Decision, FormerBan, Notice, Report, Sanction, Valuation
from broadsheet.demo import factories
from broadsheet.readers.actions import erase
from broadsheet.readers.models import Reader
from tests.conftest import NOW

LATER = NOW + timedelta(hours=1)
MUTED = {"lasting": timedelta(days=2)}


def latest_notice():
    return Notice.objects.latest("pk")


def bar(reader):
    """Return what keeps somebody from writing; it must be there."""
    found = looking.bar_of(reader, LATER)
    assert found is not None
    return found


# Two moderators.


@pytest.mark.parametrize(
    ("act", "more"),
    [(sanctions.ban, {}), (sanctions.read_first, {}), (sanctions.mute_for, MUTED)],
)
def test_the_second_of_two_moderators_is_told_what_the_first_did(act, more, writer, by, second):
    act(reader=writer, by=by, now=NOW, **more)

    with pytest.raises(TooLateError, match="Mo Derator decided on November 24, 2026, 5:30 pm"):
        act(reader=writer, by=By(second, words="Me too."), now=NOW, **more)

    assert Sanction.objects.count() == Notice.objects.count() == Decision.objects.count() == 1


def test_nobody_warns_twice_about_one_comment(post, by, second):
    one = post()
    sanctions.warn(reader=one.writer, by=by, now=NOW, comment=one)

    with pytest.raises(TooLateError, match="warned about this comment already"):
        sanctions.warn(reader=one.writer, by=By(second, words="Mind."), now=NOW, comment=one)
    sanctions.warn(reader=one.writer, by=by, now=NOW, comment=post())

    assert Sanction.objects.filter(kind="warning").count() == 2


def test_who_acts_on_an_old_page_looks_again(desk_page, writer, by):
    page = desk_page(writer)
    sanctions.warn(reader=writer, by=by, now=NOW)

    answer = page(act="warn", words="Mind your words.")

    assert "Look again before you add to it" in answer
    assert Sanction.objects.count() == 1
    assert "Warned" in desk_page(writer)(act="warn", words="Mind your words.")
    assert Sanction.objects.count() == 2


@pytest.fixture
def desk_page(second):
    """Return a function that opens the page of a writer and gives one that sends its form."""
    client = Client()
    client.force_login(second)

    def open_page(writer):
        there = reverse("desk-comments-writer", args=[writer.pk])
        seen = client.get(there).context["writer"].latest_sanction

        def send(**fields):
            sent = client.post(there, {"latest_sanction": seen, **fields}, follow=True)
            return sent.content.decode()

        return send

    return open_page


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_two_bans_in_the_same_moment_are_one(writer, moderator, second):
    told = []
    both = threading.Barrier(2)

    def ban(who):
        both.wait(30)
        try:
            sanctions.ban(reader=writer, by=By(who, words="Enough."), now=NOW)
        except TooLateError as error:
            told.append(str(error))
        finally:
            connection.close()

    hands = [threading.Thread(target=ban, args=[who]) for who in (moderator, second)]
    for one in hands:
        one.start()
    for one in hands:
        one.join(60)

    assert len(told) == 1
    assert Sanction.objects.count() == Notice.objects.count() == 1


# Lifting.


def test_lifting_says_what_still_holds(writer, by, post):
    sanctions.mute_for(reader=writer, by=by, now=NOW, **MUTED)
    sanctions.ban(reader=writer, by=by, now=NOW)
    mute = Sanction.objects.get(kind="mute")

    sanctions.lift(sanction=mute, by=By(by.moderator), now=LATER)

    assert latest_notice().subject == "One decision was lifted; you still can’t write comments"
    with pytest.raises(SanctionedError):
        post(now=LATER)

    sanctions.lift(sanction=Sanction.objects.get(kind="ban"), by=By(by.moderator), now=LATER)

    assert latest_notice().subject == "You can write comments as before"
    assert post(now=LATER).is_published


def test_lifting_a_ban_leaves_a_mute_and_says_until_when(writer, by):
    sanctions.mute_for(reader=writer, by=by, now=NOW, **MUTED)
    sanctions.ban(reader=writer, by=by, now=NOW)

    sanctions.lift(sanction=Sanction.objects.get(kind="ban"), by=By(by.moderator), now=LATER)

    assert latest_notice().subject.endswith("can’t write comments until November 26, 2026, 5:30 pm")


def test_lifting_a_ban_leaves_reading_first(writer, by):
    sanctions.read_first(reader=writer, by=by, now=NOW)
    sanctions.ban(reader=writer, by=by, now=NOW)

    sanctions.lift(sanction=Sanction.objects.get(kind="ban"), by=By(by.moderator), now=LATER)

    assert "they are read before they appear" in latest_notice().subject


def test_what_has_run_out_is_not_lifted(writer, by):
    sanctions.mute_for(reader=writer, by=by, now=NOW, **MUTED)

    with pytest.raises(TooLateError, match="It ended by itself on November 26"):
        sanctions.lift(
            sanction=Sanction.objects.get(), by=By(by.moderator), now=NOW + timedelta(days=3)
        )


def test_taking_a_ban_back_says_what_still_holds(writer, by):
    sanctions.mute_for(reader=writer, by=by, now=NOW, **MUTED)
    banned = sanctions.ban(reader=writer, by=by, now=NOW)

    decisions.undo(decision=banned, by=by, now=LATER)

    assert "you still can’t write comments until November 26, 2026" in latest_notice().subject


def test_a_lifted_ban_comes_back_once(writer, by):
    sanctions.ban(reader=writer, by=by, now=NOW)
    lifted = sanctions.lift(sanction=Sanction.objects.get(), by=By(by.moderator), now=NOW)
    sanctions.ban(reader=writer, by=by, now=LATER)

    with pytest.raises(TooLateError, match="decided again since"):
        decisions.undo(decision=lifted, by=by, now=LATER)


def test_days_are_on_the_papers_clock_everywhere(writer, by):
    late = NOW.replace(hour=20)  # the next day already, where the paper is
    sanctions.mute_for(reader=writer, by=by, now=late, **MUTED)

    words = "November 27, 2026, 1:30 am"
    muted = looking.bar_of(writer, late)
    assert muted is not None
    assert words in str(SanctionedError(muted))
    assert words in latest_notice().subject
    assert words in sanctions.still_holding(writer, late)[0]


# What the banned may not do.


def test_the_banned_neither_value_nor_report(post, other, by):
    one = post()
    kind = Valuation.Kind.THOUGHTFUL
    actions.value_comment(comment=one, reader=other, kind=kind, valued=True, now=NOW)
    sanctions.ban(reader=other, by=by, now=NOW)

    with pytest.raises(BannedError):
        actions.report_comment(comment=one, reader=other, reason=Report.Reason.OTHER, now=LATER)
    well = Valuation.Kind.WELL_SOURCED
    with pytest.raises(BannedError):
        actions.value_comment(comment=one, reader=other, kind=well, valued=True, now=LATER)

    assert not Report.objects.exists()
    # What they said before can be taken back.
    one = actions.value_comment(comment=one, reader=other, kind=kind, valued=False, now=LATER)
    assert one.thoughtful == 0


def test_the_banned_are_told_so_on_the_page(client, post, other, by):
    one = post()
    sanctions.ban(reader=other, by=by, now=NOW)
    client.force_login(other)

    sent = {"reason": "untrue", "words": "It was 1912."}
    page = client.post(reverse("comment-report", args=[one.pk]), sent, follow=True)

    assert "while you are banned" in page.content.decode()


# Reports.


@pytest.fixture
def reported(post):
    return post()


@pytest.fixture
def report(reported, other):
    """Return a function that reports one and the same comment."""

    def reporting(words="", *, reason=Report.Reason.UNTRUE, now=NOW):
        reported.refresh_from_db()
        return actions.report_comment(
            comment=reported, reader=other, reason=reason, words=words, now=now
        )

    return reporting


def edited(comment, by_now):
    comment.refresh_from_db()
    actions.edit_comment(
        comment=comment,
        writer=comment.writer,
        text="The council has answered a single letter in nine years.",
        version=comment.version,
        now=by_now,
    )


def test_a_comment_changed_after_the_desk_let_it_stand_can_be_reported_again(
    report, reported, moderator
):
    first = report("It was 1912.")
    decisions.approve(comment=reported, by=By(moderator), now=NOW)
    edited(reported, NOW + timedelta(minutes=3))

    again = report("Now it says 1913.", now=NOW + timedelta(minutes=4))

    assert again.pk != first.pk
    assert again.state == Report.State.OPEN
    reported.refresh_from_db()
    assert reported.reports == 1


def test_whoever_reports_what_was_decided_is_told_so(report, reported, moderator):
    report("It was 1912.")
    decisions.approve(comment=reported, by=By(moderator), now=NOW)

    with pytest.raises(CommentsError, match="on November 24, 2026 the desk decided that it stays"):
        report("It really was 1912.", now=LATER)

    assert Report.objects.count() == 1


def test_what_is_added_to_a_report_that_waits_is_kept(report, reported):
    report("It was 1912.")
    report("It was 1912.")
    report("And she was born in 1890.", reason=Report.Reason.PRIVATE)

    (kept,) = Report.objects.all()
    assert kept.words.splitlines() == [
        "It was 1912.",
        "It tells private things about somebody.",
        "And she was born in 1890.",
    ]
    reported.refresh_from_db()
    assert reported.reports == 1


# Bans and erased accounts.


def proved(email, **more):
    """Make an account as somebody does who proves an address."""
    reader = factories.reader(email, **more)
    EmailAddress.objects.filter(user=reader).delete()
    EmailAddress.objects.create(user=reader, email=email, primary=True, verified=True)
    return reader


def test_erasing_an_account_ends_no_ban(by):
    sanctions.ban(reader=proved("writer@example.org"), by=by, now=NOW)
    erase(reader=Reader.objects.get(email="writer@example.org"), choices={}, now=NOW)

    kept = FormerBan.objects.get()
    assert "writer" not in kept.digest
    back = proved("Writer@example.org")

    assert bar(back).kind == Sanction.Kind.BAN
    assert "earlier account" in latest_notice().words


def test_an_address_that_is_not_proved_brings_no_ban(by):
    sanctions.ban(reader=proved("writer@example.org"), by=by, now=NOW)
    erase(reader=Reader.objects.get(email="writer@example.org"), choices={}, now=NOW)
    stranger = proved("stranger@example.org")
    EmailAddress.objects.create(user=stranger, email="writer@example.org", verified=False)

    assert looking.bar_of(stranger, LATER) is None

    EmailAddress.objects.get(email="writer@example.org").set_verified()

    assert bar(stranger).kind == Sanction.Kind.BAN


def test_a_mute_ends_when_it_would_have(by):
    muted = proved("writer@example.org")
    sanctions.mute_for(reader=muted, by=by, now=NOW, **MUTED)
    erase(reader=muted, choices={}, now=NOW)

    with time_machine.travel(LATER, tick=False):
        back = proved("writer@example.org")

    assert bar(back).until == NOW + MUTED["lasting"]
    duties.sweep(now=NOW + timedelta(days=3))
    assert not FormerBan.objects.exists()


def test_a_ban_without_an_end_is_forgotten_in_time(by):
    sanctions.ban(reader=proved("writer@example.org"), by=by, now=NOW)
    erase(reader=Reader.objects.get(email="writer@example.org"), choices={}, now=NOW)

    duties.sweep(now=NOW + former_bans.KEPT - timedelta(days=1))
    assert FormerBan.objects.exists()
    duties.sweep(now=NOW + former_bans.KEPT)
    assert not FormerBan.objects.exists()


def test_lifting_it_forgets_the_address(by):
    sanctions.ban(reader=proved("writer@example.org"), by=by, now=NOW)
    erase(reader=Reader.objects.get(email="writer@example.org"), choices={}, now=NOW)
    back = proved("writer@example.org")

    sanctions.lift(sanction=Sanction.objects.get(reader=back), by=By(by.moderator), now=LATER)

    assert not FormerBan.objects.exists()
    assert looking.bar_of(back, LATER) is None


def test_nothing_is_kept_of_a_reader_under_no_ban(by):
    warned = proved("writer@example.org")
    sanctions.warn(reader=warned, by=by, now=NOW)
    erase(reader=warned, choices={}, now=NOW)

    assert not FormerBan.objects.exists()
