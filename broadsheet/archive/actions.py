"""Bringing stories in: in batches, each whole or not at all, safe to run again and to kill."""

import re
import uuid
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from html import escape
from itertools import groupby
from typing import Any, NamedTuple

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.db import connection, transaction
from django.db.models import F
from django.db.models.base import ModelState
from wagtail.blocks.stream_block import StreamValue
from wagtail.models import Locale, Page
from wagtail.search.backends import get_search_backend

from broadsheet.archive import loose, oldaddresses, words
from broadsheet.archive.around import People, Sections, Topics, slug
from broadsheet.archive.models import Loose, OldAddress, Run
from broadsheet.archive.pictures import Pictures
from broadsheet.archive.reports import Report
from broadsheet.newsroom import bodies, listings
from broadsheet.newsroom.models import Byline, Correction, StoryPage, Topic
from broadsheet.newsroom.rows import insert, insert_numbered
from broadsheet.newsroom.signals import follow, stories_changed
from broadsheet.press.importers.records import (
    Complaint,
    Item,
    Redirect,
    Remark,
    Standing,
    StoryRecord,
)
from broadsheet.press.importers.texts import line, shorten
from broadsheet.rules import oldaddresses as addresses
from broadsheet.rules.access import Access

BATCH = 250  # stories; a writer elsewhere waits for one batch at most
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")


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
    # Of a dry run: what would have come in before.
    seen: set[int] = field(default_factory=set)
    datelines: int = 0


def import_stories(
    items: Iterable[Item],
    *,
    now: datetime,
    report: Report,
    pictures: Pictures,
    section: str = "",
    files: Iterable[str] = (),
    dry_run: bool = False,
    progress: Callable[[Report], None] = lambda _: None,
) -> Run | None:
    """Bring stories in and give each what it waits for: links to later stories, pictures.

    A story that is there already is left alone if somebody has edited it here, and brought up to
    date if it has changed where it comes from. Stopped at any moment, the next run takes up where
    this one ended.

    :param section: the section of stories that come without one
    :return: the run as it is kept; None for a dry one
    """
    state = Importing(
        report,
        now,
        Sections(section),
        pictures,
        content_type=ContentType.objects.get_for_model(StoryPage).pk,
        locale=Locale.get_default().pk,
        dry=dry_run,
    )
    _spare_memory()
    run = None if dry_run else Run.objects.create(started_at=now, files=list(files))
    for batch in _batches(items, report):
        with transaction.atomic():
            _write(batch, state)
        progress(report)
    if run is None:
        return None
    loose.place_all(pictures=pictures, report=report, progress=lambda: progress(report))
    if state.datelines:
        report.warn("", f"datelines taken from the first words of a story: {state.datelines}")
    run.ended_at = now
    run.stories_read, run.imported = report.read, report.imported
    run.already_there, run.refused = report.already_there, report.refused
    run.complaints = [one for one, _ in zip(report.refusals(), range(100), strict=False)]
    run.warnings = report.warnings()[:100]
    run.save()
    return run


def _spare_memory() -> None:
    """Read the database through the usual small cache: mapped into memory it would fill that."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA mmap_size=0")


def _batches(items: Iterable[Item], report: Report) -> Iterator[list[StoryRecord | Redirect]]:
    """Yield what is to be written, no story twice in one batch; complaints go to the report."""
    batch: list[StoryRecord | Redirect] = []
    there: set[tuple[str, str]] = set()
    for item in items:
        match item:
            case Complaint(place, reason):
                report.refuse(place, reason)
                continue
            case Remark(place, reason):
                report.warn(place, reason)
                continue
            case StoryRecord():
                if (item.source, item.source_id) in there:
                    yield batch
                    batch, there = [], set()
                there.add((item.source, item.source_id))
        batch.append(item)
        if len(batch) >= BATCH:
            yield batch
            batch, there = [], set()
    if batch:
        yield batch


def _write(batch: list[StoryRecord | Redirect], state: Importing) -> None:
    ready: list[StoryRecord] = []
    for item in batch:
        if isinstance(item, Redirect):
            _redirect(item, state)
        elif record := _fit(item, state):
            ready.append(record)
    known: dict[tuple[str, str], dict[str, Any]] = {}
    for source, some in groupby(ready, key=lambda one: one.source):
        rows = StoryPage.objects.filter(
            source=source, source_id__in=[one.source_id for one in some]
        )
        for row in rows.values("pk", "source", "source_id", "imported_digest"):
            known[row["source"], row["source_id"]] = row
    new: list[StoryRecord] = []
    for record in ready:
        row = known.get((record.source, record.source_id))
        digest = words.digest_of(record)
        if state.dry and row is None:
            mark = hash((record.source, record.source_id, digest))
            if mark in state.seen:
                state.report.already_there += 1
                continue
            state.seen.add(mark)
        if row is None:
            new.append(record)
        elif row["imported_digest"][:32] == digest:
            state.report.already_there += 1
        else:
            _update(row["pk"], record, digest, state)
    for record in new:
        state.report.imported += 1
        for remark in record.remarks:
            state.report.warn(record.place, remark)
    if new and not state.dry:
        write([_prepare(record, state) for record in new], state)


def _fit(record: StoryRecord, state: Importing) -> StoryRecord | None:
    """Return the record as the newsroom can hold it, with a dateline and a headline; or refuse it."""
    remarks = list(record.remarks)
    headline = line(record.headline)
    if not headline:
        spoken = (
            line(str(one["value"]))
            for one in record.body
            if one["type"] in {"paragraph", "crosshead"}
        )
        headline = shorten(next(spoken, "") or record.standfirst, 80)
        if not headline:
            state.report.refuse(record.place, "it has neither a headline nor words to make one of")
            return None
        remarks.append("without a headline there: its first words are its headline")
    before = record.dateline
    record = words.with_dateline(record)
    state.datelines += record.dateline != before
    body = record.body
    if len(headline) > 255:
        remarks.append("headline cut at 255 characters; the whole of it is the first paragraph")
        body = (
            {"type": "paragraph", "value": f"<p>{escape(headline, quote=False)}</p>"},
            *body,
        )
    standing, published_at = record.standing, record.published_at
    waits_until = max(filter(None, [published_at, record.embargoed_until]), default=None)
    if standing is Standing.PUBLISHED and published_at is None:
        standing = Standing.DRAFT
        remarks.append("published there, but without a date: it comes in as a draft")
    elif standing is Standing.PUBLISHED and waits_until and waits_until > state.now:
        standing = Standing.SCHEDULED
        remarks.append("its moment of publication has not come yet: it comes in scheduled")
    elif standing is Standing.SCHEDULED and waits_until and waits_until <= state.now:
        standing = Standing.DRAFT
        remarks.append("scheduled there for a moment that has passed: it comes in as a draft")
    updated_at = record.updated_at
    if updated_at and published_at and updated_at < published_at:
        updated_at = None
        remarks.append("updated before it was published, it says: the update is left out")
    language = record.language.replace("_", "-").strip()
    if (
        not _LANGUAGE.fullmatch(language)
        or language.split("-")[0].lower() == settings.LANGUAGE_CODE.split("-")[0].lower()
    ):
        language = ""
    return replace(
        record,
        headline=shorten(headline, 255),
        body=body,
        dateline=shorten(record.dateline, 120),
        standing=standing,
        updated_at=updated_at,
        language=language[:35],
        access=record.access if record.access in set(Access) else "",
        teaser_words=None if record.teaser_words is None else min(record.teaser_words, 1000),
        remarks=tuple(remarks),
    )


def _redirect(item: Redirect, state: Importing) -> None:
    key = addresses.key(item.old)
    if not key or not item.new:
        state.report.refuse(item.place, f"“{shorten(item.old, 80)}” names no page")
        return
    if OldAddress.objects.filter(key=key).exists():
        state.report.already_there += 1
        return
    state.report.imported += 1
    if not state.dry:
        OldAddress.objects.create(key=key, address=addresses.readable(item.old), target=item.new)


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
    _place_in_tree(made)
    names = list(made[0].page)
    numbers = insert_numbered(Page, names, (list(one.page.values()) for one in made))
    for one, number in zip(made, numbers, strict=True):
        one.number = number
    _keep_addresses(made, state)
    _link(made)
    stories = [{"page_ptr_id": one.number, **_story(one)} for one in made]
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


def _prepare(record: StoryRecord, state: Importing) -> Made:
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
            Page.objects.filter(path__startswith=section.path, depth=section.depth + 1)
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
    tries.append(f"{name}-{words.digest_of(record)[:10]}")
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


def _link(made: list[Made]) -> None:
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


def _story(one: Made) -> dict[str, Any]:
    """Return the fields of a story's own row, blocks as they are stored."""
    record = one.record
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
        "teaser": bodies.teaser(
            _Raw(one.raw), words=one.own.get("teaser_words", record.teaser_words)
        ),
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
        teaser=stream(bodies.teaser(story.body, words=story.teaser_words), "teaser"),
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


def _update(number: int, record: StoryRecord, digest: str, state: Importing) -> None:
    """Bring a story up to date that has changed where it comes from, unless it was edited here."""
    story = StoryPage.objects.get(pk=number)
    if is_edited(story):
        state.report.already_there += 1
        state.report.warn(record.place, "changed there, but edited here: left as it is")
        return
    state.report.imported += 1
    for remark in record.remarks:
        state.report.warn(record.place, remark)
    if state.dry:
        return
    one = _prepare(record, state)
    one.number = story.pk
    one.section = story.section or one.section
    kept = set(OldAddress.objects.filter(page=story.pk).values_list("key", flat=True))
    new = [address for address in record.old_addresses if addresses.key(address) not in kept]
    oldaddresses.keep((story.pk, address) for address in new)
    Loose.objects.filter(story=story.pk).delete()
    _link([one])
    # Its place in the tree and its address stay: links lead there.
    values = {name: value for name, value in one.page.items() if name in _CHANGING}
    if story.live and one.page["live"]:
        del values["first_published_at"]
    for name, value in {**values, **_story(one)}.items():
        setattr(story, name, stream(value, name) if name in {"body", "teaser"} else value)
    story.bylines = [
        Byline(author_id=author, sort_order=at) for at, author in enumerate(one.authors)
    ]
    story.topics = Topic.objects.filter(pk__in=one.topics)
    story.save(clean=False)
    if one.loose:
        one.loose.save()
    follow(story)


_CHANGING = {
    "live", "has_unpublished_changes", "first_published_at", "last_published_at", "title",
    "draft_title", "seo_title", "search_description",
}  # fmt: skip


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
