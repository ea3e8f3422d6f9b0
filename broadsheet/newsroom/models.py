"""What the newsroom makes: the front page, sections, stories, and who and what they are about."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, ClassVar, cast

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator
from django.db import models, transaction
from django.urls import reverse
from django.utils import timezone
from modelcluster.fields import ParentalKey, ParentalManyToManyField
from wagtail.fields import RichTextField, StreamField
from wagtail.images.models import AbstractImage, AbstractRendition
from wagtail.models import Orderable, Page, PageManager, PageQuerySet
from wagtail.search import index

from broadsheet.newsroom import (
    addresses,
    bodies,
    forms,
    middleware,
    panels,
    permissions,
    rendering,
)
from broadsheet.newsroom.blocks import LINE_FEATURES, Body
from broadsheet.rules.access import Access


class Picture(AbstractImage):
    """A picture, with the texts that go wherever it is printed."""

    alternative_text = models.CharField(
        max_length=300, blank=True, help_text="What it shows, for those who can't see it."
    )
    caption = models.CharField(max_length=500, blank=True)
    credit = models.CharField(max_length=160, blank=True)
    # Where it came from; both are empty for one uploaded here.
    source = models.CharField(max_length=20, blank=True)
    source_id = models.CharField(max_length=500, blank=True)

    admin_form_fields = (
        "title",
        "file",
        "alternative_text",
        "caption",
        "credit",
        "collection",
        "tags",
        "focal_point_x",
        "focal_point_y",
        "focal_point_width",
        "focal_point_height",
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="picture_imported_once",
                fields=["source", "source_id"],
                condition=~models.Q(source=""),
            ),
        ]

    @property
    def default_alt_text(self) -> str:
        return self.alternative_text


class Rendition(AbstractRendition):
    image = models.ForeignKey(Picture, models.CASCADE, related_name="renditions")

    class Meta:
        unique_together = (("image", "filter_spec", "focal_point_key"),)


class Topic(index.Indexed, models.Model):
    """What a story is about, across sections."""

    name = models.CharField(max_length=120)
    slug = models.SlugField(max_length=120, unique=True, allow_unicode=True)
    description = models.TextField(blank=True)

    search_fields = [index.SearchField("name"), index.AutocompleteField("name")]

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("topic", args=[self.slug])


class Author(index.Indexed, models.Model):
    """Whom a byline names: one of the staff, a contributor, or an agency."""

    class Kind(models.TextChoices):
        STAFF = "staff", "Staff"
        CONTRIBUTOR = "contributor", "Contributor"
        AGENCY = "agency", "Agency"

    name = models.CharField(max_length=120)
    slug = models.SlugField(max_length=120, unique=True, allow_unicode=True)
    kind = models.CharField(max_length=12, choices=Kind, default=Kind.STAFF)
    office = models.CharField(max_length=120, blank=True, help_text="As in “Moscow correspondent”.")
    about = RichTextField(blank=True, features=LINE_FEATURES)
    portrait = models.ForeignKey(Picture, models.SET_NULL, null=True, blank=True, related_name="+")
    # The account of an author who answers readers; a badge shows beside what they write.
    reader = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="author"
    )

    search_fields = [index.SearchField("name"), index.AutocompleteField("name")]

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("author", args=[self.slug])


class FewManager(PageManager):
    """Of a kind of page that there are few of: start from their own table.

    All stories are pages too. SQLite without statistics would look through every page there is.
    """

    def get_queryset(self) -> Any:
        found = super().get_queryset()
        return found.filter(pk__in=found.order_by().values("pk"))


class EditionPage(Page):
    """What all pages of the edition share. Pages are printed by broadsheet.edition."""

    # Access to a story is decided by its access level alone (broadsheet.rules.access).
    private_page_options: ClassVar[list[str]] = []
    desk_permissions: ClassVar[type[permissions.DeskPermissions]]

    class Meta:
        abstract = True

    def permissions_for_user(self, user: Any) -> Any:
        return self.desk_permissions(user, self)

    # What follows from these (lists, corrections, old addresses) is there with them or not at all.
    def publish(self, *args: Any, **kwargs: Any) -> Any:
        with transaction.atomic():
            return super().publish(*args, **kwargs)

    def unpublish(self, *args: Any, **kwargs: Any) -> Any:
        with transaction.atomic():
            return super().unpublish(*args, **kwargs)

    def move(self, *args: Any, **kwargs: Any) -> Any:
        with transaction.atomic():
            return super().move(*args, **kwargs)

    def serve(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        return rendering.serve(self, request)

    def serve_preview(self, request: Any, mode_name: str) -> Any:
        response = rendering.preview(self, request, mode_name)
        # The desk shows it in a frame.
        response._csp_config = middleware.CSP_OF_PREVIEWS  # type: ignore[attr-defined]
        return response


class FrontPage(EditionPage):
    """The front page: a lead, stories placed by hand, and the latest from each section."""

    lead = models.ForeignKey(
        "StoryPage",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        help_text="The story at the top. Empty: the latest.",
    )

    objects = FewManager()

    parent_page_types: ClassVar[list[str]] = ["wagtailcore.Page"]
    subpage_types: ClassVar[list[str]] = ["newsroom.SectionPage"]
    max_count = 1
    desk_permissions = permissions.FrontPagePermissions
    edit_handler = panels.front_page()

    class Meta:
        verbose_name = "front page"


class Placement(Orderable):
    """A story's place on the front page."""

    class Size(models.TextChoices):
        LARGE = "large", "Large, with picture"
        NORMAL = "normal", "Normal"
        BRIEF = "brief", "Headline only"

    front_page = ParentalKey(FrontPage, on_delete=models.CASCADE, related_name="placements")
    story = models.ForeignKey("StoryPage", models.CASCADE, related_name="placements")
    size = models.CharField(max_length=6, choices=Size, default=Size.NORMAL)


class SectionPage(EditionPage):
    """A section, or a section of a section."""

    description = models.TextField(
        blank=True, help_text="A sentence for readers and search engines."
    )

    objects = FewManager()

    parent_page_types: ClassVar[list[str]] = ["newsroom.FrontPage", "newsroom.SectionPage"]
    subpage_types: ClassVar[list[str]] = ["newsroom.SectionPage", "newsroom.StoryPage"]
    desk_permissions = permissions.SectionPermissions
    base_form_class = forms.SectionForm
    edit_handler = panels.section()

    class Meta:
        verbose_name = "section"

    def can_move_to(self, parent: Any) -> bool:
        """Refuse a move to where the paper has a page of its own."""
        if parent.depth == 2 and addresses.is_taken(self.slug):
            return False
        return bool(super().can_move_to(parent))


class StoryQuerySet(PageQuerySet):
    def for_lists(self, *, pictures: bool = True) -> StoryQuerySet:
        """Fetch what a list prints of each story, and none of its words beyond the standfirst.

        :param pictures: whether it prints their pictures, which are many rows to each
        """
        fetched = (
            self.defer("body", "teaser")
            .select_related("section", "lead_picture")
            .prefetch_related(models.Prefetch("bylines", Byline.objects.select_related("author")))
        )
        return fetched.prefetch_related("lead_picture__renditions") if pictures else fetched

    def come_from(self, source: str, ids: Iterable[str]) -> StoryQuerySet:
        """Return imported stories by what they are known by where they came from."""
        # Without the second condition SQLite can't tell that the index of imported stories holds
        # all of these, and reads the whole table.
        return self.filter(source=source, source_id__in=list(ids)).exclude(source="")

    def with_teaser_only(self) -> StoryQuerySet:
        """Leave the body in the database: for a page of somebody without access."""
        return self.defer("body")


StoryManager = PageManager.from_queryset(StoryQuerySet)


class StoryPage(EditionPage):
    """A story. ``title`` is its headline."""

    class Comments(models.TextChoices):
        OPEN = "open", "Open"
        READ_FIRST = "read-first", "Open, read before they appear"
        CLOSED = "closed", "Closed"

    standfirst = models.TextField(blank=True, help_text="A sentence or two under the headline.")
    dateline = models.CharField(
        max_length=120, blank=True, help_text="The place it was written, as in “MOSCOW”."
    )
    published_at = models.DateTimeField(
        null=True, blank=True, help_text="Empty: the moment it is first published."
    )
    updated_at = models.DateTimeField(
        null=True,
        blank=True,
        help_text="When its news last changed. Set by an editor; saving never changes it.",
    )
    embargoed_until = models.DateTimeField(
        null=True, blank=True, help_text="Nobody outside the newsroom sees it before this moment."
    )
    lead_picture = models.ForeignKey(
        Picture, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    lead_caption = models.CharField(
        max_length=500, blank=True, help_text="Empty: the picture's own caption."
    )
    body = StreamField(Body(), blank=True)
    topics = ParentalManyToManyField(Topic, blank=True, related_name="stories")
    access = models.CharField(
        "who may read it",
        max_length=12,
        choices=[
            (Access.FREE.value, "Everybody"),
            (Access.READERS.value, "Readers (counted by the meter)"),
            (Access.SUBSCRIBERS.value, "Subscribers"),
        ],
        default=Access.READERS.value,
    )
    comments_are = models.CharField(
        "comments", max_length=10, choices=Comments, default=Comments.OPEN
    )
    language = models.CharField(
        max_length=35, blank=True, help_text="As in “en” or “hi-Latn”. Empty: the paper's."
    )
    teaser_words = models.PositiveSmallIntegerField(
        null=True,
        blank=True,
        validators=[MaxValueValidator(1000)],
        help_text="How many words everybody may read. Empty: the paper's number.",
    )

    # Where an imported story came from; empty for one written here. ``imported_digest`` is that
    # of its words as they came in, so that a second import leaves an edited story alone.
    source = models.CharField(max_length=40, blank=True, editable=False)
    source_id = models.CharField(max_length=500, blank=True, editable=False)
    imported_digest = models.CharField(max_length=64, blank=True, editable=False)

    # Derived when a story is saved; never edited.
    section = models.ForeignKey(
        SectionPage, models.SET_NULL, null=True, editable=False, related_name="stories"
    )
    teaser = StreamField(Body(), blank=True, editable=False)
    words = models.PositiveIntegerField(default=0, editable=False)

    objects = StoryManager()

    parent_page_types: ClassVar[list[str]] = ["newsroom.SectionPage"]
    subpage_types: ClassVar[list[str]] = []
    desk_permissions = permissions.StoryPermissions
    base_form_class = forms.StoryForm
    edit_handler = panels.story()
    preview_modes: ClassVar[list[tuple[str, str]]] = [
        ("", "The whole story"),
        ("teaser", "Up to the wall"),
    ]
    # A copy is a new story: it came from nowhere and has no date yet.
    exclude_fields_in_copy: ClassVar[list[str]] = [
        "source",
        "source_id",
        "imported_digest",
        "published_at",
        "updated_at",
        "embargoed_until",
        "go_live_at",
        "expire_at",
    ]

    class Meta:
        verbose_name = "story"
        verbose_name_plural = "stories"
        constraints = [
            models.UniqueConstraint(
                name="story_imported_once",
                fields=["source", "source_id"],
                condition=~models.Q(source=""),
            ),
        ]
        indexes = [
            models.Index(fields=["section", "-published_at"], name="story_section_latest"),
            models.Index(fields=["-published_at"], name="story_latest"),
        ]

    @property
    def headline(self) -> str:
        return self.title

    @property
    def is_open_to_all(self) -> bool:
        return Access(self.access) is Access.FREE

    def clean(self) -> None:
        super().clean()
        if self.updated_at and self.published_at and self.updated_at < self.published_at:
            raise ValidationError(
                {"updated_at": "A story can't be updated before it is published."}
            )
        if self.embargoed_until and self.embargoed_until > timezone.now():
            # Publishing under an embargo schedules the story for the moment it ends.
            page = cast("Any", self)
            scheduled: datetime | None = page.go_live_at
            page.go_live_at = max(scheduled or self.embargoed_until, self.embargoed_until)

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not kwargs.get("update_fields"):
            self.derive()
            self._stay_dated()
        super().save(*args, **kwargs)

    def derive(self, *, section: SectionPage | None = None) -> None:
        """Set what follows from the rest: section, word count, teaser, first publication.

        :param section: the section, where the caller knows it; else it is looked up
        """
        if section is not None:
            self.section = section
        elif self.path and self.depth and self.depth > 1:
            parent = SectionPage.objects.filter(path=self.path[: -self.steplen]).first()
            self.section = parent
        self.words = bodies.count_words(self.body)
        self.teaser = bodies.teaser(self.body, words=self.teaser_words, path=self.path or "")
        if self.live and self.published_at is None and not self._waits:
            self.published_at = self.first_published_at or timezone.now()
            if self.updated_at and self.updated_at < self.published_at:
                # “Update to now” was pressed before anybody could have read it.
                self.updated_at = None

    def _stay_dated(self) -> None:
        """Keep to what the database asks of a live story (``newsroom.constraints``)."""
        page = cast("Any", self)
        if page.live and self._waits:
            # Wagtail stores a new story as live before it puts it on its schedule.
            page.live = False
        if page.live and not self._state.adding:
            # Wagtail's part of a story is written before ours.
            undated = StoryPage.objects.filter(pk=self.pk, published_at=None)
            undated.update(published_at=self.published_at)

    @property
    def _waits(self) -> bool:
        """Whether its first publication is still to come."""
        goes_live_at: datetime | None = cast("Any", self).go_live_at
        return bool(goes_live_at and goes_live_at > timezone.now() and not self.first_published_at)

    def with_content_json(self, content: Any) -> Any:
        """Return a version of the story; one from before it came out bears the date it has now."""
        version = super().with_content_json(content)
        if version.published_at is None and self.published_at:
            version.published_at = self.published_at
            if version.updated_at and version.updated_at < self.published_at:
                version.updated_at = self.updated_at
        return version


class Byline(Orderable):
    """One of a story's authors, in order."""

    story = ParentalKey(StoryPage, on_delete=models.CASCADE, related_name="bylines")
    author = models.ForeignKey(Author, models.PROTECT, related_name="bylines")

    class Meta(Orderable.Meta):
        constraints = [
            models.UniqueConstraint(name="byline_once", fields=["story", "author"]),
        ]


class Correction(models.Model):
    """A correction of a live story: what its body's correction blocks say, for the lists."""

    story = models.ForeignKey(StoryPage, models.CASCADE, related_name="corrections")
    # The id of its block in the body.
    block = models.CharField(max_length=36)
    corrected_at = models.DateTimeField()
    text = models.TextField(help_text="Sanitised HTML of one paragraph.")

    class Meta:
        constraints = [
            models.UniqueConstraint(name="correction_once", fields=["story", "block"]),
        ]
        indexes = [models.Index(fields=["-corrected_at", "-id"], name="correction_latest")]

    def __str__(self) -> str:
        return f"{self.story_id} at {self.corrected_at:%Y-%m-%d}"


class Listing(models.Model):
    """A live story's place in one list: the whole paper, a section, a topic or an author.

    One range of one index answers every list, feed and archive page, whatever the size of the
    archive. ``broadsheet.newsroom.listings`` writes and reads it.
    """

    key = models.CharField(max_length=24)
    published_at = models.DateTimeField()
    story = models.ForeignKey(StoryPage, models.CASCADE, related_name="listings")

    class Meta:
        constraints = [models.UniqueConstraint(name="listing_once", fields=["story", "key"])]
        indexes = [models.Index(fields=["key", "-published_at", "-story"], name="listing_latest")]

    def __str__(self) -> str:
        return f"{self.key}: {self.story_id}"


class DeskForm(models.Model):
    """A page's form, open in the browser of one of the staff, and what it has saved so far.

    ``newsroom.desk.locking`` tells by it what arrives late or twice from what is new.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    token = models.CharField(max_length=32)
    # Empty before it has saved anything.
    page = models.ForeignKey(Page, models.CASCADE, null=True, related_name="+")
    revision = models.PositiveBigIntegerField(null=True)
    # The number of the last of its requests that was saved.
    turn = models.PositiveIntegerField(default=0)
    used_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(name="desk_form_once", fields=["user", "token"])]
        indexes = [models.Index(fields=["used_at"], name="desk_form_used")]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.token}"
