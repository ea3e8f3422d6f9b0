"""Train the detectors: ``python -m training.train --data FOLDER --out model.npz``.

The same data, seed and libraries give the same bytes. It takes a quarter of an hour on one core.
"""

import argparse
import sys
from pathlib import Path
from typing import Any

import numpy as np

from broadsheet.press.screening.detector import META
from broadsheet.press.screening.model import SHIPPED, Model, save
from broadsheet.press.screening.places import PlaceReader
from training import abuse, frame, lexicon, marking, tongue
from training.calibrate import calibrate
from training.features import quantised

VERSION = "2"


def train(folder: Path, seed: int) -> Model:
    words = lexicon.learn(folder)
    empty = np.zeros(0)
    draft = Model(empty, empty, empty, {}, {}, words, {})
    reader = PlaceReader(draft.vocabulary)
    print(f"{len(draft.vocabulary.commonness)} words, {len(draft.vocabulary.abuse)} that abuse")
    framed = frame.learn(folder, reader, seed)
    tongues, tongue_facts = tongue.learn(folder, reader, seed)
    rare = abuse.rarity(folder, reader)
    heads, biases = abuse.learn(folder, reader, rare, seed)
    weights, scales = quantised(heads)
    marked = marking.learn(marking.comments(folder, draft.vocabulary), seed)
    return Model(
        weights,
        rare,
        tongues,
        framed.net,
        marked.tables,
        words,
        facts(scales, biases, marked.facts, tongue_facts, framed.facts),
    )


def facts(
    scales: np.ndarray,
    biases: np.ndarray,
    marking_facts: dict[str, Any],
    tongue_facts: dict[str, float],
    frame_facts: dict[str, Any],
) -> dict[str, Any]:
    """Return the facts of a model that isn't calibrated yet."""
    none = [0.0] * (2 * len(biases) + META + 1)
    return {
        "version": VERSION,
        "scales": scales.tolist(),
        "biases": biases.tolist(),
        "tongue": tongue_facts,
        "frame": frame_facts,
        "mixes": {"abusive": none, "personal": none},
        "marking": marking_facts,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder of the data sets")
    parser.add_argument("--out", type=Path, default=SHIPPED)
    parser.add_argument("--seed", type=int, default=7)
    options = parser.parse_args()
    if not options.data.is_dir():
        sys.exit(f"{options.data} is no folder")
    model = calibrate(train(options.data, options.seed), options.data)
    save(model, options.out)
    print(f"{options.out}: {options.out.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
