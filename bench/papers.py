"""Papers of any size to measure on, made straight in the tables: 100,000 stories in two minutes.

The newest stories of a large paper are those of a small one, word for word: a page that both have
shows the same, so that what it costs more in the large one is the archive's doing alone. Words
follow Zipf's law. ``harbour`` and ``lantern`` stand in half of the stories each, ``ferryman`` in
one of ten thousand.
"""

import hashlib
import itertools
import os
import random
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NamedTuple

ROOT = Path(__file__).parents[1]
KEPT = ROOT / ".build" / "bench"
# Modules of the search that only read: a change of theirs asks for no new paper.
_READING = {"asking.py", "find.py", "forms.py", "postgresql.py", "sqlite.py", "views.py"}

# The newest hundred fill October 2026, and every month before has as many.
NEWEST_AT = datetime(2026, 10, 31, 18, 0, tzinfo=UTC)
APART = timedelta(days=30) / 100
SECTIONS = ("World", "Business", "Science", "Sport")
TOPICS, AUTHORS = 500, 150
COMMON, OTHER, RARE = "harbour", "lantern", "ferryman"

_COMMONEST = [
    "the",
    "of",
    "and",
    "to",
    "in",
    "a",
    "that",
    "is",
    "was",
    "for",
    "on",
    "with",
    "as",
    "by",
    "at",
    "from",
    "it",
    "be",
    "are",
    "this",
    "have",
    "had",
    "not",
    "but",
    "were",
    "they",
    "which",
    "his",
    "her",
    "their",
    "said",
    "will",
    "would",
    "who",
    "has",
    "been",
    "more",
    "when",
    "one",
    "two",
    "after",
    "over",
    "under",
    "between",
    "about",
    "into",
]
_ROOTS = [
    "bridge",
    "mill",
    "stone",
    "field",
    "ferry",
    "tide",
    "north",
    "south",
    "river",
    "storm",
    "grain",
    "copper",
    "market",
    "council",
    "vessel",
    "winter",
    "signal",
    "paper",
    "garden",
    "engine",
    "school",
    "timber",
    "glass",
    "harvest",
    "railway",
    "border",
    "island",
    "weather",
    "salt",
    "lamp",
    "street",
    "mountain",
    "valley",
    "forest",
    "meadow",
    "orchard",
    "quarry",
    "anchor",
    "barrel",
    "basket",
    "beacon",
    "blanket",
    "bottle",
    "branch",
    "breeze",
    "bucket",
    "burrow",
    "button",
    "cabin",
    "candle",
    "canvas",
    "carpet",
    "castle",
    "cattle",
    "cellar",
    "chapel",
    "circle",
    "cliff",
    "clover",
    "coast",
    "corner",
    "cotton",
    "cradle",
    "crane",
    "creek",
    "crown",
    "curtain",
    "desert",
    "dragon",
    "drum",
    "eagle",
    "ember",
    "fabric",
    "falcon",
    "feather",
    "fence",
    "fiddle",
    "finger",
    "flame",
    "flour",
    "fountain",
    "furnace",
    "gable",
    "gallery",
    "gate",
    "glacier",
    "goblet",
    "granite",
    "gravel",
    "guard",
    "hammer",
    "handle",
    "hedge",
    "heron",
    "hollow",
    "honey",
    "hunter",
    "ivory",
    "jacket",
    "journey",
    "kettle",
    "kitchen",
    "ladder",
    "lagoon",
    "lantana",
    "leather",
    "ledger",
    "letter",
    "linen",
    "lumber",
    "magnet",
    "marble",
    "meteor",
    "mirror",
    "mosaic",
    "needle",
    "oyster",
    "palace",
    "pebble",
    "pepper",
    "pigeon",
    "pillar",
    "planet",
    "pocket",
    "pottery",
    "prairie",
    "quarter",
    "ribbon",
    "saddle",
    "sailor",
    "shadow",
    "shelter",
    "silver",
    "skipper",
    "slate",
    "spindle",
    "spring",
    "stable",
    "summit",
    "table",
    "tailor",
    "temple",
    "thicket",
    "thunder",
    "tunnel",
    "turbine",
    "velvet",
    "village",
    "violin",
    "wagon",
    "walnut",
    "weaver",
    "willow",
    "window",
]


def vocabulary() -> tuple[list[str], list[float]]:
    """Return some forty thousand words, commonest first, and how often each comes, summed up."""
    joined = [first + second for first in _ROOTS for second in _ROOTS if first != second]
    random.Random(7).shuffle(joined)
    words = [*_COMMONEST, *_ROOTS, *joined]
    return words, list(
        itertools.accumulate(1 / (place + 2.7) ** 1.05 for place in range(len(words)))
    )


class Story(NamedTuple):
    number: int
    headline: str
    standfirst: str
    body: list[dict[str, Any]]
    published_at: datetime
    access: str
    section: int
    topics: list[int]
    authors: list[int]


def stories(count: int) -> Iterator[Story]:
    """Yield stories, newest first."""
    words, weights = vocabulary()
    for number in range(count):
        # Of its own for each, so that a story is the same however many follow.
        chance = random.Random(number)

        def some(least: int, most: int, chance: random.Random = chance) -> list[str]:
            return chance.choices(words, cum_weights=weights, k=chance.randint(least, most))

        paragraphs = [some(30, 70) for _ in range(chance.randint(6, 12))]
        # In the opening, so that everybody may find them.
        for word, share in ((COMMON, 0.5), (OTHER, 0.5), (RARE, 0.0001)):
            if chance.random() < share:
                paragraphs[0].insert(chance.randrange(20), word)
        yield Story(
            number=number,
            headline=" ".join(some(6, 11)).capitalize(),
            standfirst=f"{' '.join(some(12, 25)).capitalize()}.",
            body=[
                {
                    "type": "paragraph",
                    "value": f"<p>{' '.join(one).capitalize()}.</p>",
                    "id": f"{number:08x}-0000-4000-8000-{at:012x}",
                }
                for at, one in enumerate(paragraphs)
            ],
            published_at=NEWEST_AT - number * APART,
            access=chance.choice(("free", "readers", "subscribers")),
            section=number % len(SECTIONS),
            topics=chance.sample(range(TOPICS), 2),
            authors=chance.sample(range(AUTHORS), chance.choice((1, 1, 2))),
        )


def paper(count: int) -> Path:
    """Return the folder of a paper with that many stories, made unless it is kept from before."""
    told = Path(__file__).read_text()
    # Tables of others are brought up to date when a kept paper is opened.
    for name in ("newsroom/migrations", "edition/migrations", "edition/services/search"):
        files = sorted((ROOT / "broadsheet" / name).glob("*.py"))
        told += "".join(file.read_text() for file in files if file.name not in _READING)
    kept = KEPT / f"{count}-{hashlib.sha256(told.encode()).hexdigest()[:12]}"
    if not (kept / "made").exists():
        for old in KEPT.glob(f"{count}-*"):
            for file in old.rglob("*"):
                if file.is_file():
                    file.unlink()
        kept.mkdir(parents=True, exist_ok=True)
        command = [sys.executable, "-m", "bench.papers", str(count)]
        environment = {**os.environ, "PAPER_DIR": str(kept), "PYTHONPATH": str(ROOT)}
        import subprocess

        subprocess.run(command, env={**environment, **SETTINGS}, cwd=ROOT, check=True)
        (kept / "made").touch()
    return kept


SETTINGS = {
    "DJANGO_SETTINGS_MODULE": "broadsheet.config.settings",
    "PAPER_NAME": "The Bench",
    "PAPER_ADDRESS": "http://127.0.0.1:8000",
    "LOG_LEVEL": "error",
}


def make(count: int) -> None:
    """Fill the paper of this process (``PAPER_DIR``, ``DATABASE_URL``)."""
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection, transaction

    from broadsheet.demo import factories
    from broadsheet.edition.services.search import tables
    from broadsheet.newsroom.models import SectionPage

    call_command("migrate", verbosity=0)
    sections = [factories.section(title) for title in SECTIONS]
    topics = [factories.topic(f"Topic {number}") for number in range(TOPICS)]
    authors = [factories.author(f"Author {number}") for number in range(AUTHORS)]
    began, done = time.monotonic(), 0
    for some in itertools.batched(stories(count), 1000):
        with transaction.atomic():
            _insert(list(some), sections, topics, authors)
        done += len(some)
        print(
            f"\r{done:,} of {count:,} stories, {done / (time.monotonic() - began):,.0f}/s", end=""
        )
    print()
    for section in sections:
        children = len(range(sections.index(section), count, len(sections)))
        SectionPage.objects.filter(pk=section.pk).update(numchild=children)
    # No ANALYZE of the rest: a paper on SQLite has no statistics either.
    tables.optimize(connection)


def _insert(some: list[Story], sections: list[Any], topics: list[Any], authors: list[Any]) -> None:
    import uuid

    from django.contrib.contenttypes.models import ContentType
    from django.utils.text import slugify
    from wagtail.models import Locale, Page

    from broadsheet.newsroom import bodies, listings
    from broadsheet.newsroom.models import Byline, StoryPage
    from broadsheet.newsroom.rows import insert, insert_numbered
    from broadsheet.newsroom.signals import announce

    kind, locale = ContentType.objects.get_for_model(StoryPage).pk, Locale.objects.get().pk
    pages = []
    for story in some:
        section = sections[story.section]
        slug = f"{slugify(story.headline)[:80]}-{story.number}"
        path = Page._get_path(section.path, section.depth + 1, story.number // len(sections) + 1)
        pages.append(
            [
                path, section.depth + 1, 0, uuid.UUID(int=story.number + 1), locale, True, False,
                story.published_at, story.published_at, False, False, story.headline, story.headline,
                slug, kind, f"{section.url_path}{slug}/", story.published_at, False, "", "",
            ]
        )  # fmt: skip
    names = [
        "path", "depth", "numchild", "translation_key", "locale_id", "live", "has_unpublished_changes",
        "first_published_at", "last_published_at", "expired", "locked", "title", "draft_title",
        "slug", "content_type_id", "url_path", "latest_revision_created_at", "show_in_menus", "seo_title",
        "search_description",
    ]  # fmt: skip
    numbers = insert_numbered(Page, names, pages)
    rows = []
    for story, number in zip(some, numbers, strict=True):
        raw = SimpleNamespace(raw_data=story.body)
        rows.append(
            [
                number, story.standfirst, "MOSCOW", story.published_at, None, None, "", story.body, story.access,
                "open", "", "", "", "", sections[story.section].pk, bodies.teaser(raw), bodies.count_words(raw),
            ]
        )  # fmt: skip
    names = [
        "page_ptr_id", "standfirst", "dateline", "published_at", "updated_at", "embargoed_until",
        "lead_caption", "body", "access", "comments_are", "language", "source", "source_id",
        "imported_digest", "section_id", "teaser", "words",
    ]  # fmt: skip
    insert(StoryPage, names, rows)
    together = list(zip(some, numbers, strict=True))
    insert(
        Byline,
        ["sort_order", "story_id", "author_id"],
        [
            (at, pk, authors[one].pk)
            for story, pk in together
            for at, one in enumerate(story.authors)
        ],
    )
    insert(
        StoryPage.topics.through,
        ["storypage_id", "topic_id"],
        [(pk, topics[one].pk) for story, pk in together for one in story.topics],
    )
    listings.add(
        (
            pk,
            story.published_at,
            [
                listings.ALL,
                listings.key(sections[story.section]),
                *(listings.key(topics[one]) for one in story.topics),
                *(listings.key(authors[one]) for one in story.authors),
            ],
        )
        for story, pk in together
    )
    announce(numbers)


if __name__ == "__main__":
    make(int(sys.argv[1]))
