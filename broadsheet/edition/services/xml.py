"""Writing XML a piece at a time."""

import re
from typing import Any
from xml.sax.saxutils import escape, quoteattr

# What XML 1.0 has no room for.
_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n'


def text(value: Any) -> str:
    return escape(_FORBIDDEN.sub("", str(value)))


def element(name: str, value: Any = None, **attributes: Any) -> str:
    """Return an element that holds text. Attributes whose value is None are left out.

    A colon in an attribute's name is written as two underscores, and a reserved word ends in one.
    """
    written = "".join(
        f" {key.rstrip('_').replace('__', ':')}={quoteattr(_FORBIDDEN.sub('', str(held)))}"
        for key, held in attributes.items()
        if held is not None
    )
    if value is None or value == "":
        return f"<{name}{written}/>"
    return f"<{name}{written}>{text(value)}</{name}>"


def around(name: str, *inside: str) -> str:
    """Return an element that holds elements."""
    return f"<{name}>{''.join(inside)}</{name}>"
