from django.apps import AppConfig


class WallConfig(AppConfig):
    name = "broadsheet.wall"
    label = "wall"
    verbose_name = "Wall"

    def ready(self) -> None:
        from broadsheet.readers import registry
        from broadsheet.wall import parts, signals

        signals.connect()
        registry.register(parts.PART)
