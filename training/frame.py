"""Full sentences told from fragments, by the classes of their words."""

from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression

from broadsheet.press.screening.features import FRAME_BITS
from broadsheet.press.screening.places import PlaceReader
from training.features import by_length, quantised, table
from training.sources import Row, read

SOURCES = ("train_ud_ewt", "train_ud_eslspok")


def rows(folder: Path) -> list[Row]:
    """Return labelled sentences (not the comments that are made of them)."""
    return [
        row
        for name in SOURCES
        for row in read(folder, name)
        if row.full_sentences is not None and row.original["unit"] == "sentence"
    ]


def learn(
    labelled: list[Row], features: PlaceReader, seed: int
) -> tuple[np.ndarray, dict[str, float]]:
    """Return weights of the table of classes, and the facts of the head."""
    cut = [(features.sentences(row.text), row.full_sentences) for row in labelled]
    single = [(parts[0], full) for parts, full in cut if len(parts) == 1]
    counts = by_length(table((features.of_frame(one) for one, _ in single), FRAME_BITS))
    full = np.array([one for _, one in single])
    fitted = LogisticRegression(
        C=3, solver="liblinear", class_weight="balanced", random_state=seed
    ).fit(counts, full)
    weights, scale = quantised(fitted.coef_.ravel())
    return weights.ravel(), {
        "scale": float(scale[0]),
        "bias": float(fitted.intercept_[0]),
        "slope": 1.0,
        "shift": 0.0,
    }
