"""What readers do with comments of others, and what they are told about their own."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from broadsheet.comments.models.threads import Comment, Thread

READER = settings.AUTH_USER_MODEL


class Valuation(models.Model):
    """That a reader finds a comment thoughtful, or well sourced; once each."""

    class Kind(models.TextChoices):
        THOUGHTFUL = "thoughtful", "Thoughtful"
        WELL_SOURCED = "well-sourced", "Well sourced"

    comment = models.ForeignKey(Comment, models.CASCADE, related_name="valuations")
    reader = models.ForeignKey(READER, models.CASCADE, related_name="valuations")
    kind = models.CharField(max_length=12, choices=Kind)
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="valued_once", fields=["reader", "comment", "kind"]),
        ]

    def __str__(self) -> str:
        return f"{self.comment_id}: {self.kind}"


class Report(models.Model):
    """That a reader thinks the desk should look at a comment, and why.

    One waits for the desk at a time; when it was decided and the comment changed since, the same
    reader may report it again.
    """

    class Reason(models.TextChoices):
        ABUSIVE = "abusive", "It is abusive"
        PERSONAL = "personal", "It attacks a person"
        ADVERTISING = "advertising", "It is an advertisement"
        UNTRUE = "untrue", "It states something untrue"
        PRIVATE = "private", "It tells private things about somebody"
        ILLEGAL = "illegal", "It is against the law"
        OTHER = "other", "Something else"

    class State(models.TextChoices):
        OPEN = "open", "Not decided"
        UPHELD = "upheld", "The desk agreed"
        DISMISSED = "dismissed", "The desk didn’t agree"

    comment = models.ForeignKey(Comment, models.CASCADE, related_name="all_reports")
    reader = models.ForeignKey(READER, models.SET_NULL, null=True, related_name="reports_made")
    reason = models.CharField(max_length=12, choices=Reason)
    words = models.TextField(blank=True)
    state = models.CharField(max_length=9, choices=State, default=State.OPEN)
    made_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="report_open_once",
                fields=["reader", "comment"],
                condition=Q(state="open", reader__isnull=False),
            ),
            models.CheckConstraint(
                name="report_decided_or_open",
                condition=Q(state="open", decided_at=None)
                | (~Q(state="open") & Q(decided_at__isnull=False)),
            ),
        ]
        indexes = [models.Index(fields=["reader", "comment"], name="report_of_reader")]

    def __str__(self) -> str:
        return f"{self.comment_id}: {self.reason}"


class Mute(models.Model):
    """That a reader doesn't want to see what another writes. The other isn't told."""

    reader = models.ForeignKey(READER, models.CASCADE, related_name="mutes")
    muted = models.ForeignKey(READER, models.CASCADE, related_name="muted_by")
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="muted_once", fields=["reader", "muted"]),
            models.CheckConstraint(name="muted_another", condition=~Q(reader=F("muted"))),
        ]

    def __str__(self) -> str:
        return f"{self.reader_id} mutes {self.muted_id}"


class Follow(models.Model):
    """A reader's wish to be mailed about new comments of a thread, or answers to one comment."""

    reader = models.ForeignKey(READER, models.CASCADE, related_name="follows")
    thread = models.ForeignKey(Thread, models.CASCADE, related_name="follows")
    # Empty: the whole thread.
    comment = models.ForeignKey(
        Comment, models.CASCADE, null=True, blank=True, related_name="follows"
    )
    # In the links of the mails: whoever has it may end this follow and nothing else.
    token = models.CharField(max_length=43, unique=True)
    made_at = models.DateTimeField()
    # What appeared up to this moment has been mailed.
    told_until = models.DateTimeField()
    # The worker that mails it now claimed it then, to mail what appeared up to ``mailing_until``.
    claimed_at = models.DateTimeField(null=True, blank=True)
    mailing_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="thread_followed_once",
                fields=["reader", "thread"],
                condition=Q(comment=None),
            ),
            models.UniqueConstraint(
                name="comment_followed_once",
                fields=["reader", "comment"],
                condition=Q(comment__isnull=False),
            ),
            models.CheckConstraint(
                name="follow_claimed_up_to",
                condition=Q(claimed_at=None) | Q(mailing_until__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        what = f"answers to {self.comment_id}" if self.comment_id else f"thread {self.thread_id}"
        return f"{self.reader_id} follows {what}"


class Notice(models.Model):
    """What a writer was told about a comment, or about how they may write; mailed, and kept."""

    reader = models.ForeignKey(READER, models.CASCADE, related_name="comment_notices")
    comment = models.ForeignKey(Comment, models.SET_NULL, null=True, related_name="notices")
    subject = models.CharField(max_length=120)
    words = models.TextField()
    made_at = models.DateTimeField()
    mailed_at = models.DateTimeField(null=True, blank=True)
    # When the worker that mails it now claimed it (broadsheet.comments.claims).
    claimed_at = models.DateTimeField(null=True, blank=True)
    seen_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["reader", "-made_at", "-id"], name="notice_latest"),
            models.Index(fields=["made_at"], name="notice_to_mail", condition=Q(mailed_at=None)),
        ]

    def __str__(self) -> str:
        return self.subject
