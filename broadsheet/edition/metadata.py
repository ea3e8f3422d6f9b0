"""What machines read on a page: schema.org data and Open Graph.

Nothing here comes from the body, so that a page for somebody without access tells no more here
than in what it shows. The count of words is told on full pages only.
"""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.safestring import SafeString, mark_safe

from broadsheet.edition import assets, stories
from broadsheet.newsroom import bodies, renditions
from broadsheet.newsroom.models import SectionPage, StoryPage
from broadsheet.newsroom.plain_text import plain
from broadsheet.newsroom.renditions import Printed, Use

DESCRIPTION_LENGTH = 200  # characters; search results show fewer
# The part of a story's page that signing in opens, as search engines are told.
LOCKED_PART = ".story__body"
# What would end the element, or a line in JavaScript, is written as an escape.
_ESCAPES = {ord(one): f"\\u{ord(one):04x}" for one in "<>&\u2028\u2029"}


def script(facts: Mapping[str, Any]) -> SafeString:
    """Return an element of JSON-LD."""
    written = json.dumps(facts, ensure_ascii=False, separators=(",", ":")).translate(_ESCAPES)
    return mark_safe(f'<script type="application/ld+json">{written}</script>')  # noqa: S308  # escaped


def absolute(address: str) -> str:
    """Return a whole address from one on the paper; others stay as they are."""
    return f"{settings.PAPER_ADDRESS}{address}" if address.startswith("/") else address


def here(moment: datetime) -> str:
    """Return a moment in the paper's zone, for machines."""
    return moment.astimezone(ZoneInfo(settings.TIME_ZONE)).isoformat(timespec="seconds")


def description(story: StoryPage) -> str:
    """Return the standfirst, or how the teaser begins where there is none."""
    if story.standfirst:
        return str(story.standfirst)
    words = " ".join(text for _, text in bodies.texts(story.teaser) if text)
    if len(words) <= DESCRIPTION_LENGTH:
        return words
    return words[:DESCRIPTION_LENGTH].rpartition(" ")[0] + " …"


def social_picture(story: StoryPage) -> Printed | None:
    return renditions.printed(story.lead_picture, Use.SOCIAL)


def publisher() -> dict[str, Any]:
    return {
        "@type": "NewsMediaOrganization",
        "name": settings.PAPER_NAME,
        "url": f"{settings.PAPER_ADDRESS}/",
        "logo": {
            "@type": "ImageObject",
            "url": absolute(assets.address("edition/icon-512.png")),
            "width": 512,
            "height": 512,
        },
    }


def breadcrumb(story: StoryPage) -> dict[str, Any] | None:
    """Return where a story stands, from the front page down, as schema.org's BreadcrumbList."""
    if story.section is None:
        return None
    sections = (
        SectionPage.objects.live()
        .ancestor_of(story.section, inclusive=True)
        .order_by("depth")
        .only("title", "url_path", "path")
    )
    steps = [(settings.PAPER_NAME, "/"), *((one.title, one.url) for one in sections)]
    return {
        "@context": "https://schema.org",
        "@type": "BreadcrumbList",
        "itemListElement": [
            {"@type": "ListItem", "position": at, "name": name, "item": absolute(address)}
            for at, (name, address) in enumerate(steps, start=1)
        ],
    }


def news_article(story: StoryPage, *, picture: Printed | None, words: int | None) -> dict[str, Any]:
    """Return a story as schema.org's NewsArticle.

    :param picture: the social one
    :param words: None where the page doesn't show them all
    """
    facts: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "mainEntityOfPage": absolute(story.url),
        "headline": story.headline,
        "description": description(story),
        "inLanguage": story.language or settings.LANGUAGE_CODE,
        "isAccessibleForFree": story.is_open_to_all,
        "publisher": publisher(),
    }
    if story.published_at:
        facts["datePublished"] = here(story.published_at)
    if story.updated_at:
        facts["dateModified"] = here(story.updated_at)
    if story.dateline:
        facts["dateline"] = story.dateline
    if authors := stories.names(story):
        facts["author"] = [
            {
                "@type": "Organization" if one.agency else "Person",
                "name": one.name,
                "url": absolute(one.address),
                **({"jobTitle": one.office} if one.office and not one.agency else {}),
            }
            for one in authors
        ]
    else:
        facts["author"] = publisher()
    if picture:
        facts["image"] = [absolute(picture.address)]
    if story.section:
        facts["articleSection"] = story.section.title
    if topics := [topic.name for topic in story.topics.all()]:
        facts["keywords"] = topics
    if words is not None:
        facts["wordCount"] = words
    if not story.is_open_to_all:
        facts["hasPart"] = {
            "@type": "WebPageElement",
            "isAccessibleForFree": False,
            "cssSelector": LOCKED_PART,
        }
    if corrections := sorted(story.corrections.all(), key=lambda one: (one.corrected_at, one.pk)):
        facts["correction"] = [
            {
                "@type": "CorrectionComment",
                "text": plain(one.text),
                "datePublished": here(one.corrected_at),
            }
            for one in corrections
        ]
    return facts
