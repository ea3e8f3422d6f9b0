"""What a paper takes along when it moves: each part signs in here what it writes and reads.

The archive exports stories and what stands around them. Apps with something of their own to keep
register a part when they start (``AppConfig.ready``); its rows become one file of JSON lines in the
export. docs/migrating/export.md says what a part has to hold to. Never write what is secret:
passwords, keys, tokens, sessions.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple

from wagtail.models import Page, Site

type Row = dict[str, Any]


class Part(NamedTuple):
    """One file of an export.

    :param write: yields rows in an order that is the same each time, named by what they are, not
        by their numbers in this database: a page by its address, a topic by its slug
    :param read: brings such rows in, and leaves what is there already as it is; calls the second
        argument with the reason for each row that can't come in, and raises nothing for it
    :param first: whether it comes in before the stories, when only sections, pictures, topics and
        authors are there, because stories depend on it; else after them
    """

    name: str
    write: Callable[[], Iterator[Row]]
    read: Callable[[Iterable[Row], Callable[[str], None]], None]
    first: bool = False


_parts: dict[str, Part] = {}


def register(part: Part) -> None:
    """Add a part to every export from now on."""
    _parts[part.name] = part


def parts() -> list[Part]:
    """Return all parts in order of their names."""
    return [_parts[name] for name in sorted(_parts)]


def address(url_path: str) -> str:
    """Return the address readers use for a page, by its place in the tree."""
    root = _root()
    return "/" + url_path.removeprefix(root) if url_path.startswith(root) else url_path


def numbers(addresses: Iterable[str]) -> dict[str, int]:
    """Return the numbers here of pages at some addresses (some hundreds at once), as far as known."""
    root = _root()
    wanted = {root + one.lstrip("/"): one for one in addresses}
    rows = Page.objects.filter(url_path__in=wanted).values_list("url_path", "pk")
    return {wanted[url_path]: number for url_path, number in rows}


def _root() -> str:
    paths = Site.get_site_root_paths()
    return paths[0].root_path if paths else "/home/"
