"""What a desk decided, learnt: a model that judges more as its own moderators do.

The weights that come with Broadsheet stay. Upon them comes what the decisions say besides: how far
the base is to be trusted, and a small weight for each word and pair that the desk met. How much of
that is believed is chosen by holding decisions back, and every figure shown before a learnt model
is switched on is taken on decisions that it wasn't learnt from.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from broadsheet.press.screening.detector import META, ScreeningDetector
from broadsheet.press.screening.features import WORD_BITS
from broadsheet.press.screening.model import Model
from broadsheet.press.screening.places import PlaceReader
from broadsheet.rules.guidelines.findings import Written

type Vector = npt.NDArray[np.float64]

LEAST = 100  # decisions, and tenth parts of them of each kind, under which nothing is learnt
FOLDS = 5
STRENGTHS = (0.3, 1.0, 3.0, 10.0, 30.0)
_STEPS = 60


class TooFewError(ValueError):
    """There are too few decisions to learn from; the message says how many there are."""


@dataclass(frozen=True, slots=True)
class Decided:
    """One decision of the desk.

    :param broke: the desk found that the comment breaks the guideline
    """

    text: str
    broke: bool
    story: str = ""
    parent: str = ""

    @property
    def written(self) -> Written:
        return Written(self.text, story=self.story, parent=self.parent)


@dataclass(frozen=True, slots=True)
class Figures:
    """How well a model agrees with a desk.

    :param area: how often a comment that broke the guideline scores over one that didn't, 0 to 1
    :param caught: part of those that broke it, over the line that five in a hundred clean ones reach
    :param off: how far its probabilities are from what happened, in the mean (ECE)
    """

    area: float
    caught: float
    off: float


@dataclass(frozen=True, slots=True)
class Learnt:
    """:param model: the base with what was learnt; nothing uses it before it is switched on
    :param before: of the base, ``after`` of the learnt one, on the same decisions held back
    """

    model: Model
    decisions: int
    broke: int
    strength: float
    before: Figures
    after: Figures


@dataclass(frozen=True, slots=True)
class Rows:
    """Sparse rows: the places of row ``n`` are ``places[ends[n]:ends[n + 1]]``."""

    places: npt.NDArray[np.int64]
    values: Vector
    ends: npt.NDArray[np.int64]
    width: int

    def times(self, weights: Vector) -> Vector:
        summed = np.concatenate(([0.0], np.cumsum(weights[self.places] * self.values)))
        found: Vector = summed[self.ends[1:]] - summed[self.ends[:-1]]
        return found

    def turned_times(self, each: Vector) -> Vector:
        spread = np.repeat(each, np.diff(self.ends)) * self.values
        return np.bincount(self.places, spread, self.width)

    def some(self, which: npt.NDArray[np.int64]) -> "Rows":
        lengths = np.diff(self.ends)[which]
        ends = np.concatenate(([0], np.cumsum(lengths)))
        at = np.repeat(self.ends[which] - ends[:-1], lengths) + np.arange(ends[-1])
        return Rows(self.places[at], self.values[at], ends, self.width)


def learn(
    base: Model, decided: Sequence[Decided], *, output: str = "abusive", version: str = ""
) -> Learnt:
    """Learn from decisions.

    :param base: the shipped one, or a learnt one :func:`without` what it learnt for this output
    :param output: "abusive" or "personal": which of the base's probabilities is learnt anew
    :param version: of the new model; by default the base's, and the number of decisions
    :raises TooFewError: under ``LEAST`` decisions, or a tenth of that of either kind
    """
    broke = np.array([one.broke for one in decided], dtype=float)
    least = LEAST // 10
    if len(decided) < LEAST or broke.sum() < least or (1 - broke).sum() < least:
        raise TooFewError(
            f"{len(decided)} decisions, {int(broke.sum())} of them against the comment; "
            f"{LEAST} are needed, and {least} of each kind"
        )
    scores = _base_scores(base, decided, output)
    rows, met = _rows(base, decided)
    folds = _folds(broke)
    held = {strength: _held_back(rows, scores, broke, folds, strength) for strength in STRENGTHS}
    strength = max(STRENGTHS, key=lambda one: (round(area(held[one], broke), 4), one))
    slope, shift, found = _fit(rows, scores, broke, strength)
    weights = np.zeros(1 << WORD_BITS)
    weights[met] = found
    model = _joined(base, output, slope, shift, weights)
    facts = dict(model.facts)
    facts["version"] = version or f"{base.version}+{len(decided)}"
    facts["learnt"] = {**facts.get("learnt", {}), output: len(decided)}
    return Learnt(
        replace(model, facts=facts),
        len(decided),
        int(broke.sum()),
        strength,
        figures(scores, broke),
        figures(held[strength], broke),
    )


def without(learnt: Model, shipped: Model, output: str) -> Model:
    """Return a learnt model without what it learnt for one output: what is learnt anew for that.

    What it learnt for the other stays. One that was learnt upon another model than the shipped one
    is worth nothing: the shipped one is returned.
    """
    known: dict[str, int] = learnt.facts.get("learnt", {})
    if learnt.version.split("+")[0] != shipped.version:
        return shipped
    first = len(shipped.facts["scales"])
    heads = [*range(first), *(first + at for at, one in enumerate(known) if one != output)]
    kept = {one: many for one, many in known.items() if one != output}
    facts: dict[str, Any] = dict(learnt.facts)
    facts["learnt"] = kept
    facts["version"] = "+".join([shipped.version, *map(str, kept.values())])
    for name in ("scales", "biases"):
        facts[name] = [facts[name][at] for at in heads]
    shares = {**learnt.facts["mixes"], output: shipped.facts["mixes"][output]}
    facts["mixes"] = {name: _over(heads, mix) for name, mix in shares.items()}
    return replace(learnt, words=np.ascontiguousarray(learnt.words[:, heads]), facts=facts)


def _over(heads: Sequence[int], mix: Sequence[float]) -> list[float]:
    """Return what heads count in a mix; those that it doesn't know count nothing."""
    width = (len(mix) - META - 1) // 2
    parts = mix[:width], mix[width : 2 * width]
    counted = [[part[at] if at < width else 0.0 for at in heads] for part in parts]
    return [*counted[0], *counted[1], *mix[2 * width :]]


def figures(scores: Vector, broke: Vector) -> Figures:
    """Return how well scores (logarithms of odds) agree with what was decided."""
    likely = 1 / (1 + np.exp(-scores))
    line = np.quantile(scores[broke == 0], 0.95)
    bins = np.minimum((likely * 10).astype(int), 9)
    off = sum(
        abs(likely[bins == one].mean() - broke[bins == one].mean()) * (bins == one).mean()
        for one in np.unique(bins)
    )
    return Figures(area(scores, broke), float((scores[broke == 1] > line).mean()), float(off))


def area(scores: Vector, broke: Vector) -> float:
    """Return how often a score of one that broke the guideline is over one of the others (AUC)."""
    order = np.argsort(scores, kind="stable")
    _, first, counts = np.unique(scores[order], return_index=True, return_counts=True)
    ranks = np.empty(len(scores))
    ranks[order] = np.repeat(first + (counts + 1) / 2, counts)
    positive = broke.sum()
    negative = len(broke) - positive
    return float((ranks[broke == 1].sum() - positive * (positive + 1) / 2) / (positive * negative))


def _base_scores(base: Model, decided: Sequence[Decided], output: str) -> Vector:
    seen = ScreeningDetector(base).seen([one.written for one in decided]).astype(float)
    mix = np.asarray(base.facts["mixes"][output])
    found: Vector = seen @ mix[:-1] + mix[-1]
    return found


def _rows(base: Model, decided: Sequence[Decided]) -> tuple[Rows, npt.NDArray[np.int64]]:
    """Return the texts over the places that they have, and those places in the table of words."""
    reader = PlaceReader(base.vocabulary)
    rarity = base.rarity / 16.0
    places: list[npt.NDArray[np.int64]] = []
    values: list[Vector] = []
    ends = [0]
    for one in decided:
        found, many = np.unique(reader.of_words(one.text).astype(np.int64), return_counts=True)
        value = many * rarity[found]
        length = np.sqrt(max(1.0, float((many * rarity[found] ** 2).sum())))
        places.append(found)
        values.append(value / length)
        ends.append(ends[-1] + len(found))
    met, at = np.unique(np.concatenate(places), return_inverse=True)
    return Rows(at, np.concatenate(values), np.array(ends), len(met)), met


def _folds(broke: Vector) -> npt.NDArray[np.int64]:
    """Return the fold of each decision; each fold has its share of both kinds."""
    folds = np.zeros(len(broke), dtype=np.int64)
    for kind in (0, 1):
        there = np.flatnonzero(broke == kind)
        folds[there] = np.arange(len(there)) % FOLDS
    return folds


def _held_back(
    rows: Rows, scores: Vector, broke: Vector, folds: npt.NDArray[np.int64], strength: float
) -> Vector:
    found = np.zeros(len(broke))
    for fold in range(FOLDS):
        learnt, held = np.flatnonzero(folds != fold), np.flatnonzero(folds == fold)
        slope, shift, weights = _fit(rows.some(learnt), scores[learnt], broke[learnt], strength)
        found[held] = scores[held] * slope + shift + rows.some(held).times(weights)
    return found


def _fit(rows: Rows, scores: Vector, broke: Vector, strength: float) -> tuple[float, float, Vector]:
    """Return how far the base is trusted, a shift, and a weight for each place."""
    width = rows.width

    def loss(found: Vector) -> tuple[float, Vector]:
        slope, shift, weights = found[0], found[1], found[2:]
        score = scores * slope + shift + rows.times(weights)
        likely = 1 / (1 + np.exp(-score))
        wrong = likely - broke
        penalty = strength * (weights @ weights) / 2 + (slope - 1) ** 2
        value = float((np.logaddexp(0, score) - broke * score).sum() + penalty)
        slopes = np.concatenate(
            (
                [wrong @ scores + 2 * (slope - 1), wrong.sum()],
                rows.turned_times(wrong) + strength * weights,
            )
        )
        return value, slopes

    start = np.zeros(width + 2)
    start[0] = 1.0
    found = descend(loss, start)
    return float(found[0]), float(found[1]), found[2:]


def descend(loss: Callable[[Vector], tuple[float, Vector]], start: Vector) -> Vector:
    """Return where a convex function is least (L-BFGS)."""
    at = start
    value, slope = loss(at)
    steps: list[tuple[Vector, Vector, float]] = []
    for _ in range(_STEPS):
        if np.abs(slope).max() < 1e-4:
            break
        direction = -slope
        back = []
        for step, turn, share in reversed(steps):
            along = share * (step @ direction)
            direction = direction - along * turn
            back.append(along)
        if steps:
            step, turn, _ = steps[-1]
            direction = direction * ((step @ turn) / (turn @ turn))
        for (step, turn, share), along in zip(steps, reversed(back), strict=True):
            direction = direction + step * (along - share * (turn @ direction))
        length = 1.0 if steps else 1.0 / max(1.0, float(np.abs(slope).sum()))
        falls = float(slope @ direction)
        while True:
            there = at + length * direction
            new_value, new_slope = loss(there)
            if new_value <= value + 1e-4 * length * falls or length < 1e-10:
                break
            length /= 2
        step, turn = there - at, new_slope - slope
        if (curve := float(step @ turn)) > 1e-12:
            steps = [*steps[-7:], (step, turn, 1 / curve)]
        at, slope = there, new_slope
        if value - new_value < 1e-7 * abs(value):
            break
        value = new_value
    return at


def _joined(base: Model, output: str, slope: float, shift: float, weights: Vector) -> Model:
    """Return the base with one more head, which the output adds to what it had."""
    # Weights are kept for places as they stand in texts: the detector counts their rarity again.
    largest = float(np.abs(weights).max()) or 1.0
    scale = largest / 127
    column = np.rint(weights / scale).astype(np.int8)
    facts: dict[str, Any] = dict(base.facts)
    heads = len(facts["scales"])
    facts["scales"] = [*facts["scales"], scale]
    facts["biases"] = [*facts["biases"], 0.0]
    mixes = {}
    for name, mix in facts["mixes"].items():
        whole, worst, rest = mix[:heads], mix[heads : 2 * heads], mix[2 * heads :]
        if name == output:
            mixes[name] = [
                *(one * slope for one in whole),
                1.0,
                *(one * slope for one in worst),
                0.0,
                *(one * slope for one in rest[:META]),
                rest[META] * slope + shift,
            ]
        else:
            mixes[name] = [*whole, 0.0, *worst, 0.0, *rest]
    facts["mixes"] = mixes
    return replace(base, words=np.column_stack((base.words, column)), facts=facts)
