"""What the back office's forms are filled in with."""

import json
from collections.abc import Iterable
from typing import Any

from django import forms
from django.conf import settings
from django.urls import reverse
from taggit.utils import edit_string_for_tags, parse_tags
from wagtail.admin.widgets import AdminDateTimeInput

DESK_SCRIPT = "newsroom/desk.js"


class NowInput(AdminDateTimeInput):
    """A moment, with a button that sets it to the present one on the paper's clock."""

    template_name = "newsroom/widgets/now_input.html"

    def __init__(self, *, label: str = "Now", **options: Any) -> None:
        self.label = label
        super().__init__(**options)

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(name, value, attrs)
        context["widget"] |= {"now_label": self.label, "time_zone": settings.TIME_ZONE}
        return context


class TopicsInput(forms.TextInput):
    """Topics by name, completed while typing."""

    template_name = "newsroom/widgets/topics_input.html"

    def __init__(self, attrs: Any = None) -> None:
        super().__init__({"data-controller": "w-tag", **(attrs or {})})
        self.known_only = True

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        context["widget"]["attrs"] |= {
            "data-w-tag-delay-value": 200,
            "data-w-tag-url-value": reverse("desk_topic_names"),
            "data-w-tag-options-value": json.dumps(
                {"allowSpaces": True, "autocompleteOnly": self.known_only}
            ),
        }
        return context


class _Named:
    """A name as taggit prints it, quoted where it holds a comma."""

    def __init__(self, name: str) -> None:
        self.name = name


def joined(names: Iterable[str]) -> str:
    """Return names as a person would type them."""
    return str(edit_string_for_tags([_Named(name) for name in names]))


def parted(typed: str) -> list[str]:
    """Return the names that a person typed, in order of the alphabet, each once."""
    return list(parse_tags(typed))
