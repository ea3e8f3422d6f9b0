"""What every kind of block in a story tells the paper about itself.

Counting words, cutting the teaser, search, the desk's panel, feeds, the API, the printed page, the
export and the renditions of pictures ask the block, and know no kind by its name. To add a kind is
to write its class (``newsroom.blocks``); docs/developing.md shows one.

Blocks are asked with values as they are stored: a draft may lack anything, and a version of
Wagtail may write a list in one form or the other (``items``).
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol

from django.core.exceptions import ImproperlyConfigured
from django.utils.safestring import SafeString


class Shown(Protocol):
    """A picture where it stands, with the texts it has there (``edition.pieces``)."""

    @property
    def printed(self) -> Any: ...
    @property
    def caption(self) -> str: ...
    @property
    def credit(self) -> str: ...


class Materials(Protocol):
    """What blocks are printed from, fetched for all of a body together."""

    def text(self, html: str | None) -> SafeString:
        """Return rich text with its links filled in. It was named by ``rich_texts``."""

    def picture(self, value: Mapping[str, Any]) -> Shown | None:
        """Return a picture that was named by ``pictures_in``; None where there is none to show."""

    def counted(self, values: list[Mapping[str, Any]]) -> list[Any]:
        """Return pictures that belong together, each with its number among them."""

    def story(self, pk: int) -> Any:
        """Return a live story that was named by ``stories_in``; None where there is none."""

    def imported(self, html: str) -> SafeString:
        """Return imported HTML, sanitised."""


@dataclass(frozen=True, slots=True)
class Rewrite:
    """How what a block points to is named: by number here, by name in an export."""

    markup: Callable[[str], str]
    image: Callable[[Any], Any]
    page: Callable[[Any], Any]


class StoryBlock:
    """A kind of block. The first three must be said of every kind; the rest where it applies."""

    # Whether it may be cut where the teaser ends. Others are in it whole or not at all.
    is_prose: ClassVar[bool] = False
    # Its scripts among the edition's own files, loaded on the pages that have such a block.
    scripts: ClassVar[tuple[str, ...]] = ()

    def words(self, value: Any) -> str:
        """Return all its words, as plain text."""
        raise NotImplementedError

    def prepare(self, value: Any, materials: Materials) -> Any:
        """Return what it is printed from; something empty where there is nothing to print."""
        raise NotImplementedError

    def html(self, prepared: Any) -> str:
        """Return it in plain HTML, for feeds, the API and where it has no template of its own."""
        raise NotImplementedError

    def rich_texts(self, value: Any) -> Iterator[str]:
        """Yield its rich text."""
        yield from ()

    def pictures_in(self, value: Any) -> Iterator[Mapping[str, Any]]:
        """Yield its pictures, each a mapping with ``picture`` (a number) and its texts."""
        yield from ()

    def stories_in(self, value: Any) -> Iterator[int]:
        """Yield the numbers of the stories it leads to."""
        yield from ()

    def rewrite(self, value: Any, names: Rewrite) -> Any:
        """Return its value with everything it points to named in another way."""
        return value


_SAID = ("words", "prepare", "html")


def check(kinds: Mapping[str, Any]) -> None:
    """Refuse a kind of block that leaves the paper guessing.

    :raises ImproperlyConfigured: naming the kind and what it doesn't say
    """
    for name, block in kinds.items():
        if not isinstance(block, StoryBlock):
            raise ImproperlyConfigured(f"The block “{name}” is no StoryBlock.")
        unsaid = [one for one in _SAID if getattr(type(block), one) is getattr(StoryBlock, one)]
        if unsaid:
            raise ImproperlyConfigured(f"The block “{name}” doesn't say: {', '.join(unsaid)}.")


def items(value: Mapping[str, Any], name: str) -> list[Any]:
    """Return the values of a list block, in either of the two forms that Wagtail stores."""
    found = [
        item["value"] if isinstance(item, dict) and "value" in item else item
        for item in value.get(name) or []
    ]
    return [item for item in found if item]


def rewritten_items(
    value: Mapping[str, Any], name: str, change: Callable[[Any], Any]
) -> dict[str, Any]:
    """Return a value with each item of one of its lists changed, in the form it is stored in."""
    changed = [
        {**item, "value": change(item["value"])}
        if isinstance(item, dict) and "value" in item
        else change(item)
        for item in value.get(name) or []
    ]
    return {**value, name: changed}
