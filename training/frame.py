"""Full sentences told from fragments, by the classes of their words."""

import zlib
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression

from broadsheet.press.screening.features import FRAME_BITS
from broadsheet.press.screening.model import Model
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


def held_back(folder: Path, model: Model) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return scores of the web treebank's texts, their labels and units.

    Each is scored by a head that was learnt without its document.
    """
    reader = PlaceReader(model.vocabulary)
    labelled = [row for row in read(folder, SOURCES[0]) if row.full_sentences is not None]
    documents = _documents(labelled)
    cut = [reader.sentences(row.text) for row in labelled]
    owners = np.repeat(np.arange(len(cut)), [len(parts) for parts in cut])
    parts = [part for parts in cut for part in parts]
    counts = by_length(table((reader.of_frame(part) for part in parts), FRAME_BITS))
    lengths = np.array([len(part) for part in parts], dtype=float)
    full = np.array([row.full_sentences for row in labelled])
    single = np.array([len(one) == 1 for one in cut])
    scores = np.zeros(len(parts))
    folds = np.array([zlib.crc32(one.encode()) % 5 for one in documents])
    for fold in range(5):
        learnt = (folds[owners] != fold) & single[owners]
        fitted = LogisticRegression(C=3, solver="liblinear", class_weight="balanced")
        fitted.fit(counts[learnt], full[owners[learnt]])
        held = folds[owners] == fold
        scores[held] = fitted.predict_proba(counts[held])[:, 1]
    total = np.bincount(owners, scores * lengths, len(cut)) / np.maximum(
        np.bincount(owners, lengths, len(cut)), 1
    )
    return total, full.astype(float), np.array([row.original["unit"] for row in labelled])


def _documents(labelled: list[Row]) -> list[str]:
    """Return each text's document; a comment's is that of the sentence it begins with."""
    begun: dict[str, str] = {}
    for row in labelled:
        if "doc" in row.original:
            begun.setdefault(row.text[:25], str(row.original["doc"]))
    found = []
    for row in labelled:
        document = row.original.get("doc") or begun.get(row.text[:25])
        if document is None:
            begins = (one for start, one in begun.items() if row.text.startswith(start))
            document = next(begins, row.key)
        found.append(str(document))
    return found
