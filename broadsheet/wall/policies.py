"""The paper's policy, as the meter's rule wants it."""

from dataclasses import dataclass

from django.conf import settings

from broadsheet.rules import meter
from broadsheet.rules.teaser import DEFAULT_WORDS
from broadsheet.wall.models import SectionPolicy, WallPolicy


@dataclass(frozen=True, slots=True)
class Policies:
    """The policy of the paper, and what sections say differently.

    :param sections: tree path of a section → what it says, for those that say something
    :param subscribe_address: where subscriptions are sold; empty: on the paper's own page
    """

    paper: meter.Policy
    sections: dict[str, meter.SectionPolicy]
    search_engines_read_on: bool
    training_is_allowed: bool
    subscribe_address: str = ""

    def of(self, path: str) -> meter.Policy:
        """Return the policy for a story, by its place in the tree or its section's."""
        around = sorted(
            (place, says) for place, says in self.sections.items() if path.startswith(place)
        )
        return meter.narrow(self.paper, *(says for _, says in around))


def load() -> Policies:
    """Read the policies: two queries, whatever the number of sections."""
    # Nothing is written here: a paper that has set no policy has none.
    policy = WallPolicy.objects.first() or WallPolicy()
    rows = SectionPolicy.objects.filter(policy_id=policy.pk).select_related("section")
    return Policies(
        paper=meter.Policy(
            visitors=policy.visitor_allowance or 0,
            readers=(
                settings.METER_ALLOWANCE
                if policy.reader_allowance is None
                else policy.reader_allowance
            ),
            teaser_words=DEFAULT_WORDS if policy.teaser_words is None else policy.teaser_words,
        ),
        sections={
            row.section.path: meter.SectionPolicy(
                row.visitor_allowance, row.reader_allowance, row.teaser_words
            )
            for row in rows
        },
        search_engines_read_on=policy.search_engines_read_on,
        training_is_allowed=policy.training_is_allowed,
        subscribe_address=policy.subscribe_address,
    )


def stories_benefit(allowance: int) -> str:
    """Return what an account is good for first, in words that follow “With an account you can”."""
    stories = "story" if allowance == 1 else "stories"
    return f"access {allowance} free {stories} every month"


def benefits() -> list[str]:
    allowance = load().paper.readers
    return [stories_benefit(allowance)] if allowance else []


def teaser_words(path: str) -> int:
    """Return how many words of a story at a place in the tree everybody may read."""
    return load().of(path).teaser_words
