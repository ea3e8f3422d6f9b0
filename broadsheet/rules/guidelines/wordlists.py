"""Reading a list of words to look for in comments: pasted, a plain file, or a spreadsheet's CSV.

One word or phrase to a line; of several columns the first counts, and a first line that only names
it (``word``) is left out. ``#`` begins a remark. What could never be found, or would be found in
everything, is a complaint with its line and its reason; the others are taken all the same.
"""

import csv
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

LONGEST = 80  # characters of a word or phrase
MOST_WORDS = 6  # of a phrase
SHORTEST_BEGINNING = 3  # letters before a star
LONGEST_LINE = 4_000
HEADINGS = frozenset({"word", "words", "phrase", "term", "entry"})

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")


@dataclass(frozen=True, slots=True)
class Entry:
    line: int
    words: str  # in small letters, single spaces


@dataclass(frozen=True, slots=True)
class Complaint:
    """A line that can't be taken, with its reason in words."""

    line: int
    reason: str


def read(lines: Iterable[str]) -> Iterator[Entry | Complaint]:
    """Yield an entry for every line, and a complaint for every one that can't be taken.

    Empty lines and remarks are neither. Memory does not grow with the list.
    """
    for number, line in enumerate(lines, start=1):
        text = line.rstrip("\r\n")
        if number == 1:
            text = text.removeprefix("\ufeff")
        if len(text) > LONGEST_LINE:
            yield Complaint(number, f"It is longer than {LONGEST_LINE:,} characters.")
            continue
        words = " ".join(_first_cell(text).partition("#")[0].split()).casefold()
        if not words or (number == 1 and words in HEADINGS):
            continue
        reason = _wrong_with(words)
        yield Complaint(number, reason) if reason else Entry(number, words)


def _first_cell(line: str) -> str:
    for delimiter in "\t;,":
        if delimiter in line:
            return next(csv.reader([line], delimiter=delimiter), [""])[0]
    return line.strip().removeprefix('"').removesuffix('"')


def _wrong_with(words: str) -> str:
    """Say what is wrong with an entry; empty when nothing is."""
    if "\ufffd" in words:
        return "It has letters that can’t be read; save the file as UTF-8."
    if len(words) > LONGEST:
        return f"It is longer than {LONGEST} characters."
    found = _WORD.findall(words)
    if not found:
        return f"“{words}” has no letters or digits: nothing could be found."
    if len(found) > MOST_WORDS:
        return f"“{words}” has more than {MOST_WORDS} words."
    if "*" in words:
        if words.count("*") > 1 or not words.endswith("*"):
            return f"“{words}”: a star stands at the end only."
        if len(found) > 1:
            return f"“{words}”: a star stands after a single word only."
        if len(found[0]) < SHORTEST_BEGINNING:
            return f"“{words}” begins too many words; give {SHORTEST_BEGINNING} letters at least."
    elif len(found) == 1 and len(found[0]) == 1:
        return f"“{words}” is a single letter."
    return ""
