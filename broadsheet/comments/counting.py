"""What other floors' pages say of comments: their number in lists, their writers' names."""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any

from django.utils import timezone

from broadsheet.comments.models import Comment, Thread
from broadsheet.comments.signals import thread_changed
from broadsheet.newsroom.models import Author, StoryPage
from broadsheet.readers.models import Reader

RECENT = timedelta(days=30)
MOST = 50  # threads that are printed anew at once when a writer changes names


def put_counts(stories: Sequence[StoryPage]) -> None:
    """Say of each story in a list how many comments it has (``comment_count``), in one query."""
    counts = dict(
        Thread.objects.filter(pk__in=[story.pk for story in stories], published__gt=0).values_list(
            "pk", "published"
        )
    )
    for story in stories:
        story.comment_count = counts.get(story.pk, 0)


def authors() -> Iterable[tuple[str, int | None]]:
    """Return the names in bylines, which nobody else may bear, and whose they are."""
    return Author.objects.values_list("name", "reader")


def renamed(reader: Reader, **_: Any) -> None:
    """Print the threads anew in which a reader wrote lately; older pages follow when they change."""
    lately = Comment.objects.filter(writer=reader, posted_at__gt=timezone.now() - RECENT)
    for thread in lately.order_by().values_list("thread", flat=True).distinct()[:MOST]:
        thread_changed.send(sender=Thread, thread=thread)
