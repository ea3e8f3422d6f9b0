"""How well the detectors that come with Broadsheet do, and how fast.

    BROADSHEET_DATA=FOLDER python -m bench.screening [--only english,speed …] [--model FILE]

Reads the development sets in FOLDER/screening (docs/screening-model.md says what they are). What is
learnt within the measurement, sentences and a desk's decisions, is measured on parts held back;
sentences take a quarter of an hour.
Speed is CPU time of this process, one core; the load and the memory are of a fresh process.
"""

import argparse
import json
import os

# Before the numerical library is loaded: what is measured is one core.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import random
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from bench.evasions import EVASIONS
from broadsheet.press.screening.detector import ScreeningDetector
from broadsheet.press.screening.learning import Decided, area, learn
from broadsheet.press.screening.model import SHIPPED, Model, load
from broadsheet.press.screening.places import PlaceReader
from broadsheet.rules.guidelines import judging
from broadsheet.rules.guidelines.findings import Guideline, Measured, Written
from broadsheet.rules.guidelines.policy import Act, Policy
from training.sources import Row, read

NEWS, INSULTS = "dev_ucc_val", "dev_kaggle_insults_train"
NAMED = (
    "african", "african american", "american", "asian", "bisexual", "black", "blind", "buddhist",
    "canadian", "catholic", "chinese", "christian", "deaf", "elderly", "european", "female", "gay",
    "heterosexual", "hispanic", "homosexual", "indian", "japanese", "jewish", "latino", "lesbian",
    "lgbt", "lgbtq", "male", "mexican", "middle eastern", "millenial", "muslim", "nonbinary", "old",
    "paralyzed", "protestant", "queer", "sikh", "straight", "taoist", "trans", "transgender",
    "white", "young", "younger", "middle aged", "teenage", "queer", "spanish",
)  # fmt: skip


# Sources of languages that are left out of learning to see how others than those learnt from fare.
UNSEEN = {
    ("train_dravidian_codemix",): "romanised Tamil, Malayalam and Kannada",
    ("train_roman_urdu",): "romanised Urdu",
}
UNSEEN_TEXTS = 4000


class Bench:
    def __init__(self, folder: Path, model: Model) -> None:
        self.folder, self.model = folder, model
        self.detector = ScreeningDetector(model)
        self._measured: dict[str, tuple[list[Row], list[Measured]]] = {}

    def measured(self, name: str) -> tuple[list[Row], list[Measured]]:
        if name not in self._measured:
            rows = list(read(self.folder, name))
            self._measured[name] = rows, self.measure([row.text for row in rows])
        return self._measured[name]

    def measure(self, texts: Sequence[str]) -> list[Measured]:
        return self.detector.measure_many([Written(one) for one in texts])


def _scores(found: Sequence[Measured], name: str) -> np.ndarray:
    return np.array([getattr(one, name) for one in found])


def _area(bench: Bench, name: str, score: str, label: Callable[[Row], int | None]) -> float:
    rows, found = bench.measured(name)
    labels = [label(row) for row in rows]
    kept = [at for at, one in enumerate(labels) if one is not None]
    return area(_scores(found, score)[kept], np.array([labels[at] for at in kept], dtype=float))


def english(bench: Bench) -> None:
    rows, found = bench.measured(NEWS)
    news = _scores(found, "english")
    for name in ("dev_hinglid_val",):
        others, measured = bench.measured(name)
        foreign = _scores(measured, "english")[[row.english == 0 for row in others]]
        both = np.concatenate((news, foreign))
        found_area = area(both, np.repeat([1.0, 0.0], [len(news), len(foreign)]))
        tell("English: AUC, news comments over romanised Hindi", found_area, ">= .998")
    clean = np.array([row.abusive == 0 for row in rows])
    returned = Policy().of(Guideline.ENGLISH).returns_at or 1
    tell(
        "English: clean news comments returned",
        float((1 - news[clean] >= returned).mean()),
        "<= .005",
    )
    for name in ("dev_sms_ham", "dev_ud_pud", "dev_cola_public"):
        _, measured = bench.measured(name)
        tell(
            f"English: returned of {name}",
            float((1 - _scores(measured, "english") >= returned).mean()),
        )
    tell("English: let through of romanised Hindi", float((1 - foreign < returned).mean()))


def unseen_languages(bench: Bench) -> None:
    """Tell English from languages that the head was never shown: learnt anew without them."""
    try:
        from training import tongue
    except ImportError:
        tell("English, a language left out: needs the training group (scikit-learn)", None)
        return
    rows, _ = bench.measured(NEWS)
    clean = np.array([row.abusive == 0 for row in rows])
    returned = Policy().of(Guideline.ENGLISH).returns_at or 1
    for name, words in UNSEEN.items():
        sources = {one: many for one, many in tongue.OTHER.items() if one not in name}
        reader = PlaceReader(bench.model.vocabulary)
        weights, facts = tongue.learn(bench.folder, reader, 7, other=sources)
        model = replace(bench.model, tongue=weights, facts={**bench.model.facts, "tongue": facts})
        without = Bench(bench.folder, model)
        foreign = [row.text for one in name for row in read(bench.folder, one) if row.english == 0][
            :UNSEEN_TEXTS
        ]
        news = _scores(without.measured(NEWS)[1], "english")
        other = _scores(without.measure(foreign), "english")
        both = np.concatenate((news, other))
        labels = np.repeat([1.0, 0.0], [len(news), len(other)])
        tell(f"English: AUC over {words}, never shown", area(both, labels), ">= .998")
        tell(f"English: let through of {words}, never shown", float((1 - other < returned).mean()))
        tell(
            "English: clean news comments returned by that head",
            float((1 - news[clean] >= returned).mean()),
            "<= .005",
        )


def sentences(bench: Bench) -> None:
    try:
        from training import frame
    except ImportError:
        tell("Full sentences, cross-validated: needs the training group", None)
    else:
        scores, labels, units = frame.held_back(bench.folder, bench.model)
        tell(
            "Full sentences: AUC on the web treebank, by document", area(scores, labels), ">= .985"
        )
        for unit in ("sentence", "comment"):
            there = units == unit
            tell(f"  of it, each a {unit}", area(scores[there], labels[there]))
    returned = Policy().of(Guideline.FULL_SENTENCES).returns_at or 1
    rows, found = bench.measured("dev_ud_pud")
    full = np.array([row.full_sentences == 1 for row in rows])
    refused = 1 - _scores(found, "full_sentences")[full] >= returned
    tell("Full sentences: returned of news and encyclopaedia", float(refused.mean()), "<= .01")
    rows, found = bench.measured("dev_cola_public")
    full = np.array([row.full_sentences == 1 for row in rows])
    refused = 1 - _scores(found, "full_sentences")[full] >= returned
    tell("Full sentences: returned of linguists' examples", float(refused.mean()))
    rows, found = bench.measured(NEWS)
    clean = np.array([row.abusive == 0 for row in rows])
    refused = 1 - _scores(found, "full_sentences")[clean] >= returned
    tell("Full sentences: returned of clean news comments", float(refused.mean()))


def abuse(bench: Bench) -> None:
    tell(
        "Personal: AUC on insults",
        _area(bench, INSULTS, "personal", lambda r: r.personal),
        ">= .90",
    )
    tell("  by abusive", _area(bench, INSULTS, "abusive", lambda r: r.personal))
    tell(
        "Abusive: AUC on news comments",
        _area(bench, NEWS, "abusive", lambda r: r.abusive),
        ">= .76",
    )
    tell("  by personal", _area(bench, NEWS, "personal", lambda r: r.abusive))
    for name in (
        "dev_wiki_cat_small", "dev_convabuse_test", "dev_olid_train", "dev_indian_reddit_llm",
        "dev_dynahate_dev", "dev_kennedy_dev", "dev_identity_templates_en",
    ):  # fmt: skip
        tell(f"Abusive: AUC on {name}", _area(bench, name, "abusive", lambda r: r.abusive))


def learning(bench: Bench) -> None:
    rows = [row for row in read(bench.folder, NEWS) if row.abusive is not None]
    learnt = learn(bench.model, [Decided(row.text, bool(row.abusive)) for row in rows])
    tell("Learnt from a desk's decisions: AUC before", learnt.before.area)
    tell("Learnt from a desk's decisions: AUC after, held back", learnt.after.area, ">= .78")
    tell("  calibration after (ECE)", learnt.after.off, "<= .05")


def fairness(bench: Bench) -> None:
    rows, found = bench.measured("dev_identity_templates_en")
    for name in ("abusive", "personal"):
        lines = Policy().of(Guideline.NOT_ABUSIVE if name == "abusive" else Guideline.NOT_PERSONAL)
        for what, line in (("held", lines.holds_at or 1), ("returned", lines.returns_at or 1)):
            groups: dict[str, list[bool]] = defaultdict(list)
            for row, score in zip(rows, _scores(found, name), strict=True):
                group = _group(row.text)
                if row.abusive == 0 and group:
                    groups[group].append(score >= line)
            shares = {
                group: float(np.mean(ones)) for group, ones in groups.items() if len(ones) >= 30
            }
            every = [one for ones in groups.values() for one in ones]
            tell(
                f"Identity templates: friendly ones {what} ({name})",
                float(np.mean(every)),
                "<= .05",
            )
            worst = sorted(shares, key=lambda one: -shares[one])[:4]
            spread = max(shares.values()) - min(shares.values())
            tell(f"  spread over {len(shares)} groups", spread, "<= .03")
            print("   ", ", ".join(f"{one} {shares[one]:.3f}" for one in worst))


def _group(text: str) -> str:
    small = f" {text.lower()} "
    return max((one for one in NAMED if f" {one} " in small), key=len, default="")


def evasions(bench: Bench) -> None:
    rows, found = bench.measured(INSULTS)
    line = Policy().of(Guideline.NOT_ABUSIVE).holds_at or 1
    scores = _scores(found, "abusive")
    caught = [
        row.text for row, one in zip(rows, scores, strict=True) if row.personal == 1 and one >= line
    ]
    kept = 0
    for name, change in EVASIONS.items():
        chance = random.Random(1)
        changed = bench.measure([change(one, chance) for one in caught])
        recall = float((_scores(changed, "abusive") >= line).mean())
        kept += recall >= 0.9
        tell(f"Evasion, recall of the clean text's: {name}", recall, ">= .90")
    tell("Evasions seen through", float(kept), ">= 9")


def spans(bench: Bench) -> None:
    try:
        from training import marking
    except ImportError:
        tell("Spans, cross-validated: needs the training group (scikit-learn)", None)
        return
    given, chosen, strong = marking.held_back(bench.folder, bench.model.vocabulary)
    each = np.array([one.agreed(marks) for one, marks in zip(given, chosen, strict=True)])
    some = np.array([bool(one.gold) for one in given])
    tell("Spans: character F1, toxic comments, held back", float(each.mean()), ">= .68")
    tell("  those with words marked", float(each[some].mean()))
    tell(
        "  all, and none marked where no word is strong",
        float(np.where(strong, each, ~some).mean()),
    )


def calibration(bench: Bench) -> None:
    rows, found = bench.measured(NEWS)
    labels = np.array([row.abusive or 0 for row in rows], dtype=float)
    for name in ("abusive", "personal"):
        scores = _scores(found, name)
        bins = np.minimum((scores * 10).astype(int), 9)
        off = sum(
            abs(scores[bins == one].mean() - labels[bins == one].mean()) * (bins == one).mean()
            for one in np.unique(bins)
        )
        tell(f"Calibration on news comments (ECE): {name}", float(off), "<= .05")
    policy = Policy()
    returned, by = 0, defaultdict(int)
    clean = 0
    for row, one in zip(rows, found, strict=True):
        if row.abusive != 0:
            continue
        clean += 1
        broken = {
            finding.guideline.value
            for finding in judging.find(Written(row.text), one, policy)
            if finding.guideline in {Guideline.NOT_ABUSIVE, Guideline.NOT_PERSONAL}
            and policy.of(finding.guideline).act(finding.strength) is Act.RETURN
        }
        returned += bool(broken)
        for guideline in broken:
            by[guideline] += 1
    tell("Clean news comments returned as abusive or personal", returned / clean, "<= .005")
    print("   ", dict(by))


def speed(bench: Bench) -> None:
    rows, _ = bench.measured(NEWS)
    comments = [Written(row.text) for row in rows]
    fresh = ScreeningDetector(bench.model)
    begun = time.process_time()
    fresh.measure_many(comments)
    tell(
        "Comments a second and core, batched, nothing read before",
        len(comments) / (time.process_time() - begun),
        ">= 3000",
    )
    begun = time.process_time()
    fresh.measure_many(comments)
    tell(
        "Comments a second and core, batched, met before",
        len(comments) / (time.process_time() - begun),
    )
    fresh = ScreeningDetector(bench.model)
    begun = time.process_time()
    for one in comments:
        fresh.measure(one)
    tell(
        "Comments a second and core, one at a time",
        len(comments) / (time.process_time() - begun),
        ">= 1000",
    )
    lines = "".join(json.dumps({"id": row.key, "text": row.text}) + "\n" for row in rows * 3)
    command = Path(sys.executable).with_name("broadsheet")
    before = os.times()
    subprocess.run([command, "screen"], input=lines.encode(), capture_output=True, check=True)
    after = os.times()
    used = (
        after.children_user + after.children_system - before.children_user - before.children_system
    )
    tell(
        "`broadsheet screen`: comments a CPU second, start and findings included",
        3 * len(rows) / used,
    )
    told = subprocess.run(
        [sys.executable, "-c", _LOADING], capture_output=True, check=True, text=True
    ).stdout.split()
    tell("Loading, seconds (numpy included)", float(told[0]), "<= .5")
    tell("Resident, MB", float(told[1]), "<= 150")
    tell("Model's file, MB", SHIPPED.stat().st_size / 1e6, "<= 6")


_LOADING = """
import time
begun = time.perf_counter()
from broadsheet.press.screening.detector import ScreeningDetector
from broadsheet.rules.guidelines.findings import Written
detector = ScreeningDetector()
detector.measure(Written("I agree."))
taken = time.perf_counter() - begun
detector.measure_many([Written(f"word{n} and more{n} of it{n}") for n in range(20_000)])
most = next(line for line in open("/proc/self/status") if line.startswith("VmHWM"))
print(taken, int(most.split()[1]) / 1024)
"""


def tell(what: str, value: float | None, wanted: str = "") -> None:
    said = "" if value is None else f"{value:.4f}" if value < 100 else f"{value:,.0f}"
    print(f"{what:72} {said:>9}  {wanted}", flush=True)


PARTS = (
    english,
    unseen_languages,
    sentences,
    abuse,
    learning,
    fairness,
    evasions,
    spans,
    calibration,
    speed,
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default="", help="parts, by commas")
    parser.add_argument("--model", type=Path, default=SHIPPED)
    options = parser.parse_args()
    folder = Path(os.environ.get("BROADSHEET_DATA", "")) / "screening"
    if not os.environ.get("BROADSHEET_DATA") or not folder.is_dir():
        sys.exit("BROADSHEET_DATA names no folder with screening/ in it: nothing can be measured.")
    bench = Bench(folder, load(options.model))
    wanted = set(options.only.split(",")) if options.only else None
    for part in PARTS:
        if wanted is None or part.__name__ in wanted:
            part(bench)


if __name__ == "__main__":
    main()
