"""Bringing a paper's own export in again: into an empty paper it gives the same paper."""

import json
import zipfile
import zlib
from collections.abc import Callable, Iterator
from datetime import datetime
from functools import partial
from itertools import batched
from pathlib import Path, PurePosixPath
from typing import IO, Any

from django.contrib.contenttypes.models import ContentType
from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils.dateparse import parse_datetime
from wagtail.documents import get_document_model
from wagtail.models import Locale, Page

from broadsheet.archive import oldaddresses, writing
from broadsheet.archive.around import Sections
from broadsheet.archive.exporting import MANIFEST, VERSION
from broadsheet.archive.models import Loose, OldAddress, PastEvent
from broadsheet.archive.names import Numbers, numbered
from broadsheet.archive.pictures import Pictures
from broadsheet.archive.reports import Report
from broadsheet.archive.words import digest_as_stored
from broadsheet.newsroom import portable
from broadsheet.newsroom.models import (
    Author,
    Byline,
    FrontPage,
    Picture,
    Placement,
    SectionPage,
    StoryPage,
    Topic,
)
from broadsheet.press import strict_json
from broadsheet.press.importers.records import Limits, Standing, StoryRecord, UnusableError
from broadsheet.press.importers.sources import too_many_entries
from broadsheet.rules import oldaddresses as rule

_AT_ONCE = 200
_LONGEST_LINE = 64_000_000  # characters of one story
_LACKS = "its file is not in the archive"

# What reading an entry of a damaged archive, or of one made elsewhere, may raise.
_DAMAGES = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError)

type Row = dict[str, Any]
type Progress = Callable[[Report], None]


class LostError(Exception):
    """A file can't be had from the archive; the words say why."""


def is_ours(path: Path) -> bool:
    """Tell whether a file is a paper's own export."""
    try:
        with zipfile.ZipFile(path) as archive:
            return MANIFEST in archive.namelist()
    except (OSError, zipfile.BadZipFile, ValueError):
        return False


def restore(
    path: Path,
    *,
    report: Report,
    now: datetime,
    dry_run: bool = False,
    progress: Progress = lambda _: None,
) -> None:
    """Bring a paper in. What is there already, by its address or name, is left as it is.

    :raises UnusableError: when the file is no export, or of a later version
    """
    try:
        with zipfile.ZipFile(path) as archive:
            _checked(archive)
            if dry_run:
                _count(archive, report, progress)
                return
            _Restoring(archive, report, now, progress).run()
    except (OSError, *_DAMAGES) as error:
        raise UnusableError(f"{path}: the archive can't be read ({error}).") from error


def _checked(archive: zipfile.ZipFile) -> None:
    if too_many := too_many_entries(archive, Limits()):
        raise UnusableError(f"{archive.filename}: {too_many}.")
    if MANIFEST not in archive.namelist():
        raise UnusableError(f"{archive.filename}: it is no export of a paper.")
    try:
        manifest = strict_json.loads(archive.read(MANIFEST))
        version = manifest["broadsheet"]
    except (ValueError, KeyError, TypeError) as error:
        raise UnusableError(f"{archive.filename}: its {MANIFEST} can't be read.") from error
    if not isinstance(version, int) or version > VERSION:
        raise UnusableError(
            f"{archive.filename}: it was written by a later version of Broadsheet; upgrade first."
        )
    # Read once to the end, so that one which breaks off half-way changes nothing.
    for name in archive.namelist():
        if name.endswith(".jsonl"):
            _checksum(archive.open(name))


def _checksum(stream: IO[bytes]) -> int:
    """Return a file's CRC-32, the sum that a zip archive keeps of each."""
    found = 0
    with stream:
        while data := stream.read(1 << 20):
            found = zlib.crc32(data, found)
    return found


def _lines(archive: zipfile.ZipFile, name: str, report: Report) -> Iterator[tuple[str, Row]]:
    """Yield (place, row) of one file; a line that can't be read is refused."""
    if f"{name}.jsonl" not in archive.namelist():
        return
    with archive.open(f"{name}.jsonl") as stream:
        number = 0
        while line := stream.readline(_LONGEST_LINE):
            number += 1
            place = f"{name}.jsonl, line {number}"
            try:
                row = strict_json.loads(line)
            except (ValueError, RecursionError) as error:
                report.refuse(place, f"the line is no JSON ({error})")
                continue
            if isinstance(row, dict):
                yield place, row
            else:
                report.refuse(place, "the line holds no object")


def _count(archive: zipfile.ZipFile, report: Report, progress: Progress) -> None:
    names = set(archive.namelist())
    for kind in ("pictures", "documents"):
        for place, row in _lines(archive, kind, report):
            file = str(row.get("file", ""))
            if f"files/{file}" not in names and _is_inside(file) and not _is_here(file):
                report.refuse(place, f"{file}: {_LACKS}")
    root = FrontPage.objects.get().url_path
    for some in batched(_lines(archive, "stories", report), _AT_ONCE):
        paths = {root + str(row.get("address", "")).lstrip("/") for _, row in some}
        there = Page.objects.filter(url_path__in=paths).count()
        report.already_there += there
        report.imported += len(some) - there
        progress(report)


class _Restoring:
    def __init__(
        self, archive: zipfile.ZipFile, report: Report, now: datetime, progress: Progress
    ) -> None:
        self.archive = archive
        self.report = report
        self.progress = progress
        self.numbers = Numbers()
        self.front_page = FrontPage.objects.get()
        self.state = writing.Importing(
            report,
            now,
            Sections(),
            Pictures([], report),
            content_type=ContentType.objects.get_for_model(StoryPage).pk,
            locale=Locale.get_default().pk,
        )

    def run(self) -> None:
        for name, restore_file in (("pictures", self.picture), ("documents", self.document)):
            for place, row in _lines(self.archive, name, self.report):
                self.guarded(partial(restore_file, place), place, row)
        for name, restore_row in (
            ("topics", self.topic),
            ("authors", self.author),
            ("sections", self.section),
        ):
            for place, row in _lines(self.archive, name, self.report):
                self.guarded(restore_row, place, row)
        self.parts(first=True)
        for some in batched(_lines(self.archive, "stories", self.report), _AT_ONCE):
            self.stories(list(some))
            self.progress(self.report)
        # Stories that name stories which came later.
        for some in batched(_lines(self.archive, "stories", Report()), _AT_ONCE):
            self.link([row for _, row in some])
        for name, restore_row in (("redirects", self.redirect), ("front-page", self.placements)):
            for place, row in _lines(self.archive, name, self.report):
                self.guarded(restore_row, place, row)
        self.parts(first=False)

    def parts(self, *, first: bool) -> None:
        for part in portable.parts():
            if part.first is first:
                rows = (row for _, row in _lines(self.archive, part.name, self.report))
                part.read(rows, partial(self.report.warn, f"{part.name}.jsonl"))

    def guarded(self, restore_row: Callable[[Row], None], place: str, row: Row) -> None:
        try:
            with transaction.atomic():
                restore_row(row)
        except (KeyError, TypeError, ValueError) as error:
            self.report.warn(place, f"it could not come in ({type(error).__name__}: {error})")

    def file(self, name: str, *, known: bool) -> None:
        """Copy a file out of the archive, under the same name and nowhere else.

        :param known: whether a picture or document has it: what is there then stays as it is
        :raises LostError: when it is neither in the archive, whole, nor here
        """
        if known and _is_here(name):
            return
        try:
            entry = self.archive.getinfo(f"files/{name}")
        except KeyError:
            if _is_here(name):
                return
            raise LostError(_LACKS) from None
        if default_storage.exists(name):
            # What a run left that was killed is no reason to go without the picture.
            if default_storage.size(name) == entry.file_size and (
                _checksum(default_storage.open(name)) == entry.CRC
            ):
                return
            default_storage.delete(name)
        try:
            with self.archive.open(entry) as stream:
                kept = default_storage.save(name, File(stream))
        except _DAMAGES as error:
            default_storage.delete(name)
            raise LostError(f"its file is damaged in the archive ({error})") from error
        except BaseException:
            default_storage.delete(name)
            raise
        if kept != name:
            default_storage.delete(kept)
            raise ValueError("its file can't keep its name")

    def file_or_refuse(self, place: str, name: str, *, known: bool) -> None:
        """Copy a file, or tell of its loss: its words and the stories that show it come in.

        It is mended by another run, with an archive that has it.
        """
        if not _is_inside(name):
            raise ValueError("its file's name points outside")
        try:
            self.file(name, known=known)
        except LostError as error:
            self.report.refuse(place, f"{name}: {error}")

    def picture(self, place: str, row: Row) -> None:
        known = self.numbers.of("image", row["file"]) is not None
        self.file_or_refuse(place, row["file"], known=known)
        if known:
            return
        focal = dict(zip(("x", "y", "width", "height"), row["focal_point"], strict=True))
        made = Picture(
            file=row["file"],
            width=row["width"],
            height=row["height"],
            **{f"focal_point_{name}": value for name, value in focal.items()},
            **{
                name: row[name]
                for name in (
                    "title",
                    "alternative_text",
                    "caption",
                    "credit",
                    "source",
                    "source_id",
                )
            },
        )
        made.save()
        made.tags.add(*row["tags"])
        Picture.objects.filter(pk=made.pk).update(created_at=_moment(row["made_at"]))
        self.numbers.learn("image", row["file"], made.pk)

    def document(self, place: str, row: Row) -> None:
        model = get_document_model()
        known = self.numbers.of("document", row["file"]) is not None
        self.file_or_refuse(place, row["file"], known=known)
        if known:
            return
        made = model.objects.create(file=row["file"], title=row["title"])
        model.objects.filter(pk=made.pk).update(created_at=_moment(row["made_at"]))
        self.numbers.learn("document", row["file"], made.pk)

    def topic(self, row: Row) -> None:
        wanted = {"name": row["name"], "description": row["description"]}
        Topic.objects.get_or_create(slug=row["slug"], defaults=wanted)

    def author(self, row: Row) -> None:
        wanted = {name: row[name] for name in ("name", "kind", "office")}
        wanted["about"] = numbered.markup(row["about"], self.numbers)
        if row["portrait"]:
            wanted["portrait_id"] = self.numbers.of("image", row["portrait"])
        Author.objects.get_or_create(slug=row["slug"], defaults=wanted)

    def section(self, row: Row) -> None:
        if self.numbers.of("page", row["address"]):
            return
        above, _, slug = row["address"].strip("/").rpartition("/")
        parent = self.parent(above)
        parent.refresh_from_db()
        made = SectionPage(
            title=row["title"],
            slug=slug,
            description=row["description"],
            live=row["live"],
            seo_title=row["search_title"],
            search_description=row["search_description"],
        )
        parent.add_child(instance=made)
        oldaddresses.keep((made.pk, address) for address in row["old_addresses"])

    def parent(self, address: str) -> Any:
        if not address:
            return FrontPage.objects.get()
        return SectionPage.objects.get(url_path=f"{self.front_page.url_path}{address}/")

    def stories(self, rows: list[tuple[str, Row]]) -> None:
        root = self.front_page.url_path
        paths = [root + str(row.get("address", "")).lstrip("/") for _, row in rows]
        there = set(Page.objects.filter(url_path__in=paths).values_list("url_path", flat=True))
        made: list[tuple[writing.Made, Row]] = []
        for (place, row), path in zip(rows, paths, strict=True):
            if path in there:
                self.report.already_there += 1
                continue
            try:
                made.append((self.made(place, row), row))
            except (
                KeyError,
                TypeError,
                ValueError,
                AttributeError,
                SectionPage.DoesNotExist,
            ) as error:
                self.report.refuse(place, f"{type(error).__name__}: {error}")
        if not made:
            return
        with transaction.atomic():
            writing.write([one for one, _ in made], self.state)
            PastEvent.objects.bulk_create(
                PastEvent(story_id=one.number, happened_at=moment)
                for one, row in made
                for at in row["revised_at"]
                if (moment := _moment(at))
            )
        self.report.imported += len(made)

    def made(self, place: str, row: Row) -> writing.Made:
        above, _, slug = row["address"].strip("/").rpartition("/")
        record = StoryRecord(
            place=place,
            source=row["source"],
            source_id=row["source_id"],
            headline=row["headline"],
            slug=slug,
            published_at=_moment(row["published_at"]),
            old_addresses=tuple(row["old_addresses"]),
            # Live or not is told by the page itself; nothing is to be scheduled anew.
            standing=Standing.PUBLISHED,
        )
        words = self.words(row)
        raw = words.pop("body")
        authors, topics = words.pop("authors"), words.pop("topics")
        page = {
            **writing.page_values(record, self.state),
            "title": row["headline"],
            "draft_title": row["headline"],
            "live": row["live"],
            "has_unpublished_changes": row["has_unpublished_changes"],
            **{
                name: _moment(row[name])
                for name in ("first_published_at", "last_published_at", "go_live_at", "expire_at")
            },
            "seo_title": words.pop("seo_title"),
            "search_description": words.pop("search_description"),
        }
        del words["title"]
        made = writing.Made(
            record=record,
            page=page,
            section=self.parent(above),
            body=writing.stored_body(raw),
            authors=authors,
            topics=topics,
            lead=words["lead_picture_id"],
            own=words,
            slug=slug,
        )
        stored = digest_as_stored(
            headline=row["headline"],
            standfirst=row["standfirst"],
            dateline=row["dateline"],
            access=row["access"],
            raw=raw,
        )
        digest = row["record_digest"] + ("0" * 32 if row["edited"] else stored)
        words["imported_digest"] = digest if row["source"] else ""
        if row["waits_for"]:
            made.loose = Loose(**row["waits_for"])
        return made

    def words(self, row: Row) -> Row:
        """Return what an editor writes, as fields of a story."""
        lead = row["lead_picture"]
        return {
            "title": row["headline"],
            "standfirst": row["standfirst"],
            "dateline": row["dateline"],
            "published_at": _moment(row["published_at"]),
            "updated_at": _moment(row["updated_at"]),
            "embargoed_until": _moment(row["embargoed_until"]),
            "lead_picture_id": self.numbers.of("image", lead) if lead else None,
            "lead_caption": row["lead_caption"],
            "body": numbered.blocks(row["body"], self.numbers),
            "authors": _numbers(Author, row["bylines"]),
            "topics": _numbers(Topic, row["topics"]),
            "access": row["access"],
            "comments_are": row["comments"],
            "language": row["language"],
            "teaser_words": row["teaser_words"],
            "seo_title": row["search_title"],
            "search_description": row["search_description"],
        }

    def draft(self, number: int, row: Row) -> None:
        """Make the revision an editor was working on."""
        story = StoryPage.objects.get(pk=number)
        words = self.words(row["draft"])
        story.body = writing.stream(words.pop("body"))
        authors, topics = words.pop("authors"), words.pop("topics")
        for name, value in words.items():
            setattr(story, name, value)
        story.bylines = [Byline(author_id=one, sort_order=at) for at, one in enumerate(authors)]
        story.topics = Topic.objects.filter(pk__in=topics)
        revision = story.save_revision(
            clean=False, approved_go_live_at=_moment(row.get("scheduled_for"))
        )
        if row["revised_at"]:
            # The last of them is this one.
            at = _moment(row["revised_at"][-1])
            type(revision).objects.filter(pk=revision.pk).update(created_at=at)

    def link(self, rows: list[Row]) -> None:
        """Number what could not be numbered the first time: stories that came later."""
        for row in rows:
            words = json.dumps(row.get("body"))
            waits = ' name=\\"' in words or '"related"' in words or row.get("draft")
            number = self.numbers.of("page", str(row.get("address"))) if waits else None
            if number is None:
                continue
            with transaction.atomic():
                story = StoryPage.objects.get(pk=number)
                now = numbered.blocks(row["body"], self.numbers)
                if list(story.body.raw_data) != now and len(story.body.raw_data) == len(now):
                    writing.rewrite(story, now)
                # Only now, since a draft names stories, too; and not where there has been one.
                if row["draft"] and story.has_unpublished_changes and not story.latest_revision_id:
                    self.draft(number, row)

    def redirect(self, row: Row) -> None:
        key = rule.key(row["address"])
        if key and not OldAddress.objects.filter(key=key).exists():
            OldAddress.objects.create(key=key, address=row["address"], target=row["target"])

    def placements(self, row: Row) -> None:
        page = FrontPage.objects.get()
        page.title = page.draft_title = row["title"]
        page.seo_title = row["search_title"]
        page.search_description = row["search_description"]
        page.lead_id = self.numbers.of("page", row["lead"]) if row["lead"] else None
        found = [(self.numbers.of("page", one["story"]), one["size"]) for one in row["placements"]]
        page.placements = [
            Placement(story_id=story, size=size, sort_order=at)
            for at, (story, size) in enumerate(found)
            if story
        ]
        page.save()


def _is_inside(name: str) -> bool:
    pure = PurePosixPath(name)
    return not (pure.is_absolute() or ".." in pure.parts or "\\" in name)


def _is_here(name: str) -> bool:
    """Tell whether the paper has a file; an empty one is what a full disk left of it."""
    return default_storage.exists(name) and default_storage.size(name) > 0


def _numbers(model: Any, slugs: list[str]) -> list[int]:
    found = dict(model.objects.filter(slug__in=slugs).values_list("slug", "pk"))
    return [found[slug] for slug in slugs if slug in found]


def _moment(text: str | None) -> datetime | None:
    return parse_datetime(text) if text else None
