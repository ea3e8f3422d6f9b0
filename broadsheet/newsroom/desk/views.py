"""Pages of the back office that Wagtail has not, or has otherwise."""

from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.generic import FormView
from wagtail.admin import messages
from wagtail.admin.auth import user_has_any_page_permission
from wagtail.admin.rich_text import get_rich_text_editor_widget
from wagtail.admin.views.account import AccountView
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from broadsheet.newsroom import actions
from broadsheet.newsroom.blocks import LINE_FEATURES
from broadsheet.newsroom.models import StoryPage, Topic
from broadsheet.newsroom.plain_text import plain

OFFERED = 10


def topic_names(request: HttpRequest) -> JsonResponse:
    """Complete the name of a topic that is being typed in."""
    if not user_has_any_page_permission(request.user):
        raise PermissionDenied
    typed = request.GET.get("term", "").strip()
    found = Topic.objects.filter(name__istartswith=typed) if typed else Topic.objects.none()
    return JsonResponse(list(found.values_list("name", flat=True)[:OFFERED]), safe=False)


class Account(AccountView):
    """How the back office looks to somebody. Name, address and password are the reader's pages'."""

    def get_panels(self) -> list[Any]:
        return [panel for panel in super().get_panels() if panel.name != "name_email"]


class CorrectionForm(forms.Form):
    text = forms.CharField(
        label="Correction",
        help_text="What was wrong, and what is right. It is printed below the story with today's "
        "date, and the story is marked as updated now.",
        widget=get_rich_text_editor_widget("default", features=LINE_FEATURES),
    )

    def clean_text(self) -> str:
        text: str = self.cleaned_data["text"]
        if not plain(text):
            raise forms.ValidationError("Write what was wrong and what is right.")
        return text


class Correct(WagtailAdminTemplateMixin, FormView):
    """Correct a story that is out, in one step."""

    template_name = "newsroom/desk/correct.html"
    form_class = CorrectionForm
    page_title = "Correct"
    header_icon = "warning"
    _show_breadcrumbs = True
    story: StoryPage

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        self.story = get_object_or_404(StoryPage.objects.defer("teaser"), pk=kwargs["pk"])
        if not self.story.permissions_for_user(request.user).can_publish():
            raise PermissionDenied
        if not self.story.live:
            messages.error(request, "Only a story that is published can be corrected.")
            return redirect("wagtailadmin_pages:edit", self.story.pk)
        return super().dispatch(request, *args, **kwargs)

    def get_page_subtitle(self) -> str:
        return self.story.title

    def get_breadcrumbs_items(self) -> list[dict[str, str]]:
        edit = reverse("wagtailadmin_pages:edit", args=[self.story.pk])
        return [
            *super().get_breadcrumbs_items(),
            {"url": edit, "label": self.story.title},
            {"url": "", "label": "Correct", "sublabel": self.story.title},
        ]

    def form_valid(self, form: CorrectionForm) -> HttpResponse:
        try:
            actions.correct_story(
                story=self.story,
                text=form.cleaned_data["text"],
                by=self.request.user,
                now=timezone.now(),
            )
        except actions.CorrectionError as error:
            form.add_error("text", str(error))
            return self.form_invalid(form)
        messages.success(self.request, f"“{self.story.title}” was corrected and published.")
        return redirect("wagtailadmin_pages:edit", self.story.pk)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        return context | {"media": context["form"].media, "story": self.story}
