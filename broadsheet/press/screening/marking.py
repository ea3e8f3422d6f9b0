"""Which words of a comment are held against it: each word in its company, then the comment as one.

First every word gets a strength: weights of itself and its letters, and of what stands beside it.
A small net looks at that strength together with those of the other words, for people mark what is
worst in a comment, whatever the rest. A second net says how well the strongest word alone would
agree with people's marks, the strongest two, and so on, and no word at all; the best of these is
taken.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any
from zlib import crc32

import numpy as np
import numpy.typing as npt

from broadsheet.press.screening import features, words
from broadsheet.press.screening.features import Floats, Ints
from broadsheet.press.screening.vocabulary import Vocabulary

BITS = 20  # of the table of words, letters and what stands beside them
SHARE = 0.5  # what each place counts
KEPT = 16_384  # words that are kept read
WEAKEST = -4.5  # the strength under which no word is marked
NOTHING = -9.0  # the strength of what is no word
MOST = 8  # words of a comment that may be marked
TABLES = (
    "weights", "one_inner", "one_biases", "one_outer", "all_inner", "all_biases", "all_outer",
)  # fmt: skip
_HALF = np.uint64(31)
_NEAR = (-3, -2, -1, 1, 2, 3)
# Two words without a space between them: “stupid...as”, “racist/sexist”.
_GLUED = re.compile(r"(?<=\w\w)(?:[.,;:!?/…\"()—]+|-{2,})(?=\w\w)")
_ADDRESS = re.compile(r"https?:|www\.|\S+@", re.IGNORECASE)

type Hashes = npt.NDArray[np.uint64]


@dataclass(frozen=True, slots=True)
class Own:
    """A word by itself.

    :param places: in the table, of the word and its letters
    :param word: a hash of what it says, marks and all, and ``bare`` without the marks
    :param classes: its first two classes, as one number
    """

    places: Ints
    word: int
    bare: int
    classes: int
    caps: int


@dataclass(frozen=True, slots=True)
class Line:
    """The words of one comment; one element to each.

    :param lengths: in letters, without the marks around it; 0 where there are but marks
    :param sentences: the number of its sentence, from 0 and without gaps
    """

    own: Sequence[Own]
    lengths: Ints
    sentences: Ints


def cut(
    text: str, stretches: Sequence[tuple[int, int]]
) -> tuple[Sequence[tuple[int, int]], Sequence[int]]:
    """Return the places of words, and which of the stretches each is in.

    :param stretches: places of what stands between spaces
    """
    if not _GLUED.search(text):
        return stretches, range(len(stretches))
    places: list[tuple[int, int]] = []
    whose: list[int] = []
    for number, (start, end) in enumerate(stretches):
        stretch = text[start:end]
        glued = () if _ADDRESS.match(stretch) else _GLUED.finditer(stretch)
        cuts = [start, *(start + one.end() for one in glued), end]
        places += pairwise(cuts)
        whose += [number] * (len(cuts) - 1)
    return places, whose


def read(word: str, vocabulary: Vocabulary) -> tuple[words.Chunk, Sequence[int]]:
    """Read one word, and return hashes of it and its letters too."""
    chunk = words.read(word, vocabulary)
    return chunk, features.word_hashes(chunk)


def own(chunk: words.Chunk, hashes: Sequence[int]) -> Own:
    """Return one word with the marks around it, as it was read.

    :param hashes: of the word and its letters
    """
    said = " ".join(chunk.words)
    bare = " ".join(one for one in chunk.words if one[0].isalpha())
    first, second = [*chunk.classes, 0, 0][:2]
    return Own(
        features.placed([*hashes, crc32(f"s{said}".encode())], BITS),
        crc32(said.encode()),
        crc32(bare.encode()),
        1 + first * 512 + second,
        chunk.caps,
    )


def beside(line: Line) -> Ints:
    """Return places for what stands beside each word, one row to each."""
    many = len(line.own)
    word = np.ones(many + 4, dtype=np.uint64)
    classes = np.ones(many + 4, dtype=np.uint64)
    sentences = np.full(many + 4, -1)
    word[2:-2] = [one.word for one in line.own]
    classes[2:-2] = [one.classes for one in line.own]
    sentences[2:-2] = line.sentences

    def near(table: Hashes, offset: int) -> Hashes:
        there = slice(2 + offset, many + 2 + offset)
        return np.where(sentences[there] == line.sentences, table[there], np.uint64(1))

    said, class_ = word[2:-2], classes[2:-2]
    before, after = near(word, -1), near(word, 1)
    before_that, after_that = near(word, -2), near(word, 2)
    class_before, class_after = near(classes, -1), near(classes, 1)
    number = np.arange(many)
    one = (
        before, after, before_that, after_that, class_,
        number.clip(max=5), (many - 1 - number).clip(max=3),
        np.full(many, int(np.log2(many + 1) * 2)), [one.caps for one in line.own],
    )  # fmt: skip
    two = (
        (before, said, before_that, after, class_before, class_),
        (said, after, before, after_that, class_, class_after),
    )
    three = (class_before,), (class_,), (class_after,)
    return np.concatenate((_mixed(0, one), _mixed(9, *two), _mixed(15, *three))).T


def _mixed(salt: int, first: Sequence[Any], *others: Sequence[Any]) -> Ints:
    """Return places for one, two or three things together, one row to each kind of them."""
    rows = np.array(first, dtype=np.uint64)
    mixed = features.spread(rows + np.arange(salt, salt + len(rows), dtype=np.uint64)[:, None])
    for one in others:
        mixed = features.spread((mixed ^ (mixed >> _HALF)) + np.array(one, dtype=np.uint64))
    mixed = features.spread(mixed ^ (mixed >> _HALF))
    return (mixed >> np.uint64(64 - BITS)).astype(np.int64)


def company(strengths: Floats, line: Line) -> Floats:
    """Return what the first net looks at: each word's strength beside the others', row by row."""
    many = len(strengths)
    order = np.argsort(-strengths, kind="stable")
    rank = np.empty(many)
    rank[order] = np.arange(many)
    top = np.concatenate((strengths[order[:3]], np.full(3, NOTHING)))[:3]
    rest = np.where(rank == 0, top[1], top[0])
    likely = _likely(strengths)
    padded = np.full(many + 6, NOTHING)
    padded[3:-3] = strengths
    said = Counter(one.word for one in line.own)
    counts = np.array([said[one.word] for one in line.own])
    caps = np.array([one.caps for one in line.own])
    sentences = line.sentences
    begins = np.flatnonzero(np.diff(sentences, prepend=-1))
    best = np.maximum.reduceat(strengths, begins)[sentences]
    others = np.where(strengths == best, NOTHING, strengths)
    second = np.maximum.reduceat(others, begins)[sentences]
    columns = (
        strengths, np.log1p(rank), rank == 0, rank == 1, strengths - top[0], strengths - rest,
        *top,
        likely.sum(), likely.sum() - likely,
        np.log1p((strengths > -2).sum()), np.log1p((strengths > -1).sum()),
        *(padded[3 + offset : 3 + offset + many] for offset in _NEAR),
        np.where(strengths == best, second, best),
        line.lengths.clip(max=20) / 5, np.log(counts), caps, caps.mean(),
        np.log1p(many), np.log1p(len(begins)), np.arange(many) / many,
        np.log1p(np.arange(many) - begins[sentences]),
        np.log1p(np.diff(np.append(begins, many))[sentences]),
    )  # fmt: skip
    found = np.empty((len(columns), many), dtype=np.float32)
    for row, one in zip(found, columns, strict=True):
        row[:] = one  # some are the same of all words
    return found.T


def strongest(likely: Floats) -> Ints:
    """Return which words may be marked, the likeliest first."""
    return np.argsort(-likely, kind="stable")[:MOST]


def outlook(strengths: Floats, likely: Floats, line: Line) -> Floats:
    """Return what the second net looks at."""
    order = strongest(likely)
    there = likely[order].clip(1e-4, 1 - 1e-4)
    beside_one = [bool((np.abs(order[:at] - one) == 1).any()) for at, one in enumerate(order)]
    found = np.zeros((5, MOST))
    found[1:3] = NOTHING / 3
    found[:, : len(order)] = (
        there, np.log(there / (1 - there)) / 3, strengths[order] / 3, line.lengths[order] / 8,
        beside_one,
    )  # fmt: skip
    whole = (
        likely.sum(), np.log1p(-likely.clip(max=0.99)).sum(), np.log(len(likely)),
        line.sentences[-1] + 1, np.mean([one.caps for one in line.own]),
    )  # fmt: skip
    return np.concatenate((found.ravel(), whole)).astype(np.float32)


class Marker:
    """Marks words by the tables of a model.

    :param tables: those of ``TABLES``
    :param facts: scale and bias of the weights; biases of the two nets' ends; names of groups; and
        "from", how strong a word must be by itself for a comment to be looked at
    """

    def __init__(
        self, tables: Mapping[str, npt.NDArray[Any]], facts: Mapping[str, Any], known: Vocabulary
    ) -> None:
        self._tables = tables
        self._scale = np.float32(facts["scale"] * SHARE)
        self._bias = np.float32(facts["bias"])
        self._one = np.float32(facts["one_bias"])
        self._all = np.asarray(facts["all_biases"], dtype=np.float32)
        self._groups = frozenset(crc32(one.encode()) for one in facts["groups"])
        self._vocabulary = known
        self._known: dict[str, Own] = {}

    def line(
        self,
        said: Sequence[str],
        lengths: Ints,
        sentences: Ints,
        fresh: Mapping[str, tuple[words.Chunk, Sequence[int]]],
    ) -> Line:
        """Read the words of one comment.

        :param fresh: those that were read before, as they were
        """
        if len(self._known) + len(said) > KEPT:
            self._known.clear()
        new = [one for one in dict.fromkeys(said) if one not in self._known]
        for one in new:
            self._known[one] = own(*(fresh.get(one) or read(one, self._vocabulary)))
        return Line([self._known[one] for one in said], lengths, sentences)

    def strengths(self, line: Line) -> Floats:
        """Return how strongly each word stands for abuse by itself and its neighbours."""
        there = self._tables["weights"][beside(line)].sum(axis=1, dtype=np.int64)
        found: Floats = self.alone(line) + (there * self._scale).astype(np.float32)
        # What says nothing isn't looked at.
        found[line.lengths == 0] = NOTHING
        return found

    def alone(self, line: Line) -> Floats:
        """Return how strongly each word stands for abuse by itself."""
        own = self._tables["weights"][np.concatenate([one.places for one in line.own])]
        ends = np.cumsum([len(one.places) for one in line.own])
        own = np.add.reduceat(own, np.concatenate(([0], ends[:-1])), dtype=np.int64)
        return (own * self._scale + self._bias).astype(np.float32)

    def likely(self, strengths: Floats, line: Line) -> Floats:
        """Return how likely people would mark each word."""
        inner = company(strengths, line) @ self._tables["one_inner"] + self._tables["one_biases"]
        score = np.maximum(inner, 0) @ self._tables["one_outer"] + self._one
        return np.where(strengths > WEAKEST, _likely(score), 0).astype(np.float32)

    def marks(self, line: Line) -> dict[int, float]:
        """Return the words to mark, by their numbers, and how likely people would mark each."""
        strengths = self.strengths(line)
        likely = self.likely(strengths, line)
        seen = outlook(strengths, likely, line)
        inner = seen @ self._tables["all_inner"] + self._tables["all_biases"]
        agreed = np.maximum(inner, 0) @ self._tables["all_outer"] + self._all
        chosen = sorted(strongest(likely)[: int(agreed.argmax())].tolist())
        found = {one: float(likely[one]) for one in chosen if likely[one] > 0}
        return self._without_groups(found, line)

    def _without_groups(self, found: dict[int, float], line: Line) -> dict[int, float]:
        """Leave out the name of a group where no word beside it is marked."""
        named = {one for one in found if line.own[one].bare in self._groups}
        alone = {one for one in named if not ({one - 1, one + 1} & found.keys()) - named}
        return {one: likely for one, likely in found.items() if one not in alone}


def _likely(score: Floats) -> Floats:
    return (1 / (1 + np.exp(-score.clip(-30, 30)))).astype(np.float32)
