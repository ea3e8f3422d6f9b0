"""Which words of a comment are held against it: each word in its company, then the comment as one.

First every word gets a strength: weights of itself and its letters, and of what stands beside it.
A small net looks at that strength together with those of the other words, for people mark what is
worst in a comment, whatever the rest. A second net says how well the strongest word alone would
agree with people's marks, the strongest two, and so on, and no word at all; the best of these is
taken.
"""

import re
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
KEPT = 32_768  # words that are kept read
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


# What is kept of each word: that of ``Own``, and its strength by itself.
_KINDS = [
    ("word", "u8"), ("classes", "u8"), ("caps", "f4"), ("group", "?"), ("alone", "f4"),
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Own:
    """A word by itself.

    :param hashes: of the word and its letters, and the word with the marks around it
    :param word: a hash of what it says, marks and all, and ``bare`` without the marks
    :param classes: its first two classes, as one number
    """

    hashes: Sequence[int]
    word: int
    bare: int
    classes: int
    caps: int


class Lines:
    """The words of some comments, one comment after the other; one element to each word.

    :param own: what is known of each, as :meth:`Marker.of` has it
    :param lengths: in letters, without the marks around it; 0 where there are but marks
    :param sentences: the number of its sentence; numbers rise within a comment
    :param begins: where each comment begins; each has a word

    ``owners`` are the numbers of the words' comments, ``numbers`` their own in it; ``sentences``
    are numbered through, and ``starts`` is where each begins.
    """

    __slots__ = (
        "alone", "begins", "caps", "classes", "groups", "lengths", "many", "numbers", "owners",
        "sentences", "sizes", "starts", "word",
    )  # fmt: skip

    def __init__(self, own: npt.NDArray[Any], lengths: Ints, sentences: Ints, begins: Ints) -> None:
        self.word: Hashes = np.ascontiguousarray(own["word"])
        self.classes: Hashes = np.ascontiguousarray(own["classes"])
        self.caps: Floats = own["caps"]
        self.alone: Floats = own["alone"]
        self.groups: npt.NDArray[np.bool_] = own["group"]
        self.lengths = lengths
        self.begins = begins
        self.many = many = len(own)
        self.sizes = sizes = _distances(begins, many)
        self.owners = np.arange(len(begins)).repeat(sizes)
        self.numbers = np.arange(many) - begins[self.owners]
        new = np.empty(many, dtype=bool)
        np.not_equal(sentences[1:], sentences[:-1], out=new[1:])
        new[begins] = True
        (self.starts,) = new.nonzero()
        self.sentences = new.cumsum() - 1


def _distances(begins: Ints, end: int) -> Ints:
    """Return how many there are from each to the next, and from the last to the end."""
    found = np.empty_like(begins)
    np.subtract(begins[1:], begins[:-1], out=found[:-1])
    found[-1] = end - begins[-1]
    return found


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
        [*hashes, crc32(f"s{said}".encode())],
        crc32(said.encode()),
        crc32(bare.encode()),
        1 + first * 512 + second,
        chunk.caps,
    )


def beside(lines: Lines) -> Ints:
    """Return places for what stands beside each word, one row to each."""
    many = lines.many
    sizes = lines.sizes[lines.owners]
    word = np.ones(many + 4, dtype=np.uint64)
    classes = np.ones(many + 4, dtype=np.uint64)
    sentences = np.full(many + 4, -1)
    word[2:-2], classes[2:-2], sentences[2:-2] = lines.word, lines.classes, lines.sentences

    def near(table: Hashes, offset: int) -> Hashes:
        there = slice(2 + offset, many + 2 + offset)
        return np.where(sentences[there] == lines.sentences, table[there], np.uint64(1))

    said, class_ = lines.word, lines.classes
    before, after = near(word, -1), near(word, 1)
    before_that, after_that = near(word, -2), near(word, 2)
    class_before, class_after = near(classes, -1), near(classes, 1)
    number = lines.numbers
    one = (
        before, after, before_that, after_that, class_,
        number.clip(max=5), (sizes - 1 - number).clip(max=3),
        (np.log2(sizes + 1) * 2).astype(np.uint64), lines.caps,
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


def company(strengths: Floats, lines: Lines) -> Floats:
    """Return what the first net looks at: each word's strength beside the others', row by row."""
    many, begins, sizes, owners = lines.many, lines.begins, lines.sizes, lines.owners
    sentences, starts = lines.sentences, lines.starts
    order = np.lexsort((-strengths, owners))
    rank = np.empty(many, dtype=np.int64)
    rank[order] = lines.numbers
    ordered = strengths[order]
    top = [
        np.where(sizes > at, ordered[np.minimum(begins + at, many - 1)], NOTHING)[owners]
        for at in range(3)
    ]
    first = rank == 0
    likely = _likely(strengths)
    padded = np.full(many + 6, NOTHING)
    padded[3:-3] = strengths
    whose = np.full(many + 6, -1)
    whose[3:-3] = owners

    def near(offset: int) -> npt.NDArray[Any]:
        there = slice(3 + offset, many + 3 + offset)
        return np.where(whose[there] == owners, padded[there], NOTHING)

    best = np.maximum.reduceat(strengths, starts)[sentences]
    is_best = strengths == best
    second = np.maximum.reduceat(np.where(is_best, NOTHING, strengths), starts)[sentences]
    both = np.add.reduceat(
        (likely, lines.caps, strengths > -2, strengths > -1), begins, axis=1, dtype=np.float32
    )
    # Logarithms of what is the same of all words of a comment, or a sentence.
    of_comments = np.log1p((both[2], both[3], sizes, _sentences(lines)))[:, owners]
    both = both[:, owners]
    columns = (
        strengths, np.log1p(rank), first, rank == 1, strengths - top[0],
        strengths - np.where(first, top[1], top[0]), *top,
        both[0], both[0] - likely, of_comments[0], of_comments[1],
        *(near(offset) for offset in _NEAR),
        np.where(is_best, second, best),
        lines.lengths.clip(max=20) / 5, _times(lines), lines.caps,
        both[1] / sizes[owners], of_comments[2], of_comments[3],
        lines.numbers / sizes[owners], np.log1p(np.arange(many) - starts[sentences]),
        np.log1p(_distances(starts, many))[sentences],
    )  # fmt: skip
    found = np.empty((len(columns), many), dtype=np.float32)
    for row, one in zip(found, columns, strict=True):
        row[:] = one
    return found.T


def _times(lines: Lines) -> npt.NDArray[np.float64]:
    """Return how many times each word is said in its comment, as a logarithm."""
    said = (lines.owners.astype(np.uint64) << np.uint64(32)) | lines.word
    order = said.argsort()
    ordered = said[order]
    new = np.ones(lines.many, dtype=bool)
    np.not_equal(ordered[1:], ordered[:-1], out=new[1:])
    times = _distances(new.nonzero()[0], lines.many)
    found = np.empty(lines.many)
    found[order] = np.log(times)[new.cumsum() - 1]
    return found


def _sentences(lines: Lines) -> Ints:
    """Return how many sentences each comment has."""
    return _distances(lines.sentences[lines.begins], len(lines.starts))


def strongest(likely: Floats, lines: Lines) -> tuple[Ints, npt.NDArray[np.bool_]]:
    """Return the words of each comment that may be marked, the likeliest first, and whether it has
    so many; ``MOST`` columns.
    """
    order = np.lexsort((-likely, lines.owners))
    columns = np.arange(MOST)
    there = np.minimum(lines.begins[:, None] + columns, lines.many - 1)
    return order[there], columns < lines.sizes[:, None]


def outlook(strengths: Floats, likely: Floats, lines: Lines) -> Floats:
    """Return what the second net looks at, one row to each comment."""
    words, has = strongest(likely, lines)
    there = likely[words].clip(1e-4, 1 - 1e-4)
    apart = np.abs(words[:, :, None] - words[:, None, :])
    beside_one = ((apart == 1) & _EARLIER & has[:, None, :]).any(axis=2)
    found = np.stack(
        (
            there, np.log(there / (1 - there)) / 3, strengths[words] / 3, lines.lengths[words] / 8,
            beside_one,
        ),
        axis=1,
    )  # fmt: skip
    found = np.where(has[:, None, :], found, _NO_WORD[:, None])
    summed = np.add.reduceat(
        (likely, np.log1p(-likely.clip(max=0.99)), lines.caps), lines.begins, axis=1
    )
    whole = summed[0], summed[1], np.log(lines.sizes), _sentences(lines), summed[2] / lines.sizes
    return np.column_stack((found.reshape(len(words), -1), *whole)).astype(np.float32)


# Where there is no such word; the second of two words, and the first.
_NO_WORD = np.array([0, NOTHING / 3, NOTHING / 3, 0, 0])
_EARLIER = np.tril(np.ones((MOST, MOST), dtype=bool), -1)


class Marker:
    """Marks words by the tables of a model.

    :param tables: those of ``TABLES``
    :param facts: scale and bias of the weights; biases of the two nets' ends; names of groups;
        "from", how strong a word that names none must be by itself for a comment to be looked at;
        and "beside", how strong one beside such a name for both to be marked
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
        self._beside = float(facts["beside"])
        self._vocabulary = known
        self._known: dict[str, int] = {}
        self._own = np.zeros(0, dtype=_KINDS)

    def read(
        self, said: Sequence[str], fresh: Mapping[str, tuple[words.Chunk, Sequence[int]]]
    ) -> npt.NDArray[Any]:
        """Return what is known of words.

        :param fresh: those that were read before, as they were
        """
        if len(self._known) + len(said) > len(self._own):
            self._known.clear()
            if max(len(said), KEPT) > len(self._own):
                self._own = np.zeros(max(len(said), KEPT), dtype=_KINDS)
        known = self._known
        new = [one for one in dict.fromkeys(said) if one not in known]
        if new:
            read_now = [own(*(fresh.get(one) or read(one, self._vocabulary))) for one in new]
            first = len(known)
            known.update((one, first + at) for at, one in enumerate(new))
            self._own[first : len(known)] = self.of(read_now)
        found: npt.NDArray[Any] = self._own[[known[one] for one in said]]
        return found

    def of(self, owns: Sequence[Own]) -> npt.NDArray[Any]:
        """Return what is known of words, one row to each; "alone" is how strongly it stands for
        abuse by itself.
        """
        found = np.empty(len(owns), dtype=_KINDS)
        for name in ("word", "classes", "caps"):
            found[name] = [getattr(one, name) for one in owns]
        found["group"] = [one.bare in self._groups for one in owns]
        places = features.placed([one for own in owns for one in own.hashes], BITS)
        there = self._tables["weights"][places]
        begins = np.cumsum([0, *(len(one.hashes) for one in owns[:-1])])
        summed = np.add.reduceat(there, begins, dtype=np.int64)
        found["alone"] = (summed * self._scale + self._bias).astype(np.float32)
        return found

    def strengths(self, lines: Lines) -> Floats:
        """Return how strongly each word stands for abuse by itself and its neighbours."""
        there = self._tables["weights"][beside(lines)].sum(axis=1, dtype=np.int64)
        found: Floats = lines.alone + (there * self._scale).astype(np.float32)
        # What says nothing isn't looked at.
        found[lines.lengths == 0] = NOTHING
        return found

    def likely(self, strengths: Floats, lines: Lines) -> Floats:
        """Return how likely people would mark each word."""
        inner = company(strengths, lines) @ self._tables["one_inner"] + self._tables["one_biases"]
        score = np.maximum(inner, 0) @ self._tables["one_outer"] + self._one
        return np.where(strengths > WEAKEST, _likely(score), 0).astype(np.float32)

    def marks(self, lines: Lines) -> list[dict[int, float]]:
        """Return the words of each comment to mark, by their numbers in it, and how likely people
        would mark each.
        """
        strengths = self.strengths(lines)
        likely = self.likely(strengths, lines)
        seen = outlook(strengths, likely, lines)
        inner = seen @ self._tables["all_inner"] + self._tables["all_biases"]
        agreed = np.maximum(inner, 0) @ self._tables["all_outer"] + self._all
        strong, has = strongest(likely, lines)
        chosen = np.zeros(len(likely), dtype=bool)
        chosen[strong[has & (np.arange(MOST) < agreed.argmax(axis=1)[:, None])]] = True
        chosen &= likely > 0
        self._leave_out_groups(chosen, lines)
        found: list[dict[int, float]] = [{} for _ in lines.begins]
        there = np.flatnonzero(chosen)
        owners, numbers = lines.owners[there].tolist(), lines.numbers[there].tolist()
        for owner, number, one in zip(owners, numbers, likely[there].tolist(), strict=True):
            found[owner][number] = one
        return found

    def _leave_out_groups(self, chosen: npt.NDArray[np.bool_], lines: Lines) -> None:
        """Leave out the name of a group, and the words beside it, where none of those is strong.

        Where people are abused the names of their groups stand often, so that what stands beside
        one looks worse than it is.
        """
        named = chosen & lines.groups
        if not named.any():
            return
        after = np.zeros_like(chosen)
        after[1:] = chosen[:-1] & (lines.owners[1:] == lines.owners[:-1])
        run = (chosen & ~after).cumsum() * chosen  # from 1; 0 is what isn't chosen
        strong = chosen & ~named & (lines.alone >= self._beside)
        left_out = np.zeros(run.max() + 1, dtype=bool)
        left_out[run[named]] = True
        left_out[run[strong]] = False
        left_out[0] = False
        chosen[left_out[run]] = False


def _likely(score: Floats) -> Floats:
    return (1 / (1 + np.exp(-score.clip(-30, 30)))).astype(np.float32)
