"""The one policy on HTML: what of it may stand on a page, whoever wrote it.

Words from the desk and words that came with an import pass here on their way to a page. Nothing
is left that runs, styles, frames or fetches from elsewhere.
"""

import re
from collections.abc import Callable, Iterable

import nh3
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from wagtail.models import Page
from wagtail.rich_text import features
from wagtail.rich_text.rewriters import LinkRewriter

_LINE = {"a", "abbr", "b", "br", "cite", "code", "del", "em", "i", "ins", "mark", "q", "s", "small",
         "span", "strong", "sub", "sup", "time", "u"}  # fmt: skip
_TEXT = _LINE | {"p", "ol", "ul", "li"}
_IMPORTED = _TEXT | {
    "blockquote", "caption", "dd", "div", "dl", "dt", "figcaption", "figure", "h2", "h3", "h4", "h5",
    "h6", "hr", "pre", "table", "tbody", "td", "tfoot", "th", "thead", "tr",
}  # fmt: skip
_ATTRIBUTES = {
    "*": {"lang", "dir"},
    "a": {"href"},
    "abbr": {"title"},
    "ol": {"start"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan", "scope"},
    "time": {"datetime"},
}
_SCHEMES = {"http", "https", "mailto", "tel"}
_PART = "\0"
# The page has its own first heading.
_FIRST_HEADING = re.compile(r"(</?)h1\b", re.IGNORECASE)


def text(html: str) -> SafeString:
    """Clean the HTML of paragraphs and lists."""
    return _clean(html, _TEXT)


def line(html: str) -> SafeString:
    """Clean the HTML of one line: what may stand inside a paragraph."""
    return _clean(html, _LINE)


def imported(html: str) -> SafeString:
    """Clean HTML that came with an import, tables and headings among it."""
    cleaned = _clean(_FIRST_HEADING.sub(r"\1h2", html), _IMPORTED)
    # A wide table scrolls inside itself, by keyboard too.
    framed = cleaned.replace(
        "<table>", '<div class="scroller" tabindex="0" role="group" aria-label="Table"><table>'
    ).replace("</table>", "</table></div>")
    return mark_safe(framed)  # noqa: S308  # cleaned above


def _clean(html: str, tags: set[str]) -> SafeString:
    cleaned = nh3.clean(
        html,
        tags=tags,
        attributes=_ATTRIBUTES,
        url_schemes=_SCHEMES,
        link_rel=None,
        clean_content_tags={"script", "style", "iframe", "object", "noscript", "template"},
    )
    return mark_safe(cleaned)  # noqa: S308  # what nh3 is for


def expand(texts: Iterable[str], clean: Callable[[str], SafeString] = text) -> list[SafeString]:
    """Make rich text ready to print: links to pages and documents become addresses.

    All texts of a page cost one query for the pages they lead to and one for the documents.
    A link to a page that isn't live is left out, its words stay.
    """
    texts = [one.replace(_PART, "") for one in texts]
    expanded = _links(_PART.join(texts)).split(_PART)
    if len(expanded) != len(texts):
        # An unclosed tag swallowed what parts two texts.
        expanded = [_links(one) for one in texts]
    return [clean(one) for one in expanded]


def _links(html: str) -> str:
    rules = {
        name: handler.expand_db_attributes_many
        for name, handler in features.get_link_types().items()
    }
    rewritten: str = LinkRewriter(bulk_rules={**rules, "page": _to_pages})(html)
    return rewritten


def _to_pages(links: list[dict[str, str]]) -> list[str]:
    numbers = {int(number) for one in links if (number := one.get("id", "")).isdecimal()}
    pages = Page.objects.live().filter(pk__in=numbers).only("url_path").in_bulk()
    tags = []
    for one in links:
        page = pages.get(int(number)) if (number := one.get("id", "")).isdecimal() else None
        tags.append(f'<a href="{escape(page.url)}">' if page else "<a>")
    return tags
