"""Ghost's two ways to keep a story, Lexical and Mobiledoc, as HTML, where it kept no HTML."""

from collections.abc import Callable
from html import escape
from typing import Any

from broadsheet.press import strict_json
from broadsheet.press.importers.records import rows, text_of

_DEEPEST = 60
_FORMATS = ((1, "b"), (2, "i"), (32, "sub"), (64, "sup"))


def from_lexical(text: str) -> str:
    """Return the HTML of a Lexical document.

    :raises ValueError: when it is none
    """
    document = strict_json.loads(text)
    if not isinstance(document, dict):
        raise ValueError("no Lexical document")
    return _inside(document.get("root") or {}, 0)


def _inside(node: Any, depth: int) -> str:
    children = node.get("children") if isinstance(node, dict) else None
    return "".join(_node(one, depth + 1) for one in rows(children))


def _node(node: Any, depth: int) -> str:
    if depth > _DEEPEST:
        raise ValueError("values are nested too deep to be read")
    kind = text_of(node.get("type"))
    inside = _inside(node, depth)
    if card := _CARDS.get(kind):
        return card(node, inside)
    match kind:
        case "text" | "extended-text":
            shown = escape(text_of_kept(node.get("text")), quote=False)
            marks = node.get("format")
            for bit, tag in _FORMATS:
                if isinstance(marks, int) and marks & bit:
                    shown = f"<{tag}>{shown}</{tag}>"
            return shown
        case "linebreak":
            return "<br>"
        case "heading" | "extended-heading":
            return f"<h3>{inside}</h3>"
        case "quote" | "extended-quote" | "aside":
            return f"<blockquote><p>{inside}</p></blockquote>"
        case "list":
            tag = "ol" if node.get("listType") == "number" else "ul"
            return f"<{tag}>{inside}</{tag}>"
        case "listitem":
            return f"<li>{inside}</li>"
        case "link" | "autolink":
            return f'<a href="{escape(text_of(node.get("url")))}">{inside}</a>'
        case "paragraph":
            return f"<p>{inside}</p>"
        case _:
            return inside


def text_of_kept(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _image(node: Any, _: str) -> str:
    source, alt = escape(text_of(node.get("src"))), escape(text_of(node.get("alt")))
    return (
        f'<figure><img src="{source}" alt="{alt}">'
        f"<figcaption>{text_of(node.get('caption'))}</figcaption></figure>"
    )


def _gallery(node: Any, _: str) -> str:
    shown = "".join(
        f'<img src="{escape(text_of(one.get("src")))}" alt="{escape(text_of(one.get("alt")))}">'
        for one in rows(node.get("images"))
    )
    return f"<figure>{shown}<figcaption>{text_of(node.get('caption'))}</figcaption></figure>"


def _embed(node: Any, _: str) -> str:
    url = escape(text_of(node.get("url")) or text_of(node.get("src")))
    return f'<iframe src="{url}" title="{escape(text_of(node.get("title")))}"></iframe>'


def _bookmark(node: Any, _: str) -> str:
    about = node.get("metadata") if isinstance(node.get("metadata"), dict) else {}
    url, title = escape(text_of(node.get("url"))), escape(text_of(about.get("title")), quote=False)
    return f'<p><a href="{url}">{title or url}</a></p>'


def _button(node: Any, _: str) -> str:
    url = escape(text_of(node.get("buttonUrl")))
    return f'<p><a href="{url}">{escape(text_of(node.get("buttonText")), quote=False)}</a></p>'


_CARDS: dict[str, Callable[[Any, str], str]] = {
    "image": _image,
    "gallery": _gallery,
    "embed": _embed,
    "video": _embed,
    "audio": _embed,
    "bookmark": _bookmark,
    "button": _button,
    "html": lambda node, _: text_of_kept(node.get("html")),
    "markdown": lambda node, _: f"<p>{escape(text_of_kept(node.get('markdown')), quote=False)}</p>",
    "codeblock": lambda node, _: (
        f"<pre>{escape(text_of_kept(node.get('code')), quote=False)}</pre>"
    ),
    "callout": lambda node, _: f"<p>{text_of_kept(node.get('calloutText'))}</p>",
    "toggle": lambda node, _: (
        f"<h3>{text_of_kept(node.get('heading'))}</h3>{text_of_kept(node.get('content'))}"
    ),
    "horizontalrule": lambda _, __: "<hr>",
    "paywall": lambda _, __: "<!--members-only-->",
}


def from_mobiledoc(text: str) -> str:
    """Return the HTML of a Mobiledoc document.

    :raises ValueError: when it is none
    """
    document = strict_json.loads(text)
    if not isinstance(document, dict):
        raise ValueError("no Mobiledoc document")
    try:
        return "".join(_section(one, document) for one in document.get("sections") or [])
    except (IndexError, TypeError, KeyError, AttributeError) as error:
        raise ValueError("a Mobiledoc document that can't be read") from error


def _section(section: Any, document: Any) -> str:
    match section[0]:
        case 1:
            tag = (
                section[1]
                if section[1] in {"p", "h1", "h2", "h3", "h4", "blockquote", "aside"}
                else "p"
            )
            return f"<{tag}>{_markers(section[2], document)}</{tag}>"
        case 2:
            return f'<img src="{escape(section[1])}">'
        case 3:
            tag = "ol" if section[1] == "ol" else "ul"
            items = "".join(f"<li>{_markers(one, document)}</li>" for one in section[2])
            return f"<{tag}>{items}</{tag}>"
        case 10:
            name, payload = document["cards"][section[1]][:2]
            kinds = {"code": "codeblock", "hr": "horizontalrule", "card-markdown": "markdown"}
            card = _CARDS.get(kinds.get(name, name))
            return card(payload, "") if card else ""
        case _:
            return ""


def _markers(markers: Any, document: Any) -> str:
    made, opened = [], []
    for kind, opens, closes, value in markers:
        for number in opens:
            markup = document["markups"][number]
            tag = (
                markup[0] if markup[0] in {"a", "b", "strong", "i", "em", "sub", "sup"} else "span"
            )
            attributes = markup[1] if len(markup) > 1 else []
            href = dict(zip(attributes[::2], attributes[1::2], strict=False)).get("href", "")
            made.append(f'<a href="{escape(href)}">' if tag == "a" else f"<{tag}>")
            opened.append(tag)
        if kind == 0:
            made.append(escape(value, quote=False))
        else:
            made.append("<br>")
        made += [f"</{opened.pop()}>" for _ in range(closes)]
    return "".join(made)
