"""The back office as a newsroom wants it. Wagtail finds this module by its name."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.shortcuts import redirect
from django.templatetags.static import static
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from wagtail import hooks
from wagtail.admin import messages
from wagtail.admin.panels import FieldPanel, MultiFieldPanel, TitleFieldPanel
from wagtail.admin.ui.menus.pages import PageMenuItem
from wagtail.admin.ui.tables import UpdatedAtColumn
from wagtail.admin.viewsets.pages import PageListingViewSet
from wagtail.models import Page
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.snippets import SnippetViewSet

from broadsheet.newsroom import addresses
from broadsheet.newsroom.desk import buttons, facts, home, listing, locking, pages, returned
from broadsheet.newsroom.forms import AuthorForm
from broadsheet.newsroom.models import Author, SectionPage, StoryPage, Topic

# What a newspaper has no use for.
_NO_MENU = {"help"}
_NO_SETTINGS = {"sites"}
_NO_REPORTS = {"page-types-usage"}


class StoriesViewSet(PageListingViewSet):
    model = StoryPage
    icon = "doc-full"
    menu_label = "Stories"
    menu_name = "stories"
    menu_order = 90
    add_to_admin_menu = True
    name = "desk_stories"
    url_prefix = "stories"
    index_view_class = listing.StoriesView
    choose_parent_view_class = pages.ChooseSection


class AuthorViewSet(SnippetViewSet):
    model = Author
    icon = "user"
    menu_label = "Authors"
    menu_order = 210
    add_to_admin_menu = True
    url_prefix = "authors"
    list_display = ["name", "kind", "office", UpdatedAtColumn()]
    list_filter = ["kind"]
    ordering = ["name"]
    form_class = AuthorForm
    panels = [
        TitleFieldPanel("name", placeholder="Name"),
        MultiFieldPanel([FieldPanel("kind"), FieldPanel("office")], heading="Work"),
        FieldPanel("portrait"),
        FieldPanel("about"),
        MultiFieldPanel(
            [FieldPanel("slug", heading="Address"), FieldPanel("reader", heading="Account")],
            heading="On the site",
        ),
    ]


class TopicViewSet(SnippetViewSet):
    model = Topic
    icon = "tag"
    menu_label = "Topics"
    menu_order = 220
    add_to_admin_menu = True
    url_prefix = "topics"
    list_display = ["name", "description", UpdatedAtColumn()]
    ordering = ["name"]
    panels = [
        TitleFieldPanel("name", placeholder="Name"),
        FieldPanel("description"),
        FieldPanel("slug", heading="Address"),
    ]


register_snippet(AuthorViewSet)
register_snippet(TopicViewSet)


@hooks.register("register_admin_viewset")
def register_pages() -> list[Any]:
    return [pages.DeskViewSet(), StoriesViewSet()]


# Menus and the first page.


@hooks.register("construct_main_menu")
def tidy_menu(request: HttpRequest, items: list[Any]) -> None:
    for item in items:
        if item.name == "explorer":
            item.label = "Sections"
        elif item.name == "images":
            item.label = "Pictures"
    hidden = _NO_MENU if home.sees_stories(request.user) else {*_NO_MENU, "stories"}
    items[:] = [item for item in items if item.name not in hidden]


@hooks.register("construct_settings_menu")
def tidy_settings(request: HttpRequest, items: list[Any]) -> None:
    items[:] = [item for item in items if item.name not in _NO_SETTINGS]


@hooks.register("construct_reports_menu")
def tidy_reports(request: HttpRequest, items: list[Any]) -> None:
    items[:] = [item for item in items if item.name not in _NO_REPORTS]


@hooks.register("construct_homepage_summary_items", order=1000)
def show_figures(request: HttpRequest, items: list[Any]) -> None:
    items[:] = [home.Figures(request)]


@hooks.register("construct_homepage_panels")
def show_coming_up(request: HttpRequest, panels: list[Any]) -> None:
    if home.sees_stories(request.user):
        panels.append(home.ComingUp(request))
        panels.append(returned.ChangesRequested(request))


@hooks.register("construct_page_action_menu")
def arrange_buttons(items: list[Any], request: HttpRequest, context: Any) -> None:
    buttons.arrange(items)


@hooks.register("insert_global_admin_css")
def add_style() -> str:
    return format_html('<link rel="stylesheet" href="{}">', static("newsroom/desk.css"))


@hooks.register("insert_global_admin_js")
def add_scripts() -> str:
    files = ("newsroom/desk.js", "newsroom/saving.js", "newsroom/pasting.js")
    return format_html_join("\n", '<script src="{}"></script>', ([static(file)] for file in files))


# What is done to pages.


@hooks.register("before_create_page")
def only_publishers_make_sections(request: HttpRequest, parent: Any, kind: type[Any]) -> None:
    section = issubclass(kind, SectionPage)
    if section and not parent.permissions_for_user(request.user).publishes:
        raise PermissionDenied


@hooks.register("before_edit_page")
def say_what_to_change(request: HttpRequest, page: Any) -> None:
    """Say above the form why a story came back, each time it is opened."""
    if request.method == "GET" and (notice := returned.notice(page)):
        messages.warning(request, notice)


@hooks.register("before_move_page")
def say_why_a_section_stays(request: HttpRequest, page: Any, destination: Any) -> Any:
    """Say in words what the move itself would refuse as if it were a matter of rights."""
    if (
        isinstance(page, SectionPage)
        and destination.depth == 2
        and not page.is_child_of(destination)
        and addresses.is_taken(page.slug)
    ):
        messages.error(request, addresses.refused(page.slug))
        return redirect("wagtailadmin_pages:move", page.pk)
    return None


@hooks.register("after_publish_page")
def warn_of_what_is_missing(request: HttpRequest, page: Any) -> None:
    """Say once more what is worth a second look, now that readers see it."""
    if not isinstance(page, StoryPage):
        return
    warnings = facts.of(page, path=page.path).warnings
    if warnings:
        listed = format_html_join("", "<li>{}</li>", ([one.explanation] for one in warnings))
        messages.warning(
            request,
            format_html("“{}” is worth a second look: <ul>{}</ul>", page.title, listed),
        )


class CorrectButton(PageMenuItem):
    label = "Correct"
    icon_name = "warning"

    def is_shown(self, user: Any) -> bool:
        live_story = self.page.live and issubclass(self.page.specific_class, StoryPage)
        return bool(live_story and self.page.permissions_for_user(user).can_publish())


@hooks.register("register_page_header_buttons")
def offer_correction(page: Any, user: Any, view_name: str, next_url: str | None = None) -> Any:
    yield CorrectButton(page=page, url=reverse("desk_correct", args=[page.pk]), priority=12)


@hooks.register("construct_page_chooser_queryset")
def newest_to_choose_first(queryset: Any, request: HttpRequest) -> Any:
    """Offer sections first and then stories, the newest first."""
    return queryset.order_by("-numchild", "-pk")


@hooks.register("construct_explorer_page_queryset")
def only_sections_in_the_sidebar(parent: Any, queryset: Any, request: HttpRequest) -> Any:
    """Keep a hundred thousand stories out of the tree in the sidebar."""
    if "/api/" in request.path:
        return queryset.exact_type(SectionPage)
    return queryset


@hooks.register("before_bulk_action")
def lock_pages(request: HttpRequest, action_type: str, objects: Any, action: Any) -> None:
    """Read the pages again, now that nobody else changes them."""
    pages = sorted((one for one in objects if isinstance(one, Page)), key=lambda page: page.pk)
    for page in pages:
        locking.lock_page(page.pk)
        page.refresh_from_db()


@hooks.register("before_bulk_action")
def staff_one_at_a_time(request: HttpRequest, action_type: str, objects: Any, action: Any) -> None:
    """Refuse to change many accounts at once: a slip would reach readers, who are not staff."""
    from django.contrib.auth import get_user_model

    if issubclass(action.model, get_user_model()):
        raise PermissionDenied
