"""What the detectors look at in a text, as places in tables of weights.

A stretch between two spaces is read once and kept: its words, the n-grams of their letters, their
classes. A comment is then a row of numbers, and its measures are sums over a few tables, which
numpy makes for a thousand comments in one go.
"""

from collections.abc import Sequence
from zlib import crc32

import numpy as np
import numpy.typing as npt

from broadsheet.press.screening import words
from broadsheet.press.screening.vocabulary import BONES, NOUN

type Ints = npt.NDArray[np.int64]
type Floats = npt.NDArray[np.float32]

WORD_BITS = 19  # of the table of words, pairs and letters that tell abuse
TONGUE_BITS = 17  # of the table of letters that tell the language
FRAME_BITS = 17  # of the table of classes that tell a sentence
CLASSES_OF_ONE = 6  # a stretch between spaces has at most so many classes
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


def _hashed(text: str) -> int:
    return crc32(text.encode())


def placed(hashes: Sequence[int], bits: int) -> Ints:
    """Return places in a table for hashes, spread by their upper bits."""
    with np.errstate(over="ignore"):
        spread = np.array(hashes, dtype=np.uint64) * _A
    return (spread >> np.uint64(64 - bits)).astype(np.int64)


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


def frame_places(classes: Ints, starts: Ints) -> tuple[Ints, Ints]:
    """Return places for the n-grams of classes and of bones, and the sentence of each.

    :param classes: of all sentences, each begun by ``<start>`` and ended by ``<end>``
    :param starts: where each sentence begins
    """
    sentence = np.zeros(len(classes), dtype=np.int64)
    sentence[starts[1:]] = 1
    sentence = np.cumsum(sentence)
    bones = _BONES[classes]
    kept = bones > 0
    bones, owners = bones[kept], sentence[kept]
    # A noun and what hangs on it are one.
    again = (bones[1:] == NOUN) & (bones[:-1] == NOUN) & (owners[1:] == owners[:-1])
    first = np.concatenate(([True], ~again))
    of_classes, class_owners = _grams(classes, sentence, 5, 1009)
    of_bones, bone_owners = _grams(bones[first], owners[first], 6, 2003)
    return np.concatenate((of_classes, of_bones)), np.concatenate((class_owners, bone_owners))


def _grams(signs: Ints, owners: Ints, longest: int, salt: int) -> tuple[Ints, Ints]:
    places: list[Ints] = []
    whose: list[Ints] = []
    mixed = np.zeros(len(signs), dtype=np.uint64)
    with np.errstate(over="ignore"):
        for length in range(1, min(longest, len(signs)) + 1):
            mixed = mixed[: len(signs) - length + 1] * np.uint64(salt)
            mixed = mixed + signs[length - 1 :].astype(np.uint64) + np.uint64(1)
            whole = owners[: len(mixed)] == owners[length - 1 :]
            hashed = (mixed + np.uint64(length * salt)) * _A >> np.uint64(64 - FRAME_BITS)
            places.append(hashed[whole].astype(np.int64))
            whose.append(owners[: len(mixed)][whole])
    return np.concatenate(places), np.concatenate(whose)


_BONES = np.array(BONES, dtype=np.int64)
