"""Bans and mutes that outlive the account they were about.

Erasing an account takes everything away that is known of its reader, but it doesn't end a ban: what
stays is a keyed hash of each address that the account had proved, the kind of the ban and its end.
Whoever proves such an address again is under the ban again, is told, and can have it lifted.
"""

from datetime import datetime, timedelta
from typing import Any

from allauth.account.models import EmailAddress
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.crypto import salted_hmac

from broadsheet.comments import notices
from broadsheet.comments.models import FormerBan, Sanction
from broadsheet.readers.models import Reader
from broadsheet.rules import addresses

# How long at most a ban without an end outlives its account.
KEPT = timedelta(days=3 * 365)
OUTLIVING = (Sanction.Kind.BAN, Sanction.Kind.MUTE)
WORDS = (
    "An earlier account with your address was kept from writing comments, and erasing it didn’t end "
    "that. If you think it is wrong, write to us."
)


def digest(address: str) -> str:
    """Return what is kept of an address: nobody can read it back, or test it without the paper's key."""
    canonical = addresses.canonical(address)
    return salted_hmac("broadsheet.comments.former-ban", canonical, algorithm="sha256").hexdigest()


def _digests(reader: Reader) -> list[str]:
    proved = EmailAddress.objects.filter(user=reader, verified=True)
    return [digest(one) for one in {reader.email, *proved.values_list("email", flat=True)}]


def keep(reader: Reader, *, now: datetime) -> int:
    """Keep what holds of a reader whose account is being erased; return how many bans that is."""
    rows = [
        FormerBan(digest=one, kind=ban.kind, until=ban.until, forget_at=min(ban.until or end, end))
        for ban in Sanction.objects.filter(reader=reader, kind__in=OUTLIVING).holding(now)
        for end in [now + KEPT]
        for one in _digests(reader)
    ]
    FormerBan.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["digest", "kind"],
        update_fields=["until", "forget_at"],
    )
    return len({row.kind for row in rows})


def _of(reader: Reader) -> QuerySet[FormerBan]:
    return FormerBan.objects.filter(digest__in=_digests(reader))


def apply(reader: Reader, *, now: datetime) -> int:
    """Put a reader under the bans that hold for their addresses; return how many are new."""
    if reader.is_staff:
        return 0
    holding = set(
        Sanction.objects.filter(reader=reader).holding(now).values_list("kind", flat=True)
    )
    made = 0
    for kind, until in _of(reader).filter(forget_at__gt=now).values_list("kind", "until"):
        if kind in holding:
            continue
        holding.add(kind)
        Sanction.objects.create(reader=reader, kind=kind, words=WORDS, made_at=now, until=until)
        notices.tell(
            reader=reader,
            comment=None,
            subject="You can’t write comments for now",
            words=WORDS,
            now=now,
        )
        made += 1
    return made


def forget(reader: Reader, *, kind: Sanction.Kind) -> None:
    """Forget a ban that was lifted."""
    _of(reader).filter(kind=kind).delete()


def forget_old(*, now: datetime) -> int:
    """Forget what has run out."""
    return FormerBan.objects.filter(forget_at__lte=now).delete()[0]


def address_proved(sender: Any, instance: EmailAddress, **_: Any) -> None:
    """Look for a ban when an address is proved, whichever way that happens."""
    if instance.verified and FormerBan.objects.filter(digest=digest(instance.email)).exists():
        apply(instance.user, now=timezone.now())
