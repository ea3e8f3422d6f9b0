from django.apps import AppConfig


class EditionConfig(AppConfig):
    name = "broadsheet.edition"
    label = "edition"

    def ready(self) -> None:
        from broadsheet.edition import services

        services.connect()
