"""Making somebody one of the staff."""

import secrets
from dataclasses import dataclass

from allauth.account.models import EmailAddress
from django.contrib.auth.models import Group
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction

from broadsheet.newsroom import roles
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

    Whoever has an account keeps it, and its password unless another is given.

    :raises StaffError: for an address that is none, an unknown role, a weak password
    """
    known = {one.value.lower(): one.value for one in roles.Role}
    if role.lower() not in known:
        raise StaffError(f"There is no role “{role}”. The roles are {', '.join(known.values())}.")
    try:
        address = addresses.canonical(email)
    except addresses.AddressError as error:
        raise StaffError(f"“{email}” is no e-mail address: {error}") from error
    reader = Reader.objects.filter(email__iexact=address).first()
    made_up = ""
    if reader is None:
        made_up = "" if password else secrets.token_urlsafe(12)
        reader = Reader(email=address, name=name)
    if password or made_up:
        try:
            validate_password(password or made_up, reader)
        except ValidationError as error:
            raise StaffError("The password won't do. " + " ".join(error.messages)) from error
        reader.set_password(password or made_up)
    reader.name = name or reader.name
    reader.is_staff = True
    reader.is_active = True
    reader.save()
    # Whoever can run this command vouches for the address.
    EmailAddress.objects.update_or_create(
        user=reader, email=address, defaults={"verified": True, "primary": True}
    )
    roles.establish()
    reader.groups.add(Group.objects.get(name=known[role.lower()]))
    return Employed(reader, made_up)
