"""Where stories were before, which runs brought them in, and what still waits for its place."""

from __future__ import annotations

from typing import Any

from django.db import models
from wagtail.models import Page

from broadsheet.newsroom.models import StoryPage
from broadsheet.rules import oldaddresses as rule


class OldAddress(models.Model):
    """An address of former days, which answers for ever.

    ``key`` is the one spelling that all spellings of it share (broadsheet.rules.oldaddresses).
    """

    key = models.CharField(max_length=rule.LONGEST_KEY, unique=True)
    # As it was written, for people and exports.
    address = models.TextField()
    # Where it leads: to a page of this paper, or for a redirect taken over to any address.
    page = models.ForeignKey(
        Page, models.CASCADE, null=True, blank=True, related_name="old_addresses"
    )
    target = models.TextField(blank=True)

    class Meta:
        verbose_name_plural = "old addresses"
        constraints = [
            models.CheckConstraint(
                name="old_address_leads_somewhere",
                condition=models.Q(page__isnull=False, target="")
                | (models.Q(page__isnull=True) & ~models.Q(target="")),
            ),
        ]

    def __str__(self) -> str:
        return self.address


class Run(models.Model):
    """One import, with its report."""

    started_at = models.DateTimeField()
    # Empty for one under way, or one that was stopped: the next run takes up where it ended.
    ended_at = models.DateTimeField(null=True, blank=True)
    files = models.JSONField(default=list)
    stories_read = models.PositiveIntegerField(default=0)
    imported = models.PositiveIntegerField(default=0)
    already_there = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField(default=0)
    # The first refusals and the warnings, for the desk; the whole report is in its file.
    complaints = models.JSONField(default=list)
    warnings = models.JSONField(default=list)

    def __str__(self) -> str:
        return f"{self.started_at:%Y-%m-%d %H:%M}, {self.imported} imported"


class Loose(models.Model):
    """What an imported story still waits for: pictures without a file, links to later stories.

    ``pictures`` holds, by the id of the block that stands in for it (``lead`` for the lead
    picture), the block as it will be; its pictures are fields of an importer's Picture.
    """

    story = models.OneToOneField(StoryPage, models.CASCADE, related_name="loose")
    pictures: Any = models.JSONField(default=dict)
    # Hosts whose links may lead into this archive; empty when no link waits.
    hosts: Any = models.JSONField(default=list)

    def __str__(self) -> str:
        return f"{self.story_id}"


class PastEvent(models.Model):
    """A moment in a story's history that came with it from another paper.

    What happens to a story here is in Wagtail's revisions and log; a paper's export takes the
    moments along, and they come in again as these.
    """

    story = models.ForeignKey(StoryPage, models.CASCADE, related_name="past_events")
    happened_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="past_event_once", fields=["story", "happened_at"]),
        ]

    def __str__(self) -> str:
        return f"{self.story_id} at {self.happened_at:%Y-%m-%d %H:%M}"
