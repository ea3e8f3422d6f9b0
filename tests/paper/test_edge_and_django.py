"""The edge makes things fast, never different: what it answers, Django would have answered.

Persons, stories, histories, policies and requests are drawn at random. Each is asked of the edge and
of Django, from the same state of the ledger, and both must decide alike: the same status, header
and bytes, the same stories counted, the same told to the browser. Where the edge hands a request
over there is nothing to compare; a count sees to it that this stays the exception.
"""

import asyncio
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from http.cookies import SimpleCookie
from typing import Any, NamedTuple

import pytest
from django.db import connections
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from broadsheet.config import server
from broadsheet.demo import factories
from broadsheet.press.edge.edge import Wait
from broadsheet.press.edge.heads import reader as head_reader
from broadsheet.press.edge.ledger.stores import Asked
from broadsheet.press.edge.passes import Pass, Standing
from broadsheet.rules.meter import month_of
from broadsheet.wall import doors, gate
from broadsheet.wall.actions import grant_subscription
from broadsheet.wall.models import SectionPolicy, WallPolicy
from tests.plain.press.edge.support import Answer, _Connection, parse

PERSONS = ["nobody", "visitor", "reader", "subscriber", "was a subscriber", "staff"]
VISITOR = -77
# What is one's own or of the moment, and what a connection has besides.
# X-Accel-Expires is of the moment, as Date is.
ASIDE = {"date", "set-cookie", "connection", "content-length", "server", "x-accel-expires"}
small = st.none() | st.integers(0, 3)


class Case(NamedTuple):
    person: str
    story: int  # its place among the stories
    counted: frozenset[int]  # places of the stories counted this month
    listed: frozenset[int] | None  # of those that the browser's month list names
    list_is: str  # whose it is, and of when
    visitors: int | None
    readers: int | None
    section_readers: int | None
    method: str
    headers: tuple[tuple[str, str], ...]


STORIES = 8
places = st.frozensets(st.integers(0, STORIES - 1), max_size=4)
headers = st.lists(
    st.sampled_from(
        [
            ("Accept-Encoding", "gzip"),
            ("Accept-Encoding", "br, gzip;q=0.5"),
            ("Accept-Encoding", "zstd"),
            ("Accept-Encoding", "identity;q=0"),
            ("If-None-Match", "*"),
            ("If-None-Match", 'W/"nothing"'),
            ("Sec-Purpose", "prefetch;prerender"),
            ("Range", "bytes=0-10"),
            ("Accept-Language", "de"),
        ]
    ),
    max_size=3,
    unique_by=lambda one: one[0],
).map(tuple)
cases = st.builds(
    Case,
    person=st.sampled_from(PERSONS),
    story=st.integers(0, STORIES - 1),
    counted=places,
    listed=st.none() | places,
    list_is=st.sampled_from(["own", "own", "own", "another's", "last month's", "forged"]),
    visitors=small,
    readers=small,
    section_readers=small,
    method=st.sampled_from(["GET", "GET", "GET", "HEAD"]),
    headers=headers,
)


class Both:
    """The edge and Django, to be asked the same."""

    def __init__(self) -> None:
        self.edge = server.make_door(80).edge
        self.read = head_reader()
        self.loop = asyncio.new_event_loop()
        self.now = time.time()
        self.month = month_of(datetime.fromtimestamp(self.now, UTC), gate.zone())
        section = factories.section("World")
        self.asia = factories.section("Asia", parent=section)
        self.stories = [
            factories.story(
                f"Story {number}",
                section=self.asia if number % 2 else section,
                access=["free", "readers", "readers", "subscribers"][number % 4],
                body=factories.paragraphs(*(f"Sentence {one} of it. " * 30 for one in range(6))),
            )
            for number in range(STORIES)
        ]
        self.sessions: dict[str, str] = {}
        self.readers = {
            "reader": factories.reader("reader@example.org"),
            "subscriber": factories.reader("subscriber@example.org"),
            "was a subscriber": factories.reader("was@example.org"),
            "staff": factories.staff("staff@example.org", role="Editors"),
        }
        moment = datetime.now(UTC)
        for name in ("subscriber", "was a subscriber"):
            until = moment + timedelta(days=1)
            email = self.readers[name].email
            given_, _ = grant_subscription(email=email, until=until, by=None, now=moment)
        given_.until = moment - timedelta(seconds=10)
        given_.save()
        for name, reader in self.readers.items():
            client = Client()
            client.force_login(reader)
            # A session that is new, or an hour old, is written with the next private page.
            client.get("/you/")
            self.sessions[name] = client.cookies["session"].value

    def close(self) -> None:
        for _ in range(8):
            self.edge._threads.submit(connections.close_all)
        self.edge._threads.shutdown()
        self.edge.close()
        self.loop.close()

    def key(self, person: str) -> int:
        """Return the number that a person's readings are counted for."""
        if person in self.readers:
            return self.readers[person].pk
        return VISITOR if person == "visitor" else 0

    def put(self, case: Case) -> None:
        """Bring the ledger into the state of a case."""
        key = self.key(case.person)
        for one in (key, *((key + 1,) if key else ())):
            gate.ledger().forget(one)
        for place in sorted(case.counted if key else ()):
            pk = self.stories[place].pk
            gate.ledger().record_now(Asked(key, self.month, pk, 100, int(self.now)))

    def cookies(self, case: Case) -> dict[str, str]:
        kept: dict[str, str] = {"csrf": "x" * 32}
        key = self.key(case.person)
        if case.person in self.readers:
            kept["session"] = self.sessions[case.person]
            kept["pass"] = gate.passes().issue(
                doors.bearer_of(self.readers[case.person], time.time())
            )
        elif case.person == "visitor":
            visitor = Pass(key, Standing.VISITOR, 0, 0, int(self.now) + 10_000)
            kept["pass"] = gate.passes().issue(visitor)
        if case.listed is not None and key:
            # A list only ever names what was counted.
            named = case.counted & case.listed if case.list_is == "own" else case.listed
            whose = key if case.list_is != "another's" else key + 1
            month = self.month - 1 if case.list_is == "last month's" else self.month
            pks = [self.stories[place].pk for place in sorted(named)]
            sealed = gate.passes().write_month(whose, month, pks)
            kept["month"] = sealed if case.list_is != "forged" else sealed[:-3] + "AAA"
        return kept

    def ask_edge(self, case: Case, path: str, cookies: dict[str, str]) -> Answer | None:
        line = "; ".join(f"{name}={value}" for name, value in cookies.items())
        lines = [f"{case.method} {path} HTTP/1.1", "Host: testserver", f"Cookie: {line}"]
        lines += [f"{name}: {value}" for name, value in case.headers]
        head = self.read(("\r\n".join(lines) + "\r\n\r\n").encode())
        assert head is not None

        async def answer() -> bytes | None:
            connection = _Connection(asyncio.get_running_loop())
            found = self.edge.consider(head, connection)
            return await connection.answered if isinstance(found, Wait) else found

        raw = self.loop.run_until_complete(answer())
        return None if raw is None else parse(raw, head_only=case.method == "HEAD")[0]

    def ask_django(self, case: Case, path: str, cookies: dict[str, str]) -> Any:
        client = Client(headers=dict(case.headers))
        client.cookies.load(cookies)
        return client.generic(case.method, path)


@pytest.fixture
def both(transactional_db, django_db_serialized_rollback):
    made = Both()
    yield made
    made.close()


def told(lines: list[str]) -> dict[str, Any]:
    """Return what a browser would keep of the month, its seal undone."""
    kept: dict[str, Any] = {}
    for line in lines:
        for name, morsel in SimpleCookie(line).items():
            if name == "month":
                kept[name] = gate.passes().read_month(morsel.value.encode())
            elif name == "counted":
                kept[name] = morsel.value
            else:
                continue
            kept[f"{name} is"] = (morsel["path"], morsel["httponly"], morsel["samesite"])
    return kept


def counted(both: Both, case: Case) -> list[int]:
    key = both.key(case.person)
    return sorted(one.story for one in gate.ledger().readings(key)) if key else []


def test_django_decides_what_the_edge_decides_and_sends_the_same_bytes(both):
    asked: Counter[str] = Counter()

    @settings(
        max_examples=150,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow],
    )
    @given(case=cases)
    def hold(case: Case) -> None:
        WallPolicy.objects.all().delete()
        # Past the signals, which would cut every teaser anew.
        policy = WallPolicy(visitor_allowance=case.visitors, reader_allowance=case.readers)
        WallPolicy.objects.bulk_create([policy])
        of_asia = SectionPolicy(
            policy=policy, section=both.asia, reader_allowance=case.section_readers
        )
        SectionPolicy.objects.bulk_create([of_asia])
        gate.edition().changed(access=True)
        story = both.stories[case.story]
        cookies = both.cookies(case)

        both.put(case)
        before = counted(both, case)
        edge = both.ask_edge(case, story.url, cookies)
        after_edge = counted(both, case)
        if edge is not None and after_edge == before:
            # Nothing was counted, and what the edge remembers now makes no difference.
            again = both.ask_edge(case, story.url, cookies)
            assert again is not None
            assert (again.status, again.body) == (edge.status, edge.body)
            assert counted(both, case) == after_edge
        both.put(case)
        django = both.ask_django(case, story.url, cookies)

        asked["django" if edge is None else "edge"] += 1
        if edge is None:
            assert after_edge == sorted(
                both.stories[place].pk for place in case.counted if both.key(case.person)
            )
            return
        assert edge.status == django.status_code
        assert edge.body == (b"" if case.method == "HEAD" else django.content)
        if edge.status != 503:
            mine = {name: edge[name] for name in edge.headers if name not in ASIDE}
            theirs = {name.lower(): value for name, value in django.headers.items()}
            theirs = {name: theirs[name] for name in theirs if name not in ASIDE}
            # Of what is already in the browser's cache nothing more need be said.
            assert mine == theirs if edge.status == 200 else mine.items() <= theirs.items()
        assert after_edge == counted(both, case)
        theirs_told = [morsel.OutputString() for morsel in django.cookies.values()]
        assert told(edge.headers.get("set-cookie", [])) == told(theirs_told)

    hold()
    # Mostly there was something to compare, and most of what can be decided came up.
    assert asked["edge"] > asked["django"]
    assert len(both.edge.decisions) >= 5, both.edge.decisions
