from django.apps import AppConfig


class SavedConfig(AppConfig):
    name = "broadsheet.saved"
    label = "saved"
    verbose_name = "Saved stories"

    def ready(self) -> None:
        from broadsheet.readers import registry
        from broadsheet.readers.signals import stories_read
        from broadsheet.saved import parts, telling

        stories_read.connect(telling.remember_all, dispatch_uid="saved-read")
        registry.register(parts.PART)
        registry.register_intention(parts.INTENTION)
