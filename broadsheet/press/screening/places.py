"""Texts as places in the tables, for learning: what the detector adds up, before it is added up."""

from collections.abc import Sequence
from dataclasses import dataclass
from zlib import crc32

import numpy as np
import numpy.typing as npt

from broadsheet.press.screening import clauses, features, letters, words
from broadsheet.press.screening.vocabulary import CLASSES, Vocabulary

type Places = npt.NDArray[np.int32]
type Shares = npt.NDArray[np.float32]


@dataclass(slots=True)
class Stretch:
    """One stretch between spaces, and its places in the table of words."""

    text: str
    chunk: words.Chunk
    word_places: Places
    first: int
    last: int


class PlaceReader:
    """Reads texts as :class:`broadsheet.press.screening.reading.Reader` does; keeps what it read."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self.vocabulary = vocabulary
        self._known: dict[str, Stretch] = {}
        self._tongues: dict[str, tuple[Places, Shares, float]] = {}

    def stretch(self, text: str) -> Stretch:
        """Read what stands between two spaces."""
        found = self._known.get(text)
        if found is None:
            chunk = words.read(text, self.vocabulary)
            said = [one for one in chunk.words if one[0].isalpha() or one[0] == "<"] or chunk.words
            found = self._known[text] = Stretch(
                text,
                chunk,
                features.placed(features.word_hashes(chunk), features.WORD_BITS).astype(np.int32),
                crc32(said[0].encode()) if said else features.START,
                crc32(said[-1].encode()) if said else features.START,
            )
        return found

    def sentences(self, text: str) -> list[list[Stretch]]:
        """Cut a text into sentences."""
        found: list[list[Stretch]] = []
        for line in letters.read(text).text.split("\n"):
            there = [self.stretch(one) for one in line.split()]
            current: list[Stretch] = []
            for at, one in enumerate(there):
                current.append(one)
                after = there[at + 1 : at + 2]
                ends = one.chunk.ends
                ended = after and ends and (ends == 2 or after[0].chunk.begins)
                # The number of a line, or a mark, is no sentence before another.
                if ended and (len(current) > 1 or one.chunk.raw):
                    found.append(current)
                    current = []
            if current:
                found.append(current)
        return found

    def of_stretches(self, text: str) -> list[Places]:
        """Return places in the table of words, pairs and letters, stretch by stretch."""
        found: list[Places] = []
        for sentence in self.sentences(text):
            first = np.array([one.first for one in sentence], dtype=np.uint64)
            last = np.array([one.last for one in sentence], dtype=np.uint64)
            before = np.concatenate((np.array([features.START], dtype=np.uint64), last[:-1]))
            pairs = features.pair(before, first, 1).astype(np.int32)
            there = [[one.word_places, pairs[at : at + 1]] for at, one in enumerate(sentence)]
            you = np.flatnonzero([one.chunk.you for one in sentence])
            for reach in range(1, features.REACH + 1) if len(you) else ():
                near = you[you + reach < len(sentence)] + reach
                called = np.full(len(near), features.YOU, dtype=np.uint64)
                said = features.pair(called, last[near], 2).astype(np.int32)
                for at, place in zip(near.tolist(), said, strict=True):
                    there[at].append(np.array([place], dtype=np.int32))
            found.extend(np.concatenate(one) for one in there)
        return found

    def of_words(self, text: str) -> Places:
        """Return places in the table of words, pairs and letters."""
        found = self.of_stretches(text)
        return np.concatenate(found) if found else np.zeros(0, np.int32)

    def of_tongue(self, text: str) -> tuple[Places, Shares]:
        """Return places in the table of letters that tell the language, and what each counts."""
        found = [self._tongue(one) for one in letters.read(text).text.split()]
        found = [one for one in found if one[2]]
        if not found:
            return np.zeros(0, np.int32), np.zeros(0, np.float32)
        many = sum(one[2] for one in found)
        places = np.concatenate([one[0] for one in found])
        shares = np.concatenate([one[1] for one in found]) / np.sqrt(max(many, 0.1))
        return places, shares.astype(np.float32)

    def _tongue(self, text: str) -> tuple[Places, Shares, float]:
        found = self._tongues.get(text)
        if found is None:
            written, name = words.raw(text, self.vocabulary)
            hashes, shares, many = features.tongue_hashes(written, name=name)
            found = self._tongues[text] = (
                features.placed(hashes, features.TONGUE_BITS).astype(np.int32),
                np.array(shares, dtype=np.float32),
                many,
            )
        return found

    def codes(self, sentence: Sequence[Stretch]) -> npt.NDArray[np.int64]:
        """Return the words and marks of one sentence as the net for sentences takes them."""
        found = [CLASSES["<start>"]]
        for one in sentence:
            found.extend(clauses.codes(one.chunk, self.vocabulary.places))
        found.append(CLASSES["<end>"])
        return np.array(found, dtype=np.int64)
