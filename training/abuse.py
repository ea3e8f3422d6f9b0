"""Abuse and attacks: one voice to each source, the voices joined into three heads.

What the sources call abusive differs, and pouring them together costs more than it brings: each is
learnt alone, brought to one scale on the same comments, and given a stated weight.
"""

import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression, Ridge

from broadsheet.press.screening import letters
from broadsheet.press.screening.features import WORD_BITS
from broadsheet.press.screening.places import PlaceReader
from training.features import by_rarity, table
from training.sources import read

HEADS = ("rude", "hate", "attack")
# Of these the rarity of words is counted.
ORDINARY = (
    "train_civil_toxic_spans",
    "train_wiki_cat_large",
    "train_kennedy",
    "train_cmv_ad_hominem",
    "train_github_incivility",
    "train_ud_ewt",
    "train_founta",
)
SHARE = 0.25  # of the stretches that nobody marked
_STRETCH = re.compile(r"\S+")
_PART = re.compile(r"[^.!?\n]+[.!?]*\s*")


def _label(name: str) -> Callable[[Path], Iterator[tuple[str, float]]]:
    def labelled(folder: Path) -> Iterator[tuple[str, float]]:
        for row in read(folder, name):
            label = row.personal if row.personal is not None else row.abusive
            if label is not None:
                yield row.text, float(label)

    return labelled


def _perspective(folder: Path) -> Iterator[tuple[str, float]]:
    """Yield Wikipedia comments with the toxicity that another model gave them, 0 to 1."""
    for row in read(folder, "train_wiki_cat_large"):
        if row.original.get("perspective") not in {None, "", "None"}:
            yield row.text, float(row.original["perspective"])


def _sentences_of_news(folder: Path) -> Iterator[tuple[str, float]]:
    """Yield sentences of news comments: 1 where annotators marked words in it as toxic."""
    for row in read(folder, "train_civil_toxic_spans"):
        marked = row.original.get("spans", [])
        if not marked and not row.abusive:
            # Raters found it toxic, annotators no word that makes it so: neither.
            continue
        for part in _PART.finditer(row.text):
            if len(part[0].split()) >= 3:
                yield (
                    part[0],
                    float(any(start < part.end() and end > part.start() for start, end in marked)),
                )


def _groups(folder: Path) -> Iterator[tuple[str, float]]:
    for name in ("train_dynahate", "train_kennedy", "train_hatemoji_build", "train_hopeedi_en"):
        yield from _label(name)(folder)


@dataclass(frozen=True, slots=True)
class Voice:
    """:param strength: of the fit: C for labels, alpha for scores
    :param weights: in each of ``HEADS``
    """

    rows: Callable[[Path], Iterator[tuple[str, float]]]
    strength: float
    weights: tuple[float, float, float]
    scored: bool = False


VOICES = {
    "wikipedia": Voice(_perspective, 1.0, (1.0, 0.0, 0.7), scored=True),
    "news sentences": Voice(_sentences_of_news, 1.0, (0.8, 0.0, 0.8)),
    "change my view": Voice(_label("train_cmv_ad_hominem"), 2.0, (0.7, 0.0, 1.0)),
    "kennedy": Voice(_label("train_kennedy"), 1.0, (0.4, 0.0, 0.4)),
    "talk to machines": Voice(_label("train_convabuse"), 2.0, (0.4, 0.0, 0.6)),
    "groups": Voice(_groups, 0.3, (0.0, 1.0, 0.0)),
}


def rarity(folder: Path, features: PlaceReader) -> np.ndarray:
    """Return the rarity of each place of the table, in sixteenths."""
    met = np.zeros(1 << WORD_BITS)
    texts = 0
    for name in ORDINARY:
        counts = table((features.of_words(row.text) for row in read(folder, name)), WORD_BITS)
        met += np.bincount(counts.indices, minlength=1 << WORD_BITS)
        texts += counts.shape[0]
    found = np.log((1 + texts) / (1 + met)) + 1
    # What was met once or twice was not learnt.
    found[met < 3] = 0
    return np.clip(np.rint(found * 16), 0, 255).astype(np.uint8)


def learn(
    folder: Path, features: PlaceReader, rare: np.ndarray, seed: int
) -> tuple[np.ndarray, np.ndarray]:
    """Return the weights of ``HEADS``, and their biases."""
    scale = rare / 16
    heads = np.zeros((1 << WORD_BITS, len(HEADS)))
    biases = np.zeros(len(HEADS))
    reference: csr_matrix | None = None
    for voice in VOICES.values():
        texts, labels = zip(*voice.rows(folder), strict=True)
        rows = by_rarity(table(map(features.of_words, texts), WORD_BITS), scale)
        if reference is None:
            reference = rows
        fitted = _fit(voice, rows, np.array(labels), seed)
        there = reference @ fitted
        share = np.array(voice.weights) / there.std()
        heads += fitted[:, None] * share
        biases -= there.mean() * share
    return heads, biases


def learn_spans(
    folder: Path, reader: PlaceReader, rare: np.ndarray, seed: int
) -> tuple[np.ndarray, float]:
    """Return the weights of the head that marks words, and its bias.

    Learnt from single stretches of news comments: those that annotators marked, and a quarter of
    the others.
    """
    chance = random.Random(seed)
    scale = (rare / 16).astype(np.float32)
    rows: list[np.ndarray] = []
    marked: list[int] = []
    for row in read(folder, "train_civil_toxic_spans"):
        seen = letters.read(row.text)
        toxic = row.original.get("spans", [])
        places = [seen.span(*one.span()) for one in _STRETCH.finditer(seen.text)]
        for found, (start, end) in zip(reader.of_stretches(row.text), places, strict=True):
            hit = any(first < end and start < last for first, last in toxic)
            if hit or chance.random() < SHARE:
                rows.append(found)
                marked.append(int(hit))
    counts = table(rows, WORD_BITS)
    counts.data = counts.data * scale[counts.indices] / 4
    counts.eliminate_zeros()
    each = np.where(np.array(marked) == 1, 1, 1 / SHARE)
    fitted = LogisticRegression(C=0.3, solver="liblinear", tol=1e-2, random_state=seed)
    fitted.fit(counts, marked, sample_weight=each)
    return fitted.coef_.ravel() / 4, float(fitted.intercept_[0])


def _fit(voice: Voice, rows: csr_matrix, labels: np.ndarray, seed: int) -> np.ndarray:
    if voice.scored:
        return Ridge(alpha=voice.strength, solver="lsqr", tol=1e-3).fit(rows, labels).coef_.ravel()
    return (
        LogisticRegression(
            C=voice.strength,
            solver="liblinear",
            class_weight="balanced",
            tol=1e-3,
            random_state=seed,
        )
        .fit(rows, labels)
        .coef_.ravel()
    )
