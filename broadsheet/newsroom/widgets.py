"""What the back office's forms are filled in with, and how Wagtail's choosers are started there."""

import json
from collections.abc import Iterable
from typing import Any

from django import forms
from django.conf import settings
from django.urls import reverse
from django.utils.html import format_html
from taggit.utils import edit_string_for_tags, parse_tags
from wagtail.admin.widgets import AdminDateTimeInput, BaseChooser
from wagtail.admin.widgets.workflows import AdminTaskChooser


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


def _render_chooser(
    self: Any, name: str, value: Any, attrs: Any = None, renderer: Any = None
) -> str:
    """Render a chooser that newsroom/desk.js starts: Wagtail's own writes a script into the page."""
    value_data = self.get_value_data(value)
    marks = {
        "start": "createTaskChooser" if isinstance(self, AdminTaskChooser) else "",
        "new": "" if isinstance(self, AdminTaskChooser) else self.js_constructor,
        "options": json.dumps(self.get_js_init_options(attrs["id"], name, value_data)),
    }
    return format_html(
        '{}<span hidden data-desk-start="{}" data-desk-new="{}" data-desk-id="{}" '
        'data-desk-options="{}"></span>',
        self.render_html(name, value_data, attrs),
        marks["start"],
        marks["new"],
        attrs["id"],
        marks["options"],
    )


def without_scripts() -> None:
    """Let no chooser write a script into the page, which the paper's policy forbids."""
    BaseChooser.render = _render_chooser
