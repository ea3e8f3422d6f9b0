"""What an editor is warned of before a story is published.

A warning never stops anybody: the desk knows why a story has no picture. What would be wrong to
print (no headline, an update before the publication) is refused by the form instead.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from broadsheet.rules.access import Access

# Search engines cut longer ones, and so does the front page.
LONGEST_HEADLINE = 110


class Caution(StrEnum):
    NO_TEXT = "no-text"
    LONG_HEADLINE = "long-headline"
    NO_STANDFIRST = "no-standfirst"
    NO_BYLINE = "no-byline"
    NO_DATELINE = "no-dateline"
    NO_LEAD_PICTURE = "no-lead-picture"
    NO_ALTERNATIVE_TEXT = "no-alternative-text"
    NOTHING_BEFORE_THE_WALL = "nothing-before-the-wall"
    CORRECTED_UNMARKED = "corrected-unmarked"


@dataclass(frozen=True, slots=True)
class Shown:
    """A picture as the story prints it.

    :param title: what the newsroom calls it
    """

    title: str
    alternative_text: str


@dataclass(frozen=True, slots=True)
class Draft:
    """What the rule needs to know of a story.

    :param bylines: how many authors it names
    :param pictures: all it prints, the lead picture among them
    :param words: of the body
    :param teaser_words: how many of them everybody may read
    :param dated_at: the later of the two moments it bears, published and updated; None before it
        is out
    :param corrected_at: when it was last corrected; None for never
    """

    headline: str
    standfirst: str
    dateline: str
    bylines: int
    has_lead_picture: bool
    pictures: Sequence[Shown]
    words: int
    teaser_words: int
    access: Access
    dated_at: datetime | None = None
    corrected_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Warned:
    """A caution with its facts: what is missing, in one sentence that says what to do."""

    caution: Caution
    explanation: str


def warnings(draft: Draft) -> list[Warned]:
    """Return everything worth a second look, the gravest first."""
    return list(_warnings(draft))


def _warnings(draft: Draft) -> Iterator[Warned]:
    if not draft.words:
        yield Warned(Caution.NO_TEXT, "The story has no text yet.")
    length = len(draft.headline.strip())
    if length > LONGEST_HEADLINE:
        yield Warned(
            Caution.LONG_HEADLINE,
            f"The headline has {length} characters; beyond {LONGEST_HEADLINE} it is cut where "
            "others print it.",
        )
    if not draft.standfirst.strip():
        yield Warned(
            Caution.NO_STANDFIRST,
            "There is no standfirst: lists and search engines will show the headline alone.",
        )
    if not draft.bylines:
        yield Warned(Caution.NO_BYLINE, "Nobody signs the story: name an author or an agency.")
    if not draft.dateline.strip():
        yield Warned(Caution.NO_DATELINE, "There is no dateline: where was it written?")
    if not draft.has_lead_picture:
        yield Warned(Caution.NO_LEAD_PICTURE, "There is no lead picture.")
    silent = [shown.title for shown in draft.pictures if not shown.alternative_text.strip()]
    if silent := list(dict.fromkeys(silent)):
        yield Warned(
            Caution.NO_ALTERNATIVE_TEXT,
            f"Say what {_listed(silent)} shows, for those who can't see it.",
        )
    if draft.access is not Access.FREE and draft.words and not draft.teaser_words:
        yield Warned(
            Caution.NOTHING_BEFORE_THE_WALL,
            "Visitors will see no word of the text: let it begin with a paragraph, or allow a "
            "longer teaser.",
        )
    if draft.corrected_at and draft.dated_at and draft.dated_at < draft.corrected_at:
        yield Warned(
            Caution.CORRECTED_UNMARKED,
            "The story was corrected after its last update: set “Updated” to now, so that readers "
            "see it changed.",
        )


def _listed(names: Sequence[str]) -> str:
    if len(names) == 1:
        return f"the picture “{names[0]}”"
    shown = ", ".join(f"“{name}”" for name in names[:3])
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""
    return f"each of {len(names)} pictures ({shown}{more})"
