"""Scores made probabilities, and the lines where a policy returns and holds.

What is set here are a few numbers to a guideline, on development sets that no table of weights is
learnt from: which parts of the measures count how much (stated below), and two numbers that make
the sum a probability. News comments decide: how often an attack is met there, and how many clean
comments a line may take.
"""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from scipy.optimize import minimize

from broadsheet.press.screening.detector import ScreeningDetector
from broadsheet.press.screening.model import Model
from broadsheet.rules.guidelines.findings import Written
from training.sources import Row, read

# Rude, hate and attack of the whole; the same of the worst sentence; “you”; words that
# abuse; length; much hate.
MIXES = {
    "abusive": (0.25, 0.2, 0.0, 0.75, 0.25, 0.0, 0.5, 0.0, 0.0, 4.0),
    "personal": (0.0, 0.2, 0.65, 0.0, 0.2, 0.35, 3.0, 0.0, -0.5, 1.0),
}
NEWS = "dev_ucc_val"
INSULTS = "dev_kaggle_insults_train"
# How many comments of a paper attack a person, as far as anybody counted.
ATTACKS = 0.1
# Parts of clean news comments that may be returned, and held.
RETURNED, HELD = 0.003, 0.05


def calibrate(model: Model, folder: Path) -> Model:
    """Return the model with its mixes and lines set."""
    facts: dict[str, Any] = dict(model.facts)
    detector = ScreeningDetector(model)
    news, abuses = _seen(detector, folder, NEWS, lambda row: row.abusive)
    talk, attacks = _seen(detector, folder, INSULTS, lambda row: row.personal)
    mixes, lines = {}, {}
    for name, mix in MIXES.items():
        weights = np.array(mix)
        if name == "abusive":
            slope, shift = fit(news @ weights, abuses, np.ones(len(abuses)))
        else:
            share = attacks.mean()
            each = np.where(attacks == 1, ATTACKS / share, (1 - ATTACKS) / (1 - share))
            slope, shift = fit(talk @ weights, attacks, each)
        mixes[name] = [*(weights * slope).tolist(), shift]
        likely = 1 / (1 + np.exp(-(news[abuses == 0] @ weights * slope + shift)))
        lines[name] = {
            "returns": round(float(np.quantile(likely, 1 - RETURNED)), 3),
            "holds": round(float(np.quantile(likely, 1 - HELD)), 3),
        }
    facts |= {"mixes": mixes, "lines": lines}
    return replace(model, facts=facts)


def _seen(
    detector: ScreeningDetector, folder: Path, name: str, label: Callable[[Row], int | None]
) -> tuple[np.ndarray, np.ndarray]:
    rows = [row for row in read(folder, name) if label(row) is not None]
    seen = detector.seen([Written(row.text) for row in rows])
    return seen.astype(float), np.array([label(row) for row in rows], dtype=float)


def fit(scores: np.ndarray, labels: np.ndarray, each: np.ndarray) -> tuple[float, float]:
    """Return slope and shift that make scores the probabilities of labels (Platt's way)."""

    def loss(found: np.ndarray) -> float:
        score = found[0] * scores + found[1]
        return float((each * (np.logaddexp(0, score) - labels * score)).sum())

    found = minimize(loss, np.array([1.0, -3.0]), method="Nelder-Mead", options={"xatol": 1e-6})
    return float(found.x[0]), float(found.x[1])
