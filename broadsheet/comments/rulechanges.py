"""Changing the paper's rules for comments. Each change is in the log, as decisions are."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction

from broadsheet.comments import rulebook
from broadsheet.comments.models import Act, Decision, PaperRules, SectionRules, WordList
from broadsheet.newsroom.models import SectionPage
from broadsheet.readers.models import Reader
from broadsheet.rules.guidelines import wordlists
from broadsheet.rules.guidelines.policy import Policy
from broadsheet.rules.guidelines.wordlists import Complaint

MOST_COMPLAINTS = 500  # that are kept of one list; all are counted


def _log(by: Reader, note: str, *, now: datetime, before: Any = None, after: Any = None) -> None:
    Decision.objects.create(
        act=Act.SET_RULES,
        moderator=by,
        moderator_name=by.get_full_name()[:80],
        note=note[:500],
        before=before or {},
        after=after or {},
        decided_at=now,
    )


def _locked() -> PaperRules:
    PaperRules.objects.get_or_create(pk=1)
    return PaperRules.objects.select_for_update().get(pk=1)


@transaction.atomic
def set_policy(*, policy: Policy, by: Reader, now: datetime) -> None:
    """Switch another policy on; it holds from the next comment."""
    rules = _locked()
    before, rules.policy = rules.policy, policy.as_json()
    rules.save(update_fields=["policy"])
    _log(by, "The policy of the guidelines.", before=before, after=rules.policy, now=now)


PAPER_FIELDS = (
    "closes_after_days",
    "read_first_comments",
    "passing_addresses",
    "passing_domains",
    "guidelines",
)


@transaction.atomic
def set_paper_rules(*, values: dict[str, Any], by: Reader, now: datetime) -> None:
    """Change rules of the whole paper.

    :param values: of ``PAPER_FIELDS``
    """
    rules = _locked()
    before = {name: getattr(rules, name) for name in values}
    changed = {name: value for name, value in values.items() if before[name] != value}
    if not changed:
        return
    for name, value in changed.items():
        setattr(rules, name, value)
    rules.save(update_fields=list(changed))
    _log(
        by,
        "The paper’s rules: " + ", ".join(name.replace("_", " ") for name in changed) + ".",
        before={name: before[name] for name in changed},
        after=changed,
        now=now,
    )


@transaction.atomic
def set_section_rules(
    *,
    section: SectionPage,
    comments_are: str,
    closes_after_days: int | None,
    by: Reader,
    now: datetime,
) -> None:
    """Say where the threads of a section differ from the paper's."""
    kept = SectionRules.objects.select_for_update().filter(section=section).first()
    before = [kept.comments_are, kept.closes_after_days] if kept else ["", None]
    after = [comments_are, closes_after_days]
    if before == after:
        return
    SectionRules.objects.update_or_create(
        section=section,
        defaults={"comments_are": comments_are, "closes_after_days": closes_after_days},
    )
    _log(by, f"Section “{section.title}”.", before={"is": before}, after={"is": after}, now=now)


@dataclass(slots=True)
class Import:
    """What became of a list of words. ``complaints`` are the first ones, ``refused`` counts all."""

    added: int = 0
    already_there: int = 0
    refused: int = 0
    complaints: list[Complaint] = field(default_factory=list)

    @property
    def read(self) -> int:
        return self.added + self.already_there + self.refused


@transaction.atomic
def import_words(*, words: WordList, lines: Iterable[str], by: Reader, now: datetime) -> Import:
    """Add words to a list; what is there already stays once, bad lines are complaints."""
    kept = WordList.objects.select_for_update().get(pk=words.pk)
    known = set(rulebook.words_of(kept.words))
    made, fresh = Import(), []
    for item in wordlists.read(lines):
        if isinstance(item, Complaint):
            made.refused += 1
            if len(made.complaints) < MOST_COMPLAINTS:
                made.complaints.append(item)
        elif item.words in known:
            made.already_there += 1
        else:
            known.add(item.words)
            fresh.append(item.words)
            made.added += 1
    if fresh:
        kept.words = "\n".join([*filter(None, [kept.words.rstrip()]), *fresh])
        kept.save(update_fields=["words", "changed_at"])
    _log(
        by,
        f"Word list “{kept.title}”: {made.added} added, {made.already_there} there already, "
        f"{made.refused} refused.",
        now=now,
    )
    return made


@transaction.atomic
def save_words(*, words: WordList, by: Reader, now: datetime) -> None:
    """Keep a word list as it was written."""
    is_new = words.pk is None
    words.save()
    _log(by, f"Word list “{words.title}” {'made' if is_new else 'changed'}.", now=now)


@transaction.atomic
def delete_words(*, words: WordList, by: Reader, now: datetime) -> None:
    words.delete()
    _log(by, f"Word list “{words.title}” deleted.", now=now)
