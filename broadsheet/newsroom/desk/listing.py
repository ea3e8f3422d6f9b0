"""Lists of stories in the back office, as quick with 100,000 stories as with a hundred.

Two ways lead to the latest fifty of a selection: walk all pages from the latest on and pick, or
take the selection and sort it. The first is quick for a large selection, the second for a small
one; no database's planner knows which one it has before it, so it is decided here.
"""

from typing import Any

import django_filters
from django.db.models import Exists, F, OuterRef, QuerySet
from django.db.models.expressions import RawSQL
from django.db.models.functions import Left
from django.forms import RadioSelect
from django.http import HttpRequest
from django.utils.functional import cached_property
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.paginator import WagtailPaginator
from wagtail.admin.ui.tables import Column, DateColumn
from wagtail.admin.ui.tables.pages import BulkActionsColumn, PageStatusColumn, PageTitleColumn
from wagtail.admin.views.pages import listing
from wagtail.models import Page, Revision, WorkflowState, get_default_page_content_type

from broadsheet.newsroom.models import Author, Byline, SectionPage, StoryPage

MANY = 3_000  # from here on it is quicker to walk all pages than to sort the selection
FURTHEST = 1_000  # how far a list can be leafed through


class LatestPaginator(WagtailPaginator):
    """Counts no further than one can leaf: older stories are found by search and filters."""

    @cached_property
    def count(self) -> int:
        counted: int = self.object_list[: FURTHEST + 1].count()
        return min(counted, FURTHEST)

    @cached_property
    def items_count_label(self) -> str:
        more = "the latest " if self.count == FURTHEST else ""
        return f"{more}{super().items_count_label}"


class Status(django_filters.ChoiceFilter):
    """Where a story stands on its way to the reader."""

    CHOICES = [
        ("live", "Published"),
        ("changed", "Published, with changes that are not"),
        ("draft", "Not published"),
        ("desk", "With the desk"),
        ("scheduled", "Scheduled"),
    ]

    def __init__(self) -> None:
        super().__init__(
            label="Status", choices=self.CHOICES, empty_label="Any", widget=RadioSelect
        )

    def filter(self, queryset: Any, value: str) -> Any:
        match value:
            case "live":
                return queryset.filter(live=True)
            case "changed":
                return queryset.filter(live=True, has_unpublished_changes=True)
            case "draft":
                return queryset.filter(live=False)
            case "desk":
                return queryset.filter(pk__in=with_the_desk())
            case "scheduled":
                return queryset.filter(pk__in=scheduled())
        return queryset


def with_the_desk() -> list[int]:
    """Return the numbers of pages that wait for somebody's approval."""
    states = WorkflowState.objects.filter(
        base_content_type=get_default_page_content_type(),
        status=WorkflowState.STATUS_IN_PROGRESS,
    )
    return [int(number) for number in states.values_list("object_id", flat=True)]


def scheduled() -> list[int]:
    """Return the numbers of pages that will be published by themselves."""
    revisions = Revision.objects.filter(
        base_content_type=get_default_page_content_type(), approved_go_live_at__isnull=False
    )
    return [int(number) for number in revisions.values_list("object_id", flat=True)]


class InSection(django_filters.ModelChoiceFilter):
    """A section with all sections in it."""

    def filter(self, queryset: Any, value: SectionPage | None) -> Any:
        if value is None:
            return queryset
        sections = dict(
            SectionPage.objects.descendant_of(value, inclusive=True).values_list("pk", "numchild")
        )
        if sum(sections.values()) > MANY:
            # Taken from what the walk meets: the sum is no column, so no index leads to it.
            return queryset.annotate(place=F("section_id") + 0).filter(place__in=list(sections))
        return queryset.filter(section__in=list(sections))


class ByAuthor(django_filters.CharFilter):
    """Authors whose name has this in it."""

    def filter(self, queryset: Any, value: str) -> Any:
        if not value:
            return queryset
        authors = list(
            Author.objects.filter(name__icontains=value.strip()).values_list("pk", flat=True)[:100]
        )
        signed = Byline.objects.filter(author__in=authors)
        if signed[: MANY + 1].count() > MANY:
            return queryset.filter(Exists(signed.filter(story=OuterRef("pk"))))
        return queryset.filter(pk__in=list(signed.values_list("story_id", flat=True)))


def _sections(request: HttpRequest | None) -> QuerySet[SectionPage]:
    return SectionPage.objects.order_by("path")


class StoryFilters(WagtailFilterSet):
    status = Status()
    section = InSection(label="Section", queryset=_sections, empty_label="Any")
    author = ByAuthor(label="Author", help_text="A part of the name.")

    class Meta:
        model = StoryPage
        fields: list[str] = []


class SectionFilters(WagtailFilterSet):
    status = Status()

    class Meta:
        model = Page
        fields: list[str] = []


def latest_first(queryset: Any) -> Any:
    """Order by the desk's last change. What was never changed here comes last, newest first."""
    # By the page's own number, which Django would take from the story's row: that is the same, but
    # in another table than the index, and all stories would be sorted for the sake of fifty.
    number = RawSQL("wagtailcore_page.id", ())
    return queryset.order_by(F("latest_revision_created_at").desc(nulls_last=True), number.desc())


class _BylinesColumn(Column):
    def get_value(self, story: Any) -> str:
        return ", ".join(byline.author.name for byline in story.bylines.all())


class _SectionColumn(Column):
    def get_value(self, story: Any) -> str:
        return str(story.section or "")


CHANGED = DateColumn("latest_revision_created_at", label="Changed", width="10%")
STATUS = PageStatusColumn("status", label="Status", width="9%")


class StoriesView(listing.IndexView):
    """All stories, whatever their section."""

    page_title = "Stories"
    default_ordering = "latest"
    paginator_class = LatestPaginator
    base_filterset_class = StoryFilters
    base_columns = [
        BulkActionsColumn("bulk_actions"),
        PageTitleColumn("title", label="Headline", classname="title"),
        _BylinesColumn("bylines", label="By", width="14%"),
        _SectionColumn("section", label="Section", width="11%"),
        CHANGED,
        DateColumn("published_at", label="Published", width="10%"),
        STATUS,
    ]

    def get_ordering(self) -> Any:
        return "latest"

    def order_queryset(self, queryset: Any) -> Any:
        return queryset if self.is_searching else latest_first(queryset)

    def get_base_queryset(self) -> Any:
        stories = StoryPage.objects.for_lists()
        if not sees_all(self.permission_policy, self.request.user):
            stories = stories.filter(
                pk__in=self.permission_policy.explorable_instances(self.request.user).values("pk")
            )
        return (
            stories.prefetch_related("content_type", "sites_rooted_here")
            .prefetch_workflow_states()
            .annotate_site_root_state()
            .annotate_approved_schedule()
        )


class SectionView(listing.ExplorableIndexView):
    """What is in one section (or on the front page: the sections)."""

    paginator_class = LatestPaginator
    base_filterset_class = SectionFilters
    base_columns = [
        column
        for column in listing.ExplorableIndexView.base_columns
        if column.name not in {"latest_revision_created_at", "status", "title"}
    ] + [CHANGED, STATUS]
    base_columns.insert(1, PageTitleColumn("title", label="Title", classname="title"))

    def get_valid_orderings(self) -> list[str]:
        return ["ord"] if self.permissions.can_reorder_children() else []

    def get_ordering(self) -> str:
        if self.request.GET.get("ordering") in self.get_valid_orderings():
            return "ord"
        # Sections on the front page stand in the order the desk gave them, and are few.
        return "tree" if self.parent_page.depth <= 2 else "latest"

    def order_queryset(self, queryset: Any) -> Any:
        if self.is_searching or self.ordering != "latest":
            return queryset
        return latest_first(queryset)

    def get_base_queryset(self) -> Any:
        parent = self.parent_page
        if self.is_searching or self.is_filtering or parent.numchild <= MANY:
            return super().get_base_queryset()
        pages = Page.objects.annotate(place=Left("path", len(parent.path)))
        pages = pages.filter(place=parent.path, depth=parent.depth + 1)
        if not sees_all(self.permission_policy, self.request.user):
            pages = pages.filter(
                pk__in=self.permission_policy.explorable_instances(self.request.user).values("pk")
            )
        return self.annotate_queryset(pages)


def sees_all(policy: Any, user: Any) -> bool:
    """Tell whether somebody may meet every page, so that none need be asked for."""
    return user.is_superuser or any(
        right.page.depth <= 2 for right in policy.get_cached_permissions_for_user(user)
    )
