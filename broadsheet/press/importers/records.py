"""What importers yield: one story, or why there is none."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from enum import StrEnum
from typing import Any

# One block of a body, as in broadsheet.newsroom.blocks: {"type": …, "value": …}. In the place of a
# picture's number it holds a Picture; a correction's moment is a datetime.
type Block = dict[str, Any]


class Standing(StrEnum):
    """What a story was where it came from."""

    PUBLISHED = "published"
    SCHEDULED = "scheduled"  # to be published at ``published_at``
    DRAFT = "draft"  # not, or not yet, for readers
    WITHDRAWN = "withdrawn"  # it was published and has been taken back


class Kind(StrEnum):
    """Whom a byline names; the values are those of the newsroom's authors."""

    STAFF = "staff"
    CONTRIBUTOR = "contributor"
    AGENCY = "agency"


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture, by its address in the system it comes from.

    :param address: whole, or a path within the file's own folder or archive
    """

    address: str
    alternative_text: str = ""
    caption: str = ""
    credit: str = ""


@dataclass(frozen=True, slots=True)
class Byline:
    name: str
    kind: Kind = Kind.STAFF
    office: str = ""


@dataclass(frozen=True, slots=True)
class Term:
    """A section or a topic. An empty slug is made from the name."""

    name: str
    slug: str = ""


@dataclass(frozen=True, slots=True)
class StoryRecord:
    """One story as it came.

    :param place: where it stands in the file, for the report
    :param source_id: with ``source``, what a second import knows it by
    :param sections: from the top down; empty for none
    :param access: an access level; empty for the paper's own
    :param updated_at: only where the source has an editorial moment, never that of a save
    :param old_addresses: whole or from the root on; all of them will lead here
    :param own_hosts: hosts whose links in the body are links into this archive
    :param teaser_words: where the source says how much everybody may read
    :param remarks: what was left out or changed, in words
    """

    place: str
    source: str
    source_id: str
    headline: str
    standfirst: str = ""
    body: tuple[Block, ...] = ()
    bylines: tuple[Byline, ...] = ()
    dateline: str = ""
    published_at: datetime | None = None
    updated_at: datetime | None = None
    embargoed_until: datetime | None = None
    sections: tuple[Term, ...] = ()
    topics: tuple[Term, ...] = ()
    lead_picture: Picture | None = None
    access: str = ""
    language: str = ""
    old_addresses: tuple[str, ...] = ()
    own_hosts: frozenset[str] = frozenset()
    standing: Standing = Standing.PUBLISHED
    slug: str = ""
    comments: str = ""
    teaser_words: int | None = None
    search_title: str = ""
    search_description: str = ""
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Redirect:
    """An old address and where it led, as a list of redirects keeps them."""

    place: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Complaint:
    """Something that should have been a story and can't be read, with its reason in words."""

    place: str
    reason: str


@dataclass(frozen=True, slots=True)
class Remark:
    """Something a person should know of a run, though every story came in."""

    place: str
    reason: str


type Item = StoryRecord | Redirect | Complaint | Remark


class UnusableError(Exception):
    """A file that nothing can be read from: missing, of no known format. The words say why."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How much an importer takes before it complains. Tests make them smaller.

    :param item: characters of one story with all that belongs to it
    :param ratio: how many times its size a compressed file may grow
    :param unpacked: bytes that a compressed file may grow to before its ratio is looked at
    :param depth: elements within elements in one body
    :param elements: of one story, beginnings and ends counted; each takes half a kilobyte
    :param entries: files in one archive
    :param empty: entries in one archive that hold nothing, folders among them, where they are most
    """

    item: int = 24_000_000
    ratio: int = 200
    unpacked: int = 64_000_000
    depth: int = 80
    elements: int = 200_000
    entries: int = 1_000_000
    empty: int = 10_000


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the person who runs an import asked for.

    :param zone: that of moments without one
    :param pages: whether a site's pages, as in “About us”, come in as stories too
    :param site: the former site's address, for formats whose files don't name it
    """

    zone: tzinfo
    pages: bool = False
    site: str = ""
    limits: Limits = field(default_factory=Limits)


def at(value: Any, *path: str | int) -> Any:
    """Return what is at a path within a JSON value; None where the path ends early."""
    for step in path:
        if isinstance(step, str):
            value = value.get(step) if isinstance(value, Mapping) else None
        else:
            value = value[step] if isinstance(value, list) and len(value) > step else None
    return value


def rows(value: Any) -> list[Mapping[str, Any]]:
    """Return the objects of a JSON array; nothing of anything else."""
    return [one for one in value if isinstance(one, Mapping)] if isinstance(value, list) else []


def text_of(value: Any) -> str:
    """Return a string of a JSON value that should be one; numbers become their digits."""
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, bool) or value is None or isinstance(value, Mapping | list):
        return ""
    return str(value)
