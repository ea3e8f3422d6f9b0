"""The addresses that the paper keeps for itself, as ``/search/``: no section may have one."""

from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any

from django.conf import settings
from django.urls import get_resolver


def is_taken(name: str) -> bool:
    """Tell whether the addresses under this name belong to the paper itself."""
    return name in _own()


def refused(name: str) -> str:
    """Return why a section can't stand at a name, in words for an editor."""
    return (
        f"“/{name}/” is an address of the paper's own. Choose another for the section, as in "
        f"“{name}-section”."
    )


@cache
def _own() -> frozenset[str]:
    return frozenset({settings.STATIC_URL.strip("/"), *_begun(get_resolver().url_patterns)})


def _begun(patterns: Iterable[Any], before: str = "") -> Iterator[str]:
    """Yield what stands before the first slash of every address. Patterns match no slug."""
    for one in patterns:
        address = before + str(one.pattern)
        if "/" not in address and hasattr(one, "url_patterns"):
            yield from _begun(one.url_patterns, address)
        else:
            yield address.partition("/")[0]
