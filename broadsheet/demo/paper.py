"""The demo paper, made in an empty database from its files: people, sections, stories, front page.

Everything is made in the order in which it would have happened, each at its own moment, so that
revisions, first publications and corrections carry the days they are told to have.
"""

import tomllib
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.core.files import File
from django.db import transaction
from django.utils.text import slugify

from broadsheet.demo import factories, stories, talks
from broadsheet.demo.stories import HERE, StoryFile
from broadsheet.newsroom.models import Author, FrontPage, Picture, Placement, SectionPage, StoryPage
from broadsheet.readers.models import Reader

PICTURES = HERE / "pictures"

# A context in which it is another moment.
type At = Callable[[datetime], AbstractContextManager[object]]


class PaperError(Exception):
    """Something in the demo paper's files doesn't fit the rest. Says where."""


def description(folder: Path = HERE) -> dict[str, Any]:
    """Return what ``paper.toml`` tells."""
    with (folder / "paper.toml").open("rb") as file:
        return tomllib.load(file)


def pictures(folder: Path = HERE) -> dict[str, dict[str, Any]]:
    """Return name → texts of every picture."""
    with (folder / "pictures.toml").open("rb") as file:
        return tomllib.load(file)


@dataclass
class _Made:
    """What there is already, by name."""

    editor: Reader
    writer: Reader
    sections: dict[str, SectionPage] = field(default_factory=dict)
    pictures: dict[str, int] = field(default_factory=dict)
    stories: dict[str, int] = field(default_factory=dict)


def make(*, at: At, read: Iterable[StoryFile] | None = None) -> None:
    """Make the demo paper in an empty database, all of it or nothing.

    :param at: puts the clock to a moment; tests and ``tools/prepare_demo.py`` have one
    :param read: the stories; None for those of the demo paper
    :raises PaperError: when a story names something that there isn't
    :raises StoryError: when a story's file can't be read
    """
    told = description()
    whole = read is None
    read = stories.read_all(ZoneInfo(told["time_zone"])) if read is None else list(read)
    # The editor's hand is in everything, so the paper is founded a month before its first story.
    founded_at = min(story.published_at for story in read) - timedelta(days=30)
    turns = sorted(
        ((moment, story) for story in read for moment in story.moments),
        key=lambda turn: (turn[0], turn[1].slug),
    )
    with transaction.atomic():
        with at(founded_at):
            made = _found(told)
        for moment, story in turns:
            with at(moment):
                _turn(made, story, moment)
        if whole:
            talks.make(at=at, zone=ZoneInfo(told["time_zone"]), editor=made.editor)
        with at(turns[-1][0] + timedelta(minutes=5)):
            _lay_out(made, told["front_page"])


def _found(told: dict[str, Any]) -> _Made:
    """Make people, sections, topics, authors and pictures."""
    person = told["editor"]
    editor = factories.staff(
        person["email"], role=person["role"], name=person["name"], password=person["password"]
    )
    person = told["reader"]
    factories.reader(person["email"], name=person["name"], password=person["password"])
    person = told["writer"]
    writer = factories.staff(
        person["email"], role=person["role"], name=person["name"], password=None
    )
    made = _Made(editor, writer)
    for section in told["sections"]:
        above, _, slug = section["path"].rpartition("/")
        made.sections[section["path"]] = factories.section(
            section["title"],
            parent=made.sections[above] if above else None,
            slug=slug,
            description=section["description"],
        )
    for name, about in told["topics"].items():
        factories.topic(name, description=about)
    for author in told["authors"]:
        factories.author(
            author["name"],
            kind=author.get("kind", Author.Kind.STAFF),
            office=author["office"],
            about=f"<p>{author['about']}</p>",
        )
    for one in (editor, writer):
        Author.objects.filter(name=one.name).update(reader=one)
    for name, texts in pictures().items():
        made.pictures[name] = _picture(name, texts, editor).pk
    return made


def _picture(name: str, texts: dict[str, Any], editor: Reader) -> Picture:
    made = Picture(uploaded_by_user=editor, **texts)
    with (PICTURES / f"{name}.avif").open("rb") as file:
        made.file = File(file, name=f"{name}.avif")
        made.file_size = made.file.size
        made.save()
    return made


def _turn(made: _Made, story: StoryFile, moment: datetime) -> None:
    """Publish a story, or publish it again as it stood at a later moment."""
    then = story.as_of(moment)
    try:
        body = stories.to_raw(then.blocks, pictures=made.pictures, stories=made.stories)
        lead = made.pictures[then.picture] if then.picture else None
        section = made.sections[then.section]
    except LookupError as error:
        raise PaperError(f"{story.slug}: {error.args[0]}") from error
    if number := made.stories.get(story.slug):
        page: StoryPage = StoryPage.objects.get(pk=number).get_latest_revision_as_object()
        page.body = body
        page.updated_at = then.updated_at
        page.save_revision(user=made.editor).publish(user=made.editor)
        return
    page = factories.story(
        then.headline,
        section=section,
        body=body,
        authors=[_author(name, story) for name in then.by],
        topics=[factories.topic(name) for name in then.topics],
        published_at=None if then.draft else then.published_at,
        publish=not then.draft,
        editor=made.writer if then.draft else made.editor,
        slug=then.slug,
        standfirst=then.standfirst,
        dateline=then.dateline,
        updated_at=then.updated_at,
        access=then.access,
        comments_are=then.comments,
        language=then.language,
        lead_picture_id=lead,
        lead_caption=then.caption,
        teaser_words=then.teaser_words,
    )
    made.stories[story.slug] = page.pk
    if then.draft:
        # It waits for the desk to read it.
        page.get_workflow().start(page, user=made.writer)


def _author(name: str, story: StoryFile) -> Author:
    found = Author.objects.filter(slug=slugify(name)).first()
    if found is None:
        raise PaperError(f"{story.slug}: paper.toml names no author {name!r}")
    return found


def _lay_out(made: _Made, told: dict[str, Any]) -> None:
    """Lay out the front page: its lead, and stories placed by hand."""
    front_page: FrontPage = factories.front_page()
    front_page.lead_id = made.stories[told["lead"]]
    front_page.placements = [
        Placement(story_id=made.stories[slug], size=size, sort_order=order)
        for order, (size, slug) in enumerate(
            (size, slug) for size in Placement.Size.values for slug in told[size]
        )
    ]
    front_page.save_revision(user=made.editor).publish(user=made.editor)
