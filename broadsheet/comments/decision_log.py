"""Who decides at the desk, and how it is written down."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from broadsheet.comments.looking import CommentsError
from broadsheet.comments.models import Act, Decision, ReasonText
from broadsheet.readers.models import Reader


class DecisionError(CommentsError):
    """The act can't be done; the words are for the moderator."""


@dataclass(frozen=True, slots=True)
class By:
    """Who acts, and what goes into the log.

    :param reason: one of the paper's own texts; ``words`` are added to it for the writer
    :param note: for the desk alone
    :param version: of the comment that the moderator saw; None doesn't ask
    :param batch: the same for acts done together
    :param latest_sanction: the newest sanction of the writer that the moderator saw, 0 for none;
        None doesn't ask
    """

    moderator: Reader
    reason: ReasonText | None = None
    words: str = ""
    note: str = ""
    version: int | None = None
    batch: str = ""
    latest_sanction: int | None = None

    @property
    def told(self) -> str:
        """What the writer reads of the reason."""
        parts = (self.reason.words if self.reason else "", self.words)
        return "\n\n".join(part.strip() for part in parts if part.strip())


def log(act: Act, by: By, *, now: datetime, **about: Any) -> Decision:
    """Write an act into the desk's log."""
    return Decision.objects.create(
        act=act,
        moderator=by.moderator,
        moderator_name=by.moderator.get_full_name()[:80],
        reason=by.reason,
        words=by.told,
        note=by.note[:500],
        batch=by.batch,
        decided_at=now,
        **about,
    )
