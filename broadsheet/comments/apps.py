from django.apps import AppConfig
from django.db.models.signals import post_migrate


class CommentsConfig(AppConfig):
    name = "broadsheet.comments"
    label = "comments"
    verbose_name = "Comments"

    def ready(self) -> None:
        from broadsheet.comments import parts, searching
        from broadsheet.readers import registry

        registry.register(parts.PART)
        registry.register_intention(parts.INTENTION)
        post_migrate.connect(
            searching.after_migrate, sender=self, dispatch_uid="comments-searching"
        )
