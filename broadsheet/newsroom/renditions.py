"""The sizes and formats a picture is printed in: which, making them, and looking them up.

A picture on a page is one ``<picture>``: AVIF and WebP in some widths, and one JPEG for browsers
that know neither. They are made when a story is published (``make``); a page that meets a picture
without any makes only its JPEG, so that nobody waits for AVIF, and prints the rest once it is there.
"""

import logging
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from threading import Lock
from typing import Any

from django.db import IntegrityError, transaction
from wagtail.images.exceptions import InvalidFilterSpecError
from wagtail.images.models import Filter, SourceImageIOError
from willow.image import UnrecognisedImageFormatError

from broadsheet.newsroom import bodies
from broadsheet.newsroom.models import Picture, Rendition, StoryPage

log = logging.getLogger(__name__)


# What goes wrong where a picture's file is missing, broken or no picture.
_UNPRINTABLE = (SourceImageIOError, UnrecognisedImageFormatError, InvalidFilterSpecError, OSError)


class Use(StrEnum):
    """What a picture is printed as."""

    WIDE = "wide"  # in a story, in a gallery, at the head of the front page: whole
    CARD = "card"  # in a list: cut to 3:2
    PORTRAIT = "portrait"  # an author: square
    SOCIAL = "social"  # what other sites show beside a link: 1200 × 630, JPEG only


@dataclass(frozen=True, slots=True)
class Sizes:
    """The renditions of one use.

    :param spread: Wagtail's filter for each AVIF and WebP, smallest first
    :param plain: the filter of the JPEG
    """

    spread: tuple[str, ...]
    plain: str


SIZES = {
    Use.WIDE: Sizes(("width-480", "width-960", "width-1440"), "width-960"),
    Use.CARD: Sizes(("fill-240x160", "fill-480x320", "fill-720x480"), "fill-480x320"),
    Use.PORTRAIT: Sizes(("fill-192x192",), "fill-192x192"),
    Use.SOCIAL: Sizes((), "fill-1200x630"),
}
# By eye on photographs of faces and text, each where the difference to the original begins to show.
FORMATS = {
    "image/avif": "format-avif|avifquality-56",
    "image/webp": "format-webp|webpquality-74",
}
PLAIN = "format-jpeg|jpegquality-78|bgcolor-ffffff"

# Of a story's lead picture; pictures inside the story; an author's portrait.
LEAD = (Use.WIDE, Use.CARD, Use.SOCIAL)
INSIDE = (Use.WIDE,)
AUTHOR = (Use.PORTRAIT,)

# Threads of this process that print one picture at once make it once.
_making = tuple(Lock() for _ in range(64))


@dataclass(frozen=True, slots=True)
class Printed:
    """A picture as a template prints it.

    :param sources: (type, srcset), best first
    :param width: of the JPEG, in pixels; with ``height`` it keeps the place free
    """

    address: str
    width: int
    height: int
    sources: tuple[tuple[str, str], ...]
    alternative_text: str

    @property
    def ratio(self) -> float:
        return self.width / self.height


def specs(uses: Iterable[Use], *, width: int) -> list[str]:
    """Return every filter of some uses, without the widths that a picture doesn't have.

    :param width: the picture's own, in pixels
    """
    wanted: dict[str, None] = {}
    for use in uses:
        sizes = SIZES[use]
        wanted[f"{sizes.plain}|{PLAIN}"] = None
        for cut in _within(sizes.spread, width):
            wanted.update((f"{cut}|{kind}", None) for kind in FORMATS.values())
    return list(wanted)


def _within(spread: tuple[str, ...], width: int) -> tuple[str, ...]:
    # Wagtail never enlarges: one width beyond the picture's own is the picture's own.
    shown = []
    for cut in spread:
        shown.append(cut)
        if int(cut.partition("-")[2].partition("x")[0]) >= width:
            break
    return tuple(shown)


def make(picture: Picture, uses: Iterable[Use]) -> int:
    """Make what is missing of a picture's renditions, and return how many that was.

    Safe to run again and at once in several processes: nothing is written twice. A picture whose
    file is missing or broken is logged and left.
    """
    wanted = specs(uses, width=picture.width)
    there = _there(picture)
    made = 0
    for one in (_filter(spec) for spec in wanted if spec not in there):
        try:
            _make(picture, one)
        except _UNPRINTABLE:
            log.warning("picture %s can't be printed: %s", picture.pk, picture.file.name)
            break
        made += 1
    return made


def printed(picture: Picture | None, use: Use, *, alternative_text: str = "") -> Printed | None:
    """Return what a template prints of a picture; None where there is nothing to print.

    Costs no query where the renditions are fetched (``prefetch_related("renditions")``).

    :param alternative_text: empty for the picture's own
    """
    if picture is None:
        return None
    sizes = SIZES[use]
    there = _there(picture)
    plain = there.get(f"{sizes.plain}|{PLAIN}")
    if plain is None:
        try:
            plain = _make(picture, _filter(f"{sizes.plain}|{PLAIN}"))
        except _UNPRINTABLE:
            log.warning("picture %s can't be printed: %s", picture.pk, picture.file.name)
            return None
    sources = []
    for kind, form in FORMATS.items():
        found = [there[spec] for cut in sizes.spread if (spec := f"{cut}|{form}") in there]
        widths = {one.width: f"{one.url} {one.width}w" for one in found}
        if widths:
            sources.append((kind, ", ".join(widths.values())))
    return Printed(
        address=plain.url,
        width=plain.width,
        height=plain.height,
        sources=tuple(sources),
        alternative_text=alternative_text or picture.alternative_text,
    )


def numbers(raw: Any) -> Iterator[int]:
    """Yield the number of every picture in the raw blocks of a body."""
    yield from (one["picture"] for one in bodies.pictures(raw))


def of_story(story: StoryPage) -> dict[int, tuple[Use, ...]]:
    """Return what a story's page and the lists need: number of a picture → its uses."""
    wanted: dict[int, tuple[Use, ...]] = dict.fromkeys(numbers(story.body.raw_data), INSIDE)
    if story.lead_picture_id:
        wanted[story.lead_picture_id] = LEAD
    return wanted


@cache
def _filter(spec: str) -> Filter:
    # Kept, because a filter asks all of Wagtail's hooks what its words mean.
    return Filter(spec=spec)


def _there(picture: Picture) -> dict[str, Rendition]:
    """Return the renditions there are, by filter, for the picture's present focal point."""
    return {
        one.filter_spec: one
        for one in picture.renditions.all()
        if one.focal_point_key == _filter(one.filter_spec).get_cache_key(picture)
    }


def _make(picture: Picture, one: Filter) -> Rendition:
    """Make one rendition, or return the one that somebody else made meanwhile."""
    key = {"filter_spec": one.spec, "focal_point_key": one.get_cache_key(picture)}
    with _making[picture.pk % len(_making)]:
        if found := picture.renditions.model.objects.filter(image=picture, **key).first():
            return found
        rendition = Rendition(image=picture, **key)
        rendition.file = picture.generate_rendition_file(one)
        try:
            with transaction.atomic():
                rendition.save()
        except IntegrityError:
            # Another process was quicker: its file stays, ours goes.
            with suppress(OSError):
                rendition.file.storage.delete(rendition.file.name)
            return Rendition.objects.get(image=picture, **key)
        return rendition
