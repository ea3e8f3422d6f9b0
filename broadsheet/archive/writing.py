"""Writing stories into the database: many at once, with all that belongs to them."""

import hashlib
import uuid
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import F
from django.db.models.base import ModelState
from wagtail.blocks.stream_block import StreamValue
from wagtail.models import Page
from wagtail.search.backends import get_search_backend

from broadsheet.archive import loose, words
from broadsheet.archive.around import People, Sections, Topics, slug
from broadsheet.archive.models import Loose, OldAddress
from broadsheet.archive.pictures import Pictures
from broadsheet.archive.reports import Mark, Report
from broadsheet.newsroom import bodies, listings
from broadsheet.newsroom.models import Byline, Correction, StoryPage
from broadsheet.newsroom.rows import insert, insert_numbered
from broadsheet.newsroom.signals import stories_changed
from broadsheet.press.importers.records import Standing, StoryRecord
from broadsheet.press.importers.texts import shorten
from broadsheet.rules import oldaddresses as addresses


@dataclass(slots=True)
class Importing:
    """What one run needs, from its first batch to its last."""

    report: Report
    now: datetime
    sections: Sections
    pictures: Pictures
    content_type: int
    locale: int
    people: People = field(default_factory=People)
    topics: Topics = field(default_factory=Topics)
    dry: bool = False
    # Of a dry run, as hashes: story → digest of what would have come in before, and the keys of
    # old addresses that would lead somewhere.
    would: dict[int, int] = field(default_factory=dict)
    would_answer: set[int] = field(default_factory=set)
    datelines: int = 0
    repeated: int = 0
    # Of a batch: place of a section in the tree → words of a story there that everybody may read.
    open_words: dict[str, int] = field(default_factory=dict)

    def teaser_words(self, path: str) -> int:
        """Return how many words everybody may read of a story at a place in the tree."""
        section = path[: -Page.steplen]
        if section not in self.open_words:
            self.open_words[section] = bodies.open_words(path)
        return self.open_words[section]

    def forget(self, mark: Mark) -> None:
        """Take back what was said and learned since a mark: the transaction was rolled back."""
        self.report.back(mark)
        self.sections.forget()
        self.people.forget()
        self.topics.forget()


@dataclass(slots=True)
class Made:
    """One story on its way into the database."""

    record: StoryRecord
    page: dict[str, Any]
    section: Any
    body: words.Body
    authors: list[int]
    topics: list[int]
    lead: int | None
    raw: list[dict[str, Any]] = field(default_factory=list)
    loose: Loose | None = None
    number: int = 0
    # Of a story that comes from a paper's own export: fields of its row, and its exact slug.
    own: dict[str, Any] = field(default_factory=dict)
    slug: str = ""


def write(made: list[Made], state: Importing) -> None:
    """Write new stories with all that belongs to them: pages, lists, corrections, addresses."""
    # The desk may have changed its mind since the last batch.
    state.open_words.clear()
    _place_in_tree(made)
    names = list(made[0].page)
    numbers = insert_numbered(Page, names, (list(one.page.values()) for one in made))
    for one, number in zip(made, numbers, strict=True):
        one.number = number
    _keep_addresses(made, state)
    link(made)
    stories = [{"page_ptr_id": one.number, **row_of(one, one.page["path"], state)} for one in made]
    insert(StoryPage, list(stories[0]), (list(story.values()) for story in stories))
    insert(
        Byline,
        ["story_id", "author_id", "sort_order"],
        ((one.number, author, at) for one in made for at, author in enumerate(one.authors)),
    )
    insert(
        StoryPage.topics.through,
        ["storypage_id", "topic_id"],
        ((one.number, topic) for one in made for topic in one.topics),
    )
    live = [one for one in made if one.page["live"]]
    listings.add(
        (
            one.number,
            one.record.published_at,
            [
                listings.ALL,
                *(f"s{number}" for number in state.sections.above(one.section)),
                *(f"t{number}" for number in one.topics),
                *(f"a{number}" for number in one.authors),
            ],
        )
        for one in live
        if one.record.published_at
    )
    Correction.objects.bulk_create(
        Correction(
            story_id=one.number,
            block=block["id"],
            corrected_at=datetime.fromisoformat(block["value"]["corrected_at"]),
            text=block["value"]["text"],
        )
        for one in live
        for block in one.raw
        if block["type"] == "correction"
    )
    Loose.objects.bulk_create(one.loose for one in made if one.loose)
    get_search_backend().add_bulk(
        StoryPage,
        [
            _bare({"id": one.number, **one.page, **story})
            for one, story in zip(made, stories, strict=True)
        ],
    )
    for one in made:
        if one.record.standing is Standing.SCHEDULED:
            _schedule(one.number, one.record)
    if live:
        stories_changed.send(sender=StoryPage, pks=[one.number for one in live])


def prepare(record: StoryRecord, state: Importing) -> Made:
    """Return a story ready to be written, with what stands around it: made where it is missing."""

    def find(picture: Any) -> int | None:
        return state.pictures.number(picture, source=record.source)

    # The lead picture first: its texts are those that stay with a picture shown twice.
    lead = find(record.lead_picture) if record.lead_picture else None
    body = words.Body(record.body, seed=f"{record.source} {record.source_id}", find=find)
    made = Made(
        record=record,
        page=page_values(record, state),
        section=state.sections.find(record.sections),
        body=body,
        authors=state.people.find(record.bylines),
        topics=state.topics.find(record.topics),
        lead=lead,
    )
    waiting = body.waiting
    if record.lead_picture and lead is None:
        waiting["lead"] = words.jsonable(
            {"type": "picture", "value": {"picture": record.lead_picture}}
        )
    if waiting:
        made.loose = Loose(pictures=waiting)
    return made


def page_values(record: StoryRecord, state: Importing) -> dict[str, Any]:
    """Return the fields of a new story's page, its place in the tree not yet known."""
    live = record.standing is Standing.PUBLISHED
    shown_before = live or record.standing is Standing.WITHDRAWN
    return {
        "path": "",
        "depth": 0,
        "numchild": 0,
        "translation_key": uuid.uuid4(),
        "locale_id": state.locale,
        "live": live,
        "has_unpublished_changes": not live,
        "first_published_at": record.published_at if shown_before else None,
        "last_published_at": (record.updated_at or record.published_at) if shown_before else None,
        "expired": False,
        "locked": False,
        "title": record.headline,
        "draft_title": record.headline,
        "slug": "",
        "content_type_id": state.content_type,
        "url_path": "",
        "show_in_menus": False,
        "seo_title": shorten(record.search_title, 255),
        "search_description": record.search_description,
    }


def _place_in_tree(made: list[Made]) -> None:
    """Give every page its place below its section, and an address nobody has."""
    by_section: dict[int, list[Made]] = {}
    for one in made:
        by_section.setdefault(one.section.pk, []).append(one)
    for number, some in by_section.items():
        section = some[0].section
        # Held to the end of the batch, so that nobody takes the same place.
        Page.objects.select_for_update().filter(pk=number).first()
        last = (
            Page.objects.filter(
                depth=section.depth + 1, path__range=Page._get_children_path_interval(section.path)
            )
            .order_by("-path")
            .values_list("path", flat=True)
            .first()
        )
        step = Page._str2int(last[len(section.path) :]) if last else 0
        wanted = [
            one.slug or slug(one.record.slug or one.record.headline, otherwise="story", length=200)
            for one in some
        ]
        taken = set(
            Page.objects.filter(
                url_path__in=[f"{section.url_path}{name}/" for name in wanted]
            ).values_list("slug", flat=True)
        )
        for one, name in zip(some, wanted, strict=True):
            step += 1
            free = _free(name, taken, one.record, section)
            taken.add(free)
            one.page["path"] = Page._get_path(section.path, section.depth + 1, step)
            one.page["depth"] = section.depth + 1
            one.page["slug"] = free
            one.page["url_path"] = f"{section.url_path}{free}/"
        Page.objects.filter(pk=number).update(numchild=F("numchild") + len(some))


def _free(name: str, taken: set[str], record: StoryRecord, section: Any) -> str:
    """Return the slug, with the day of the story or a digest behind it where it is taken."""
    if name not in taken:
        return name
    tries = []
    if record.published_at:
        tries.append(f"{name}-{record.published_at:%Y-%m-%d}")
    # No two stories have both in common.
    known = hashlib.sha256(f"{record.source} {record.source_id}".encode()).hexdigest()
    tries += [f"{name}-{known[:10]}", f"{name}-{known[:32]}"]
    for one in tries:
        if (
            one not in taken
            and not Page.objects.filter(url_path=f"{section.url_path}{one}/").exists()
        ):
            return one
    raise ValueError(f"no address is free for “{name}”")


def _keep_addresses(made: list[Made], state: Importing) -> None:
    rows: dict[str, tuple[str, int]] = {}
    owners: dict[str, Made] = {}
    for one in made:
        for address in one.record.old_addresses:
            key = addresses.key(address)
            if key and key not in rows:
                rows[key] = (addresses.readable(address), one.number)
                owners[key] = one
            elif key and owners[key] is not one:
                _warn_of_address(one, address, state)
    for key in OldAddress.objects.filter(key__in=rows).values_list("key", flat=True):
        _warn_of_address(owners[key], rows[key][0], state)
        del rows[key]
    insert(
        OldAddress,
        ["key", "address", "page_id", "target"],
        ((key, readable, number, "") for key, (readable, number) in rows.items()),
    )


def _warn_of_address(one: Made, address: str, state: Importing) -> None:
    state.report.warn(
        f"{one.record.place}: {shorten(address, 200)}",
        "an old address leads to another story already: that one keeps it",
    )


def link(made: list[Made]) -> None:
    """Turn links into the archive into links to pages; what can't be found yet is noted."""
    links = [
        (one, {} if one.own else words.own_links(one.body.raw, one.record.own_hosts))
        for one in made
    ]
    known = loose.pages({key for _, found in links for key in found.values()})
    for one, found in links:
        pages = {address: known[key] for address, key in found.items() if key in known}
        one.raw = words.relinked(one.body.raw, pages) if pages else one.body.raw
        if len(pages) < len(found):
            one.loose = one.loose or Loose()
            one.loose.hosts = sorted(one.record.own_hosts)
        if one.loose:
            one.loose.story_id = one.number


def row_of(one: Made, path: str, state: Importing) -> dict[str, Any]:
    """Return the fields of a story's own row, blocks as they are stored.

    :param path: its place in the tree
    """
    record = one.record
    words_of_teaser = one.own.get("teaser_words", record.teaser_words)
    if words_of_teaser is None:
        words_of_teaser = state.teaser_words(path)
    values = {
        "standfirst": record.standfirst,
        "dateline": record.dateline,
        "published_at": record.published_at,
        "updated_at": record.updated_at,
        "embargoed_until": record.embargoed_until,
        "lead_picture_id": one.lead,
        "lead_caption": "",
        "body": one.raw,
        "access": record.access or _DEFAULTS["access"],
        "comments_are": record.comments or _DEFAULTS["comments_are"],
        "language": record.language,
        "teaser_words": record.teaser_words,
        "source": record.source,
        "source_id": record.source_id,
        "section_id": one.section.pk,
        "words": bodies.count_words(one.raw),
        "teaser": bodies.teaser(_Raw(one.raw), words=words_of_teaser),
    }
    stored = words.digest_as_stored(
        headline=record.headline,
        standfirst=record.standfirst,
        dateline=record.dateline,
        access=values["access"],
        raw=one.raw,
    )
    return {**values, "imported_digest": words.digest_of(record) + stored, **one.own}


_DEFAULTS = {
    name: StoryPage._meta.get_field(name).get_default() for name in ("access", "comments_are")
}


class _Raw(NamedTuple):
    """A body as the newsroom's rules of bodies take it."""

    raw_data: list[dict[str, Any]]


def _bare(values: dict[str, Any]) -> StoryPage:
    """Return an instance for the index to read, without what making one costs."""
    story = StoryPage.__new__(StoryPage)
    story._state = ModelState()
    story.__dict__.update(values)
    return story


def stored_body(raw: list[dict[str, Any]]) -> words.Body:
    """Return a body that is stored as it is."""
    body = words.Body((), seed="", find=lambda _: None)
    body.raw = raw
    return body


def rewrite(story: StoryPage, raw: list[dict[str, Any]], **others: Any) -> None:
    """Replace the body of an imported story without making it an edited one."""
    was_edited = is_edited(story)
    story.body = stream(raw)
    digest = story.imported_digest
    if digest and not was_edited:
        digest = digest[:32] + words.digest_as_stored(
            headline=story.title,
            standfirst=story.standfirst,
            dateline=story.dateline,
            access=story.access,
            raw=raw,
        )
    StoryPage.objects.filter(pk=story.pk).update(
        body=story.body,
        words=bodies.count_words(raw),
        teaser=stream(
            bodies.teaser(story.body, words=story.teaser_words, path=story.path), "teaser"
        ),
        imported_digest=digest,
        **others,
    )


def stream(raw: list[dict[str, Any]], name: str = "body") -> StreamValue:
    """Return a value of a body's field, unread."""
    block = StoryPage._meta.get_field(name).stream_block
    return StreamValue(block, raw, is_lazy=True)


def _schedule(number: int, record: StoryRecord) -> None:
    page = StoryPage.objects.get(pk=number)
    at = max(filter(None, [record.published_at, record.embargoed_until]))
    page.go_live_at = at
    page.save(clean=False)
    page.save_revision(approved_go_live_at=at, clean=False)


def is_edited(story: StoryPage) -> bool:
    """Tell whether somebody has changed an imported story since it came in."""
    if story.latest_revision_id is not None:
        return True
    now = words.digest_as_stored(
        headline=story.title,
        standfirst=story.standfirst,
        dateline=story.dateline,
        access=story.access,
        raw=list(story.body.raw_data),
    )
    return bool(now != story.imported_digest[32:])
