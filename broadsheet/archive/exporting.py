"""Writing a whole paper into one archive: JSON lines and files, documented in docs/migrating/.

Everything is named by what it is (a story by its address, a picture by its file), never by its
number in this database, so that two equal papers write equal archives.
"""

import json
import zipfile
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import IO, Any

from django.conf import settings
from django.core.files.storage import default_storage
from django.core.serializers.json import DjangoJSONEncoder
from wagtail.documents import get_document_model
from wagtail.models import Page, Revision

from broadsheet.archive.models import OldAddress
from broadsheet.archive.names import Names, named
from broadsheet.archive.writing import is_edited
from broadsheet.newsroom import portable
from broadsheet.newsroom.models import Author, FrontPage, Picture, SectionPage, StoryPage, Topic

VERSION = 1
MANIFEST = "broadsheet.json"
_AT_ONCE = 200
_MOMENT = (1980, 1, 1, 0, 0, 0)  # of every entry: equal papers make equal archives

type Row = dict[str, Any]


def export(
    path: Path,
    *,
    now: datetime,
    progress: Callable[[str, int], None] = lambda *_: None,
    lost: Callable[[str], None] = lambda _: None,
) -> int:
    """Write the paper to a zip archive; return how many stories it holds.

    The archive is complete or not there: it gets its name when it is done.

    :param lost: told the name of each picture's or document's file that isn't there

    :raises OSError: when it can't be written
    """
    unfinished = path.with_name(path.name + ".unfinished")
    counts: dict[str, int] = {}
    try:
        with zipfile.ZipFile(unfinished, "w", zipfile.ZIP_DEFLATED, allowZip64=True) as archive:
            manifest = {
                "broadsheet": VERSION,
                "made_at": now,
                "paper": settings.PAPER_NAME,
                "address": settings.PAPER_ADDRESS,
                "time_zone": settings.TIME_ZONE,
                "language": settings.LANGUAGE_CODE,
            }
            with _entry(archive, MANIFEST) as stream:
                stream.write(_line(manifest))
            for name, rows in _files():
                with _entry(archive, f"{name}.jsonl") as stream:
                    for row in rows:
                        stream.write(_line(row))
                        counts[name] = counts.get(name, 0) + 1
                        if counts[name] % _AT_ONCE == 0:
                            progress(name, counts[name])
            for name in _media():
                if not _copy(archive, name):
                    lost(name)
                    continue
                counts["files"] = counts.get("files", 0) + 1
                progress("files", counts["files"])
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)
    return counts.get("stories", 0)


def _files() -> Iterator[tuple[str, Iterable[Row]]]:
    yield "sections", _sections()
    yield "topics", _topics()
    yield "pictures", _pictures()
    yield "documents", _documents()
    yield "authors", _authors()
    yield "stories", _stories()
    yield "redirects", _redirects()
    yield "front-page", _front_page()
    for part in portable.parts():
        yield part.name, part.write()


def _entry(archive: zipfile.ZipFile, name: str) -> IO[bytes]:
    about = zipfile.ZipInfo(name, _MOMENT)
    about.compress_type = zipfile.ZIP_DEFLATED
    about.external_attr = 0o644 << 16
    return archive.open(about, "w", force_zip64=True)


def _line(row: Row) -> bytes:
    text = json.dumps(row, cls=_Encoder, ensure_ascii=False, sort_keys=True)
    return text.encode("utf-8", "replace") + b"\n"


class _Encoder(DjangoJSONEncoder):
    def default(self, o: Any) -> Any:
        # Microseconds too, which Django's own leaves out.
        return o.isoformat() if isinstance(o, datetime) else super().default(o)


def _old_addresses(pages: Iterable[int]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    rows = OldAddress.objects.filter(page__in=list(pages)).order_by("key")
    for page, address in rows.values_list("page_id", "address"):
        found.setdefault(page, []).append(address)
    return found


def _sections() -> Iterator[Row]:
    sections = list(SectionPage.objects.order_by("path"))
    old = _old_addresses(one.pk for one in sections)
    for one in sections:
        yield {
            "address": portable.address(one.url_path),
            "title": one.title,
            "description": one.description,
            "live": one.live,
            "search_title": one.seo_title,
            "search_description": one.search_description,
            "old_addresses": old.get(one.pk, []),
        }


def _topics() -> Iterator[Row]:
    for one in Topic.objects.order_by("slug").iterator():
        yield {"slug": one.slug, "name": one.name, "description": one.description}


def _pictures() -> Iterator[Row]:
    for one in Picture.objects.order_by("file").iterator():
        yield {
            "file": one.file.name,
            "title": one.title,
            "alternative_text": one.alternative_text,
            "caption": one.caption,
            "credit": one.credit,
            "width": one.width,
            "height": one.height,
            "focal_point": [
                one.focal_point_x,
                one.focal_point_y,
                one.focal_point_width,
                one.focal_point_height,
            ],
            "source": one.source,
            "source_id": one.source_id,
            "tags": sorted(one.tags.names()),
            "made_at": one.created_at,
        }


def _documents() -> Iterator[Row]:
    for one in get_document_model().objects.order_by("file").iterator():
        yield {"file": one.file.name, "title": one.title, "made_at": one.created_at}


def _authors() -> Iterator[Row]:
    names = Names()
    for one in Author.objects.order_by("slug").select_related("portrait").iterator():
        yield {
            "slug": one.slug,
            "name": one.name,
            "kind": one.kind,
            "office": one.office,
            "about": named.markup(one.about, names),
            "portrait": one.portrait.file.name if one.portrait else None,
        }


def _stories() -> Iterator[Row]:
    last = ""
    while True:
        # In the order of the tree, which is that of their coming into being in each section.
        rows = StoryPage.objects.filter(path__gt=last).order_by("path")
        batch = list(rows.select_related("lead_picture", "loose")[:_AT_ONCE])
        if not batch:
            return
        last = batch[-1].path
        numbers = [one.pk for one in batch]
        old = _old_addresses(numbers)
        revised: dict[int, list[datetime]] = {}
        for number, at in Revision.page_revisions.filter(
            object_id__in=[str(number) for number in numbers]
        ).values_list("object_id", "created_at"):
            revised.setdefault(int(number), []).append(at)
        names = Names()
        for one in batch:
            past = [
                *revised.get(one.pk, []),
                *one.past_events.values_list("happened_at", flat=True),
            ]
            yield _story(one, names, old.get(one.pk, []), sorted(set(past)))


def _story(one: StoryPage, names: Names, old: list[str], past: list[datetime]) -> Row:
    row = {
        "address": portable.address(one.url_path),
        **_words(one, names),
        "live": one.live,
        "has_unpublished_changes": one.has_unpublished_changes,
        "first_published_at": one.first_published_at,
        "last_published_at": one.last_published_at,
        "go_live_at": one.go_live_at,
        "expire_at": one.expire_at,
        "source": one.source,
        "source_id": one.source_id,
        "record_digest": one.imported_digest[:32],
        "edited": bool(one.source) and is_edited(one),
        "old_addresses": old,
        "revised_at": past,
        "waits_for": None,
        "draft": None,
        "scheduled_for": None,
    }
    loose = getattr(one, "loose", None)
    if loose is not None:
        row["waits_for"] = {"pictures": loose.pictures, "hosts": loose.hosts}
    if one.has_unpublished_changes and one.latest_revision_id:
        row["draft"] = _words(one.get_latest_revision_as_object(), names)
        row["scheduled_for"] = one.latest_revision.approved_go_live_at
    return row


def _words(one: StoryPage, names: Names) -> Row:
    """Return what an editor writes of a story."""
    return {
        "headline": one.title,
        "standfirst": one.standfirst,
        "dateline": one.dateline,
        "published_at": one.published_at,
        "updated_at": one.updated_at,
        "embargoed_until": one.embargoed_until,
        "lead_picture": one.lead_picture.file.name if one.lead_picture else None,
        "lead_caption": one.lead_caption,
        "body": named.blocks(list(one.body.raw_data), names),
        "bylines": [byline.author.slug for byline in one.bylines.all()],
        "topics": sorted(topic.slug for topic in one.topics.all()),
        "access": one.access,
        "comments": one.comments_are,
        "language": one.language,
        "teaser_words": one.teaser_words,
        "search_title": one.seo_title,
        "search_description": one.search_description,
    }


def _redirects() -> Iterator[Row]:
    rows = OldAddress.objects.filter(page=None).order_by("key")
    for address, target in rows.values_list("address", "target").iterator():
        yield {"address": address, "target": target}
    # Those of pages that are neither story nor section.
    known = Page.objects.type(StoryPage, SectionPage)
    for one in (
        OldAddress.objects.filter(page__isnull=False).exclude(page__in=known).order_by("key")
    ):
        assert one.page is not None
        yield {"address": one.address, "target": portable.address(one.page.url_path)}


def _front_page() -> Iterator[Row]:
    front_page = FrontPage.objects.select_related("lead").get()
    yield {
        "title": front_page.title,
        "lead": portable.address(front_page.lead.url_path) if front_page.lead else None,
        "search_title": front_page.seo_title,
        "search_description": front_page.search_description,
        "placements": [
            {"story": portable.address(one.story.url_path), "size": one.size}
            for one in front_page.placements.select_related("story")
        ],
    }


def _media() -> Iterator[str]:
    yield from Picture.objects.order_by("file").values_list("file", flat=True).iterator()
    yield from (
        get_document_model().objects.order_by("file").values_list("file", flat=True).iterator()
    )


def _copy(archive: zipfile.ZipFile, name: str) -> bool:
    """Copy a file into the archive; tell whether there was one."""
    try:
        source = default_storage.open(name)
    except FileNotFoundError:
        return False
    about = zipfile.ZipInfo(f"files/{name}", _MOMENT)
    # Pictures are compressed already.
    about.compress_type = zipfile.ZIP_STORED
    about.external_attr = 0o644 << 16
    with source, archive.open(about, "w", force_zip64=True) as stream:
        while data := source.read(1 << 20):
            stream.write(data)
    return True
