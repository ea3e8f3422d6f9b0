"""Words that a comment repeats from elsewhere, which are held against nobody.

Words count as repeated when they stand in the story or in the comment that is answered, four or
more in the same order; in quotation marks, two are enough. Lines that begin with “>” are quoted as
mail quotes them. A quotation of four words or more from elsewhere counts for nothing either, where
the comment has words of its own beside it.
"""

import re
from collections.abc import Sequence

from broadsheet.press.screening.letters import Letters, read

IN_A_ROW = 4
IN_MARKS = 2
OWN = 3  # words of its own that a comment needs, for a quotation from elsewhere to be left out
_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)*")
_QUOTED = re.compile(r"(?<![\w])[\"']([^\"\n]{3,}?)[\"'](?![\w])")
_MAIL = re.compile(r"^[ \t]*>.*$", re.MULTILINE)


def quoted(seen: Letters, sources: Sequence[str]) -> list[tuple[int, int]]:
    """Return the places in a comment's letters that are quoted, in order, each once."""
    text = seen.text
    found = [one.span() for one in _MAIL.finditer(text)]
    sources = [one for one in sources if one]
    marked = '"' in text
    if not (sources or marked or found):
        return []
    words = [(one[0].lower(), *one.span()) for one in _WORD.finditer(text)]
    if sources:
        found += _repeated(words, sources)
    if marked:
        there = [_words_of(one) for one in sources]
        for mark in _QUOTED.finditer(text):
            if text[mark.start()] != '"':
                continue
            within = [one for one in words if mark.start() <= one[1] < mark.end()]
            said = [one[0] for one in within]
            if (len(said) >= IN_MARKS and any(f" {' '.join(said)} " in one for one in there)) or (
                len(said) >= IN_A_ROW and len(words) - len(said) >= OWN
            ):
                found.append(mark.span())
    return _joined(found)


def _words_of(text: str) -> str:
    return f" {' '.join(_WORD.findall(read(text).text.lower()))} "


def _repeated(words: list[tuple[str, int, int]], sources: Sequence[str]) -> list[tuple[int, int]]:
    rows: set[tuple[str, ...]] = set()
    for source in sources:
        there = _WORD.findall(read(source).text.lower())
        rows.update(tuple(there[at : at + IN_A_ROW]) for at in range(len(there) - IN_A_ROW + 1))
    said = [one[0] for one in words]
    return [
        (words[at][1], words[at + IN_A_ROW - 1][2])
        for at in range(len(said) - IN_A_ROW + 1)
        if tuple(said[at : at + IN_A_ROW]) in rows
    ]


def _joined(places: list[tuple[int, int]]) -> list[tuple[int, int]]:
    joined: list[tuple[int, int]] = []
    for start, end in sorted(places):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined
