"""What the background work does for the edition."""

from collections.abc import Callable
from typing import NamedTuple

from broadsheet.edition import most_read


class Duty(NamedTuple):
    name: str
    every_seconds: float
    function: Callable[..., object]


DUTIES = [
    # Done twice it comes to the same.
    Duty("most read", 600, most_read.rank),
    Duty("forget old opens", 3_600, most_read.forget_old),
]
