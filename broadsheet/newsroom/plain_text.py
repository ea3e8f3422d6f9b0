"""The words of a piece of HTML."""

import html
import re

_TAG = re.compile(r"<[^>]*>")
_BREAK = re.compile(
    r"</(?:p|li|h[1-6]|blockquote|td|th|tr|figcaption|pre|div)>|<br\s*/?>", re.IGNORECASE
)


def plain(markup: str) -> str:
    """Return the words of a piece of HTML, blocks parted by a blank."""
    return " ".join(html.unescape(_TAG.sub("", _BREAK.sub(" ", markup))).split())
