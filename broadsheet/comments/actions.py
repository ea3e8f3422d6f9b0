"""What readers do with comments. What the desk does is in :mod:`broadsheet.comments.decisions`."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.db.models import F

from broadsheet.comments import figures, looking, markup, notices, standings
from broadsheet.comments.looking import (
    CUT,
    BadNameError,
    BannedError,
    CommentsError,
    Looked,
    NamelessError,
    Recent,
    ReturnedError,
    TooLateError,
    look,
    stored,
    story_for_posting,
)
from broadsheet.comments.models import (
    Appeal,
    Comment,
    Decision,
    Figure,
    Follow,
    Mute,
    Report,
    Thread,
    Valuation,
)
from broadsheet.comments.models.threads import LEVELS, part
from broadsheet.comments.signals import thread_changed
from broadsheet.newsroom.models import StoryPage
from broadsheet.readers import shownames
from broadsheet.readers.models import Reader
from broadsheet.rules import stamps, threads
from broadsheet.rules.guidelines.judging import Judgement, Reason, Screened, Verdict
from broadsheet.rules.names import ShownNameError
from broadsheet.rules.threads import EDITABLE

Standing = Comment.Standing
LONGEST_WORDS = 500  # characters of a report, and of an appeal four times as many


@dataclass(frozen=True, slots=True)
class Posted:
    """:param repeated: that the same form was sent before, and nothing was done now
    :param passing: that the writer's address is at a domain of throw-away addresses
    """

    comment: Comment
    judgement: Judgement | None
    repeated: bool = False
    passing: bool = False


def post_comment(
    *,
    story: StoryPage,
    writer: Reader,
    text: str,
    now: datetime,
    parent: Comment | None = None,
    key: str = "",
    asks_person: bool = False,
    words: str = "",
    network: str = "",
) -> Posted:
    """Post a comment under a story, or an answer to another one.

    :param key: names the form that was sent; a second one with the same key posts nothing
    :param asks_person: that a person shall look, though it breaks a guideline; ``words`` say why
    :raises ReturnedError: with every finding; nothing is stored then
    :raises ClosedError: when the thread takes no comments
    :raises SanctionedError: when the writer may not write
    :raises NamelessError: when the writer has no name to show
    :raises BadNameError: when the name could be taken for one of the paper's people
    :raises TooLateError: when the comment it answers has gone
    """
    comment = None
    while comment is None:
        recent = looking.recent(writer)
        if key and key in {one.key for one in recent}:
            return Posted(Comment.objects.get(writer=writer, key=key), None, repeated=True)
        _check_name(writer)
        if parent is not None and (parent.thread_id != story.pk or not parent.is_published):
            raise TooLateError("The comment you answer isn’t there any more.")
        # Outside the transaction: screening takes longer than writing, and one writes at a time.
        looked = look(
            story=story,
            writer=writer,
            text=text,
            parent=parent,
            now=now,
            asks_person=asks_person,
            latest=recent,
        )
        if looked.judgement.verdict is Verdict.RETURNED:
            _count_findings(Figure.What.RETURNED, looked.judgement, now=now)
            raise ReturnedError(looked.text, looked.judgement)
        try:
            comment = _store(
                story=story,
                writer=writer,
                looked=looked,
                latest=recent,
                parent=parent,
                key=key,
                words=words,
                network=network,
                now=now,
            )
        except IntegrityError:
            # A form of long ago, which is not among the latest, was sent once more.
            found = Comment.objects.filter(writer=writer, key=key).exclude(key="").first()
            if found is None:
                raise
            return Posted(found, None, repeated=True)
    if looked.screened is Screened.FAILED:
        notices.alarm(
            words="Comments can’t be screened; they wait for you in the queue. The log says why.",
            now=now,
        )
    return Posted(comment, looked.judgement, passing=looked.passing)


def _check_name(writer: Reader) -> None:
    if not writer.name:
        raise NamelessError
    try:
        shownames.check(writer, writer.name)
    except ShownNameError as error:
        raise BadNameError(f"{error} You can change it on your own page.") from error


@transaction.atomic
def _store(
    *,
    story: StoryPage,
    writer: Reader,
    looked: Looked,
    latest: Sequence[Recent],
    parent: Comment | None,
    key: str,
    words: str,
    network: str,
    now: datetime,
) -> Comment | None:
    """Store a comment that was looked at beside its writer's latest.

    Stores nothing and returns None when its writer has posted something since: the same words, it
    may be, so they are to be looked at again. What one person posts is stored one by one.
    """
    if connection.features.has_select_for_update:
        # Elsewhere whoever writes is alone already.
        Reader.objects.select_for_update(no_key=True).filter(pk=writer.pk).values("pk").first()
    if not looking.is_latest(latest, writer):
        return None
    judgement = looked.judgement
    published = judgement.verdict is Verdict.PUBLISHED
    comment = Comment(
        thread_id=story.pk,
        number=number_next(story.pk, published=published, now=now),
        writer=writer,
        badge=badge_of(writer, story),
        text=looked.text,
        html=markup.render(looked.text),
        standing=Standing.PUBLISHED if published else Standing.HELD,
        reason=judgement.reason.value,
        findings=stored(judgement.findings),
        screened_by=looked.version,
        posted_at=now,
        appeared_at=now if published else None,
        is_shown=published,
        wants_look=judgement.tells_desk,
        key=key,
        network=network,
    )
    if parent is not None and not Comment.objects.published().filter(pk=parent.pk).exists():
        raise TooLateError("The comment you answer isn’t there any more.")
    under(comment, parent)
    comment.save(force_insert=True)
    if published:
        if parent is not None:
            Comment.objects.filter(pk=parent.root_id or parent.pk).update(answers=F("answers") + 1)
            Comment.objects.filter(pk=parent.pk).update(children=F("children") + 1)
        thread_changed.send(sender=Thread, thread=story.pk)
        figures.count(Figure.What.PUBLISHED, now=now)
    elif judgement.reason is Reason.ASKED_FOR_PERSON:
        ask_person(comment=comment, words=words, now=now)
    elif judgement.reason is Reason.SCREENING_FAILED:
        figures.count(Figure.What.SCREENING_FAILED, now=now)
    if not published:
        _count_findings(Figure.What.HELD, judgement, now=now)
    return comment


_NEXT = """
    INSERT INTO comments_thread (story_id, state, published, held, last_number, changes, is_told,
        last_published_at)
    VALUES (%s, '', %s, %s, 1, %s, %s, %s)
    ON CONFLICT (story_id) DO UPDATE SET
        published = comments_thread.published + excluded.published,
        held = comments_thread.held + excluded.held,
        last_number = comments_thread.last_number + 1,
        changes = comments_thread.changes + excluded.changes,
        is_told = comments_thread.is_told AND excluded.is_told,
        last_published_at = COALESCE(excluded.last_published_at, comments_thread.last_published_at)
    RETURNING last_number
"""


def number_next(story: int, *, published: bool, now: datetime) -> int:
    """Count a comment into a story's thread and return its number; the row is locked until the
    transaction ends. One statement makes the row, too, when it is the first.
    """
    moment = connection.ops.adapt_datetimefield_value(now) if published else None
    more = int(published)
    with connection.cursor() as cursor:
        cursor.execute(_NEXT, [story, more, 1 - more, more, not published, moment])
        number: int = cursor.fetchone()[0]
    return number


def under(comment: Comment, parent: Comment | None) -> None:
    """Say where a comment stands in its tree; no step takes longer the deeper it is."""
    own = part(comment.number)
    comment.place = own
    if parent is not None:
        comment.parent_id = parent.pk
        comment.root_id = parent.root_id or parent.pk
        comment.depth = parent.depth + 1
        above = parent.place if parent.root_id else ""
        comment.place = above[: len(own) * LEVELS] + own


def badge_of(writer: Reader, story: StoryPage) -> Comment.Badge:
    """Return the badge beside what somebody writes under a story."""
    if not writer.is_staff and not getattr(writer, "author", None):
        return Comment.Badge.NONE
    if story.bylines.filter(author__reader=writer).exists():
        return Comment.Badge.AUTHOR
    return Comment.Badge.STAFF if writer.is_staff else Comment.Badge.NONE


def _count_findings(what: Figure.What, judgement: Judgement, *, now: datetime) -> None:
    """Count a comment once for itself, and once for each guideline that a finding is about."""
    figures.count(what, now=now)
    for guideline in sorted({one.guideline for one in judgement.findings}):
        figures.count(what, now=now, guideline=guideline.value)


def edit_comment(
    *, comment: Comment, writer: Reader, text: str, version: int, now: datetime
) -> Posted:
    """Change a comment within five minutes; it is looked at anew.

    :param version: of the comment that the writer saw
    :raises TooLateError: when the time has run out, or it was changed or decided on meanwhile
    :raises ReturnedError: with every finding; the comment stays as it was
    :raises SanctionedError: when the writer may not write
    """
    if comment.writer_id != writer.pk or not may_edit(comment, now):
        raise TooLateError("A comment can be changed for five minutes after it was posted.")
    story = story_for_posting(comment.thread_id)
    if story is None:
        raise TooLateError("The story isn’t there any more.")
    looked = look(
        story=story,
        writer=writer,
        text=text,
        parent=comment.parent,
        now=now,
        latest=[one for one in looking.recent(writer) if one.pk != comment.pk],
        again=comment,
    )
    if looked.judgement.verdict is Verdict.RETURNED:
        _count_findings(Figure.What.RETURNED, looked.judgement, now=now)
        raise ReturnedError(looked.text, looked.judgement)
    with transaction.atomic():
        mine = standings.locked(comment)
        if mine.version != version or not may_edit(mine, now):
            raise TooLateError("The comment was changed or decided on meanwhile.")
        mine.text, mine.html = looked.text, markup.render(looked.text)
        mine.findings = stored(looked.judgement.findings)
        mine.screened_by = looked.version
        mine.edited_at = now
        held = looked.judgement.verdict is Verdict.HELD or mine.standing == Standing.HELD
        # What a person was to read stays with that person, also when its writer mended it.
        reason = (
            mine.reason
            if looked.judgement.verdict is Verdict.PUBLISHED and held
            else looked.judgement.reason.value
        )
        mine.wants_look = looked.judgement.tells_desk and not held
        standings.restand(
            mine, Standing.HELD if held else Standing.PUBLISHED, reason=reason, now=now
        )
    return Posted(mine, looked.judgement, passing=looked.passing)


def may_edit(comment: Comment, now: datetime) -> bool:
    alive = comment.standing in {Standing.PUBLISHED, Standing.HELD}
    return alive and not comment.source and now < comment.posted_at + EDITABLE


@transaction.atomic
def delete_comment(*, comment: Comment, writer: Reader, now: datetime) -> Comment:
    """Delete one's own comment: its words are gone at once and for good.

    Where others answered, its place stays and says so.

    :raises TooLateError: when it is another's, or gone already
    """
    mine = standings.locked(comment)
    if mine.writer_id != writer.pk or mine.standing == Standing.DELETED:
        raise TooLateError("The comment isn’t there any more.")
    forget_words(mine)
    Appeal.objects.filter(comment=mine, state=Appeal.State.OPEN).update(
        state=Appeal.State.LOST, decided_at=now, answer="Its writer deleted the comment."
    )
    _close_reports(mine, Report.State.DISMISSED, now=now)
    standings.restand(mine, Standing.DELETED, reason="deleted", now=now)
    figures.count(Figure.What.DELETED, now=now)
    return mine


def forget_words(comment: Comment) -> None:
    """Take a comment's words and all that was found in them away. Its caller saves it."""
    comment.text = comment.html = comment.network = ""
    comment.findings = []


def _close_reports(comment: Comment, state: Report.State, *, now: datetime) -> None:
    comment.all_reports.filter(state=Report.State.OPEN).update(state=state, decided_at=now)
    comment.reports = 0


# What others do with it.


@transaction.atomic
def value_comment(
    *, comment: Comment, reader: Reader, kind: Valuation.Kind, valued: bool, now: datetime
) -> Comment:
    """Say that a comment is thoughtful or well sourced, or take it back. Twice is once.

    :raises CommentsError: for one's own comment, and one that isn't published
    """
    one = standings.locked(comment)
    if not one.is_published:
        raise TooLateError("The comment isn’t there any more.")
    if one.writer_id == reader.pk:
        raise CommentsError("It is for others to value what you wrote.")
    if valued and looking.is_banned(reader, now):
        raise BannedError
    mine = Valuation.objects.filter(comment=one, reader=reader, kind=kind)
    if valued == mine.exists():
        return one
    if valued:
        Valuation.objects.create(comment=one, reader=reader, kind=kind, made_at=now)
    else:
        mine.delete()
    field = "thoughtful" if kind == Valuation.Kind.THOUGHTFUL else "well_sourced"
    setattr(one, field, getattr(one, field) + (1 if valued else -1))
    one.score = threads.score(one.thoughtful + one.well_sourced, one.reports)
    one.save(update_fields=[field, "score"])
    # The number is told to the pages by a duty, not at every touch.
    Thread.objects.filter(pk=one.thread_id).update(is_told=False)
    return one


@transaction.atomic
def report_comment(
    *, comment: Comment, reader: Reader, reason: Report.Reason, words: str = "", now: datetime
) -> Report:
    """Report a comment to the desk.

    While a reader's report waits, another adds its words to it. Once the desk has decided, the comment
    can be reported again if its writer changed it since.

    :raises CommentsError: for one's own comment, one that isn't published, and one that the desk has
        decided about as it stands; for somebody who is banned
    """
    one = standings.locked(comment)
    if not one.is_published:
        raise TooLateError("The comment isn’t there any more.")
    if one.writer_id == reader.pk:
        raise CommentsError("You can delete what you wrote yourself.")
    if looking.is_banned(reader, now):
        raise BannedError
    words = threads.clean(words)[:LONGEST_WORDS]
    latest = Report.objects.filter(comment=one, reader=reader).order_by("-made_at", "-pk").first()
    if latest is not None and latest.state == Report.State.OPEN:
        return _add_to_report(latest, reason, words)
    if latest is not None and not _changed_since(one, latest):
        assert latest.decided_at is not None
        day = stamps.day(latest.decided_at.astimezone(settings.OPTIONS.zone))
        raise CommentsError(
            f"You reported this comment before, and on {day} the desk decided that it stays."
        )
    report = Report.objects.create(
        comment=one, reader=reader, reason=reason, words=words, made_at=now
    )
    one.reports += 1
    one.score = threads.score(one.thoughtful + one.well_sourced, one.reports)
    one.save(update_fields=["reports", "score"])
    figures.count(Figure.What.REPORTED, now=now)
    return report


def _changed_since(comment: Comment, report: Report) -> bool:
    """Tell whether a comment's writer changed it after the report on it was made."""
    return comment.edited_at is not None and comment.edited_at > report.made_at


def _add_to_report(report: Report, reason: Report.Reason, words: str) -> Report:
    """Add to a report that the desk has yet to read; sent twice, it is the same."""
    lines = [f"{reason.label}."] if reason != report.reason else []
    lines += [words] if words else []
    fresh = [line for line in lines if line not in report.words]
    if fresh:
        report.words = "\n".join([report.words, *fresh]).strip()
        report.save(update_fields=["words"])
    return report


@transaction.atomic
def mute_reader(*, reader: Reader, muted: Reader, now: datetime) -> None:
    """Hide what another reader writes from this one.

    :raises CommentsError: for oneself
    """
    if reader.pk == muted.pk:
        raise CommentsError("You can’t mute yourself.")
    Mute.objects.get_or_create(reader=reader, muted=muted, defaults={"made_at": now})


@transaction.atomic
def unmute_reader(*, reader: Reader, muted: int) -> bool:
    """Show what another reader writes again; tell whether it was hidden."""
    return bool(Mute.objects.filter(reader=reader, muted=muted).delete()[0])


@transaction.atomic
def follow(
    *, reader: Reader, story: StoryPage, now: datetime, comment: Comment | None = None
) -> Follow:
    """Mail a reader about new comments under a story, or about answers to one comment."""
    Thread.objects.bulk_create([Thread(pk=story.pk)], ignore_conflicts=True)
    made, _ = Follow.objects.get_or_create(
        reader=reader,
        thread_id=story.pk,
        comment=comment,
        defaults={"token": secrets.token_urlsafe(32), "made_at": now, "told_until": now},
    )
    return made


@transaction.atomic
def unfollow(*, reader: Reader, follow: int) -> bool:
    """End a follow of a reader; tell whether there was one."""
    return bool(Follow.objects.filter(reader=reader, pk=follow).delete()[0])


@transaction.atomic
def unfollow_by_token(*, token: str) -> bool:
    """End the follow that a mail's link names; tell whether there was one."""
    return bool(token and Follow.objects.filter(token=token).delete()[0])


# Asking a person.


def ask_person(*, comment: Comment, words: str, now: datetime) -> Appeal:
    """Ask the desk to look at a comment that a check would return."""
    figures.count(Figure.What.ASKED, now=now)
    return Appeal.objects.create(
        comment=comment,
        reader=comment.writer,
        words=threads.clean(words[:CUT])[: LONGEST_WORDS * 4],
        made_at=now,
    )


@transaction.atomic
def appeal(*, comment: Comment, writer: Reader, words: str, now: datetime) -> Appeal:
    """Ask another moderator to look at the latest decision on one's comment.

    :raises CommentsError: when there is none to appeal against, or it was appealed already
    """
    mine = standings.locked(comment)
    if mine.writer_id != writer.pk or mine.standing not in {Standing.RETURNED, Standing.REMOVED}:
        raise CommentsError("There is no decision to appeal against.")
    decision = appealable(mine)
    if decision is None:
        raise CommentsError("The decision was appealed against already.")
    figures.count(Figure.What.APPEALED, now=now)
    return Appeal.objects.create(
        comment=mine,
        reader=writer,
        decision=decision,
        first_moderator=decision.moderator,
        words=threads.clean(words[:CUT])[: LONGEST_WORDS * 4],
        made_at=now,
    )


def appealable(comment: Comment) -> Decision | None:
    """Return the decision that a comment's writer may appeal against; None for none."""
    latest = (
        Decision.objects.filter(comment=comment, act__in=["return", "remove"], undone_by=None)
        .order_by("-decided_at", "-pk")
        .first()
    )
    if latest is None or Appeal.objects.filter(decision=latest).exists():
        return None
    return latest
