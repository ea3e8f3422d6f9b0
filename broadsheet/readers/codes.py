"""E-mailed codes: made, guessed, used once.

Asking for a code does the same for every address, whether there is an account or not: the account
is looked up only by somebody who has read the mail.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from django.db import transaction
from django.db.models import F
from django.utils.crypto import constant_time_compare, salted_hmac

from broadsheet.readers.models import Code, Reader
from broadsheet.rules import digits, limits

DIGITS = 8  # 26 bits; three guesses for each code


class Verdict(StrEnum):
    RIGHT = "right"
    WRONG = "wrong"
    GONE = "gone"  # used, too old, or guessed at too often


@dataclass(frozen=True, slots=True)
class Guess:
    """What became of a guess, and how many more the code stands."""

    verdict: Verdict
    code: Code | None = None
    left: int = 0


def _digest(key: str, code: str) -> str:
    text = f"{key}:{code}"
    return salted_hmac("broadsheet.readers.codes", text, algorithm="sha256").hexdigest()


def shown(code: str) -> str:
    """Return a code as it is printed in a mail: two groups of four."""
    return f"{code[:4]} {code[4:]}"


@transaction.atomic
def make(
    *,
    purpose: Code.Purpose,
    address: str,
    now: datetime,
    reader: Reader | None = None,
    returns_to: str = "",
    instead_of: str = "",
) -> tuple[Code, str]:
    """Make a code for an address; return its row and the code itself, which is kept nowhere.

    :param instead_of: key of an earlier code of the same browser, which is void from now on
    """
    if instead_of:
        Code.objects.filter(key=instead_of, used_at=None).update(used_at=now)
    key = secrets.token_urlsafe(32)
    code = "".join(secrets.choice("0123456789") for _ in range(DIGITS))
    row = Code.objects.create(
        key=key,
        purpose=purpose,
        address=address,
        reader=reader,
        digest=_digest(key, code),
        returns_to=returns_to,
        made_at=now,
        ends_at=now + timedelta(seconds=limits.CODE_LIVES),
    )
    return row, code


def waiting(key: str, purpose: Code.Purpose, now: datetime) -> Code | None:
    """Return the code that a browser may still guess."""
    return Code.objects.usable(now).filter(key=key, purpose=purpose).first() if key else None


@transaction.atomic
def guess(*, key: str, purpose: Code.Purpose, text: str, now: datetime) -> Guess:
    """Try a code. The try is counted first, in one statement, whatever else tries meanwhile."""
    mine = Code.objects.filter(key=key, purpose=purpose)
    if not mine.usable(now).update(guesses=F("guesses") + 1):
        return Guess(Verdict.GONE)
    code = mine.get()
    if not constant_time_compare(code.digest, _digest(key, digits.only_digits(text))):
        left = limits.CODE_GUESSES - code.guesses
        return Guess(Verdict.WRONG, code, left) if left else Guess(Verdict.GONE)
    if not mine.filter(used_at=None).update(used_at=now):
        return Guess(Verdict.GONE)
    return Guess(Verdict.RIGHT, code)


def sweep(*, now: datetime) -> int:
    """Remove codes that can't be used any more; return how many."""
    return Code.objects.filter(ends_at__lt=now).delete()[0]
