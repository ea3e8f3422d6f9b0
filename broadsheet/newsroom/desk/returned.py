"""Telling a writer, wherever they meet their story at the desk, that changes are requested and why."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Exists, IntegerField, OuterRef, Q
from django.db.models.functions import Cast
from django.template.loader import render_to_string
from wagtail.admin.ui.components import Component
from wagtail.models import Page, WorkflowState, get_default_page_content_type


@dataclass(frozen=True, slots=True)
class Request:
    """That somebody at the desk wants changes.

    :param by: their name; empty where the account is gone
    :param reason: in their words; empty where they gave none
    """

    page: Any
    by: str
    at: datetime
    reason: str


def changes_requested(page: Any) -> Request | None:
    """Return what the desk wants changed in a page, as long as the page wasn't submitted again."""
    state = page.current_workflow_state
    if state is None or state.status != WorkflowState.STATUS_NEEDS_CHANGES:
        return None
    return _request(page, state)


def _request(page: Any, state: WorkflowState) -> Request:
    task = state.current_task_state
    by = task.finished_by.get_full_name() or str(task.finished_by) if task.finished_by else ""
    return Request(page, by, task.finished_at, task.get_comment())


def stories_of(person: Any) -> list[Request]:
    """Return what is to be changed in the stories that somebody wrote or submitted, latest first."""
    own = Exists(
        Page.objects.filter(
            owner=person, pk=Cast(OuterRef("object_id"), output_field=IntegerField())
        )
    )
    states = (
        WorkflowState.objects.filter(
            Q(requested_by=person) | own,
            status=WorkflowState.STATUS_NEEDS_CHANGES,
            base_content_type=get_default_page_content_type(),
        )
        .select_related("current_task_state__finished_by")
        .prefetch_related("content_object")
        .order_by("-current_task_state__finished_at")
    )
    return [_request(state.content_object, state) for state in states if state.content_object]


class ChangesRequested(Component):
    """The stories of whoever looks that came back to them, on the desk's first page."""

    name = "changes-requested"
    order = 90
    template_name = "newsroom/desk/changes_requested.html"

    def __init__(self, request: Any) -> None:
        self.request = request

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        return {"stories": stories_of(self.request.user), "request": self.request}


def notice(page: Any) -> str:
    """Return the words for the top of the form; empty where nothing is to be changed."""
    wanted = changes_requested(page)
    if wanted is None:
        return ""
    return render_to_string("newsroom/desk/changes_notice.html", {"wanted": wanted})
