"""What a paper takes along when it moves: each part signs in here what it writes and reads.

The archive exports stories and what stands around them. Apps with something of their own to keep
register a part; its rows become one file of JSON lines in the export. Never write what is secret:
passwords, keys, tokens, sessions.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple

type Row = dict[str, Any]


class Part(NamedTuple):
    """One file of an export.

    :param write: yields rows in an order that is the same each time, named by what they are, not
        by their numbers in this database: a story by its address, a topic by its slug
    :param read: brings such rows in; told of each row that can't come in, by calling the second
        argument with the reason
    """

    name: str
    write: Callable[[], Iterator[Row]]
    read: Callable[[Iterable[Row], Callable[[str], None]], None]


_parts: dict[str, Part] = {}


def register(part: Part) -> None:
    """Add a part to every export from now on."""
    _parts[part.name] = part


def parts() -> list[Part]:
    """Return all parts in order of their names."""
    return [_parts[name] for name in sorted(_parts)]
