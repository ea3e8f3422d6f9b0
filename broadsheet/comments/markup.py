"""From a comment's text to the HTML that pages print: paragraphs, quotations, emphasis, links.

The text is plain text. What looks like HTML in it is shown as it was typed; of what Markdown knows
only ``> quotation``, ``*emphasis*`` and ``**strong**`` are left, and addresses become links that
search engines don't follow. What comes out is cleaned once more, so that a fault in one of the two
libraries alone lets nothing through.
"""

from functools import cache

import nh3
from markdown_it import MarkdownIt

TAGS = {"p", "br", "blockquote", "em", "strong", "a"}
REL = "nofollow ugc noopener"


@cache
def _markdown() -> MarkdownIt:
    made = MarkdownIt("zero", {"html": False, "linkify": True, "breaks": True, "maxNesting": 12})
    made.enable(["blockquote", "emphasis", "linkify", "newline"])
    assert made.linkify is not None
    made.linkify.set({"fuzzy_email": False, "fuzzy_ip": False})
    for scheme in ("ftp:", "//", "mailto:"):
        made.linkify.add(scheme, None)
    return made


def render(text: str) -> str:
    """Return the HTML of a comment."""
    return nh3.clean(
        _markdown().render(text),
        tags=TAGS,
        attributes={"a": {"href"}},
        url_schemes={"http", "https"},
        link_rel=REL,
    ).strip()
