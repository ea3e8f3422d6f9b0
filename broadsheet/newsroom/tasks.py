"""Slow work that waits for `broadsheet work`."""

from django.tasks import task

from broadsheet.newsroom import renditions
from broadsheet.newsroom.models import Picture, StoryPage


@task(backend="work")
def make_renditions(story_pk: int) -> int:
    """Make the pictures of a story in every size it is printed in; return how many were made.

    Made when it is first seen, each of a page's first readers would wait for all of them. Done
    twice it does no harm.
    """
    story = StoryPage.objects.filter(pk=story_pk, live=True).first()
    if story is None:
        return 0
    wanted = renditions.of_story(story)
    pictures = Picture.objects.in_bulk(wanted)
    return sum(renditions.make(picture, wanted[pk]) for pk, picture in pictures.items())
