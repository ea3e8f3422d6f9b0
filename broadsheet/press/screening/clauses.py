"""A small net that finds what makes a sentence: a subject with its verb, or an order.

Each word or mark is a few numbers (of its class, its capitals, its last letters, and of the word
itself, which are learnt from the company it keeps). A first layer of filters looks at each with its
neighbours; each layer above looks at what was found further apart, so that the verb of a clause
that hangs on a noun is told from the verb of the sentence. Of each filter of the first and the last
layer, the most and the mean over a sentence count. It is products of matrices for a thousand
comments at once.
"""

from collections.abc import Mapping
from itertools import pairwise
from typing import Any
from zlib import crc32

import numpy as np
import numpy.typing as npt

from broadsheet.press.screening.vocabulary import CLASSES
from broadsheet.press.screening.words import Chunk

type Ints = npt.NDArray[np.int64]
type Floats = npt.NDArray[np.float32]

REACH = 2  # neighbours that the first layer looks at, on either side
STEPS = (1, 2, 4)  # how far before and after a place each layer above looks
GAP = max(REACH, *STEPS)  # between two sentences, so that neither sees the other
ENDINGS = 2048  # places for the last letters of words
CASES = 3  # small letters, a capital first, capitals
CODES_OF_ONE = 6  # a stretch between two spaces has at most so many words and marks
PAD = len(CLASSES)  # the class of what is beside a sentence
MEAN = 4  # what the mean of a filter is divided by
# Words and marks that go through the layers in one go, so that what is between fits a cache.
TOGETHER = 1_500
TABLES = ("classes", "cases", "endings", "words", "filters", *(f"above{one}" for one in STEPS))
_WORD, _ENDING, _CASE = 10, 24, 36  # bits of a code before the word, the ending, the capitals
_CLASS = (1 << _WORD) - 1


def code(class_: int, form: str, case: int, places: Mapping[str, int]) -> int:
    """Return a word or mark as one number: its class, place among the words, ending, capitals."""
    if not form[:1].isalpha():
        return class_
    ending = 1 + crc32(form[-3:].encode()) % (ENDINGS - 1) if len(form) > 3 else 0
    return class_ | places.get(form, 1) << _WORD | ending << _ENDING | case << _CASE


def apart(codes: Ints) -> tuple[Ints, Ints, Ints, Ints]:
    """Return the classes, the words, the endings and the capitals in codes."""
    return (
        codes & _CLASS,
        codes >> _WORD & ((1 << (_ENDING - _WORD)) - 1),
        codes >> _ENDING & ((1 << (_CASE - _ENDING)) - 1),
        codes >> _CASE,
    )


def codes(chunk: Chunk, places: Mapping[str, int]) -> list[int]:
    """Return the words and marks of a stretch between two spaces, as far as they count."""
    forms = zip(chunk.classes, chunk.forms, strict=True)
    return [code(class_, form, chunk.case, places) for class_, form in forms][:CODES_OF_ONE]


class Clauses:
    """:param kept: tables as a model keeps them; ``biases`` of the layers, ``heads`` over filters
    :param scales: of each of ``TABLES``; and the bias of the whole
    """

    def __init__(self, kept: Mapping[str, npt.NDArray[Any]], scales: Mapping[str, float]) -> None:
        tables = {name: kept[name].astype(np.float32) * np.float32(scales[name]) for name in TABLES}
        self._classes, self._cases = tables["classes"], tables["cases"]
        self._endings, self._words = tables["endings"], tables["words"]
        self._biases = kept["biases"].astype(np.float32)
        wide = self._biases.shape[1]
        self._filters = tables["filters"].reshape(2 * REACH + 1, -1, wide)
        self._above = [tables[f"above{one}"].reshape(3, wide, wide) for one in STEPS]
        # Of the last layer and of the first: for the most, and for the mean.
        self._heads = kept["heads"].astype(np.float32).reshape(2, 2, wide)
        self._bias = np.float32(scales["bias"])

    def scores(self, all_codes: Ints, starts: Ints) -> Floats:
        """Return the logarithm of the odds that each is a sentence.

        :param all_codes: of all sentences, each with its ``<start>`` and ``<end>``
        :param starts: where each sentence begins
        """
        ends = np.append(starts[1:], len(all_codes))
        cuts = [0, *(np.flatnonzero(np.diff(starts // TOGETHER)) + 1).tolist(), len(starts)]
        found = [
            self._some(
                all_codes[starts[first] : ends[last - 1]],
                starts[first:last] - starts[first],
                (ends - starts)[first:last],
            )
            for first, last in pairwise(cuts)
        ]
        return np.concatenate(found)

    def _some(self, said: Ints, starts: Ints, lengths: Ints) -> Floats:
        owners = np.repeat(np.arange(len(starts)), lengths)
        at = np.arange(len(said)) + GAP * (owners + 1)
        spread = np.full(len(said) + GAP * (len(starts) + 1), PAD, dtype=np.int64)
        spread[at] = said
        beside = spread == PAD
        layer = self._first(self._vectors(spread))
        # What stands between sentences belongs to none.
        layer[beside] = 0
        begins = at[starts]
        roots = (np.sqrt(lengths) * MEAN).astype(np.float32)
        score = self._pooled(layer, begins, roots, self._heads[1])
        for step, filters, biases in zip(STEPS, self._above, self._biases[1:], strict=True):
            there = len(layer) - 2 * step
            found = layer[:there] @ filters[0]
            found += layer[step : step + there] @ filters[1]
            found += layer[2 * step :] @ filters[2]
            found += biases
            np.maximum(found, 0, out=found)
            layer[step : step + there] += found
            layer[beside] = 0
        score += self._pooled(layer, begins, roots, self._heads[0])
        score += self._bias
        return score

    def _first(self, seen: Floats) -> Floats:
        there = len(seen) - 2 * REACH
        layer = np.zeros((len(seen), self._biases.shape[1]), dtype=np.float32)
        inner = layer[REACH : REACH + there]
        for offset, filters in enumerate(self._filters):
            inner += seen[offset : offset + there] @ filters
        inner += self._biases[0]
        return np.maximum(layer, 0, out=layer)

    def _pooled(self, layer: Floats, begins: Ints, roots: Floats, heads: Floats) -> Floats:
        most = np.maximum.reduceat(layer, begins) @ heads[0]
        found: Floats = most + np.add.reduceat(layer @ heads[1], begins) / roots
        return found

    def _vectors(self, said: Ints) -> Floats:
        classes, words, endings, cases = apart(said)
        wide = self._classes.shape[1]
        seen = np.empty((len(said), wide + self._words.shape[1]), dtype=np.float32)
        seen[:, :wide] = self._classes[classes]
        seen[:, :wide] += self._endings[endings]
        seen[:, :wide] += self._cases[cases]
        seen[:, wide:] = self._words[words]
        return seen
