"""What a reader does with the saved list and the reading history."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Case, F, IntegerField, When

from broadsheet.newsroom.models import StoryPage
from broadsheet.readers.models import Reader
from broadsheet.saved.models import HistoryChoice, ReadStory, SavedStory

ONE_READING = timedelta(minutes=30)  # going back within it is reading once


@transaction.atomic
def save(*, reader: Reader, story: StoryPage, now: datetime) -> SavedStory:
    """Keep a story for later. Saving it again changes nothing; it costs no reading."""
    return SavedStory.objects.get_or_create(reader=reader, story=story, defaults={"saved_at": now})[
        0
    ]


@transaction.atomic
def unsave(*, reader: Reader, story_pk: int) -> bool:
    """Take a story off the list; tell whether it was on it."""
    return bool(SavedStory.objects.filter(reader=reader, story_id=story_pk).delete()[0])


@transaction.atomic
def mark(*, reader: Reader, story_pk: int, is_read: bool, now: datetime) -> bool:
    """Mark a saved story as read or unread; tell whether it is on the list."""
    mine = SavedStory.objects.filter(reader=reader, story_id=story_pk)
    return bool(mine.update(read_at=now if is_read else None))


def history_is_kept(reader: Reader) -> bool:
    return not HistoryChoice.objects.filter(reader=reader, is_kept=False).exists()


@transaction.atomic
def remember_reading(*, reader: Reader, story_pk: int, now: datetime) -> None:
    """Write down that a reader opened a whole story, unless they want no history.

    A saved story that is opened later is read; the reader who has just saved it and sees its page
    again has not read it yet. Call this when the full story is shown, not for a teaser.
    """
    SavedStory.objects.filter(
        reader=reader, story_id=story_pk, read_at=None, saved_at__lte=now - ONE_READING
    ).update(read_at=now)
    if not history_is_kept(reader):
        return
    again = When(last_read_at__lt=now - ONE_READING, then=F("times") + 1)
    mine = ReadStory.objects.filter(reader=reader, story_id=story_pk)
    if not mine.update(
        times=Case(again, default=F("times"), output_field=IntegerField()), last_read_at=now
    ):
        ReadStory.objects.bulk_create(
            [ReadStory(reader=reader, story_id=story_pk, last_read_at=now)],
            ignore_conflicts=True,
        )


@transaction.atomic
def forget_reading(*, reader: Reader, story_pk: int) -> bool:
    """Take one story out of the history; tell whether it was in it."""
    return bool(ReadStory.objects.filter(reader=reader, story_id=story_pk).delete()[0])


@transaction.atomic
def erase_history(*, reader: Reader) -> int:
    """Erase the whole history; return how many stories were in it."""
    return ReadStory.objects.filter(reader=reader).delete()[0]


@transaction.atomic
def keep_history(*, reader: Reader, is_kept: bool) -> None:
    """Switch the history on or off. What is in it stays until it is erased."""
    HistoryChoice.objects.update_or_create(reader=reader, defaults={"is_kept": is_kept})


def saved_among(*, reader: Reader, stories: list[int]) -> list[int]:
    """Return which of some stories are on the reader's list."""
    mine = SavedStory.objects.filter(reader=reader, story_id__in=stories)
    return sorted(mine.values_list("story_id", flat=True))
