"""Static files: collected and compressed once for each version, then sent by WhiteNoise.

Brotli at its best takes eighteen seconds over the back office's scripts; at level 9 it takes half
a second and makes them a tenth larger, so it is done when a paper starts and kept in its folder.
What readers fetch is small, and gets the best there is.
"""

import gzip
import hashlib
import re
import shutil
import tempfile
from pathlib import Path
from typing import Any

import brotli
from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from whitenoise import WhiteNoise

from broadsheet.rules import browsers

COMPRESSED = {"css", "html", "js", "json", "map", "svg", "txt", "webmanifest", "xml"}
OURS = Path(__file__).parents[1]
DOCUMENTS = ("text/html", "image/svg+xml", "application/xhtml+xml", "application/pdf")
YEAR = 31_536_000
LAYOUT = b"2"  # of what is made of the files: another one makes a new folder of the same files
SMALL = 64_000  # bytes: up to here brotli at its best takes little time


# A string stays as it is, whatever stands in it; so does a comment that says whose work a file is.
_COMMENT = re.compile(
    rb"""("[^"\\\n]*(?:\\.[^"\\\n]*)*"|'[^'\\\n]*(?:\\.[^'\\\n]*)*'|/\*!.*?\*/)|/\*.*?\*/""",
    re.DOTALL,
)


# A line of a script of ours that is a comment and nothing else.
_COMMENT_LINE = re.compile(rb"^[ \t]*//[^\n]*\n", re.MULTILINE)


def without_comments(css: bytes) -> bytes:
    """Return a stylesheet as readers get it: a seventh of ours are words to those who change it."""
    return _COMMENT.sub(lambda found: found[1] or b"", css)


def collect(into: Path) -> Path:
    """Return the folder with this version's static files, made when it isn't there.

    :param into: the folder that holds one folder to each version; older ones are removed
    """
    files: dict[str, Path] = {}
    for finder in get_finders():
        for name, storage in finder.list([]):
            files.setdefault(name, Path(storage.path(name)))
    told = hashlib.blake2b(LAYOUT, digest_size=8)
    for name, file in sorted(files.items()):
        told.update(name.encode() + b"\0" + file.read_bytes())
    folder = into / told.hexdigest()
    if folder.is_dir():
        return folder

    into.mkdir(parents=True, exist_ok=True)
    older = [one for one in into.iterdir() if one.is_dir()]
    made = Path(tempfile.mkdtemp(dir=into))
    made.chmod(0o755)
    for name, file in files.items():
        target = made / name
        target.parent.mkdir(parents=True, exist_ok=True)
        words = file.read_bytes()
        if target.suffix == ".css":
            words = without_comments(words)
        elif target.suffix == ".js" and file.is_relative_to(OURS):
            words = _COMMENT_LINE.sub(b"", words)
        target.write_bytes(words)
        if target.suffix[1:] in COMPRESSED and len(words) > 200:
            quality = 11 if len(words) <= SMALL else 9
            target.with_name(f"{target.name}.br").write_bytes(
                brotli.compress(words, quality=quality)
            )
            target.with_name(f"{target.name}.gz").write_bytes(gzip.compress(words, 9, mtime=0))
    try:
        made.rename(folder)
    except OSError:
        # Another process made the same one first.
        shutil.rmtree(made)
    for one in older:
        if one != folder:
            shutil.rmtree(one, ignore_errors=True)
    return folder


class Statics(WhiteNoise):
    """Static files for good where their address names a version, for a minute where it doesn't."""

    def __init__(self, application: Any, folder: Path) -> None:
        super().__init__(application, max_age=60, allow_all_origins=False)
        self.add_files(folder, settings.STATIC_URL)

    @staticmethod
    def serve(static_file: Any, environ: Any, start_response: Any) -> Any:
        versioned = "v=" in environ.get("QUERY_STRING", "")

        def start(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
            lasting = f"max-age={YEAR}, public, immutable"
            if versioned and status[:3] in {"200", "206", "304"}:
                headers = [
                    (name, lasting if name == "Cache-Control" else value) for name, value in headers
                ]
            headers += [
                ("X-Content-Type-Options", "nosniff"),
                ("Cross-Origin-Resource-Policy", browsers.resource_policy(settings.STATIC_URL)),
            ]
            # 230 bytes that a style, a script or a font has no use for.
            if dict(headers).get("Content-Type", "").startswith(DOCUMENTS):
                headers.append(("Permissions-Policy", browsers.PERMISSIONS_POLICY))
            return start_response(status, headers, *rest)

        return WhiteNoise.serve(static_file, environ, start)
