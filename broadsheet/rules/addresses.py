"""E-mail addresses: when two spellings are one person, and where a reader may be sent to.

Capitals make no difference, neither in the name nor in the domain, and a domain in letters of its
own is the same as its ASCII form. Dots and what follows a plus sign do make a difference: only the
mail provider knows whether they name one mailbox, and a mistake would give one reader's account to
another.
"""

import re
from urllib.parse import urlsplit

LONGEST = 254  # characters, RFC 5321
_LOCAL = re.compile(r"[a-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}")
_DOMAIN = re.compile(
    r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
)


class AddressError(ValueError):
    """The text is no e-mail address; the words are for a reader."""


def canonical(text: str) -> str:
    """Return the one spelling of an address under which its account is kept.

    :raises AddressError: when mail can't be sent there
    """
    wrong = AddressError("Enter an e-mail address, as in name@example.org.")
    local, at, domain = text.strip().rpartition("@")
    if not at or len(text) > 2 * LONGEST:
        raise wrong
    try:
        # Folds capitals and brings letters beyond ASCII into the form that mail is sent to.
        domain = domain.encode("idna").decode("ascii").lower()
    except UnicodeError as error:
        raise wrong from error
    local = local.lower()
    if (
        not _LOCAL.fullmatch(local)
        or local.startswith(".")
        or local.endswith(".")
        or ".." in local
        or not _DOMAIN.fullmatch(domain)
        or not ("." in domain or domain == "localhost")
        or len(local) + len(domain) + 1 > LONGEST
    ):
        raise wrong
    return f"{local}@{domain}"


def masked(address: str) -> str:
    """Return an address as it can be shown to others: its first letter and its domain."""
    local, _, domain = address.rpartition("@")
    return f"{local[:1]}…@{domain}"


def own_path(place: str | None) -> str:
    """Return a place on this paper that a reader may be sent to, or nothing.

    Only a path from the root is one; an address with a host never is, not even the paper's own, and
    neither is anything that a browser would read as one (``//host``, ``/\\host``, control
    characters).
    """
    if not place or not place.startswith("/") or place[1:2] in {"/", "\\"} or len(place) > 2000:
        return ""
    if "\\" in place or any(ord(character) <= 32 or ord(character) == 127 for character in place):
        return ""
    parts = urlsplit(place)
    return "" if parts.scheme or parts.netloc else place
