"""Moving a comment from one standing to another, with everything that is counted by standing.

Called within a transaction that holds the comment's row (:func:`locked`). Rows are locked in one
order: thread, comment, then what it answers, upwards.
"""

from datetime import datetime

from django.db.models import F

from broadsheet.comments.models import Comment, Thread
from broadsheet.comments.signals import thread_changed

Standing = Comment.Standing


def locked(comment: Comment) -> Comment:
    """Return a comment as it is now, its thread and itself locked until the transaction ends."""
    Thread.objects.select_for_update().get(pk=comment.thread_id)
    return (
        Comment.objects.select_for_update(of=("self",))
        .select_related("writer", "thread__story")
        .defer("thread__story__body", "thread__story__teaser")
        .get(pk=comment.pk)
    )


def changed(thread: int) -> None:
    """Say that what readers see of a thread has changed."""
    Thread.objects.filter(pk=thread).update(changes=F("changes") + 1, is_told=False)
    thread_changed.send(sender=Thread, thread=thread)


def restand(comment: Comment, standing: Standing, *, reason: str, now: datetime) -> None:
    """Give a comment another standing and save it. Its caller locked it."""
    before, was_shown = comment.standing, comment.is_shown
    comment.standing, comment.reason = standing, reason
    if standing != Standing.PUBLISHED:
        comment.picked_at, comment.wants_look = None, False
    elif comment.appeared_at is None:
        comment.appeared_at = now
    comment.is_shown = _is_shown(comment)
    comment.version += 1
    comment.save()
    if standing != before:
        _count(comment.thread_id, before, -1)
        _count(comment.thread_id, standing, +1, now=now)
    if comment.is_shown is not was_shown:
        _show_upwards(comment)
    if was_shown or comment.is_shown:
        changed(comment.thread_id)


def _is_shown(comment: Comment) -> bool:
    """Tell whether a thread's pages have a place for it: what isn't published has it for answers."""
    return comment.standing == Standing.PUBLISHED or comment.children > 0


def _count(thread: int, standing: str, by: int, *, now: datetime | None = None) -> None:
    rows = Thread.objects.filter(pk=thread)
    if standing == Standing.PUBLISHED:
        if by > 0:
            rows.update(published=F("published") + 1, last_published_at=now)
        else:
            rows.update(published=F("published") - 1)
    elif standing == Standing.HELD:
        rows.update(held=F("held") + by)


def _show_upwards(comment: Comment) -> None:
    """Count a comment in, or out, of what stands above it. A gone one above follows it."""
    one = comment
    while one.parent_id is not None and one.root_id is not None:
        by = 1 if one.is_shown else -1
        Comment.objects.filter(pk=one.root_id).update(answers=F("answers") + by)
        above = Comment.objects.get(pk=one.parent_id)
        was_shown = above.is_shown
        above.children += by
        above.is_shown = _is_shown(above)
        above.save(update_fields=["children", "is_shown"])
        if above.is_shown is was_shown:
            return
        one = above
