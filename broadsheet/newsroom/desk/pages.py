"""The views in which pages are written, published, moved and copied."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from wagtail.admin.forms.pages import CopyForm
from wagtail.admin.views.pages.choose_parent import ChooseParentView
from wagtail.admin.views.pages.copy import CopyView
from wagtail.admin.views.pages.create import AddSubpageView, CreateView
from wagtail.admin.views.pages.edit import EditView
from wagtail.admin.views.pages.move import MoveConfirmView
from wagtail.admin.views.pages.revisions import RevisionsRevertView
from wagtail.admin.views.pages.unpublish import UnpublishView
from wagtail.admin.views.pages.workflow import WorkflowActionView
from wagtail.admin.viewsets.pages import PageViewSet
from wagtail.models import Page

from broadsheet.newsroom.desk import listing, side
from broadsheet.newsroom.desk.locking import LockedCreate, LockedEdit, LockedPage
from broadsheet.newsroom.models import SectionPage, StoryPage


class Whole:
    """What was typed in is stored with all that follows from it, or not at all."""

    def form_valid(self, form: Any) -> Any:
        with transaction.atomic():
            return super().form_valid(form)  # type: ignore[misc]


class Edit(LockedEdit, Whole, EditView):
    def get_side_panels(self) -> Any:
        panels = side.without_checks(super().get_side_panels())
        if not isinstance(self.page, StoryPage):
            return panels
        return side.with_ours(panels, self.page, self.request, path=self.page.path)


class Create(LockedCreate, Whole, CreateView):
    edit_view = Edit

    def form_valid(self, form: Any) -> Any:
        """Make the page, or say that somebody was quicker to take its address."""
        try:
            return super().form_valid(form)
        except ValidationError as error:
            if "slug" not in getattr(error, "error_dict", {}):
                raise
            form.add_error("slug", error.error_dict["slug"])
            return self.form_invalid(form)

    def get_side_panels(self) -> Any:
        panels = side.without_checks(super().get_side_panels())
        if not isinstance(self.page, StoryPage):
            return panels
        return side.with_ours(panels, self.page, self.request, path=self.parent_page.path)


class Revert(LockedEdit, Whole, RevisionsRevertView):
    pass


class ChooseSection(ChooseParentView):
    """Where a new story will stand."""

    page_title = "Choose its section"
    submit_button_label = "Write the story"

    def get_form(self) -> Any:
        form = super().get_form()
        field = form.fields["parent_page"]
        field.label = "Section"
        field.help_text = "A story can be moved to another later."
        field.widget.choose_one_text = "Choose a section"
        return form

    def get_page_subtitle(self) -> str:
        return ""


class AddBelow(AddSubpageView):
    """Offer sections to those only who decide about them."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        if not self.parent_page.permissions_for_user(self.request.user).publishes:
            section = SectionPage._meta.model_name
            context["page_types"] = [kind for kind in self.page_types if kind[2] != section]
        return context


class StoryCopyForm(CopyForm):
    """A copy is a draft of its own: it neither goes out at once nor follows the first story."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for name in ("alias", "publish_copies"):
            self.fields.pop(name, None)


class Copy(Whole, CopyView):
    def get_form_class(self) -> Any:
        return StoryCopyForm


class Move(LockedPage, MoveConfirmView):
    pass


class Unpublish(LockedPage, UnpublishView):
    pass


class Approve(LockedPage, WorkflowActionView):
    pass


class DeskViewSet(PageViewSet):
    """The views of all pages, in the place of Wagtail's."""

    model = Page
    index_view_class = listing.SectionView
    add_view_class = Create
    add_subpage_view_class = AddBelow
    edit_view_class = Edit
    revisions_revert_view_class = Revert
    copy_view_class = Copy
    move_confirm_view_class = Move
    unpublish_view_class = Unpublish
    workflow_action_view_class = Approve
