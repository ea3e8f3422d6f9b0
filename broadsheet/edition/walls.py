"""What a wall says: one thing, to a visitor or to a reader, and how to read on."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from django.urls import reverse

from broadsheet.newsroom.models import StoryPage
from broadsheet.readers import registry
from broadsheet.rules import stamps
from broadsheet.rules.access import Access
from broadsheet.rules.meter import Policy, month_of, resets_at
from broadsheet.rules.variants import Variant, needs_subscription
from broadsheet.wall import gate, policies
from broadsheet.wall.policies import Policies

# The place in a story, and at its wall, where somebody who signs in goes on reading.
READ_ON = "read-on"


class Kind(StrEnum):
    REGISTER = "register"  # an account opens the story
    SUBSCRIBE = "subscribe"  # only a subscription does
    USED_UP = "used-up"  # the reader's month is
    PAUSED = "paused"  # the paper can't open it just now


@dataclass(frozen=True, slots=True)
class Wall:
    """What ``edition/_wall.html`` prints.

    :param for_reader: whether a reader meets it, or a visitor
    :param allowance: stories a month that a reader may open
    :param narrower: whether that is the section's own number
    :param resets_on: the day on which the month turns, as in “December 1”
    :param benefits: what an account is good for, in sentences without their first capital
    :param subscribe: the address that says how to subscribe
    """

    kind: Kind
    for_reader: bool
    allowance: int
    narrower: bool = False
    resets_on: str = ""
    benefits: list[str] = field(default_factory=list)
    subscribe: str = ""


def wall_for(
    story: StoryPage, variant: Variant, *, allowed: Policies, now: datetime
) -> Wall | None:
    """Return the wall of a variant of a story; None for the whole."""
    if variant is Variant.FULL:
        return None
    policy = allowed.of(story.path)
    kind = _kind(Access(story.access), variant, policy)
    return Wall(
        kind=kind,
        for_reader=variant is not Variant.TEASER,
        allowance=policy.readers,
        narrower=policy.readers < allowed.paper.readers,
        resets_on=_resets_on(now),
        benefits=_benefits(policy.readers) if kind is Kind.REGISTER else [],
        subscribe=allowed.subscribe_address or reverse("subscribe"),
    )


def _kind(access: Access, variant: Variant, policy: Policy) -> Kind:
    if variant is Variant.PAUSED_TEASER:
        return Kind.PAUSED
    if needs_subscription(access, policy):
        return Kind.SUBSCRIBE
    return Kind.REGISTER if variant is Variant.TEASER else Kind.USED_UP


def _benefits(allowance: int) -> list[str]:
    """Return what an account is good for; the stories a month are those of this story's section."""
    return [policies.stories_benefit(allowance), *registry.benefits(besides="wall")]


def _resets_on(now: datetime) -> str:
    zone = gate.zone()
    turns_at = resets_at(month_of(now, zone), zone).astimezone(zone)
    return stamps.day_near(turns_at.date(), now.astimezone(zone).date())


def seconds_to_month_end(now: datetime) -> float:
    """Return how long the paper's month still lasts."""
    zone = gate.zone()
    return (resets_at(month_of(now, zone), zone) - now).total_seconds()


def audience(story: StoryPage, variant: Variant, allowed: Policies) -> str:
    """Return who gets a variant of a story: ``visitor``, ``reader``, or nothing for either."""
    if variant is Variant.TEASER:
        return "visitor"
    if variant is not Variant.FULL:
        return "reader"
    # Visitors get whole stories of a paper that lets them open some.
    return "" if story.is_open_to_all or allowed.of(story.path).visitors else "reader"
