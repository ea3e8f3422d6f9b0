"""The detector: comments in, four probabilities and the words held against each out.

All guidelines are measured in one go. A comment is measured as a whole and sentence by sentence,
so that friendly words around an attack don't hide it: what counts is the whole and the worst
sentence together. Words that are quoted (:mod:`broadsheet.press.screening.quoting`) count for
nothing.
"""

import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from broadsheet.press.screening import features, letters, marking, naming, quoting, threats
from broadsheet.press.screening.clauses import Clauses
from broadsheet.press.screening.features import Floats, Ints
from broadsheet.press.screening.marking import Marker
from broadsheet.press.screening.model import Model, load
from broadsheet.press.screening.reading import COUNTS, Read, Reader
from broadsheet.press.screening.spans import THREAT, marked, with_threats, word_within
from broadsheet.press.screening.vocabulary import CLASSES
from broadsheet.rules.guidelines.findings import Measured, Sentence, Span, Written

# Where a comment is so likely abusive or personal its words are looked at, however weak they are.
LIKELY = 0.15
# Characters of a comment that are looked at; some times what a comment may have.
LOOKED_AT = 30_000
# Characters that are measured in one go.
BATCH = 40_000
# Of a comment besides what its heads say: “you”, words that abuse, its length, and much hate.
META = 4
# The head for hate against groups. It takes many a friendly word about a group for hate: it counts
# where it is sure, from one standard deviation of ordinary comments on.
HATE = 1
MUCH_HATE = 1.0
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


@dataclass(slots=True)
class Work:
    """Some comments while they are measured.

    :param rows: the stretches of all of them, places in the reader's tables
    :param own: the same without those that are quoted: those are row 0, which says nothing
    :param starts: where in ``rows`` each sentence starts
    :param firsts: the first sentence of each comment
    :param places: where stretches stand in their comment's letters, for comments that were asked
    """

    comments: Sequence[Written]
    read: Sequence[Read]
    rows: Ints
    own: Ints
    starts: Ints
    firsts: Ints
    places: dict[int, list[tuple[int, int]]]

    @property
    def begins(self) -> Ints:
        """Where in ``rows`` each comment starts."""
        return self.starts[self.firsts]


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
        self._clauses = Clauses(model.net, model.facts["frame"]["net"])
        self._marker = Marker(model.marking, model.facts["marking"], model.vocabulary)
        self._mixes = {name: np.asarray(one) for name, one in model.facts["mixes"].items()}

    def measure(self, written: Written) -> Measured:
        return self.measure_many([written])[0]

    def measure_many(self, comments: Sequence[Written]) -> list[Measured]:
        """Measure comments, in their order; several at once cost less than one by one."""
        measured: list[Measured] = []
        for work in self._works(comments):
            tokens, squares = self._tokens(work)
            sentences = self._sentences(work, tokens, squares)
            wholes = self._wholes(work, tokens, squares, sentences)
            worst = np.maximum.reduceat(sentences.scores, work.firsts)
            measured.extend(
                self._told(
                    work,
                    (sentences, self._mixed(sentences, sentences.scores)),
                    (wholes, self._mixed(wholes, worst)),
                )
            )
        return measured

    def seen(self, comments: Sequence[Written]) -> Floats:
        """Return what the last step sees of each comment, for training that step."""
        found: list[Floats] = []
        for work in self._works(comments):
            tokens, squares = self._tokens(work)
            sentences = self._sentences(work, tokens, squares)
            wholes = self._wholes(work, tokens, squares, sentences)
            found.append(_seen(wholes, np.maximum.reduceat(sentences.scores, work.firsts)))
        return np.concatenate(found)

    def _works(self, comments: Sequence[Written]) -> Iterator[Work]:
        """Yield comments read, some at a time. The reader is one caller's while one is worked on."""
        for batch in _batches(comments):
            seen = [letters.read(one.text[:LOOKED_AT]) for one in batch]
            with self._guard:
                self._reader.make_room(seen)
                read = [self._reader.read(one) for one in seen]
                self._reader.settle()
                rows, starts, firsts = _flat(read)
                work = Work(batch, read, rows, rows, starts, firsts, {})
                self._leave_out_quoted(work)
                yield work

    def _leave_out_quoted(self, work: Work) -> None:
        at = 0
        for number, (written, one) in enumerate(zip(work.comments, work.read, strict=True)):
            masked = quoting.quoted(one.letters, (written.story, written.parent))
            if masked := [*masked, *naming.given(one.letters.text)]:
                if work.own is work.rows:
                    work.own = work.rows.copy()
                there = work.places[number] = self._reader.places(one.letters)
                for place, (start, end) in enumerate(there):
                    if any(first < end and start < last for first, last in masked):
                        work.own[at + place] = 0
            at += len(one.rows)

    def _tokens(self, work: Work) -> tuple[Floats, Floats]:
        """Return what each stretch adds to each head, and to the square of the length."""
        reader, own = self._reader, work.own
        tokens = reader.score[own]
        squares = reader.square[own]
        last = reader.last[own]
        before = np.empty_like(last)
        before[1:] = last[:-1]
        before[work.starts] = features.START
        self._add(tokens, squares, slice(None), features.pair(before, reader.first[own], 1))
        sentence = np.zeros(len(own), dtype=np.int64)
        sentence[work.starts[1:]] = 1
        sentence = np.cumsum(sentence)
        you = np.flatnonzero(reader.counts[own, YOU])
        for reach in range(1, features.REACH + 1) if len(you) else ():
            near = you[: np.searchsorted(you, len(own) - reach)]
            near = near[sentence[near] == sentence[near + reach]] + reach
            if len(near):
                called = np.full(len(near), features.YOU, dtype=np.uint64)
                self._add(tokens, squares, near, features.pair(called, last[near], 2))
        silent = own == 0
        if silent.any():
            tokens[silent] = 0
            squares[silent] = 0
        return tokens, squares

    def _add(self, tokens: Floats, squares: Floats, where: Any, places: Ints) -> None:
        rarity = self._model.rarity[places] * np.float32(1 / 16)
        tokens[where] += self._model.words[places] * self._scales * rarity[:, None]
        squares[where] += rarity * rarity

    def _scores(self, tokens: Floats, squares: Floats, starts: Ints) -> Floats:
        scores = np.add.reduceat(tokens, starts)
        scores /= np.sqrt(np.maximum(np.add.reduceat(squares, starts), 1.0))[:, None]
        scores += self._biases
        return scores

    def _sentences(self, work: Work, tokens: Floats, squares: Floats) -> Units:
        return Units(
            self._scores(tokens, squares, work.starts),
            _counted(self._reader.counts[work.own], work.starts),
            self._english(work.own, work.starts),
            self._full(work.rows, work.starts),
        )

    def _wholes(self, work: Work, tokens: Floats, squares: Floats, sentences: Units) -> Units:
        begins = work.begins
        lengths = np.diff(work.starts, append=len(work.rows)).astype(np.float32)
        full = np.add.reduceat(sentences.full_sentences * lengths, work.firsts)
        return Units(
            self._scores(tokens, squares, begins),
            _counted(self._reader.counts[work.own], begins),
            self._english(work.own, begins),
            (full / np.add.reduceat(lengths, work.firsts)).astype(np.float32),
        )

    def _english(self, rows: Ints, starts: Ints) -> Floats:
        facts = self._facts["tongue"]
        score = np.add.reduceat(self._reader.tongue[rows], starts)
        count = np.add.reduceat(self._reader.tongue_count[rows], starts)
        score = score / np.sqrt(np.maximum(count, 0.1)) + facts["bias"]
        # Where there are no words there is nothing that isn't English.
        score = np.where(count > 0, score, facts["unknown"])
        return _likely(score * facts["slope"] + facts["shift"])

    def _full(self, rows: Ints, starts: Ints) -> Floats:
        facts = self._facts["frame"]
        framed = np.full((len(rows), self._reader.codes.shape[1] + 2), -1, dtype=np.int64)
        framed[:, 1:-1] = self._reader.codes[rows]
        framed[starts, 0] = CLASSES["<start>"]
        framed[np.append(starts[1:], len(rows)) - 1, -1] = CLASSES["<end>"]
        said = framed >= 0
        lengths = np.add.reduceat(said.sum(axis=1), starts)
        begins = np.concatenate(([0], np.cumsum(lengths)[:-1]))
        score = self._clauses.scores(framed[said], begins)
        return _likely(score * np.float32(facts["slope"]) + np.float32(facts["shift"]))

    def _mixed(self, units: Units, worst: Floats) -> list[tuple[float, float]]:
        """Return how likely each unit is abusive, and personal."""
        seen = _seen(units, worst)
        found = [
            _likely(seen @ self._mixes[name][:-1] + self._mixes[name][-1]).tolist()
            for name in ("abusive", "personal")
        ]
        return list(zip(*found, strict=True))

    def _marks(
        self,
        work: Work,
        looked_at: Sequence[int],
        places: Mapping[int, Sequence[tuple[int, int]]],
    ) -> dict[int, list[tuple[tuple[int, int], float]]]:
        """Return the words of comments to mark, in order, and how likely people would.

        :param looked_at: the numbers of those comments
        :param places: of their stretches in their letters
        """
        if not looked_at:
            return {}
        said: list[str] = []
        there: list[tuple[int, int]] = []
        rows: list[int] = []  # of the stretch that each word is in
        begins: list[int] = []
        firsts = work.begins.tolist()
        for number in looked_at:
            begins.append(len(said))
            text = work.read[number].letters.text
            cut, within = marking.cut(text, places[number])
            said += [text[start:end] for start, end in cut]
            there += [word_within(text, *one) for one in cut]
            rows += [firsts[number] + one for one in within]
        # What is quoted is there, and has no word in it.
        lengths = np.array(there)
        lengths = (lengths[:, 1] - lengths[:, 0]).clip(min=0)
        lengths[work.own[rows] == 0] = 0
        sentence = np.searchsorted(work.starts, rows, side="right")
        own = self._marker.read(said, self._reader.fresh)
        lines = marking.Lines(own, lengths, sentence, np.array(begins))
        marks = self._marker.marks(lines)
        return {
            number: [(there[begin + one], likely) for one, likely in found.items()]
            for number, begin, found in zip(looked_at, begins, marks, strict=True)
        }

    def _told(
        self,
        work: Work,
        sentences: tuple[Units, list[tuple[float, float]]],
        wholes: tuple[Units, list[tuple[float, float]]],
    ) -> Iterator[Measured]:
        starts = [*work.starts.tolist(), len(work.rows)]
        firsts = [*work.firsts.tolist(), len(work.starts)]
        english, full = (
            sentences[0].english.tolist(),
            sentences[0].full_sentences.tolist(),
        )
        places = {
            number: work.places.get(number) or self._reader.places(one.letters) or [(0, 0)]
            for number, one in enumerate(work.read)
        }
        worst = np.maximum.reduceat(self._reader.strength[work.own], work.begins)
        weak = worst < self._facts["marking"]["from"]
        unlikely = np.array(wholes[1]).max(axis=1) < LIKELY
        violent = np.logical_or.reduceat(self._reader.violent[work.own], work.begins).tolist()
        marks = self._marks(work, np.flatnonzero(~(weak & unlikely)).tolist(), places)
        for number, (written, one) in enumerate(zip(work.comments, work.read, strict=True)):
            there = places[number]
            at = starts[firsts[number]]
            told = []
            for sentence in range(firsts[number], firsts[number + 1]):
                first, last = starts[sentence] - at, starts[sentence + 1] - at - 1
                place = one.letters.span(there[first][0], there[last][1])
                told.append(
                    Sentence(*place, english[sentence], full[sentence], *sentences[1][sentence])
                )
            abusive, personal = wholes[1][number]
            spans: list[Span] = []
            if marks.get(number):
                spans = marked(written, one.letters, told, marks[number])
            if violent[number]:
                own = work.own[at : starts[firsts[number + 1]]]
                threat = [
                    place
                    for place in threats.find(one.letters.text)
                    if not _is_quoted(place, there, own)
                ]
                if threat:
                    abusive = max(abusive, THREAT)
                    spans = with_threats(spans, written, one.letters, told, threat)
            yield Measured(
                float(wholes[0].english[number]),
                float(wholes[0].full_sentences[number]),
                abusive,
                personal,
                spans,
                told,
            )


def _is_quoted(place: tuple[int, int], stretches: Sequence[tuple[int, int]], own: Ints) -> bool:
    start, end = place
    return any(
        not row and first < end and start < last
        for (first, last), row in zip(stretches, own.tolist(), strict=True)
    )


def _seen(units: Units, worst: Floats) -> Floats:
    """Return what the last step looks at, one row to each unit."""
    hate = (units.scores[:, HATE] + worst[:, HATE]) / 2
    return np.column_stack(
        (
            units.scores,
            worst,
            units.counts[:, YOU] > 0,
            units.counts[:, ABUSE],
            np.log1p(units.counts[:, WORDS]),
            np.maximum(hate - MUCH_HATE, 0),
        )
    )


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


def _likely(score: npt.NDArray[Any]) -> Floats:
    """Return probabilities of scores."""
    return (1 / (1 + np.exp(-np.clip(score, -30, 30)))).astype(np.float32)
