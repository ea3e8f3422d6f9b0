"""From a comment's text to the HTML that pages print: paragraphs, quotations, emphasis, links.

The text is plain text. What looks like HTML in it is shown as it was typed; of what Markdown knows
only ``> quotation``, ``*emphasis*`` and ``**strong**`` are left, and addresses become links that
search engines don't follow. What comes out is cleaned once more, so that a fault in one of the two
libraries alone lets nothing through.
"""

import re
from functools import cache
from typing import Any

import mdurl
import nh3
from linkify_it import LinkifyIt
from linkify_it.main import Match
from markdown_it import MarkdownIt
from markdown_it.common.normalize_url import normalizeLink, normalizeLinkText
from markdown_it.rules_inline import StateInline
from markdown_it.rules_inline.state_inline import Delimiter

from broadsheet.rules import links

TAGS = {"p", "br", "blockquote", "em", "strong", "a"}
REL = "nofollow ugc noopener"

# Markdown lets the line after a quotation belong to it; here a quotation ends with its last “>”.
_QUOTATION_ENDS = re.compile(r"^( {0,3}>.*\n)(?! {0,3}>)(?=.*\S)", re.MULTILINE)
_INDENTED = re.compile(r"^( +)(?=[^ >])", re.MULTILINE)
# Markdown takes white space from the beginning of a line, so something else stands before it until
# the HTML is made. No comment holds it: it is a character that doesn't show.
_HOLD = "\u2060"


class _Links(LinkifyIt):
    """Finds addresses. One without ``http://`` must be one that nobody would write by accident."""

    def match(self, text: str) -> list[Match] | None:
        matches: list[Match] = super().match(text) or []
        return [one for one in matches if one.schema or links.is_bare_address(one.raw)] or None


def _emphasis(state: StateInline, silent: bool) -> bool:
    """Take stars round words, and neither underscores (``__init__``) nor sums (``2*3*4``)."""
    if silent or state.src[state.pos] != "*":
        return False
    delims = state.scanDelims(state.pos, False)
    for _ in range(delims.length):
        state.push("text", "", 0).content = "*"
        state.delimiters.append(
            Delimiter(
                marker=ord("*"),
                length=delims.length,
                token=len(state.tokens) - 1,
                end=-1,
                open=delims.can_open,
                close=delims.can_close,
            )
        )
    state.pos += delims.length
    return True


def _link_text(url: str) -> str:
    """Return a link's words: the host as it was typed, unless it was made to pass for another."""
    shown = normalizeLinkText(url)
    host = mdurl.parse(shown, slashes_denote_host=True).hostname or ""
    return normalizeLink(url) if links.deceives(host) else shown


@cache
def _markdown() -> MarkdownIt:
    made = MarkdownIt("zero", {"html": False, "linkify": True, "breaks": True, "maxNesting": 12})
    made.enable(["blockquote", "emphasis", "linkify", "newline"])
    made.inline.ruler.at("emphasis", _emphasis)
    finder: Any = _Links()
    finder.set({"fuzzy_email": False, "fuzzy_ip": False})
    for scheme in ("ftp:", "//", "mailto:"):
        finder.add(scheme, None)
    made.linkify = finder
    made.normalizeLinkText = _link_text  # type: ignore[method-assign, assignment]
    return made


def render(text: str) -> str:
    """Return the HTML of a comment."""
    text = _QUOTATION_ENDS.sub(r"\1\n", text)
    text = _INDENTED.sub(lambda spaces: _HOLD + "\u00a0" * len(spaces[1]), text)
    return nh3.clean(
        _markdown().render(text).replace(_HOLD, ""),
        tags=TAGS,
        attributes={"a": {"href"}},
        url_schemes={"http", "https"},
        link_rel=REL,
    ).strip()
