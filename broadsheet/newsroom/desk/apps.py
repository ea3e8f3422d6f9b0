from wagtail.users.apps import WagtailUsersAppConfig


class StaffConfig(WagtailUsersAppConfig):
    """Wagtail's users, which are the paper's staff here."""

    group_viewset = "broadsheet.newsroom.desk.groups.OwnGroups"
    user_viewset = "broadsheet.newsroom.desk.people.StaffViewSet"
