"""Which words of a comment are held against it, and whom they are about."""

from collections.abc import Sequence

from broadsheet.press.screening.letters import Letters
from broadsheet.press.screening.naming import names_of
from broadsheet.rules.guidelines.findings import Breach, Sentence, Span, Written

# How likely a comment with a threat in it is abusive at least: enough for a person to read it.
THREAT = 0.3
_BEFORE = "\"'([{*_<>~-.,;:!?"
_AFTER = "\"')]}*_<>~-.,;:!?…/"
_POSSESSIVES = str.maketrans({"’": "'"})


def marked(
    written: Written,
    seen: Letters,
    sentences: Sequence[Sentence],
    marks: Sequence[tuple[tuple[int, int], float]],
) -> list[Span]:
    """Return the words held against a comment; neighbours are one span.

    :param marks: their places in the letters seen, in order, and how strongly each stands for abuse
    """
    found: list[Span] = []
    names = names_of(written.story) if written.story else frozenset()
    before = 0
    for (first, last), strength in marks:
        start, end = seen.span(first, last)
        sentence = _sentence_at(start, sentences)
        if sentence is not None and sentence.personal > sentence.abusive:
            breach = Breach.ATTACK
        else:
            breach = Breach.ABUSE
        if (
            found
            and neighbours(seen.text, before, first)
            and found[-1].breach is breach
            and found[-1].end <= start
        ):
            one = found[-1]
            most = max(one.strength, strength)
            found[-1] = Span(one.start, end, most, breach, one.in_public)
        else:
            public = _is_public(written, sentence, names)
            found.append(Span(start, end, strength, breach, public))
        before = last
    return found


def with_threats(
    spans: Sequence[Span],
    written: Written,
    seen: Letters,
    sentences: Sequence[Sentence],
    places: Sequence[tuple[int, int]],
) -> list[Span]:
    """Return spans with threats among them, which take in the words marked in them.

    :param places: of the threats in the letters seen
    """
    found = list(spans)
    names = names_of(written.story) if written.story else frozenset()
    for first, last in places:
        start, end = seen.span(first, last)
        within = [one for one in found if one.start < end and start < one.end]
        found = [one for one in found if one not in within]
        start = min([start, *(one.start for one in within)])
        end = max([end, *(one.end for one in within)])
        strength = max([THREAT, *(one.strength for one in within)])
        sentence = _sentence_at(start, sentences)
        public = _is_public(written, sentence, names)
        found.append(Span(start, end, strength, Breach.ABUSE, public))
    return sorted(found, key=lambda one: one.start)


def neighbours(text: str, end: int, start: int) -> bool:
    """Return whether two words have but a space between them.

    :param end: of the first, and ``start`` of the second
    """
    return text[end:start] == " "


def _sentence_at(start: int, sentences: Sequence[Sentence]) -> Sentence | None:
    return next((one for one in sentences if one.start <= start < one.end), None)


def _is_public(written: Written, sentence: Sentence | None, names: frozenset[str]) -> bool:
    """Return whether a sentence is about somebody whom the story names."""
    if sentence is None:
        return False
    said = written.text[sentence.start : sentence.end].translate(_POSSESSIVES).lower()
    return bool(names) and any(
        one.strip(_BEFORE).removesuffix("'s") in names for one in said.split()
    )


def word_within(text: str, start: int, end: int) -> tuple[int, int]:
    """Return a stretch without the marks around its word."""
    while start < end and text[start] in _BEFORE:
        start += 1
    while end > start and text[end - 1] in _AFTER:
        end -= 1
    return start, end
