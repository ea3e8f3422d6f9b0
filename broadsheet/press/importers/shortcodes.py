"""WordPress's shortcodes, as in [caption] and [gallery], turned into HTML before a story is read."""

import re
from collections import Counter
from html import escape, unescape

# Bounded everywhere: a story may hold a megabyte of opening brackets.
_CODE = re.compile(
    r"\[(\[?)(/?)([a-zA-Z][a-zA-Z0-9_-]{0,40})((?:[ \t\r\n/][^\[\]]{0,3000})?)\](\]?)"
)
_ATTRIBUTE = re.compile(
    r"""([a-zA-Z][\w-]{0,60})\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'\]]+))|(https?://[^\s"']+)"""
)
_IMAGE = re.compile(r"(?:<a\b[^>]{0,2000}>\s*)?<img\b[^>]{0,4000}>(?:\s*</a>)?", re.IGNORECASE)
_PLAYED = {
    "embed", "video", "audio", "youtube", "vimeo", "tweet", "twitter", "instagram", "facebook",
    "soundcloud", "dailymotion", "ted", "spotify", "tiktok", "wpvideo", "flickr", "iframe",
}  # fmt: skip
_ADDRESSES = ("src", "url", "mp4", "m4v", "webm", "ogv", "mp3", "m4a", "ogg", "wav", "id", "href")


def to_markup(text: str) -> tuple[str, Counter[str]]:
    """Return the text without shortcodes, and what was not known, by name.

    The words between the tags of an unknown shortcode stay. Brackets that a writer set, as in
    “[sic]”, are no shortcode: one has attributes or a closing tag.
    """
    unknown = Counter[str]()
    if "[" not in text:
        return text, unknown
    closed = {match[3].lower() for match in _CODE.finditer(text) if match[2]}
    made: list[str] = []
    at = 0
    waiting: tuple[str, dict[str, str], int] | None = None
    for match in _CODE.finditer(text):
        doubled, slash, name, inside, ending = match.groups()
        name = name.lower()
        if doubled and ending:
            made.append(text[at : match.start()] + match[0][1:-1])
            at = match.end()
            continue
        known = name in _PLAYED or name in {"caption", "wp_caption", "gallery"}
        if not known and not slash and not inside.strip(" /") and name not in closed:
            continue
        before = text[at : match.start()]
        start, end = match.span()
        # A bracket more on one side is the writer's own.
        before += doubled
        at = end - len(ending)
        if slash:
            if waiting and waiting[0] == name:
                made.append(_closed(name, waiting[1], before))
                waiting = None
            else:
                made.append(before)
            continue
        if waiting:
            # One within another: the outer one's words come first.
            made.append(_closed(waiting[0], waiting[1], before))
            waiting = None
        else:
            made.append(before)
        values = _attributes(inside)
        if name in closed and (name in _PLAYED or name in {"caption", "wp_caption"}):
            waiting = (name, values, start)
        elif name == "gallery":
            numbers = values.get("ids", values.get("include", ""))
            numbers = ",".join(re.findall(r"\d+", numbers))
            made.append(f'<figure data-pictures="{numbers}"></figure>')
        elif name in _PLAYED:
            made.append(_player(name, values, ""))
        elif not known:
            unknown[name] += 1
    rest = text[at:]
    made.append(_closed(waiting[0], waiting[1], rest) if waiting else rest)
    return "".join(made), unknown


def _attributes(text: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, double, single, bare, address in _ATTRIBUTE.findall(text):
        if address:
            found.setdefault("url", address)
        else:
            found[name.lower()] = unescape(double or single or bare)
    return found


def _closed(name: str, values: dict[str, str], inner: str) -> str:
    if name in {"caption", "wp_caption"}:
        image = _IMAGE.search(inner)
        if image is None:
            return inner
        words = (inner[: image.start()] + inner[image.end() :]).strip()
        words = words or escape(values.get("caption", ""), quote=False)
        return f"<figure>{image[0]}<figcaption>{words}</figcaption></figure>"
    return _player(name, values, inner)


def _player(name: str, values: dict[str, str], inner: str) -> str:
    url = next(
        (values[one] for one in _ADDRESSES if values.get(one, "").startswith(("http", "//"))), ""
    )
    url = url or unescape(re.sub(r"<[^<>]*>", "", inner)).strip()
    if not url and (number := values.get("id", "")):
        url = {
            "youtube": f"https://www.youtube.com/watch?v={number}",
            "vimeo": f"https://vimeo.com/{number}",
        }.get(name, "")
    if not url.startswith(("http://", "https://", "//")):
        return inner
    return f'<iframe src="{escape(url)}" title="{escape(values.get("title", ""))}"></iframe>'
