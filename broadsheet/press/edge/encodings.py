"""Content codings: which one a request gets, and how words are put into it.

Brotli first where it is taken: at this level it makes a story a tenth smaller than gzip or zstd do,
in the same time, and every browser knows it.
"""

import gzip
import re
import sys
from enum import StrEnum

import brotli

if sys.version_info >= (3, 14):  # pragma: no cover
    from compression import zstd
else:
    from backports import zstd


class Encoding(StrEnum):
    # Enum's own is written in Python, and every request looks one up.
    __hash__ = str.__hash__

    BR = "br"
    ZSTD = "zstd"
    GZIP = "gzip"
    IDENTITY = "identity"


_ORDER = (Encoding.BR, Encoding.ZSTD, Encoding.GZIP)
_ALIASES = {"x-gzip": "gzip"}
_QUALITY = re.compile(r"q=(0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?)", re.ASCII)
_REMEMBERED = 500
_known: dict[bytes, Encoding] = {}


def chosen(accepted: bytes | None) -> Encoding:
    """Choose the coding for an Accept-Encoding header (RFC 9110 §12.5.3).

    What can't be read counts as not said. A request that refuses every coding, identity too, gets
    identity: an answer is better than none.
    """
    if accepted is None:
        return Encoding.IDENTITY
    found = _known.get(accepted)
    if found is None:
        found = _choose(accepted.decode("latin-1").lower())
        if len(_known) < _REMEMBERED:
            _known[accepted] = found
    return found


def _choose(accepted: str) -> Encoding:
    said: dict[str, float] = {}
    for part in accepted.split(","):
        name, *parameters = (piece.strip() for piece in part.split(";"))
        quality = 1.0
        for parameter in parameters:
            if parameter.startswith("q"):
                read = _QUALITY.fullmatch(parameter.replace(" ", ""))
                quality = float(read[1]) if read else 0.0
        if name:
            said[_ALIASES.get(name, name)] = quality
    others = said.get("*", 0.0)
    best = max(_ORDER, key=lambda one: said.get(one, others))
    quality = said.get(best, others)
    # Identity is wanted only where it is asked for more than what is smaller.
    return best if quality > 0 and quality >= said.get("identity", 0.0) else Encoding.IDENTITY


def encode(words: bytes, encoding: Encoding) -> bytes:
    """Put words into a coding. A story's 25 kB take about half a millisecond."""
    match encoding:
        case Encoding.BR:
            return brotli.compress(words, quality=6, mode=brotli.MODE_TEXT)
        case Encoding.ZSTD:
            return zstd.compress(words, 9)
        case Encoding.GZIP:
            return gzip.compress(words, 9, mtime=0)
        case Encoding.IDENTITY:
            return words


def decode(coded: bytes, encoding: Encoding) -> bytes:
    """Take words out of a coding again."""
    match encoding:
        case Encoding.BR:
            return brotli.decompress(coded)
        case Encoding.ZSTD:
            return zstd.decompress(coded)
        case Encoding.GZIP:
            return gzip.decompress(coded)
        case Encoding.IDENTITY:
            return coded
