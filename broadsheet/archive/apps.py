from django.apps import AppConfig


class ArchiveConfig(AppConfig):
    name = "broadsheet.archive"
    label = "archive"

    def ready(self) -> None:
        from broadsheet.archive import oldaddresses
        from broadsheet.newsroom.oldaddresses import register

        register(oldaddresses.find)
        oldaddresses.connect()
