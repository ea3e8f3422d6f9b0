"""Reading the head of a request: what the edge may answer, and what it hands over.

The parser is llhttp, the very one of the server behind (httptools), so that the two never read one
request in two ways. Only a GET or HEAD that is complete, has no body and asks for nothing special
is the edge's.
"""

import re
from collections.abc import Callable
from urllib.parse import quote, unquote_to_bytes

import httptools

LONGEST = 16_384  # bytes; a longer head is the full server's

# What the edge looks at. A header that comes twice is handed over.
_READ = {
    b"accept-encoding": "accept_encoding",
    b"cookie": "cookie",
    b"host": "host",
    b"if-none-match": "if_none_match",
    b"purpose": "purpose",
    b"sec-purpose": "purpose",
    b"user-agent": "agent",
    b"x-moz": "purpose",
    b"x-purpose": "purpose",
}
# What means more than the edge knows.
_HANDED_OVER = frozenset(
    {
        b"authorization",
        b"content-length",
        b"expect",
        b"http2-settings",
        b"if-match",
        b"if-unmodified-since",
        b"proxy-authorization",
        b"trailer",
        b"transfer-encoding",
        b"upgrade",
    }
)
_ODD = "odd"
_NAMES_KEPT = 1000
# Addresses of newsletters and of what readers share bring these along; no page depends on them.
_TRACKING = re.compile(
    rb"(utm_[a-z_]*|fbclid|gclid|dclid|gbraid|wbraid|msclkid|mc_cid|mc_eid|igshid|yclid|_hs[a-z]*"
    rb"|mkt_tok|vero_id|oly_enc_id|oly_anon_id|s_cid|cmpid|ref_src|ref_url)(=[^&]*)?"
)
_PREFETCHES = (b"prefetch", b"prerender", b"preview")


class Head:
    """A request as far as the edge reads it.

    :param read: the headers it looks at, by the names in ``_READ``
    """

    __slots__ = ("head_only", "keeps_alive", "path", "read")

    def __init__(
        self, path: bytes, head_only: bool, keeps_alive: bool, read: dict[str, bytes]
    ) -> None:
        self.path = path
        self.head_only = head_only
        self.keeps_alive = keeps_alive
        self.read = read

    @property
    def ahead_of_time(self) -> bool:
        """Whether a browser fetches it for a reader who may come to want it."""
        purpose = self.read.get("purpose", b"").lower()
        return any(one in purpose for one in _PREFETCHES)


class _Callbacks:
    """What llhttp calls. Plain functions cost it half of what methods do."""

    def __init__(
        self,
        on_url: Callable[[bytes], None],
        on_header: Callable[[bytes, bytes], None],
        on_message_complete: Callable[[], None],
    ) -> None:
        self.on_url = on_url
        self.on_header = on_header
        self.on_message_complete = on_message_complete


def reader() -> Callable[[bytes], Head | None]:
    """Return a function that reads heads, one after the other.

    It takes a head from its first byte to the empty line, both included, and returns what the edge
    reads in it, or None when it is the full server's. One is enough for a whole process: no head
    stays half-read in it. This is the hottest code of the paper, hence closures and no objects.
    """
    names: dict[bytes, str] = {}
    found: dict[str, bytes] = {}
    path = b""
    complete = keeps_alive = False

    def on_url(url: bytes) -> None:
        nonlocal path
        path = url

    def on_header(name: bytes, value: bytes) -> None:
        field = names.get(name)
        if field is None:
            lower = name.lower()
            field = _ODD if lower in _HANDED_OVER else _READ.get(lower, "")
            # Names are few; somebody who makes up thousands is not remembered.
            if len(names) < _NAMES_KEPT:
                names[name] = field
        if field:
            found[_ODD if field in found else field] = value

    def on_message_complete() -> None:
        nonlocal complete, keeps_alive
        complete = True
        keeps_alive = parser.should_keep_alive()

    callbacks = _Callbacks(on_url, on_header, on_message_complete)
    parser = httptools.HttpRequestParser(callbacks)

    def read(head: bytes) -> Head | None:
        nonlocal found, complete, parser
        found = {}
        complete = False
        try:
            parser.feed_data(head)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade):
            complete = False
        if not complete or not keeps_alive:
            # llhttp takes nothing more after such a head, or waits for a body.
            parser = httptools.HttpRequestParser(callbacks)
            if not complete:
                return None
        head_only = head.startswith(b"HEAD ")
        if _ODD in found or not (head_only or head.startswith(b"GET ")):
            return None
        version_at = len(path) + (5 if head_only else 4)
        if head.startswith(b" HTTP/1.1\r\n", version_at):
            lasting = keeps_alive
            if "host" not in found:
                return None
        elif head.startswith(b" HTTP/1.0\r\n", version_at):
            lasting = False
        else:
            return None
        if not path.startswith(b"/") or b"#" in path:
            return None
        if b"?" in path:
            page = without_tracking(path)
            return None if b"?" in page else Head(page, head_only, lasting, found)
        return Head(path, head_only, lasting, found)

    return read


def without_tracking(target: bytes) -> bytes:
    """Return an address without what newsletters and networks add to it."""
    path, _, query = target.partition(b"?")
    kept = [part for part in query.split(b"&") if part and not _TRACKING.fullmatch(part)]
    return path + b"?" + b"&".join(kept) if kept else path


def readable(path: bytes) -> str | None:
    """Return a path as Django is asked for it, or None when it is written in an unusual way.

    One page has one address here. Others go to Django, which answers or redirects.
    """
    try:
        words = unquote_to_bytes(path).decode()
    except UnicodeDecodeError:
        return None
    return words if canonical(words) == path else None


def canonical(path: str) -> bytes:
    """Return the bytes in which browsers ask for a path."""
    return quote(path, safe="/~:@!$&'()*+,;=").encode()
