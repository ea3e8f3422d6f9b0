"""Looking anew at what waits only because it could not be screened."""

from datetime import datetime

from django.db import transaction

from broadsheet.comments import figures, looking, notices, screening, standings
from broadsheet.comments.looking import Looked, SanctionedError, stored
from broadsheet.comments.models import Comment, Figure
from broadsheet.rules.guidelines.judging import Reason, Screened, Verdict

Standing = Comment.Standing
AT_ONCE = 50  # comments; the next turn takes the next ones


def screen_again(*, now: datetime) -> int:
    """Screen comments that couldn't be when they were written; return on how many it was decided.

    What keeps the guidelines is published, and its writer told. Nothing comes back to a writer who
    was told that it waits: whatever else is found, a person decides, and sees why.
    """
    if not screening.is_installed():
        return 0
    waiting = (
        Comment.objects.filter(standing=Standing.HELD, reason=Reason.SCREENING_FAILED)
        .filter(writer__isnull=False, thread__story__live=True)
        .select_related("writer", "parent")
        .order_by("posted_at", "pk")[:AT_ONCE]
    )
    settled = 0
    for comment in waiting:
        try:
            looked = _look(comment, now=now)
        except SanctionedError:
            settled += _stays(comment, Reason.WRITER_READ_FIRST, None, now=now)
            continue
        if looked is None:
            continue
        if looked.screened is Screened.FAILED:
            break
        if looked.judgement.verdict is Verdict.PUBLISHED:
            settled += _appears(comment, looked, now=now)
        else:
            held = looked.judgement.verdict is Verdict.HELD
            reason = looked.judgement.reason if held else Reason.DOUBTFUL
            settled += _stays(comment, reason, looked, now=now)
    return settled


def _look(comment: Comment, *, now: datetime) -> Looked | None:
    """Look at a comment as when it was written, though its thread may be closed by now."""
    story = looking.story_for_posting(comment.thread_id)
    if story is None or comment.writer is None:
        return None
    earlier = [one for one in looking.recent(comment.writer) if one.pk < comment.pk]
    return looking.look(
        story=story,
        writer=comment.writer,
        text=comment.text,
        parent=comment.parent,
        now=now,
        latest=earlier,
        again=comment,
    )


def _locked(comment: Comment) -> Comment | None:
    """Return the comment, locked, unless somebody decided on it or changed it meanwhile."""
    one = standings.locked(comment)
    same = (one.standing, one.reason, one.version) == (
        Standing.HELD,
        Reason.SCREENING_FAILED,
        comment.version,
    )
    return one if same else None


@transaction.atomic
def _appears(comment: Comment, looked: Looked, *, now: datetime) -> bool:
    one = _locked(comment)
    if one is None:
        return False
    one.findings, one.screened_by = stored(looked.judgement.findings), looked.version
    one.wants_look = looked.judgement.tells_desk
    standings.restand(one, Standing.PUBLISHED, reason=looked.judgement.reason.value, now=now)
    figures.count(Figure.What.PUBLISHED, now=now)
    notices.tell(
        reader=one.writer,
        comment=one,
        subject="Your comment is published",
        words="It could not be checked when you wrote it, and has been now. Thank you for waiting.",
        now=now,
    )
    return True


@transaction.atomic
def _stays(comment: Comment, reason: Reason, looked: Looked | None, *, now: datetime) -> bool:
    one = _locked(comment)
    if one is None:
        return False
    if looked is not None:
        one.findings, one.screened_by = stored(looked.judgement.findings), looked.version
    standings.restand(one, Standing.HELD, reason=reason.value, now=now)
    return True
