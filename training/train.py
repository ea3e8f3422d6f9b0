"""Train the detectors: ``python -m training.train --data FOLDER --out model.npz``.

The same data, seed and libraries give the same bytes. It takes about five minutes on one core.
"""

import argparse
import sys
from pathlib import Path

import numpy as np

from broadsheet.press.screening.model import SHIPPED, Model, save
from broadsheet.press.screening.places import PlaceReader
from training import abuse, frame, lexicon, tongue

# How the scores of heads become probabilities: tuned on the development sets by training.tune.
FACTS = Path(__file__).with_name("facts.json")


def train(folder: Path, seed: int) -> Model:
    words = lexicon.learn(folder)
    empty = np.zeros(0)
    draft = Model(empty, empty, empty, empty, words, {})
    features = PlaceReader(draft.vocabulary)
    print(f"{len(draft.vocabulary.commonness)} words, {len(draft.vocabulary.abuse)} that abuse")
    framed, frame_facts = frame.learn(frame.rows(folder), features, seed)
    tongues, tongue_facts = tongue.learn(folder, features, seed)
    rare = abuse.rarity(folder, features)
    weights, scales, biases = abuse.learn(folder, features, rare, seed)
    facts = {
        "version": "0",
        "scales": scales.tolist(),
        "biases": biases.tolist(),
        "tongue": tongue_facts,
        "frame": frame_facts,
        "mixes": {
            "abusive": [0.5, 0.15, 0, 0.5, 0.15, 0, 0, 0, 0, 0],
            "personal": [0, 0, 0.5, 0, 0, 0.5, 0.5, 0, 0, 0],
        },
        "spans": {"heads": [0.02, 0, 0], "abuse": 0.1, "bias": -5.64, "line": 0.5, "from": 0.1},
    }
    return Model(weights, rare, tongues, framed, words, facts)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder of the data sets")
    parser.add_argument("--out", type=Path, default=SHIPPED)
    parser.add_argument("--seed", type=int, default=7)
    options = parser.parse_args()
    if not options.data.is_dir():
        sys.exit(f"{options.data} is no folder")
    save(train(options.data, options.seed), options.out)
    print(f"{options.out}: {options.out.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
