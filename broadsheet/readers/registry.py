"""What other apps add to the readers' side: pages and panels, facts, export, erasure.

An app that keeps something about readers signs one :class:`Part` when it starts
(``AppConfig.ready``). The reader's own pages, the export, the erasure and circulation's desk ask
every part in turn, so that nothing kept about a reader can be forgotten by any of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.http import HttpRequest

from broadsheet.readers.models import Reader


@dataclass(frozen=True, slots=True)
class Panel:
    """A few lines about a reader, for the overview or for the desk.

    ``template`` prints ``facts``; without one, ``lines`` are printed as a list.
    """

    title: str
    lines: Sequence[str] = ()
    template: str = ""
    facts: dict[str, Any] = field(default_factory=dict)
    link: str = ""
    link_text: str = ""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table of the export: rows of one kind, each a dictionary with the same keys.

    Values are text, numbers, True and False, None, moments, or lists of those.
    """

    name: str  # of the file, as in "saved-stories"
    title: str  # for a reader, as in "Saved stories"
    rows: Iterable[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Choice:
    """Something the reader decides when the account is erased."""

    name: str  # as in "comments"
    question: str
    answers: tuple[tuple[str, str], ...]  # (value, words); the first is chosen unless asked


@dataclass(frozen=True, slots=True)
class Reading:
    """One story that counted this month."""

    headline: str
    url: str
    read_at: datetime


@dataclass(frozen=True, slots=True)
class Month:
    """A reader's readings this month. ``allowance`` is None where nothing is counted."""

    readings: Sequence[Reading]
    allowance: int | None
    left: int | None
    resets_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One app's part in the readers' side. What it has nothing to say about stays empty."""

    name: str  # as in "saved"
    order: int = 100
    # What an account is good for, in sentences that follow “With an account you can”. A function
    # where that depends on how the paper is set up.
    benefits: tuple[str, ...] | Callable[[], Iterable[str]] = ()
    # Links in the navigation of the reader's pages: (words, name of the address).
    links: tuple[tuple[str, str], ...] = ()
    panel: Callable[[Reader, datetime], Panel | None] | None = None
    # For the script of public pages: facts about the reader, and about the stories on the page.
    state: Callable[[Reader, Sequence[int], datetime], dict[str, Any]] | None = None
    # For the same script: facts about the page itself, by its number.
    page_state: Callable[[Reader, int], dict[str, Any]] | None = None
    # None where the readings can't be told for the moment.
    month: Callable[[Reader, datetime], Month | None] | None = None
    export: Callable[[Reader], Iterable[Sheet]] | None = None
    choices: tuple[Choice, ...] = ()
    # Removes what is kept, within the erasure's transaction; returns how many of each kind.
    erase: Callable[[Reader, dict[str, str], datetime], dict[str, int]] | None = None
    desk: Callable[[Reader, HttpRequest, datetime], Panel | None] | None = None
    # Cookies that go when the reader signs out.
    cookies: tuple[str, ...] = ()
    # Those that show what the display cookie shows, and go when it is written: it is newer then.
    superseded: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Intention:
    """Something a visitor wanted that needs an account, done as soon as they are signed in.

    It is named by the place they were on the way to: a path that begins with ``prefix``.
    """

    prefix: str
    # Says what will be done, in a sentence that follows “Sign in, and …”; empty when it can't be.
    describe: Callable[[str], str]
    # Does it and returns where the reader goes.
    complete: Callable[[Reader, str, datetime], str]


_parts: dict[str, Part] = {}
_intentions: dict[str, Intention] = {}


def register(part: Part) -> None:
    _parts[part.name] = part


def unregister(name: str) -> None:
    _parts.pop(name, None)


def register_intention(intention: Intention) -> None:
    _intentions[intention.prefix] = intention


def parts() -> list[Part]:
    return sorted(_parts.values(), key=lambda part: (part.order, part.name))


def intention(place: str) -> Intention | None:
    """Return what a visitor wanted who was on the way to a place."""
    found = (one for prefix, one in _intentions.items() if place.startswith(prefix))
    return next(found, None)


def benefits(*, besides: str = "") -> list[str]:
    """Return what an account is good for, in the parts' order.

    :param besides: the name of a part that is left out
    """
    found: list[str] = []
    for part in parts():
        if part.name != besides:
            found += part.benefits() if callable(part.benefits) else part.benefits
    return found


def has_meter() -> bool:
    return any(part.month for part in parts())


def month(reader: Reader, now: datetime) -> Month | None:
    """Return the reader's readings this month.

    None where no meter is installed, or while its store can't be asked.
    """
    asked = (part.month for part in parts() if part.month)
    found = next(asked, None)
    return found(reader, now) if found else None


def state(reader: Reader, stories: Sequence[int], now: datetime) -> dict[str, Any]:
    """Return what the script of public pages may know."""
    facts: dict[str, Any] = {}
    for part in parts():
        if part.state:
            facts |= part.state(reader, stories, now)
    return facts


def page_state(reader: Reader, page: int) -> dict[str, Any]:
    """Return what the script of public pages may know about the page it runs on."""
    facts: dict[str, Any] = {}
    for part in parts():
        if part.page_state:
            facts |= part.page_state(reader, page)
    return facts
