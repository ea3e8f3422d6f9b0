"""Full sentences told from fragments, by the classes of their words and by a small net."""

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.linear_model import LogisticRegression

from broadsheet.press.screening.clauses import Clauses, classes_of
from broadsheet.press.screening.detector import framed_scores
from broadsheet.press.screening.features import FRAME_BITS, frame_places
from broadsheet.press.screening.model import Model
from broadsheet.press.screening.places import PlaceReader
from training import lexicon
from training.clauses import LONGEST, Net, company
from training.features import by_length, quantised, table
from training.sources import Row, read

SOURCES = ("train_ud_ewt", "train_ud_eslspok")
COMPANY = lexicon.SOURCES
# How much the table of classes counts beside the net; and what makes the sum a probability, more
# cautious than it was right about sentences that were held back, so that fewer clean comments on
# news are returned as fragments.
SHARE = 0.5
SLOPE, SHIFT = 0.45, 0.2


def rows(folder: Path, sources: Sequence[str] = SOURCES) -> list[Row]:
    """Return labelled sentences (not the comments that are made of them)."""
    return [
        row
        for name in sources
        for row in read(folder, name)
        if row.full_sentences is not None and row.original["unit"] == "sentence"
    ]


@dataclass(slots=True)
class Learnt:
    """:param weights: of the table of classes
    :param net: tables of the net
    :param facts: scales, and how the two are joined
    """

    weights: np.ndarray
    net: dict[str, np.ndarray]
    facts: dict[str, Any]

    def scores(self, sentences: Sequence[np.ndarray]) -> np.ndarray:
        """Return how likely each is a full sentence, by the detector's own sum."""
        begins = np.concatenate(([0], np.cumsum([len(one) for one in sentences])[:-1]))
        net = Clauses(self.net, self.facts["net"])
        score = framed_scores(self.weights, net, self.facts, np.concatenate(sentences), begins)
        found: np.ndarray = 1 / (1 + np.exp(-score))
        return found


def learn(
    sentences: Sequence[np.ndarray], full: np.ndarray, words: np.ndarray, seed: int
) -> Learnt:
    """Learn from sentences, codes of their words and marks.

    :param words: what the commonest words are by the company they keep
    """
    fitted = LogisticRegression(
        C=3, solver="liblinear", class_weight="balanced", random_state=seed
    ).fit(by_length(table((_places(one) for one in sentences), FRAME_BITS)), full)
    weights, scale = quantised(fitted.coef_.ravel())
    net = Net(words, seed)
    net.learn([one[:LONGEST] for one in sentences], full.astype(np.float32))
    tables, scales = net.kept()
    facts = {
        "scale": float(scale[0]),
        "bias": float(fitted.intercept_[0]),
        "share": SHARE,
        "net": scales,
        "slope": SLOPE,
        "shift": SHIFT,
    }
    return Learnt(weights.ravel(), tables, facts)


def labelled_sentences(
    folder: Path, reader: PlaceReader, sources: Sequence[str] = SOURCES
) -> tuple[list[np.ndarray], np.ndarray]:
    """Return the codes of labelled sentences that are one when cut, and their labels."""
    cut = [(reader.sentences(row.text), row.full_sentences) for row in rows(folder, sources)]
    single = [(parts[0], full) for parts, full in cut if len(parts) == 1]
    return [reader.codes(one) for one, _ in single], np.array([full for _, full in single])


def _places(codes: np.ndarray) -> np.ndarray:
    return frame_places(classes_of(codes), np.array([0]))[0].astype(np.int32)


def held_back(
    folder: Path, model: Model, seed: int = 7
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return scores of the web treebank's texts, their labels and units.

    Each is scored by a head that was learnt without the labels of its document. What words are by
    their company is learnt without labels, from all texts.
    """
    reader = PlaceReader(model.vocabulary)
    words = company(folder, COMPANY, model.vocabulary, seed)
    labelled = [row for row in read(folder, SOURCES[0]) if row.full_sentences is not None]
    cut = [reader.sentences(row.text) for row in labelled]
    owners = np.repeat(np.arange(len(cut)), [len(parts) for parts in cut])
    lengths = np.array([len(part) for parts in cut for part in parts], dtype=float)
    codes = [reader.codes(part) for parts in cut for part in parts]
    full = np.array([row.full_sentences for row in labelled])
    single = np.array([len(one) == 1 for one in cut])
    spoken, spoken_full = labelled_sentences(folder, reader, SOURCES[1:])
    scores = np.zeros(len(codes))
    folds = np.array([zlib.crc32(one.encode()) % 5 for one in _documents(labelled)])
    for fold in range(5):
        chosen = np.flatnonzero((folds[owners] != fold) & single[owners])
        held = np.flatnonzero(folds[owners] == fold)
        learnt = learn(
            [codes[one] for one in chosen] + spoken,
            np.concatenate((full[owners[chosen]], spoken_full)),
            words,
            seed,
        )
        scores[held] = learnt.scores([codes[one] for one in held])
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
