"""What stands around a story: its section, its authors, its topics; made where they are missing."""

import hashlib
from collections.abc import Iterable
from typing import Any

from django.utils.text import slugify

from broadsheet.newsroom import addresses
from broadsheet.newsroom.models import Author, FrontPage, SectionPage, Topic
from broadsheet.press.importers.records import Byline, Term
from broadsheet.press.importers.texts import shorten

DEFAULT_SECTION = Term("Archive", "from-the-archive")
DEEPEST = 6


def slug(text: str, *, otherwise: str, length: int = 120) -> str:
    """Return an address's part made of some words, the same for the same words.

    :param otherwise: what stands before a digest where the words hold no letter
    """
    made = slugify(text.replace("_", "-"), allow_unicode=True)[:length].strip("-")
    return made or f"{otherwise}-{hashlib.sha256(text.encode()).hexdigest()[:8]}"


class Sections:
    """Sections by their path from the top, made when first asked for."""

    def __init__(self, default: str = "") -> None:
        self.front_page = FrontPage.objects.get()
        self.default = (Term(default) if default else DEFAULT_SECTION,)
        self._known: dict[tuple[str, ...], SectionPage] = {}

    def find(self, path: tuple[Term, ...]) -> SectionPage:
        """Return a section; the default one for an empty path."""
        path = tuple(term for term in path[:DEEPEST] if term.name.strip() or term.slug)
        if not path:
            path = self.default
        key: tuple[str, ...] = ()
        above: Any = self.front_page
        for term in path:
            key = (*key, self._slug(term, top=not key))
            if key not in self._known:
                self._known[key] = self._find(above, key[-1], term)
            above = self._known[key]
        found: SectionPage = above
        return found

    def forget(self) -> None:
        """Look everything up anew: a transaction that made sections was rolled back."""
        self._known.clear()

    def above(self, section: SectionPage) -> list[int]:
        """Return the numbers of a section and of those above it."""
        paths = [section.path[:end] for end in range(12, len(section.path) + 1, section.steplen)]
        by_path = {one.path: one.pk for one in self._known.values()}
        missing = [path for path in paths if path not in by_path]
        if missing:
            by_path |= dict(SectionPage.objects.filter(path__in=missing).values_list("path", "pk"))
        return [by_path[path] for path in paths if path in by_path]

    def _slug(self, term: Term, *, top: bool) -> str:
        made = slug(term.slug or term.name, otherwise="section")
        return f"{made}-section" if top and addresses.is_taken(made) else made

    def _find(self, above: Any, wanted: str, term: Term) -> SectionPage:
        name = shorten(term.name or term.slug, 255)
        children = SectionPage.objects.child_of(above)
        found = children.filter(slug=wanted).first() or children.filter(title__iexact=name).first()
        if found:
            return found
        above.refresh_from_db()
        made: SectionPage = above.add_child(instance=SectionPage(title=name, slug=wanted))
        made.save_revision().publish()
        made.refresh_from_db()
        return made


class People:
    """Authors by name."""

    def __init__(self) -> None:
        self._known: dict[str, int] = {}

    def find(self, bylines: Iterable[Byline]) -> list[int]:
        """Return the numbers of authors, in order, each once."""
        found: dict[int, None] = {}
        for byline in bylines:
            wanted = slug(byline.name, otherwise="author")
            if wanted not in self._known:
                author, _ = Author.objects.get_or_create(
                    slug=wanted,
                    defaults={
                        "name": byline.name,
                        "kind": byline.kind.value,
                        "office": byline.office,
                    },
                )
                self._known[wanted] = author.pk
            found[self._known[wanted]] = None
        return list(found)

    def forget(self) -> None:
        self._known.clear()


class Topics:
    """Topics by name."""

    def __init__(self) -> None:
        self._known: dict[str, int] = {}

    def find(self, terms: Iterable[Term]) -> list[int]:
        found: dict[int, None] = {}
        for term in terms:
            name = shorten(term.name or term.slug, 120)
            if not name:
                continue
            wanted = slug(term.slug or name, otherwise="topic")
            if wanted not in self._known:
                topic, _ = Topic.objects.get_or_create(slug=wanted, defaults={"name": name})
                self._known[wanted] = topic.pk
            found[self._known[wanted]] = None
        return list(found)

    def forget(self) -> None:
        self._known.clear()
