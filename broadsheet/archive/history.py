"""A story's public history: when it was published, updated and corrected.

Only kinds and moments are told, and of corrections the text, which the corrections page prints
too. What words were changed is the desk's business: comparing versions would show locked words.
"""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from broadsheet.newsroom.models import StoryPage


class What(StrEnum):
    PUBLISHED = "published"
    UPDATED = "updated"
    CORRECTED = "corrected"


class Event(NamedTuple):
    """Something that happened to a story, for readers.

    :param text: of a correction, sanitised HTML; else empty
    """

    what: What
    happened_at: datetime
    text: str = ""


def of(story: StoryPage) -> list[Event]:
    """Return what readers may know happened to a live story, latest first.

    Saves and revisions are not news: what counts is what the desk has said, ``published_at``,
    ``updated_at`` and the corrections.
    """
    events = [Event(What.CORRECTED, one.corrected_at, one.text) for one in story.corrections.all()]
    if story.updated_at and (
        not story.published_at or story.updated_at - story.published_at > timedelta(minutes=1)
    ):
        events.append(Event(What.UPDATED, story.updated_at))
    if story.published_at:
        events.append(Event(What.PUBLISHED, story.published_at))
    return sorted(events, key=lambda one: one.happened_at, reverse=True)
