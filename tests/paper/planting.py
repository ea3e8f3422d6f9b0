"""Canary sentences planted beyond teasers, and a walk over every address that can be found."""

import gzip
import html
import re
import time
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urljoin, urlsplit

import brotli
from django.test import Client

from broadsheet.demo import factories
from broadsheet.press.edge.ledger.stores import Asked
from broadsheet.rules.meter import month_of
from broadsheet.wall import gate
from broadsheet.wall.actions import grant_subscription

LINK = re.compile(
    r"""(?:href|src|action|content|url|permalink|id)=?["':\s>]+((?:http://testserver)?/[^"'\s<>]*)"""
)
LOC = re.compile(r"<(?:loc|link|guid|id)[^>]*>\s*(http://testserver[^<\s]*)")
SEEDS = [
    "/",
    "/search/?q=canary",
    "/search/?q=zanzibar",
    "/rss.xml",
    "/atom.xml",
    "/feed.json",
    "/robots.txt",
    "/sitemap.xml",
    "/news-sitemap.xml",
    "/api/v1/stories",
    "/api/v1/openapi.json",
    "/api/v1/docs",
    "/corrections/",
    "/archive/",
    "/archive/on-this-day/",
    "/you/",
    "/accounts/login/",
]
# Words that stand only in canary sentences, one to each kind of block.
WORDS = ["zanzibar", "xylophone", "quagmire", "jabberwock", "kinkajou"]
# What must never be followed: it signs out, or is the back office.
SHUNNED = ("/desk/", "/accounts/logout", "/static/", "/media/", "/documents/")


def canary(word: str) -> str:
    return f"The canary sings of {word} when the light goes out."


def body() -> list[tuple[str, object]]:
    opening = " ".join(
        f"This is open sentence number {number} of the story." for number in range(30)
    )
    return [
        ("paragraph", f"<p>{opening}</p>"),
        ("paragraph", f"<p>{canary(WORDS[0])}</p>"),
        ("crosshead", canary(WORDS[1])),
        (
            "quotation",
            {"text": f"<p>{canary(WORDS[2])}</p>", "speaker": "A. Bird", "office": "Miner"},
        ),
        ("markup", f"<p>{canary(WORDS[3])}</p>"),
        ("embed", {"url": "https://video.example/1", "title": canary(WORDS[4])}),
        ("paragraph", "<p>" + "The closing words go on for a while. " * 20 + "</p>"),
    ]


def plant() -> Any:
    """Make a paper with a story of each access level, walled ones with canaries."""
    section = factories.section("World")
    asia = factories.section("Asia", parent=section)
    author, topic = factories.author("V. Radha"), factories.topic("Mines")
    day = datetime(2026, 11, 20, 6, 0, tzinfo=UTC)
    for number, access in enumerate(["free", "readers", "subscribers"]):
        factories.story(
            f"A story for {access}",
            section=asia,
            access=access,
            body=factories.paragraphs("Open to all. " * 40) if access == "free" else body(),
            standfirst="What everybody may know.",
            authors=[author],
            topics=[topic],
            published_at=day + timedelta(days=number),
            dateline="MOSCOW",
        )
    return section


def spent_reader() -> Any:
    """Return a reader who has read the ten stories of the month, none of them of this paper."""
    reader = factories.reader("spent@example.org")
    now = time.time()
    month = month_of(datetime.fromtimestamp(now, UTC), gate.zone())
    for number in range(10):
        gate.ledger().record_now(Asked(reader.pk, month, 10**6 + number, 10, int(now)))
    return reader


def subscriber() -> Any:
    reader = factories.reader("subscriber@example.org")
    now = datetime.now(UTC)
    grant_subscription(email=reader.email, until=now + timedelta(days=30), by=None, now=now)
    return reader


def client_of(reader: Any, **headers: str) -> Client:
    client = Client(headers=headers)
    if reader is not None:
        client.force_login(reader)
    return client


def opened(response) -> str:
    """Return every word of an answer: its head, and its body with the compression undone."""
    body = b"".join(response) if response.streaming else response.content
    encoding = response.headers.get("Content-Encoding", "")
    if encoding == "gzip":
        body = gzip.decompress(body)
    elif encoding == "br":
        body = brotli.decompress(body)
    lines = [f"{name}: {value}" for name, value in response.headers.items()]
    head = "\n".join([*lines, *(str(cookie) for cookie in response.cookies.values())])
    return head + "\n\n" + html.unescape(body.decode("utf-8", "replace"))


def walk(client: Client, *, most: int = 400) -> dict[str, str]:
    """Return every address that can be found, with what it answered."""
    waiting, found = list(SEEDS), dict[str, str]()
    while waiting and len(found) < most:
        address = waiting.pop(0)
        if address in found or address.startswith(SHUNNED):
            continue
        response = client.get(address)
        found[address] = opened(response)
        if location := response.headers.get("Location"):
            waiting.append(relative(location, address))
        for link in [*LINK.findall(found[address]), *LOC.findall(found[address])]:
            place = relative(link, address)
            if place and place not in found:
                waiting.append(place)
    return found


def relative(link: str, base: str) -> str:
    parts = urlsplit(urljoin(f"http://testserver{base}", link))
    if parts.hostname != "testserver":
        return ""
    return parts.path + (f"?{parts.query}" if parts.query else "")


def leaks(text: str) -> list[str]:
    # A page that looks for a word may say the word; it may not say the sentence.
    return [word for word in WORDS if canary(word) in text or f"sings of {word}" in text]


def strip(text: str) -> str:
    """Leave out what changes from one request to the next: tokens against forgery."""
    return re.sub(
        r'<input type="hidden"[^>]*>|name="csrfmiddlewaretoken" value="[^"]*"|csrf=[^;\s]*|expires=[^;]*|session=[^;\s]*|pass=[^;\s]*',
        "",
        text,
    )
