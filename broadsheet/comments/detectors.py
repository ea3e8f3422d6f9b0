"""The detector that the paper's process loads: the one that comes with Broadsheet, or a learnt one.

A learnt model lies in ``screening/`` of the paper's folder: ``learnt.npz`` is tried, ``model.npz``
counts. A process loads what counts when it looks at its first comment.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings

from broadsheet.comments.models import Comment, Decision
from broadsheet.comments.rulings import ABOUT_STANDING, AGAINST
from broadsheet.rules.guidelines.findings import Detector, Guideline

if TYPE_CHECKING:
    # The numerical library comes with it: 14 MB that a process which screens nothing goes without.
    from broadsheet.press.screening.learning import Decided
    from broadsheet.press.screening.model import Model

# Which of the detector's probabilities a guideline is judged by.
OUTPUTS = {Guideline.NOT_ABUSIVE: "abusive", Guideline.NOT_PERSONAL: "personal"}


def folder() -> Path:
    found: Path = settings.OPTIONS.paper_dir / "screening"
    return found


def learnt() -> Path:
    """Return where a learnt model lies that doesn't count yet."""
    return folder() / "learnt.npz"


def counting() -> Path:
    """Return where a learnt model lies that counts; it needn't exist."""
    return folder() / "model.npz"


def load() -> Detector:
    """Load it: a tenth of a second, and some 40 MB with the numerical library.

    :raises broadsheet.press.screening.model.ModelError: when a learnt model can't be used; comments
        are held then, rather than judged by another
    """
    from broadsheet.press.screening.detector import ScreeningDetector
    from broadsheet.press.screening.model import SHIPPED
    from broadsheet.press.screening.model import load as load_model

    return ScreeningDetector(load_model(counting() if counting().exists() else SHIPPED))


def base(output: str) -> "Model":
    """Return the model to learn upon: the one that counts, without what it learnt for this before.

    :raises broadsheet.press.screening.model.ModelError: when the one that came can't be used
    """
    from broadsheet.press.screening import learning
    from broadsheet.press.screening import model as models

    shipped = models.load()
    if not counting().exists():
        return shipped
    try:
        return learning.without(models.load(counting()), shipped, output)
    except models.ModelError:
        # Of another version: it no longer counts either.
        return shipped


def decided(guideline: Guideline) -> Iterator["Decided"]:
    """Yield the comments that moderators decided on, each by its latest decision that holds.

    One taken down in which a check found something else, and not this, was taken down for that: it
    teaches nothing here.
    """
    from broadsheet.press.screening.learning import Decided

    seen: set[int] = set()
    latest = (
        Decision.objects.filter(act__in=ABOUT_STANDING, undone_by=None, comment__isnull=False)
        .exclude(comment__text="")
        .exclude(comment__standing=Comment.Standing.DELETED)
        .select_related("comment", "comment__parent")
        .order_by("-decided_at", "-pk")
    )
    for one in latest.iterator(chunk_size=500):
        comment = one.comment
        if comment is None or comment.pk in seen:
            continue
        seen.add(comment.pk)
        broke = one.act in AGAINST
        found = {finding["guideline"] for finding in comment.findings}
        if broke and found and guideline.value not in found:
            continue
        yield Decided(comment.text, broke, parent=comment.parent.text if comment.parent else "")


def switch_on() -> None:
    """Make the learnt model count from the next start of a process on.

    :raises FileNotFoundError: when nothing was learnt
    """
    learnt().replace(counting())


def switch_off() -> bool:
    """Let the model that comes with Broadsheet count again; return whether another did."""
    there = counting().exists()
    counting().unlink(missing_ok=True)
    return there
