"""The words of a comment that people mark as what makes it toxic."""

import re
import warnings
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.preprocessing import StandardScaler

from broadsheet.press.screening import letters, marking
from broadsheet.press.screening.features import placed
from broadsheet.press.screening.letters import Letters
from broadsheet.press.screening.marking import (
    BITS,
    MOST,
    NOTHING,
    SHARE,
    WEAKEST,
    Lines,
    Marker,
    Own,
)
from broadsheet.press.screening.places import PlaceReader
from broadsheet.press.screening.spans import neighbours, word_within
from broadsheet.press.screening.vocabulary import Vocabulary
from training.abuse import GROUPS
from training.features import quantised, table
from training.sources import Row, read

SOURCE = "train_civil_toxic_spans"
FOLDS = 5
STRENGTH = 0.3  # how freely the weights of words move
# The two nets; of each some are learnt, and their mean is taken.
ONE = {"hidden_layer_sizes": (32,), "alpha": 0.01, "max_iter": 10, "batch_size": 256}
ALL = {"hidden_layer_sizes": (24,), "alpha": 0.3, "max_iter": 40, "batch_size": 64}
RATE = 1e-3
MANY_ONE, MANY_ALL = 4, 3
# Of toxic comments, the part whose strongest word alone is too weak for them to be looked at. So
# is nearly half of the comments on news, and looking at all costs a quarter of what measuring does.
WEAK = 0.02
# The same for a word beside the name of a group: friendly ones are weaker.
WEAK_BESIDE = 0.05
_STRETCH = re.compile(r"\S+")
# Facts that a marker has, before they are known.
_NONE: dict[str, Any] = {"one_bias": 0.0, "all_biases": [], "groups": [], "beside": 0.0}
_NO_WORDS = Vocabulary({}, {}, {}, {}, {})


@dataclass(frozen=True, slots=True)
class Comment:
    """A toxic comment.

    :param own: its words; ``lengths`` and ``sentences`` of them as :class:`Lines` has them
    :param places: of its words in the letters seen
    :param share: of each word's letters, those that people marked, 0 to 1
    :param gold: the letters that they marked, in the text as written
    """

    text: str
    seen: Letters
    own: Sequence[Own]
    lengths: np.ndarray
    sentences: np.ndarray
    places: Sequence[tuple[int, int]]
    share: np.ndarray
    gold: frozenset[int]

    def agreed(self, chosen: Iterable[int]) -> float:
        """Return how well marked words agree with what people marked (F1 over letters)."""
        told: set[int] = set()
        before = 0
        for one in sorted(chosen):
            first, last = self.places[one]
            apart = before if neighbours(self.seen.text, before, first) and told else first
            told.update(range(*self.seen.span(apart, last)))
            before = last
        if not self.gold or not told:
            return float(not self.gold and not told)
        return 2 * len(self.gold & told) / (len(self.gold) + len(told))


def comments(folder: Path, vocabulary: Vocabulary) -> list[Comment]:
    """Return the comments that most raters found toxic."""
    reader = PlaceReader(vocabulary)
    known: dict[str, Own] = {}
    return [_comment(row, reader, known) for row in read(folder, SOURCE) if row.abusive == 1]


def _comment(row: Row, reader: PlaceReader, known: dict[str, Own]) -> Comment:
    seen = letters.read(row.text)
    sentences = [number for number, one in enumerate(reader.sentences(row.text)) for _ in one]
    stretches = [one.span() for one in _STRETCH.finditer(seen.text)]
    there, within = marking.cut(seen.text, stretches)
    for start, end in there:
        if seen.text[start:end] not in known:
            found = marking.read(seen.text[start:end], reader.vocabulary)
            known[seen.text[start:end]] = marking.own(*found)
    places = [word_within(seen.text, *one) for one in there]
    marked = row.original.get("spans", [])
    gold = frozenset(at for start, end in marked for at in range(start, end))
    share = [
        np.mean([at in gold for at in range(*seen.span(*one))]) if one[0] < one[1] else 0.0
        for one in places
    ]
    lengths = np.array([max(0, end - start) for start, end in places])
    own = [known[seen.text[start:end]] for start, end in there]
    sentence = np.array(sentences)[list(within)]
    return Comment(row.text, seen, own, lengths, sentence, places, np.array(share), gold)


def _lines(given: Sequence[Comment], marker: Marker) -> Lines:
    begins = np.cumsum([0, *(len(one.own) for one in given[:-1])])
    return Lines(
        marker.of([own for one in given for own in one.own]),
        np.concatenate([one.lengths for one in given]),
        np.concatenate([one.sentences for one in given]),
        begins,
    )


@dataclass(frozen=True, slots=True)
class Learnt:
    """:param tables: those of :data:`broadsheet.press.screening.marking.TABLES`"""

    tables: dict[str, np.ndarray]
    facts: dict[str, Any]


def learn(given: Sequence[Comment], seed: int, rows: csr_matrix | None = None) -> Learnt:
    """Learn from comments.

    :param rows: their words as :func:`places_of` has them; made where it isn't given
    """
    rows = places_of(given) if rows is None else rows
    ends = np.cumsum([len(one.share) for one in given])
    share = np.concatenate([one.share for one in given])
    owners = np.repeat(np.arange(len(given)), np.diff(ends, prepend=0))
    weights, facts = _weights(rows, share > 0, seed)
    # What the nets see of a comment was learnt without it, for so it will be with new ones.
    held = np.zeros(len(share), dtype=np.float32)
    alone: list[float] = []
    folds = _folds(given)[owners]
    for fold in range(FOLDS):
        rest, there = np.flatnonzero(folds != fold), np.flatnonzero(folds == fold)
        found, known = _weights(rows[rest], (share > 0)[rest], seed)
        held[there] = rows[there] @ (found * known["scale"]) + known["bias"]
        marker = Marker({"weights": found}, {**_NONE, **known, "groups": _groups()}, _NO_WORDS)
        there = [given[at] for at in np.unique(owners[there])]
        alone += _strongest(_lines(there, marker))
    lines = _lines(given, Marker({"weights": weights}, {**_NONE, **facts}, _NO_WORDS))
    held[lines.lengths == 0] = NOTHING
    seen = marking.company(held, lines)
    looked_at = held > WEAKEST
    one = _net(
        [
            MLPClassifier(**ONE, learning_rate_init=RATE, tol=0, random_state=seed + number)
            for number in range(MANY_ONE)
        ],
        seen[looked_at],
        share[looked_at] >= 0.5,
    )
    tables = {
        "weights": weights,
        "one_inner": one[0],
        "one_biases": one[1],
        "one_outer": one[2].ravel(),
    }
    facts |= {**_NONE, "one_bias": float(one[3][0]), "groups": _groups()}
    facts["from"], facts["beside"] = np.quantile(alone, (WEAK, WEAK_BESIDE)).round(3).tolist()
    marker = Marker(tables, facts, _NO_WORDS)
    likely = marker.likely(held, lines)
    whole = marking.outlook(held, likely, lines)
    words, has = marking.strongest(likely, lines)
    agreed = np.array(
        [
            _agreed(one, order[there] - begin)
            for one, order, there, begin in zip(given, words, has, lines.begins, strict=True)
        ]
    )
    every = _net(
        [
            MLPRegressor(**ALL, learning_rate_init=RATE, tol=0, random_state=seed + number)
            for number in range(MANY_ALL)
        ],
        whole,
        agreed,
    )
    tables |= {"all_inner": every[0], "all_biases": every[1], "all_outer": every[2]}
    facts["all_biases"] = every[3].tolist()
    return Learnt(tables, facts)


def _agreed(comment: Comment, order: np.ndarray) -> list[float]:
    """Return how well none agrees, the strongest word, the strongest two, and so on."""
    return [comment.agreed(order[:many].tolist()) for many in range(MOST + 1)]


def held_back(
    folder: Path, vocabulary: Vocabulary, seed: int = 7
) -> tuple[list[Comment], list[list[int]], np.ndarray]:
    """Return the toxic comments, what is marked of each by tables learnt without it, and whether a
    word of it is strong enough by itself for the detector to look for any.

    Comments that begin alike are held back together.
    """
    given = comments(folder, vocabulary)
    rows = places_of(given)
    ends = np.cumsum([len(one.share) for one in given])
    folds = _folds(given, salt="held back")
    owners = np.repeat(folds, np.diff(ends, prepend=0))
    chosen: list[list[int]] = [[] for _ in given]
    strong = np.zeros(len(given), dtype=bool)
    for fold in range(FOLDS):
        rest = [one for one, its in zip(given, folds, strict=True) if its != fold]
        learnt = learn(rest, seed, rows[np.flatnonzero(owners != fold)])
        marker = Marker(learnt.tables, learnt.facts, vocabulary)
        there = np.flatnonzero(folds == fold)
        lines = _lines([given[at] for at in there], marker)
        for at, marks in zip(there, marker.marks(lines), strict=True):
            chosen[at] = list(marks)
        strong[there] = np.array(_strongest(lines)) >= learnt.facts["from"]
    return given, chosen, strong


def _strongest(lines: Lines) -> list[float]:
    """Return how strong the strongest word of each comment is by itself, names of groups aside."""
    alone = np.where(lines.groups, NOTHING, lines.alone)
    return np.maximum.reduceat(alone, lines.begins).tolist()


def places_of(given: Sequence[Comment]) -> csr_matrix:
    """Return what the words of comments have in the table, one row to each word."""
    marker = Marker(
        {"weights": np.zeros(1 << BITS)}, {**_NONE, "scale": 0.0, "bias": 0.0}, _NO_WORDS
    )
    beside = marking.beside(_lines(given, marker))
    own = (placed(own.hashes, BITS) for one in given for own in one.own)
    found = table([np.concatenate(both) for both in zip(own, beside, strict=True)], BITS)
    found.data *= np.float32(SHARE)
    return found


def _folds(given: Sequence[Comment], salt: str = "") -> np.ndarray:
    begins = (f"{salt}{one.text.strip().lower()[:60]}" for one in given)
    return np.array([zlib.crc32(one.encode()) % FOLDS for one in begins])


def _weights(rows: csr_matrix, marked: np.ndarray, seed: int) -> tuple[np.ndarray, dict[str, Any]]:
    fitted = LogisticRegression(C=STRENGTH, solver="liblinear", tol=1e-2, random_state=seed)
    fitted.fit(rows, marked)
    weights, scale = quantised(fitted.coef_.ravel())
    return weights.ravel(), {"scale": float(scale[0]), "bias": float(fitted.intercept_[0])}


def _net(
    nets: Sequence[MLPClassifier | MLPRegressor], seen: np.ndarray, wanted: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Return nets learnt from the same as one, their mean: inner weights and biases, outer ones."""
    scaler = StandardScaler().fit(seen)
    scaled = scaler.transform(seen)
    with warnings.catch_warnings():
        # They stop after a set number of rounds.
        warnings.simplefilter("ignore", ConvergenceWarning)
        fitted = [one.fit(scaled, wanted) for one in nets]
    inner = np.concatenate([one.coefs_[0] for one in fitted], axis=1)
    biases = np.concatenate([one.intercepts_[0] for one in fitted])
    inner /= scaler.scale_[:, None]
    outer = np.concatenate([one.coefs_[1] for one in fitted]) / len(fitted)
    last = np.mean([one.intercepts_[1] for one in fitted], axis=0)
    biases = biases - scaler.mean_ @ inner
    return (*(one.astype(np.float32) for one in (inner, biases, outer)), last)


def _groups() -> list[str]:
    return sorted({form for one in GROUPS.split() for form in (one, f"{one}s")})
