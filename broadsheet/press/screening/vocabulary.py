"""The words that the detectors know: how common each is, its class, and how often it abuses."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

# Words that make the frame of an English sentence are classes of their own.
FRAME = tuple(
    """
    a an the this that these those some any no every each all both half such what which who whom
    whose when where why how i you he she it we they me him her us them my your his its our their
    mine yours hers ours theirs myself yourself himself herself itself ourselves themselves there
    here am is are was were be been being 's 're 'm 've 'd 'll n't not do does did done doing have
    has had having will would shall should can could may might must ought let lets to of in on at
    by for with from about into over under after before between against through during without
    within as than like and or but nor so yet if because while although though unless until since
    whether please just only also too very more most much many few less least never always ever
    now then again still even yes no ok okay thanks thank hello hi dear gonna gotta wanna ain't
    someone somebody anyone anybody everyone everybody nobody something anything everything nothing
    one ones other others another get gets got getting go goes went gone going say says said make
    makes made think thinks thought know knows knew want wants need needs seem seems seemed become
    becomes became look looks looked keep keeps kept it's u ur
    """.split()  # noqa: SIM905
)
# Then classes of marks, numbers, names and words unknown; then parts of speech.
MARKS = (
    "<start>", "<end>", ".", ",", "?", "!", ":", ";", "(", ")", '"', "-", "'", "/", "...", "<mark>",
    "<number>", "<address>", "<name>", "<picture>", "<foreign>", "<letter>", "<Name>", "<CAPS>",
)  # fmt: skip
SPEECH = (
    "CC", "CD", "DT", "EX", "FW", "IN", "JJ", "JJR", "JJS", "MD", "NN", "NNS", "NNP", "NNPS", "PDT",
    "POS", "PRP", "PRP$", "RB", "RBR", "RBS", "RP", "SYM", "TO", "UH", "VB", "VBD", "VBG", "VBN",
    "VBP", "VBZ", "WDT", "WP", "WP$", "WRB",
)  # fmt: skip
CLASSES = {name: at for at, name in enumerate(dict.fromkeys((*MARKS, *SPEECH, *FRAME)))}
LONGEST_PIECE = 15

_REPEATED = re.compile(r"(.)\1{2,}")
_DOUBLED = re.compile(r"(.)\1+")


@dataclass(slots=True)
class Vocabulary:
    """:param commonness: of each word, the logarithm of its share of all words, below 0
    :param classes: of each word, a number of ``CLASSES``
    :param abuse: of words that abuse, how often they do, 0 to 1
    :param places: of the commonest words, their rows in the net's table of words
    :param endings: the class of unknown words by their last letters, longest first
    """

    commonness: Mapping[str, float]
    classes: Mapping[str, int]
    abuse: Mapping[str, float]
    endings: Mapping[str, int]
    places: Mapping[str, int]
    by_shape: dict[tuple[int, str], list[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for word in self.abuse:
            self.by_shape.setdefault((len(word), word[0]), []).append(word)

    def best(self, candidates: Iterable[str]) -> str | None:
        """Return the likeliest of some readings that is a word, one that abuses before others."""
        known = [one for one in candidates if one in self.commonness]
        return max(known, key=lambda one: (one in self.abuse, self.commonness[one]), default=None)

    def class_of(self, word: str) -> int:
        """Return the class of a word in small letters."""
        found = self.classes.get(word)
        if found is not None:
            return found
        for length in (4, 3, 2, 1):
            found = self.endings.get(word[-length:]) if len(word) > length else None
            if found is not None:
                return found
        return CLASSES["NN"]

    def plain(self, word: str) -> str | None:
        """Return a word without the letters repeated in it: “idiooot” is “idiot”."""
        if not _REPEATED.search(word):
            return None
        once, twice = _REPEATED.sub(r"\1", word), _REPEATED.sub(r"\1\1", word)
        return self.best((twice, once)) or self.best((_DOUBLED.sub(r"\1", word),)) or once

    def unswapped(self, word: str) -> str | None:
        """Return the word of which two neighbouring letters were swapped."""
        if not 4 <= len(word) <= 14:
            return None
        return self.best(
            word[:at] + word[at + 1] + word[at] + word[at + 2 :]
            for at in range(len(word) - 1)
            if word[at] != word[at + 1]
        )

    def starred(self, word: str, star: str) -> str | None:
        """Return the word of which letters were replaced by stars, one that abuses first."""
        if word[0] == star:
            shapes = [
                one
                for (length, _), ones in self.by_shape.items()
                if length == len(word)
                for one in ones
            ]
        else:
            shapes = self.by_shape.get((len(word), word[0]), [])
        found = [
            one
            for one in shapes
            if all(left in (right, star) for left, right in zip(word, one, strict=True))
        ]
        if found:
            return max(found, key=lambda one: (self.abuse[one], self.commonness[one]))
        if not 1 <= word.count(star) <= 2:
            return None
        # It is vowels that are left out.
        readings = [word]
        while star in readings[0]:
            readings = [one.replace(star, vowel, 1) for one in readings for vowel in "aeiouy"]
        return self.best(readings)

    def pieces(self, word: str, *, least: float = -10.5) -> Sequence[str] | None:
        """Return the common words that were written as one.

        :param least: the mean commonness of the pieces, by letters, under which it stays one word
        """
        if not 6 <= len(word) <= 60:
            return None
        best: list[tuple[float, int]] = [(0.0, 0)]
        for end in range(1, len(word) + 1):
            found = (-1e9, 0)
            for start in range(max(0, end - LONGEST_PIECE), end):
                piece = word[start:end]
                common = self.commonness.get(piece)
                if common is None or (len(piece) == 1 and piece not in "ai"):
                    continue
                if piece in self.abuse:
                    common = max(common, -9.0)
                if (score := best[start][0] + common) > found[0]:
                    found = (score, start)
            best.append(found)
        if best[-1][0] <= -1e8:
            return None
        parts: list[str] = []
        end = len(word)
        while end:
            start = best[end][1]
            parts.append(word[start:end])
            end = start
        if len(parts) < 2 or best[-1][0] / len(parts) < least or len(word) / len(parts) < 2.5:
            return None
        return parts[::-1]
