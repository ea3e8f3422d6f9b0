"""A story as it goes out to machines: feeds, the API, oEmbed.

Everything in a Dispatch is open to everybody. Locked words are not left out here: they are not
loaded. The body is fetched for free stories alone, the teaser for the others.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any, NamedTuple

import nh3
from django.conf import settings

from broadsheet.edition import markup, pieces
from broadsheet.edition.services import addresses
from broadsheet.newsroom import bodies, renditions
from broadsheet.newsroom.models import StoryPage, Topic
from broadsheet.newsroom.notes import note
from broadsheet.newsroom.renditions import Printed, Use
from broadsheet.rules.access import Access, open_to_all

_TAGS = {
    "a", "abbr", "b", "blockquote", "br", "caption", "cite", "code", "dd", "del", "div", "dl", "dt",
    "em", "figcaption", "figure", "h2", "h3", "h4", "h5", "h6", "hr", "i", "img", "ins", "li", "mark",
    "ol", "p", "pre", "q", "s", "small", "span", "strong", "sub", "sup", "table", "tbody", "td",
    "tfoot", "th", "thead", "time", "tr", "u", "ul",
}  # fmt: skip
_ATTRIBUTES = {
    "*": {"lang", "dir"},
    "a": {"href"},
    "img": {"src", "alt", "width", "height"},
    "ol": {"start"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan", "scope"},
    "time": {"datetime"},
}


class Link(NamedTuple):
    name: str
    address: str


class Block(NamedTuple):
    """One block of a story's open words: the name of its kind, and HTML with whole addresses."""

    kind: str
    html: str


@dataclass(frozen=True)
class Dispatch:
    """What everybody may know of a live story.

    :param key: names the story for good, whatever becomes of its address
    :param updated_at: when its news last changed; None for never
    :param topics: in the order of their names
    :param raw: the blocks everybody may read, as they are stored
    :param complete: whether that is the whole story
    """

    story: StoryPage
    topics: tuple[Topic, ...]
    raw: Sequence[dict[str, Any]]
    complete: bool

    @property
    def key(self) -> str:
        return f"urn:uuid:{self.story.translation_key}"

    @property
    def number(self) -> int:
        return int(self.story.pk)

    @property
    def headline(self) -> str:
        return self.story.headline

    @property
    def standfirst(self) -> str:
        return self.story.standfirst

    @cached_property
    def address(self) -> str:
        return addresses.of(self.story)

    @property
    def language(self) -> str:
        return self.story.language or settings.LANGUAGE_CODE

    @property
    def published_at(self) -> datetime:
        moment = self.story.published_at
        assert moment is not None  # a story in a list has been published
        return moment

    @property
    def updated_at(self) -> datetime | None:
        return self.story.updated_at

    @property
    def changed_at(self) -> datetime:
        return self.updated_at or self.published_at

    @cached_property
    def authors(self) -> tuple[Link, ...]:
        return tuple(
            Link(one.author.name, addresses.whole(one.author.get_absolute_url()))
            for one in self.story.bylines.all()
        )

    @cached_property
    def section(self) -> Link | None:
        section = self.story.section
        return Link(section.title, addresses.of(section)) if section else None

    @cached_property
    def picture(self) -> Printed | None:
        return renditions.printed(self.story.lead_picture, Use.WIDE)

    @cached_property
    def caption(self) -> str:
        picture = self.story.lead_picture
        return self.story.lead_caption or (picture.caption if picture else "")

    @cached_property
    def blocks(self) -> tuple[Block, ...]:
        return tuple(Block(piece.kind, clean(piece.html)) for piece in pieces.prepare(self.raw))

    @property
    def html(self) -> str:
        return "\n".join(block.html for block in self.blocks)


def dispatches(stories: Iterable[StoryPage], *, now: datetime) -> list[Dispatch]:
    """Make dispatches of stories fetched for a list (``listings.page``), in their order.

    Those that nobody may know of yet are left out.
    """
    shown = [
        story
        for story in stories
        if story.live
        and story.published_at
        and story.published_at <= now
        and not (story.embargoed_until and story.embargoed_until > now)
    ]
    free = {story.pk for story in shown if open_to_all(Access(story.access))}
    locked = {story.pk for story in shown} - free
    words = {
        **_raw(free, "body"),
        **_raw(locked, "teaser"),
    }
    topics = _topics([story.pk for story in shown])
    return [
        Dispatch(story, topics[story.pk], words.get(story.pk, ()), story.pk in free)
        for story in shown
    ]


def _raw(pks: set[int], field: str) -> dict[int, Sequence[dict[str, Any]]]:
    if not pks:
        return {}
    rows = StoryPage.objects.filter(pk__in=pks).values_list("pk", field)
    try:
        return {pk: bodies.blocks(value.raw_data) for pk, value in rows}
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        if len(pks) == 1:
            note(f"the {field} of story", min(pks), f"{type(error).__name__}: {error}")
            return {}
        # One of them can't be read: each by itself, so that the others can.
        return {pk: words for one in pks for pk, words in _raw({one}, field).items()}


def _topics(pks: list[int]) -> defaultdict[int, tuple[Topic, ...]]:
    found: defaultdict[int, tuple[Topic, ...]] = defaultdict(tuple)
    through = StoryPage.topics.through.objects.filter(storypage__in=pks)
    for one in through.select_related("topic").order_by("topic__name"):
        found[one.storypage_id] += (one.topic,)
    return found


def rich(html: str) -> str:
    """Return rich text of the desk's as HTML with whole addresses."""
    return clean(markup.expand([html])[0]) if html else ""


def clean(html: str) -> str:
    """Return HTML that is safe anywhere, every address in it whole."""
    return nh3.clean(
        html,
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        url_schemes={"http", "https", "mailto", "tel"},
        link_rel=None,
        url_relative=("rewrite_with_base", f"{settings.PAPER_ADDRESS}/"),
    )
