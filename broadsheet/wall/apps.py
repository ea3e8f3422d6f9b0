from django.apps import AppConfig


class WallConfig(AppConfig):
    name = "broadsheet.wall"
    label = "wall"
    verbose_name = "Wall"

    def ready(self) -> None:
        from broadsheet.newsroom import bodies
        from broadsheet.newsroom.portable import register
        from broadsheet.readers import registry
        from broadsheet.wall import parts, policies, portable, signals

        signals.connect()
        bodies.follow_policy(policies.teaser_words)
        registry.register(parts.PART)
        register(portable.PART)
