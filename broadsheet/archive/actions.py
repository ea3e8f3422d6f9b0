"""Bringing stories in: in batches, each whole or not at all, safe to run again and to kill."""

import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from html import escape
from itertools import groupby
from typing import Any

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.db import connection, transaction
from django.db.utils import DataError, IntegrityError
from wagtail.models import Locale

from broadsheet.archive import loose, oldaddresses, words, writing
from broadsheet.archive.around import Sections
from broadsheet.archive.models import Loose, OldAddress, Run
from broadsheet.archive.pictures import Pictures
from broadsheet.archive.reports import Report
from broadsheet.archive.writing import Importing
from broadsheet.newsroom.models import Byline, StoryPage, Topic
from broadsheet.newsroom.signals import follow
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
_LOG_PAGES = 16_000  # 64 MB
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")


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
    run = None if dry_run else Run.objects.create(started_at=now, files=list(files))
    with _much_to_write():
        for batch in _batches(items, report):
            _take(batch, state)
            progress(report)
        if run is None:
            return None
        loose.place_all(pictures=pictures, report=report, progress=lambda: progress(report))
    if state.datelines:
        report.warn("", f"datelines taken from the first words of a story: {state.datelines}")
    if state.repeated:
        report.warn(
            "", f"standfirsts left out that only repeated a story's first words: {state.repeated}"
        )
    run.ended_at = now
    run.stories_read, run.imported = report.read, report.imported
    run.already_there, run.refused = report.already_there, report.refused
    run.complaints = [one for one, _ in zip(report.refusals(), range(100), strict=False)]
    run.warnings = report.warnings()[:100]
    run.save()
    return run


@contextmanager
def _much_to_write() -> Iterator[None]:
    """Have SQLite write for a run as it would not for a reader.

    Mapped into memory a large database would fill that. Carried over from the log after every four
    megabytes, the pages of its indexes would be written many times each.
    """
    if connection.vendor != "sqlite":
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA mmap_size=0")
        cursor.execute(f"PRAGMA wal_autocheckpoint={_LOG_PAGES}")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA wal_autocheckpoint=1000")
            if not connection.in_atomic_block:
                # Here, and not at the expense of the next reader who writes something.
                cursor.execute("PRAGMA wal_checkpoint(PASSIVE)")


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


def _take(batch: list[StoryRecord | Redirect], state: Importing) -> None:
    """Bring one batch in; where something of it can't be stored, all the rest of it."""
    ready = [one for one in (_fit(item, state) for item in batch) if one]
    if state.pictures.can_find and not state.dry:
        _bring_pictures(ready, state)
    mark = state.report.mark()
    try:
        with transaction.atomic():
            _write(ready, state)
        return
    except _UNSTORABLE:
        state.forget(mark)
    # One of them is at fault: which one, and why, shows when each is alone.
    for item in ready:
        mark = state.report.mark()
        try:
            with transaction.atomic():
                _write([item], state)
        except _UNSTORABLE as error:
            state.forget(mark)
            state.report.refuse(
                item.place, f"it could not be stored ({type(error).__name__}: {error})"
            )


# What a value does that the database or the newsroom can't hold. Trouble with the database itself
# (it is locked, the disk is full) is no story's fault and ends the run.
_UNSTORABLE = (DataError, IntegrityError, ValueError, TypeError, LookupError)


def _known(stories: list[StoryRecord]) -> dict[tuple[str, str], dict[str, Any]]:
    """Return the rows of those stories that are there, by source and id."""
    known: dict[tuple[str, str], dict[str, Any]] = {}
    for source, some in groupby(stories, key=lambda one: one.source):
        rows = StoryPage.objects.come_from(source, (one.source_id for one in some))
        for row in rows.values("pk", "source", "source_id", "imported_digest"):
            known[row["source"], row["source_id"]] = row
    return known


def _bring_pictures(items: list[StoryRecord | Redirect], state: Importing) -> None:
    """Find the pictures of a batch before it is written: a server of former days may be slow.

    While a story is being written nobody else can write, so nothing may be waited for then.
    """
    stories = [one for one in items if isinstance(one, StoryRecord)]
    known = _known(stories)
    for record in stories:
        row = known.get((record.source, record.source_id))
        if row is None or row["imported_digest"][:32] != words.digest_of(record):
            for picture in words.pictures_of(record):
                state.pictures.number(picture, source=record.source)


def _write(items: list[StoryRecord | Redirect], state: Importing) -> None:
    stories = [one for one in items if isinstance(one, StoryRecord)]
    for item in items:
        if isinstance(item, Redirect):
            _redirect(item, state)
    known = _known(stories)
    new: list[StoryRecord] = []
    for record in stories:
        row = known.get((record.source, record.source_id))
        digest = words.digest_of(record)
        if state.dry:
            _tell(record, row, digest, state)
        elif row is None:
            new.append(record)
        elif row["imported_digest"][:32] == digest:
            state.report.already_there += 1
        else:
            _update(row["pk"], record, digest, state)
    for record in new:
        state.report.imported += 1
        for remark in record.remarks:
            state.report.warn(record.place, remark)
    if new:
        writing.write([writing.prepare(record, state) for record in new], state)


def _tell(record: StoryRecord, row: dict[str, Any] | None, digest: str, state: Importing) -> None:
    """Count what writing a story would do, and remember that it would be there afterwards."""
    known = hash((record.source, record.source_id))
    before = state.would.get(known)
    if before is None and row is not None:
        before = hash(row["imported_digest"][:32])
    if before == hash(digest):
        state.report.already_there += 1
        return
    if row is not None and writing.is_edited(StoryPage.objects.get(pk=row["pk"])):
        state.report.already_there += 1
        state.report.warn(record.place, EDITED)
        return
    state.would[known] = hash(digest)
    state.would_answer.update(map(hash, map(addresses.key, record.old_addresses)))
    state.report.imported += 1
    for remark in record.remarks:
        state.report.warn(record.place, remark)


EDITED = "changed there, but edited here: left as it is"


def _fit(record: StoryRecord | Redirect, state: Importing) -> StoryRecord | Redirect | None:
    """Return the record as the newsroom can hold it, with a dateline and a headline; or refuse it."""
    if isinstance(record, Redirect):
        if addresses.key(record.old) and record.new:
            return record
        state.report.refuse(record.place, f"“{shorten(record.old, 80)}” names no page")
        return None
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
    before = record.standfirst
    record = words.without_repetition(record)
    state.repeated += record.standfirst != before
    if not record.body:
        remarks.append("it has no words there beyond its headline and standfirst")
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
    if hash(key) in state.would_answer or OldAddress.objects.filter(key=key).exists():
        state.report.already_there += 1
        return
    state.report.imported += 1
    if state.dry:
        state.would_answer.add(hash(key))
    else:
        OldAddress.objects.create(key=key, address=addresses.readable(item.old), target=item.new)


def _update(number: int, record: StoryRecord, digest: str, state: Importing) -> None:
    """Bring a story up to date that has changed where it comes from, unless it was edited here."""
    story = StoryPage.objects.select_for_update(of=("self",)).get(pk=number)
    if writing.is_edited(story):
        state.report.already_there += 1
        state.report.warn(record.place, EDITED)
        return
    state.report.imported += 1
    for remark in record.remarks:
        state.report.warn(record.place, remark)
    one = writing.prepare(record, state)
    one.number = story.pk
    one.section = story.section or one.section
    kept = set(OldAddress.objects.filter(page=story.pk).values_list("key", flat=True))
    new = [address for address in record.old_addresses if addresses.key(address) not in kept]
    oldaddresses.keep((story.pk, address) for address in new)
    Loose.objects.filter(story=story.pk).delete()
    writing.link([one])
    # Its place in the tree and its address stay: links lead there.
    values = {name: value for name, value in one.page.items() if name in _CHANGING}
    if story.live and one.page["live"]:
        del values["first_published_at"]
    for name, value in {**values, **writing.row_of(one, story.path, state)}.items():
        setattr(story, name, writing.stream(value, name) if name in {"body", "teaser"} else value)
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
