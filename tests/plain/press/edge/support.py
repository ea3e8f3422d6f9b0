"""A small paper for the tests of the edge: pages in a dictionary, and a loop of its own."""

import asyncio
import threading
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from broadsheet.press.edge.cookies import Cookies
from broadsheet.press.edge.edge import Edge, Wait
from broadsheet.press.edge.edition import EditionFile
from broadsheet.press.edge.encodings import Encoding, decode
from broadsheet.press.edge.heads import reader
from broadsheet.press.edge.ledger.front import Ledger
from broadsheet.press.edge.ledger.sqlite import SqliteStore
from broadsheet.press.edge.passes import PASS_LASTS, Pass, Passes, Standing
from broadsheet.press.edge.plates import Printed, Terms
from broadsheet.rules.access import Access
from broadsheet.rules.meter import Policy
from broadsheet.rules.variants import Variant

KEY = "k" * 50
NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC).timestamp()
MONTH = 202611
HOST = "paper.example"
LOCKED = "Locked words, for those who may read on."


@dataclass
class Page:
    access: Access
    story: int = 0
    policy: Policy = field(default_factory=Policy)
    words: str = "The first screen."
    locked: str = LOCKED
    keys: frozenset[str] = frozenset()
    headers: tuple[tuple[str, str], ...] = (("Content-Type", "text/html"),)
    lasts: float | None = None
    closed_lasts: float | None = None
    max_age: int = 0
    shared: bool = False


class FakePress:
    """Prints what stands in ``pages``, and remembers what it was asked."""

    def __init__(self):
        self.pages = {}
        self.asked = []
        # Called in the thread while a page is being printed.
        self.meanwhile = lambda path: None
        self._guard = threading.Lock()

    def _note(self, *what):
        with self._guard:
            self.asked.append(what)

    def look_up(self, path):
        self._note("look up", path)
        page = self.pages.get(path)
        return page and Terms(page.access, page.story, page.policy)

    def print(self, path, variant):
        self._note("print", path, variant)
        page = self.pages.get(path)
        if page is None:
            return None
        page = replace(page)
        self.meanwhile(path)
        ends = {Variant.FULL: page.locked, Variant.TEASER: ""}
        words = page.words + ends.get(variant, f" ({variant})")
        terms = Terms(page.access, page.story, page.policy)
        closed = variant not in ends
        return Printed(
            terms,
            words.encode(),
            page.headers,
            page.keys,
            page.max_age,
            page.lasts,
            page.closed_lasts if closed else None,
            page.shared,
        )

    def printings(self, path=None):
        return [one for one in self.asked if one[0] == "print" and path in {None, one[1]}]


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, list[str]]
    body: bytes

    def __getitem__(self, name):
        return ", ".join(self.headers.get(name.lower(), []))

    @property
    def text(self):
        return decode(self.body, Encoding(self["content-encoding"] or "identity")).decode()

    @property
    def full(self):
        return LOCKED in self.text


def parse(raw, *, head_only=False):
    """Return the first answer in some bytes, and the bytes after it."""
    head, _, rest = raw.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    headers: dict[str, list[str]] = {}
    for line in lines:
        name, _, value = line.partition(": ")
        headers.setdefault(name.lower(), []).append(value)
    status = int(first.split(" ")[1])
    length = 0 if head_only or status == 304 else int(headers.get("content-length", ["0"])[0])
    return Answer(status, headers, rest[:length]), rest[length:]


class _Connection:
    def __init__(self, loop):
        self.answered = loop.create_future()

    def resume(self, answer):
        self.answered.set_result(answer)


class Paper:
    """An edge with everything it needs, asked one request after the other."""

    def __init__(self, folder, *, store=None, zone=UTC, ledger=None, **settings):
        self.folder = folder
        self.now = NOW
        self.press = FakePress()
        self.edition = EditionFile(folder / "edition")
        self.passes = Passes([KEY])
        self.told: list[str] = []
        store = store or (lambda: SqliteStore(folder / "readings.sqlite3"))
        self.ledger = ledger or Ledger(store, told=self.told.append, retry=0.01)
        self.loop = asyncio.new_event_loop()
        # Passes of now were issued after the file was made, whatever the tests' clock says.
        self.edition._cells[2] = 0
        self.edge = Edge(
            press=self.press,
            ledger=self.ledger,
            passes=self.passes,
            edition=self.edition,
            zone=zone,
            hosts=[HOST],
            cookies=Cookies(),
            clock=lambda: self.now,
            **settings,
        )
        self.read = reader()

    def close(self):
        self.edge.close()
        self.loop.run_until_complete(self.loop.shutdown_default_executor())
        self.loop.close()

    def story(self, path, number, access=Access.READERS, **fields):
        self.press.pages[path] = Page(access, number, **fields)
        return path

    def stories(self, count):
        return [self.story(f"/world/{number}/", number) for number in range(1, count + 1)]

    def pass_of(self, reader, standing=Standing.READER, *, until=0, epoch=0, lasts=PASS_LASTS):
        return self.passes.issue(Pass(reader, standing, until, epoch, int(self.now) + lasts))

    def cookies(self, reader=None, *, stories=(), month=MONTH, **about):
        if reader is None:
            return ""
        session = "" if reader <= 0 else "session=abc; "
        standing = about.pop("standing", Standing.READER if reader > 0 else Standing.VISITOR)
        listed = f"; month={self.passes.write_month(reader, month, stories)}" if stories else ""
        return f"csrf=xyz; {session}pass={self.pass_of(reader, standing, **about)}{listed}"

    def head(self, path, cookies="", *, method="GET", version="1.1", **headers):
        lines = [f"{method} {path} HTTP/{version}", f"Host: {HOST}"]
        if cookies:
            lines.append(f"Cookie: {cookies}")
        lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
        return ("\r\n".join(lines) + "\r\n\r\n").encode()

    async def ask(self, raw):
        """Return the edge's answer as bytes; None when Django is to answer."""
        head = self.read(raw)
        if head is None:
            return None
        connection = _Connection(asyncio.get_running_loop())
        answer = self.edge.consider(head, connection)
        return await connection.answered if isinstance(answer, Wait) else answer

    def get(self, path, cookies="", *, method="GET", **headers):
        raw = self.loop.run_until_complete(
            self.ask(self.head(path, cookies, method=method, **headers))
        )
        return None if raw is None else parse(raw, head_only=method == "HEAD")[0]

    def get_all(self, *requests):
        """Ask for several things at once."""

        async def all_of_them():
            return await asyncio.gather(*(self.ask(self.head(*request)) for request in requests))

        return [raw and parse(raw)[0] for raw in self.loop.run_until_complete(all_of_them())]

    def readings(self, reader):
        return [reading.story for reading in self.ledger.readings(reader)]
