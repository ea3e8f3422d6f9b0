"""Comments as JSON lines in, what was measured of them as JSON lines out.

A line in: ``{"id": …, "text": …}``, and ``"story"`` and ``"parent"`` where what is quoted from
them is to be held against nobody. A line out: the id, four probabilities, the places of abuse and
attack, and the findings under the usual policy. A line that can't be read is answered by one that
says why; lines out are as many as
lines in that aren't empty, and in their order.
"""

import json
from collections.abc import Iterator, Sequence
from typing import Any, BinaryIO

from broadsheet.press import strict_json
from broadsheet.press.screening.detector import ScreeningDetector
from broadsheet.rules.guidelines import judging
from broadsheet.rules.guidelines.findings import Measured, Written
from broadsheet.rules.guidelines.policy import Policy

# Bytes that are taken from the input at a time; whatever there is of them is answered at once.
TAKEN = 1 << 16
LONGEST = 1_000_000  # bytes of a line


class _BadLineError(ValueError):
    def __init__(self, why: str, key: object = None) -> None:
        super().__init__(why)
        self.key = key
        self.line = 0


def answers(detector: ScreeningDetector, source: BinaryIO) -> Iterator[tuple[list[str], int]]:
    """Yield lines to write, a batch at a time, and how many of the batch could not be read."""
    policy = Policy()
    number = 0
    for batch in _batches(source):
        read: list[tuple[Any, Written] | _BadLineError] = []
        for line in batch:
            number += 1
            if line.strip():
                try:
                    read.append(_read(line))
                except _BadLineError as error:
                    error.line = number
                    read.append(error)
        comments = [one[1] for one in read if not isinstance(one, _BadLineError)]
        measured = iter(detector.measure_many(comments))
        told: list[str] = []
        bad = 0
        for one in read:
            if isinstance(one, _BadLineError):
                bad += 1
                told.append(_dump({"id": one.key, "line": one.line, "error": str(one)}))
            else:
                told.append(_dump(_answer(one[0], one[1], next(measured), policy)))
        yield told, bad


def _batches(source: BinaryIO) -> Iterator[Sequence[bytes]]:
    """Yield whole lines, as many as have come."""
    take = getattr(source, "read1", source.read)
    rest = b""
    while taken := take(TAKEN):
        *lines, rest = (rest + taken).split(b"\n")
        if len(rest) > LONGEST:
            # Not a line; it is answered as one that can't be read, when it ends.
            rest = rest[: LONGEST + 1]
        if lines:
            yield lines
    if rest:
        yield [rest]


def _read(line: bytes) -> tuple[Any, Written]:
    if len(line) > LONGEST:
        raise _BadLineError(f"the line is longer than {LONGEST:,} bytes")
    try:
        said = strict_json.loads(line)
    except UnicodeDecodeError as error:
        raise _BadLineError(f"not UTF-8: {error.reason} at byte {error.start}") from error
    except (ValueError, RecursionError) as error:
        raise _BadLineError(f"not JSON: {error}") from error
    if not isinstance(said, dict):
        raise _BadLineError("not an object with “id” and “text”")
    key = said.get("id")
    if not isinstance(key, str | int | float):
        raise _BadLineError("“id” is missing, or neither text nor a number")
    texts = []
    for name in ("text", "story", "parent"):
        text = said.get(name, None if name == "text" else "")
        if not isinstance(text, str):
            raise _BadLineError(f"“{name}” is missing or no text", key)
        # Halves of surrogate pairs are no characters, and could not be written.
        texts.append(text.encode("utf-8", "replace").decode() if _has_halves(text) else text)
    return key, Written(texts[0], story=texts[1], parent=texts[2])


def _has_halves(text: str) -> bool:
    return not text.isascii() and any("\ud800" <= one <= "\udfff" for one in text)


def _answer(key: object, written: Written, measured: Measured, policy: Policy) -> dict[str, Any]:
    return {
        "id": key,
        "english": round(measured.english, 5),
        "full_sentences": round(measured.full_sentences, 5),
        "abusive": round(measured.abusive, 5),
        "personal": round(measured.personal, 5),
        "spans": [[one.start, one.end] for one in measured.spans],
        "findings": [
            {
                "guideline": one.guideline.value,
                "start": one.start,
                "end": one.end,
                "strength": round(one.strength, 4),
                "explanation": one.explanation,
            }
            for one in judging.find(written, measured, policy)
        ],
    }


def _dump(value: dict[str, Any]) -> str:
    # An id is given back as it came, halves of surrogate pairs too: these can only be escaped.
    escaped = _has_halves(str(value["id"]))
    return json.dumps(value, ensure_ascii=escaped, separators=(",", ":"))
