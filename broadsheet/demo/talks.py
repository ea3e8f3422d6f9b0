"""What readers of the demo paper say: ``talks.toml``, posted and moderated the way people would."""

import tomllib
from collections import defaultdict
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone

from broadsheet.comments import actions, decisions, looking
from broadsheet.comments.decision_log import By
from broadsheet.comments.models import (
    Comment,
    Notice,
    PaperRules,
    ReasonText,
    Thread,
    Valuation,
)
from broadsheet.demo import factories
from broadsheet.demo.stories import HERE
from broadsheet.newsroom.models import StoryPage
from broadsheet.readers.models import Reader

type At = Callable[[datetime], AbstractContextManager[object]]


class TalkError(Exception):
    """Something in talks.toml doesn't fit the rest. Says where."""


def read(folder: Path = HERE) -> dict[str, Any]:
    with (folder / "talks.toml").open("rb") as file:
        return tomllib.load(file)


@transaction.atomic
def make(*, at: At, zone: ZoneInfo, editor: Reader, told: dict[str, Any] | None = None) -> int:
    """Post everything, in the order in which it was said; return how many comments there are.

    :param at: puts the clock to a moment
    :param editor: who moderates, and writes for the paper
    :raises TalkError: when a comment names a story, a person or a comment that there isn't
    """
    told = read() if told is None else told
    said = sorted(
        (
            (one["at"].replace(tzinfo=zone), slug, one)
            for slug, ones in told["stories"].items()
            for one in ones
        ),
        key=lambda turn: turn[:2],
    )
    # A demo that is looked at in some years still takes comments.
    PaperRules.objects.create(pk=1, closes_after_days=None, read_first_comments=0)
    with at(said[0][0] - timedelta(days=1)):
        people = {key: _person(key, name) for key, name in told["people"].items()}
    people["editor"] = editor
    made: defaultdict[str, dict[str, Comment]] = defaultdict(dict)
    for moment, slug, one in said:
        with at(moment):
            _say(one, slug, people, made[slug], By(editor), now=moment)
    # Nobody is waiting for mail about what was said long ago.
    Notice.objects.update(mailed_at=timezone.now(), seen_at=timezone.now())
    Thread.objects.update(is_told=True)
    return Comment.objects.count()


def _person(key: str, name: str) -> Reader:
    return factories.reader(f"{key}@readers.morningtide.example", name=name, password=None)


def _say(
    one: dict[str, Any],
    slug: str,
    people: dict[str, Reader],
    before: dict[str, Comment],
    by: By,
    *,
    now: datetime,
) -> None:
    try:
        page = StoryPage.objects.get(slug=slug)
        writer = people[one["by"]]
        parent = before[one["answers"]] if "answers" in one else None
        valued = [people[key] for key in one.get("valued", ())]
        sourced = [people[key] for key in one.get("sourced", ())]
    except (LookupError, StoryPage.DoesNotExist) as error:
        raise TalkError(f"{slug}, {one['at']}: {error}") from error
    story = looking.story_for_posting(page.pk)
    assert story is not None
    comment = actions.post_comment(
        story=story,
        writer=writer,
        text=one["text"],
        parent=parent,
        asks_person="asks" in one,
        words=one.get("asks", ""),
        now=now,
    ).comment
    if not comment.is_published and "asks" not in one:
        # The thread is read first.
        decisions.approve(comment=comment, by=by, now=now + timedelta(minutes=4))
    for kind, readers in (
        (Valuation.Kind.THOUGHTFUL, valued),
        (Valuation.Kind.WELL_SOURCED, sourced),
    ):
        for reader in readers:
            actions.value_comment(comment=comment, reader=reader, kind=kind, valued=True, now=now)
    if one.get("picked"):
        decisions.pick(comment=comment, by=by, now=now + timedelta(hours=1))
    if "removed" in one:
        reason = ReasonText.objects.get(title=one["removed"])
        decisions.remove(
            comment=comment, by=replace(by, reason=reason), now=now + timedelta(minutes=20)
        )
    comment.refresh_from_db()
    if "id" in one:
        before[one["id"]] = comment
