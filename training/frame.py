"""Full sentences told from fragments, by a net that a parser has taught."""

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from broadsheet.press.screening.clauses import Clauses
from broadsheet.press.screening.model import Model
from broadsheet.press.screening.places import PlaceReader, Stretch
from training import lexicon
from training.clauses import Net, company
from training.sources import Row, read
from training.trees import Parser, Said, all_grown

SOURCES = ("train_ud_ewt", "train_ud_eslspok")
# Sentences that nobody labelled, of each source, for the parser to read.
PARSED = {
    "train_civil_toxic_spans": 30_000,
    "train_wiki_cat_large": 30_000,
    "train_cmv_ad_hominem": 35_000,
    "train_github_incivility": 25_000,
    "train_kennedy": 15_000,
    "train_hopeedi_en": 15_000,
    "train_edos_sexism": 15_000,
    "train_tatoeba": 6_000,
    "train_founta": 10_000,
    "train_davidson_tweets": 8_000,
    "train_dynahate": 6_000,
}
SHORTEST, LONGEST = 2, 45  # stretches of a sentence that the parser reads
# Of the sentences, how many are learnt as somebody in haste might have written them.
HASTY = 0.3
# What makes a score a probability, more cautious than it was right about sentences that were held
# back, so that fewer clean comments on news are returned as fragments.
SLOPE, SHIFT = 0.5, 0.6


@dataclass(slots=True)
class Learnt:
    """:param net: tables of the net
    :param facts: their scales, and what makes a score a probability
    """

    net: dict[str, np.ndarray]
    facts: dict[str, Any]

    def scores(self, sentences: Sequence[np.ndarray]) -> np.ndarray:
        """Return how likely each is a full sentence, by the detector's own sum."""
        begins = np.cumsum([0, *(len(one) for one in sentences[:-1])])
        score = Clauses(self.net, self.facts["net"]).scores(np.concatenate(sentences), begins)
        found: np.ndarray = 1 / (1 + np.exp(-(score * SLOPE + SHIFT)))
        return found


def learn(folder: Path, reader: PlaceReader, seed: int) -> Learnt:
    """Learn from all sentences."""
    parser = Parser()
    net = taught(folder, reader, parser, seed)
    said, full = labelled_sentences(folder, reader, parser)
    return _finished(net, reader, said, full, seed)


def taught(folder: Path, reader: PlaceReader, parser: Parser, seed: int) -> Net:
    """Return a net that knows what the parser says; it saw no label."""
    chance = np.random.default_rng(seed)
    seen: set[str] = set()
    plain: list[list[str]] = []
    for name, most in (PARSED | dict.fromkeys(SOURCES, 1_000_000)).items():
        texts = [row.text[:1500] for row in read(folder, name) if row.english != 0]
        enough = len(plain) + most
        for at in chance.permutation(len(texts)):
            for one in reader.sentences(texts[at]):
                stretches = [stretch.text for stretch in one]
                key = " ".join(stretches)
                if SHORTEST <= len(stretches) <= LONGEST and key not in seen:
                    seen.add(key)
                    plain.append(stretches)
            if len(plain) >= enough:
                break
    print(f"{len(plain)} sentences for the parser")
    trees = all_grown(parser.read_with_parts(plain, chance), reader, chance, share=HASTY)
    words = company(folder, lexicon.SOURCES, reader.vocabulary, seed)
    return Net(words, parser, seed).learn_parsed(trees)


def rows(folder: Path, sources: Sequence[str] = SOURCES) -> list[Row]:
    """Return labelled sentences (not the comments that are made of them)."""
    return [
        row
        for name in sources
        for row in read(folder, name)
        if row.full_sentences is not None and row.original["unit"] == "sentence"
    ]


def labelled_sentences(
    folder: Path, reader: PlaceReader, parser: Parser, sources: Sequence[str] = SOURCES
) -> tuple[list[Said], np.ndarray]:
    """Return labelled sentences that are one when cut, and their labels."""
    cut = [(reader.sentences(row.text), row.full_sentences) for row in rows(folder, sources)]
    single = [(_texts(parts[0]), full) for parts, full in cut if len(parts) == 1]
    said = list(parser.read([one for one, _ in single]))
    return said, np.array([full for _, full in single])


def _finished(
    net: Net, reader: PlaceReader, said: Sequence[Said], full: np.ndarray, seed: int
) -> Learnt:
    """Learn from labelled sentences, each as it stands and some also in haste."""
    chance = np.random.default_rng(seed)
    plain = all_grown(said, reader, chance, share=0)
    some = np.flatnonzero(chance.random(len(said)) < HASTY)
    hasty = all_grown([said[at] for at in some], reader, chance, share=1)
    tables, scales = net.learn_labelled(
        [*plain, *hasty], np.concatenate((full, full[some])).astype(np.float32)
    )
    return Learnt(tables, {"net": scales, "slope": SLOPE, "shift": SHIFT})


def _texts(sentence: Sequence[Stretch]) -> list[str]:
    return [one.text for one in sentence]


def held_back(
    folder: Path, model: Model, seed: int = 7
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return scores of the web treebank's texts, their labels and units.

    Each is scored by a net that was learnt without the labels of its document. What words are by
    their company and what the parser says is learnt without labels, from all texts. It takes a
    quarter of an hour.
    """
    reader, parser = PlaceReader(model.vocabulary), Parser()
    net = taught(folder, reader, parser, seed)
    labelled = [row for row in read(folder, SOURCES[0]) if row.full_sentences is not None]
    cut = [reader.sentences(row.text) for row in labelled]
    owners = np.repeat(np.arange(len(cut)), [len(parts) for parts in cut])
    parts = [part for parts in cut for part in parts]
    lengths = np.array([len(part) for part in parts], dtype=float)
    said = list(parser.read([_texts(part) for part in parts]))
    full = np.array([row.full_sentences for row in labelled])
    single = np.array([len(one) == 1 for one in cut])
    spoken, spoken_full = labelled_sentences(folder, reader, parser, SOURCES[1:])
    scores = np.zeros(len(parts))
    folds = np.array([zlib.crc32(one.encode()) % 5 for one in _documents(labelled)])
    for fold in range(5):
        chosen = np.flatnonzero((folds[owners] != fold) & single[owners])
        held = np.flatnonzero(folds[owners] == fold)
        learnt = _finished(
            net,
            reader,
            [said[one] for one in chosen] + spoken,
            np.concatenate((full[owners[chosen]], spoken_full)),
            seed,
        )
        scores[held] = learnt.scores([reader.codes(parts[one]) for one in held])
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
