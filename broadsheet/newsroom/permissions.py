"""Who may do what to a page. docs/running/roles.md has the table, and a test holds it to this.

Wagtail knows rights to add, change, publish, lock and bulk-delete pages. The newsroom draws finer
lines with them: only those who publish work on sections and the front page; a story that has been
published is taken down, not deleted, except by those who may bulk-delete (administrators).
"""

from typing import Any

from django.urls import ResolverMatch
from wagtail.models import GroupCollectionPermission, PagePermissionTester
from wagtail.permission_policies.pages import PagePermissionPolicy

_ACTS = {"add", "change", "publish", "bulk_delete", "lock", "unlock"}


def sees_pages(user: Any) -> bool:
    """Tell whether somebody meets stories and sections in the back office: has a right to any."""
    return bool(DeskPolicy("wagtailcore.Page").user_has_any_permission(user, _ACTS))


def sees_files(user: Any) -> bool:
    """Tell whether somebody meets pictures and documents in the back office."""
    if user.is_superuser:
        return bool(user.is_active)
    return GroupCollectionPermission.objects.filter(group__user=user).exists()


# Wagtail's views, by the names Django knows them by. Many of them show titles of stories or of
# pictures to everybody who gets to the desk. Staff who see no stories may open only the ones listed
# here; a view that a new version of Wagtail adds is closed to them until it is listed.
_FOR_ALL = {
    "wagtailadmin_home",
    "wagtailadmin_login",
    "wagtailadmin_logout",
    "wagtailadmin_dismissibles",
    "wagtailadmin_javascript_catalog",
    "wagtailadmin_sprite",
    # The 404 page.
    "wagtail.admin.views.home.default",
}
# Each of these checks a permission of its own.
_ASK_THEMSELVES = (
    "wagtailusers_",
    "wagtailsnippets_",
    "wagtailsettings:",
    "wagtailredirects:",
    "wagtailsites:",
    "wagtailadmin_collections:",
    "wagtailadmin_password_reset",
    "desk_reason_texts:",
)
# The newsroom's own views check their permissions, except where they replace Wagtail's.
_WAGTAILS = ("wagtail", "desk_stories:")
_FILES = ("wagtailimages", "wagtaildocs", "wagtailadmin_api:images", "wagtailadmin_api:documents")
_FILES_IN_BULK = {"image", "picture", "document"}


def may_open(user: Any, address: ResolverMatch) -> bool:
    """Tell whether an address of the desk may be opened at all, before its view decides the rest."""
    name = address.view_name or ""
    if name in _FOR_ALL or name.startswith(_ASK_THEMSELVES):
        return True
    if not name.startswith(_WAGTAILS):
        return True
    if name.startswith(_FILES):
        return sees_files(user)
    if name == "wagtail_bulk_action":
        return _may_open_in_bulk(user, address.kwargs)
    if name.startswith("wagtailadmin_workflows:task_cho"):
        # Wagtail asks for no permission here, though it does on the page that it belongs to.
        return any(user.has_perm(f"wagtailcore.{act}_workflow") for act in ("add", "change"))
    return sees_pages(user)


def _may_open_in_bulk(user: Any, named: dict[str, str]) -> bool:
    if named["model_name"] in _FILES_IN_BULK:
        return sees_files(user)
    # Bulk actions on people check the right to change them.
    return named["app_label"] == "readers" or sees_pages(user)


class DeskPermissions(PagePermissionTester):
    """The rights of one person to one page."""

    user: Any
    page: Any
    permissions: set[str]

    @property
    def publishes(self) -> bool:
        """Whether this person decides what readers see here."""
        return self._has("publish")

    def _has(self, right: str) -> bool:
        if not self.user.is_active:
            return False
        return bool(self.user.is_superuser or right in self.permissions)

    def can_set_view_restrictions(self) -> bool:
        """Tell readers apart by a story's access level alone."""
        return False


class FrontPagePermissions(DeskPermissions):
    def can_edit(self) -> bool:
        return self.publishes and bool(super().can_edit())

    def can_add_subpage(self) -> bool:
        return self.publishes and bool(super().can_add_subpage())

    def can_delete(self, ignore_bulk: bool = False) -> bool:
        return False

    def can_move(self) -> bool:
        return False

    def can_copy(self) -> bool:
        return False

    def can_unpublish(self) -> bool:
        return False


class SectionPermissions(DeskPermissions):
    def can_edit(self) -> bool:
        return self.publishes and bool(super().can_edit())

    def can_delete(self, ignore_bulk: bool = False) -> bool:
        """Allow it for an empty one: stories are moved out first, so that none is lost."""
        return self.publishes and self.page.is_leaf()

    def can_move(self) -> bool:
        return self.publishes

    def can_copy(self) -> bool:
        return False

    def can_reorder_children(self) -> bool:
        """Refuse it: stories stand by date, and the form for it would list every one of them."""
        return False


class StoryPermissions(DeskPermissions):
    def can_delete(self, ignore_bulk: bool = False) -> bool:
        if self.page.live or self.page.first_published_at:
            return self._has("bulk_delete")
        own = self.page.owner_id == self.user.pk
        return self.publishes or (own and self._has("add"))

    def can_move(self) -> bool:
        if self.page.live:
            return self.publishes
        return bool(self.can_edit())


class DeskPolicy(PagePermissionPolicy):
    """Which pages somebody meets in the back office."""

    def explorable_instances(self, user: Any) -> Any:
        """Return every page to those with a right to the whole paper, without asking of each."""
        if user.is_active and any(
            right.page.depth <= 2 for right in self.get_cached_permissions_for_user(user)
        ):
            return self.model._default_manager.all()
        return super().explorable_instances(user)
