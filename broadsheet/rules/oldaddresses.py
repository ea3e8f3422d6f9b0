"""Old addresses: when two spellings name one story.

A story of 2011 was linked to in every spelling there is: with and without a slash at the end, with
capitals, with ``.html`` or without, with what a mail programme or a network hung behind it. They
all become one key. Where the query names the story (``/?p=123``) it is part of the key.
"""

import hashlib
import re
import unicodedata
from urllib.parse import parse_qsl, quote, unquote_to_bytes, urlsplit

LONGEST_KEY = 255  # characters; a longer one is kept as its digest
MOST_CANDIDATES = 8

# What systems of former days wrote at the end of an address.
_EXTENSION = re.compile(r"\.(?:s?html?|xhtml|php\d?|aspx?|jsp|jhtml|cfm|ece|cms|do|amp|stm)$")
_INDEX = re.compile(r"/(?:index|default|home)(?:\.[a-z0-9]+)?$")
# What servers of former days hung to an address for readers without cookies.
_SESSION = re.compile(r";(?:jsessionid|phpsessid|sid)=[^/;]*")
_SLASHES = re.compile(r"/{2,}")
# Parts of a query that say how a reader came, not what is to be read (ends with _: a beginning).
_TRACKING = (
    "utm_", "mc_", "pk_", "mtm_", "at_", "hsa_", "_hs", "fbclid", "gclid", "dclid", "gbraid",
    "wbraid", "msclkid", "igshid", "twclid", "yclid", "cmpid", "cmp", "ref", "referrer", "ref_src",
    "source", "src", "share", "shared", "amp", "print", "output", "mobile", "replytocom",
    "feature", "ns_", "ocid", "spm", "s_cid", "ftag", "ncid", "icid", "intcmp", "cid", "preview",
)  # fmt: skip


def key(address: str) -> str:
    """Return the key under which an old address is kept; empty for one that names no page.

    :param address: whole or from the root on, as in ``https://old.example/News/Story.html?p=3``
    """
    try:
        parts = urlsplit(address.strip())
    except ValueError:
        return ""
    if parts.scheme not in {"", "http", "https"} or not (parts.path or parts.query or parts.netloc):
        return ""
    path = _path(parts.path)
    query = _query(parts.query)
    if path == "/" and not query:
        # The front page of the old paper is no story.
        return ""
    return _short(path + ("?" + "&".join(query) if query else ""))


def candidates(path: str, query: str) -> list[str]:
    """Return the keys under which a requested address may be kept, the most exact first.

    :param path: decoded or not
    """
    plain = _path(path)
    parts = _query(query)
    found = []
    if parts:
        found.append(plain + "?" + "&".join(parts))
        found += [f"{plain}?{part}" for part in parts[: MOST_CANDIDATES - 2]]
    if plain != "/":
        found.append(plain)
        # Former systems made these of every story's address.
        for tail in ("/amp", "/print", "/feed"):
            if plain.endswith(tail) and len(plain) > len(tail):
                found.append(_EXTENSION.sub("", plain.removesuffix(tail)))
    return [_short(one) for one in dict.fromkeys(found)]


def readable(address: str) -> str:
    """Return path and query of an address as a person would write them, for lists and exports."""
    parts = urlsplit(address.strip())
    path = quote(_decoded(parts.path) or "/", safe="/~!$&'()*+,;=:@%", encoding="utf-8")
    return path + (f"?{parts.query}" if parts.query else "")


def _path(path: str) -> str:
    text = unicodedata.normalize("NFC", _decoded(path)).casefold()
    text = _SLASHES.sub("/", "/" + _SESSION.sub("", text).strip())
    text = _INDEX.sub("/", text)
    text = _EXTENSION.sub("", text.rstrip("/"))
    return text.rstrip("/") or "/"


def _decoded(path: str) -> str:
    data = unquote_to_bytes(path.replace("+", "%2B") if "%" in path else path)
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        # Addresses of former days were encoded in the system's own code page.
        text = data.decode("cp1252", "replace")
    return "".join(one for one in text if one.isprintable())


def _query(query: str) -> list[str]:
    try:
        pairs = parse_qsl(query, keep_blank_values=False, max_num_fields=40)
    except ValueError:
        return []
    kept = {
        f"{name.casefold()}={value.casefold()}"
        for name, value in pairs
        if not name.casefold().startswith(tuple(one for one in _TRACKING if one[-1] == "_"))
        and name.casefold() not in _TRACKING
    }
    return sorted("".join(c for c in one if c.isprintable()) for one in kept)


def _short(text: str) -> str:
    if len(text) <= LONGEST_KEY:
        return text
    return "sha256:" + hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()
