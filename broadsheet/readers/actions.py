"""What is done with accounts."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from allauth.account.models import EmailAddress
from allauth.account.signals import email_confirmed, email_removed
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db import IntegrityError, transaction
from django.http import HttpRequest

from broadsheet.readers import events, registry, shownames
from broadsheet.readers.models import AccountEvent, Code, Erasure, Reader, StaffAct
from broadsheet.readers.signals import passes_voided, reader_renamed, sessions_ended

Kind = AccountEvent.Kind

SESSIONS_KEPT = 30  # to one reader; the one longest unseen goes when there is one more
ADDRESSES_KEPT = 5


class ErasureRefused(Exception):  # noqa: N818
    """The account can't be erased; the words are for the reader."""


class AddressTaken(Exception):  # noqa: N818
    """The address belongs to another account. Only shown to those who can read its mail."""


def account_of(address: str) -> Reader | None:
    """Return the account of an address that somebody has just proved to be theirs."""
    proved = EmailAddress.objects.filter(email=address, verified=True).select_related("user")
    if found := proved.first():
        owner: Reader = found.user
        return owner
    return Reader.objects.at_address(address).first()


@transaction.atomic
def enter_by_address(
    *, address: str, now: datetime, request: HttpRequest | None = None
) -> tuple[Reader, bool]:
    """Return the reader of an address just proved, and whether the account was made now."""
    reader = account_of(address)
    made = reader is None
    if reader is None:
        try:
            with transaction.atomic():
                reader = Reader.objects.create_user(address, joined_at=now)
            events.note(reader, Kind.JOINED, now=now, request=request)
        except IntegrityError:
            # Another tab made it a moment ago.
            reader, made = Reader.objects.at_address(address).get(), False
    prove_address(reader=reader, address=address, request=request)
    return reader, made


@transaction.atomic
def prove_address(
    *, reader: Reader, address: str, request: HttpRequest | None = None
) -> EmailAddress:
    """Mark an address as proved by its reader.

    When it is the account's first, whatever else opens the account came from somebody who never
    proved to be its owner, and is taken away; but staff were given theirs by the paper.

    :raises AddressTaken: when it is proved for another account already
    """
    others = EmailAddress.objects.filter(email=address, verified=True).exclude(user=reader)
    if others.exists():
        raise AddressTaken
    had_one = EmailAddress.objects.filter(user=reader, verified=True).exists()
    row, _ = EmailAddress.objects.get_or_create(user=reader, email=address)
    if row.verified:
        return row
    if not had_one and not reader.is_staff:
        reader.set_unusable_password()
        reader.save(update_fields=["password"])
        SocialAccount.objects.filter(user=reader).delete()
        Authenticator.objects.filter(user=reader).delete()
    row.verified = True
    row.primary = not EmailAddress.objects.filter(user=reader, primary=True).exists()
    row.save()
    email_confirmed.send(sender=EmailAddress, request=request, email_address=row)
    return row


@transaction.atomic
def add_address(
    *, reader: Reader, address: str, now: datetime, request: HttpRequest | None = None
) -> EmailAddress:
    """Add an address that the reader has proved.

    :raises AddressTaken: when it is proved for another account already
    """
    row = prove_address(reader=reader, address=address, request=request)
    events.note(reader, Kind.ADDRESS_ADDED, now=now, request=request, detail=address)
    return row


@transaction.atomic
def make_address_main(
    *, row: EmailAddress, now: datetime, request: HttpRequest | None = None
) -> None:
    """Make one of the reader's proved addresses the main one: the paper writes there."""
    reader: Reader = row.user
    EmailAddress.objects.filter(user=reader, primary=True).update(primary=False)
    row.primary = True
    row.save(update_fields=["primary"])
    reader.email = row.email
    reader.save(update_fields=["email"])
    events.note(reader, Kind.ADDRESS_CHANGED, now=now, request=request, detail=row.email)


@transaction.atomic
def remove_address(*, row: EmailAddress, now: datetime, request: HttpRequest | None = None) -> None:
    """Remove an address that isn't the main one."""
    reader: Reader = row.user
    email_removed.send(sender=EmailAddress, request=request, user=reader, email_address=row)
    row.delete()
    events.note(reader, Kind.ADDRESS_REMOVED, now=now, request=request, detail=row.email)


@transaction.atomic
def change_name(
    *, reader: Reader, name: str, now: datetime, request: HttpRequest | None = None
) -> None:
    """Change the name a reader is shown by; empty is allowed.

    :raises ShownNameError: when it can't be shown, or could be taken for one of the paper's people
    """
    reader.name = shownames.clean(reader, name)
    reader.save(update_fields=["name"])
    events.note(reader, Kind.NAME_CHANGED, now=now, request=request)
    reader_renamed.send(sender=Reader, reader=reader)


@transaction.atomic
def set_password(
    *, reader: Reader, password: str | None, now: datetime, request: HttpRequest | None = None
) -> None:
    """Set the password, or remove it; every session and pass ends."""
    reader.set_password(password)
    reader.save(update_fields=["password"])
    kind = Kind.PASSWORD_SET if password else Kind.PASSWORD_REMOVED
    events.note(reader, kind, now=now, request=request)
    void_passes(reader=reader, now=now)


def keep_password(*, reader: Reader, hashed: str) -> None:
    """Give an account that was made a moment ago the password its reader chose.

    :param hashed: as make_password returns it
    """
    reader.password = hashed
    reader.save(update_fields=["password"])


@transaction.atomic
def void_passes(*, reader: Reader, now: datetime, keep: str = "") -> None:
    """End every session and pass of a reader, at once.

    :param keep: key of a session whose row stays; it lives on only if its caller signs it in anew
    """
    reader.passes_void_before = now
    reader.save(update_fields=["passes_void_before"])
    end_sessions(UserSession.objects.filter(user=reader).exclude(session_key=keep or "-"))
    transaction.on_commit(
        lambda: passes_voided.send(sender=Reader, reader=reader, before=now), robust=True
    )


@transaction.atomic
def end_sessions(sessions: Iterable[UserSession]) -> int:
    """End sessions; return how many."""
    ended = list(sessions)
    keys = [session.session_key for session in ended]
    if ended:
        sessions_ended.send(sender=UserSession, readers={session.user_id for session in ended})
    Session.objects.filter(session_key__in=keys).delete()
    return UserSession.objects.filter(session_key__in=keys).delete()[0]


@transaction.atomic
def sign_out_everywhere(
    *, reader: Reader, now: datetime, request: HttpRequest | None = None
) -> None:
    """End every session of a reader, that of the browser that asks too."""
    events.note(reader, Kind.SIGNED_OUT_EVERYWHERE, now=now, request=request)
    void_passes(reader=reader, now=now)


def drop_oldest_sessions(*, reader: Reader) -> None:
    """Keep the number of a reader's sessions bounded."""
    rows = UserSession.objects.filter(user=reader).order_by("-last_seen_at", "-pk")
    end_sessions(rows[SESSIONS_KEPT:])


@transaction.atomic
def erase(
    *,
    reader: Reader,
    choices: dict[str, str],
    now: datetime,
    staff: Reader | None = None,
    reason: str = "",
) -> Erasure:
    """Erase an account and everything that any part of the paper keeps about its reader.

    What stays says that it happened, when, and how many things of each kind went; not whose.

    :param choices: the reader's answers to the parts' questions
    :raises ErasureRefused: for one of the staff
    """
    if reader.is_staff or reader.is_superuser:
        raise ErasureRefused(
            "This account works for the paper. Ask whoever gave you your role to take it back "
            "first; then it can be erased."
        )
    if staff:
        log_staff_act(staff=staff, reader=None, act="erased", reason=reason, now=now)
    counts: dict[str, int] = {}
    for part in registry.parts():
        if part.erase:
            asked = {choice.name for choice in part.choices}
            mine = {name: value for name, value in choices.items() if name in asked}
            counts |= part.erase(reader, mine, now)
    end_sessions(UserSession.objects.filter(user=reader))
    passes_voided.send(sender=Reader, reader=reader, before=now)
    # Acts of staff stay, without the person and without what was written about them.
    StaffAct.objects.filter(reader=reader).update(reason="", facts={})
    addresses = EmailAddress.objects.filter(user=reader).values_list("email", flat=True)
    Code.objects.filter(address__in=[reader.email, *addresses]).delete()
    reader.delete()
    return Erasure.objects.create(erased_at=now, asked_by_staff=staff is not None, counts=counts)


def log_staff_act(
    *,
    staff: Reader,
    reader: Reader | None,
    act: str,
    now: datetime,
    reason: str = "",
    facts: dict[str, Any] | None = None,
) -> StaffAct:
    """Write down what one of the staff did to a reader's account."""
    return StaffAct.objects.create(
        staff=staff,
        staff_name=staff.get_full_name()[:80],
        reader=reader,
        act=act,
        reason=reason,
        facts=facts or {},
        done_at=now,
    )


@transaction.atomic
def open_account(*, reader: Reader, staff: Reader, now: datetime) -> None:
    """Write down that one of the staff looked at an account; once in a quarter of an hour."""
    recent = StaffAct.objects.filter(
        staff=staff, reader=reader, act="opened", done_at__gt=now - timedelta(minutes=15)
    )
    if not recent.exists():
        log_staff_act(staff=staff, reader=reader, act="opened", now=now)


@transaction.atomic
def block(*, reader: Reader, staff: Reader, reason: str, now: datetime) -> None:
    """Keep a reader out: sessions end at once, and signing in is refused."""
    reader.is_active = False
    reader.save(update_fields=["is_active"])
    events.note(reader, Kind.BLOCKED, now=now)
    log_staff_act(staff=staff, reader=reader, act="blocked", reason=reason, now=now)
    void_passes(reader=reader, now=now)


@transaction.atomic
def unblock(*, reader: Reader, staff: Reader, reason: str, now: datetime) -> None:
    """Let a blocked reader in again."""
    reader.is_active = True
    reader.save(update_fields=["is_active"])
    events.note(reader, Kind.UNBLOCKED, now=now)
    log_staff_act(staff=staff, reader=reader, act="unblocked", reason=reason, now=now)
