"""The first page of the back office: what waits, what is in work, what comes out when."""

from datetime import datetime, time
from typing import Any

from django.utils import timezone
from wagtail.admin.auth import user_has_any_page_permission
from wagtail.admin.site_summary import SummaryItem
from wagtail.admin.ui.components import Component
from wagtail.models import Page, Revision, get_default_page_content_type

from broadsheet.newsroom import listings
from broadsheet.newsroom.desk.listing import scheduled, with_the_desk
from broadsheet.newsroom.models import Listing

SHOWN = 10


def sees_stories(user: Any) -> bool:
    """Tell whether somebody's work is with stories; drafts and embargoes are theirs alone to see."""
    return bool(user_has_any_page_permission(user))


class Figures(SummaryItem):
    """The day in figures. Each costs one range of an index."""

    order = 100
    template_name = "newsroom/desk/figures.html"

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        midnight = datetime.combine(timezone.localdate(), time.min, timezone.get_current_timezone())
        today = Listing.objects.filter(key=listings.ALL, published_at__gte=midnight)
        return {
            "published": today.count(),
            "with_the_desk": len(with_the_desk()),
            "scheduled": len(scheduled()),
        }

    def is_shown(self) -> bool:
        return sees_stories(self.request.user)


class ComingUp(Component):
    """What will be published by itself, soonest first."""

    name = "coming-up"
    order = 150
    template_name = "newsroom/desk/coming_up.html"

    def __init__(self, request: Any) -> None:
        self.request = request

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        revisions = Revision.objects.filter(
            base_content_type=get_default_page_content_type(), approved_go_live_at__isnull=False
        ).order_by("approved_go_live_at")[:SHOWN]
        moments = {int(one.object_id): one.approved_go_live_at for one in revisions}
        pages = Page.objects.in_bulk(list(moments))
        coming = [
            {"page": pages[pk], "at": moment} for pk, moment in moments.items() if pk in pages
        ]
        return {"coming": coming, "request": self.request}
