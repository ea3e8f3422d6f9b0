"""Which of the paper's font files a page needs at once, so that it can ask for them early.

The stylesheet names all files, and a browser fetches those whose letters a page holds; but it learns
that only after styles and layout, and until then the text stands in a font of the reader's system.
What the first screen needs is preloaded. ``tools/fonts.py`` makes the files and says which letters
are in which; the classes are those of ``site.css``.
"""

import re
from enum import StrEnum
from html.parser import HTMLParser


class Style(StrEnum):
    """A style of the paper's type, named like its files."""

    TEXT = "newsreader-text"
    BOLD = "newsreader-bold"
    ITALIC = "newsreader-italic"
    DISPLAY = "newsreader-display"
    LABELS = "public-sans"


ALWAYS = (Style.DISPLAY, Style.TEXT, Style.LABELS)
FIRST_SCREEN = 9_000  # characters of a page's source: more than a screen shows
COMMON = " -~\u00a0\u00a3\u00a9\u00b0\u00b7\u00d7\u00e8\u00e9\u2013\u2014\u2018\u2019\u201c\u201d\u2026\u20ac"
MORE = (
    "\u00a1\u00aa\u00ab\u00ba\u00bb\u00bf-\u00d6\u00d8-\u00e7\u00ea-\u00f6\u00f8-\u00ff"
    "\u0131\u0152\u0153"
)
EXTENDED = "\u0100-\u0130\u0132-\u0151\u0154-\u017f\u0218-\u021b"
MONEY = "\u20a0-\u20ab\u20ad-\u20bf"
# What hardly any English page has: other letters, and words that lean or are bold.
_MARKED = re.compile(rf"[^\s{COMMON}]|<(?:i|em|cite|b|strong)\b")
_PARTS = {"more": re.compile(f"[{MORE}]"), "ext": re.compile(f"[{EXTENDED}]"), "money": re.compile(f"[{MONEY}]")}  # fmt: skip
_HEADINGS = frozenset({"h1", "h2", "h3", "h4"})
_BY_TAG = {"i": Style.ITALIC, "em": Style.ITALIC, "cite": Style.ITALIC, "b": Style.BOLD, "strong": Style.BOLD}  # fmt: skip
_BY_CLASS = {
    "masthead": Style.LABELS, "masthead__name": Style.DISPLAY, "nameplate__name": Style.DISPLAY,
    "quotation": Style.DISPLAY, "meta": Style.LABELS, "kicker": Style.LABELS,
    "bylines": Style.LABELS, "head-line": Style.LABELS, "caption": Style.LABELS,
    "rail-title": Style.LABELS, "buttons": Style.LABELS, "tabs": Style.LABELS,
    "topics": Style.LABELS,
}  # fmt: skip
_EMPTY = frozenset({"area", "br", "hr", "img", "input", "link", "meta", "source", "wbr"})


def files(html: str) -> list[str]:
    """Return the files that the first screen of a page is set in, without their endings."""
    shown = _first_screen(html)
    if not _MARKED.search(shown):
        return list(ALWAYS)
    words = _Reader.read(shown)
    styles = [*ALWAYS, *(style for style in (Style.ITALIC, Style.BOLD) if words[style])]
    return [
        *styles,
        *(
            f"{style}-{part}"
            for part, letters in _PARTS.items()
            for style in styles
            if letters.search(words[style])
        ),
    ]


def _first_screen(html: str) -> str:
    start, content = max(html.find("<body"), 0), max(html.find("<main"), 0)
    return html[start : content + FIRST_SCREEN]


class _Reader(HTMLParser):
    """Collects the words of a page by the style in which they are set."""

    def __init__(self) -> None:
        super().__init__()
        self.words = dict.fromkeys(Style, "")
        self._styles = [Style.TEXT]

    @classmethod
    def read(cls, html: str) -> dict[Style, str]:
        reader = cls()
        reader.feed(html)
        return reader.words

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in _EMPTY:
            self._styles.append(self._style(tag, dict(attrs).get("class") or ""))

    def handle_endtag(self, tag: str) -> None:
        if len(self._styles) > 1:
            self._styles.pop()

    def handle_data(self, data: str) -> None:
        if data.strip():
            self.words[self._styles[-1]] += data

    def _style(self, tag: str, classes: str) -> Style:
        for name in classes.split():
            if style := _BY_CLASS.get(name):
                return style
        if tag in _HEADINGS:
            return Style.DISPLAY
        around = self._styles[-1]
        # Labels and headlines have no italics of their own.
        return _BY_TAG.get(tag, around) if around is Style.TEXT else around
