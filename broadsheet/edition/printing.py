"""Printing the paper's pages: finished HTML from what they show and nothing else.

No request, reader or token comes in, so that one print serves everybody who sees the same variant.
The clock says whether a thread is still open and when the month turns; the plate's end is set by it. What is personal on a page is filled in by its script (``static/edition/site.js``).
"""

from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from broadsheet.edition import (
    cursors,
    fronts,
    markup,
    metadata,
    most_read,
    pieces,
    related,
    stories,
    threads,
    walls,
)
from broadsheet.edition.context import furniture
from broadsheet.newsroom import listings, renditions
from broadsheet.newsroom.models import Author, Correction, FrontPage, SectionPage, StoryPage, Topic
from broadsheet.rules import reading
from broadsheet.rules.variants import Variant
from broadsheet.wall import policies
from broadsheet.wall.policies import Policies

PAGE = 20  # stories on a page of a list
FIRST_PAGE = 25  # and on the first, which has a lead


def page(template: str, *, here: str, **shown: Any) -> str:
    """Print a page.

    :param here: its path, which signing in leads back to
    """
    return render_to_string(f"edition/{template}.html", {**furniture(here=here), **shown}).lstrip()


def story_html(
    story: StoryPage,
    variant: Variant,
    *,
    allowed: Policies | None = None,
    now: datetime | None = None,
) -> str:
    """Print a story, whole or as its teaser and the wall.

    A teaser is printed without loading the body (``StoryQuerySet.with_teaser_only``).

    :param allowed: the paper's policies; None reads them
    :param now: None: this moment
    """
    full = variant is Variant.FULL
    now = now or timezone.now()
    if allowed is None and not (full and story.is_open_to_all):
        allowed = policies.load()
    body = pieces.prepare((story.body if full else story.teaser).raw_data)
    social = metadata.social_picture(story)
    return page(
        "story",
        here=story.url or "/",
        page_pk=story.pk,
        story=story,
        full=full,
        body=body,
        scripts=pieces.scripts(body),
        names=stories.names(story),
        topics=list(story.topics.all()),
        corrections=[] if full else _corrections(story),
        lead=renditions.printed(story.lead_picture, renditions.Use.WIDE),
        on_topics=related.on_topics(story),
        earlier=related.earlier(story),
        description=metadata.description(story),
        social=social,
        canonical=metadata.absolute(story.url or "/"),
        breadcrumb=metadata.breadcrumb(story),
        # How long the whole is would tell of what is locked.
        minutes=reading.minutes(story.words) if full else 0,
        data=metadata.news_article(story, picture=social, words=story.words if full else None),
        wall=walls.wall_for(story, variant, allowed=allowed, now=now) if allowed else None,
        audience=walls.audience(story, variant, allowed) if allowed else "",
        read_on=_read_on(story) if full and not story.is_open_to_all else "",
        lead_caption=_lead_caption(story),
        comments=threads.summary(story, now=now),
    )


def _read_on(story: StoryPage) -> str:
    """Return the anchor of the block where a reader goes on who has read the teaser.

    That is the block that the teaser begins and doesn't end, or the one after the teaser's last.
    """
    body, teaser = story.body.raw_data, story.teaser.raw_data
    start = len(teaser)
    if start and start <= len(body) and body[start - 1].get("id") != teaser[-1].get("id"):
        start -= 1
    return next((block["id"] for block in list(body)[start:] if block.get("id")), "")


def _corrections(story: StoryPage) -> list[tuple[Correction, str]]:
    """Return the corrections that the teaser doesn't show, with their words ready to print."""
    found = sorted(story.corrections.all(), key=lambda one: (one.corrected_at, one.pk))
    return list(zip(found, markup.expand(one.text for one in found), strict=True))


def _lead_caption(story: StoryPage) -> str:
    own = story.lead_picture.caption if story.lead_picture else ""
    return str(story.lead_caption or own)


def front_html(front_page: FrontPage, *, today: date) -> str:
    """Print the front page, with the day in its head."""
    return page(
        "front",
        here="/",
        page_pk=front_page.pk,
        front=fronts.compose(front_page),
        most_read=most_read.stories(most_read.SHOWN),
        today=today,
        canonical=metadata.absolute("/"),
        data={"@context": "https://schema.org", **metadata.publisher()},
        feeds="/",
        feeds_title=settings.PAPER_NAME,
    )


def most_read_html(stories: list[StoryPage]) -> str:
    """Print the list of what is read most."""
    address = reverse("most-read")
    return page(
        "most_read",
        here=address,
        title="Most read",
        stories=stories,
        canonical=metadata.absolute(address),
        description="The stories opened most often in the last 24 hours.",
    )


def section_html(section: SectionPage, *, before: cursors.Place | None = None) -> str:
    subsections = list(
        SectionPage.objects.live()
        .child_of(section)
        .order_by("path")
        .only("title", "url_path", "path")
    )
    return _list_html(
        "section",
        of=section,
        title=section.title,
        address=section.url,
        before=before,
        page_pk=section.pk,
        section=section,
        subsections=subsections,
        description=section.description,
    )


def topic_html(topic: Topic, *, before: cursors.Place | None = None) -> str:
    return _list_html(
        "topic",
        of=topic,
        title=topic.name,
        address=topic.get_absolute_url(),
        before=before,
        topic=topic,
        description=topic.description,
    )


def author_html(author: Author, *, before: cursors.Place | None = None) -> str:
    return _list_html(
        "author",
        of=author,
        title=author.name,
        address=author.get_absolute_url(),
        before=before,
        author=author,
        portrait=renditions.printed(author.portrait, renditions.Use.PORTRAIT),
        about=_about(author),
        description=author.office,
    )


def _about(author: Author) -> str:
    return markup.expand([author.about])[0] if author.about else ""


def _list_html(
    template: str,
    *,
    of: SectionPage | Topic | Author,
    title: str,
    address: str,
    before: cursors.Place | None,
    **shown: Any,
) -> str:
    limit = PAGE if before else FIRST_PAGE
    found = listings.page(listings.key(of), before=before, limit=limit + 1)
    printed, more = found[:limit], len(found) > limit
    return page(
        template,
        here=address,
        title=title,
        stories=printed,
        first=before is None,
        older=cursors.after(printed[-1]) if more else "",
        address=address,
        canonical=metadata.absolute(address)
        + (f"?before={cursors.write(before)}" if before else ""),
        feeds=address,
        feeds_title=f"{settings.PAPER_NAME}: {title}",
        **shown,
    )
