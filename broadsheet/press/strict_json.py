"""JSON as RFC 8259 has it: Python also takes NaN and Infinity, which no database and no script does."""

import json
import math
from typing import Any, NoReturn


def no_constant(name: str) -> NoReturn:
    """Refuse what ``parse_constant`` is told of.

    :raises ValueError: always
    """
    raise ValueError(f"{name} is no number in JSON")


def finite(number: str) -> float:
    """Return a number, for ``parse_float``.

    :raises ValueError: when it is too large to be one here
    """
    found = float(number)
    if not math.isfinite(found):
        raise ValueError(f"{number[:40]} is too large a number")
    return found


def loads(text: str | bytes) -> Any:
    """Read a JSON document.

    :raises ValueError: when it is none
    """
    return json.loads(text, parse_constant=no_constant, parse_float=finite)


class Decoder(json.JSONDecoder):
    """The same for whoever takes a decoder's class, as Django's forms do."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings, parse_constant=no_constant, parse_float=finite)

    def decode(self, s: str, *args: Any) -> Any:
        try:
            return super().decode(s, *args)
        except json.JSONDecodeError:
            raise
        except ValueError as error:
            # The one error that they expect.
            raise json.JSONDecodeError(str(error), s, 0) from error
