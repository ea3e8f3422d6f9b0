"""Printing comments: finished HTML from rows and nothing else, the same for everybody.

A thread's first page is printed anew with every comment, so this is done by hand in the place of a
template: eighty comments take two milliseconds, where the templates' engine takes thirty. Every
value is escaped here but ``html``, which broadsheet.comments.markup cleaned.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from functools import lru_cache
from html import escape
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.crypto import salted_hmac
from django.utils.safestring import SafeString, mark_safe

from broadsheet.comments.models import Comment
from broadsheet.comments.pages import Conversation, Page, Row, Talk
from broadsheet.rules import stamps

INDENTS = 3  # steps that answers are set in by; deeper ones stand under each other
BADGES = {
    Comment.Badge.STAFF.value: '<span class="badge">Staff</span>',
    Comment.Badge.AUTHOR.value: '<span class="badge badge--author">Author of the story</span>',
}
GONE = {
    Comment.Standing.HELD.value: "This comment is waiting for a moderator.",
    Comment.Standing.RETURNED.value: "The desk returned this comment to its writer.",
    Comment.Standing.REMOVED.value: "The desk removed this comment.",
    Comment.Standing.DELETED.value: "Its writer deleted this comment.",
}


@lru_cache(maxsize=8_192)
def writer_key(pk: int) -> str:
    """Return what stands for a writer on pages: the same everywhere, and it tells nothing."""
    return salted_hmac("broadsheet.comments.writer", str(pk), algorithm="sha256").hexdigest()[:12]


@lru_cache(maxsize=4_096)
def _when(minute: datetime, zone_name: str) -> str:
    zone = ZoneInfo(zone_name)
    here = minute.astimezone(zone)
    return f'<time datetime="{here.isoformat()}">{stamps.moment(minute, zone)}</time>'


def when(moment: datetime) -> str:
    """Print a moment to the minute."""
    return _when(moment.replace(second=0, microsecond=0), settings.TIME_ZONE)


def shown_name(row: Row) -> str:
    return row.writer_name or row.name or "A reader"


def comment(
    row: Row, *, indent: int, is_open: bool = True, hidden: bool = False, lone: bool = False
) -> str:
    """Print one comment, without the end of its list item, which answers may stand in.

    :param is_open: whether its thread takes comments, so that it can be answered
    :param hidden: that the reader who asks has muted its writer
    :param lone: that what it answers isn't printed above it
    """
    if row.standing != Comment.Standing.PUBLISHED.value:
        return (
            f'<article class="comment comment--gone" id="comment-{row.number}" '
            f'data-number="{row.number}" data-indent="{indent}">'
            f"<p>{GONE[row.standing]}</p></article>"
        )
    if hidden:
        return (
            f'<article class="comment comment--gone" id="comment-{row.number}" '
            f'data-number="{row.number}" data-indent="{indent}">'
            f"<p>You muted the reader who wrote this.</p></article>"
        )
    name = escape(shown_name(row))
    writer = f' data-writer="{writer_key(row.writer)}"' if row.writer else ""
    picked = row.picked_at is not None
    answered = ""
    if row.parent_number and (row.depth > 1 or lone):
        to = escape(row.parent_writer_name or row.parent_name or "a reader")
        answered = (
            f'<p class="comment__answers">in reply to '
            f'<a href="/comments/{row.parent}/" data-to="{row.parent_number}">{to}</a></p>'
        )
    edited = '<span class="comment__edited">edited</span>' if row.edited_at else ""
    answer = ""
    if is_open:
        answer = (
            f'<li><a href="/comments/write/?answers={row.pk}" rel="nofollow" data-act="answer" '
            f'aria-label="Reply to {name}">Reply</a></li>'
        )
    return (
        f'<article class="comment{" comment--picked" if picked else ""}'
        f'{" comment--author" if row.badge == "author" else ""}" id="comment-{row.number}" '
        f'data-number="{row.number}" data-pk="{row.pk}" data-indent="{indent}" '
        f'data-at="{int(row.posted_at.timestamp())}"{writer} aria-labelledby="by-{row.number}">'
        f'<header class="comment__head">'
        f'<h3 class="comment__name" id="by-{row.number}">{name}</h3>{BADGES.get(row.badge, "")}'
        f"{'<span class="badge badge--picked">The desk’s choice</span>' if picked else ''}"
        f'<a class="comment__when" href="/comments/{row.pk}/">{when(row.posted_at)}</a>{edited}'
        f"</header>{answered}"
        f'<div class="comment__text">{row.html}</div>'
        f'<ul class="comment__acts">'
        f"<li>{_value(row, 'thoughtful', 'Thoughtful', row.thoughtful)}</li>"
        f"<li>{_value(row, 'well-sourced', 'Well sourced', row.well_sourced)}</li>"
        f'{answer}<li><a href="/comments/{row.pk}/more/" rel="nofollow" data-act="more" '
        f'aria-label="More about {name}’s comment">More</a></li>'
        f"</ul></article>"
    )


def _value(row: Row, kind: str, words: str, times: int) -> str:
    count = f' <b class="comment__count">{times}</b>' if times else ""
    return (
        f'<a href="/comments/{row.pk}/value/?kind={kind}" rel="nofollow" '
        f'data-value="{kind}">{words}{count}</a>'
    )


def _talk(talk: Talk, address: str, muted: Collection[int], *, is_open: bool, lone: bool) -> str:
    root = talk.root
    inner = [comment(root, indent=0, is_open=is_open, hidden=root.writer in muted, lone=lone)]
    if talk.answers or talk.more:
        inner.append(f'<ol class="talk__answers" data-under="{root.number}">')
        inner += answers(talk.answers, muted, is_open=is_open)
        inner.append("</ol>")
    if talk.more:
        more = "1 more reply" if talk.more == 1 else f"{talk.more:,} more replies"
        after = f"&amp;after={talk.answers[-1].place}" if talk.answers else ""
        inner.append(
            f'<p class="talk__more"><a href="{escape(address)}?under={root.number}{after}" '
            f'data-under="{root.number}">{more}</a></p>'
        )
    return f'<li class="talk__one">{"".join(inner)}</li>'


def answers(rows: Sequence[Row], muted: Collection[int] = (), *, is_open: bool) -> list[str]:
    printed = []
    for row in rows:
        indent = min(row.depth, INDENTS)
        one = comment(row, indent=indent, is_open=is_open, hidden=row.writer in muted)
        printed.append(f"<li>{one}</li>")
    return printed


def page(
    found: Page,
    *,
    address: str,
    is_open: bool = True,
    muted: Collection[int] = (),
    lone: bool = False,
) -> SafeString:
    """Print the list of a page.

    :param address: of the thread, as in ``/world/talks/comments/``
    :param is_open: whether the thread takes comments
    :param muted: numbers of the writers that the reader who asks doesn't want to see
    """
    talks = "".join(_talk(talk, address, muted, is_open=is_open, lone=lone) for talk in found.talks)
    return mark_safe(f'<ol class="talk__list">{talks}</ol>')  # noqa: S308


def conversation(
    found: Conversation, *, address: str, is_open: bool = True, muted: Collection[int] = ()
) -> SafeString:
    """Print a comment and a stretch of the answers under it."""
    root = found.root
    before = ""
    if not found.is_start:
        before = (
            f'<p class="talk__more"><a href="{escape(address)}?under={root.number}">'
            f"From the first reply</a></p>"
        )
    return mark_safe(  # noqa: S308
        f'<ol class="talk__list"><li class="talk__one">'
        f"{comment(root, indent=0, is_open=is_open, hidden=root.writer in muted)}{before}"
        f'<ol class="talk__answers" data-under="{root.number}">'
        f"{''.join(answers(found.answers, muted, is_open=is_open))}</ol></li></ol>"
    )
