"""How moderators work together: who works on what, what they note about writers, what was alerted."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import models

from broadsheet.comments.models.threads import Comment

READER = settings.AUTH_USER_MODEL


class DeskClaimQuerySet(models.QuerySet["DeskClaim"]):
    def holding(self, now: datetime) -> DeskClaimQuerySet:
        """Return those in force at a moment."""
        return self.filter(until__gt=now)


class DeskClaim(models.Model):
    """That a moderator is working on a comment, for some minutes. One comment has one claim."""

    comment = models.OneToOneField(
        Comment, models.CASCADE, primary_key=True, related_name="desk_claim"
    )
    moderator = models.ForeignKey(READER, models.CASCADE, related_name="+")
    until = models.DateTimeField()

    objects = DeskClaimQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.comment_id} until {self.until:%Y-%m-%d %H:%M}"


class WriterNote(models.Model):
    """What a moderator wrote down about a reader, for the desk. The reader gets it in the export."""

    reader = models.ForeignKey(READER, models.CASCADE, related_name="desk_notes")
    moderator = models.ForeignKey(READER, models.SET_NULL, null=True, related_name="+")
    moderator_name = models.CharField(max_length=80)
    words = models.CharField(max_length=500)
    made_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["reader", "-made_at"], name="note_about_reader")]

    def __str__(self) -> str:
        return f"about {self.reader_id}, by {self.moderator_name}"


class WaitingAlert(models.Model):
    """That moderators were told how long a queue waits. One queue has one, while it waits too long.

    ``message`` names the alert, so that whoever gets it twice knows it for the same.
    """

    queue = models.CharField(max_length=10, primary_key=True)
    message = models.CharField(max_length=40)
    next_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.queue}, next at {self.next_at:%Y-%m-%d %H:%M}"
