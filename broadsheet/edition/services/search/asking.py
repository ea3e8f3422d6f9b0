"""What a search asks of an index, whichever database holds it."""

from dataclasses import dataclass
from typing import NamedTuple, Protocol

from broadsheet.rules.access import Person
from broadsheet.rules.query import Query, Term

# Around words that were found. No text holds them: they are taken out before it is indexed.
START, END = "\x02", "\x03"


class Source(NamedTuple):
    """Where to look.

    :param table: one of ``tables.TABLES``
    :param levels: marks of the access levels to take from it; empty for all that are there
    """

    table: str
    levels: tuple[str, ...] = ()


OPEN, FULL = "edition_opentext", "edition_fulltext"
# The one place that decides whose search looks at which words. Nobody's search matches a word
# that this person could not read (being found is being read, one question at a time), and no
# story is in two of somebody's sources.
SOURCES: dict[Person, tuple[Source, ...]] = {
    Person.VISITOR: (Source(OPEN),),
    Person.READER: (Source(OPEN, ("l0", "l2")), Source(FULL, ("l1",))),
    Person.SUBSCRIBER: (Source(OPEN, ("l0",)), Source(FULL)),
}


@dataclass(frozen=True, slots=True)
class Ask:
    """A question to one source.

    :param marks: marks that a story must have, all of them
    :param least: the least number of a story, and ``below`` the one that all must be below
    """

    source: Source
    query: Query
    marks: tuple[str, ...]
    least: int
    below: int

    @property
    def phrases(self) -> bool:
        return any(len(term) > 1 for term in (*self.query.wanted, *self.query.unwanted))


class Texts(NamedTuple):
    """Texts of a story with START and END around what was found in them."""

    headline: str
    standfirst: str
    words: str


class Index(Protocol):
    """What each database can be asked. Numbers are those of the rows; newest first is descending."""

    def everywhere(self, terms: tuple[Term, ...]) -> frozenset[Term]:
        """Return those of the words that stand in nearly every one of the latest stories."""

    def bound(self, ask: Ask) -> int | None:
        """Return the number down to which phrases are looked for; None for all the way.

        There is a limit where whether words stand side by side takes unpacking every story that
        has them.
        """

    def newest(self, ask: Ask, limit: int, *, headlines: bool = False) -> list[int]:
        """Return the numbers of the newest matches, descending.

        :param headlines: only those that have all words in the headline
        """

    def ranked(self, ask: Ask, limit: int) -> list[tuple[int, float]]:
        """Return the newest matches with their scores, the larger the better."""

    def texts(self, ask: Ask, numbers: list[int]) -> dict[int, Texts]:
        """Return what to print of some matches."""
