"""The detector: comments in, four probabilities and the words held against each out.

All guidelines are measured in one go. A comment is measured as a whole and sentence by sentence,
so that friendly words around an attack don't hide it: what counts is the whole and the worst
sentence together. Words that are quoted (:mod:`broadsheet.press.screening.quoting`) count for
nothing.
"""

import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from broadsheet.press.screening import features, letters, quoting
from broadsheet.press.screening.features import Floats, Ints
from broadsheet.press.screening.model import Model, load
from broadsheet.press.screening.naming import names_of
from broadsheet.press.screening.reading import COUNTS, Read, Reader
from broadsheet.press.screening.vocabulary import CLASSES
from broadsheet.rules.guidelines.findings import Breach, Measured, Sentence, Span, Written

# Characters of a comment that are looked at; some times what a comment may have.
LOOKED_AT = 30_000
# Characters that are measured in one go.
BATCH = 40_000
WORDS, YOU, CAPS, ABUSE, FOREIGN, UNDONE = range(len(COUNTS))


@dataclass(slots=True)
class Units:
    """What was measured of sentences, or of comments; one row to each.

    :param scores: of the heads, over the length of what they were added over
    :param counts: of ``COUNTS``: the most of ``abuse``, the sum of the others
    """

    scores: Floats
    counts: Floats
    english: Floats
    full_sentences: Floats


class ScreeningDetector:
    """A :class:`broadsheet.rules.guidelines.findings.Detector`."""

    def __init__(self, model: Model | None = None) -> None:
        self._model = model = model or load()
        self.version = model.version
        self._facts = model.facts
        self._reader = Reader(model)
        self._guard = threading.Lock()
        self._scales = np.asarray(model.facts["scales"], dtype=np.float32)
        self._biases = np.asarray(model.facts["biases"], dtype=np.float32)
        self._mixes = {name: np.asarray(one) for name, one in model.facts["mixes"].items()}

    def measure(self, written: Written) -> Measured:
        return self.measure_many([written])[0]

    def measure_many(self, comments: Sequence[Written]) -> list[Measured]:
        """Measure comments, in their order; several at once cost less than one by one."""
        measured: list[Measured] = []
        for batch in _batches(comments):
            seen = [letters.read(one.text[:LOOKED_AT]) for one in batch]
            with self._guard:
                self._reader.make_room(seen)
                measured.extend(self._measure(batch, [self._reader.read(one) for one in seen]))
        return measured

    def _measure(self, batch: Sequence[Written], read: Sequence[Read]) -> Iterator[Measured]:
        rows, starts, firsts = _flat(read)
        places: dict[int, list[tuple[int, int]]] = {}
        own = self._own(batch, read, rows, places)
        tokens, squares = self._tokens(own, starts)
        sentences = self._sentences(rows, own, starts, tokens, squares)
        wholes = self._wholes(own, starts, firsts, tokens, squares, sentences)
        worst = np.maximum.reduceat(sentences.scores, firsts)
        of_comments = self._mixed(wholes, worst)
        of_sentences = self._mixed(sentences, sentences.scores)
        return self._told(
            batch, read, places, starts, firsts, tokens, own, sentences, wholes, of_comments, of_sentences
        )

    def _own(
        self,
        batch: Sequence[Written],
        read: Sequence[Read],
        rows: Ints,
        places: dict[int, list[tuple[int, int]]],
    ) -> Ints:
        """Return the rows without those that are quoted."""
        own = rows
        at = 0
        for number, (written, one) in enumerate(zip(batch, read, strict=True)):
            if masked := quoting.quoted(one.letters, (written.story, written.parent)):
                if own is rows:
                    own = rows.copy()
                there = places[number] = self._reader.places(one.letters)
                for place, (start, end) in enumerate(there):
                    if any(first < end and start < last for first, last in masked):
                        own[at + place] = 0
            at += len(one.rows)
        return own

    def _tokens(self, own: Ints, starts: Ints) -> tuple[Floats, Floats]:
        """Return what each stretch adds to each head, and to the square of the length."""
        reader = self._reader
        tokens = reader.score[own]
        squares = reader.square[own]
        last = reader.last[own]
        before = np.empty_like(last)
        before[1:] = last[:-1]
        before[starts] = features.START
        self._add(tokens, squares, slice(None), features.pair(before, reader.first[own], 1))
        sentence = np.zeros(len(own), dtype=np.int64)
        sentence[starts[1:]] = 1
        sentence = np.cumsum(sentence)
        you = np.flatnonzero(reader.counts[own, YOU])
        for reach in range(1, features.REACH + 1) if len(you) else ():
            near = you[: np.searchsorted(you, len(own) - reach)]
            near = near[sentence[near] == sentence[near + reach]] + reach
            if len(near):
                said = features.pair(
                    np.full(len(near), features.YOU, dtype=np.uint64), last[near], 2
                )
                self._add(tokens, squares, near, said)
        silent = own == 0
        if silent.any():
            tokens[silent] = 0
            squares[silent] = 0
        return tokens, squares

    def _add(self, tokens: Floats, squares: Floats, where: Any, places: Ints) -> None:
        rarity = self._model.rarity[places] * np.float32(1 / 16)
        tokens[where] += self._model.words[places] * self._scales * rarity[:, None]
        squares[where] += rarity * rarity

    def _sentences(
        self, rows: Ints, own: Ints, starts: Ints, tokens: Floats, squares: Floats
    ) -> Units:
        reader = self._reader
        scores = np.add.reduceat(tokens, starts)
        scores /= np.sqrt(np.maximum(np.add.reduceat(squares, starts), 1.0))[:, None]
        return Units(
            scores + self._biases,
            _counted(reader.counts[own], starts),
            self._english(own, starts),
            self._full(rows, starts),
        )

    def _wholes(
        self,
        own: Ints,
        starts: Ints,
        firsts: Ints,
        tokens: Floats,
        squares: Floats,
        sentences: Units,
    ) -> Units:
        begins = starts[firsts]
        scores = np.add.reduceat(tokens, begins)
        scores /= np.sqrt(np.maximum(np.add.reduceat(squares, begins), 1.0))[:, None]
        lengths = np.diff(starts, append=len(own)).astype(np.float32)
        full = np.add.reduceat(sentences.full_sentences * lengths, firsts)
        return Units(
            scores + self._biases,
            _counted(self._reader.counts[own], begins),
            self._english(own, begins),
            full / np.add.reduceat(lengths, firsts),
        )

    def _english(self, rows: Ints, starts: Ints) -> Floats:
        facts = self._facts["tongue"]
        score = np.add.reduceat(self._reader.tongue[rows], starts)
        count = np.add.reduceat(self._reader.tongue_count[rows], starts)
        score = score / np.sqrt(np.maximum(count, 1.0)) + facts["bias"]
        # Where there are no words there is nothing that isn't English.
        score = np.where(count > 0, score, facts["unknown"])
        return _likely(score * facts["slope"] + facts["shift"])

    def _full(self, rows: Ints, starts: Ints) -> Floats:
        facts = self._facts["frame"]
        framed = np.full((len(rows), self._reader.classes.shape[1] + 2), -1, dtype=np.int64)
        framed[:, 1:-1] = self._reader.classes[rows]
        framed[starts, 0] = CLASSES["<start>"]
        framed[np.append(starts[1:], len(rows)) - 1, -1] = CLASSES["<end>"]
        said = framed >= 0
        lengths = np.add.reduceat(said.sum(axis=1), starts)
        begins = np.concatenate(([0], np.cumsum(lengths)[:-1]))
        places, owners = features.frame_places(framed[said], begins)
        weights = self._model.frame[places].astype(np.float32)
        score = np.bincount(owners, weights, len(starts)) * facts["scale"]
        count = np.bincount(owners, minlength=len(starts))
        score = score / np.sqrt(np.maximum(count, 1)) + facts["bias"]
        return _likely(score.astype(np.float32) * facts["slope"] + facts["shift"])

    def _mixed(self, units: Units, worst: Floats) -> dict[str, Floats]:
        seen = _seen(units, worst)
        return {name: _likely(seen @ mix[:-1] + mix[-1]) for name, mix in self._mixes.items()}

    def _told(
        self,
        batch: Sequence[Written],
        read: Sequence[Read],
        places: dict[int, list[tuple[int, int]]],
        starts: Ints,
        firsts: Ints,
        tokens: Floats,
        own: Ints,
        sentences: Units,
        wholes: Units,
        of_comments: dict[str, Floats],
        of_sentences: dict[str, Floats],
    ) -> Iterator[Measured]:
        facts = self._facts["spans"]
        strengths = _likely(
            tokens @ np.asarray(facts["heads"], dtype=np.float32)
            + self._reader.counts[own, ABUSE] * facts["abuse"]
            + facts["bias"]
        )
        strengths[own == 0] = 0
        bounds = [*starts.tolist(), len(own)]
        abusive, personal = of_comments["abusive"].tolist(), of_comments["personal"].tolist()
        sentence_values = list(
            zip(
                sentences.english.tolist(),
                sentences.full_sentences.tolist(),
                of_sentences["abusive"].tolist(),
                of_sentences["personal"].tolist(),
                strict=True,
            )
        )
        edges = [*firsts.tolist(), len(starts)]
        for number, (written, one) in enumerate(zip(batch, read, strict=True)):
            there = places.get(number) or self._reader.places(one.letters) or [(0, 0)]
            at = bounds[edges[number]]
            told = []
            for sentence in range(edges[number], edges[number + 1]):
                first, last = bounds[sentence] - at, bounds[sentence + 1] - at - 1
                span = one.letters.span(there[first][0], there[last][1])
                told.append(Sentence(*span, *sentence_values[sentence]))
            found: list[Span] = []
            if max(abusive[number], personal[number]) >= facts["from"]:
                found = self._spans(written, one, there, at, strengths, told)
            yield Measured(
                float(wholes.english[number]),
                float(wholes.full_sentences[number]),
                abusive[number],
                personal[number],
                found,
                told,
            )

    def _spans(
        self,
        written: Written,
        one: Read,
        there: Sequence[tuple[int, int]],
        at: int,
        strengths: Floats,
        sentences: Sequence[Sentence],
    ) -> list[Span]:
        line = self._facts["spans"]["line"]
        names: frozenset[str] | None = None
        found: list[Span] = []
        strong = strengths[at : at + len(there)].tolist()
        for place, strength in enumerate(strong):
            if strength < line:
                continue
            start, end = _word_within(one.letters.text, *there[place])
            if start >= end:
                continue
            start, end = one.letters.span(start, end)
            sentence = next((s for s in sentences if s.start <= start < s.end), None)
            attack = sentence is not None and sentence.personal > sentence.abusive
            if names is None:
                names = names_of(written.story)
            public = bool(names) and sentence is not None and _names_public(
                written.text[sentence.start : sentence.end], names
            )
            breach = Breach.ATTACK if attack else Breach.ABUSE
            before = found[-1] if found else None
            if before is not None and place and strong[place - 1] >= line and before.breach is breach:
                found[-1] = Span(
                    before.start, end, max(before.strength, strength), breach, before.in_public
                )
            else:
                found.append(Span(start, end, strength, breach, public))
        return found


def _seen(units: Units, worst: Floats) -> Floats:
    """Return what the last step looks at, one row to each unit."""
    return np.column_stack(
        (
            units.scores,
            worst,
            units.counts[:, YOU] > 0,
            units.counts[:, ABUSE],
            np.log1p(units.counts[:, WORDS]),
        )
    )


def _names_public(text: str, names: frozenset[str]) -> bool:
    return any(one in names for one in text.lower().replace("'s", "").replace("’s", "").split())


def _word_within(text: str, start: int, end: int) -> tuple[int, int]:
    """Return a stretch without the marks around its word."""
    while start < end and text[start] in "\"'([{*_<>~-.,;:!?":
        start += 1
    while end > start and text[end - 1] in "\"')]}*_<>~-.,;:!?…":
        end -= 1
    return start, end


def _batches(comments: Sequence[Written]) -> Iterator[Sequence[Written]]:
    first = 0
    size = 0
    for at, one in enumerate(comments):
        length = min(len(one.text), LOOKED_AT) + 1
        if at > first and size + length > BATCH:
            yield comments[first:at]
            first, size = at, 0
        size += length
    if first < len(comments):
        yield comments[first:]


def _flat(read: Sequence[Read]) -> tuple[Ints, Ints, Ints]:
    """Return all rows; where each sentence starts in them; the first sentence of each comment."""
    rows: list[int] = []
    starts: list[int] = []
    firsts: list[int] = []
    for one in read:
        firsts.append(len(starts))
        at = len(rows)
        starts.extend([at + start for start in one.starts])
        rows.extend(one.rows)
    return np.array(rows), np.array(starts), np.array(firsts)


def _counted(counts: Floats, starts: Ints) -> Floats:
    summed = np.add.reduceat(counts, starts)
    summed[:, ABUSE] = np.maximum.reduceat(counts[:, ABUSE], starts)
    return summed


def _likely(score: Floats) -> Floats:
    """Return probabilities of scores."""
    likely: Floats = 1 / (1 + np.exp(-np.clip(score, -30, 30)))
    return likely
