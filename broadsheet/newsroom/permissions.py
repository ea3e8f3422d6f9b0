"""Who may do what to a page. docs/running/roles.md has the table, and a test holds it to this.

Wagtail knows rights to add, change, publish, lock and bulk-delete pages. The newsroom draws finer
lines with them: only those who publish work on sections and the front page; a story that has been
published is taken down, not deleted, except by those who may bulk-delete (administrators).
"""

from typing import Any

from wagtail.models import PagePermissionTester
from wagtail.permission_policies.pages import PagePermissionPolicy

_ACTS = {"add", "change", "publish", "bulk_delete", "lock", "unlock"}


def sees_pages(user: Any) -> bool:
    """Tell whether somebody meets stories and sections in the back office: has a right to any."""
    return bool(DeskPolicy("wagtailcore.Page").user_has_any_permission(user, _ACTS))


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
