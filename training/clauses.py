"""The net that finds clauses while it learns: words by the company they keep, then layers of filters.

It learns three times, each time from less that says more: which words stand beside which, in all
texts; what a parser says of some sentences of them; and what people marked as full sentences.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Self

import jax
import jax.numpy as jnp
import numpy as np
from sklearn.utils.extmath import randomized_svd

from broadsheet.press.screening import letters
from broadsheet.press.screening.clauses import (
    CASES,
    ENDINGS,
    MEAN,
    PAD,
    REACH,
    STEPS,
    TABLES,
    apart,
)
from broadsheet.press.screening.vocabulary import Vocabulary
from training.features import quantised
from training.sources import read
from training.trees import CLAUSE, Parser, Tree

WORD, CLASS, FILTERS = 40, 24, 80  # numbers to a word, to a class; filters of a layer
# Of the words, of the filters of a layer, and of what is pooled: what is left out by chance.
WORDS_LEFT_OUT, FILTERS_LEFT_OUT, LEFT_OUT = 0.08, 0.1, 0.4
# A fragment counts for more, for there are few.
SENTENCE, FRAGMENT = 0.65, 2.5
LENGTHS = (8, 12, 16, 20, 24, 32, 40, 56, 82)  # to which sentences are filled up, or cut
NEIGHBOURS = (-2, -1, 1, 2)
CONTEXTS = 500  # common words whose neighbourhood tells what a word is
MOST_WORDS = 9_000_000
_TOKEN = re.compile(r"[^\W\d_]+|n't|'[a-z]+|\d+|[.,?!:;()\"-]")
_NOT = re.compile(r"(n)'(t)\b")
_FORMS = ("n't", "'s", "'re", "'ve", "'m", "'d", "'ll", *'.,?!:;()"-')

type Table = np.ndarray
type Tables = dict[str, jax.Array]


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


@dataclass(frozen=True, slots=True)
class Course:
    """How something is learnt.

    :param codes: in one step
    :param times: how often all sentences are seen
    :param rate: how far the first steps go
    :param words: how far the words move beside the other tables
    :param averaged: of the steps, the last ones whose tables are averaged; 0 takes the last alone
    """

    codes: int
    times: int
    rate: float
    words: float
    averaged: float


PARSED = Course(codes=3_000, times=3, rate=3e-3, words=0.3, averaged=0)
LABELLED = Course(codes=1_500, times=4, rate=1e-3, words=1.0, averaged=0.7)


class Net:
    """The net while it learns (Adam)."""

    def __init__(self, words: Table, parser: Parser, seed: int) -> None:
        self._seed = seed
        chance = np.random.default_rng(seed)

        def some(*shape: int, by: float) -> jax.Array:
            return jnp.asarray(chance.standard_normal(shape).astype(np.float32) * np.float32(by))

        wide = (2 * REACH + 1) * (WORD + CLASS)
        self.tables: Tables = {
            "classes": some(PAD + 1, CLASS, by=0.3),
            "endings": some(ENDINGS, CLASS, by=0.03),
            "cases": some(CASES, CLASS, by=0.03),
            "words": jnp.asarray(words),
            "filters": some(wide, FILTERS, by=wide**-0.5),
            "biases": jnp.zeros((1 + len(STEPS), FILTERS)),
            "speech": some(FILTERS, parser.speech, by=0.1),
            "hangs": some(FILTERS, parser.hangs, by=0.1),
            "clause": some(4 * FILTERS, CLAUSE + 1, by=0.03),
            "clause_bias": jnp.zeros(CLAUSE + 1),
        } | {f"above{step}": some(3 * FILTERS, FILTERS, by=(3 * FILTERS) ** -0.5) for step in STEPS}

    def learn_parsed(self, trees: Sequence[Tree]) -> Self:
        """Learn what the parser says of sentences."""
        labels = np.array([one.clause for one in trees])
        self.tables = self._learnt(self.tables, trees, labels, np.ones(len(trees)), PARSED)
        return self

    def learn_labelled(
        self, trees: Sequence[Tree], full: Table
    ) -> tuple[dict[str, Table], dict[str, Any]]:
        """Return the tables as a model keeps them, and their scales; the net stays as it is.

        :param full: of each sentence, 1 for a full one and 0 for a fragment
        """
        tables = dict(self.tables)
        clause, bias = tables.pop("clause"), tables.pop("clause_bias")
        tables["heads"] = clause[:, 1:].mean(axis=1) - clause[:, 0]
        tables["bias"] = bias[1:].mean(keepdims=True) - bias[:1]
        weights = np.where(full == 1, SENTENCE, FRAGMENT)
        return _kept(self._learnt(tables, trees, full, weights, LABELLED))

    def _learnt(
        self, tables: Tables, trees: Sequence[Tree], labels: Table, weights: Table, course: Course
    ) -> Tables:
        chance = np.random.default_rng(self._seed)
        key = jax.random.key(self._seed)
        nothing = {name: jnp.zeros_like(one) for name, one in tables.items()}
        state = tables, nothing, nothing
        batches = [one for _ in range(course.times) for one in _batches(trees, course, chance)]
        summed = nothing
        since = min(round(len(batches) * (1 - course.averaged)), len(batches) - 1)
        for number, (which, long, many) in enumerate(batches):
            key, now = jax.random.split(key)
            there = [trees[one] for one in which]
            batch = _filled(there, labels[which], weights[which], long, many)
            rate = course.rate * min(1, (number + 1) / 50) * (1 - number / len(batches)) + 1e-5
            state = _step(state, now, batch, (number + 1.0, rate), course)
            if number >= since:
                summed = {name: one + state[0][name] for name, one in summed.items()}
        return {name: one / (len(batches) - since) for name, one in summed.items()}


def _batches(
    trees: Sequence[Tree], course: Course, chance: np.random.Generator
) -> list[tuple[Table, int, int]]:
    """Return which sentences go together, their length filled up, and how many there may be."""
    lengths = np.array([min(len(one.codes), LENGTHS[-1]) for one in trees])
    found = []
    shortest = 0
    for long in LENGTHS:
        there = chance.permutation(np.flatnonzero((lengths > shortest) & (lengths <= long)))
        many = max(16, course.codes // long)
        found += [(there[at : at + many], long, many) for at in range(0, len(there), many)]
        shortest = long
    return [found[at] for at in chance.permutation(len(found))]


def _filled(
    trees: Sequence[Tree], labels: Table, weights: Table, long: int, many: int
) -> dict[str, Table]:
    codes = np.full((many, long + 2 * REACH), PAD, dtype=np.int64)
    speech = np.full((many, long), -1, dtype=np.int32)
    hangs = speech.copy()
    there = np.zeros((many, long), dtype=np.float32)
    for row, one in enumerate(trees):
        size = min(len(one.codes), long)
        codes[row, REACH : REACH + size] = one.codes[:size]
        speech[row, :size], hangs[row, :size] = one.speech[:size], one.hangs[:size]
        there[row, :size] = 1
    names = ("classes", "words", "endings", "cases")
    rest = many - len(trees)
    return {name: one.astype(np.int32) for name, one in zip(names, apart(codes), strict=True)} | {
        "speech": speech,
        "hangs": hangs,
        "there": there,
        "labels": np.pad(labels, (0, rest)).astype(np.float32),
        "weights": np.pad(weights, (0, rest)).astype(np.float32),
    }


def _pooled(tables: Tables, batch: Mapping[str, jax.Array], key: jax.Array) -> tuple[
    jax.Array, jax.Array
]:  # fmt: skip
    """Return the last layer, and what is pooled over each sentence; some of both left out."""
    keys = jax.random.split(key, 2 + len(STEPS))
    there = batch["there"][..., None]
    words = tables["words"][batch["words"]]
    words *= jax.random.uniform(keys[0], (*words.shape[:2], 1)) > WORDS_LEFT_OUT
    endings, cases = batch["endings"][..., None], batch["cases"][..., None]
    classes = (
        tables["classes"][batch["classes"]]
        + tables["endings"][batch["endings"]] * (endings > 0)
        + tables["cases"][batch["cases"]] * (cases > 0)
    )
    seen = jnp.concatenate((classes, words), axis=2)
    long = there.shape[1]
    near = jnp.concatenate([seen[:, one : one + long] for one in range(2 * REACH + 1)], axis=2)
    first = layer = jax.nn.relu(near @ tables["filters"] + tables["biases"][0]) * there
    for number, step in enumerate(STEPS, start=1):
        wide = jnp.pad(layer, ((0, 0), (step, step), (0, 0)))
        near = jnp.concatenate([wide[:, at : at + long] for at in (0, step, 2 * step)], axis=2)
        found = jax.nn.relu(near @ tables[f"above{step}"] + tables["biases"][number])
        chosen = jax.random.uniform(keys[number], found.shape) > FILTERS_LEFT_OUT
        layer = (layer + found * chosen / (1 - FILTERS_LEFT_OUT)) * there
    roots = jnp.sqrt(jnp.maximum(there.sum(axis=1), 1)) * MEAN
    both = [one for each in (layer, first) for one in (each.max(axis=1), each.sum(axis=1) / roots)]
    pooled = jnp.concatenate(both, axis=1)
    chosen = jax.random.uniform(keys[-1], pooled.shape) > LEFT_OUT
    return layer, pooled * chosen / (1 - LEFT_OUT)


def _off(found: jax.Array, wanted: jax.Array) -> jax.Array:
    """Return how far found kinds are from those wanted, in the mean; -1 is for none."""
    known = wanted >= 0
    likely = jax.nn.log_softmax(found)
    right = jnp.take_along_axis(likely, jnp.maximum(wanted, 0)[..., None], axis=-1)[..., 0]
    return -(right * known).sum() / jnp.maximum(known.sum(), 1)


def _wrong(tables: Tables, batch: Mapping[str, jax.Array], key: jax.Array) -> jax.Array:
    layer, pooled = _pooled(tables, batch, key)
    said = _off(layer @ tables["speech"], batch["speech"])
    said += _off(layer @ tables["hangs"], batch["hangs"])
    counted = batch["weights"] > 0
    if "heads" in tables:
        score = pooled @ tables["heads"] + tables["bias"][0]
        each = (jnp.logaddexp(0, score) - batch["labels"] * score) * batch["weights"]
        return said + each.sum() / counted.sum()
    wanted = jnp.where(counted, batch["labels"], -1).astype(jnp.int32)
    return said + _off(pooled @ tables["clause"] + tables["clause_bias"], wanted)


@partial(jax.jit, static_argnames=("course",))
def _step(
    state: tuple[Tables, Tables, Tables],
    key: jax.Array,
    batch: Mapping[str, jax.Array],
    pace: tuple[float, float],
    course: Course,
) -> tuple[Tables, Tables, Tables]:
    """Return the tables a step on, with the means and squares of their slopes.

    :param pace: the number of the step, and how far it goes
    """
    tables, means, squares = state
    number, rate = pace
    slopes = jax.grad(_wrong)(tables, batch, key)
    means = {name: one * 0.9 + slopes[name] * 0.1 for name, one in means.items()}
    squares = {name: one * 0.99 + slopes[name] ** 2 * 0.01 for name, one in squares.items()}
    moved = {}
    for name, one in tables.items():
        step = means[name] / (1 - 0.9**number)
        step /= jnp.sqrt(squares[name] / (1 - 0.99**number)) + 1e-6
        moved[name] = one - rate * (course.words if name == "words" else 1) * step
    return moved, means, squares


def _kept(learnt: Tables) -> tuple[dict[str, Table], dict[str, Any]]:
    tables = {name: np.array(one) for name, one in learnt.items()}
    # What has no ending, or no capitals, adds nothing.
    tables["endings"][0] = tables["cases"][0] = 0
    kept = {"biases": tables["biases"], "heads": tables["heads"]}
    scales: dict[str, Any] = {"bias": float(tables["bias"][0])}
    for name in TABLES:
        whole, scale = quantised(tables[name].ravel(), share=1.0)
        kept[name], scales[name] = whole.reshape(tables[name].shape), float(scale[0])
    return kept, scales
