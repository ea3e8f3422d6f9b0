"""The files of an import: plain, gzip or zip, in a folder or alone, read as streams of text.

Nothing is unpacked to disk. An archive within an archive, an entry that points outside, one that
grows out of all measure and one that can't be read are complaints.
"""

from __future__ import annotations

import codecs
import gzip
import io
import re
import stat
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, cast

from broadsheet.press.importers.records import Complaint, Limits, UnusableError
from broadsheet.press.importers.texts import UNPRINTABLE

CHUNK = 1 << 16
_STORIES = (".xml", ".json", ".jsonl", ".rss", ".atom", ".nitf", ".wxr", ".txt", ".ndjson", "")
_ARCHIVES = (b"PK\x03\x04", b"\x1f\x8b", b"BZh", b"7z\xbc\xaf", b"\xfd7zXZ", b"(\xb5/\xfd", b"Rar!")


class UnreadableError(Exception):
    """Reading stops here; the words say why."""


@dataclass(frozen=True, slots=True)
class Source:
    """One file, or one entry of an archive, which can be read as often as needed.

    :param name: for people, as in ``export.zip: 2011/march.xml``
    """

    name: str
    opener: Callable[[], IO[bytes]]
    limits: Limits

    @contextmanager
    def bytes(self) -> Iterator[IO[bytes]]:
        """Open the file.

        :raises UnreadableError: when it can't be opened
        """
        try:
            stream = self.opener()
        except (OSError, zipfile.BadZipFile, RuntimeError, NotImplementedError) as error:
            raise UnreadableError(f"it can't be opened ({error})") from error
        with stream:
            yield stream

    def text(self) -> Iterator[str]:
        """Yield the file's text in pieces, in whatever encoding it is, without what can't be stored.

        :raises UnreadableError: when it ends in the middle of its compression or is no text
        """
        with self.bytes() as stream:
            head = _read(stream, CHUNK)
            encoding = _encoding(head)
            decoder = codecs.getincrementaldecoder(encoding)("windows-1252-where-broken")
            piece = head
            while piece:
                yield UNPRINTABLE.sub("", decoder.decode(piece))
                piece = _read(stream, CHUNK)
            yield UNPRINTABLE.sub("", decoder.decode(b"", final=True))

    def head(self, size: int = 262_144) -> str:
        """Return the beginning of the text."""
        found = ""
        for piece in self.text():
            found += piece
            if len(found) >= size:
                break
        return found


def _read(stream: IO[bytes], size: int) -> bytes:
    try:
        return stream.read(size)
    except EOFError as error:
        raise UnreadableError("the compressed file ends in the middle") from error
    except (OSError, zlib.error, zipfile.BadZipFile) as error:
        raise UnreadableError(f"the file is damaged ({error})") from error


def _broken(error: UnicodeError) -> tuple[str, int]:
    # A byte that its encoding doesn't know is most often one of Windows' typographic signs.
    assert isinstance(error, UnicodeDecodeError)
    part = error.object[error.start : error.end]
    return part.decode("cp1252", "replace"), error.end


codecs.register_error("windows-1252-where-broken", _broken)

_DECLARED = re.compile(rb"""^\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9._:-]{1,40})["']""")


def _encoding(head: bytes) -> str:
    """Return the encoding of a text by its first bytes.

    :raises UnreadableError: when it is no text
    """
    for mark, name in (
        (codecs.BOM_UTF8, "utf-8-sig"),
        (codecs.BOM_UTF32_LE, "utf-32"),
        (codecs.BOM_UTF32_BE, "utf-32"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if head.startswith(mark):
            return name
    if head[:4] in {b"<\x00?\x00", b"<\x00r\x00"}:
        return "utf-16-le"
    if head[:4] in {b"\x00<\x00?", b"\x00<\x00r"}:
        return "utf-16-be"
    declared = _DECLARED.match(head)
    name = declared[1].decode("ascii") if declared else "utf-8"
    try:
        info = codecs.lookup(name)
    except LookupError:
        raise UnreadableError(f"its encoding “{name[:40]}” is not known") from None
    # Only what maps bytes to text one after another: no zip, no hex, no escapes.
    if not info._is_text_encoding or info.name in {
        "utf-7", "unicode_escape", "raw_unicode_escape", "idna", "punycode", "mbcs", "oem",
        "undefined", "utf-16", "utf-16-le", "utf-16-be", "utf-32",
    }:  # fmt: skip
        # A declaration that can be read byte by byte is no UTF-16.
        return "utf-8" if info.name.startswith("utf-") else "cp1252"
    if info.name in {"iso8859-1", "ascii"}:
        # What calls itself Latin-1 holds Windows' signs as often as not, and browsers read it so.
        return "cp1252" if info.name == "iso8859-1" else "utf-8"
    return info.name


class _Guarded(io.RawIOBase):
    """A decompressed stream that stops where it grows out of all measure."""

    def __init__(self, stream: IO[bytes], packed: int, limits: Limits) -> None:
        self.stream = stream
        self.most = max(packed * limits.ratio, limits.unpacked)
        self.ratio = limits.ratio
        self.done = 0

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        data = self.stream.read(size if size >= 0 else CHUNK)
        self.done += len(data)
        if self.done > self.most:
            raise UnreadableError(
                f"it grows to more than {self.ratio} times its size when unpacked, as no story does"
            )
        return data

    def close(self) -> None:
        self.stream.close()
        super().close()


def sources(paths: list[Path], limits: Limits) -> Iterator[Source | Complaint]:
    """Yield every file of an import in a fixed order: folders by name, archives entry by entry.

    :raises UnusableError: for a path where there is nothing to read
    """
    for path in paths:
        try:
            kind = path.stat().st_mode
        except OSError as error:
            raise UnusableError(
                f"{path}: {(error.strerror or 'it cannot be read').lower()}."
            ) from error
        if stat.S_ISDIR(kind):
            files = sorted(one for one in path.rglob("*") if one.is_file() and not _hidden(one))
            if not files:
                raise UnusableError(f"{path}: the folder is empty.")
            for file in files:
                yield from _file(file, str(file.relative_to(path.parent)), limits, alone=False)
        elif stat.S_ISREG(kind):
            yield from _file(path, path.name, limits, alone=True)
        else:
            raise UnusableError(f"{path}: it is no file that can be read twice.")


def _hidden(path: Path) -> bool:
    return any(part.startswith((".", "__MACOSX")) for part in path.parts[-2:])


def _file(path: Path, name: str, limits: Limits, *, alone: bool) -> Iterator[Source | Complaint]:
    try:
        with path.open("rb") as stream:
            head = stream.read(8)
    except OSError as error:
        if alone:
            raise UnusableError(
                f"{path}: {(error.strerror or 'it cannot be read').lower()}."
            ) from error
        yield Complaint(name, f"it can't be read ({error.strerror})")
        return
    if head.startswith(b"PK\x03\x04"):
        yield from _zip(path, name, limits, alone=alone)
    elif head.startswith(b"PK\x05\x06"):
        yield Complaint(name, "the archive is empty")
    elif head.startswith(b"\x1f\x8b"):
        size = path.stat().st_size
        source = Source(
            name, lambda: _guarded(cast("IO[bytes]", gzip.GzipFile(path)), size, limits), limits
        )
        if complaint := _nested(source):
            yield complaint
        else:
            yield source
    elif head.startswith(_ARCHIVES):
        yield Complaint(name, "archives of this kind can't be read; pack it as zip or gzip")
    elif alone or path.suffix.lower() in _STORIES:
        yield Source(name, lambda: path.open("rb"), limits)


def _guarded(stream: IO[bytes], packed: int, limits: Limits) -> IO[bytes]:
    return _Guarded(stream, packed, limits)  # type: ignore[return-value]


def _zip(path: Path, name: str, limits: Limits, *, alone: bool) -> Iterator[Source | Complaint]:
    try:
        archive = zipfile.ZipFile(path)
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        yield Complaint(name, f"the archive is damaged or cut off ({error})")
        return
    with archive:
        entries = sorted(archive.infolist(), key=lambda one: one.filename)
    if too_many := too_many_entries(archive, limits):
        yield Complaint(name, too_many)
        return
    found = False
    for entry in entries:
        if entry.is_dir() or "__MACOSX" in entry.filename:
            continue
        place = f"{name}: {entry.filename}"
        pure = PurePosixPath(entry.filename.replace("\\", "/"))
        if pure.is_absolute() or ".." in pure.parts or re.match(r"^[A-Za-z]:", entry.filename):
            found = True
            yield Complaint(place, "its name points outside the archive")
            continue
        if entry.flag_bits & 1:
            found = True
            yield Complaint(place, "it is encrypted; unpack it and import it as it is")
            continue
        if pure.suffix.lower() in {
            ".zip",
            ".gz",
            ".bz2",
            ".7z",
            ".xz",
            ".tar",
            ".tgz",
            ".rar",
            ".zst",
        }:
            found = True
            yield Complaint(place, "an archive within an archive is not opened; unpack it first")
            continue
        if pure.suffix.lower() not in _STORIES:
            continue
        found = True
        source = Source(place, _entry(path, entry.filename, entry.compress_size, limits), limits)
        yield _nested(source) or source
    if not found:
        if alone:
            raise UnusableError(f"{path}: the archive holds no file that could be read as stories.")
        yield Complaint(name, "the archive holds no file that could be read as stories")


def too_many_entries(archive: zipfile.ZipFile, limits: Limits) -> str:
    """Say how an archive holds more than can be meant; nothing where it doesn't.

    Thousands of entries that hold nothing cost the reader of an archive as much as full ones.
    """
    entries = archive.infolist()
    empty = sum(not entry.file_size for entry in entries)
    if len(entries) > limits.entries:
        return f"the archive holds {len(entries):,} files; {limits.entries:,} are the most"
    if empty > limits.empty and empty * 2 > len(entries):
        return f"the archive holds {empty:,} empty files; {limits.empty:,} are the most"
    return ""


def _entry(path: Path, entry: str, packed: int, limits: Limits) -> Callable[[], IO[bytes]]:
    def opener() -> IO[bytes]:
        archive = zipfile.ZipFile(path)
        stream = archive.open(entry)
        # The archive closes its file when the last entry that is read closes.
        archive.close()
        return _guarded(stream, packed, limits)

    return opener


def _nested(source: Source) -> Complaint | None:
    try:
        with source.bytes() as stream:
            head = _read(stream, 8)
    except UnreadableError as error:
        return Complaint(source.name, str(error))
    if head.startswith(_ARCHIVES):
        return Complaint(source.name, "an archive within an archive is not opened; unpack it first")
    return None
