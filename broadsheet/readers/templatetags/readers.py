"""What templates of the readers' side may ask for: ``{% load readers %}``."""

from datetime import datetime
from typing import Any

from django import template
from django.urls import reverse
from django.utils import timezone

from broadsheet.readers import registry
from broadsheet.rules import stamps

register = template.Library()


@register.inclusion_tag("readers/_own_pages.html", takes_context=True)
def own_pages(context: template.Context) -> dict[str, Any]:
    """Print the links to the reader's own pages; parts that aren't installed have none."""
    links = [("Overview", "you")]
    parts = registry.parts()
    if any(part.month for part in parts):
        links.append(("This month", "you-readings"))
    for part in parts:
        links += part.links
    links += [("Security", "you-security"), ("Your data", "you-data")]
    entries = [(words, reverse(name)) for words, name in links]
    here = context["request"].path
    # The longest address that the page stands under is the one it belongs to.
    under = [address for _, address in entries if here.startswith(address)]
    return {"entries": entries, "here": max(under, key=len, default="")}


@register.filter
def on_paper(moment: datetime | None) -> str:
    """Print a moment on the paper's clock, as in “November 24, 2026, 5:30 pm”."""
    if moment is None:
        return ""
    return stamps.in_text(moment, timezone.get_current_timezone())


@register.filter
def day_on_paper(moment: datetime | None) -> str:
    """Print a day on the paper's calendar, as in “November 24, 2026”."""
    if moment is None:
        return ""
    local = timezone.localtime(moment)
    return f"{local:%B} {local.day}, {local.year}"


@register.filter
def in_fours(text: str) -> str:
    """Print a long key in groups of four, as it is easier to type."""
    return " ".join(text[at : at + 4] for at in range(0, len(text), 4))
