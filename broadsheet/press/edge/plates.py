"""Plates: finished pages, compressed, ready to be sent; and the store that keeps them.

A page has one plate for everybody, or one for each variant where not everybody may read all of it
(broadsheet.rules.variants). A plate holds its header too, so that an answer is one join of bytes.
Nothing in a plate is anybody's own.
"""

import time
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass, field
from hashlib import blake2b

from broadsheet.press.edge.encodings import Encoding, chosen, decode, encode
from broadsheet.rules.access import Access, open_to_all
from broadsheet.rules.meter import Policy
from broadsheet.rules.variants import Variant


@dataclass(frozen=True, slots=True)
class Terms:
    """Under what terms a page is read. It says nothing of the words.

    :param story: the story's key; 0 for a page that is none, such as the front page
    """

    access: Access
    story: int = 0
    policy: Policy = field(default_factory=Policy)


@dataclass(frozen=True, slots=True)
class Printed:
    """A page as Django printed it, in one variant.

    :param terms: those that held when it was printed
    :param words: the page, not compressed
    :param headers: what goes with it: Content-Type, Content-Security-Policy and the like. Those
        for caches, cookies and codings are the edge's own
    :param keys: what else the page shows; a change of one of them changes it
    :param max_age: seconds that browsers and caches may keep a page that is free to all
    :param lasts: seconds until the page must be printed again though nothing changed; None: for ever
    :param variant_lasts: the same for this variant of it alone
    :param shared: whether everybody gets this page here, whatever they have just done, so that a
        proxy may keep it until the second is over
    """

    terms: Terms
    words: bytes
    headers: tuple[tuple[str, str], ...] = (("Content-Type", "text/html; charset=utf-8"),)
    keys: frozenset[str] = frozenset()
    max_age: int = 0
    lasts: float | None = None
    variant_lasts: float | None = None
    shared: bool = False


class PlateError(ValueError):
    """A page that can't be a plate, because a header of it is somebody's own or breaks the line."""


_NEVER = frozenset({"set-cookie", "www-authenticate", "location", "transfer-encoding"})
_OURS = frozenset(
    {
        "cache-control",
        "connection",
        "content-encoding",
        "content-length",
        "date",
        "etag",
        "expires",
        "last-modified",
        "vary",
        "x-accel-expires",
    }
)


def headers(printed: Printed, variant: Variant) -> list[tuple[str, str]]:
    """Return the header of a page, all but Date, Content-Encoding and Content-Length.

    What everybody may read is public and is asked for again each time (``no-cache``), so that who
    signs in never meets a kept teaser. What is for some alone, the whole of a story or a wall that
    speaks to readers, is kept by nobody and has no ETag, which would tell others about its words.

    :raises PlateError: when the page would set a cookie, redirect, or break a line
    """
    lines = []
    for name, value in printed.headers:
        if name.lower() in _NEVER or not (name + value).isprintable():
            raise PlateError(f"A plate can't carry the header {name!r}: it is for everybody.")
        if name.lower() not in _OURS:
            lines.append((name, value))
    lines.append(("Vary", "Accept-Encoding"))
    free = open_to_all(printed.terms.access)
    if variant is not Variant.TEASER and not free:
        return [*lines, ("Cache-Control", "private, no-store")]
    age = f"max-age={printed.max_age}" if free and printed.max_age > 0 else "no-cache"
    told = blake2b(printed.words, digest_size=12).hexdigest()
    return [*lines, ("Cache-Control", f"public, {age}"), ("ETag", f'W/"{told}"')]


def matches(if_none_match: str, etag: str) -> bool:
    """Tell whether If-None-Match names an ETag, compared weakly (RFC 9110 §13.1.2)."""
    bare = etag.removeprefix("W/")
    named = (one.strip() for one in if_none_match.split(","))
    return any(one == "*" or one.removeprefix("W/") == bare for one in named)


def answer(
    printed: Printed,
    variant: Variant,
    *,
    accept_encoding: str | None = None,
    if_none_match: str | None = None,
) -> tuple[int, list[tuple[str, str]], bytes]:
    """Return status, header and body of a page, for whoever answers without the edge.

    They are the same that the edge sends from a plate, but for Date.
    """
    plate = Plate(printed, variant)
    if if_none_match is not None and plate.etag and matches(if_none_match, plate.etag):
        return 304, plate.conditional, b""
    encoding = chosen(None if accept_encoding is None else accept_encoding.encode("latin-1"))
    body = encode(printed.words, encoding)
    return 200, plate.header(encoding, len(body)), body


NEVER = float("inf")


def _lines(pairs: Iterable[tuple[str, str]]) -> bytes:
    return "".join(f"{name}: {value}\r\n" for name, value in pairs).encode("latin-1") + b"\r\n"


class Plate:
    """One variant of a page, in the codings it was asked for so far.

    :param expires_at: the moment (of a clock that is never put back) from which it is not sent any
        more, though the page's other variants are
    """

    __slots__ = (
        "_common",
        "etag",
        "expires_at",
        "not_modified",
        "private",
        "shared",
        "size",
        "story",
        "tails",
    )

    def __init__(self, printed: Printed, variant: Variant, expires_at: float = NEVER) -> None:
        self.expires_at = expires_at
        # The key of the story that it shows whole; 0 for every other page.
        self.story = printed.terms.story if variant is Variant.FULL else 0
        self._common = headers(printed, variant)
        self.etag = next((value for name, value in self._common if name == "ETag"), "")
        self.private = not self.etag
        self.shared = printed.shared and open_to_all(printed.terms.access)
        self.not_modified = _lines(self.conditional) if self.etag else b""
        # Everything after the status line and Date: the rest of the header, the empty line, the
        # words.
        self.tails: dict[Encoding, bytes] = {}
        self.size = 800

    @property
    def conditional(self) -> list[tuple[str, str]]:
        """The header of a 304."""
        kept = {"ETag", "Cache-Control", "Vary"}
        return [(name, value) for name, value in self._common if name in kept]

    def header(self, encoding: Encoding, length: int) -> list[tuple[str, str]]:
        coding = [] if encoding is Encoding.IDENTITY else [("Content-Encoding", encoding.value)]
        return [*self._common, *coding, ("Content-Length", str(length))]

    def add(self, encoding: Encoding, coded: bytes) -> None:
        if encoding not in self.tails:
            tail = _lines(self.header(encoding, len(coded))) + coded
            self.tails[encoding] = tail
            self.size += len(tail) + 100

    def words(self) -> bytes:
        """Return the page, not compressed."""
        encoding, tail = next(iter(self.tails.items()))
        return decode(tail[tail.index(b"\r\n\r\n") + 4 :], encoding)


class Plates:
    """The plates of one page, and the terms under which it is read.

    ``expires_at`` is the moment (of a clock that is never put back) from which they are not sent
    any more; until then they are sent though ``stale``, while new ones are printed.
    """

    __slots__ = ("closed", "expires_at", "full", "keys", "number", "stale", "teaser", "terms")

    def __init__(self, terms: Terms, keys: frozenset[int], number: int = 0) -> None:
        self.terms = terms
        self.keys = keys
        # The edition's number up to which they are known to hold.
        self.number = number
        self.full: Plate | None = None
        self.teaser: Plate | None = None
        # The teasers that are for readers.
        self.closed: dict[Variant, Plate] = {}
        self.stale = False
        self.expires_at = NEVER

    def of(self, variant: Variant) -> Plate | None:
        """Return a variant's plate, None where there is none that may still be sent."""
        if variant is Variant.FULL:
            return self.full
        if variant is Variant.TEASER:
            return self.teaser
        plate = self.closed.get(variant)
        if plate is not None and plate.expires_at != NEVER and plate.expires_at <= time.monotonic():
            return None
        return plate

    def set(self, variant: Variant, plate: Plate) -> None:
        if variant is Variant.FULL:
            self.full = plate
        elif variant is Variant.TEASER:
            self.teaser = plate
        else:
            self.closed[variant] = plate

    def age(self, until: float) -> None:
        """Mark them as out of date. A second change does not lengthen the time of the first."""
        self.stale = True
        self.expires_at = min(self.expires_at, until)

    @property
    def size(self) -> int:
        own = 600 + 100 * len(self.keys)
        plates = (self.full, self.teaser, *self.closed.values())
        return own + sum(plate.size for plate in plates if plate)


def key_of(name: str) -> int:
    """Return the number that stands for a key, 64 bits, never 0.

    Two keys with one number cost a plate that is printed once more, nothing else.
    """
    return int.from_bytes(blake2b(name.encode(), digest_size=8).digest()) or 1


class Store:
    """Keeps plates within a number of bytes; those asked for longest ago go first.

    :param budget: bytes, counted with what Python adds
    """

    def __init__(self, budget: int) -> None:
        self.budget = budget
        self.size = 0
        self.evicted = 0
        self._plates: OrderedDict[bytes, Plates] = OrderedDict()
        self._sizes: dict[bytes, int] = {}
        self._shown_on: dict[int, set[bytes]] = {}

    def __len__(self) -> int:
        return len(self._plates)

    def get(self, path: bytes) -> Plates | None:
        plates = self._plates.get(path)
        if plates is not None:
            self._plates.move_to_end(path)
        return plates

    def put(self, path: bytes, plates: Plates) -> None:
        """Keep plates, or count them anew after one was added."""
        self.drop_path(path)
        size = plates.size + len(path)
        if size > self.budget:
            return
        self._plates[path] = plates
        self._sizes[path] = size
        self.size += size
        for key in plates.keys:
            self._shown_on.setdefault(key, set()).add(path)
        while self.size > self.budget:
            self.drop_path(next(iter(self._plates)))
            self.evicted += 1

    def drop_path(self, path: bytes) -> None:
        plates = self._plates.pop(path, None)
        if plates is None:
            return
        self.size -= self._sizes.pop(path)
        for key in plates.keys:
            paths = self._shown_on[key]
            paths.discard(path)
            if not paths:
                del self._shown_on[key]

    def drop(self, key: int) -> None:
        """Forget every page that shows something."""
        for path in tuple(self._shown_on.get(key, ())):
            self.drop_path(path)

    def age(self, key: int, until: float) -> None:
        """Mark every page that shows something as out of date, to be sent until then at most."""
        for path in self._shown_on.get(key, ()):
            self._plates[path].age(until)

    def age_all(self, until: float) -> None:
        for plates in self._plates.values():
            plates.age(until)

    def clear(self) -> None:
        self._plates.clear()
        self._sizes.clear()
        self._shown_on.clear()
        self.size = 0
