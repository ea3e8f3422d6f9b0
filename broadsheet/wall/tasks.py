"""Slow work that waits for `broadsheet work`."""

from datetime import timedelta

from django.tasks import task
from django.utils import timezone

from broadsheet.newsroom.models import StoryPage
from broadsheet.newsroom.signals import announce
from broadsheet.wall import gate

AT_ONCE = 200
TRY_AGAIN = timedelta(seconds=5)


@task(backend="work")
def tell_everything() -> bool:
    """Tell every machine that everything changed; return whether they could be told.

    Somebody couldn't tell what they changed, and may have died since. Tried until it is told.
    """
    if gate.is_behind():
        tell_everything.using(run_after=timezone.now() + TRY_AGAIN).enqueue()
        return False
    # If this fails, it is put down as a task once more (gate.edition).
    gate.edition().everything_changed()
    return not gate.is_behind()


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
