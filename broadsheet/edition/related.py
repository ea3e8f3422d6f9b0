"""The stories that a story's page leads on to: on its topics, and in its section.

All were published before it. Unlike the latest they stay as they are, so that publishing a story
changes no other story's page.
"""

from collections import Counter

from django.db.models import prefetch_related_objects

from broadsheet.newsroom import listings
from broadsheet.newsroom.models import StoryPage

ON_TOPICS = 4  # stories on a story's topics
EARLIER = 4  # stories of its section; fewer beside stories on its topics


def on_topics(story: StoryPage) -> list[StoryPage]:
    """Return what came before on a story's topics: those that share most topics first, then the latest.

    Kept with the story: who prints it asks once more which stories are on its page.
    """
    kept: list[StoryPage] | None = getattr(story, "_on_topics", None)
    if kept is None:
        story._on_topics = kept = _on_topics(story)
    return kept


def _on_topics(story: StoryPage) -> list[StoryPage]:
    if not story.published_at or not story.pk:
        return []
    before = (story.published_at, story.pk)
    shared = Counter[int]()
    found: dict[int, StoryPage] = {}
    for topic in story.topics.all():
        for other in listings.headlines(listings.key(topic), before=before, limit=ON_TOPICS):
            found[other.pk] = other
            shared[other.pk] += 1
    ranked = sorted(
        found.values(), key=lambda one: (shared[one.pk], one.published_at, one.pk), reverse=True
    )[:ON_TOPICS]
    prefetch_related_objects(ranked, "lead_picture__renditions")
    return ranked


def earlier(story: StoryPage) -> list[StoryPage]:
    """Return what a story's section published before it, without what stands there by its topics."""
    kept: list[StoryPage] | None = getattr(story, "_earlier", None)
    if kept is None:
        story._earlier = kept = _earlier(story)
    return kept


def _earlier(story: StoryPage) -> list[StoryPage]:
    if not story.section or not story.published_at or not story.pk:
        return []
    above = {other.pk for other in on_topics(story)}
    found = listings.headlines(
        listings.key(story.section),
        before=(story.published_at, story.pk),
        limit=EARLIER + len(above),
    )
    most = max(2, EARLIER - len(above))
    return [other for other in found if other.pk not in above][:most]


def shown(story: StoryPage) -> list[StoryPage]:
    """Return all stories that a story's page shows beside it."""
    return [*on_topics(story), *earlier(story)]
