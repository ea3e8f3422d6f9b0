"""Letters that several background workers share: each is claimed, sent and marked by one of them.

A worker claims one letter at a time, in one statement that only one worker can win, sends it, and
marks it as sent. A claim that was never marked belongs to a worker that died in between; after
``LEASE`` another takes it over. Nobody can know then whether the mail server had taken the letter, so
it is sent again with the same words and the same Message-ID, by which mail programs and servers
recognise a copy.
"""

import time
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db.models import Model, Q, QuerySet
from django.utils.crypto import salted_hmac

# Longer than any letter takes: ten answers of a mail server, each within its timeout of 20 seconds.
LEASE = timedelta(minutes=10)
# Seconds after which a duty takes no further letter, so that stories are published on time
# while a thousand letters wait.
TURN_LASTS = 5.0


def free(now: datetime) -> Q:
    """Match the rows that no living worker has claimed."""
    return Q(claimed_at=None) | Q(claimed_at__lte=now - LEASE)


def claim[M: Model](rows: QuerySet[M], pk: int, *, now: datetime, **more: Any) -> bool:
    """Claim a row that is free and still among ``rows``; False where another was quicker.

    :param more: columns to set with the claim
    """
    return rows.filter(free(now), pk=pk).update(claimed_at=now, **more) == 1


def message_id(*parts: object) -> str:
    """Return the Message-ID of a letter, always the same for the same parts. It tells nothing."""
    text = "\0".join(map(str, parts))
    digest = salted_hmac("broadsheet.comments.letters", text, algorithm="sha256").hexdigest()[:40]
    return f"<{digest}@{urlsplit(settings.PAPER_ADDRESS).hostname}>"


class Turn:
    """One turn of a duty that sends letters."""

    def __init__(self, *, gives_up: int) -> None:
        self._gives_up = gives_up
        self._ends_at = time.monotonic() + TURN_LASTS
        self.sent = 0
        self.refused = 0

    @property
    def is_over(self) -> bool:
        """Whether enough letters were refused, or enough time has passed."""
        return self.refused >= self._gives_up or time.monotonic() >= self._ends_at
