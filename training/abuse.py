"""Abuse and attacks: one voice to each source, the voices joined into three heads.

What the sources call abusive differs, and pouring them together costs more than it brings: each is
learnt alone, brought to one scale on the same comments, and given a stated weight.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from zlib import crc32

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression, Ridge

from broadsheet.press.screening import features, words
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
GROUPS = """
african american asian black white brown european mexican hispanic latino latina latinx canadian
chinese japanese korean indian pakistani bangladeshi arab african-american native indigenous
aboriginal immigrant migrant refugee foreigner spanish french german russian ukrainian irish italian
polish turkish iranian iraqi israeli palestinian nigerian somali
muslim islam islamic christian catholic protestant jew jewish hindu sikh buddhist jain parsi taoist
atheist mormon evangelical dalit brahmin adivasi rajput yadav kashmiri tamil bengali bihari punjabi
gujarati marathi malayali telugu kannadiga northeastern
gay lesbian bisexual homosexual heterosexual straight queer trans transgender transsexual lgbt lgbtq
nonbinary woman women female male man men girl boy lady feminist
old young older younger elderly teenage teenager millenial millennial middle-aged boomer
blind deaf paralyzed disabled autistic handicapped
"""
LEVELLED = 5  # times: words share letters
# Words that stand beside any of them and say nothing.
BEFORE = "a an the is am are be was were i you he she it we they my your and or not person people man men woman women friend neighbor"
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


def rarity(folder: Path, reader: PlaceReader) -> np.ndarray:
    """Return the rarity of each place of the table, in sixteenths."""
    met = np.zeros(1 << WORD_BITS)
    texts = 0
    for name in ORDINARY:
        counts = table((reader.of_words(row.text) for row in read(folder, name)), WORD_BITS)
        met += np.bincount(counts.indices, minlength=1 << WORD_BITS)
        texts += counts.shape[0]
    found = np.log((1 + texts) / (1 + met)) + 1
    # What was met once or twice was not learnt.
    found[met < 3] = 0
    return np.clip(np.rint(found * 16), 0, 255).astype(np.uint8)


def learn(
    folder: Path, reader: PlaceReader, rare: np.ndarray, seed: int
) -> tuple[np.ndarray, np.ndarray]:
    """Return the weights of ``HEADS``, and their biases."""
    scale = rare / 16
    heads = np.zeros((1 << WORD_BITS, len(HEADS)))
    biases = np.zeros(len(HEADS))
    reference: csr_matrix | None = None
    for voice in VOICES.values():
        texts, labels = zip(*voice.rows(folder), strict=True)
        rows = by_rarity(table(map(reader.of_words, texts), WORD_BITS), scale)
        if reference is None:
            reference = rows
        fitted = _fit(voice, rows, np.array(labels), seed)
        there = reference @ fitted
        share = np.array(voice.weights) / there.std()
        heads += fitted[:, None] * share
        biases -= there.mean() * share
    level(heads, rare)
    return heads, biases


def level(heads: np.ndarray, rare: np.ndarray) -> None:
    """Make names of groups say nothing by themselves, and all of them the same, in place.

    Where people are abused the names of their groups stand often, so that the names are learnt as
    abuse. The weights of each word and its letters are set so that together they add nothing to
    any head; pairs with words that say nothing either add nothing.
    """
    scale = rare / 16
    chunks = {
        one: words.Chunk((one,), (), (), (), ends=0, begins=False, you=0, caps=0, undone=False)
        for term in GROUPS.split()
        for one in (term, f"{term}s")
    }
    places = {
        one: features.placed(features.word_hashes(chunk), features.WORD_BITS)
        for one, chunk in chunks.items()
    }
    known = {one: found for one, found in places.items() if scale[found[0]]}
    before = np.array([features.START, *(crc32(one.encode()) for one in BEFORE.split())])
    called = np.array([features.YOU], dtype=np.uint64)
    for _ in range(LEVELLED):
        for found in known.values():
            # The least change that takes away what it adds, spread over the word and its letters.
            total = np.maximum((heads[found] * scale[found, None]).sum(0), 0)
            share = scale[found] / (scale[found] ** 2).sum()
            heads[found] -= share[:, None] * total
    for one in known:
        term = np.array([crc32(one.encode())], dtype=np.uint64)
        pairs = [
            features.pair(before.astype(np.uint64), np.repeat(term, len(before)), 1),
            features.pair(np.repeat(term, len(before)), before.astype(np.uint64), 1),
            features.pair(called, term, 2),
        ]
        for place in np.concatenate(pairs).tolist():
            heads[place] = np.minimum(heads[place], 0)


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
