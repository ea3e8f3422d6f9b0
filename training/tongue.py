"""English told from other languages, romanised Indian ones above all."""

import random
from collections.abc import Callable
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression

from broadsheet.press.screening.features import TONGUE_BITS
from broadsheet.press.screening.places import PlaceReader
from training.features import quantised, weighted
from training.sources import Row, read

ENGLISH = {
    "train_civil_toxic_spans": 5000,
    "train_wiki_cat_large": 5000,
    "train_tatoeba": 6000,
    "train_hinglish_top": 3000,
    "train_ud_ewt": 4000,
    "train_cmv_ad_hominem": 1500,
    "train_kennedy": 3000,
    "train_hopeedi_en": 4000,
    "train_founta": 2000,
    "train_github_incivility": 1000,
    "train_ud_eslspok": 1000,
}
OTHER = {
    "train_tatoeba": 14000,
    "train_hinglish_top": 3800,
    "train_sentimix_hinglish": 6000,
    "train_roman_urdu": 5000,
    "train_dravidian_codemix": 9000,
    "train_identity_templates_hilatn": 1500,
}


def _take(
    folder: Path, counts: dict[str, int], wanted: Callable[[Row], bool], chance: random.Random
) -> list[str]:
    taken: list[str] = []
    for name, many in counts.items():
        rows = [row.text for row in read(folder, name) if wanted(row)]
        chance.shuffle(rows)
        taken += rows[:many]
    return taken


def learn(
    folder: Path, features: PlaceReader, seed: int, *, other: dict[str, int] = OTHER
) -> tuple[np.ndarray, dict[str, float]]:
    """Return weights of the table of letters, and the facts of the head.

    :param other: the sources of what isn't English, and how many texts of each
    """
    chance = random.Random(seed)
    english = _take(folder, ENGLISH, lambda row: row.english == 1, chance)
    foreign = _take(folder, other, lambda row: row.english == 0, chance)
    rows = weighted(map(features.of_tongue, english + foreign), TONGUE_BITS)
    is_english = np.repeat([1, 0], [len(english), len(foreign)])
    fitted = LogisticRegression(C=1, solver="liblinear", random_state=seed).fit(rows, is_english)
    weights, scale = quantised(fitted.coef_.ravel())
    return weights.ravel(), {
        "scale": float(scale[0]),
        "bias": float(fitted.intercept_[0]),
        # Nothing but figures, links and pictures: not held against anybody here.
        "unknown": 3.0,
        "slope": 1.0,
        "shift": 0.0,
    }
