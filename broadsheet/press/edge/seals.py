"""Sealed values: short bytes that a browser keeps and nobody but the paper can make.

A seal is keyed BLAKE2b of 128 bits (RFC 7693 §2.9) under a key for the purpose the bytes serve, so
that a value sealed for one purpose is worth nothing for another. It takes half the time of
HMAC-SHA256, and a reader's first reading checks two and makes one. Keys are changed by putting a
new one first: the first seals, all are believed.
"""

import binascii
import hashlib
import hmac
from collections.abc import Callable, Sequence

LENGTH = 16
_TO_URL = bytes.maketrans(b"+/", b"-_")
# The letters that these two replace are no letters here: a value is written in one way only.
_FROM_URL = bytes.maketrans(b"-_+/", b"+/!!")
LONGEST = 4096


def _mac(key: bytes) -> Callable[[bytes], bytes]:
    """Return the seal's function under one key. The key's part is computed once."""
    start = hashlib.blake2b(key=key, digest_size=LENGTH)

    def sign(message: bytes) -> bytes:
        one = start.copy()
        one.update(message)
        return one.digest()

    return sign


class Seal:
    """Seals and opens values of one purpose.

    :param keys: secrets of the paper; the first seals, all open
    :param purpose: what the values are for
    """

    def __init__(self, keys: Sequence[str], purpose: str) -> None:
        if not keys or not all(keys):
            raise ValueError("A seal needs a key.")
        self._first: bytes | None = None
        self._signers: dict[int, list[Callable[[bytes], bytes]]] = {}
        for key in keys:
            own = hmac.digest(key.encode(), b"broadsheet seal: " + purpose.encode(), "sha256")
            # One byte says which key it was, so that old keys cost nothing.
            mark = hashlib.sha256(own).digest()[0]
            self._signers.setdefault(mark, []).append(_mac(own))
            if self._first is None:
                self._first = bytes([mark])

    def close(self, value: bytes) -> bytes:
        """Return the value sealed, in letters that may stand in a cookie.

        The value comes back with up to two zero bytes at its end.
        """
        assert self._first is not None
        padding = bytes(-(1 + len(value) + LENGTH) % 3)
        message = self._first + value + padding
        sealed = message + self._signers[message[0]][0](message)
        return binascii.b2a_base64(sealed, newline=False).translate(_TO_URL)

    def open(self, sealed: bytes) -> bytes | None:
        """Return the value, or None when it isn't ours, whatever is wrong with it."""
        if len(sealed) > LONGEST:
            return None
        try:
            raw = binascii.a2b_base64(sealed.translate(_FROM_URL), strict_mode=True)
        except binascii.Error:
            return None
        message, seal = raw[:-LENGTH], raw[-LENGTH:]
        if not message:
            return None
        for sign in self._signers.get(message[0], ()):
            if hmac.compare_digest(sign(message), seal):
                return message[1:]
        return None
