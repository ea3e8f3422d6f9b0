"""What the templates of the moderators' desk may ask for: ``{% load moderation %}``."""

from datetime import datetime
from typing import Any

from django import template
from django.utils import timezone

from broadsheet.comments.desk import context
from broadsheet.comments.models import Comment

register = template.Library()


@register.filter
def ago(moment: datetime | None) -> str:
    """Print how long ago something was, in one unit, as in “3 h”."""
    if moment is None:
        return ""
    minutes = max(0, int((timezone.now() - moment).total_seconds() // 60))
    if minutes < 60:
        return f"{minutes} min ago" if minutes else "now"
    if minutes < 48 * 60:
        return f"{minutes // 60} h ago"
    return f"{minutes // (24 * 60)} days ago"


@register.filter
def at_key(table: dict[int, Any], key: int) -> Any:
    """Return what a table holds for a key; None where it holds nothing."""
    return table.get(key) if table else None


@register.filter
def chips(comment: Comment) -> list[str]:
    """Return the few words that tell a comment's row from the others': why, and what was found."""
    found: dict[str, float] = {}
    for one in comment.findings:
        found[one["guideline"]] = max(found.get(one["guideline"], 0.0), one["strength"])
    why = "" if found else context.why(comment)
    return [
        *([why] if why else []),
        *(f"{guideline_title(name)} {strength:.0%}" for name, strength in found.items()),
    ]


@register.filter
def guideline_title(name: str) -> str:
    """Return a guideline's title; what is none stays as it is."""
    return {key.value: title for key, title in context.GUIDELINES.items()}.get(name, name)


@register.filter
def page_of(comment: Comment) -> str:
    """Return where readers see a comment; its thread and story have to be fetched with it."""
    return f"{comment.thread.story.url}#{comment.anchor}"
