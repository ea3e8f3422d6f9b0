"""The comments' part in the reader's pages, the script's facts, the export, the erasure, the desk."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest
from django.urls import reverse

from broadsheet.comments import actions, former_bans, looking, rulebook, sanctions
from broadsheet.comments.models import (
    Appeal,
    Comment,
    Decision,
    Follow,
    Mute,
    Notice,
    Report,
    Sanction,
    Thread,
    Valuation,
    WriterNote,
)
from broadsheet.comments.printing import writer_key
from broadsheet.comments.signals import thread_changed
from broadsheet.readers.models import Reader
from broadsheet.readers.registry import Choice, Intention, Panel, Part, Sheet
from broadsheet.readers.requests import number

SHOWN = 3  # comments in the overview
MOST = 500  # valuations of one thread that the script is told
Standing = Comment.Standing


def state(reader: Reader, stories: Sequence[int], now: datetime) -> dict[str, Any]:
    """Tell the script of a thread's page what is the reader's own in it; on lists it asks nothing."""
    if len(stories) != 1:
        return {}
    valued = Valuation.objects.filter(reader=reader, comment__thread=stories[0])
    muted = Mute.objects.filter(reader=reader).values_list("muted", flat=True)
    return {
        "comments": {
            "me": writer_key(reader.pk),
            "named": bool(reader.name),
            "longest": rulebook.load().policy.longest,
            "barred": looking.bar_of(reader, now) is not None,
            "muted": [writer_key(pk) for pk in muted],
            "valued": [
                f"{number} {kind}"
                for number, kind in valued.values_list("comment__number", "kind")[:MOST]
            ],
        }
    }


def panel(reader: Reader, now: datetime) -> Panel:
    latest = Comment.objects.by(reader).exclude(standing=Standing.DELETED)
    return Panel(
        title="Comments",
        template="comments/_panel.html",
        facts={"comments": list(latest.select_related("thread__story")[:SHOWN])},
        link=reverse("you-comments"),
        link_text="All your comments",
    )


def export(reader: Reader) -> Iterator[Sheet]:
    yield Sheet(
        "comments",
        "Comments",
        (
            {
                "headline": one.thread.story.title,
                "address": f"{settings.PAPER_ADDRESS}{one.get_absolute_url()}",
                "posted": one.posted_at,
                "changed": one.edited_at,
                "standing": one.get_standing_display(),
                "text": one.text,
                "in reply to": one.parent.number if one.parent else None,
                "found": [finding["explanation"] for finding in one.findings],
                "network": one.network,
            }
            for one in Comment.objects.filter(writer=reader)
            .select_related("thread__story", "parent")
            .order_by("pk")
            .iterator(chunk_size=1_000)
        ),
    )
    yield Sheet(
        "comments-valued",
        "Comments you valued",
        (
            {"comment": one.comment_id, "as": one.get_kind_display(), "at": one.made_at}
            for one in Valuation.objects.filter(reader=reader).order_by("pk")
        ),
    )
    yield Sheet(
        "comments-reported",
        "Comments you reported",
        (
            {
                "comment": one.comment_id,
                "reason": one.get_reason_display(),
                "words": one.words,
                "at": one.made_at,
                "became": one.get_state_display(),
            }
            for one in Report.objects.filter(reader=reader).order_by("pk")
        ),
    )
    yield Sheet(
        "comment-appeals",
        "Your appeals",
        (
            {
                "comment": one.comment_id,
                "words": one.words,
                "at": one.made_at,
                "became": one.get_state_display(),
                "answer": one.answer,
            }
            for one in Appeal.objects.filter(reader=reader).order_by("pk")
        ),
    )
    yield Sheet(
        "comment-notices",
        "What you were told about your comments",
        (
            {"about": one.subject, "words": one.words, "at": one.made_at}
            for one in Notice.objects.filter(reader=reader).order_by("pk")
        ),
    )
    yield Sheet(
        "comment-sanctions",
        "Warnings and bans",
        (
            {
                "what": one.get_kind_display(),
                "why": one.words,
                "from": one.made_at,
                "until": one.until,
                "lifted": one.lifted_at,
            }
            for one in Sanction.objects.filter(reader=reader).order_by("pk")
        ),
    )
    yield Sheet(
        "desk-notes",
        "Notes that moderators made about you",
        (
            {"words": one.words, "by": one.moderator_name, "at": one.made_at}
            for one in WriterNote.objects.filter(reader=reader).order_by("pk")
        ),
    )
    yield Sheet(
        "muted-readers",
        "Readers you muted",
        (
            {"name": one.muted.name, "since": one.made_at}
            for one in Mute.objects.filter(reader=reader).select_related("muted").order_by("pk")
        ),
    )
    yield Sheet(
        "followed-threads",
        "Threads you follow by mail",
        (
            {"headline": one.thread.story.title, "since": one.made_at}
            for one in Follow.objects.filter(reader=reader)
            .select_related("thread__story")
            .order_by("pk")
        ),
    )


CHOICE = Choice(
    name="comments",
    question="What shall become of your comments?",
    answers=(
        ("unnamed", "They stay, without your name"),
        ("gone", "Their words go too; where others answered, their place stays"),
    ),
)


def erase(reader: Reader, choices: dict[str, str], now: datetime) -> dict[str, int]:
    """Part comments from their writer, with or without their words."""
    mine = Comment.objects.filter(writer=reader)
    counts = {"comments": mine.count()}
    threads = list(mine.order_by().values_list("thread", flat=True).distinct())
    # What waits for the desk or was taken down is nobody's any more.
    gone = mine if choices.get("comments") == "gone" else mine.exclude(standing=Standing.PUBLISHED)
    for comment in gone.exclude(standing=Standing.DELETED).order_by("pk"):
        actions.delete_comment(comment=comment, writer=reader, now=now)
    mine.update(writer=None, name="", network="", key="")
    Report.objects.filter(reader=reader).update(reader=None, words="")
    Appeal.objects.filter(reader=reader).update(reader=None, words="")
    Decision.objects.filter(reader=reader).update(reader=None, words="", note="")
    Decision.objects.filter(moderator=reader).update(moderator=None)
    counts["valuations"] = _valuations(reader)
    former_bans.keep(reader, now=now)
    kept: list[tuple[str, Any]] = [
        ("notices about comments", Notice.objects.filter(reader=reader)),
        ("warnings and bans", Sanction.objects.filter(reader=reader)),
        ("notes of moderators", WriterNote.objects.filter(reader=reader)),
        ("muted readers", Mute.objects.filter(reader=reader)),
        ("followed threads", Follow.objects.filter(reader=reader)),
    ]
    for kind, held in kept:
        counts[kind] = held.delete()[1].get(held.model._meta.label, 0)
    for thread in threads:
        thread_changed.send(sender=Thread, thread=thread)
    return counts


def _valuations(reader: Reader) -> int:
    """Take a reader's valuations back one by one, so that the numbers are right; count them."""
    rows = Valuation.objects.filter(reader=reader)
    times = rows.count()
    for one in rows.select_related("comment").order_by("pk"):
        try:
            with transaction.atomic():
                actions.value_comment(
                    comment=one.comment,
                    reader=reader,
                    kind=Valuation.Kind(one.kind),
                    valued=False,
                    now=one.made_at,
                )
        except looking.CommentsError:
            # The comment has gone; nobody sees its numbers.
            one.delete()
    return times


def desk(reader: Reader, request: HttpRequest, now: datetime) -> Panel:
    """Tell circulation in a line or two how somebody writes."""
    mine = Comment.objects.filter(writer=reader)
    lines = [f"{mine.count():,} comments, {mine.published().count():,} of them published."]
    lines += sanctions.still_holding(reader, now)
    return Panel(title="Comments", lines=lines)


PART = Part(
    name="comments",
    order=40,
    benefits=("comment on every story",),
    links=(("Your comments", "you-comments"),),
    panel=panel,
    state=state,
    export=export,
    choices=(CHOICE,),
    erase=erase,
    desk=desk,
)


def describe(place: str) -> str:
    asked = parse_qs(urlsplit(place).query)
    answers = number(asked.get("answers", [""])[0])
    if answers:
        one = Comment.objects.published().filter(pk=answers).select_related("writer").first()
        return f"you can answer {one.shown_name}." if one else ""
    story = looking.story_for_posting(number(asked.get("story", [""])[0]))
    return f"you can write about “{story.title}”." if story else ""


INTENTION = Intention(
    prefix="/comments/write/", describe=describe, complete=lambda reader, place, now: place
)
