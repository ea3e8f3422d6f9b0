"""Slow work that waits for `broadsheet work`."""

from django.tasks import task

from broadsheet.newsroom.models import StoryPage
from broadsheet.newsroom.signals import announce

AT_ONCE = 200


@task(backend="work")
def cut_teasers(after: int = 0) -> int:
    """Cut the teasers of all stories anew, after the policy changed; return how many changed.

    Done twice it does no harm: a story whose teaser stays as it is isn't written.
    """
    changed = 0
    while True:
        stories = list(StoryPage.objects.filter(pk__gt=after).order_by("pk")[:AT_ONCE])
        if not stories:
            return changed
        moved = []
        for story in stories:
            before = [block["value"] for block in story.teaser.raw_data]
            story.derive()
            if [block["value"] for block in story.teaser.raw_data] != before:
                story.save(update_fields=["teaser"])
                moved.append(story.pk)
        announce(moved)
        changed += len(moved)
        after = stories[-1].pk
