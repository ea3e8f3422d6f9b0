"""What `broadsheet work` does for the newsroom, over and over."""

from collections.abc import Callable
from dataclasses import dataclass

from broadsheet.newsroom import actions


@dataclass(frozen=True, slots=True)
class Duty:
    """:param function: called with the present moment as ``now``"""

    name: str
    every_seconds: float
    function: Callable[..., object]


DUTIES = [
    Duty("publish what is due", 2, actions.publish_due),
    Duty("forget forms that were left", 86_400, actions.forget_forms),
]
