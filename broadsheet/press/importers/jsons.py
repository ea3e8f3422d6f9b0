"""Reading JSON as a stream: a value at a time out of a document of any size."""

import json
import re
from collections.abc import Iterator
from typing import Any

from broadsheet.press import strict_json
from broadsheet.press.importers.records import Limits
from broadsheet.press.importers.sources import UnreadableError
from broadsheet.press.importers.texts import UNPRINTABLE

_SPACE = re.compile(r"[ \t\r\n\ufeff]*")
_ESCAPED = re.compile(r"\\u(?:[dD][89a-fA-F]|00[0189]|[fF]{3})")
_DEEPEST = 200


class Stream:
    """A place in a JSON text, which only goes forward.

    ``value`` reads what comes next, ``entries`` and ``items`` go into it; a value that is not read
    before the next step is skipped. All raise UnreadableError where the text is no JSON.
    """

    def __init__(self, pieces: Iterator[str], limits: Limits) -> None:
        self._pieces = pieces
        self._limits = limits
        self._text = ""
        self._at = 0
        self._before = 0
        self._ended = False
        self._decoder = json.JSONDecoder(
            strict=False,
            parse_int=_whole,
            parse_constant=strict_json.no_constant,
            parse_float=strict_json.finite,
        )
        self._taken = 0

    @property
    def offset(self) -> int:
        """How many characters have been read."""
        return self._before + self._at

    def ended(self) -> bool:
        """Tell whether nothing more comes."""
        return not self._peek()

    def value(self) -> Any:
        """Read the next value whole."""
        if not self._peek():
            raise UnreadableError("the file ends in the middle")
        self._taken += 1
        size = 65_536
        while True:
            try:
                found, end = self._decoder.raw_decode(self._text, self._at)
            except json.JSONDecodeError as error:
                if self._ended:
                    raise self._broken(error) from error
                if len(self._text) - self._at > self._limits.item:
                    raise UnreadableError(
                        f"one value takes more than {self._limits.item:,} characters, or is no JSON"
                    ) from error
            except ValueError as error:
                raise UnreadableError(
                    f"it is no JSON near character {self.offset:,} ({error})"
                ) from error
            except RecursionError as error:
                raise UnreadableError("values are nested too deep to be read") from error
            else:
                if end - self._at > self._limits.item:
                    raise UnreadableError(
                        f"one value takes more than {self._limits.item:,} characters"
                    )
                if end < len(self._text) or self._ended:
                    break
            self._more(size)
            size *= 2
        if _ESCAPED.search(self._text, self._at, end):
            found = _scrubbed(found)
        self._at = end
        return found

    def kind(self) -> str:
        """Return the first character of the next value: ``{``, ``[``, a quotation mark or other."""
        return self._peek()

    def entries(self) -> Iterator[str]:
        """Go into an object: yield each key, its value being the next."""
        self._take("{")
        if self._peek() == "}":
            self._take("}")
            return
        while True:
            key = self.value()
            self._take(":")
            self._peek()
            before = self._taken
            yield str(key)
            if self._taken == before:
                self.skip()
            if self._next(",}") == "}":
                return

    def items(self) -> Iterator[None]:
        """Go into an array: stop before each of its values."""
        self._take("[")
        if self._peek() == "]":
            self._take("]")
            return
        while True:
            self._peek()
            before = self._taken
            yield
            if self._taken == before:
                self.skip()
            if self._next(",]") == "]":
                return

    def skip(self, depth: int = 0) -> None:
        """Pass the next value without keeping it, however large it is."""
        if depth > _DEEPEST:
            raise UnreadableError("values are nested too deep to be read")
        match self._peek():
            case "{":
                for _ in self.entries():
                    self.skip(depth + 1)
            case "[":
                for _ in self.items():
                    self.skip(depth + 1)
            case _:
                self.value()

    def _peek(self) -> str:
        while True:
            match = _SPACE.match(self._text, self._at)
            assert match is not None
            self._at = match.end()
            if self._at < len(self._text):
                return self._text[self._at]
            if not self._more(65_536):
                return ""

    def _next(self, wanted: str) -> str:
        found = self._peek()
        if not found or found not in wanted:
            if not found:
                raise UnreadableError("the file ends in the middle")
            raise UnreadableError(f"it is no JSON any more at character {self.offset:,}")
        self._at += 1
        return found

    def _take(self, wanted: str) -> None:
        self._next(wanted)
        if wanted in "{[":
            self._taken += 1

    def _more(self, size: int) -> bool:
        if self._ended:
            return False
        parts = [self._text[self._at :]]
        self._before += self._at
        self._at = 0
        got = 0
        while got < size:
            piece = next(self._pieces, None)
            if piece is None:
                self._ended = True
                break
            parts.append(piece)
            got += len(piece)
        self._text = "".join(parts)
        return got > 0

    def _broken(self, error: json.JSONDecodeError) -> UnreadableError:
        if error.pos >= len(self._text.rstrip()) or "Unterminated" in error.msg:
            return UnreadableError("the file ends in the middle; what came last is not taken")
        return UnreadableError(
            f"it is no JSON at character {self._before + error.pos:,} ({error.msg})"
        )


def _whole(digits: str) -> int | str:
    """Return a number; its digits where Python would take too long over them."""
    return int(digits) if len(digits) < 1000 else digits


def _scrubbed(value: Any) -> Any:
    """Return a value whose strings hold only what can be stored."""
    match value:
        case str():
            # Halves of surrogate pairs that belong together make one character.
            return UNPRINTABLE.sub("", value)
        case list():
            return [_scrubbed(one) for one in value]
        case dict():
            return {_scrubbed(key): _scrubbed(one) for key, one in value.items()}
        case _:
            return value
