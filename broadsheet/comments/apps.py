from django.apps import AppConfig
from django.db.models.signals import post_migrate, post_save


class CommentsConfig(AppConfig):
    name = "broadsheet.comments"
    label = "comments"
    verbose_name = "Comments"

    def ready(self) -> None:
        from broadsheet.comments import (
            counting,
            detectors,
            former_bans,
            parts,
            portable,
            portablerules,
            screening,
            searching,
        )
        from broadsheet.newsroom import listings
        from broadsheet.newsroom.portable import register
        from broadsheet.readers import registry, shownames
        from broadsheet.readers.signals import reader_renamed

        screening.install(detectors.load)
        registry.register(parts.PART)
        registry.register_intention(parts.INTENTION)
        shownames.protect(counting.authors)
        for part in (
            portable.THREADS,
            portable.COMMENTS,
            portablerules.RULES,
            portablerules.REASONS,
            portablerules.LISTS,
        ):
            register(part)
        listings.accompany(counting.put_counts)
        reader_renamed.connect(counting.renamed, dispatch_uid="comments-renamed")
        post_save.connect(
            former_bans.address_proved,
            sender="account.EmailAddress",
            dispatch_uid="comments-former-bans",
        )
        post_migrate.connect(
            searching.after_migrate, sender=self, dispatch_uid="comments-searching"
        )
