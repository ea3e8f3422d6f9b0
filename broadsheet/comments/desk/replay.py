"""Trying a policy on past comments before it is switched on: what would have become of them.

Every comment is judged twice, by the present policy and by the one to try, from the same findings:
its text is looked at anew, with the detector where one is installed. Only what was stored can be
tried: what a check returned to its writer at once was never kept.
"""

import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from broadsheet.comments import looking, screening
from broadsheet.comments.models import Act, Comment, Decision
from broadsheet.comments.rulings import ABOUT_STANDING, AGAINST
from broadsheet.rules.guidelines import judging, repetition
from broadsheet.rules.guidelines.findings import Finding, Guideline, Written
from broadsheet.rules.guidelines.judging import Verdict
from broadsheet.rules.guidelines.policy import Act as Consequence
from broadsheet.rules.guidelines.policy import Policy

LATEST = 600  # comments
DECIDED = 400  # comments that moderators decided on last, besides
EXAMPLES = 5  # of each change
LONGEST = 8.0  # seconds
_TAKES_DOWN = {Consequence.RETURN, Consequence.HOLD}


@dataclass(frozen=True, slots=True)
class Example:
    """:param decided: what a moderator decided about it; empty for nothing"""

    comment: Comment
    before: Verdict
    after: Verdict
    found: tuple[Finding, ...]
    decided: str


@dataclass(slots=True)
class Agreement:
    """How often a check and the moderators were of one mind, of ``of`` comments they decided on."""

    before: int = 0
    after: int = 0
    of: int = 0

    def count(self, *, before: bool, after: bool) -> None:
        self.before += before
        self.after += after
        self.of += 1


@dataclass(slots=True)
class Replay:
    """What trying found.

    :param is_whole: whether it came to its end; it stops when it takes too long
    """

    looked_at: int = 0
    changes: Counter[tuple[Verdict, Verdict]] = field(default_factory=Counter)
    examples: list[Example] = field(default_factory=list)
    overall: Agreement = field(default_factory=Agreement)
    guidelines: dict[Guideline, Agreement] = field(default_factory=dict)
    is_screened: bool = False
    is_whole: bool = True

    @property
    def changed(self) -> int:
        return sum(times for (before, after), times in self.changes.items() if before != after)


def run(present: Policy, tried: Policy, *, seconds: float = LONGEST) -> Replay:
    """Judge past comments by two policies."""
    found = Replay(is_screened=screening.is_installed())
    ends_at = time.monotonic() + seconds
    comments = _comments()
    decisions = _decisions(comments)
    threads: dict[int, Written] = {}
    for comment in comments:
        if time.monotonic() > ends_at:
            found.is_whole = False
            break
        _try(
            comment,
            written=_written(comment, threads),
            present=present,
            tried=tried,
            decision=decisions.get(comment.pk),
            found=found,
        )
    return found


def _comments() -> list[Comment]:
    alive = (
        Comment.objects.exclude(text="")
        .select_related("parent", "writer", "thread__story")
        .defer("thread__story__body", "thread__story__teaser")
    )
    latest = list(alive.order_by("-posted_at", "-pk")[:LATEST])
    decided = (
        Decision.objects.filter(act__in=ABOUT_STANDING, undone_by=None)
        .exclude(comment=None)
        .order_by("-decided_at", "-pk")
        .values_list("comment", flat=True)[:DECIDED]
    )
    more = set(decided) - {one.pk for one in latest}
    return latest + list(alive.filter(pk__in=more).order_by("-posted_at", "-pk"))


def _decisions(comments: Sequence[Comment]) -> dict[int, Decision]:
    """Return the latest decision on each comment, of those that hold."""
    rows = Decision.objects.filter(
        comment__in=[one.pk for one in comments], act__in=ABOUT_STANDING, undone_by=None
    )
    return {one.comment_id or 0: one for one in rows.order_by("decided_at", "pk")}


def _written(comment: Comment, threads: dict[int, Written]) -> Written:
    """Return a comment as it was judged; what belongs to its story is fetched once."""
    if comment.thread_id not in threads:
        threads[comment.thread_id] = looking.written_of(
            story=comment.thread.story, text="", parent=None
        )
    earlier: tuple[str, ...] = ()
    if comment.writer_id is not None:
        earlier = tuple(
            Comment.objects.filter(
                writer=comment.writer_id,
                thread=comment.thread_id,
                posted_at__lt=comment.posted_at,
                posted_at__gt=comment.posted_at - repetition.WITHIN,
            )
            .exclude(text="")
            .order_by("-posted_at", "-pk")
            .values_list("text", flat=True)[: repetition.COMPARED]
        )
    parent = comment.parent.text if comment.parent else ""
    return replace(threads[comment.thread_id], text=comment.text, parent=parent, earlier=earlier)


def _try(
    comment: Comment,
    *,
    written: Written,
    present: Policy,
    tried: Policy,
    decision: Decision | None,
    found: Replay,
) -> None:
    screened = screening.screen(written)
    verdicts = []
    findings = []
    for policy in (present, tried):
        those = judging.find(written, screened.measured, policy)
        judged = judging.judge(those, policy, screened=screened.screened)
        verdicts.append(judged.verdict)
        findings.append(those)
    before, after = verdicts
    found.looked_at += 1
    found.changes[before, after] += 1
    if decision is not None:
        down = decision.act in AGAINST
        found.overall.count(
            before=(before is not Verdict.PUBLISHED) == down,
            after=(after is not Verdict.PUBLISHED) == down,
        )
        for guideline in dict.fromkeys(one.guideline for those in findings for one in those):
            found.guidelines.setdefault(guideline, Agreement()).count(
                before=_takes_down(guideline, findings[0], present) == down,
                after=_takes_down(guideline, findings[1], tried) == down,
            )
    if before != after and _shown(found, before, after) < EXAMPLES:
        every = tuple(dict.fromkeys([*findings[1], *findings[0]]))
        said = Act(decision.act).label if decision else ""
        found.examples.append(Example(comment, before, after, every, said))


def _takes_down(guideline: Guideline, findings: Sequence[Finding], policy: Policy) -> bool:
    acts = (
        policy.of(guideline).act(one.strength, for_a_person=one.for_a_person)
        for one in findings
        if one.guideline is guideline
    )
    return any(act in _TAKES_DOWN for act in acts)


def _shown(found: Replay, before: Verdict, after: Verdict) -> int:
    return sum(one.before == before and one.after == after for one in found.examples)


def changes(found: Replay) -> Iterator[tuple[str, str, int]]:
    """Yield what would stand otherwise: from, to, how many; the most first."""
    for (before, after), times in found.changes.most_common():
        if before != after:
            yield before.value, after.value, times
