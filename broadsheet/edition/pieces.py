"""A story's body made ready to print, from its stored blocks.

Wagtail's own values fetch pictures and stories one kind of block at a time, related stories with
all their words. Here everything a body needs is fetched together: pictures with their renditions,
related stories, linked pages and documents, each in one query or none. What a block needs and what is
made of it, its kind says (``newsroom.story_block``).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from django.template import TemplateDoesNotExist
from django.template.loader import get_template
from django.utils.safestring import SafeString, mark_safe

from broadsheet.edition import markup
from broadsheet.newsroom import bodies, renditions
from broadsheet.newsroom.blocks import KINDS
from broadsheet.newsroom.models import Picture, StoryPage
from broadsheet.newsroom.renditions import Printed, Use

PLAIN = "edition/blocks/_plain.html"

type Raw = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Piece:
    """One block, as ``edition/blocks/<kind>.html`` prints it, or in plain HTML without one."""

    kind: str
    anchor: str
    value: Any

    @property
    def template(self) -> str:
        return template_of(self.kind)

    @property
    def shown(self) -> Any:
        """Return what its template prints."""
        return self.value if self.template != PLAIN else mark_safe(self.html)  # noqa: S308  # by its kind

    @property
    def html(self) -> str:
        """Return it in plain HTML: a reader of feeds has neither styles nor scripts of the paper."""
        return KINDS[self.kind].html(self.value)


@cache
def template_of(kind: str) -> str:
    name = f"edition/blocks/{kind}.html"
    try:
        get_template(name)
    except TemplateDoesNotExist:
        return PLAIN
    return name


@dataclass(frozen=True, slots=True)
class Shown:
    """A picture where it stands, with the texts it has there."""

    printed: Printed
    caption: str
    credit: str
    count: str = ""  # “2 / 7” in a gallery


@dataclass(frozen=True, slots=True)
class Fetched:
    """What the blocks of one body are printed from."""

    texts: Mapping[str, SafeString]
    pictures: Mapping[int, Picture]
    stories: Mapping[int, StoryPage]

    def text(self, html: str | None) -> SafeString:
        return self.texts.get(html or "", SafeString(""))

    def picture(self, value: Raw) -> Shown | None:
        picture = self.pictures.get(value.get("picture") or 0)
        printed = renditions.printed(
            picture, Use.WIDE, alternative_text=value.get("alternative_text") or ""
        )
        if picture is None or printed is None:
            return None
        return Shown(
            printed=printed,
            caption=value.get("caption") or picture.caption,
            credit=value.get("credit") or picture.credit,
        )

    def counted(self, values: list[Raw]) -> list[Shown]:
        pictures = [shown for value in values if (shown := self.picture(value))]
        total = len(pictures)
        return [
            replace(shown, count=f"{position} / {total}")
            for position, shown in enumerate(pictures, start=1)
        ]

    def story(self, pk: int) -> StoryPage | None:
        return self.stories.get(pk)

    def imported(self, html: str) -> SafeString:
        return markup.imported(html)


def prepare(raw: Iterable[Raw]) -> list[Piece]:
    """Return the blocks of a body, ready to print. What can't be printed is left out."""
    blocks = bodies.blocks(raw)
    fetched = _fetch(blocks)
    pieces = []
    for block in blocks:
        value = bodies.ask(block, lambda kind, value: kind.prepare(value, fetched))
        if value:
            pieces.append(Piece(block["type"], block.get("id") or "", value))
    return pieces


def scripts(pieces: Iterable[Piece]) -> list[str]:
    """Return the scripts that a page with these blocks needs, each once."""
    return sorted({script for piece in pieces for script in KINDS[piece.kind].scripts})


def _fetch(blocks: list[Any]) -> Fetched:
    texts = list(
        dict.fromkeys(
            text
            for block in blocks
            for text in bodies.ask(block, lambda kind, value: list(kind.rich_texts(value))) or ()
            if text
        )
    )
    pictures = set(renditions.numbers(blocks))
    stories = set(bodies.stories(blocks))
    return Fetched(
        texts=dict(zip(texts, markup.expand(texts), strict=True)),
        pictures=(
            Picture.objects.filter(pk__in=pictures).prefetch_related("renditions").in_bulk()
            if pictures
            else {}
        ),
        stories=(
            StoryPage.objects.live()
            .filter(pk__in=stories)
            .select_related("section")
            .only("title", "url_path", "path", "access", "section__title", "section__url_path")
            .in_bulk()
            if stories
            else {}
        ),
    )
