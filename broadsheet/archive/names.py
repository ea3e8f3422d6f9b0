"""Naming what blocks point to: pages by address and pictures by file in an export, by number here."""

import re
from collections.abc import Callable
from typing import Any

from wagtail.documents import get_document_model
from wagtail.models import Page

from broadsheet.newsroom.blocks import KINDS
from broadsheet.newsroom.models import FrontPage, Picture
from broadsheet.newsroom.portable import address
from broadsheet.newsroom.story_block import Rewrite

# A link or an embed by number, as rich text keeps it: linktype="page" id="3".
_NUMBERED = re.compile(r'<(a|embed)\b([^<>]*?)\b(link|embed)type="(page|document|image)"([^<>]*?)>')
_ID = re.compile(r'\bid="(\d+)"')
_NAME = re.compile(r'\bname="([^"<>]*)"')


class Names:
    """Names of what has numbers here, looked up once each. What is gone has none."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, int], str | None] = {}

    def of(self, kind: str, number: int) -> str | None:
        key = (kind, number)
        if key not in self._known:
            self._known[key] = _name(kind, number)
        return self._known[key]


def _name(kind: str, number: int) -> str | None:
    if kind == "page":
        path = Page.objects.filter(pk=number).values_list("url_path", flat=True).first()
        return address(path) if path else None
    model = Picture if kind == "image" else get_document_model()
    found: str | None = model.objects.filter(pk=number).values_list("file", flat=True).first()
    return found


class Numbers:
    """The other way: numbers here of what an export names."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, str], int | None] = {}
        self._root = FrontPage.objects.get().url_path
        # No index finds a file: all are read once, a hundred bytes or so for each.
        for kind, model in (("image", Picture), ("document", get_document_model())):
            for file, number in model.objects.values_list("file", "pk").iterator():
                self.learn(kind, file, number)

    def learn(self, kind: str, name: str, number: int) -> None:
        """Take in what has just been made."""
        self._known[kind, name] = number

    def of(self, kind: str, name: str) -> int | None:
        key = (kind, name)
        if key not in self._known:
            found = self._number(kind, name)
            if found is None:
                # It may come later in the same run.
                return None
            self._known[key] = found
        return self._known[key]

    def _number(self, kind: str, name: str) -> int | None:
        if kind == "page":
            path = self._root + name.lstrip("/")
            return Page.objects.filter(url_path=path).values_list("pk", flat=True).first()
        return None


class _Walk:
    """Goes through blocks and markup, changing whatever points somewhere."""

    def __init__(
        self, link: Callable[[str, str, str, Any], str], point: Callable[[str, Any, Any], Any]
    ) -> None:
        self._link = link
        self._point = point

    def markup(self, text: str, known: Any) -> str:
        if "type=" not in text:
            return text
        return _NUMBERED.sub(lambda match: self._link(match[0], match[4], match[1], known), text)

    def blocks(self, raw: list[Any], known: Any) -> list[Any]:
        return [{**block, "value": self._value(block, known)} for block in raw]

    def _value(self, block: Any, known: Any) -> Any:
        names = Rewrite(
            markup=lambda text: self.markup(text, known),
            image=lambda value: self._point("image", value, known),
            page=lambda value: self._point("page", value, known),
        )
        kind = KINDS.get(block["type"])
        # A kind that nobody knows here is kept as it is.
        return kind.rewrite(block["value"], names) if kind else block["value"]


def _named_link(tag: str, kind: str, _: str, names: Names) -> str:
    match = _ID.search(tag)
    name = names.of(kind, int(match[1])) if match else None
    return tag if name is None or match is None else tag.replace(match[0], f'name="{name}"')


def _numbered_link(tag: str, kind: str, _: str, numbers: Numbers) -> str:
    match = _NAME.search(tag)
    number = numbers.of(kind, match[1]) if match else None
    return tag if number is None or match is None else tag.replace(match[0], f'id="{number}"')


def _named_point(kind: str, value: Any, names: Names) -> Any:
    return names.of(kind, value) if isinstance(value, int) else value


def _numbered_point(kind: str, value: Any, numbers: Numbers) -> Any:
    return numbers.of(kind, value) if isinstance(value, str) else value


named = _Walk(_named_link, _named_point)
numbered = _Walk(_numbered_link, _numbered_point)
