"""The vocabulary: words that are common enough, their classes, and those that abuse."""

import math
import re
from collections import Counter
from collections.abc import Iterable
from importlib import resources
from pathlib import Path

import numpy as np

from broadsheet.press.screening import letters
from broadsheet.press.screening.model import COMMON_STEP, NO_CLASS
from broadsheet.press.screening.vocabulary import CLASSES, FRAME
from training.sources import read

SOURCES = (
    "train_civil_toxic_spans",
    "train_wiki_cat_large",
    "train_cmv_ad_hominem",
    "train_github_incivility",
    "train_ud_ewt",
    "train_ud_eslspok",
    "train_kennedy",
    "train_hopeedi_en",
    "train_dynahate",
    "train_edos_sexism",
    "train_tatoeba",
    "train_founta",
    "train_davidson_tweets",
    "dev_stanford_politeness",
)
LEAST_TEXTS = 4
COMMONEST = 8000  # words that are learnt by the company they keep
# Words beside a star or a sign are parts of words in disguise.
_WORD = re.compile(r"(?<![*$@#\w.'-])[^\W\d_]+(?:'[^\W\d_]+)*(?![*$@#\w])")
_REPEATED = re.compile(r"(.)\1\1")


def learn(folder: Path) -> dict[str, np.ndarray]:
    """Return the arrays of the vocabulary, as a model keeps them."""
    common = _common(folder)
    abuse = _abuse(folder, common)
    tags = dict(_tags())
    classes = {word: CLASSES[word] for word in FRAME}
    for word in common:
        tag = tags.get(word, "").split("|")[0]
        if word not in classes and tag in CLASSES:
            classes[word] = CLASSES[tag]
    names = sorted(common)
    commonest = sorted(range(len(names)), key=lambda at: (-common[names[at]], names[at]))
    endings = _endings(tags)
    return {
        "words": _packed(names),
        "common": np.array(
            [min(255, round(-common[one] * COMMON_STEP)) for one in names], dtype=np.uint8
        ),
        "classes": np.array([classes.get(one, NO_CLASS) for one in names], dtype=np.uint16),
        "abuse": np.array([round(abuse.get(one, 0) * 250) for one in names], dtype=np.uint8),
        "endings": _packed(endings),
        "endings_classes": np.array(list(endings.values()), dtype=np.uint16),
        "commonest": np.array(commonest[:COMMONEST], dtype=np.uint32),
    }


def _packed(names: Iterable[str]) -> np.ndarray:
    return np.frombuffer("\n".join(names).encode(), dtype=np.uint8)


def _common(folder: Path) -> dict[str, float]:
    said: Counter[str] = Counter()
    texts: Counter[str] = Counter()
    for name in SOURCES:
        for row in read(folder, name):
            if row.english != 0:
                found = _WORD.findall(letters.read(row.text).text.lower())
                found = [one for one in found if one.isascii()]
                said.update(found)
                texts.update(set(found))
    total = sum(said.values())
    return {
        word: math.log(many / total)
        for word, many in said.items()
        if texts[word] >= LEAST_TEXTS
        and len(word) <= 24
        and not _REPEATED.search(word)
        and (len(word) > 1 or word in "aiu")
    } | {word: math.log(1 / total) for word in FRAME if word not in said}


def _abuse(folder: Path, common: dict[str, float]) -> dict[str, float]:
    """Return words that annotators marked as what makes a comment toxic, and how often."""
    marked: Counter[str] = Counter()
    said: Counter[str] = Counter()
    for row in read(folder, "train_civil_toxic_spans"):
        places = row.original.get("spans", [])
        for word in _WORD.finditer(row.text.lower()):
            said[word[0]] += 1
            marked[word[0]] += any(start <= word.start() < end for start, end in places)
    return {
        word: many / (said[word] + 1)
        for word, many in marked.items()
        if many >= 2 and many / (said[word] + 1) >= 0.3 and word in common and len(word) > 2
    }


def _tags() -> Iterable[tuple[str, str]]:
    """Yield words and their likeliest part of speech, from Brill's lexicon (MIT licence)."""
    lines = resources.files("textblob.en").joinpath("en-lexicon.txt").read_text(encoding="utf-8")
    capital: dict[str, str] = {}
    small: dict[str, str] = {}
    for line in lines.splitlines():
        parts = line.split()
        if len(parts) < 2 or line.startswith(";;;"):
            continue
        word, tag = parts[:2]
        (small if word == word.lower() else capital).setdefault(word.lower(), tag)
    yield from (capital | small).items()


def _endings(tags: dict[str, str]) -> dict[str, int]:
    endings: dict[str, int] = {}
    for length in (1, 2, 3, 4):
        found: dict[str, Counter[str]] = {}
        for word, tag in tags.items():
            if word.isalpha() and len(word) > length and tag in CLASSES and tag[:3] != "NNP":
                found.setdefault(word[-length:], Counter())[tag] += 1
        for ending, counted in sorted(found.items()):
            if counted.total() >= 20:
                endings[ending] = CLASSES[max(counted, key=lambda one: (counted[one], one))]
    return endings
