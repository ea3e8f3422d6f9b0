from django.apps import AppConfig
from django.db.models.signals import post_migrate, pre_migrate


class NewsroomConfig(AppConfig):
    name = "broadsheet.newsroom"
    label = "newsroom"
    verbose_name = "Newsroom"

    def ready(self) -> None:
        from wagtail.models import Page
        from wagtail.permissions import register_permission_policy

        from broadsheet.newsroom import constraints, permissions, roles, signals, widgets
        from broadsheet.newsroom.desk import choosing

        register_permission_policy(Page, permissions.DeskPolicy("wagtailcore.Page"))
        widgets.without_scripts()
        choosing.offer_latest_stories()
        signals.connect()
        post_migrate.connect(roles.after_migrate, sender=self, dispatch_uid="newsroom-roles")
        pre_migrate.connect(constraints.before_migrate, sender=self, dispatch_uid="newsroom-loose")
        post_migrate.connect(constraints.after_migrate, sender=self, dispatch_uid="newsroom-strict")
