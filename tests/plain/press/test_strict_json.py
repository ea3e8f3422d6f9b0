"""What is no number in JSON is refused, wherever JSON comes in."""

import pytest

from broadsheet.press import strict_json
from broadsheet.press.importers.jsons import Stream
from broadsheet.press.importers.lexical import from_lexical, from_mobiledoc
from broadsheet.press.importers.records import Limits
from broadsheet.press.importers.sources import UnreadableError

NO_NUMBERS = ["NaN", "Infinity", "-Infinity", "1e999", "-1e999"]


@pytest.mark.parametrize("number", NO_NUMBERS)
@pytest.mark.parametrize("read", [strict_json.loads, from_lexical, from_mobiledoc])
def test_no_number_is_refused(read, number):
    with pytest.raises(ValueError, match="number"):
        read(f'{{"root": {{"children": [{number}]}}}}')


@pytest.mark.parametrize("number", NO_NUMBERS)
@pytest.mark.parametrize("size", [1, 1000])
def test_an_import_refuses_it_too(number, size):
    text = f'{{"words": [{number}], "more": "{"a" * 100}"}}'
    pieces = (text[at : at + size] for at in range(0, len(text), size))

    with pytest.raises(UnreadableError, match="number"):
        Stream(pieces, Limits()).value()


def test_what_is_a_number_is_read():
    assert strict_json.loads("[1, -2.5, 1e300, true, null]") == [1, -2.5, 1e300, True, None]
