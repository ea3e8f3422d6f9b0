"""The file that holds what was learnt: vocabulary, tables of weights, and how they are combined.

It is a zip of numpy arrays without objects in it, so that loading runs no code. Nothing in it is a
text that somebody wrote.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np
import numpy.typing as npt

from broadsheet.press.screening import clauses, marking
from broadsheet.press.screening.vocabulary import Vocabulary

SHIPPED = Path(__file__).with_name("model.npz")

# Steps in which logarithms of commonness are kept.
COMMON_STEP = 12.0
NO_CLASS = 65_535


class ModelError(Exception):
    """A model's file can't be used; the message says why."""


@dataclass(frozen=True)
class Model:
    """:param words: weights of words, pairs and letters, one column to a head
    :param rarity: of the same places, the weight of one that is rarely met
    :param tongue: weights of letters that tell English from the rest
    :param net: tables of the net that tells a sentence from a fragment
    :param marking: tables that tell which words are marked
    :param facts: the version; names of heads; scales; mixes and lines
    """

    words: npt.NDArray[np.int8]
    rarity: npt.NDArray[np.uint8]
    tongue: npt.NDArray[np.int8]
    net: Mapping[str, npt.NDArray[Any]]
    marking: Mapping[str, npt.NDArray[Any]]
    lexicon: Mapping[str, Any]
    facts: Mapping[str, Any]

    @cached_property
    def vocabulary(self) -> Vocabulary:
        names = bytes(self.lexicon["words"]).decode().split("\n")
        common = (self.lexicon["common"] / -COMMON_STEP).tolist()
        classes = self.lexicon["classes"].tolist()
        abuse = self.lexicon["abuse"].tolist()
        endings = bytes(self.lexicon["endings"]).decode().split("\n")
        return Vocabulary(
            dict(zip(names, common, strict=True)),
            {name: one for name, one in zip(names, classes, strict=True) if one != NO_CLASS},
            {name: one / 250 for name, one in zip(names, abuse, strict=True) if one},
            dict(zip(endings, self.lexicon["endings_classes"].tolist(), strict=True)),
            {names[at]: row for row, at in enumerate(self.lexicon["commonest"].tolist(), 2)},
        )

    @property
    def version(self) -> str:
        return str(self.facts["version"])


_LEXICON = ("words", "common", "classes", "abuse", "endings", "endings_classes", "commonest")
_NET = (*clauses.TABLES, "biases", "heads")


def load(path: Path = SHIPPED) -> Model:
    """Load a model.

    :raises ModelError: with what is wrong with the file
    """
    try:
        with np.load(path, allow_pickle=False) as kept:
            return Model(
                kept["weights"],
                kept["rarity"],
                kept["tongue"],
                {name: kept[f"net_{name}"] for name in _NET},
                {name: kept[f"marking_{name}"] for name in marking.TABLES},
                {name: kept[name] for name in _LEXICON},
                json.loads(bytes(kept["facts"])),
            )
    except KeyError as error:
        raise ModelError(
            f"{path} belongs to another version of Broadsheet. If it was learnt from a desk, learn it "
            "anew (broadsheet learn, then --switch-on) or take it away (broadsheet learn --switch-off)."
        ) from error
    except (OSError, ValueError, EOFError, BadZipFile) as error:
        raise ModelError(f"{path}: {type(error).__name__}: {error}") from error


def _tables(model: Model) -> dict[str, Any]:
    return (
        {name: model.lexicon[name] for name in _LEXICON}
        | {f"net_{name}": model.net[name] for name in _NET}
        | {f"marking_{name}": model.marking[name] for name in marking.TABLES}
    )


def save(model: Model, path: Path) -> None:
    """Write a model; the same model gives the same bytes."""
    facts = json.dumps(model.facts, sort_keys=True, ensure_ascii=True).encode()
    with path.open("wb") as file:
        np.savez_compressed(
            file,
            weights=model.words,
            rarity=model.rarity,
            tongue=model.tongue,
            facts=np.frombuffer(facts, dtype=np.uint8),
            **_tables(model),
        )
