"""Bringing pictures in: from a folder, an archive, or their old addresses."""

import hashlib
import re
import warnings
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path, PurePosixPath
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from PIL import Image, UnidentifiedImageError

from broadsheet.archive.reports import Report
from broadsheet.newsroom.models import Picture
from broadsheet.press.importers import records
from broadsheet.press.importers.texts import shorten

_FORMATS = {"JPEG": "jpg", "PNG": "png", "GIF": "gif", "WEBP": "webp", "AVIF": "avif"}
_MOST_PIXELS = 100_000_000
_REMEMBERED = 20_000
_SIZE = re.compile(r"-\d{2,5}x\d{2,5}(?=\.\w{3,4}$)")

# Returns the bytes at an address, or None; raises ValueError with a reason in words.
type Finder = Callable[[str], bytes | None]


class Pictures:
    """Finds the picture of an address, and brings its file in the first time."""

    def __init__(self, finders: list[Finder], report: Report) -> None:
        self._finders = finders
        self._report = report
        self._known: OrderedDict[str, int | None] = OrderedDict()

    @property
    def can_find(self) -> bool:
        return bool(self._finders)

    def number(self, picture: records.Picture, *, source: str) -> int | None:
        """Return the picture's number; None while there is no file for it."""
        identity = picture.address if len(picture.address) <= 500 else _digest(picture.address)
        if not identity:
            return None
        known = f"{source} {identity}"
        if known not in self._known:
            rows = Picture.objects.filter(source=source[:20], source_id=identity)
            # So that SQLite looks it up in the index of imported pictures, not in the table.
            number = rows.exclude(source="").values_list("pk", flat=True).first()
            if number is None and self._finders:
                number = self._bring(picture, source[:20], identity)
            self._known[known] = number
            if len(self._known) > _REMEMBERED:
                self._known.popitem(last=False)
        return self._known[known]

    def _bring(self, picture: records.Picture, source: str, identity: str) -> int | None:
        try:
            data = next(filter(None, (find(picture.address) for find in self._finders)), None)
            if data is None:
                return None
            kind, width, height = inspected(data)
        except ValueError as error:
            self._report.warn(picture.address, str(error))
            return None
        name = unquote(PurePosixPath(urlsplit(picture.address).path).stem) or "picture"
        plain = re.sub(r"[^A-Za-z0-9_-]+", "-", name).strip("-")[:60] or "picture"
        # The same name each time, so that a run that was killed leaves no second file.
        file = f"original_images/{plain}-{_digest(identity)[:10]}.{_FORMATS[kind]}"
        if not default_storage.exists(file) or default_storage.size(file) != len(data):
            if default_storage.exists(file):
                default_storage.delete(file)
            default_storage.save(file, ContentFile(data))
        made = Picture(
            title=shorten(picture.caption or name, 255),
            file=file,
            width=width,
            height=height,
            file_size=len(data),
            file_hash=hashlib.sha1(data, usedforsecurity=False).hexdigest(),
            alternative_text=shorten(picture.alternative_text, 300),
            caption=shorten(picture.caption, 500),
            credit=shorten(picture.credit, 160),
            source=source,
            source_id=identity,
        )
        made.save()
        return made.pk


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()


def inspected(data: bytes) -> tuple[str, int, int]:
    """Return format, width and height of a picture.

    :raises ValueError: when the paper can't print it
    """
    import io

    if len(data) > settings.WAGTAILIMAGES_MAX_UPLOAD_SIZE:
        raise ValueError("a picture is larger than pictures may be here")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(data)) as image:
                kind, (width, height) = image.format or "", image.size
    except (
        UnidentifiedImageError,
        OSError,
        ValueError,
        SyntaxError,
        Image.DecompressionBombError,
        Image.DecompressionBombWarning,
    ) as error:
        raise ValueError("a file that should be a picture is none, or is damaged") from error
    if kind not in _FORMATS:
        raise ValueError(f"a picture is of a format that is not printed here ({kind})")
    if width * height > _MOST_PIXELS:
        raise ValueError("a picture has more pixels than pictures may have here")
    return kind, width, height


class Folder:
    """Finds pictures in a folder, by as much of their address as the folders' names repeat."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder.resolve()
        self._by_name: dict[str, list[Path]] | None = None

    def __call__(self, address: str) -> bytes | None:
        for path in (address, _SIZE.sub("", address)):
            if file := self._find(path):
                return file.read_bytes()
        return None

    def _find(self, address: str) -> Path | None:
        parts = [
            part
            for part in PurePosixPath(unquote(urlsplit(address).path)).parts
            if part not in {"/", "..", "."} and "\x00" not in part
        ]
        for start in range(len(parts)):
            file = self._folder.joinpath(*parts[start:])
            if self._is_ours(file):
                return file
        # The file's name alone, where there is one of that name only.
        if self._by_name is None:
            self._by_name = {}
            for file in sorted(self._folder.rglob("*")):
                if file.is_file():
                    self._by_name.setdefault(file.name, []).append(file)
        found = self._by_name.get(parts[-1], []) if parts else []
        return found[0] if len(found) == 1 and self._is_ours(found[0]) else None

    def _is_ours(self, file: Path) -> bool:
        try:
            return file.is_file() and file.resolve().is_relative_to(self._folder)
        except OSError:
            return False
