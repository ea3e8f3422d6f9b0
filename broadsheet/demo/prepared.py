"""The prepared demo paper: a migrated database and pictures in every size, ready to unpack.

``tools/prepare_demo.py`` (``make prepare``) packs it, ``broadsheet demo`` unpacks it. Migrating an
empty database and making the pictures' sizes takes minutes; unpacking takes a part of a second.
"""

import hashlib
import json
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import brotli

HERE = Path(__file__).parent
FOLDER = HERE / "prepared"
PICTURES = HERE / "pictures"
MARK = "demo.json"  # in a folder that holds an unpacked demo paper

# What decides how the prepared paper looks, below the package: if any of it changes, it has to be
# prepared again. Pictures count by their words, not by their length alone.
SOURCES = (
    "demo/stories/*.md",
    "demo/pictures/*.avif",
    "demo/*.toml",
    "demo/factories.py",
    "demo/paper.py",
    "demo/stories.py",
    "*/migrations/*.py",
    "newsroom/bodies.py",
    "newsroom/listings.py",
    "newsroom/renditions.py",
    "newsroom/roles.py",
    "rules/teaser.py",
)


class PreparedError(Exception):
    """The prepared paper can't be unpacked. Says why and what to do."""


def fingerprint(package: Path = HERE.parent) -> str:
    """Return a digest of everything the prepared paper is made from."""
    told = hashlib.blake2b(digest_size=16)
    for pattern in SOURCES:
        for file in sorted(package.glob(pattern)):
            told.update(f"{file.relative_to(package).as_posix()}\n{digest(file)}\n".encode())
    return told.hexdigest()


def digest(file: Path) -> str:
    return hashlib.blake2b(file.read_bytes(), digest_size=16).hexdigest()


def manifest(folder: Path = FOLDER) -> dict[str, Any]:
    """Return what is told about the prepared paper.

    :raises PreparedError: when there is none, or it can't be read
    """
    file = folder / "manifest.json"
    try:
        told = json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise PreparedError(
            f"There is no prepared paper in {folder}. In a checkout `make prepare` makes it; an "
            "installed Broadsheet brings it along: install it again."
        ) from error
    except (OSError, ValueError) as error:
        raise _broken(file, str(error)) from error
    if not isinstance(told, dict) or not {"fingerprint", "database", "media"} <= told.keys():
        raise _broken(file, "it lacks what a manifest tells")
    return told


def _broken(file: Path, why: str) -> PreparedError:
    return PreparedError(
        f"The prepared paper is damaged: {file} ({why}). Install Broadsheet again; in a checkout "
        "run `make prepare`."
    )


def is_unpacked(folder: Path) -> bool:
    """Tell whether a folder holds a demo paper."""
    return (folder / MARK).is_file() and (folder / "paper.sqlite3").is_file()


def unpack(into: Path, *, options: str, prepared: Path = FOLDER) -> None:
    """Unpack the paper into a folder that is empty or isn't there, all of it or nothing.

    :param options: what stands in its ``broadsheet.toml``
    :raises PreparedError: when the prepared paper is missing or damaged, or the folder can't be
        used
    """
    told = manifest(prepared)
    if into.exists() and (not into.is_dir() or any(into.iterdir())):
        raise PreparedError(f"{into} holds something else. Choose another folder with --dir.")
    try:
        into.parent.mkdir(parents=True, exist_ok=True)
        made = Path(tempfile.mkdtemp(prefix=f".{into.name}-", dir=into.parent))
    except OSError as error:
        raise PreparedError(
            f"{into} can't be made ({error.strerror}). Choose another folder with --dir."
        ) from error
    try:
        for name, words in _files(told, prepared):
            target = made / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(words)
        (made / "broadsheet.toml").write_text(options, encoding="utf-8")
        mark = {"fingerprint": told["fingerprint"]}
        (made / MARK).write_text(json.dumps(mark) + "\n", encoding="utf-8")
        made.chmod(0o755)
        if into.exists():
            into.rmdir()
        made.rename(into)
    except OSError as error:
        raise PreparedError(f"{into} can't be written ({error.strerror}).") from error
    finally:
        shutil.rmtree(made, ignore_errors=True)


def _files(told: dict[str, Any], prepared: Path) -> Iterator[tuple[str, bytes]]:
    """Yield (path in the paper's folder, content) of every file, each held to its digest."""
    file = prepared / "paper.sqlite3.br"
    yield "paper.sqlite3", _decompressed(file, _read(file, told["database"]))
    for name, expected in told["media"].items():
        yield f"media/{name}", _read(prepared / "media" / name, expected)
    for name, expected in told["pictures"].items():
        yield f"media/original_images/{name}", _read(PICTURES / name, expected)


def _read(file: Path, expected: str) -> bytes:
    try:
        words = file.read_bytes()
    except OSError as error:
        raise _broken(file, error.strerror or "it can't be read") from error
    if hashlib.blake2b(words, digest_size=16).hexdigest() != expected:
        raise _broken(file, "it is not what the manifest names")
    return words


def _decompressed(file: Path, words: bytes) -> bytes:
    try:
        return brotli.decompress(words)
    except brotli.error as error:
        raise _broken(file, "it can't be decompressed") from error
