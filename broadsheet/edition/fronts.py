"""What stands on the front page: what the desk placed, and the latest where it placed nothing."""

from dataclasses import dataclass

from django.db.models import prefetch_related_objects

from broadsheet.edition import navigation
from broadsheet.newsroom import listings
from broadsheet.newsroom.models import FrontPage, Placement, StoryPage

# How many stories each part has where the desk placed none.
LARGE, NORMAL, LATEST = 3, 4, 8
SECTION = 5  # stories of a section


@dataclass(frozen=True, slots=True)
class Block:
    """A section's part of the front page."""

    entry: navigation.Entry
    stories: list[StoryPage]


@dataclass(frozen=True, slots=True)
class Front:
    lead: StoryPage | None
    large: list[StoryPage]
    normal: list[StoryPage]
    brief: list[StoryPage]
    latest: list[StoryPage]
    blocks: list[Block]


def compose(front_page: FrontPage) -> Front:
    """Choose what stands where. Only the latest may stand there twice.

    A placed story that isn't live (taken back, or still a draft) is passed over.
    """
    placed = [(one.size, one.story_id) for one in front_page.placements.all()]
    chosen = [number for _, number in placed]
    if front_page.lead_id:
        chosen.append(front_page.lead_id)
    entries = navigation.sections()
    # Enough of each list to fill its part even where all that stands above it came from it.
    above = 1 + LARGE + NORMAL + LATEST + len(chosen)
    numbers = listings.latest(
        [listings.ALL, *(entry.key for entry in entries)], limit=above + SECTION
    )
    found = {
        story.pk: story
        for story in listings.fetch({*chosen, *numbers[listings.ALL]}, pictures=False)
    }
    newest = [found[number] for number in numbers[listings.ALL] if number in found]
    used: set[int] = set()

    def take(stories: list[StoryPage], most: int) -> list[StoryPage]:
        taken = [story for story in stories if story.pk not in used][:most]
        used.update(story.pk for story in taken)
        return taken

    def placed_as(size: Placement.Size) -> list[StoryPage]:
        wanted = [found[number] for at, number in placed if at == size and number in found]
        return take([story for story in wanted if story.live], len(wanted))

    lead = found.get(front_page.lead_id or 0)
    leads = take([lead] if lead and lead.live else newest, 1)
    large = placed_as(Placement.Size.LARGE)
    normal = placed_as(Placement.Size.NORMAL)
    brief = placed_as(Placement.Size.BRIEF)
    large = large or take([story for story in newest if story.lead_picture_id], LARGE)
    normal = normal or take(newest, NORMAL)
    # The latest are a list to glance at: a story in it still stands in its section below.
    latest = [story for story in newest if story.pk not in used][: max(0, LATEST - len(brief))]

    in_sections: dict[navigation.Entry, list[int]] = {}
    for entry in entries:
        in_sections[entry] = [one for one in numbers[entry.key] if one not in used][:SECTION]
        used.update(in_sections[entry])
    wanted = [number for numbers in in_sections.values() for number in numbers]
    found |= {story.pk: story for story in listings.fetch(set(wanted) - set(found), pictures=False)}
    blocks = [
        Block(entry, stories)
        for entry, numbers in in_sections.items()
        if (stories := [found[number] for number in numbers if number in found])
    ]
    with_pictures = [*leads, *large, *(block.stories[0] for block in blocks)]
    prefetch_related_objects(with_pictures, "lead_picture__renditions")
    return Front(leads[0] if leads else None, large, normal, brief, latest, blocks)
