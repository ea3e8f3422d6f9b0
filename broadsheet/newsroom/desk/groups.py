"""Groups that the paper makes for itself, beside the five roles.

The roles are changed in the code, so that an account taken over can't give itself more. For the
same reason nobody gives a group a permission that they don't have themselves.
"""

from typing import Any

from django.contrib.auth.models import Group, Permission
from django.shortcuts import get_object_or_404
from wagtail.users.forms import GroupForm
from wagtail.users.views import groups

from broadsheet.newsroom.roles import Role


def own_groups() -> Any:
    return Group.objects.exclude(name__in=list(Role))


def permissions_of(user: Any) -> Any:
    """Return the permissions that somebody has, and so may give."""
    if user.is_superuser:
        return Permission.objects.all()
    return Permission.objects.filter(group__user=user).distinct()


class OwnGroupForm(GroupForm):
    """Offers the permissions that whoever fills it in has."""

    registered_permissions: Any

    def __init__(self, *args: Any, giver: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.registered_permissions = self.registered_permissions.filter(
            pk__in=permissions_of(giver).values("pk")
        )
        offered = self.registered_permissions.select_related("content_type")
        self.fields["permissions"].queryset = offered


class OwnGroupsOnly:
    """Finds the paper's own groups; the five roles can't be opened, changed or deleted here."""

    request: Any

    def get_base_queryset(self) -> Any:
        return own_groups()

    def get_object(self, *args: Any) -> Any:
        group = super().get_object(*args)  # type: ignore[misc]
        return get_object_or_404(own_groups(), pk=group.pk)


class GivesOwnPermissions:
    request: Any

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "giver": self.request.user}  # type: ignore[misc]


class GroupList(OwnGroupsOnly, groups.IndexView):
    pass


class MakeGroup(GivesOwnPermissions, groups.CreateView):
    pass


class ChangeGroup(OwnGroupsOnly, GivesOwnPermissions, groups.EditView):
    pass


class DeleteGroup(OwnGroupsOnly, groups.DeleteView):
    pass


class OwnGroups(groups.GroupViewSet):
    index_view_class = GroupList
    add_view_class = MakeGroup
    edit_view_class = ChangeGroup
    delete_view_class = DeleteGroup

    def get_form_class(self, for_update: bool = False) -> Any:
        return OwnGroupForm
