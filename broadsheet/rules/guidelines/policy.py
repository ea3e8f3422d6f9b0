"""What follows from a finding: the paper's own choice, guideline by guideline."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any, Self

from broadsheet.rules.guidelines.findings import Guideline


class Act(StrEnum):
    """What is done about a finding, from the hardest."""

    RETURN = "return"  # shown to the writer before anything is stored
    HOLD = "hold"  # stored, and read by a person before others see it
    TELL = "tell"  # published, and the desk is told
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Lines:
    """From which strength (0 to 1) on a finding has which consequence; None: never."""

    returns_at: float | None = None
    holds_at: float | None = None
    tells_at: float | None = None

    def act(self, strength: float, *, for_a_person: bool = False) -> Act:
        """Return what follows.

        :param for_a_person: a machine doesn't return it by itself: held at most
        """
        if self.returns_at is not None and strength >= self.returns_at:
            return Act.HOLD if for_a_person else Act.RETURN
        if self.holds_at is not None and strength >= self.holds_at:
            return Act.HOLD
        if self.tells_at is not None and strength >= self.tells_at:
            return Act.TELL
        return Act.NOTHING

    @property
    def off(self) -> bool:
        return self.returns_at is self.holds_at is self.tells_at is None

    @property
    def least(self) -> float:
        """The least strength that has a consequence; above 1 where none has."""
        lines = (self.returns_at, self.holds_at, self.tells_at)
        return min((line for line in lines if line is not None), default=2.0)


@dataclass(frozen=True, slots=True)
class WordRule:
    """One of the paper's word lists.

    :param words: words or phrases in small letters; a star at an end stands for any letters
    :param strength: of each finding, on the scale of the lines of ``Guideline.WORDS``
    :param explanation: for the writer; ``{words}`` becomes the words found. Empty: the usual one
    """

    name: str
    words: frozenset[str]
    strength: float = 1.0
    explanation: str = ""


LONGEST = 5_000  # characters of a comment
MOST_LINKS = 2

RETURNED = Lines(returns_at=0.5)

DEFAULT: Mapping[Guideline, Lines] = {
    # Where the detectors' lines lie is said in docs/rules/guidelines.md.
    Guideline.ENGLISH: Lines(returns_at=0.9, holds_at=0.7),
    Guideline.FULL_SENTENCES: Lines(returns_at=0.9, holds_at=0.75),
    Guideline.NOT_ABUSIVE: Lines(returns_at=0.483, holds_at=0.106),
    Guideline.NOT_PERSONAL: Lines(returns_at=0.233, holds_at=0.1),
    Guideline.LINKS: Lines(returns_at=0.9, holds_at=0.5),
    Guideline.SHOUTING: RETURNED,
    Guideline.REPETITION: RETURNED,
    Guideline.LENGTH: RETURNED,
    Guideline.WORDS: Lines(returns_at=0.9, holds_at=0.5, tells_at=0.1),
}


@dataclass(frozen=True, slots=True)
class Policy:
    """The paper's policy.

    :param longest: characters of a comment
    :param most_links: more of them in one comment are a finding
    :param lists: the paper's word lists
    """

    lines: Mapping[Guideline, Lines] = field(default_factory=lambda: dict(DEFAULT))
    longest: int = LONGEST
    most_links: int = MOST_LINKS
    lists: tuple[WordRule, ...] = ()

    def of(self, guideline: Guideline) -> Lines:
        return self.lines.get(guideline, Lines())

    def with_lines(self, guideline: Guideline, lines: Lines) -> Self:
        return replace(self, lines={**self.lines, guideline: lines})

    def as_json(self) -> dict[str, Any]:
        """Return what is kept of it: all but the word lists, which have rows of their own."""
        return {
            "lines": {
                guideline.value: [lines.returns_at, lines.holds_at, lines.tells_at]
                for guideline, lines in self.lines.items()
            },
            "longest": self.longest,
            "most_links": self.most_links,
        }

    @classmethod
    def from_json(cls, kept: Mapping[str, Any], lists: tuple[WordRule, ...] = ()) -> Self:
        """Read what :meth:`as_json` wrote; a guideline that is missing has its usual lines.

        :raises ValueError: for a line that isn't a number from 0 to 1
        """
        lines = dict(DEFAULT)
        for name, three in kept.get("lines", {}).items():
            for line in three:
                if line is not None and not 0 <= float(line) <= 1:
                    raise ValueError(f"{name}: {line} is not between 0 and 1")
            lines[Guideline(name)] = Lines(*three)
        return cls(
            lines,
            longest=int(kept.get("longest", LONGEST)),
            most_links=int(kept.get("most_links", MOST_LINKS)),
            lists=lists,
        )
