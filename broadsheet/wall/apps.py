from django.apps import AppConfig


class WallConfig(AppConfig):
    name = "broadsheet.wall"
    label = "wall"
    verbose_name = "Wall"

    def ready(self) -> None:
        from broadsheet.wall import signals

        signals.connect()
