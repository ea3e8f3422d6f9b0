"""What the desk decides, its word lists and texts, and the paper's rules for threads."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q

from broadsheet.comments.models.threads import Comment, Thread
from broadsheet.newsroom.models import SectionPage

READER = settings.AUTH_USER_MODEL


class Act(models.TextChoices):
    """What a moderator does."""

    APPROVE = "approve", "Approved"
    RETURN = "return", "Returned to its writer"
    REMOVE = "remove", "Removed"
    PICK = "pick", "Picked"
    UNPICK = "unpick", "Pick taken back"
    LET_STAND = "let-stand", "Left standing"
    CLOSE_THREAD = "close-thread", "Thread closed"
    OPEN_THREAD = "open-thread", "Thread opened"
    READ_THREAD_FIRST = "read-thread-first", "Thread read first"
    WARN = "warn", "Writer warned"
    READ_WRITER_FIRST = "read-writer-first", "Writer read first"
    MUTE = "mute", "Writer muted for a time"
    BAN = "ban", "Writer banned"
    LIFT = "lift", "Sanction lifted"
    UPHOLD_APPEAL = "uphold-appeal", "Appeal won"
    REJECT_APPEAL = "reject-appeal", "Appeal lost"
    SET_RULES = "set-rules", "Rules changed"
    UNDO = "undo", "Undone"


class Decision(models.Model):
    """One act of one moderator: who, what, why, before and after. Never changed, never removed.

    The log outlives what it is about. ``before`` and ``after`` hold the fields that the act changed,
    so that it can be undone while they are still as it left them.
    """

    act = models.CharField(max_length=20, choices=Act)
    moderator = models.ForeignKey(READER, models.SET_NULL, null=True, related_name="decisions")
    moderator_name = models.CharField(max_length=80)
    comment = models.ForeignKey(Comment, models.SET_NULL, null=True, related_name="decisions")
    thread = models.ForeignKey(Thread, models.SET_NULL, null=True, related_name="decisions")
    # The writer it concerns.
    reader = models.ForeignKey(READER, models.SET_NULL, null=True, related_name="decisions_about")
    reason = models.ForeignKey("ReasonText", models.SET_NULL, null=True, related_name="decisions")
    # What the writer was told, and what only the desk reads.
    words = models.TextField(blank=True)
    note = models.CharField(max_length=500, blank=True)
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    decided_at = models.DateTimeField()
    undoes = models.OneToOneField("self", models.SET_NULL, null=True, related_name="undone_by")
    # Acts done together have the same one.
    batch = models.CharField(max_length=32, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["-decided_at", "-id"], name="decision_latest"),
            models.Index(fields=["moderator", "-decided_at"], name="decision_of_moderator"),
            models.Index(fields=["reader", "-decided_at"], name="decision_about_reader"),
            models.Index(fields=["act", "-decided_at", "-id"], name="decision_of_kind"),
            models.Index(fields=["batch"], name="decision_batch", condition=~Q(batch="")),
        ]

    def __str__(self) -> str:
        return f"{self.moderator_name}: {self.act} at {self.decided_at:%Y-%m-%d %H:%M}"


class Ruling(models.Model):
    """What the desk thinks of a comment in which a check found something; one row to a guideline.

    Derived from the latest decision that holds (broadsheet.comments.rulings): it says how well a
    check and the moderators agree, and what was decided on alike.
    """

    decision = models.ForeignKey(Decision, models.CASCADE, related_name="rulings")
    comment = models.ForeignKey(Comment, models.CASCADE, related_name="rulings")
    guideline = models.CharField(max_length=20)
    # The strongest finding's, 0 to 1.
    strength = models.FloatField()
    # Whether the moderator took the comment down, as the check would.
    is_upheld = models.BooleanField()
    decided_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="ruling_once", fields=["comment", "guideline"]),
        ]
        indexes = [
            models.Index(fields=["guideline", "-decided_at", "-id"], name="ruling_latest"),
        ]

    def __str__(self) -> str:
        return f"{self.comment_id}: {self.guideline} {'upheld' if self.is_upheld else 'dismissed'}"


class Appeal(models.Model):
    """A writer's wish that a person look: at a finding of a check, or at a decision of the desk.

    A decision is looked at by another moderator than the one who made it.
    """

    class State(models.TextChoices):
        OPEN = "open", "Waits for an answer"
        WON = "won", "The writer was right"
        LOST = "lost", "It stays as it was"

    comment = models.ForeignKey(Comment, models.CASCADE, related_name="appeals")
    reader = models.ForeignKey(READER, models.SET_NULL, null=True, related_name="appeals")
    # Empty: against what a check found.
    decision = models.OneToOneField(Decision, models.SET_NULL, null=True, related_name="appeal")
    first_moderator = models.ForeignKey(READER, models.SET_NULL, null=True, related_name="+")
    words = models.TextField(blank=True)
    state = models.CharField(max_length=4, choices=State, default=State.OPEN)
    answer = models.TextField(blank=True)
    made_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(READER, models.SET_NULL, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="appeal_open_once", fields=["comment"], condition=Q(state="open")
            ),
            models.CheckConstraint(
                name="appeal_decided_by_another",
                condition=Q(decided_by=None)
                | Q(first_moderator=None)
                | ~Q(decided_by=F("first_moderator")),
            ),
            models.CheckConstraint(
                name="appeal_decided_or_open",
                condition=Q(state="open", decided_at=None)
                | (~Q(state="open") & Q(decided_at__isnull=False)),
            ),
        ]
        indexes = [
            models.Index(fields=["made_at", "id"], name="appeal_open", condition=Q(state="open")),
            models.Index(
                fields=["made_at", "id"],
                name="appeal_for_a_second",
                condition=Q(state="open", decision__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"about {self.comment_id}: {self.state}"


class SanctionQuerySet(models.QuerySet["Sanction"]):
    def holding(self, now: datetime) -> SanctionQuerySet:
        """Return those in force at a moment."""
        return self.filter(Q(until=None) | Q(until__gt=now), lifted_at=None)


class Sanction(models.Model):
    """How a reader may write for a time. A warning has no effect but is known to the desk."""

    class Kind(models.TextChoices):
        WARNING = "warning", "Warned"
        READ_FIRST = "read-first", "Read first"
        MUTE = "mute", "May not write for a time"
        BAN = "ban", "May not write"

    reader = models.ForeignKey(READER, models.CASCADE, related_name="sanctions")
    kind = models.CharField(max_length=10, choices=Kind)
    words = models.TextField(blank=True, help_text="What the reader was told.")
    made_at = models.DateTimeField()
    # Empty: until it is lifted.
    until = models.DateTimeField(null=True, blank=True)
    lifted_at = models.DateTimeField(null=True, blank=True)

    objects = SanctionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="mute_has_an_end", condition=~Q(kind="mute") | Q(until__isnull=False)
            ),
            models.UniqueConstraint(
                name="banned_once",
                fields=["reader", "kind"],
                condition=Q(kind__in=["ban", "read-first"], until=None, lifted_at=None),
            ),
        ]
        indexes = [models.Index(fields=["reader", "-made_at"], name="sanction_of_reader")]

    def __str__(self) -> str:
        return f"{self.reader_id}: {self.kind}"


class FormerBan(models.Model):
    """A ban whose account was erased (broadsheet.comments.former_bans). It names nobody."""

    # A keyed hash of an address.
    digest = models.CharField(max_length=64)
    kind = models.CharField(max_length=10, choices=Sanction.Kind)
    # The ban's end; empty: none.
    until = models.DateTimeField(null=True, blank=True)
    forget_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="former_ban_once", fields=["digest", "kind"]),
        ]

    def __str__(self) -> str:
        return f"{self.digest[:8]}…: {self.kind}"


class ReasonText(models.Model):
    """One of the paper's own texts: why a comment is returned or removed, in its own words."""

    title = models.CharField(max_length=80, help_text="For the desk, as in “Attacks a person”.")
    words = models.TextField(help_text="What the writer reads.")
    order = models.PositiveSmallIntegerField(default=0)
    is_offered = models.BooleanField("offered to moderators", default=True)

    class Meta:
        ordering = ["order", "title"]

    def __str__(self) -> str:
        return self.title


class WordList(models.Model):
    """Words that the paper looks for in comments, and what follows."""

    class Weight(models.TextChoices):
        RETURN = "return", "Return the comment to its writer"
        HOLD = "hold", "Hold it for a person"
        TELL = "tell", "Publish it and tell the desk"

    title = models.CharField(max_length=80, unique=True)
    words = models.TextField(
        help_text="One word or phrase to a line. A star at the end stands for any letters."
    )
    weight = models.CharField(max_length=6, choices=Weight, default=Weight.HOLD)
    explanation = models.CharField(
        max_length=200,
        blank=True,
        help_text="For the writer; {words} becomes what was found. Empty: the usual sentence.",
    )
    is_used = models.BooleanField(default=True)
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["title"]

    def __str__(self) -> str:
        return self.title


class PaperRules(models.Model):
    """The paper's rules for all threads: one row."""

    class PassingAddress(models.TextChoices):
        NOTHING = "nothing", "Nothing"
        WARN = "warn", "Ask for another address, and publish"
        HOLD = "hold", "Hold what is written with one"

    # broadsheet.rules.guidelines.policy.Policy.as_json; empty: the usual policy.
    policy = models.JSONField(default=dict, blank=True)
    closes_after_days = models.PositiveSmallIntegerField(
        null=True,
        blank=True,
        default=30,
        validators=[MinValueValidator(1)],
        help_text="Days after a story came out. Empty: threads stay open.",
    )
    read_first_comments = models.PositiveSmallIntegerField(
        default=1,
        validators=[MaxValueValidator(10)],
        help_text="How many comments of a new reader are read before they appear; 0: none.",
    )
    passing_addresses = models.CharField(
        "throw-away addresses",
        max_length=7,
        choices=PassingAddress,
        default=PassingAddress.HOLD,
    )
    passing_domains = models.TextField(
        blank=True, help_text="Domains of throw-away addresses besides those known, one to a line."
    )
    guidelines = models.TextField(
        blank=True, help_text="The paper's own words above the guidelines. A blank line parts two."
    )

    class Meta:
        constraints = [
            models.CheckConstraint(name="rules_of_one_paper", condition=Q(pk=1)),
        ]
        permissions = [("set_comment_rules", "Can set the rules for comments")]

    def __str__(self) -> str:
        return "rules for comments"


class SectionRules(models.Model):
    """Where the threads of one section differ."""

    class Comments(models.TextChoices):
        AS_PAPER = "", "As in the rest of the paper"
        READ_FIRST = "read-first", "Read before they appear"
        CLOSED = "closed", "Closed"

    section = models.OneToOneField(
        SectionPage, models.CASCADE, primary_key=True, related_name="comment_rules"
    )
    comments_are = models.CharField(
        max_length=10, choices=Comments, default=Comments.AS_PAPER, blank=True
    )
    closes_after_days = models.PositiveSmallIntegerField(
        null=True, blank=True, validators=[MinValueValidator(1)], help_text="Empty: as the paper."
    )

    def __str__(self) -> str:
        return f"rules for section {self.section_id}"


class Figure(models.Model):
    """How often something happened on a day of the paper's: for the page that tells readers.

    What the desk did is counted from its decisions; here is what leaves no other trace.
    """

    class What(models.TextChoices):
        PUBLISHED = "published", "Published at once"
        HELD = "held", "Held for a person"
        RETURNED = "returned", "Returned by a guideline"
        ASKED = "asked", "Asked for a person"
        DELETED = "deleted", "Deleted by its writer"
        REPORTED = "reported", "Reported"
        APPEALED = "appealed", "Appealed"
        SCREENING_FAILED = "screening-failed", "Held because screening failed"

    on = models.DateField()
    what = models.CharField(max_length=20, choices=What)
    # The guideline it was about, where there was one.
    guideline = models.CharField(max_length=20, blank=True)
    times = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="figure_once", fields=["on", "what", "guideline"]),
        ]

    def __str__(self) -> str:
        return f"{self.on}: {self.times} {self.what}"
