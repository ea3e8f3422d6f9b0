"""What an editor sees of a draft: its length, what the wall shows of it, what is missing."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.conf import settings

from broadsheet.newsroom import bodies
from broadsheet.newsroom.models import Picture, StoryPage
from broadsheet.rules import meter, publishing, reading
from broadsheet.rules.access import Access, Person
from broadsheet.rules.teaser import count_words

_TERMS = {
    meter.Reason.FREE_STORY: "free to all",
    meter.Reason.NO_LIMIT: "without limit",
    meter.Reason.SIGN_IN: "then the wall: what signing in unlocks",
    meter.Reason.SUBSCRIBERS_ONLY: "then the wall: what a subscription unlocks",
}


def _usual(path: str) -> meter.Policy:
    return meter.Policy(readers=settings.METER_ALLOWANCE)


_policies: list[Callable[[str], meter.Policy]] = [_usual]


def ask(policy_of: Callable[[str], meter.Policy]) -> None:
    """Name the function that knows the policy for a place in the tree: the wall, a floor above."""
    _policies[:] = [policy_of]


@dataclass(frozen=True, slots=True)
class Sight:
    """What one kind of person gets to read.

    :param whole: whether that is all of it, at the beginning of their month
    """

    person: Person
    whole: bool
    reason: meter.Reason
    terms: str


@dataclass(frozen=True, slots=True)
class Facts:
    words: int
    minutes: int
    teaser: str
    teaser_words: int
    sights: list[Sight]
    warnings: list[publishing.Warned]


def of(story: StoryPage, *, path: str) -> Facts:
    """Return the facts of a story as it stands in memory, saved or not.

    :param path: its place in the tree, or that of its section
    """
    words = bodies.count_words(story.body)
    teaser = _teaser(story)
    return Facts(
        words=words,
        minutes=reading.minutes(words),
        teaser=teaser,
        teaser_words=count_words(teaser),
        sights=sights(Access(story.access), _policies[0](path)),
        warnings=publishing.warnings(_draft(story, words=words, teaser=teaser)),
    )


def sights(access: Access, policy: meter.Policy) -> list[Sight]:
    """Return what a visitor, a reader and a subscriber get of a story, by the meter's own rule."""
    found = []
    for person in Person:
        decision = meter.decide(0, access, person, policy, ())
        allowance = policy.allowance(person)
        terms = _TERMS.get(decision.reason, "")
        if decision.reason is meter.Reason.WITHIN_ALLOWANCE:
            terms = f"as one of {allowance} metered stories a month"
        found.append(Sight(person, decision.opens, decision.reason, terms))
    return found


def _teaser(story: StoryPage) -> str:
    blocks = bodies.teaser(story.body, words=story.teaser_words, path=story.path or "")
    return "\n\n".join(text for _, text in bodies.texts(blocks))


def _draft(story: StoryPage, *, words: int, teaser: str) -> publishing.Draft:
    corrected = [found.corrected_at for found in bodies.corrections(story.body)]
    return publishing.Draft(
        headline=story.title,
        standfirst=story.standfirst,
        dateline=story.dateline,
        bylines=len(story.bylines.all()),
        has_lead_picture=story.lead_picture_id is not None,
        pictures=list(_pictures(story)),
        words=words,
        teaser_words=count_words(teaser),
        access=Access(story.access),
        dated_at=story.updated_at or story.published_at,
        corrected_at=max(corrected, default=None),
    )


def _pictures(story: StoryPage) -> Iterator[publishing.Shown]:
    if story.lead_picture is not None:
        yield publishing.Shown(story.lead_picture.title, story.lead_picture.alternative_text)
    used = list(bodies.pictures(story.body.raw_data))
    there = Picture.objects.in_bulk([one["picture"] for one in used]) if used else {}
    for one in used:
        # A picture that was deleted since leaves its block empty.
        if picture := there.get(one["picture"]):
            said = one.get("alternative_text") or picture.alternative_text
            yield publishing.Shown(picture.title, said)
