"""Reading XML as a stream: one element after another, nothing fetched, memory bounded.

Export files are often not well-formed: bare ``&`` in addresses, CDATA within CDATA, characters
that XML doesn't know, tags that don't match. So the text is mended before the parser sees it, and
the parser goes on after a fault. Entities are never resolved: names that HTML knows become their
character, others stay as they were written, and a file that declares its own is refused.
"""

import re
from collections.abc import Iterator
from html import escape
from html.entities import html5
from typing import Any

from lxml import etree

from broadsheet.press.importers.records import Limits
from broadsheet.press.importers.sources import Source, UnreadableError
from broadsheet.press.importers.texts import UNPRINTABLE, without_comments

_OPEN, _CLOSE = "<![CDATA[", "]]>"
_AMPERSAND = re.compile(r"&(#[0-9]{1,7};|#[xX][0-9a-fA-F]{1,6};|[A-Za-z][A-Za-z0-9]{1,31};)?")
_KEPT = {"amp;", "lt;", "gt;", "quot;", "apos;"}
# What follows the end of a CDATA section when it is one: a closing tag or the next section.
_AFTER = re.compile(r"\s*(?:</[A-Za-z_][\w.:-]{0,100}\s*>|<!\[CDATA\[)")
_MAYBE_AFTER = re.compile(
    r"\s*(?:<(?:/[\w.:-]{0,100}\s*|!(?:\[(?:C(?:D(?:A(?:T(?:A\[?)?)?)?)?)?)?)?)?"
)
_DOCTYPE = re.compile(r"<!DOCTYPE\s[^<>\[]{0,2000}(\[|>)")
_DECLARATION = re.compile(r"^\ufeff?\s*<\?xml[^>]{0,300}\?>")
_ROOT = re.compile(r"<([A-Za-z_][\w.:-]{0,100})[\s>/]")
_TAIL = 400


class DeclaresEntitiesError(UnreadableError):
    pass


def _reference(match: re.Match[str]) -> str:
    name = match[1]
    if name is None:
        return "&amp;"
    if name in _KEPT:
        return match[0]
    if name[0] == "#":
        number = int(name[2:-1], 16) if name[1] in "xX" else int(name[1:-1])
        if number > 0x10FFFF:
            return ""
        character = UNPRINTABLE.sub("", chr(number))
        # Windows' own numbers for quotation marks, as browsers read them.
        if not character and 0x80 <= number <= 0x9F:
            character = bytes([number]).decode("cp1252", "ignore")
        return escape(character, quote=False)
    if name in html5:
        return escape(html5[name], quote=False)
    return f"&amp;{name}"


def mended(pieces: Iterator[str]) -> Iterator[str]:
    """Yield text that a parser of XML can read.

    :raises DeclaresEntitiesError: when the document declares entities of its own
    """
    rest = ""
    inside = False  # a CDATA section
    first = True
    for piece in pieces:
        rest += piece
        if first:
            if len(rest) < 4000:
                continue
            rest, first = _without_prologue(rest), False
        made, rest, inside = _mend(rest, inside, final=False)
        if made:
            yield made
    if first:
        rest = _without_prologue(rest)
    made, _, _ = _mend(rest, inside, final=True)
    yield made


def _without_prologue(text: str) -> str:
    text = _DECLARATION.sub("", text, count=1)
    if match := _DOCTYPE.search(text):
        if match[1] == "[":
            raise DeclaresEntitiesError(
                "it declares entities of its own, as no system that exports stories does"
            )
        text = text[: match.start()] + text[match.end() :]
    elif "<!ENTITY" in text:
        raise DeclaresEntitiesError(
            "it declares entities of its own, as no system that exports stories does"
        )
    return text.lstrip()


def _mend(text: str, inside: bool, *, final: bool) -> tuple[str, str, bool]:
    """Return (mended, what must wait for the next piece, whether a CDATA section is open)."""
    made: list[str] = []
    at = 0
    while True:
        if inside:
            end = text.find(_CLOSE, at)
            if end < 0:
                stop = len(text) if final else max(at, len(text) - 2)
                made.append(text[at:stop])
                return "".join(made), text[stop:], True
            after = end + len(_CLOSE)
            if _AFTER.match(text, after):
                made.append(text[at:after])
                inside = False
            elif (
                not final
                and _MAYBE_AFTER.fullmatch(text, after, after + 200)
                and len(text) - after < 200
            ):
                # Too little has been read to tell.
                made.append(text[at:end])
                return "".join(made), text[end:], True
            else:
                # The end of a section within the section: it is text.
                made.append(text[at:end] + "]]]]><![CDATA[>")
            at = after
        else:
            start = text.find(_OPEN, at)
            if start < 0:
                stop = len(text) if final else max(at, _safe_end(text))
                made.append(_AMPERSAND.sub(_reference, text[at:stop]))
                return "".join(made), text[stop:], False
            made.append(_AMPERSAND.sub(_reference, text[at:start]) + _OPEN)
            at = start + len(_OPEN)
            inside = True


def _safe_end(text: str) -> int:
    """Return how far the text may be handed on: not into a reference or the opening of CDATA."""
    end = len(text)
    amp = text.rfind("&", max(0, end - 40))
    if amp >= 0 and ";" not in text[amp:]:
        end = amp
    mark = text.rfind("<", max(0, end - len(_OPEN)))
    if mark >= 0 and _OPEN.startswith(text[mark:end]):
        end = mark
    return end


def name(element: etree._Element) -> str:
    """Return an element's name without its namespace or prefix."""
    tag = element.tag
    return tag.rpartition("}")[2].rpartition(":")[2] if isinstance(tag, str) else ""


def elements(source: Source, tags: set[str], limits: Limits) -> Iterator[etree._Element]:
    """Yield the elements of these names in order, each whole, and forget it afterwards.

    Of elements within one another only the outermost is yielded. Case counts.

    :raises UnreadableError: at the place where reading stops; elements that are not whole are
        not yielded
    """
    parser = etree.XMLPullParser(
        events=("start", "end"),
        tag=[f"{{*}}{tag}" for tag in tags],
        recover=True,
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=True,
        remove_comments=True,
        remove_pis=True,
        encoding="utf-8",
    )
    depth = 0
    since = marks = 0
    tail = ""
    root = ""
    for piece in mended(source.text()):
        if not root and (match := _ROOT.search(without_comments(piece))):
            root = match[1]
        tail = (tail + piece)[-_TAIL:]
        for start in range(0, len(piece), 65_536):
            part = piece[start : start + 65_536]
            since += len(part)
            marks += part.count("<")
            if since > limits.item:
                raise UnreadableError(
                    f"one story takes more than {limits.item:,} characters; the rest is not read"
                )
            if marks > limits.elements:
                raise UnreadableError(
                    f"one story takes more than {limits.elements:,} elements; the rest is not read"
                )
            try:
                parser.feed(part.encode("utf-8"))
                events: list[Any] = list(parser.read_events())
            except etree.XMLSyntaxError as error:
                raise UnreadableError(f"it can't be read any further ({_said(error)})") from error
            for event, element in events:
                if event == "start":
                    depth += 1
                    continue
                depth -= 1
                if depth:
                    continue
                since = marks = 0
                yield element
                _forget(element)
    complete = re.search(rf"</\s*{re.escape(root)}\s*>\s*(?:<!--.*?-->\s*)*$", tail, re.DOTALL)
    if not root:
        raise UnreadableError("there is no XML in it")
    if not complete and not re.search(rf"<{re.escape(root)}[^<>]*/>\s*$", tail):
        # What the parser closes by itself at the end is half a story.
        raise UnreadableError("the file ends in the middle; what came last is not taken")


def _said(error: etree.XMLSyntaxError) -> str:
    return str(error).partition("(")[0].strip().rstrip(",")


def _forget(element: etree._Element) -> None:
    parent = element.getparent()
    element.clear()
    if parent is not None:
        while (before := element.getprevious()) is not None:
            parent.remove(before)


def child(element: etree._Element, *names: str) -> etree._Element | None:
    """Return the first child of that name, the first name that there is."""
    for wanted in names:
        for one in element:
            if name(one) == wanted:
                return one
    return None


def children(element: etree._Element, wanted: str) -> Iterator[etree._Element]:
    for one in element:
        if name(one) == wanted:
            yield one


class Children:
    """An element's children by name, read once."""

    def __init__(self, element: etree._Element) -> None:
        self.element = element
        self._by_name: dict[str, list[etree._Element]] = {}
        for one in element:
            self._by_name.setdefault(name(one), []).append(one)

    def all(self, wanted: str) -> list[etree._Element]:
        return self._by_name.get(wanted, [])

    def text(self, wanted: str) -> str:
        """Return the words of the first child of that name; nothing for none."""
        found = self._by_name.get(wanted)
        return words(found[0]) if found else ""


def words(element: etree._Element | None) -> str:
    """Return all text within an element; nothing for none."""
    if element is None:
        return ""
    if len(element) == 0:
        return (element.text or "").strip()
    return "".join(str(text) for text in element.itertext()).strip()


def inner(element: etree._Element) -> str:
    """Return what is within an element, as markup."""
    parts = [escape(element.text or "", quote=False)]
    parts += [etree.tostring(one, encoding="unicode", method="html") for one in element]
    return "".join(parts)
