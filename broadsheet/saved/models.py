"""What a reader has saved to read later, and what they have read."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Self

from django.db import connection, models
from django.db.models import Q

from broadsheet.newsroom.models import StoryPage
from broadsheet.readers.models import Reader


class OfReaderQuerySet(models.QuerySet):
    """Rows of one reader, in the order of a moment, a page at a time."""

    moment: str

    def about(self, text: str) -> Self:
        """Return rows whose story's headline has every word of a text in it, capitals or not."""
        found = self
        for word in text.split():
            if connection.vendor == "sqlite":
                # LIKE folds only ASCII there; Python's patterns fold every alphabet.
                found = found.filter(story__title__iregex=re.escape(word))
            else:
                found = found.filter(story__title__icontains=word)
        return found

    def from_latest(self, *, before: tuple[datetime, int] | None = None) -> Self:
        """Return rows, latest first, from the one after the last of the page before."""
        found = self
        if before is not None:
            moment, number = before
            found = found.filter(
                Q(**{f"{self.moment}__lte": moment})
                & (Q(**{f"{self.moment}__lt": moment}) | Q(pk__lt=number))
            )
        return found.order_by(f"-{self.moment}", "-pk")

    def from_earliest(self, *, after: tuple[datetime, int] | None = None) -> Self:
        """Return rows, earliest first, from the one after the last of the page before."""
        found = self
        if after is not None:
            moment, number = after
            found = found.filter(
                Q(**{f"{self.moment}__gte": moment})
                & (Q(**{f"{self.moment}__gt": moment}) | Q(pk__gt=number))
            )
        return found.order_by(self.moment, "pk")


class SavedStoryQuerySet(OfReaderQuerySet):
    moment = "saved_at"


class ReadStoryQuerySet(OfReaderQuerySet):
    moment = "last_read_at"


class SavedStory(models.Model):
    """A story that a reader keeps for later."""

    reader = models.ForeignKey(Reader, models.CASCADE, related_name="saved_stories")
    story = models.ForeignKey(StoryPage, models.CASCADE, related_name="+")
    saved_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True, blank=True)

    objects = SavedStoryQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="story_saved_once", fields=["reader", "story"]),
        ]
        indexes = [
            models.Index(fields=["reader", "-saved_at", "-id"], name="saved_latest"),
            # Unread ones are few among many read ones, and the other way round.
            models.Index(
                fields=["reader", "-saved_at", "-id"],
                name="saved_unread",
                condition=Q(read_at=None),
            ),
            models.Index(
                fields=["reader", "-saved_at", "-id"],
                name="saved_read",
                condition=Q(read_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reader_id}: {self.story_id}"


class ReadStory(models.Model):
    """A story that a reader has read to its end, or could have."""

    reader = models.ForeignKey(Reader, models.CASCADE, related_name="read_stories")
    story = models.ForeignKey(StoryPage, models.CASCADE, related_name="+")
    last_read_at = models.DateTimeField()
    times = models.PositiveIntegerField(default=1)

    objects = ReadStoryQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="story_read_once", fields=["reader", "story"]),
        ]
        indexes = [
            models.Index(fields=["reader", "-last_read_at", "-id"], name="read_latest"),
        ]

    def __str__(self) -> str:
        return f"{self.reader_id}: {self.story_id}"


class HistoryChoice(models.Model):
    """Whether a reader wants the history kept. Without a row it is kept."""

    reader = models.OneToOneField(
        Reader, models.CASCADE, primary_key=True, related_name="history_choice"
    )
    is_kept = models.BooleanField()

    def __str__(self) -> str:
        return f"{self.reader_id}: {'kept' if self.is_kept else 'not kept'}"
