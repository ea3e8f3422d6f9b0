"""Posting and editing a comment: checked before anything is stored, and each form stored once."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.db import IntegrityError, connection, transaction
from django.db.models import F

from broadsheet.comments import figures, looking, markup, notices, standings
from broadsheet.comments.appeals import LONGEST_APPEAL, ask_person, open_appeal, to_desk
from broadsheet.comments.looking import (
    AlreadyPostedError,
    BadNameError,
    Looked,
    NamelessError,
    ParentGoneError,
    Recent,
    ReturnedError,
    TooLateError,
    look,
    stored,
    story_for_posting,
)
from broadsheet.comments.models import Comment, Figure, Thread
from broadsheet.comments.models.threads import LEVELS, part
from broadsheet.comments.signals import thread_changed
from broadsheet.newsroom.models import StoryPage
from broadsheet.readers import shownames
from broadsheet.readers.models import Reader
from broadsheet.rules import threads
from broadsheet.rules.guidelines.judging import Judgement, Reason, Screened, Verdict
from broadsheet.rules.names import ShownNameError
from broadsheet.rules.threads import EDITABLE

Standing = Comment.Standing
EDIT_ENDED = "A comment can be edited for five minutes after it was posted."


@dataclass(frozen=True, slots=True)
class Posted:
    """:param repeated: that the same form was sent before; nothing was posted now
    :param edited: that what was posted before has been changed to the words sent now
    :param passing: that the writer's address is at a domain of throw-away addresses
    """

    comment: Comment
    judgement: Judgement | None
    repeated: bool = False
    edited: bool = False
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
    """Post a comment under a story, or a reply to another one.

    :param key: names the form that was sent; a second one with the same key posts nothing. Where it
        brings other words, as after an answer that got lost, those take the place of the first
    :param asks_person: that a person shall look, though it breaks a guideline; ``words`` say why
    :raises ReturnedError: with every finding; nothing is stored then
    :raises ClosedError: when the thread takes no comments
    :raises SanctionedError: when the writer may not write
    :raises NamelessError: when the writer has no name to show
    :raises BadNameError: when the name could be taken for one of the paper's people
    :raises ParentGoneError: when the comment it replies to has gone
    :raises AlreadyPostedError: when the form was sent before with other words, too long ago to change
    :raises TooLongError: when ``words`` are longer than there is room for
    """
    key = _key_of_form(key, story, parent)
    words = to_desk(words, LONGEST_APPEAL)
    comment = None
    while comment is None:
        recent = looking.recent(writer)
        if key and key in {one.key for one in recent}:
            return _post_again(Comment.objects.get(writer=writer, key=key), writer, text, now=now)
        _check_name(writer)
        if parent is not None and (parent.thread_id != story.pk or not parent.is_published):
            raise ParentGoneError
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
            return _post_again(found, writer, text, now=now)
    if looked.screened is Screened.FAILED:
        notices.alarm(
            words="Comments can’t be screened; they wait for you in the queue. The log says why.",
            now=now,
        )
    return Posted(comment, looked.judgement, passing=looked.passing)


def _key_of_form(key: str, story: StoryPage, parent: Comment | None) -> str:
    """Return a form's key bound to where the form posts, so that it never finds a comment elsewhere."""
    if not key:
        return ""
    bound = f"{story.pk} {parent.pk if parent else 0} {key}"
    return hashlib.blake2b(bound.encode(), digest_size=20).hexdigest()


def _post_again(comment: Comment, writer: Reader, text: str, *, now: datetime) -> Posted:
    """Answer a form that was sent before: the words sent last are those that stand.

    :raises AlreadyPostedError: when the words are others, and the comment can't be changed any more
    """
    if threads.clean(text[: looking.FLOOD]) == comment.text:
        return Posted(comment, None, repeated=True)
    if comment.standing == Standing.RETURNED or not may_edit(comment, now):
        raise AlreadyPostedError(comment)
    edited = edit_comment(
        comment=comment, writer=writer, text=text, version=comment.version, now=now
    )
    return replace(edited, repeated=True)


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
        raise ParentGoneError
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
        comment.parent = parent
        comment.root_id = parent.root_id or parent.pk
        comment.depth = parent.depth + 1
        above = parent.place if parent.root_id else ""
        comment.place = above[: len(own) * LEVELS] + own


def badge_of(writer: Reader, story: StoryPage) -> Comment.Badge:
    """Return the badge beside what somebody writes under a story."""
    if not writer.is_staff and not shownames.is_of_the_paper(writer):
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
    *,
    comment: Comment,
    writer: Reader,
    text: str,
    version: int,
    now: datetime,
    asks_person: bool = False,
    words: str = "",
) -> Posted:
    """Change a comment within five minutes, or one that the desk returned; it is checked again.

    What the desk returned waits for a person then, whatever the checks say.

    :param version: of the comment that the writer saw
    :param asks_person: that a person shall look, though it breaks a guideline; ``words`` say why
    :raises TooLateError: when the time has run out, or it was changed or decided on meanwhile
    :raises ReturnedError: with every finding; the comment stays as it was
    :raises SanctionedError: when the writer may not write
    """
    words = to_desk(words, LONGEST_APPEAL)
    if comment.writer_id != writer.pk or not may_edit(comment, now):
        raise TooLateError(EDIT_ENDED)
    _not_appealed(comment)
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
        asks_person=asks_person,
        again=comment,
    )
    if looked.judgement.verdict is Verdict.RETURNED:
        _count_findings(Figure.What.RETURNED, looked.judgement, now=now)
        raise ReturnedError(looked.text, looked.judgement)
    with transaction.atomic():
        mine = standings.locked(comment)
        if mine.version != version or not may_edit(mine, now):
            raise TooLateError(
                "The comment was changed in another window, or the desk decided on it meanwhile."
            )
        _not_appealed(mine)
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
        if looked.judgement.reason is Reason.ASKED_FOR_PERSON:
            ask_person(comment=mine, words=words, now=now)
    return Posted(mine, looked.judgement, edited=True, passing=looked.passing)


def may_edit(comment: Comment, now: datetime) -> bool:
    """Tell whether a comment's writer may edit it; what the desk returned, without an end."""
    if comment.source:
        return False
    if comment.standing == Standing.RETURNED:
        return True
    alive = comment.standing in {Standing.PUBLISHED, Standing.HELD}
    return alive and now < comment.posted_at + EDITABLE


def _not_appealed(comment: Comment) -> None:
    if comment.standing == Standing.RETURNED and open_appeal(comment):
        raise TooLateError("You appealed against the desk’s decision. Wait for the answer first.")
