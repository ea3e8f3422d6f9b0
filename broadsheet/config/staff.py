"""Making somebody one of the staff."""

import secrets
from dataclasses import dataclass

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from broadsheet.newsroom import actions, roles
from broadsheet.readers.models import Reader
from broadsheet.rules import addresses


class StaffError(Exception):
    """Somebody can't be made one of the staff; the words are for whoever asked."""


@dataclass(frozen=True, slots=True)
class Employed:
    """Who works for the paper now. ``made_up`` is their new password, unless they have one."""

    reader: Reader
    made_up: str


@transaction.atomic
def employ(*, email: str, role: str, name: str = "", password: str = "") -> Employed:
    """Make somebody one of the staff: an account with a proved address, in the role's group.

    Whoever has an account keeps it, and its password unless another is given. An account whose
    address nobody proved may be a stranger's: its password goes (newsroom.actions.appoint).

    :raises StaffError: for an address that is none, an unknown role, a weak password
    """
    known = {one.value.lower(): one.value for one in roles.Role}
    if role.lower() not in known:
        raise StaffError(f"There is no role “{role}”. The roles are {', '.join(known.values())}.")
    try:
        address = addresses.canonical(email)
    except addresses.AddressError as error:
        raise StaffError(f"“{email}” is no e-mail address: {error}") from error
    found = Reader.objects.at_address(address).first()
    made_up = "" if password or found else secrets.token_urlsafe(12)
    if given := password or made_up:
        try:
            validate_password(given, found or Reader(email=address, name=name))
        except ValidationError as error:
            raise StaffError("The password won't do. " + " ".join(error.messages)) from error
    # Whoever can run this command vouches for the address.
    reader, _ = actions.appoint(
        email=address,
        name=name,
        roles=[known[role.lower()]],
        password=given or None,
        proved=True,
        now=timezone.now(),
    )
    return Employed(reader, made_up)
