"""What the templates of the desk ask of a page."""

from typing import Any

from django import template

from broadsheet.newsroom.desk import returned

register = template.Library()


@register.simple_tag
def changes_requested(page: Any) -> returned.Request | None:
    """Return what the desk wants changed in a page; None where it has no workflow or nothing waits."""
    if not hasattr(page, "current_workflow_state"):
        return None
    return returned.changes_requested(page)
