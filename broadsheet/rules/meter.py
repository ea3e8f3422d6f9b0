"""The meter: how many stories a person may open in one month, and why one opens or not.

Source: the paper's offer, "access 10 free stories every month". The caller brings the facts; no
clock, cookie or store is read here. docs/rules/meter.md has every reason in words.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from enum import StrEnum
from typing import NamedTuple

from broadsheet.rules.access import Access, Person
from broadsheet.rules.teaser import DEFAULT_WORDS


class Reason(StrEnum):
    """Why a story opens or stays closed."""

    # Enum's own is written in Python, and every request of the edge looks one up.
    __hash__ = str.__hash__

    FREE_STORY = "free-story"
    STAFF = "staff"
    CRAWLER = "crawler"
    NO_LIMIT = "no-limit"
    OPENED_BEFORE = "opened-before"
    WITHIN_ALLOWANCE = "within-allowance"
    STORE_FAILED_OPEN = "store-failed-open"
    STORE_FAILED_CLOSED = "store-failed-closed"
    NOT_A_READING = "not-a-reading"
    SIGN_IN = "sign-in"
    ALLOWANCE_USED = "allowance-used"
    SUBSCRIBERS_ONLY = "subscribers-only"
    BLOCKED = "blocked"


OPENING = frozenset(
    {
        Reason.FREE_STORY,
        Reason.STAFF,
        Reason.CRAWLER,
        Reason.NO_LIMIT,
        Reason.OPENED_BEFORE,
        Reason.WITHIN_ALLOWANCE,
        Reason.STORE_FAILED_OPEN,
    }
)


@dataclass(frozen=True, slots=True)
class Policy:
    """What a paper, or one of its sections, gives away.

    :param visitors: different stories a visitor may open a month; 0: the teaser only
    :param readers: the same for a reader; 0: metered stories are for subscribers
    :param subscribers: the same for a subscriber; None: no limit
    :param teaser_words: the length of the first screen, where the story itself names none
    """

    visitors: int = 0
    readers: int = 10
    subscribers: int | None = None
    teaser_words: int = DEFAULT_WORDS

    def allowance(self, person: Person) -> int | None:
        """Return how many different stories a person may open a month; None: no limit."""
        if person is Person.READER:
            return self.readers
        return self.visitors if person is Person.VISITOR else self.subscribers


@dataclass(frozen=True, slots=True)
class SectionPolicy:
    """What a section says differently; None leaves it as it is in the next policy up.

    The month is counted as a whole: a section's number says while how few readings its stories
    still open, it opens no second account.
    """

    visitors: int | None = None
    readers: int | None = None
    teaser_words: int | None = None


def narrow(paper: Policy, *sections: SectionPolicy) -> Policy:
    """Return the policy of a section, given those of the sections around it, outermost first."""
    visitors, readers, teaser_words = paper.visitors, paper.readers, paper.teaser_words
    for section in sections:
        visitors = visitors if section.visitors is None else section.visitors
        readers = readers if section.readers is None else section.readers
        teaser_words = teaser_words if section.teaser_words is None else section.teaser_words
    return Policy(visitors, readers, paper.subscribers, teaser_words)


class Decision(NamedTuple):
    """Whether a story opens, and why.

    :param left: different stories left this month once this is carried out; None: no limit
    """

    reason: Reason
    left: int | None

    @property
    def opens(self) -> bool:
        return self.reason in OPENING

    @property
    def counts(self) -> bool:
        """Whether this reading is one more of the month's."""
        return self.reason is Reason.WITHIN_ALLOWANCE


def decide(
    story: int,
    access: Access,
    person: Person,
    policy: Policy,
    opened: Collection[int],
    *,
    staff: bool = False,
    blocked: bool = False,
    crawler: bool = False,
    reading: bool = True,
) -> Decision:
    """Decide whether a story opens.

    :param story: its key
    :param opened: keys of the different stories counted for this person this month
    :param staff: they work for the paper
    :param blocked: circulation has closed the account to what is not free
    :param crawler: a search engine whose address proves it (broadsheet.rules.crawlers)
    :param reading: False for a request that nobody reads, such as HEAD or a prefetch: it opens
        nothing that would have to be counted
    """
    allowance = policy.allowance(person)
    left = None if allowance is None else max(0, allowance - len(opened))
    if access is Access.FREE:
        return Decision(Reason.FREE_STORY, left)
    if staff:
        return Decision(Reason.STAFF, None)
    if blocked:
        return Decision(Reason.BLOCKED, 0)
    if crawler:
        return Decision(Reason.CRAWLER, left)
    if access is Access.SUBSCRIBERS and person is not Person.SUBSCRIBER:
        return Decision(Reason.SUBSCRIBERS_ONLY, left)
    if left is None:
        return Decision(Reason.NO_LIMIT, None)
    if story in opened:
        # Going back to a story is reading it once.
        return Decision(Reason.OPENED_BEFORE, left)
    if left == 0:
        if allowance:
            return Decision(Reason.ALLOWANCE_USED, 0)
        visitor = person is Person.VISITOR
        return Decision(Reason.SIGN_IN if visitor else Reason.SUBSCRIBERS_ONLY, 0)
    if not reading:
        return Decision(Reason.NOT_A_READING, left)
    return Decision(Reason.WITHIN_ALLOWANCE, left - 1)


# Months. One is written as a number that people can read: 202611 is November 2026.


def next_month(month: int) -> int:
    """Return the month after: 202612 → 202701."""
    year, number = divmod(month, 100)
    return (year + 1) * 100 + 1 if number == 12 else month + 1


def month_starts_at(month: int, zone: tzinfo) -> datetime:
    """Return the first moment of a month on the clock of a zone, in UTC.

    Where the clock skips midnight that is the moment it skips; where it shows midnight twice, the
    first of the two.
    """
    year, number = divmod(month, 100)
    return datetime(year, number, 1, tzinfo=zone).astimezone(UTC)


def month_of(moment: datetime, zone: tzinfo) -> int:
    """Return the month that a moment falls in on the clock of a zone.

    A month turns once. A clock put back over midnight does not bring the old one back.
    """
    local = moment.astimezone(zone)
    month = local.year * 100 + local.month
    following = next_month(month)
    return following if moment >= month_starts_at(following, zone) else month


def resets_at(month: int, zone: tzinfo) -> datetime:
    """Return the moment from which the allowance is whole again, in UTC."""
    return month_starts_at(next_month(month), zone)


def month_counted(month: int, latest: int | None) -> int:
    """Return the month a reading counts for, when the clock says ``month``.

    A clock that is put back over the turn of the month would open the old month again, and charge
    a story twice: once a person has readings in the month that follows, that one stays theirs.

    :param latest: the latest month this person has readings in
    """
    return latest if latest == next_month(month) else month
