"""What moderators decided about comments in which a check found something, guideline by guideline."""

from collections.abc import Iterable

from broadsheet.comments.models import Act, Comment, Decision, Ruling

AGAINST = frozenset({Act.RETURN, Act.REMOVE, Act.REJECT_APPEAL})
ABOUT_STANDING = AGAINST | {Act.APPROVE, Act.LET_STAND, Act.UPHOLD_APPEAL}
LATEST = 500  # rulings on a guideline that its figures are taken from


def settle(comment: Comment) -> None:
    """Bring a comment's rulings in line with the latest decision on it that wasn't taken back."""
    Ruling.objects.filter(comment=comment).delete()
    latest = (
        Decision.objects.filter(comment=comment, act__in=ABOUT_STANDING, undone_by=None)
        .order_by("-decided_at", "-pk")
        .first()
    )
    if latest is None:
        return
    strengths: dict[str, float] = {}
    for one in comment.findings:
        strengths[one["guideline"]] = max(strengths.get(one["guideline"], 0.0), one["strength"])
    Ruling.objects.bulk_create(
        Ruling(
            decision=latest,
            comment=comment,
            guideline=guideline,
            strength=strength,
            is_upheld=latest.act in AGAINST,
            decided_at=latest.decided_at,
        )
        for guideline, strength in strengths.items()
    )


def agreement(guideline: str) -> tuple[int, int]:
    """Return how often moderators agreed with a guideline's check, of how many times.

    Of its latest rulings only, so that it costs the same however many there are.
    """
    latest = Ruling.objects.filter(guideline=guideline).order_by("-decided_at", "-pk")
    return _agreed(latest.values_list("is_upheld", flat=True)[:LATEST])


def _agreed(upheld: Iterable[bool]) -> tuple[int, int]:
    said = list(upheld)
    return sum(said), len(said)
