"""What a guideline's check is given, and what it gives back.

``docs/rules/guidelines.md`` is the page of this rule. Places are counted in characters (code
points) of the text as the writer wrote it, from the first to the one after the last.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


class Guideline(StrEnum):
    """The rules a comment keeps."""

    ENGLISH = "english"
    FULL_SENTENCES = "full-sentences"
    NOT_ABUSIVE = "not-abusive"
    NOT_PERSONAL = "not-personal"
    LINKS = "links"
    SHOUTING = "shouting"
    REPETITION = "repetition"
    LENGTH = "length"
    WORDS = "words"


# What only a detector can tell; the others are counted.
SCREENED = frozenset(
    {
        Guideline.ENGLISH,
        Guideline.FULL_SENTENCES,
        Guideline.NOT_ABUSIVE,
        Guideline.NOT_PERSONAL,
    }
)


@dataclass(frozen=True, slots=True)
class Finding:
    """One place where a comment breaks a guideline.

    :param start: first character
    :param end: the one after the last; equal to ``start`` when it is about the whole comment
    :param strength: 0 to 1: how sure the check is, on the scale that the policy's lines are drawn
        on. For a detector's guideline it is a calibrated probability
    :param explanation: a sentence for the writer, which may quote the words
    :param for_a_person: that no machine should return it by itself, as when the words are about a
        person whom the story names: the most that follows is that it is held
    """

    guideline: Guideline
    start: int
    end: int
    strength: float
    explanation: str
    for_a_person: bool = False


@dataclass(frozen=True, slots=True)
class Written:
    """A comment as it is judged.

    :param text: as the writer wrote it, line ends as ``\\n``
    :param story: the story's headline, standfirst and words: quoting them is held against nobody
    :param parent: the comment it answers, empty for none
    :param earlier: the writer's comments that it is compared with (``repetition.comparable``)
    :param names: of readers who wrote before in this thread: fellow commenters
    """

    text: str
    story: str = ""
    parent: str = ""
    earlier: Sequence[str] = ()
    names: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Sentence:
    """What was measured of one sentence; probabilities as in :class:`Measured`."""

    start: int
    end: int
    english: float
    full_sentences: float
    abusive: float
    personal: float


class Breach(StrEnum):
    """What words in a comment do."""

    ABUSE = "abuse"
    ATTACK = "attack"  # on a person


@dataclass(frozen=True, slots=True)
class Span:
    """Words that a detector holds against a comment."""

    start: int
    end: int
    strength: float  # 0 to 1
    breach: Breach
    # They are about somebody whom the story names, not about a fellow commenter.
    in_public: bool = False


@dataclass(frozen=True, slots=True)
class Measured:
    """What a detector measured of a comment: four calibrated probabilities, 0 to 1.

    ``english`` and ``full_sentences``: that the guideline is kept; ``abusive`` and ``personal``:
    that it is broken. Words quoted from the story or the parent count for none of them.
    """

    english: float
    full_sentences: float
    abusive: float
    personal: float
    spans: Sequence[Span] = ()
    sentences: Sequence[Sentence] = ()


class Detector(Protocol):
    """What ``broadsheet.press.screening`` gives; it is called from many threads at once."""

    # Name and version of the model, kept with what it measured.
    version: str

    def measure(self, written: Written) -> Measured:
        """Measure one comment. Whatever it raises, the comment is held."""
