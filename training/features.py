"""Texts as sparse rows over the tables of the detector, by the detector's own reading."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from zlib import crc32

import numpy as np
from scipy.sparse import csr_matrix, diags

from broadsheet.press.screening import features, letters, words
from broadsheet.press.screening.reading import CLASSES_OF_ONE
from broadsheet.press.screening.vocabulary import CLASSES, Vocabulary


@dataclass(slots=True)
class Stretch:
    """One stretch between spaces, and its places in the tables."""

    chunk: words.Chunk
    word_places: np.ndarray
    first: int
    last: int


class Features:
    """Reads texts; what was read once is kept."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self.vocabulary = vocabulary
        self._known: dict[str, Stretch] = {}
        self._tongues: dict[str, tuple[np.ndarray, np.ndarray, float]] = {}

    def _stretch(self, text: str) -> Stretch:
        found = self._known.get(text)
        if found is None:
            chunk = words.read(text, self.vocabulary)
            said = [one for one in chunk.words if one[0].isalpha() or one[0] == "<"] or chunk.words
            found = self._known[text] = Stretch(
                chunk,
                np.array(features.word_places(chunk), dtype=np.int32),
                crc32(said[0].encode()) if said else features.START,
                crc32(said[-1].encode()) if said else features.START,
            )
        return found

    def sentences(self, text: str) -> list[list[Stretch]]:
        """Cut a text as :class:`broadsheet.press.screening.reading.Reader` does."""
        found: list[list[Stretch]] = []
        for line in letters.read(text).text.split("\n"):
            there = [self._stretch(one) for one in line.split()]
            current: list[Stretch] = []
            for at, one in enumerate(there):
                current.append(one)
                after = there[at + 1 : at + 2]
                if after and one.chunk.ends and (one.chunk.ends == 2 or after[0].chunk.begins):
                    found.append(current)
                    current = []
            if current:
                found.append(current)
        return found

    def of_words(self, text: str) -> np.ndarray:
        """Return places in the table of words, pairs and letters."""
        found: list[np.ndarray] = []
        for sentence in self.sentences(text):
            first = np.array([one.first for one in sentence], dtype=np.uint64)
            last = np.array([one.last for one in sentence], dtype=np.uint64)
            before = np.concatenate((np.array([features.START], dtype=np.uint64), last[:-1]))
            found.extend(one.word_places for one in sentence)
            found.append(features.pair(before, first, 1).astype(np.int32))
            you = np.flatnonzero([one.chunk.you for one in sentence])
            for reach in range(1, features.REACH + 1) if len(you) else ():
                said = last[you[you + reach < len(sentence)] + reach]
                called = np.full(len(said), features.YOU, dtype=np.uint64)
                found.append(features.pair(called, said, 2).astype(np.int32))
        return np.concatenate(found) if found else np.zeros(0, np.int32)

    def _tongue(self, text: str) -> tuple[np.ndarray, np.ndarray, float]:
        found = self._tongues.get(text)
        if found is None:
            written, name = words.raw(text, self.vocabulary)
            places, shares, many = features.tongue_places(written, name=name)
            found = self._tongues[text] = (
                np.array(places, dtype=np.int32),
                np.array(shares, dtype=np.float32),
                many,
            )
        return found

    def of_tongue(self, text: str) -> tuple[np.ndarray, np.ndarray]:
        """Return places in the table of letters that tell the language, and what each counts."""
        found = [self._tongue(one) for one in letters.read(text).text.split()]
        found = [one for one in found if one[2]]
        if not found:
            return np.zeros(0, np.int32), np.zeros(0, np.float32)
        many = sum(one[2] for one in found)
        places = np.concatenate([one[0] for one in found])
        return places, np.concatenate([one[1] for one in found]) / np.sqrt(max(many, 0.1))

    def of_frame(self, sentence: Sequence[Stretch]) -> np.ndarray:
        """Return places in the table of classes for one sentence."""
        classes = [CLASSES["<start>"]]
        for one in sentence:
            classes.extend(one.chunk.classes[:CLASSES_OF_ONE])
        classes.append(CLASSES["<end>"])
        places, _ = features.frame_places(np.array(classes, dtype=np.int64), np.array([0]))
        return places.astype(np.int32)


def weighted(rows: Iterable[tuple[np.ndarray, np.ndarray]], bits: int) -> csr_matrix:
    """Return what places count, one row to each text."""
    places, shares = zip(*rows, strict=True)
    found = table(places, bits, summed=False)
    found.data = np.concatenate(shares).astype(np.float32)
    found.sum_duplicates()
    return found


def table(rows: Iterable[np.ndarray], bits: int, *, summed: bool = True) -> csr_matrix:
    """Return counts of places, one row to each text."""
    rows = list(rows)
    ends = np.zeros(len(rows) + 1, dtype=np.int64)
    np.cumsum([len(one) for one in rows], out=ends[1:])
    places = np.concatenate(rows) if rows else np.zeros(0, np.int32)
    found = csr_matrix(
        (np.ones(len(places), np.float32), places, ends), shape=(len(rows), 1 << bits)
    )
    if summed:
        found.sum_duplicates()
    return found


def by_length(counts: csr_matrix) -> csr_matrix:
    """Divide each row by the root of how many places it has."""
    many = np.asarray(counts.sum(axis=1)).ravel()
    return diags(1 / np.sqrt(np.maximum(many, 1))).dot(counts).tocsr().astype(np.float32)


def by_rarity(counts: csr_matrix, rarity: np.ndarray) -> csr_matrix:
    """Weigh each place by its rarity, and divide each row by its length as the detector does."""
    weighed = counts.copy()
    weighed.data = weighed.data * rarity[weighed.indices].astype(np.float32)
    square = np.asarray(
        csr_matrix((weighed.data * rarity[weighed.indices], weighed.indices, weighed.indptr)).sum(1)
    ).ravel()
    weighed.eliminate_zeros()
    return diags(1 / np.sqrt(np.maximum(square, 1))).dot(weighed).tocsr().astype(np.float32)


def quantised(weights: np.ndarray, *, share: float = 0.9999) -> tuple[np.ndarray, np.ndarray]:
    """Return weights as whole numbers from -127 to 127, column by column, and the scale of each.

    :param share: of the weights, those that are smaller than the largest that is kept
    """
    weights = weights.reshape(len(weights), -1)
    used = np.abs(weights)
    largest = np.array(
        [np.quantile(column[column > 0], share) for column in used.T], dtype=np.float32
    )
    scale = largest / 127
    return np.clip(np.rint(weights / scale), -127, 127).astype(np.int8), scale
