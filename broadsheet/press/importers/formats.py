"""The formats stories come in, and telling them apart by what is in a file."""

import re
from collections.abc import Callable, Iterator, Sequence
from importlib import import_module
from itertools import groupby
from pathlib import Path

from broadsheet.press.importers import texts
from broadsheet.press.importers.records import Complaint, Item, UnusableError, Wishes
from broadsheet.press.importers.sources import Source, UnreadableError, sources

# Name → module. Each has read(sources, wishes).
FORMATS = {
    "wordpress": "wordpress",
    "ghost": "ghost",
    "ninjs": "ninjs",
    "newsml-g2": "newsml",
    "nitf": "nitf",
    "rss": "rss",
    "ans": "ans",
}
NAMES = {
    "wordpress": "WordPress (WXR)",
    "ghost": "Ghost",
    "ninjs": "ninjs",
    "newsml-g2": "NewsML-G2",
    "nitf": "NITF",
    "rss": "RSS or Atom",
    "ans": "Arc ANS",
}

type Reader = Callable[[Sequence[Source], Wishes], Iterator[Item]]


def reader(name: str) -> Reader:
    """Return the function that reads a format."""
    found: Reader = import_module(f"broadsheet.press.importers.{FORMATS[name]}").read
    return found


def read(paths: list[Path], wishes: Wishes, name: str | None = None) -> Iterator[Item]:
    """Yield all stories of some files and folders, and a complaint for each that can't be read.

    Files of one format that follow one another are read together, since a story's picture may
    stand in another file.

    :param name: the format; None to tell it from each file
    :raises UnusableError: before the first story, for a file that was named and can't be used
    """
    named = {path.name for path in paths if path.is_file()}
    found: list[tuple[str, Source | Complaint]] = []
    for source in sources(paths, wishes.limits):
        if isinstance(source, Complaint):
            found.append(("", source))
            continue
        try:
            found.append((name or detect(source), source))
        except (UnusableError, UnreadableError) as error:
            if source.name in named and isinstance(error, UnusableError):
                raise UnusableError(f"{source.name}: {error}") from error
            found.append(("", Complaint(source.name, str(error))))
    if not found:
        raise UnusableError("There is no file to read.")
    for known, group in groupby(found, key=lambda one: one[0]):
        together = [source for _, source in group]
        if known:
            yield from reader(known)([one for one in together if isinstance(one, Source)], wishes)
        else:
            yield from (one for one in together if isinstance(one, Complaint))


def detect(source: Source) -> str:
    """Tell a file's format by its beginning.

    :raises UnusableError: when it is none that can be read
    :raises UnreadableError: when it can't be opened
    """
    head = source.head().lstrip("\ufeff \t\r\n")
    if not head:
        raise UnusableError("the file is empty.")
    known = _markup(head) if head[0] == "<" else _json(head) if head[0] in "{[" else ""
    if not known:
        raise UnusableError(
            f"it is of no format that can be read ({_guess(head)}). Formats are "
            f"{', '.join(FORMATS)} and a paper's own export; say which with --from."
        )
    return known


_ROOT = re.compile(r"<([A-Za-z_][\w.-]*:)?([A-Za-z_][\w.-]*)([^<>]{0,6000})>")
_DOCTYPE = re.compile(r"<!DOCTYPE[^<>\[]*(?:\[.*?\]\s*)?>", re.DOTALL)


def _markup(head: str) -> str:
    head = texts.without(texts.without_comments(head), "<?", "?>")
    # A document has one, before its root.
    declared = _DOCTYPE.match(head, max(0, head.find("<!DOCTYPE")))
    match = _ROOT.search(head, declared.end() if declared else 0)
    if match is None:
        return ""
    root, attributes = match[2], match[3]
    match root:
        case "rss" | "RDF" | "feed":
            is_wordpress = re.search(r"wordpress\.org/export/|xmlns:wp=", attributes)
            return "wordpress" if is_wordpress or "<wp:" in head else "rss"
        case "newsItem" | "newsMessage" | "packageItem" | "contentSet":
            return "newsml-g2"
        case "nitf":
            return "nitf"
        case _:
            return ""


# A string that has no end here takes all the rest: nothing in it is looked at again.
_TOKEN = re.compile(r'"((?:[^"\\]++|\\.)*+)(?:"(\s*:)?|\\?\Z)|[{}\[\]]', re.DOTALL)


def _json(head: str) -> str:
    keys: dict[int, set[str]] = {}
    depth = 0
    for token in _TOKEN.finditer(head):
        if token[2]:
            keys.setdefault(depth, set()).add(token[1])
        elif token[0] in "{[":
            depth += 1
        elif token[0] in "}]":
            depth -= 1
    top = keys.get(1, set()) | (keys.get(2, set()) if head[0] == "[" else set())
    inside = top.union(*(keys.get(level, set()) for level in range(2, 7)))
    if "$schema" in top or {"definitions", "properties"} <= top:
        return ""
    if "db" in top and inside & {"data", "meta"}:
        return "ghost"
    if "posts" in top and inside & {"html", "lexical", "mobiledoc", "slug"}:
        return "ghost"
    if {"from", "to"} <= top:
        return "ghost"
    said = re.search(r'"type"\s*:\s*"(story|redirect|gallery|video|image|section)"', head)
    if re.search(r'"version"\s*:\s*"0\.\d+', head) and (said or "content_elements" in top):
        return "ans"
    if "items" in top:
        top = top | inside
    if top & {"uri", "guid"} and top & _NINJS:
        return "ninjs"
    return ""


_NINJS = {
    "versioncreated", "versionCreated", "headlines", "bodies", "body_html", "body_text",
    "body_xhtml", "pubstatus", "pubStatus", "standard", "headline", "usageterms",
}  # fmt: skip


def _guess(head: str) -> str:
    if '"$schema"' in head[:2000]:
        return "it looks like a JSON Schema, which describes a format and holds no stories"
    if re.search(r"<(?:xsd?:|xs:)?schema\b", head[:5000]):
        return "it looks like an XML Schema, which describes a format and holds no stories"
    if head[0] == "<" and re.match(r"<(?:!doctype html|html)", head, re.IGNORECASE):
        return "it looks like a web page"
    if head[0] in "{[":
        return "it is JSON of another kind"
    if head[0] == "<":
        match = _ROOT.search(head)
        return f"it is XML that begins with <{match[2]}>" if match else "it is XML of another kind"
    if "," in head.partition("\n")[0]:
        return "it looks like a spreadsheet (CSV)"
    return "it is neither XML nor JSON"
