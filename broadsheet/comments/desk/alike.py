"""Earlier decisions that help with the present one: on alike words, and on the same finding."""

import re
from dataclasses import dataclass

from broadsheet.comments import rulings, searching
from broadsheet.comments.models import Comment, Decision, Ruling

SHOWN = 3
LOOKED_AT = 1_000  # comments that share a rare word
COMPARED = 200  # of them, those that were decided on last
TELLING = 8  # words that are looked for
SHORTEST = 5  # letters of such a word
LIKENESS = 0.4  # of the words of both, the share that is in both

_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Earlier:
    """:param why: what it has in common with the present comment"""

    decision: Decision
    comment: Comment
    why: str


def to(comment: Comment) -> list[Earlier]:
    """Return a few earlier decisions; those on alike words come first."""
    found = _in_words(comment)
    seen = {comment.pk, *(one.comment.pk for one in found)}
    for guideline in dict.fromkeys(one["guideline"] for one in comment.findings):
        latest = (
            Ruling.objects.filter(guideline=guideline)
            .exclude(comment__in=seen)
            .select_related("decision", "comment")
            .order_by("-decided_at", "-pk")[:SHOWN]
        )
        for one in latest:
            seen.add(one.comment_id)
            found.append(Earlier(one.decision, one.comment, guideline))
    return found[: 2 * SHOWN]


def _in_words(comment: Comment) -> list[Earlier]:
    own = _words(comment.text)
    telling = sorted((word for word in own if len(word) >= SHORTEST), key=lambda w: (-len(w), w))
    sharing = searching.matching_any(telling[:TELLING], limit=LOOKED_AT)
    decisions = (
        Decision.objects.filter(comment__in=sharing, act__in=rulings.ABOUT_STANDING, undone_by=None)
        .exclude(comment=comment.pk)
        .select_related("comment")
        .order_by("-decided_at", "-pk")[:COMPARED]
    )
    latest: dict[int, tuple[float, Decision]] = {}
    for one in decisions:
        assert one.comment is not None
        if one.comment.pk not in latest and (likeness := _likeness(own, one.comment.text)):
            latest[one.comment.pk] = (likeness, one)
    best = sorted(latest.values(), key=lambda two: -two[0])[:SHOWN]
    return [
        Earlier(one, one.comment, f"{likeness:.0%} of the words")
        for likeness, one in best
        if one.comment is not None
    ]


def _words(text: str) -> set[str]:
    return set(_WORD.findall(text.casefold()))


def _likeness(own: set[str], text: str) -> float:
    """Return the share of words in both of two texts; 0 for too small a one."""
    theirs = _words(text)
    share = len(own & theirs) / len(own | theirs) if own or theirs else 0.0
    return share if share >= LIKENESS else 0.0
