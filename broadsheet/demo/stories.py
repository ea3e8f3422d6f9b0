"""The demo paper's stories: one file to a story, read into plain values.

A file is called after its day and its slug (``2011-03-22-serdyukov-gates.md``). Between two lines
of ``+++`` stands what is told about the story, as TOML; below it the story, in paragraphs parted
by an empty line::

    +++
    headline = "…"
    section = "world/europe"
    published = 2011-03-22T21:11:00
    +++
    A paragraph with *emphasis*, **weight** and a [link](https://example.org/).

    ## A cross-head

    > What somebody said.
    > — Who said it, the office they hold

    ::: picture harbour-dawn
    caption = "What it shows here"
    :::

Moments without an offset are on the paper's clock. docs/running/demo.md lists every word.
"""

import html
import re
import tomllib
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

HERE = Path(__file__).parent
FOLDER = HERE / "stories"
_NAME = re.compile(r"(\d{4}-\d\d-\d\d)-([a-z0-9]+(?:-[a-z0-9]+)*)")
_KEYS = {
    "headline", "standfirst", "section", "by", "dateline", "published", "updated", "topics",
    "access", "comments", "language", "picture", "caption", "teaser_words", "draft",
}  # fmt: skip
_NEEDED = {"headline", "section", "published"}
_MARKS = re.compile(r"\*\*(?P<bold>.+?)\*\*|\*(?P<italic>.+?)\*|\[(?P<words>.+?)\]\((?P<to>\S+?)\)")
_SPACE = uuid.UUID("8f0f6c3e-6a8b-5f0e-9c55-0d3f7b1f2011")

Block = dict[str, Any]


class StoryError(Exception):
    """A story's file that can't be read. Says the file, the line and what to mend."""

    def __init__(self, file: str, line: int, reason: str) -> None:
        super().__init__(f"{file}, line {line}: {reason}")
        self.file = file
        self.line = line
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Change:
    """A correction: before ``at`` the story said ``was`` where it now says ``now``."""

    at: datetime
    was: str = ""
    now: str = ""


@dataclass(frozen=True, slots=True)
class StoryFile:
    """A story as its file tells it.

    :param blocks: the body; pictures and stories stand in it by name (``to_raw`` puts numbers)
    """

    slug: str
    headline: str
    section: str
    published_at: datetime
    standfirst: str = ""
    by: tuple[str, ...] = ()
    dateline: str = ""
    updated_at: datetime | None = None
    topics: tuple[str, ...] = ()
    access: str = "readers"
    comments: str = "open"
    language: str = ""
    picture: str = ""
    caption: str = ""
    teaser_words: int | None = None
    draft: bool = False
    blocks: tuple[Block, ...] = ()
    changes: tuple[Change, ...] = field(default=())

    @property
    def moments(self) -> list[datetime]:
        """Return when it was published and when it was changed after that, in order."""
        after = {change.at for change in self.changes}
        if self.updated_at:
            after.add(self.updated_at)
        return [self.published_at, *sorted(after)]

    def as_of(self, moment: datetime) -> "StoryFile":
        """Return the story as it stood at a moment: without what was corrected later."""
        later = [change for change in self.changes if change.at > moment]
        kept = [
            block
            for block in self.blocks
            if not (block["type"] == "correction" and _at(block) > moment)
        ]
        for change in later:
            if change.now:
                kept = [_replaced(block, change.now, change.was) for block in kept]
        # A corrected story is an updated one.
        updated = max((at for at in self.moments[1:] if at <= moment), default=None)
        return replace(self, blocks=tuple(kept), updated_at=updated)


def _at(block: Block) -> datetime:
    return datetime.fromisoformat(block["value"]["corrected_at"])


def _replaced(block: Block, old: str, new: str) -> Block:
    if block["type"] == "correction":
        return block
    return {**block, "value": _swap(block["value"], old, new)}


def _swap(value: Any, old: str, new: str) -> Any:
    match value:
        case str():
            return value.replace(old, new)
        case list():
            return [_swap(one, old, new) for one in value]
        case dict():
            return {name: _swap(one, old, new) for name, one in value.items()}
        case _:
            return value


def read_all(zone: ZoneInfo, folder: Path = FOLDER) -> list[StoryFile]:
    """Return every story of a folder, earliest first.

    :param zone: the paper's zone, for moments without an offset
    :raises StoryError: for the first file that can't be read
    """
    found = [read(file, zone) for file in sorted(folder.glob("*.md"))]
    return sorted(found, key=lambda story: (story.published_at, story.slug))


def read(file: Path, zone: ZoneInfo) -> StoryFile:
    """Read one story.

    :raises StoryError: when it can't be read, with the line and what to mend
    """
    named = _NAME.fullmatch(file.stem)
    if not named:
        raise StoryError(file.name, 1, "its name must be a day and a slug: 2026-11-24-a-slug.md")
    told, lines, first = _parts(file)
    for name in told:
        if name not in _KEYS:
            known = ", ".join(sorted(_KEYS))
            raise StoryError(file.name, 1, f"{name!r} is not known; these are: {known}")
    for name in sorted(_NEEDED - told.keys()):
        raise StoryError(file.name, 1, f"{name!r} is missing")

    def moment(name: str) -> datetime | None:
        if name not in told:
            return None
        return _moment(told[name], zone, lambda why: StoryError(file.name, 1, f"{name} {why}"))

    published = moment("published")
    assert published is not None
    if published.astimezone(zone).date() != date.fromisoformat(named[1]):
        raise StoryError(file.name, 1, f"was published on {published:%Y-%m-%d}, not on {named[1]}")
    body = _Body(file.name, named[2], zone)
    blocks = tuple(body.blocks(lines, first))
    for change in body.changes:
        if change.now and [_replaced(one, change.now, "") for one in blocks] == list(blocks):
            raise StoryError(file.name, 1, f"was corrected to {change.now!r}, which isn't in it")
    return StoryFile(
        slug=named[2],
        headline=told["headline"],
        section=told["section"],
        published_at=published,
        updated_at=moment("updated"),
        by=tuple(told.get("by", ())),
        topics=tuple(told.get("topics", ())),
        blocks=blocks,
        changes=tuple(body.changes),
        **{
            name: told[name]
            for name in (
                "standfirst", "dateline", "access", "comments", "language",
                "picture", "caption", "teaser_words", "draft",
            )
            if name in told
        },
    )  # fmt: skip


def _parts(file: Path) -> tuple[dict[str, Any], list[str], int]:
    """Return what is told, the lines of the body, and the number of the first of them."""
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except UnicodeDecodeError as error:
        raise StoryError(file.name, 1, f"is not UTF-8 ({error.reason})") from error
    if not lines or lines[0] != "+++" or "+++" not in lines[1:]:
        raise StoryError(file.name, 1, "must begin with TOML between two lines of +++")
    end = lines.index("+++", 1)
    try:
        told = tomllib.loads("\n".join(lines[1:end]))
    except tomllib.TOMLDecodeError as error:
        raise StoryError(
            file.name, 1, f"what stands between the +++ is no TOML ({error})"
        ) from error
    return told, lines[end + 1 :], end + 2


def _moment(value: Any, zone: ZoneInfo, wrong: Callable[[str], StoryError]) -> datetime:
    if not isinstance(value, datetime):
        raise wrong("must be a moment, as in 2026-11-24T09:30:00")
    return value if value.tzinfo else value.replace(tzinfo=zone)


def inline(text: str) -> str:
    """Return a line of text with its marks as HTML."""

    def marked(found: re.Match[str]) -> str:
        if found["bold"]:
            return f"<b>{inline(found['bold'])}</b>"
        if found["italic"]:
            return f"<i>{inline(found['italic'])}</i>"
        return f'<a href="{html.escape(found["to"])}">{inline(found["words"])}</a>'

    made = ""
    at = 0
    for found in _MARKS.finditer(text):
        made += html.escape(text[at : found.start()], quote=False) + marked(found)
        at = found.end()
    return made + html.escape(text[at:], quote=False)


class _Body:
    """Reads the body of one file. ``changes`` fills with what its corrections changed."""

    def __init__(self, file: str, slug: str, zone: ZoneInfo) -> None:
        self.file = file
        self.slug = slug
        self.zone = zone
        self.changes: list[Change] = []
        self.made = 0

    def wrong(self, line: int, reason: str) -> StoryError:
        return StoryError(self.file, line, reason)

    def number(self, kind: str) -> str:
        """Return the same id for the same block of the same story each time."""
        self.made += 1
        return str(uuid.uuid5(_SPACE, f"{self.slug} {self.made} {kind}"))

    def block(self, kind: str, value: Any) -> Block:
        return {"type": kind, "value": value, "id": self.number(kind)}

    def items(self, values: list[Any]) -> list[Block]:
        return [{"type": "item", "value": one, "id": self.number("item")} for one in values]

    def blocks(self, lines: list[str], first: int) -> Iterator[Block]:
        """Yield the blocks.

        :param first: the number of the first line in its file
        """
        at = 0
        while at < len(lines):
            if not lines[at].strip():
                at += 1
                continue
            start = at
            if lines[at].startswith(":::"):
                at += 1
                while at < len(lines) and lines[at].strip() != ":::":
                    at += 1
                if at == len(lines):
                    raise self.wrong(first + start, "no line of ::: ends this block")
                at += 1
                yield self.fenced(lines[start], "\n".join(lines[start + 1 : at - 1]), first + start)
                continue
            while at < len(lines) and lines[at].strip() and not lines[at].startswith(":::"):
                at += 1
            yield self.prose(lines[start:at], first + start)

    def prose(self, lines: list[str], line: int) -> Block:
        if lines[0].startswith("## "):
            if len(lines) > 1:
                raise self.wrong(line, "an empty line must follow a cross-head")
            return self.block("crosshead", lines[0][3:].strip())
        if lines[0].startswith("> "):
            return self.quotation(lines, line)
        if lines[0].startswith("#"):
            raise self.wrong(line, "a cross-head is written with two signs: ## Like this")
        for mark, tag in (("- ", "ul"), ("1. ", "ol")):
            if lines[0].startswith(mark):
                return self.block("paragraph", self.list_of(lines, mark, tag, line))
        return self.block("paragraph", f"<p>{inline(' '.join(one.strip() for one in lines))}</p>")

    def list_of(self, lines: list[str], mark: str, tag: str, line: int) -> str:
        """Return a list. Every entry begins with the mark; a line set in goes on with the last."""
        entries: list[str] = []
        for number, text in enumerate(lines, start=line):
            if text.startswith(mark) or (tag == "ol" and re.match(r"\d+\. ", text)):
                entries.append(text.partition(" ")[2].strip())
            elif text.startswith(" "):
                entries[-1] += " " + text.strip()
            else:
                raise self.wrong(
                    number, f"a line of this list begins with neither {mark!r} nor blanks"
                )
        return f"<{tag}>" + "".join(f"<li>{inline(one)}</li>" for one in entries) + f"</{tag}>"

    def quotation(self, lines: list[str], line: int) -> Block:
        said = [text[1:].strip() for text in lines if text.startswith(">")]
        if len(said) < len(lines):
            raise self.wrong(line, "every line of a quotation begins with >")
        if not said[-1].startswith("— ") or len(said) < 2:
            raise self.wrong(line, "a quotation ends with its speaker: > — Name, office")
        speaker, _, office = said.pop()[2:].partition(", ")
        text = f"<p>{inline(' '.join(said))}</p>"
        return self.block("quotation", {"text": text, "speaker": speaker, "office": office})

    def fenced(self, opening: str, inside: str, line: int) -> Block:
        _, kind, *names = opening.split() if len(opening.split()) > 1 else ("", "", "")
        readers: dict[str, Callable[[dict[str, Any], list[str]], Any]] = {
            "picture": self.picture,
            "gallery": self.gallery,
            "table": self.table,
            "embed": self.embed,
            "related": self.related,
            "correction": self.correction,
        }
        if kind not in readers:
            raise self.wrong(line, f"{kind!r} is no block; these are: {', '.join(readers)}")
        try:
            told = tomllib.loads(inside)
        except tomllib.TOMLDecodeError as error:
            raise self.wrong(line, f"the {kind} is no TOML ({error})") from error
        try:
            value = readers[kind](told, names)
        except KeyError as error:
            raise self.wrong(line, f"the {kind} lacks {error.args[0]!r}") from error
        except ValueError as error:
            raise self.wrong(line, f"the {kind} {error}") from error
        if told:
            raise self.wrong(line, f"the {kind} knows no {', '.join(map(repr, told))}")
        return self.block(kind, value)

    @staticmethod
    def one_picture(name: str, told: dict[str, Any]) -> dict[str, Any]:
        return {
            "picture": name,
            "caption": told.pop("caption", ""),
            "credit": told.pop("credit", ""),
            "alternative_text": told.pop("alternative_text", ""),
        }

    def picture(self, told: dict[str, Any], names: list[str]) -> dict[str, Any]:
        if len(names) != 1:
            raise ValueError("names no picture, or several: ::: picture harbour-dawn")
        return self.one_picture(names[0], told)

    def gallery(self, told: dict[str, Any], names: list[str]) -> dict[str, Any]:
        pictures = []
        for one in told.pop("pictures"):
            pictures.append(self.one_picture(one.pop("picture"), one))
            if one:
                raise ValueError(f"has a picture with {', '.join(map(repr, one))}")
        return {"title": told.pop("title", ""), "pictures": self.items(pictures)}

    def table(self, told: dict[str, Any], names: list[str]) -> dict[str, Any]:
        headings = told.pop("columns")
        columns = [
            {
                "type": "number" if one.startswith("#") else "text",
                "heading": one.lstrip("#").strip(),
            }
            for one in headings
        ]
        rows = told.pop("rows")
        for number, row in enumerate(rows, start=1):
            if len(row) != len(columns):
                raise ValueError(
                    f"has {len(row)} cells in row {number} under {len(columns)} headings"
                )
        caption = told.pop("caption", "")
        return {
            "caption": caption,
            "table": {
                "columns": columns,
                "rows": [{"values": [str(cell) for cell in row]} for row in rows],
                "caption": "",
            },
            "source": told.pop("source", ""),
        }

    def embed(self, told: dict[str, Any], names: list[str]) -> dict[str, Any]:
        return {"url": told.pop("url"), "title": told.pop("title")}

    def related(self, told: dict[str, Any], names: list[str]) -> dict[str, Any]:
        stories = told.pop("stories")
        return {"title": told.pop("title", "Read more"), "stories": self.items(stories)}

    def correction(self, told: dict[str, Any], names: list[str]) -> dict[str, Any]:
        at = _moment(told.pop("at"), self.zone, lambda why: ValueError(f"at {why}"))  # type: ignore[arg-type, return-value]
        was, now = told.pop("was", ""), told.pop("now", "")
        if bool(was) != bool(now):
            raise ValueError("says one of 'was' and 'now'; it must say both or neither")
        self.changes.append(Change(at, was, now))
        return {"corrected_at": at.isoformat(), "text": f"<p>{inline(told.pop('text'))}</p>"}


def to_raw(
    blocks: tuple[Block, ...], *, pictures: dict[str, int], stories: dict[str, int]
) -> list[Block]:
    """Return a body as it is stored, with numbers in the place of names.

    :param pictures: name → number of every picture
    :param stories: slug → number of every story there is so far
    :raises LookupError: when it names a picture or a story that there isn't
    """

    def picture(value: dict[str, Any]) -> dict[str, Any]:
        if value["picture"] not in pictures:
            raise LookupError(f"there is no picture {value['picture']!r}")
        return {**value, "picture": pictures[value["picture"]]}

    def linked(slug: str) -> int:
        if slug not in stories:
            raise LookupError(f"no story {slug!r} was published before it")
        return stories[slug]

    made = []
    for block in blocks:
        value = block["value"]
        match block["type"]:
            case "picture":
                value = picture(value)
            case "gallery":
                items = [{**one, "value": picture(one["value"])} for one in value["pictures"]]
                value = {**value, "pictures": items}
            case "related":
                items = [{**one, "value": linked(one["value"])} for one in value["stories"]]
                value = {**value, "stories": items}
        made.append({**block, "value": value})
    return made
