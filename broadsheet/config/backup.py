"""A backup of the whole paper while it runs, and a paper made from one.

What is copied first belongs to what is copied last: readings that wait in the spool before those of the
ledger (one that moves between the two is in both, which counts it once), readings before accounts (so
that no reading is anybody's but its reader's), pictures before and after the rows that name them.
"""

import hashlib
import json
import os
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from broadsheet import __version__
from broadsheet.config.options import Options, database

MANIFEST = "manifest.json"
PAPER, READINGS = "paper.sqlite3", "readings.sqlite3"
PAPER_DUMP, READINGS_DUMP = "paper.dump", "readings.dump"
# What is made again by itself, or copied in another way.
_MADE_AGAIN = ("static", "edition.number", "forwarded.json", "spool", "media")
_DATABASES = (".sqlite3", ".sqlite3-wal", ".sqlite3-shm", ".sqlite3-lock", ".sqlite3-journal")


class BackupError(Exception):
    """The backup can't be made or used; the words are for whoever runs the paper."""


@dataclass
class Backup:
    """What was written: bytes by the name of each file, and what isn't in it, in sentences."""

    folder: Path
    files: dict[str, int] = field(default_factory=dict)
    missing: list[str] = field(default_factory=list)


def take(folder: Path, options: Options, *, now: datetime) -> Backup:
    """Write a backup to a folder, which is there only once all of it is.

    :raises BackupError: when the folder isn't empty, or something can't be copied
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise BackupError(f"{folder} is there already and isn't an empty folder")
    folder = folder.resolve()
    if folder.is_relative_to(options.paper_dir):
        raise BackupError(f"{folder} is in the paper's own folder; choose one outside it")
    part = folder.with_name(f"{folder.name}.part-{os.getpid()}")
    try:
        # It holds the secret key and readers' data.
        part.mkdir(parents=True, mode=0o700)
        backup = Backup(folder)
        _copy_all(part, options, backup)
        _write_manifest(part, options, backup, now)
        with suppress(FileNotFoundError):
            folder.rmdir()
        part.rename(folder)
    except (OSError, sqlite3.Error) as error:
        raise BackupError(f"{folder} can't be written ({error})") from error
    finally:
        shutil.rmtree(part, ignore_errors=True)
    return backup


def _copy_all(part: Path, options: Options, backup: Backup) -> None:
    paper = options.paper_dir
    _copy_tree(paper / "media", part / "media")
    _copy_tree(paper / "spool", part / "spool")
    _copy_readings(part, options, backup)
    url = options.database_url
    if _is_postgres(url):
        _dump(url, part / PAPER_DUMP)
    else:
        source = Path(database(url, paper)["NAME"])
        if not source.exists():
            raise BackupError(f"there is no database at {source}")
        _copy_sqlite(source, part / PAPER)
    _copy_tree(paper / "media", part / "media")
    for entry in sorted(paper.iterdir()):
        if entry.name.startswith(_MADE_AGAIN) or entry.name.endswith(_DATABASES):
            continue
        if entry.is_dir():
            _copy_tree(entry, part / entry.name)
        else:
            _copy(entry, part / entry.name)
    if options.secret_key:
        (part / "secret.key").unlink(missing_ok=True)
        backup.missing.append(
            "SECRET_KEY is set outside the paper's folder; keep it with the backup, for without it "
            "nobody's session or link holds"
        )


def _copy_readings(part: Path, options: Options, backup: Backup) -> None:
    ledger = options.ledger_url
    if not ledger and not _is_postgres(options.database_url):
        source = options.paper_dir / READINGS
        if source.exists():
            _copy_sqlite(source, part / READINGS)
    elif _is_postgres(ledger) and ledger != options.database_url:
        _dump(ledger, part / READINGS_DUMP)
    elif ledger and not _is_postgres(ledger):
        at = urlsplit(ledger).hostname
        backup.missing.append(
            f"the readings are in the store of LEDGER_URL ({at}), which has backups of its own"
        )


def _is_postgres(url: str) -> bool:
    return url.partition(":")[0] in {"postgres", "postgresql"}


def _copy_sqlite(source: Path, target: Path) -> None:
    """Copy a database as it is at one moment, while others read and write it."""
    with (
        closing(sqlite3.connect(f"{source.as_uri()}?mode=ro", uri=True, timeout=20)) as there,
        closing(sqlite3.connect(target)) as here,
    ):
        there.backup(here)
        here.execute("PRAGMA journal_mode=DELETE")
        (said,) = here.execute("PRAGMA integrity_check").fetchone()
        if said != "ok":
            raise BackupError(f"{source} is damaged: {said}")


def _copy_tree(source: Path, target: Path) -> None:
    """Copy what isn't there yet. What goes meanwhile is left out."""
    for file in _files(source):
        copy = target / file.relative_to(source)
        if not copy.exists():
            copy.parent.mkdir(parents=True, exist_ok=True)
            _copy(file, copy)


def _copy(file: Path, target: Path) -> None:
    with suppress(FileNotFoundError):
        shutil.copy2(file, target)


def _files(folder: Path) -> Iterator[Path]:
    for root, _, names in os.walk(folder):
        yield from (Path(root) / name for name in sorted(names))


def _digest(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _write_manifest(part: Path, options: Options, backup: Backup, now: datetime) -> None:
    digests = {}
    for file in _files(part):
        name = file.relative_to(part).as_posix()
        backup.files[name] = file.stat().st_size
        digests[name] = _digest(file)
        with file.open("rb") as stream:
            os.fsync(stream.fileno())
    told = {
        "broadsheet": __version__,
        "made_at": now.isoformat(),
        "database": "postgresql" if _is_postgres(options.database_url) else "sqlite",
        "missing": backup.missing,
        "files": digests,
    }
    with (part / MANIFEST).open("w", encoding="utf-8") as stream:
        json.dump(told, stream, indent=1)
        stream.flush()
        os.fsync(stream.fileno())


def restore(folder: Path, options: Options) -> Backup:
    """Make the paper that the options name from a backup. Nothing that is there is written over.

    :raises BackupError: when the backup isn't whole, or there is a paper already
    """
    told = _read_manifest(folder)
    kind = "postgresql" if _is_postgres(options.database_url) else "sqlite"
    if told["database"] != kind:
        raise BackupError(
            f"the backup is of a paper on {told['database']}, and DATABASE_URL names {kind}"
        )
    paper = options.paper_dir
    # A secret of its own is made wherever a command is run; it gives way.
    there = [one for one in paper.glob("*") if one.name not in {"secret.key", "broadsheet.toml"}]
    if there:
        raise BackupError(f"there is a paper in {paper} already; restore into an empty folder")
    if kind == "sqlite" and Path(database(options.database_url, paper)["NAME"]).exists():
        raise BackupError("DATABASE_URL names a database that is there already")
    backup = Backup(folder, missing=list(told["missing"]))
    try:
        paper.mkdir(parents=True, exist_ok=True)
        _put_back(folder, options, told["files"], backup)
    except OSError as error:
        raise BackupError(f"{paper} can't be written ({error})") from error
    return backup


def _put_back(folder: Path, options: Options, names: dict[str, str], backup: Backup) -> None:
    paper = options.paper_dir
    # The dumps first: they are refused where there is a paper already.
    if PAPER_DUMP in names:
        _load(options.database_url, folder / PAPER_DUMP)
    if READINGS_DUMP in names:
        _load(options.ledger_url, folder / READINGS_DUMP)
    for name in names:
        if name in {PAPER_DUMP, READINGS_DUMP} or (
            name == "broadsheet.toml" and (paper / name).exists()
        ):
            continue
        target = paper / name
        if name == PAPER:
            target = Path(database(options.database_url, paper)["NAME"])
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(folder / name, target)
        backup.files[name] = target.stat().st_size


def _read_manifest(folder: Path) -> Any:
    try:
        told = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        for name, digest in told["files"].items():
            if not (folder / name).resolve().is_relative_to(folder.resolve()):
                raise BackupError(f"{folder} names a file outside it: {name}")
            if _digest(folder / name) != digest:
                raise BackupError(f"{folder / name} isn't as it was written")
    except FileNotFoundError as error:
        raise BackupError(f"{error.filename} is not there") from error
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise BackupError(f"{folder} is no backup of a paper ({error})") from error
    return told


def _postgres(program: str, url: str, *arguments: str) -> None:
    """Run one of PostgreSQL's programs on a database. The password is in no list of processes."""
    parts = urlsplit(url)
    bare = parts._replace(netloc=_without_password(parts.netloc)).geturl()
    environment = dict(os.environ)
    if parts.password:
        environment["PGPASSWORD"] = unquote(parts.password)
    try:
        ran = subprocess.run(  # noqa: S603  # a program of PostgreSQL, no shell
            [program, *arguments, "--no-password", "--dbname", bare],
            env=environment,
            capture_output=True,
            text=True,
        )
    except FileNotFoundError as error:
        raise BackupError(f"{program} is not here; install PostgreSQL's client") from error
    if ran.returncode:
        raise BackupError(f"{program} says: {ran.stderr.strip()}")


def _without_password(netloc: str) -> str:
    user, at, host = netloc.rpartition("@")
    return f"{user.partition(':')[0]}{at}{host}"


def _dump(url: str, target: Path) -> None:
    _postgres(
        "pg_dump", url, "--format=custom", "--no-owner", "--no-privileges", "--file", str(target)
    )


def _load(url: str, source: Path) -> None:
    _postgres(
        "pg_restore", url, "--no-owner", "--no-privileges", "--single-transaction", "--exit-on-error",
        str(source),
    )  # fmt: skip
