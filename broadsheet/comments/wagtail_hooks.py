"""Comments in the desk's menu and on its first page, for moderators; the paper's own reason texts."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.admin.panels import FieldPanel
from wagtail.admin.site_summary import SummaryItem
from wagtail.admin.viewsets.model import ModelViewSet

from broadsheet.comments.desk import queues
from broadsheet.comments.desk.urls import urlpatterns
from broadsheet.comments.desk.views import MODERATES
from broadsheet.comments.models import ReasonText


class ReasonTexts(ModelViewSet):
    model = ReasonText
    icon = "comment"
    name = "desk_reason_texts"
    url_prefix = "comments/texts"
    list_display = ["title", "words", "order", "is_offered"]
    ordering = ["order", "title"]
    panels = [
        FieldPanel("title"),
        FieldPanel("words"),
        FieldPanel("order"),
        FieldPanel("is_offered"),
    ]


class CommentsItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm(MODERATES))


class Waiting(SummaryItem):
    """How many comments wait for a person."""

    order = 200
    template_name = "comments/desk/waiting.html"

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        counts = queues.counts()
        return {
            "held": counts[queues.Queue.HELD],
            "reported": counts[queues.Queue.REPORTED],
            "appeals": counts[queues.Queue.APPEALS],
            "most": queues.MOST_COUNTED,
        }

    def is_shown(self) -> bool:
        return bool(self.request.user.has_perm(MODERATES))


@hooks.register("register_admin_viewset")
def texts() -> ReasonTexts:
    return ReasonTexts()


@hooks.register("register_admin_urls")
def urls() -> list[Any]:
    return urlpatterns


@hooks.register("register_admin_menu_item")
def item() -> MenuItem:
    return CommentsItem("Comments", reverse("desk-comments"), icon_name="comment", order=120)


# After the newsroom, which puts its own figures in the place of Wagtail's.
@hooks.register("construct_homepage_summary_items", order=1001)
def show_waiting(request: HttpRequest, items: list[Any]) -> None:
    items.append(Waiting(request))
