"""The paper's rules for comments, as its desk set them: policy, word lists, when threads close."""

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from django.core.exceptions import ObjectDoesNotExist
from django.utils import timezone

from broadsheet.comments.models import PaperRules, SectionRules, Thread, WordList
from broadsheet.newsroom.models import StoryPage
from broadsheet.readers.kept import Kept
from broadsheet.rules.guidelines.policy import Policy, WordRule
from broadsheet.rules.threads import Facts, Opening, Said, opening

WEIGHTS = {
    # On the usual lines of Guideline.WORDS: returned, held, told.
    WordList.Weight.RETURN: 1.0,
    WordList.Weight.HOLD: 0.6,
    WordList.Weight.TELL: 0.2,
}


@dataclass(frozen=True, slots=True)
class Rulebook:
    paper: PaperRules
    policy: Policy


@lru_cache(maxsize=64)
def words_of(text: str) -> frozenset[str]:
    """Return the entries of a word list, one to a line; ``#`` begins a remark."""
    lines = (line.partition("#")[0].strip().casefold() for line in text.splitlines())
    return frozenset(line for line in lines if line)


def load_paper() -> PaperRules:
    return PaperRules.objects.filter(pk=1).first() or PaperRules(pk=1)


def read() -> Rulebook:
    """Return the rules as they are now, in two queries."""
    paper = load_paper()
    lists = tuple(
        WordRule(
            one.title, words_of(one.words), WEIGHTS[WordList.Weight(one.weight)], one.explanation
        )
        for one in WordList.objects.filter(is_used=True).order_by("pk")
    )
    return Rulebook(paper, Policy.from_json(paper.policy, lists))


# The rules as they are, or were two seconds ago: for whoever looks at comments all the time.
load = Kept(read)


def domains(paper: PaperRules) -> frozenset[str]:
    return words_of(paper.passing_domains)


def thread_of(story: StoryPage) -> Thread:
    """Return a story's thread; one that has no row yet as it will be."""
    try:
        return story.thread
    except ObjectDoesNotExist:
        return Thread(story=story)


def _section_rules(story: StoryPage) -> SectionRules | None:
    if story.section is None:
        return None
    try:
        found: SectionRules = story.section.comment_rules
    except ObjectDoesNotExist:
        return None
    return found


def facts_of(story: StoryPage, paper: PaperRules) -> Facts:
    """Return what decides whether a thread is open.

    Costs no query for a story fetched with ``thread`` and ``section__comment_rules``.
    """
    thread, section = thread_of(story), _section_rules(story)
    days = paper.closes_after_days
    if section and section.closes_after_days:
        days = section.closes_after_days
    return Facts(
        desk=Said(thread.state),
        story=Said(story.comments_are),
        section=Said(section.comments_are) if section else Said.NOTHING,
        published_at=story.published_at or timezone.now(),
        closes_at=thread.closes_at,
        days=days,
    )


def opening_of(story: StoryPage, paper: PaperRules, *, now: datetime) -> Opening:
    return opening(facts_of(story, paper), now)
