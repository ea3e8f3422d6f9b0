from django.apps import AppConfig


class EditionConfig(AppConfig):
    name = "broadsheet.edition"
    label = "edition"

    def ready(self) -> None:
        from broadsheet.edition import plates, previews, services, staff, views
        from broadsheet.newsroom import rendering
        from broadsheet.readers import registry

        registry.register(staff.PART)
        services.connect()
        plates.connect()
        rendering.register("FrontPage", views.print_front, previews.front_page)
        rendering.register("SectionPage", views.print_section, previews.section)
        rendering.register("StoryPage", views.print_story, previews.story)
