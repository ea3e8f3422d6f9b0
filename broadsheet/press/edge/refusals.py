"""Answers to requests that get no further than the connection: short, and with the reason in words."""

from broadsheet.rules.browsers import PERMISSIONS_POLICY, resource_policy

METHODS = frozenset({b"GET", b"HEAD", b"OPTIONS", b"POST"})
ALLOW = ", ".join(sorted(method.decode() for method in METHODS))
RETRY_AFTER = 5  # seconds

REASONS = {
    400: "Bad Request",
    405: "Method Not Allowed",
    408: "Request Timeout",
    413: "Content Too Large",
    431: "Request Header Fields Too Large",
    503: "Service Unavailable",
}
_WORDS = {
    400: "This request can’t be understood.",
    405: "This can’t be done here.",
    408: "This took too long. Send it again.",
    413: "This is too large to be sent here.",
    431: "The head of this request is too long.",
    503: "The paper has too much to do at the moment. Try again in a few seconds.",
}
# As lines of a head.
POLICIES = (
    f"Permissions-Policy: {PERMISSIONS_POLICY}\r\n"
    f"Cross-Origin-Resource-Policy: {resource_policy('/')}\r\n"
).encode()
_HEADERS = (
    ("Content-Type", "text/html; charset=utf-8"),
    ("Cache-Control", "no-store"),
    ("Content-Security-Policy", "default-src 'none'"),
    ("Cross-Origin-Resource-Policy", resource_policy("/")),
    ("Permissions-Policy", PERMISSIONS_POLICY),
    ("X-Content-Type-Options", "nosniff"),
    ("Connection", "close"),
)


def page(status: int, words: str = "") -> tuple[list[tuple[str, str]], bytes]:
    """Return header and body of a refusal. The connection is to be closed after it.

    :param words: for whoever reads it; the usual ones where none are given
    """
    said = words or _WORDS[status]
    body = (
        '<!doctype html><html lang="en"><meta name="viewport" content="width=device-width">'
        f"<title>{REASONS[status]}</title><p>{said}</p>\n"
    ).encode()
    headers = [*_HEADERS, ("Content-Length", str(len(body)))]
    if status == 405:
        headers.append(("Allow", ALLOW))
    if status == 503:
        headers.append(("Retry-After", str(RETRY_AFTER)))
    return headers, body


def raw(status: int) -> bytes:
    """Return a refusal as it goes over the line."""
    headers, body = page(status)
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers)
    return f"HTTP/1.1 {status} {REASONS[status]}\r\n{lines}\r\n".encode() + body
