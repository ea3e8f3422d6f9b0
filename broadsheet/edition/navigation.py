"""The sections in the head and the foot of every page."""

from typing import NamedTuple

from broadsheet.newsroom import listings
from broadsheet.newsroom.models import SectionPage

TOP = 3  # how deep in the tree the top sections are
HUES = 8  # the stylesheet has that many colours for sections
_TOP = slice(8, 12)  # where the place of a top section stands in a tree path
_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


class SubSection(NamedTuple):
    title: str
    address: str


class Entry(NamedTuple):
    """A top section. ``key`` is that of its list, ``path`` its place in the tree."""

    title: str
    address: str
    key: str
    path: str
    within: tuple[SubSection, ...] = ()

    @property
    def hue(self) -> int:
        return hue(self.path)


def hue(path: str) -> int:
    """Return the colour of a section and all below it, from the place of its top one in the tree.

    :param path: the tree path of a section or a story
    """
    number = 0
    for digit in path[_TOP]:
        number = number * len(_DIGITS) + _DIGITS.index(digit)
    return (number - 1) % HUES if number else 0


def sections() -> list[Entry]:
    """Return the top sections in their order, each with those right below it, in one query."""
    tops: list[SectionPage] = []
    within: dict[str, list[SubSection]] = {}
    rows = (
        SectionPage.objects.live()
        .filter(depth__in=[TOP, TOP + 1])
        .order_by("path")
        .only("title", "path", "url_path", "depth")
    )
    for one in rows:
        if one.depth == TOP:
            tops.append(one)
        else:
            parent = one.path[: -SectionPage.steplen]
            within.setdefault(parent, []).append(SubSection(one.title, one.url))
    return [
        Entry(one.title, one.url, listings.key(one), one.path, tuple(within.get(one.path, ())))
        for one in tops
    ]
