"""Where machines that share an edition keep its number, and what changed under which."""

from abc import ABC, abstractmethod
from collections.abc import Sequence

from broadsheet.press.edge.edition import Change, Kind

KEPT = 700  # seconds that changes are remembered: longer than a pass lasts
SILENCE = 2.0  # seconds to wait for the store


class Numbers(ABC):
    """Keeps the number and the changes of the last minutes. Used by one thread at a time.

    Every method raises StoreError when the store can't be asked.
    """

    @abstractmethod
    def say(self, changes: Sequence[Change]) -> None:
        """Write changes down, each under a number of its own."""

    @abstractmethod
    def fetch(self, since: int | None) -> tuple[int, Sequence[Change] | None]:
        """Return the number and the changes after another; None: they aren't all known.

        :param since: None asks for all that are remembered
        """

    @abstractmethod
    def close(self) -> None:
        """Let go of the connection. The next question opens another."""


def change(kind: int, key: int, epoch: int, at: int) -> Change:
    return Change(Kind(kind), key if kind == Kind.REVOKED else key % 2**64, epoch, at)
