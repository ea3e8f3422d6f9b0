"""Choosing a story opens at the latest ones, with their pictures; below them are the sections.

Wagtail opens at the page above all stories, from where one goes down section by section.
"""

from typing import Any

from wagtail.admin.ui.tables import Column
from wagtail.admin.views.chooser import BrowseView

from broadsheet.newsroom import renditions
from broadsheet.newsroom.models import SectionPage, StoryPage

# With the sections of most papers they fit on one page of twenty-five.
LATEST = 15


class PictureColumn(Column):
    """A story's lead picture, in the smallest size there is of it."""

    cell_template_name = "newsroom/desk/picture_cell.html"

    def get_value(self, instance: Any) -> Any:
        if not isinstance(instance, StoryPage):
            return None
        return renditions.printed(instance.lead_picture, renditions.Use.CARD)


def _opens_at_stories(view: BrowseView) -> bool:
    return view.desired_classes == (StoryPage,) and not view.kwargs.get("parent_page_id")


def offer_latest_stories() -> None:
    """Have Wagtail's chooser of pages open so where a story is asked for."""
    columns, filtered = BrowseView.columns, BrowseView.filter_object_list

    def with_picture(self: BrowseView) -> list[Any]:
        shown: list[Any] = columns.fget(self)
        if _opens_at_stories(self):
            shown.insert(
                next(at for at, one in enumerate(shown) if one.name == "title"),
                PictureColumn("picture", label="", width="6rem"),
            )
        return shown

    def latest_first(self: BrowseView, pages: Any) -> Any:
        if not _opens_at_stories(self):
            return filtered(self, pages)
        latest = StoryPage.objects.live().for_lists().order_by("-published_at", "-pk")[:LATEST]
        sections = SectionPage.objects.filter(depth=3).order_by("path")
        return [*latest, *sections]

    BrowseView.columns = property(with_picture)
    BrowseView.filter_object_list = latest_first
