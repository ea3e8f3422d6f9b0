"""The wall: what the paper lets whom read, and who has a subscription."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import ClassVar

from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel
from wagtail.admin.panels import FieldPanel, InlinePanel, MultiFieldPanel
from wagtail.contrib.settings.models import BaseGenericSetting, register_setting
from wagtail.fields import RichTextField
from wagtail.models import Orderable

from broadsheet.newsroom.models import SectionPage

LARGEST_ALLOWANCE = 10_000
SUBSCRIBE_FEATURES = ["bold", "italic", "link", "ol", "ul"]
VISITORS_HELP = (
    "Different stories a visitor may open a month. 0: the teaser, and what signing in unlocks."
)
READERS_HELP = "Different stories a reader may open a month."


class Allowances(models.Model):
    """The numbers of a policy; an empty one follows the next policy up."""

    visitor_allowance = models.PositiveSmallIntegerField(
        "visitors may open",
        null=True,
        blank=True,
        help_text=VISITORS_HELP,
        validators=[MaxValueValidator(LARGEST_ALLOWANCE)],
    )
    reader_allowance = models.PositiveSmallIntegerField(
        "readers may open",
        null=True,
        blank=True,
        help_text=READERS_HELP,
        validators=[MaxValueValidator(LARGEST_ALLOWANCE)],
    )

    teaser_words = models.PositiveSmallIntegerField(
        "words before the wall",
        null=True,
        blank=True,
        help_text="How many words of a story everybody may read, where the story itself says nothing.",
        validators=[MaxValueValidator(1000)],
    )

    class Meta:
        abstract = True


@register_setting(icon="lock")
class WallPolicy(Allowances, BaseGenericSetting, ClusterableModel):
    """The paper's policy. Empty numbers are the options' (METER_ALLOWANCE; visitors: none)."""

    search_engines_read_on = models.BooleanField(
        default=True,
        help_text="Search engines whose address proves them read walled stories to the end, so that "
        "readers find them.",
    )
    training_is_allowed = models.BooleanField(
        default=False,
        help_text="Crawlers that collect words to train models may read what is open.",
    )

    subscribe_text = RichTextField(
        "how to subscribe",
        blank=True,
        features=SUBSCRIBE_FEATURES,
        help_text="What the page /subscribe/ says, to which the wall of a subscribers’ story leads. "
        "Empty: what a subscription opens, and whom to write to.",
    )
    subscribe_contact = models.EmailField(
        "whom to write to",
        blank=True,
        help_text="The e-mail address on that page. Empty: the one the paper writes from.",
    )
    subscribe_address = models.URLField(
        "where subscriptions are sold",
        blank=True,
        help_text="If that is another site, the wall’s button leads straight there.",
    )

    panels: ClassVar = [
        FieldPanel("visitor_allowance"),
        FieldPanel("reader_allowance"),
        FieldPanel("teaser_words"),
        InlinePanel("sections", heading="Sections with numbers of their own", label="Section"),
        FieldPanel("search_engines_read_on"),
        FieldPanel("training_is_allowed"),
        MultiFieldPanel(
            [
                FieldPanel("subscribe_text"),
                FieldPanel("subscribe_contact"),
                FieldPanel("subscribe_address"),
            ],
            heading="How to subscribe",
        ),
    ]

    class Meta:
        verbose_name = "Wall and meter"

    def __str__(self) -> str:
        return "The paper's policy"


class SectionPolicy(Allowances, Orderable):
    """The numbers of one section and the sections in it. A month's readings count as a whole."""

    policy = ParentalKey(WallPolicy, on_delete=models.CASCADE, related_name="sections")
    section = models.ForeignKey(SectionPage, models.CASCADE, related_name="+")

    panels: ClassVar = [
        FieldPanel("section"),
        FieldPanel("visitor_allowance"),
        FieldPanel("reader_allowance"),
        FieldPanel("teaser_words"),
    ]

    class Meta(Orderable.Meta):
        constraints = [
            models.UniqueConstraint(name="section_policy_once", fields=["policy", "section"])
        ]

    def __str__(self) -> str:
        return str(self.section)


class SubscriptionQuerySet(models.QuerySet["Subscription"]):
    def at_address(self, address: str) -> SubscriptionQuerySet:
        """Return those of an address, capitals or not (ReaderQuerySet.at_address says how)."""
        return self.alias(small_email=Lower("email")).filter(small_email=address.lower())

    def holding(self, now: datetime) -> SubscriptionQuerySet:
        """Return those that hold at a moment."""
        return self.filter(until__gt=now, ended_at=None)


class Subscription(models.Model):
    """A reader's right to every story until a moment.

    Granted to an address; it comes to hold for the reader who has proved that the address is theirs.
    """

    email = models.EmailField("e-mail address", max_length=254)
    reader = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="subscriptions",
    )
    until = models.DateTimeField(help_text="The first moment it no longer holds.")
    note = models.CharField(max_length=200, blank=True)
    source = models.CharField(
        max_length=6, choices=[("hand", "By hand"), ("list", "From a list")], default="hand"
    )
    granted_at = models.DateTimeField()
    granted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = SubscriptionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                Lower("email"),
                name="subscription_once_to_an_address",
                condition=models.Q(ended_at=None),
            ),
        ]
        indexes = [models.Index(fields=["reader", "until"], name="subscription_of_reader")]

    def __str__(self) -> str:
        return f"{self.email} until {self.ends_on}"

    @property
    def ends_on(self) -> date:
        """The last day it holds, as circulation typed it."""
        return last_day_before(self.until)


def last_day_before(until: datetime) -> date:
    """Return the last day, on the paper's clock, with a moment before this one."""
    moment = until - timedelta(microseconds=1)
    return moment.astimezone(timezone.get_default_timezone()).date()


class CrawlerDay(models.Model):
    """What crawlers of one name were answered on one day, counted."""

    on = models.DateField()
    token = models.CharField(max_length=40)
    verdict = models.CharField(max_length=24)
    times = models.PositiveIntegerField(default=0)
    last_address = models.CharField(max_length=45, blank=True)
    last_path = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="crawler_day_once", fields=["on", "token", "verdict"])
        ]

    def __str__(self) -> str:
        return f"{self.on} {self.token}: {self.times} × {self.verdict}"
