"""Whose month is used up, as one worker remembers it, so that the ledger isn't asked each time.

The ledger has the last word about what opens. That it refused somebody one story more stays true
until readings are given back, merged or erased, the policies change, or the month turns; the edge
forgets then (``Kind.REVOKED`` and ``Kind.ACCESS`` on the change feed). What no announcement reaches,
because a process died before it could make one, is forgotten after ten minutes.
"""

from collections.abc import Callable, Iterable

REMEMBERED = 8192  # persons
LASTS = 600  # seconds


class UsedMonths:
    """One to a process, used on its event loop.

    :param clock: in seconds; never put back
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        # Person → the stories counted for them, and until when that is believed.
        self._counted: dict[int, tuple[frozenset[int], float]] = {}

    def __len__(self) -> int:
        return len(self._counted)

    def refuses(self, person: int, story: int, allowance: int | None) -> bool:
        """Tell whether the ledger would refuse to count a story, as far as is remembered.

        :param allowance: stories a month; None: no limit
        """
        remembered = self._counted.get(person)
        if remembered is None or allowance is None:
            return False
        stories, until = remembered
        if until <= self._clock():
            del self._counted[person]
            return False
        return story not in stories and len(stories) >= allowance

    def remember(self, person: int, stories: Iterable[int]) -> None:
        """Remember the stories counted for somebody whom the ledger refused one more."""
        if len(self._counted) >= REMEMBERED:
            self._counted.clear()
        self._counted[person] = (frozenset(stories), self._clock() + LASTS)

    def forget(self, person: int) -> None:
        self._counted.pop(person, None)

    def clear(self) -> None:
        self._counted.clear()
