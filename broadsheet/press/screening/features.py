"""What the detectors look at in a text, as places in tables of weights.

A stretch between two spaces is read once and kept: its words and the n-grams of their letters. A comment is then a row of numbers, and its measures are sums over a few tables, which
numpy makes for a thousand comments in one go.
"""

from collections.abc import Sequence
from zlib import crc32

import numpy as np
import numpy.typing as npt

from broadsheet.press.screening import words

type Ints = npt.NDArray[np.int64]
type Floats = npt.NDArray[np.float32]

WORD_BITS = 19  # of the table of words, pairs and letters that tell abuse
TONGUE_BITS = 17  # of the table of letters that tell the language
START = crc32(b"<start>")
YOU = crc32(b"<you>")
NAME = 0.08  # of a word, what a name counts for the language
REACH = 5  # words after “you” that are taken together with it

_A, _B = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xC2B2AE3D27D4EB4F)


def pair(first: npt.NDArray[np.uint64], second: npt.NDArray[np.uint64], salt: int) -> Ints:
    """Return places in the table of words for pairs of words."""
    with np.errstate(over="ignore"):
        mixed = (first * _A + second * _B + np.uint64(salt)) * _A
    return (mixed >> np.uint64(64 - WORD_BITS)).astype(np.int64)


def spread(hashes: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    """Return hashes of which the upper bits differ where any bit did."""
    return hashes * _A


def _hashed(text: str) -> int:
    return crc32(text.encode())


def placed(hashes: Sequence[int], bits: int) -> Ints:
    """Return places in a table for hashes, spread by their upper bits."""
    return (spread(np.array(hashes, dtype=np.uint64)) >> np.uint64(64 - bits)).astype(np.int64)


def _add_letters(hashes: list[int], marked: str, lengths: Sequence[int]) -> None:
    """Add the n-grams of a word's letters, shorter ones first."""
    if marked.isascii():
        letters = marked.encode()
        for length in lengths:
            hashes += [crc32(letters[at : at + length]) for at in range(len(letters) - length + 1)]
        return
    for length in lengths:
        hashes += [_hashed(marked[at : at + length]) for at in range(len(marked) - length + 1)]


def word_hashes(chunk: words.Chunk) -> list[int]:
    """Return hashes of the words of one stretch, their letters, and pairs within it."""
    hashes: list[int] = []
    before = ""
    for word in chunk.words:
        hashes.append(_hashed(f"w{word}"))
        if before:
            hashes.append(_hashed(f"p{before} {word}"))
        before = word
        if word[0].isalpha() and len(word) < 40:
            _add_letters(hashes, f"^{word}$", (3, 4, 5))
    if chunk.caps:
        hashes.append(_hashed("<caps>"))
    return hashes


def tongue_hashes(written: Sequence[str], *, name: bool) -> tuple[list[int], list[float], float]:
    """Return hashes of the letters of one stretch as it is written, how much each counts, and
    how many words they stand for.

    Every word counts as much as another, however long; a name counts less.
    """
    hashes: list[int] = []
    shares: list[float] = []
    share = NAME if name else 1.0
    for word in written:
        before = len(hashes)
        if word[0] > "\u024f":
            hashes.append(_hashed(f"<{ord(word[0]) >> 7}>"))
        else:
            hashes.append(_hashed(f"w{word}"))
            _add_letters(hashes, f"^{word[:30]}$", (1, 2, 3, 4))
        many = len(hashes) - before
        shares.extend([share / many**0.5] * many)
    return hashes, shares, share * len(written)
