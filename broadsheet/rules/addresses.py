"""E-mail addresses: when two spellings are one person, and where a reader may be sent to.

Capitals make no difference, neither in the name nor in the domain, and a domain with letters beyond
ASCII is the same as its ASCII form (IDNA 2008, as browsers and mail servers read it today). A name
may have letters and digits of any script (RFC 6531), composed in one way (NFC); letters that look
alike stay different, because they are different mailboxes. Dots and what follows a plus sign do make a difference: only the
mail provider knows whether they name one mailbox, and a mistake would give one reader's account to
another.
"""

import re
import unicodedata
from urllib.parse import urlsplit

import idna

LONGEST = 254  # characters, RFC 5321
LONGEST_NAME = 64  # bytes before the @, RFC 5321
_PUNCTUATION = frozenset(".!#$%&'*+/=?^_`{|}~-")
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
    local, at, domain = unicodedata.normalize("NFC", text.strip()).rpartition("@")
    if not at or len(text) > 2 * LONGEST:
        raise wrong
    try:
        domain = _ascii(domain)
    except UnicodeError as error:
        raise wrong from error
    # Lower-casing may take composed letters apart: İ becomes i and a dot above it.
    local = unicodedata.normalize("NFC", local.lower())
    if (
        not _is_name(local)
        or local.startswith(".")
        or local.endswith(".")
        or ".." in local
        or not _DOMAIN.fullmatch(domain)
        or not ("." in domain or domain == "localhost")
        or len(local.encode()) + len(domain) + 1 > LONGEST
    ):
        raise wrong
    return f"{local}@{domain}"


def _ascii(domain: str) -> str:
    """Return the form of a domain that mail is sent to.

    :raises UnicodeError: when it can't be a domain
    """
    if domain.isascii():
        return domain.lower()
    return idna.encode(domain, uts46=True).decode("ascii").lower()


def _is_name(local: str) -> bool:
    """Tell whether a text may be before the @: letters, digits and their marks, some punctuation."""
    letters = all(
        character in _PUNCTUATION or unicodedata.category(character)[0] in "LMN"
        for character in local
    )
    return letters and 0 < len(local.encode()) <= LONGEST_NAME


def in_letters(address: str) -> str:
    """Return an address as people write it, with a domain such as xn--exmple-cua.org in letters."""
    local, at, domain = address.rpartition("@")
    if "xn--" not in domain:
        return address
    try:
        return f"{local}{at}{idna.decode(domain)}"
    except idna.IDNAError:
        return address


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
