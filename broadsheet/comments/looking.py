"""Looking at a comment before anything is stored: may it be written, and what becomes of it."""

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from django.conf import settings

from broadsheet.comments import rulebook, screening
from broadsheet.comments.models import Comment, PaperRules, Sanction
from broadsheet.newsroom import bodies
from broadsheet.newsroom.models import StoryPage
from broadsheet.readers.models import Reader
from broadsheet.rules import passing, stamps, threads
from broadsheet.rules.guidelines import judging, length, repetition
from broadsheet.rules.guidelines.findings import Finding, Written
from broadsheet.rules.guidelines.judging import Judgement, Reason, Screened, Verdict
from broadsheet.rules.guidelines.policy import Policy
from broadsheet.rules.guidelines.repetition import Earlier
from broadsheet.rules.threads import Opening

Standing = Comment.Standing
EARLIER = 11  # comments of the writer that are looked at
STORIES = 256  # whose words a process keeps at hand
NAMES = 60  # of fellow commenters that a detector is told
# What is longer (in characters) comes back at once, whole, for its length alone: cleaning and measuring
# it would cost the paper more than it cost the sender.
FLOOD = 20_000


class CommentsError(Exception):
    """Something can't be done; the words are for the reader."""


class ReturnedError(CommentsError):
    """The comment breaks a guideline. Nothing was stored.

    ``text`` is the cleaned text that the findings' places are in.
    """

    def __init__(self, text: str, judgement: Judgement) -> None:
        super().__init__("The comment breaks a guideline.")
        self.text, self.judgement = text, judgement

    @property
    def findings(self) -> tuple[Finding, ...]:
        return self.judgement.findings


class ClosedError(CommentsError):
    def __init__(self, opening: Opening) -> None:
        super().__init__("Comments on this story are closed.")
        self.opening = opening


class SanctionedError(CommentsError):
    """The writer may not write now. ``sanction`` says why and until when."""

    def __init__(self, sanction: Sanction) -> None:
        zone = settings.OPTIONS.zone
        until = f" until {stamps.in_text(sanction.until, zone)}" if sanction.until else ""
        super().__init__(f"You can’t write comments{until}. {sanction.words}".strip())
        self.sanction = sanction


class BannedError(CommentsError):
    """Somebody who is banned acts on what others wrote."""

    def __init__(self) -> None:
        super().__init__("You can’t value or report comments while you are banned from writing.")


class NamelessError(CommentsError):
    def __init__(self) -> None:
        super().__init__("Choose the name to show with your comments.")


class BadNameError(CommentsError):
    """The writer's name could be taken for one of the paper's people, who came after it."""


class TooLateError(CommentsError):
    """What was to be changed has changed since, or its time has run out."""


class ParentGoneError(TooLateError):
    """The comment that somebody replies to was deleted or taken down."""

    def __init__(self) -> None:
        super().__init__("The comment you’re replying to isn’t there any more.")


class AlreadyPostedError(TooLateError):
    """The same form was sent before, with other words, and that comment can't be changed now."""

    def __init__(self, comment: Comment) -> None:
        super().__init__(
            "Your first version was posted already, and it can’t be changed any more. "
            "Your new words are still here: you can post them as another comment."
            if comment.is_published
            else "This was sent already, in other words, and that comment isn’t published. Your new "
            "words are still here: you can post them as another comment."
        )
        self.comment = comment


class TooLongError(CommentsError):
    """What somebody tells the desk is longer than there is room for."""

    def __init__(self, over: int, longest: int) -> None:
        super().__init__(
            f"What you tell the desk is {over:,} character{'' if over == 1 else 's'} too long: it may "
            f"have {longest:,}."
        )


class Recent(NamedTuple):
    pk: int
    text: str
    standing: str
    key: str
    thread: int
    posted_at: datetime


@dataclass(frozen=True, slots=True)
class Looked:
    """A text that was looked at: cleaned, screened, judged."""

    text: str
    judgement: Judgement
    screened: Screened
    version: str
    passing: bool


_FOR_POSTING = (
    *("title", "path", "depth", "url_path", "live", "last_published_at"),
    *("standfirst", "published_at", "comments_are"),
    *("thread", "section__title", "section__url_path", "section__comment_rules"),
)


def story_for_posting(pk: int) -> StoryPage | None:
    """Return a live story with all that posting under it asks for; its words stay unloaded."""
    # Naming the columns halves the work: a page and its section have seventy between them.
    found: StoryPage | None = (
        StoryPage.objects.live()
        .only(*_FOR_POSTING)
        .select_related("thread", "section__comment_rules")
        .filter(pk=pk)
        .order_by()
        .first()
    )
    return found


def stored(findings: Sequence[Finding]) -> list[dict[str, Any]]:
    """Return findings as a comment keeps them."""
    return [
        {
            "guideline": one.guideline.value,
            "start": one.start,
            "end": one.end,
            "strength": round(one.strength, 4),
            "explanation": one.explanation,
        }
        for one in findings
    ]


def _words(story: StoryPage) -> str:
    """Return the words of a story; each stand of it is read once."""
    key = (story.pk, story.last_published_at)
    words = _read.get(key)
    if words is None:
        parts = [story.title, story.standfirst, *(one for _, one in bodies.texts(story.body))]
        words = "\n".join(parts)
        with _guard:
            if len(_read) >= STORIES:
                del _read[next(iter(_read))]
            _read[key] = words
    return words


_read: dict[tuple[int, datetime | None], str] = {}
_guard = threading.Lock()


def _names(thread: int) -> list[str]:
    """Return the names of those who wrote last in a thread: a range of one index."""
    rows = Comment.objects.filter(thread=thread, standing=Standing.PUBLISHED)
    latest = rows.order_by("-number").values_list("writer__name", flat=True)[:NAMES]
    return list(dict.fromkeys(name for name in latest if name))


def written_of(
    *, story: StoryPage, text: str, parent: Comment | None, earlier: Sequence[str] = ()
) -> Written:
    """Return a comment as it is judged. The story's words are only fetched for a detector."""
    words = _words(story) if screening.is_installed() else ""
    names = _names(story.pk) if screening.is_installed() else []
    return Written(
        text,
        story=words,
        parent=parent.text if parent else "",
        earlier=tuple(earlier),
        names=tuple(names),
    )


def bar_of(writer: Reader, now: datetime) -> Sanction | None:
    """Return what keeps somebody from writing; None for nothing."""
    return _bar({one.kind: one for one in Sanction.objects.filter(reader=writer).holding(now)})


def is_banned(reader: Reader, now: datetime) -> bool:
    """Tell whether somebody is banned, so that they don't act on what others write either."""
    return Sanction.objects.filter(reader=reader, kind=Sanction.Kind.BAN).holding(now).exists()


def _bar(holding: Mapping[str, Sanction]) -> Sanction | None:
    return holding.get(Sanction.Kind.BAN) or holding.get(Sanction.Kind.MUTE)


_RECENT = ("pk", "text", "standing", "key", "thread_id", "posted_at")


def recent(writer: Reader) -> list[Recent]:
    """Return what somebody wrote last, latest first, in one query."""
    rows = Comment.objects.by(writer).values_list(*_RECENT)
    return [Recent(*row) for row in rows[:EARLIER]]


def is_latest(recent: Sequence[Recent], writer: Reader) -> bool:
    """Tell whether somebody has written nothing since their latest were fetched."""
    newest = Comment.objects.by(writer).values_list("pk", flat=True).first()
    return newest == (recent[0].pk if recent else None)


def look(
    *,
    story: StoryPage,
    writer: Reader,
    text: str,
    parent: Comment | None,
    now: datetime,
    latest: Sequence[Recent],
    asks_person: bool = False,
    again: Comment | None = None,
) -> Looked:
    """Look at a text as if it were posted: may the writer write here, and what becomes of it.

    :param latest: what the writer wrote last (:func:`recent`)
    :param again: the comment of the writer's that it replaces, or that is looked at anew; it isn't
        among the latest
    :raises ClosedError: when the thread takes no comments
    :raises SanctionedError: when the writer may not write
    """
    book = rulebook.load()
    opening = rulebook.opening_of(story, book.paper, now=now)
    if not opening.takes_comments and again is None:
        raise ClosedError(opening)
    holding = {one.kind: one for one in Sanction.objects.filter(reader=writer).holding(now)}
    if bar := _bar(holding):
        raise SanctionedError(bar)
    if len(text) > max(FLOOD, book.policy.longest):
        return _flood(text, book.policy)
    text = threads.clean(text)
    written = written_of(
        story=story,
        text=text,
        parent=parent,
        earlier=_comparable(text, story, latest, now=now),
    )
    screened = _screen(written, book.policy.longest)
    is_passing = passing.is_passing(writer.email, rulebook.domains(book.paper))
    judgement = judging.judge(
        judging.find(written, screened.measured, book.policy),
        book.policy,
        screened=screened.screened,
        asks_person=asks_person,
        thread_read_first=opening is Opening.READ_FIRST,
        writer_read_first=Sanction.Kind.READ_FIRST in holding,
        returned_before=again is not None and again.standing == Standing.RETURNED,
        new_reader=_is_new(writer, book.paper.read_first_comments, latest, again),
        passing_address=(
            is_passing and book.paper.passing_addresses == PaperRules.PassingAddress.HOLD
        ),
        read_by_desk=writer.is_staff,
    )
    warned = is_passing and book.paper.passing_addresses == PaperRules.PassingAddress.WARN
    return Looked(text, judgement, screened.screened, screened.version, warned)


def with_newlines(text: str) -> str:
    """Return a text with the line ends that its characters are counted with."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _flood(text: str, policy: Policy) -> Looked:
    """Return what is far too long to its writer, with how much, whatever the policy's lines say."""
    text = with_newlines(text)
    findings = tuple(length.find(Written(text), None, policy))
    judgement = Judgement(Verdict.RETURNED, Reason.BREAKS_GUIDELINE, findings)
    return Looked(text, judgement, Screened.NOT_INSTALLED, "", passing=False)


def _comparable(
    text: str, story: StoryPage, latest: Sequence[Recent], *, now: datetime
) -> tuple[str, ...]:
    """Return which of a writer's latest a new comment is compared with for repetition."""
    earlier = (
        Earlier(
            one.text,
            one.posted_at,
            same_story=one.thread == story.pk,
            returned=one.standing == Standing.RETURNED,
        )
        for one in latest
    )
    return repetition.comparable(text, earlier, now=now)


def _is_new(writer: Reader, wanted: int, latest: Sequence[Recent], again: Comment | None) -> bool:
    """Tell whether fewer comments of a writer's are published than the paper wants to read first.

    The latest nearly always say it. Where they don't, because their writer deleted some or the desk
    took some down, what is published is counted, as far as is wanted: a range of one index.
    """
    if sum(one.standing == Standing.PUBLISHED for one in latest) >= wanted:
        return False
    rows = Comment.objects.published().filter(writer=writer)
    if again is not None:
        rows = rows.exclude(pk=again.pk)
    return rows.values("pk")[:wanted].count() < wanted


def _screen(written: Written, longest: int) -> screening.Screening:
    # What is returned for its length isn't worth measuring.
    if len(written.text) > longest or not written.text:
        return screening.Screening(Screened.NOT_INSTALLED)
    return screening.screen(written)
