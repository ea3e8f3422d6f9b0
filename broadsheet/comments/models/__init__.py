"""What is kept of threads and comments; of what readers do with them; of what the desk does."""

from broadsheet.comments.models.desk import (
    Act,
    Appeal,
    Decision,
    Figure,
    FormerBan,
    PaperRules,
    ReasonText,
    Ruling,
    Sanction,
    SectionRules,
    WordList,
)
from broadsheet.comments.models.moderation import DeskClaim, WaitingAlert, WriterNote
from broadsheet.comments.models.readers import Follow, Mute, Notice, Report, Valuation
from broadsheet.comments.models.threads import Comment, CommentQuerySet, Thread

__all__ = [
    "Act",
    "Appeal",
    "Comment",
    "CommentQuerySet",
    "Decision",
    "DeskClaim",
    "Figure",
    "Follow",
    "FormerBan",
    "Mute",
    "Notice",
    "PaperRules",
    "ReasonText",
    "Report",
    "Ruling",
    "Sanction",
    "SectionRules",
    "Thread",
    "Valuation",
    "WaitingAlert",
    "WordList",
    "WriterNote",
]
