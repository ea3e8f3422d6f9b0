"""Comments read as rows of stretches of letters, cut into sentences."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from zlib import crc32

import numpy as np
import numpy.typing as npt

from broadsheet.press.screening import clauses, features, letters, marking, threats, words
from broadsheet.press.screening.clauses import CODES_OF_ONE
from broadsheet.press.screening.features import Floats, Ints
from broadsheet.press.screening.model import Model

# Stretches that are kept read: those of some 20,000 comments.
KEPT = 65_536
COUNTS = ("words", "you", "caps", "abuse", "foreign", "undone")
_NONE = [-1] * CODES_OF_ONE
_CHUNK = re.compile(r"\S+")


@dataclass(slots=True)
class Read:
    """One comment.

    :param rows: of its stretches, places in the tables of :class:`Reader`
    :param starts: the first stretch of each sentence
    """

    letters: letters.Letters
    rows: list[int] = field(default_factory=list)
    starts: list[int] = field(default_factory=list)


@dataclass(slots=True)
class _New:
    """Stretches that were read and not yet measured; one element to each, save for the hashes.

    :param many: how many hashes each has
    :param groups: whether each is the name of a group
    :param ends: hashes of the first and the last word of each
    :param counts: of ``COUNTS``, and how many words it has for the language
    """

    hashes: list[int] = field(default_factory=list)
    many: list[int] = field(default_factory=list)
    tongue_hashes: list[int] = field(default_factory=list)
    tongue_shares: list[float] = field(default_factory=list)
    tongue_many: list[int] = field(default_factory=list)
    groups: list[bool] = field(default_factory=list)
    ends: list[tuple[int, int]] = field(default_factory=list)
    codes: list[list[int]] = field(default_factory=list)
    counts: list[tuple[float, ...]] = field(default_factory=list)


class Reader:
    """Reads comments, and keeps what it measured of every stretch it met. Not for many threads."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self.vocabulary = model.vocabulary
        heads = model.words.shape[1]
        self.scales = np.asarray(model.facts["scales"], dtype=np.float32)
        self.tongue_scale = float(model.facts["tongue"]["scale"])
        self.score: Floats = np.zeros((KEPT, heads), dtype=np.float32)
        self.square: Floats = np.zeros(KEPT, dtype=np.float32)
        # How strongly each stands for abuse by itself, before anything is marked. The name of a
        # group stands for none.
        self.strength: Floats = np.zeros(KEPT, dtype=np.float32)
        # Whether each is a word that threats need.
        self.violent: npt.NDArray[np.bool_] = np.zeros(KEPT, dtype=np.bool_)
        self._marking = model.facts["marking"]
        self._groups = frozenset(self._marking["groups"])
        self.tongue: Floats = np.zeros(KEPT, dtype=np.float32)
        self.tongue_count: Floats = np.zeros(KEPT, dtype=np.float32)
        self.first: npt.NDArray[np.uint64] = np.zeros(KEPT, dtype=np.uint64)
        self.last: npt.NDArray[np.uint64] = np.zeros(KEPT, dtype=np.uint64)
        # Of words and marks, their codes for the net.
        self.codes: Ints = np.full((KEPT, CODES_OF_ONE), -1, dtype=np.int64)
        self.counts: Floats = np.zeros((KEPT, len(COUNTS)), dtype=np.float32)
        # The stretches that were met last, with hashes of their words and letters.
        self.fresh: dict[str, tuple[words.Chunk, list[int]]] = {}
        self.ends: list[int] = []
        self.begins: list[bool] = []
        self.said: list[bool] = []
        self.known: dict[str, int] = {}
        self._new = _New()
        self._forget()

    def _forget(self) -> None:
        self._new = _New()
        self.known.clear()
        self.ends[:] = [0]
        self.begins[:] = [True]
        self.said[:] = [False]
        # Row 0 is a stretch that says nothing: masked words.
        self.first[0] = self.last[0] = features.START
        self.strength[0] = marking.NOTHING

    def make_room(self, texts: Sequence[letters.Letters]) -> None:
        """Forget what was read where these texts might not fit beside it."""
        self.fresh.clear()
        stretches = sum(len(one.text.split()) for one in texts)
        if len(self.ends) + stretches >= KEPT:
            self._forget()

    def read(self, seen: letters.Letters) -> Read:
        """Read one comment; room must have been made for it, and :meth:`settle` comes after."""
        found = Read(seen)
        known = self.known
        for line in seen.text.split("\n"):
            stretches = line.split()
            if stretches:
                rows = [known.get(one, -1) for one in stretches]
                if -1 in rows:
                    rows = [
                        self._add(one) if row < 0 else row
                        for one, row in zip(stretches, rows, strict=True)
                    ]
                self._cut(found, rows)
        if not found.rows:
            found.rows, found.starts = [0], [0]
        return found

    def _cut(self, found: Read, rows: list[int]) -> None:
        first = len(found.rows)
        found.starts.append(first)
        begun, ends = 0, self.ends
        for at, row in enumerate(rows[:-1], 1):
            ended = ends[row] and (ends[row] == 2 or self.begins[rows[at]])
            # The number of a line, or a mark, is no sentence before another.
            if ended and (at - begun > 1 or self.said[row]):
                found.starts.append(first + at)
                begun = at
        found.rows.extend(rows)

    def places(self, seen: letters.Letters) -> list[tuple[int, int]]:
        """Return where each stretch of a comment stands in its letters."""
        return [one.span() for one in _CHUNK.finditer(seen.text)]

    def _add(self, stretch: str) -> int:
        row = self.known.get(stretch)
        if row is not None:
            return row
        chunk = words.read(stretch, self.vocabulary)
        row = len(self.ends)
        self.known[stretch] = row
        self.ends.append(chunk.ends)
        self.begins.append(chunk.begins)
        self.said.append(bool(chunk.raw))
        new = self._new
        hashes = features.word_hashes(chunk)
        self.fresh[stretch] = chunk, hashes
        new.hashes += hashes
        new.many.append(len(hashes))
        hashes, shares, many = features.tongue_hashes(chunk.raw, name=chunk.name)
        new.tongue_hashes += hashes
        new.tongue_shares += shares
        new.tongue_many.append(len(hashes))
        said = [one for one in chunk.words if one[0].isalpha() or one[0] == "<"] or chunk.words
        new.ends.append(
            (crc32(said[0].encode()), crc32(said[-1].encode()))
            if said
            else (features.START, features.START)
        )
        self.violent[row] = not threats.WORDS.isdisjoint((*chunk.words, *chunk.raw))
        new.groups.append(len(said) == 1 and said[0] in self._groups)
        codes = clauses.codes(chunk, self.vocabulary.places)
        new.codes.append(codes + _NONE[len(codes) :])
        abuse = self.vocabulary.abuse
        new.counts.append(
            (
                sum(one[0].isalpha() for one in chunk.words),
                chunk.you > 0,
                chunk.caps,
                max((abuse.get(one, 0.0) for one in chunk.words), default=0.0),
                sum(one[0] > "\u024f" for one in chunk.raw),
                chunk.undone,
                many,
            )
        )
        return row

    def settle(self) -> None:
        """Measure the stretches that were met since: at once, for each alone costs more."""
        new, self._new = self._new, _New()
        if not new.many:
            return
        rows = slice(len(self.ends) - len(new.many), len(self.ends))
        places = features.placed(new.hashes, features.WORD_BITS)
        rarity = self.model.rarity[places] * np.float32(1 / 16)
        weights = self.model.words[places] * self.scales * rarity[:, None]
        self.score[rows] = _sums(weights, new.many)
        self.square[rows] = _sums(rarity * rarity, new.many)
        own = self.model.marking["weights"][features.placed(new.hashes, marking.BITS)]
        self.strength[rows] = _sums(own, new.many) * (self._marking["scale"] * marking.SHARE)
        self.strength[rows] += self._marking["bias"]
        self.strength[rows][new.groups] = marking.NOTHING
        places = features.placed(new.tongue_hashes, features.TONGUE_BITS)
        tongue = self.model.tongue[places] * np.array(new.tongue_shares, dtype=np.float32)
        self.tongue[rows] = _sums(tongue, new.tongue_many) * self.tongue_scale
        ends = np.array(new.ends, dtype=np.uint64)
        self.first[rows], self.last[rows] = ends[:, 0], ends[:, 1]
        self.codes[rows] = new.codes
        counts = np.array(new.counts, dtype=np.float32)
        self.counts[rows], self.tongue_count[rows] = counts[:, :-1], counts[:, -1]


def _sums(values: npt.NDArray[Any], many: Sequence[int]) -> Floats:
    """Return sums of so many values each; 0 of none."""
    counts = np.array(many)
    there = counts > 0
    found = np.zeros((len(counts), *values.shape[1:]), dtype=np.float32)
    if there.any():
        begins = np.cumsum(counts) - counts
        found[there] = np.add.reduceat(values, begins[there], dtype=np.float32)
    return found
