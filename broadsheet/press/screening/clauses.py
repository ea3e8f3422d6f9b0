"""A small net that finds what makes a sentence: a subject with its verb, or an order.

Each word or mark is a few numbers (of its class, its last letters, and of the word itself, which
are learnt from the company it keeps); filters look at some neighbours together; of each filter the
most and the mean over a sentence count. It is a net of one layer, so that a thousand comments are
some products of matrices.
"""

from collections.abc import Mapping
from typing import Any
from zlib import crc32

import numpy as np
import numpy.typing as npt

from broadsheet.press.screening.vocabulary import CLASSES

type Ints = npt.NDArray[np.int64]
type Floats = npt.NDArray[np.float32]

REACH = 2  # neighbours that are looked at, on either side
ENDINGS = 2048  # places for the last letters of words
PAD = len(CLASSES)  # the class of what is beside a sentence
MEAN = 4  # what the mean of a filter is divided by
TABLES = ("classes", "endings", "words", "filters")
_WORD, _ENDING = 10, 24  # bits of a code before the word, and before the ending
_CLASS = (1 << _WORD) - 1


def code(class_: int, form: str, places: Mapping[str, int]) -> int:
    """Return a word or mark as one number: its class, its place among the words, its ending."""
    if not form[:1].isalpha():
        return class_
    ending = 1 + crc32(form[-3:].encode()) % (ENDINGS - 1) if len(form) > 3 else 0
    return class_ | places.get(form, 1) << _WORD | ending << _ENDING


def classes_of(codes: Ints) -> Ints:
    """Return the classes in codes."""
    return codes & _CLASS


def apart(codes: Ints) -> tuple[Ints, Ints, Ints]:
    """Return the classes, the words and the endings in codes."""
    return codes & _CLASS, codes >> _WORD & ((1 << (_ENDING - _WORD)) - 1), codes >> _ENDING


class Clauses:
    """:param kept: tables as a model keeps them; ``biases`` of the filters, ``heads`` over them
    :param scales: of each of ``TABLES``; and the bias of the whole
    """

    def __init__(self, kept: Mapping[str, npt.NDArray[Any]], scales: Mapping[str, float]) -> None:
        self._classes, self._endings, self._words, filters = (
            kept[name].astype(np.float32) * np.float32(scales[name]) for name in TABLES
        )
        self._filters = filters.reshape(2 * REACH + 1, -1, filters.shape[1])
        self._biases = kept["biases"].astype(np.float32)
        heads = kept["heads"].astype(np.float32)
        self._most, self._mean = heads[: len(self._biases)], heads[len(self._biases) :]
        self._bias = np.float32(scales["bias"])

    def scores(self, codes: Ints, starts: Ints) -> Floats:
        """Return the logarithm of the odds that each is a sentence.

        :param codes: of all sentences, each with its ``<start>`` and ``<end>``
        :param starts: where each sentence begins
        """
        lengths = np.diff(starts, append=len(codes))
        owners = np.repeat(np.arange(len(starts)), lengths)
        at = np.arange(len(codes)) + REACH * (owners + 1)
        spread = np.full(len(codes) + REACH * (len(starts) + 1), PAD, dtype=np.int64)
        spread[at] = codes
        seen = self._vectors(spread)
        reach = len(spread) - 2 * REACH
        found: Floats = seen[:reach] @ self._filters[0]
        for offset in range(1, 2 * REACH + 1):
            found += seen[offset : offset + reach] @ self._filters[offset]
        found += self._biases
        np.maximum(found, 0, out=found)
        # What stands between sentences belongs to none.
        found[spread[REACH:-REACH] == PAD] = 0
        begins = at[starts] - REACH
        roots = (np.sqrt(lengths) * MEAN).astype(np.float32)
        most = np.maximum.reduceat(found, begins) @ self._most
        mean = np.add.reduceat(found @ self._mean, begins)
        return (most + mean / roots + self._bias).astype(np.float32)

    def _vectors(self, codes: Ints) -> Floats:
        classes, words, endings = apart(codes)
        wide = self._classes.shape[1]
        seen = np.empty((len(codes), wide + self._words.shape[1]), dtype=np.float32)
        seen[:, :wide] = self._classes[classes]
        seen[:, :wide] += self._endings[endings]
        seen[:, wide:] = self._words[words]
        return seen
