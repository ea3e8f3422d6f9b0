"""The addresses of the paper's own static files, each with the version of what it holds.

The server lets browsers keep a file for good whose address names a version.
"""

import hashlib
from functools import cache
from pathlib import Path

from django.contrib.staticfiles import finders
from django.templatetags.static import static


class NoAssetError(Exception):
    """A template asks for a file that isn't there."""


def version(words: bytes) -> str:
    return hashlib.blake2b(words, digest_size=6).hexdigest()


@cache
def address(name: str) -> str:
    """Return the address of a static file, as in ``/static/edition/site.css?v=0f3a…``.

    :raises NoAssetError: when no app has such a file
    """
    file = finders.find(name)
    if not file:
        raise NoAssetError(name)
    return f"{static(name)}?v={version(Path(str(file)).read_bytes())}"
