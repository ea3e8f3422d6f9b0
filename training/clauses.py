"""The net that finds clauses: words learnt from the company they keep, then filters over them.

Plain numpy, with a seed: the same data give the same tables.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.utils.extmath import randomized_svd

from broadsheet.press.screening import letters
from broadsheet.press.screening.clauses import ENDINGS, MEAN, PAD, REACH, apart
from broadsheet.press.screening.vocabulary import Vocabulary
from training.features import quantised
from training.sources import read

WORD, CLASS, FILTERS = 40, 24, 96  # numbers to a word, to a class; filters
EPOCHS, BATCH, RATE = 4, 64, 0.003
# Of the filters, and of the words beside a filter, what is left out by chance while learning.
LEFT_OUT, WORDS_LEFT_OUT = 0.5, 0.08
# A fragment counts for more, for there are few.
SENTENCE, FRAGMENT = 0.65, 2.5
# How far the words move from what they were, beside the other tables.
WORDS_MOVE = 0.05
LONGEST = 80
NEIGHBOURS = (-2, -1, 1, 2)
CONTEXTS = 500  # common words whose neighbourhood tells what a word is
MOST_WORDS = 9_000_000
_TOKEN = re.compile(r"[^\W\d_]+|n't|'[a-z]+|\d+|[.,?!:;()\"-]")
_NOT = re.compile(r"(n)'(t)\b")
_FORMS = ("n't", "'s", "'re", "'ve", "'m", "'d", "'ll", *'.,?!:;()"-')

type Table = np.ndarray


def company(folder: Path, sources: Sequence[str], vocabulary: Vocabulary, seed: int) -> Table:
    """Return what the commonest words are by the words that stand beside them, row by row.

    Rows 0 and 1 are for what is no word, and for words that aren't among them.
    """
    places = dict(vocabulary.places)
    for form in _FORMS:
        places.setdefault(form, len(places) + 2)
    many = len(places) + 2
    said: list[int] = []
    for text in _texts(folder, sources):
        shown = _NOT.sub(r" n'\2", letters.read(text).text.lower())
        said += [0, 0, *(places.get(one, 1) for one in _TOKEN.findall(shown))]
        if len(said) > MOST_WORDS:
            break
    words = np.array(said, dtype=np.int64)
    common = np.argsort(-np.bincount(words, minlength=many), kind="stable")[:CONTEXTS]
    column = np.full(many, -1)
    column[common] = np.arange(CONTEXTS)
    met = np.zeros((many, CONTEXTS * len(NEIGHBOURS)), dtype=np.float32)
    for number, offset in enumerate(NEIGHBOURS):
        here, there = (words[-offset:], words[:offset]) if offset < 0 else (
            words[:-offset], words[offset:]
        )  # fmt: skip
        known = column[there] >= 0
        at = here[known] * met.shape[1] + number * CONTEXTS + column[there[known]]
        met += np.bincount(at, minlength=met.size).reshape(met.shape)
    rows, columns = met.sum(axis=1, keepdims=True) + 1, met.sum(axis=0, keepdims=True) + 1
    # How much oftener than by chance; words that are met seldom say less.
    oftener = np.maximum(np.log((met + 0.01) * met.sum() / (rows * columns)), 0)
    oftener *= np.minimum(1, np.sqrt(rows / 200))
    left, size, _ = randomized_svd(oftener, WORD, n_iter=3, random_state=seed)
    found = left * np.sqrt(size)
    found /= np.sqrt((found[50:5000] ** 2).sum(axis=1).mean())
    return found[: len(vocabulary.places) + 2].astype(np.float32)


def _texts(folder: Path, sources: Sequence[str]) -> Iterator[str]:
    seen: set[str] = set()
    for name in sources:
        for row in read(folder, name):
            text = row.text[:3000]
            if row.english != 0 and text not in seen:
                seen.add(text)
                yield text


class Net:
    """The net while it learns (Adam)."""

    def __init__(self, words: Table, seed: int) -> None:
        self._chance = chance = np.random.default_rng(seed)

        def some(*shape: int) -> Table:
            return chance.standard_normal(shape).astype(np.float32)

        wide = (2 * REACH + 1) * (WORD + CLASS)
        self.tables: dict[str, Table] = {
            "classes": some(PAD + 1, CLASS) * np.float32(0.3),
            "endings": some(ENDINGS, CLASS) * np.float32(0.03),
            "words": words.copy(),
            "filters": some(wide, FILTERS) * np.float32(wide**-0.5),
            "biases": np.zeros(FILTERS, dtype=np.float32),
            "heads": some(2 * FILTERS) * np.float32(0.1),
            "bias": np.zeros(1, dtype=np.float32),
        }
        self.tables["endings"][0] = 0
        self._means = {name: np.zeros_like(one) for name, one in self.tables.items()}
        self._squares = {name: np.zeros_like(one) for name, one in self.tables.items()}
        self._steps = 0

    def learn(self, sentences: Sequence[Table], full: Table) -> None:
        """Learn from sentences (codes of their words and marks) and whether each is a full one."""
        lengths = np.array([len(one) for one in sentences])
        for epoch in range(EPOCHS):
            order = np.argsort(lengths + self._chance.random(len(lengths)) * 6, kind="stable")
            batches = np.array_split(order, max(1, len(order) // BATCH))
            for number, at in enumerate(self._chance.permutation(len(batches))):
                share = (epoch + number / len(batches)) / EPOCHS
                these = batches[at]
                slopes = self._slopes([sentences[one] for one in these], full[these])
                self._step(slopes, RATE * (1 - share) + 1e-5)

    def _slopes(self, sentences: Sequence[Table], full: Table) -> dict[str, Table]:
        tables, chance = self.tables, self._chance
        codes, there = _padded(sentences)
        classes, words, endings = apart(codes)
        many, long = there.shape
        kept = chance.random((*codes.shape, 1), dtype=np.float32) > WORDS_LEFT_OUT
        seen = np.concatenate(
            (
                tables["classes"][classes] + tables["endings"][endings],
                tables["words"][words] * kept,
            ),
            axis=2,
        )
        offsets = range(2 * REACH + 1)
        near = np.concatenate([seen[:, one : one + long] for one in offsets], axis=2)
        found = near @ tables["filters"] + tables["biases"]
        active = (found > 0) & there[..., None]
        found = np.where(active, found, np.float32(0))
        roots = np.sqrt(there.sum(axis=1, keepdims=True)).astype(np.float32) * MEAN
        both = np.concatenate((found.max(axis=1), found.sum(axis=1) / roots), axis=1)
        chosen = (chance.random(both.shape, dtype=np.float32) > LEFT_OUT) / np.float32(1 - LEFT_OUT)
        both = both * chosen
        likely = 1 / (1 + np.exp(-(both @ tables["heads"] + tables["bias"][0])))
        weight = np.where(full == 1, SENTENCE, FRAGMENT) / many
        wrong = ((likely - full) * weight).astype(np.float32)
        back = wrong[:, None] * tables["heads"] * chosen
        inner = np.repeat((back[:, FILTERS:] / roots)[:, None, :], long, axis=1)
        rows, filters = np.arange(many)[:, None], np.arange(FILTERS)[None]
        inner[rows, found.argmax(axis=1), filters] += back[:, :FILTERS]
        inner *= active
        outer = inner @ tables["filters"].T
        turned = np.zeros_like(seen)
        for one in offsets:
            part = slice(one * seen.shape[2], (one + 1) * seen.shape[2])
            turned[:, one : one + long] += outer[..., part]
        of_classes, of_words = turned[..., :CLASS], turned[..., CLASS:] * kept
        slopes = {
            "classes": _gathered(tables["classes"], classes, of_classes),
            "endings": _gathered(tables["endings"], endings, of_classes),
            "words": _gathered(tables["words"], words, of_words),
            "filters": near.reshape(-1, near.shape[2]).T @ inner.reshape(-1, FILTERS),
            "biases": inner.sum(axis=(0, 1)),
            "heads": both.T @ wrong,
            "bias": wrong.sum(keepdims=True),
        }
        slopes["endings"][0] = 0
        return slopes

    def _step(self, slopes: Mapping[str, Table], rate: float) -> None:
        self._steps += 1
        for name, slope in slopes.items():
            mean, square = self._means[name], self._squares[name]
            mean += (slope - mean) * np.float32(0.1)
            square += (slope * slope - square) * np.float32(0.01)
            step = mean / (1 - 0.9**self._steps)
            step /= np.sqrt(square / (1 - 0.99**self._steps)) + 1e-6
            self.tables[name] -= (rate * (WORDS_MOVE if name == "words" else 1) * step).astype(
                np.float32
            )

    def kept(self) -> tuple[dict[str, Table], dict[str, Any]]:
        """Return the tables as a model keeps them, and their scales."""
        kept: dict[str, Table] = {
            "biases": self.tables["biases"],
            "heads": self.tables["heads"],
        }
        scales: dict[str, Any] = {"bias": float(self.tables["bias"][0])}
        for name in ("classes", "endings", "words", "filters"):
            table = self.tables[name]
            whole, scale = quantised(table.ravel(), share=1.0)
            kept[name], scales[name] = whole.reshape(table.shape), float(scale[0])
        return kept, scales


def _padded(sentences: Sequence[Table]) -> tuple[Table, Table]:
    long = max(len(one) for one in sentences)
    codes = np.full((len(sentences), long + 2 * REACH), PAD, dtype=np.int64)
    there = np.zeros((len(sentences), long), dtype=bool)
    for row, one in enumerate(sentences):
        codes[row, REACH : REACH + len(one)] = one
        there[row, : len(one)] = True
    return codes, there


def _gathered(table: Table, places: Table, slopes: Table) -> Table:
    found = np.zeros_like(table)
    np.add.at(found, places.ravel(), slopes.reshape(-1, slopes.shape[-1]))
    return found
