"""The staff: who works for the paper, and in which role.

Readers are circulation's; nobody without a role is listed here, found here or changed here.
"""

from typing import Any

from django import forms
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied
from django.utils import timezone
from wagtail.admin.ui.tables import BooleanColumn, Column, DateColumn
from wagtail.log_actions import log
from wagtail.users.views import users

from broadsheet.newsroom import actions
from broadsheet.rules.addresses import AddressError, canonical

People: Any = get_user_model()


def staff() -> Any:
    return People.objects.filter(is_staff=True)


class RolesField(forms.ModelMultipleChoiceField):
    def __init__(self) -> None:
        super().__init__(
            queryset=Group.objects.order_by("pk"),
            widget=forms.CheckboxSelectMultiple,
            label="Roles",
            help_text="What each may do stands in docs/running/roles.md.",
        )


class AppointForm(forms.ModelForm):
    """Somebody new. Who has an account as a reader keeps it, and gets the role besides."""

    email = forms.CharField(
        label="E-mail address",
        max_length=254,
        help_text="They sign in with a code sent there, and can set a password for themselves. A "
        "reader's account with this address is kept and gets the role.",
    )
    roles = RolesField()

    class Meta:
        model = People
        fields = ["email", "name"]

    def clean_email(self) -> str:
        try:
            address = canonical(self.cleaned_data["email"])
        except AddressError as error:
            raise forms.ValidationError(str(error)) from error
        if staff().at_address(address).exists():
            raise forms.ValidationError("They are on the staff already.")
        return address

    def _post_clean(self) -> None:
        """Leave out the model's own look for an account with this address: there may be one."""

    def save(self, commit: bool = True) -> Any:
        person, _ = actions.appoint(
            email=self.cleaned_data["email"],
            name=self.cleaned_data["name"],
            roles=[role.name for role in self.cleaned_data["roles"]],
            now=timezone.now(),
        )
        return person


class StaffForm(forms.ModelForm):
    """Somebody on the staff. Their address and password are theirs to change."""

    roles = RolesField()

    class Meta:
        model = People
        fields = ["name", "is_active"]

    def __init__(self, *args: Any, editing_self: bool = False, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["roles"].required = False
        self.fields["roles"].initial = list(self.instance.groups.all())
        self.fields["roles"].help_text = "Without any they are a reader again."
        if editing_self:
            # Nobody locks themselves out.
            del self.fields["is_active"]
            del self.fields["roles"]

    def save(self, commit: bool = True) -> Any:
        person = super().save(commit=commit)
        if "roles" in self.fields:
            actions.assign(person=person, roles=self.cleaned_data["roles"])
        return person


class StaffList(users.IndexView):
    page_title = "Staff"
    add_item_label = "Appoint somebody"
    search_fields = ["email", "name"]
    filterset_class = None
    default_ordering = "email"

    def get_base_queryset(self) -> Any:
        return staff().prefetch_related("groups").select_related("wagtail_userprofile")

    @property
    def columns(self) -> list[Any]:
        name = self._get_title_column_class(users.UserColumn)(
            "name", label="Name", get_url=self.get_edit_url, classname="name"
        )
        return [
            name,
            Column("email", label="E-mail address", sort_key="email"),
            Column("roles", label="Roles", accessor=_roles),
            BooleanColumn("is_active", label="May sign in"),
            DateColumn("last_login", label="Last seen", sort_key="last_login"),
        ]


def _roles(person: Any) -> str:
    names = [group.name for group in person.groups.all()]
    if person.is_superuser:
        names.insert(0, "Everything")
    return ", ".join(names)


class OnlyStaff:
    """Finds staff and nobody else; who may do everything is changed only by their like."""

    request: Any

    def get_base_object_queryset(self) -> Any:
        return staff()

    def get_object(self, *args: Any) -> Any:
        person = super().get_object(*args)  # type: ignore[misc]
        if person.is_superuser and not self.request.user.is_superuser:
            raise PermissionDenied
        return person


class Appoint(users.CreateView):
    page_title = "Appoint somebody"
    success_message = "%(object)s is on the staff."

    def save_instance(self) -> Any:
        """Appoint them. Wagtail's own would keep the form's empty account for the one appointed."""
        person = self.form.save()
        log(instance=person, action="wagtail.create", user=self.request.user)
        return person


class Change(OnlyStaff, users.EditView):
    success_message = "Changed: %(object)s."


class Remove(OnlyStaff, users.DeleteView):
    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        """Refuse: whoever leaves the staff stays a reader, and deletes their account themselves."""
        raise PermissionDenied


class History(OnlyStaff, users.HistoryView):
    pass


class StaffViewSet(users.UserViewSet):
    menu_label = "Staff"
    ordering = "email"
    filterset_class = None
    template_prefix = ""
    index_view_class = StaffList
    add_view_class = Appoint
    edit_view_class = Change
    delete_view_class = Remove
    history_view_class = History

    def get_form_class(self, for_update: bool = False) -> Any:
        return StaffForm if for_update else AppointForm
