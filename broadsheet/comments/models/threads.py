"""Threads and their comments, in every order in which they are read."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse

from broadsheet.newsroom.models import StoryPage

if TYPE_CHECKING:
    from broadsheet.readers.models import Reader

PLACES = "0123456789abcdefghijklmnopqrstuvwxyz"
PLACE = 5  # characters of a place's part: 60 million comments in a thread
LEVELS = 8  # of parts; what nests deeper stands in order of time under the eighth


def part(number: int) -> str:
    """Return a number as a part of a place; parts sort as their numbers do."""
    letters = ""
    while number:
        number, rest = divmod(number, len(PLACES))
        letters = PLACES[rest] + letters
    return letters.rjust(PLACE, "0")


class Thread(models.Model):
    """The talk under one story. Its row is made with the first comment, or when the desk acts."""

    class State(models.TextChoices):
        AS_STORY = "", "As story and section say"
        OPEN = "open", "Open"
        READ_FIRST = "read-first", "Open, read before they appear"
        CLOSED = "closed", "Closed"

    story = models.OneToOneField(StoryPage, models.CASCADE, primary_key=True, related_name="thread")
    # The desk's word, over that of the story, the section and the paper.
    state = models.CharField(max_length=10, choices=State, default=State.AS_STORY, blank=True)
    closes_at = models.DateTimeField(null=True, blank=True)

    # How many comments stand how; those that others see, and those that wait for a person.
    published = models.PositiveIntegerField(default=0)
    held = models.PositiveIntegerField(default=0)
    # The number that the latest comment got.
    last_number = models.PositiveIntegerField(default=0)
    # Grows with every change that readers see.
    changes = models.PositiveIntegerField(default=0)
    last_published_at = models.DateTimeField(null=True, blank=True)
    # Whether the pages that print numbers (of comments, of readers who value one) know the present
    # ones; a duty tells them.
    is_told = models.BooleanField(default=True)
    # When a worker began to tell them; empty again once it has.
    telling_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["-last_published_at", "-story"], name="thread_latest"),
            models.Index(fields=["story"], name="thread_untold", condition=Q(is_told=False)),
            models.Index(
                fields=["telling_at"],
                name="thread_telling",
                condition=Q(telling_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"under story {self.pk}"


class CommentQuerySet(models.QuerySet["Comment"]):
    def shown(self) -> CommentQuerySet:
        """Return what has a place on pages: published comments, and others that were answered."""
        return self.filter(is_shown=True)

    def published(self) -> CommentQuerySet:
        return self.filter(standing=Comment.Standing.PUBLISHED)

    def first_in_thread(self, thread: int) -> CommentQuerySet:
        """Return the shown comments that answer no other."""
        return self.filter(thread=thread, parent=None, is_shown=True)

    def newest(self, *, after: tuple[datetime, int] | None = None) -> CommentQuerySet:
        """Order by time, latest first, from the one after the last of the page before.

        :param after: moment and number (primary key) of that one
        """
        found = self
        if after is not None:
            moment, pk = after
            # The first condition alone lets the index begin where the page does.
            found = found.filter(
                Q(posted_at__lte=moment) & (Q(posted_at__lt=moment) | Q(pk__lt=pk))
            )
        return found.order_by("-posted_at", "-pk")

    def oldest(self, *, after: tuple[datetime, int] | None = None) -> CommentQuerySet:
        found = self
        if after is not None:
            moment, pk = after
            found = found.filter(
                Q(posted_at__gte=moment) & (Q(posted_at__gt=moment) | Q(pk__gt=pk))
            )
        return found.order_by("posted_at", "pk")

    def most_valued(self, *, after: tuple[int, int] | None = None) -> CommentQuerySet:
        """Order by score, the highest first; of equals the latest.

        :param after: score and number (primary key) of the last of the page before
        """
        found = self
        if after is not None:
            score, pk = after
            found = found.filter(Q(score__lte=score) & (Q(score__lt=score) | Q(pk__lt=pk)))
        return found.order_by("-score", "-pk")

    def picked(self, thread: int, *, after: tuple[datetime, int] | None = None) -> CommentQuerySet:
        """Return the desk's choice of a thread, answers too, picked last first."""
        found = self.filter(thread=thread, standing=Comment.Standing.PUBLISHED).exclude(
            picked_at=None
        )
        if after is not None:
            moment, pk = after
            found = found.filter(
                Q(picked_at__lte=moment) & (Q(picked_at__lt=moment) | Q(pk__lt=pk))
            )
        return found.order_by("-picked_at", "-pk")

    def answers_to(self, root: int, *, after: str = "") -> CommentQuerySet:
        """Return every shown comment under one that answers no other, as a tree is read.

        :param after: place of the last of the page before
        """
        found = self.filter(root=root, is_shown=True)
        if after:
            found = found.filter(place__gt=after)
        return found.order_by("place")

    def by(self, writer: Reader) -> CommentQuerySet:
        return self.filter(writer=writer).order_by("-posted_at", "-pk")

    def waiting(self) -> CommentQuerySet:
        """Return what is held, first come first."""
        return self.filter(standing=Comment.Standing.HELD).order_by("posted_at", "pk")

    def reported(self) -> CommentQuerySet:
        """Return what readers reported and nobody has decided on, most reported first."""
        return self.filter(reports__gt=0).order_by("-reports", "posted_at", "pk")

    def told(self) -> CommentQuerySet:
        """Return published comments that the desk was told of and nobody has looked at."""
        return self.filter(wants_look=True).order_by("posted_at", "pk")


class Comment(models.Model):
    """One piece of the talk under a story. ``number`` counts within its thread.

    Nesting has no limit; no place in the code follows parents one by one.
    """

    class Standing(models.TextChoices):
        PUBLISHED = "published", "Published"
        HELD = "held", "Waits for a person"
        RETURNED = "returned", "Returned to its writer"
        REMOVED = "removed", "Removed by the desk"
        DELETED = "deleted", "Deleted by its writer"

    class Badge(models.TextChoices):
        NONE = "", "None"
        STAFF = "staff", "Works for the paper"
        AUTHOR = "author", "Wrote the story"

    thread = models.ForeignKey(Thread, models.CASCADE, related_name="comments")
    number = models.PositiveIntegerField()
    # Empty when the account is gone, or was never here: then ``name`` is shown.
    writer = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="comments"
    )
    name = models.CharField(max_length=80, blank=True)
    badge = models.CharField(max_length=6, choices=Badge, default=Badge.NONE, blank=True)

    # Rows are never deleted one by one, only with their thread, in one statement.
    parent = models.ForeignKey("self", models.DO_NOTHING, null=True, related_name="direct_answers")
    # The comment at the beginning of this talk, which answers no other; empty for itself.
    root = models.ForeignKey("self", models.DO_NOTHING, null=True, related_name="descendants")
    depth = models.PositiveIntegerField(default=0)
    # Where it stands in the tree under ``root``: the numbers of what it answers, and its own.
    place = models.CharField(max_length=PLACE * (LEVELS + 1))

    text = models.TextField(blank=True, help_text="As the writer wrote it, cleaned.")
    html = models.TextField(blank=True, editable=False, help_text="Derived from the text.")
    standing = models.CharField(max_length=9, choices=Standing)
    # Why it stands so: broadsheet.rules.guidelines.judging.Reason, or the act of the desk.
    reason = models.CharField(max_length=24, blank=True)
    findings = models.JSONField(default=list, blank=True)
    # The detector that looked at it; empty when none did.
    screened_by = models.CharField(max_length=60, blank=True)
    posted_at = models.DateTimeField()
    edited_at = models.DateTimeField(null=True, blank=True)
    # When others first saw it.
    appeared_at = models.DateTimeField(null=True, blank=True)
    picked_at = models.DateTimeField(null=True, blank=True)
    # Grows with every change, so that of two at once only one is made.
    version = models.PositiveIntegerField(default=0)
    # Whether a thread's pages have a place for it.
    is_shown = models.BooleanField(default=False)
    # Published, but the desk should look at it.
    wants_look = models.BooleanField(default=False)

    # Sent by the form, so that pressing twice posts once.
    key = models.CharField(max_length=43, blank=True)
    # The network it was sent from, without its last part; forgotten after some weeks.
    network = models.CharField(max_length=45, blank=True)
    # Where an older comment came from; both are empty for one written here.
    source = models.CharField(max_length=20, blank=True)
    source_id = models.CharField(max_length=100, blank=True)

    # Counted when they change. ``children``: direct answers that are shown; ``answers``: all shown
    # ones below one that answers no other.
    children = models.PositiveIntegerField(default=0)
    answers = models.PositiveIntegerField(default=0)
    thoughtful = models.PositiveIntegerField(default=0)
    well_sourced = models.PositiveIntegerField(default=0)
    reports = models.PositiveIntegerField(default=0, help_text="Those not decided yet.")
    # Wilson's lower bound of the share of readers who value it, in millionths.
    score = models.PositiveIntegerField(default=0)

    objects = CommentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="comment_number_once", fields=["thread", "number"]),
            models.UniqueConstraint(
                name="comment_imported_once",
                fields=["source", "source_id"],
                condition=~Q(source=""),
            ),
            models.UniqueConstraint(
                name="comment_posted_once", fields=["writer", "key"], condition=~Q(key="")
            ),
            models.CheckConstraint(
                name="comment_shown_as_it_stands",
                # What isn't published has a place only for the answers under it.
                condition=Q(standing="published", is_shown=True)
                | (~Q(standing="published") & (Q(is_shown=False) | Q(children__gt=0))),
            ),
            models.CheckConstraint(
                name="comment_has_words", condition=~Q(text="") | Q(standing="deleted")
            ),
            models.CheckConstraint(
                name="comment_has_root",
                condition=Q(parent=None, root=None, depth=0)
                | Q(parent__isnull=False, root__isnull=False, depth__gt=0),
            ),
            models.CheckConstraint(
                name="comment_look_published",
                condition=Q(wants_look=False) | Q(standing="published"),
            ),
        ]
        indexes = [
            models.Index(
                fields=["thread", "-posted_at", "-id"],
                name="comment_newest",
                condition=Q(parent=None, is_shown=True),
            ),
            models.Index(
                fields=["thread", "-score", "-id"],
                name="comment_most_valued",
                condition=Q(parent=None, is_shown=True),
            ),
            models.Index(
                fields=["thread", "-picked_at", "-id"],
                name="comment_picked",
                condition=Q(picked_at__isnull=False),
            ),
            models.Index(fields=["root", "place"], name="comment_tree", condition=Q(is_shown=True)),
            models.Index(fields=["thread", "appeared_at"], name="comment_appeared"),
            models.Index(fields=["writer", "-posted_at", "-id"], name="comment_of_writer"),
            # Counts what of somebody's is published without passing what they deleted.
            models.Index(
                fields=["writer", "standing", "-posted_at", "-id"],
                name="comment_of_writer_standing",
            ),
            # Both columns that are asked for stand in it: SQLite, which knows no statistics here,
            # would otherwise read everything that is held.
            models.Index(
                fields=["standing", "reason", "posted_at", "id"],
                name="comment_waiting_why",
                condition=Q(standing="held"),
            ),
            models.Index(fields=["standing", "-posted_at", "-id"], name="comment_of_standing"),
            models.Index(
                fields=["-reports", "posted_at", "id"],
                name="comment_reported",
                condition=Q(reports__gt=0),
            ),
            models.Index(
                fields=["posted_at", "id"], name="comment_told", condition=Q(wants_look=True)
            ),
            models.Index(fields=["-posted_at", "-id"], name="comment_latest"),
        ]
        permissions = [("moderate_comments", "Can moderate comments")]

    def __str__(self) -> str:
        return f"#{self.number} under story {self.thread_id}"

    def get_absolute_url(self) -> str:
        """Return its address for good, which leads to where it stands now."""
        return reverse("comment", args=[self.pk])

    @property
    def anchor(self) -> str:
        return f"comment-{self.number}"

    @property
    def shown_name(self) -> str:
        """The name beside it; the writer has to be fetched with it."""
        if self.writer is not None and self.writer.name:
            return self.writer.name
        return self.name or "A reader"

    @property
    def is_published(self) -> bool:
        return self.standing == Comment.Standing.PUBLISHED
