"""Counting tries, so that no number of workers and parallel requests gets past a limit.

Each try is one statement that adds one and says what the sum is; there is no reading before
writing. A whole table of who tried what is nobody's business, so keys are digests.
"""

import base64
import time
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import connection, transaction
from django.utils.crypto import salted_hmac

from broadsheet.readers.models import Tally
from broadsheet.rules.limits import Action, Limit, Share

_COUNT = """
    INSERT INTO readers_tally ("key", tries, ends_at) VALUES (%s, 1, %s)
    ON CONFLICT ("key") DO UPDATE SET
        tries = CASE WHEN readers_tally.ends_at <= %s THEN 1 ELSE readers_tally.tries + 1 END,
        ends_at = CASE WHEN readers_tally.ends_at <= %s THEN excluded.ends_at
                  ELSE readers_tally.ends_at END
    RETURNING tries, ends_at
"""


@dataclass(frozen=True, slots=True)
class Outcome:
    """Whether a try may go on, and how many seconds to wait if not."""

    allowed: bool
    wait: float = 0.0


def _key(*parts: str) -> str:
    digest = salted_hmac("broadsheet.readers.tallies", "\0".join(parts), algorithm="sha256")
    return base64.urlsafe_b64encode(digest.digest()).decode().rstrip("=")


def _count(key: str, seconds: float, now: float) -> tuple[int, float]:
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, [key, now + seconds, now, now])
        tries, ends_at = cursor.fetchone()
    return tries, ends_at


def count(action: Action, limits: Iterable[Limit], whose: dict[Share, str]) -> Outcome:
    """Count a try against every limit and tell whether it may go on.

    A try that is refused counts too: whoever goes on hammering goes on waiting for the end of the
    stretch, which stays where it is.

    :param whose: the text that stands for each share
    """
    now = time.time()
    wait = 0.0
    with transaction.atomic():
        # In one order everywhere, so that two requests never wait for each other.
        for limit in sorted(limits, key=lambda one: one.share):
            key = _key(action, limit.share, whose[limit.share])
            tries, ends_at = _count(key, limit.seconds, now)
            if tries > limit.tries:
                wait = max(wait, ends_at - now)
    return Outcome(wait == 0.0, wait)


def forgive(action: Action, limits: Iterable[Limit], whose: dict[Share, str]) -> None:
    """Take a try back that turned out right. Earlier wrong ones stay counted."""
    keys = [_key(action, limit.share, whose[limit.share]) for limit in limits]
    with transaction.atomic(), connection.cursor() as cursor:
        for key in sorted(keys):
            cursor.execute(
                'UPDATE readers_tally SET tries = tries - 1 WHERE "key" = %s AND tries > 0', [key]
            )


def first_time(what: str, *, seconds: float) -> bool:
    """Tell whether something is seen for the first time in a stretch; True for one caller only."""
    return _count(_key("once", what), seconds, time.time())[0] == 1


def sweep(*, now: float) -> int:
    """Remove tallies whose stretch has ended; return how many."""
    return Tally.objects.filter(ends_at__lt=now).delete()[0]
