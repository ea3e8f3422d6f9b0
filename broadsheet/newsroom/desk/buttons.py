"""The buttons below a page's form: what somebody most likely wants stands there, one press away."""

from typing import Any

from django import forms
from django.utils.html import format_html
from django.utils.safestring import SafeString
from wagtail.admin.action_menu import ActionMenuItem, SubmitForModerationMenuItem

# What the main button does, the first of these that somebody may do.
_MAIN = ("approve", "action-publish", "action-submit")


class SubmitToDesk(SubmitForModerationMenuItem):
    def get_context_data(self, parent_context: Any) -> Any:
        context = super().get_context_data(parent_context)
        sent_back = str(context["label"]).startswith("Resubmit")
        context["label"] = "Submit to the desk again" if sent_back else "Submit to the desk"
        return context


class MainButtons(ActionMenuItem):
    """“Save draft”, and beside it the button that sends a story on its way.

    “Save draft” comes first: pressing Enter in a field presses the first button of a form.
    """

    name = "main"

    def __init__(self, save: ActionMenuItem, main: ActionMenuItem) -> None:
        super().__init__(order=0)
        self.save, self.main = save, main

    def render_html(self, parent_context: Any) -> SafeString:
        return format_html(
            '<span class="desk-save">{}</span><span class="desk-main">{}</span>',
            self.save.render_html(parent_context),
            self.main.render_html(parent_context),
        )

    @property
    def media(self) -> forms.Media:
        media: forms.Media = self.save.media + self.main.media
        return media


def arrange(items: list[Any]) -> None:
    """Put a form's main button where it is seen, and the rest into the menu beside it."""
    items[:] = [
        SubmitToDesk(order=item.order) if item.name == "action-submit" else item for item in items
    ]
    # The first of a name: approving without a note comes before approving with one.
    named = {item.name: item for item in reversed(items)}
    save = named.get("action-save-draft")
    main = next((named[name] for name in _MAIN if name in named), None)
    if save is None or main is None or "action-page-locked" in named:
        return
    items[:] = [MainButtons(save, main), *(one for one in items if one not in (save, main))]
