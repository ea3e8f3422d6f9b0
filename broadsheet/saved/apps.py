from django.apps import AppConfig


class SavedConfig(AppConfig):
    name = "broadsheet.saved"
    label = "saved"
    verbose_name = "Saved stories"

    def ready(self) -> None:
        from broadsheet.readers import registry
        from broadsheet.saved import parts

        registry.register(parts.PART)
        registry.register_intention(parts.INTENTION)
