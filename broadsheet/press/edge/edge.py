"""The edge: which plate a request gets, or that Django answers it.

It asks the one rule of the meter, looks at what the browser carries and at the ledger, and is never
different from Django, only faster: whatever it is not sure of, Django answers.
"""

import asyncio
import logging
import time
from collections import Counter
from collections.abc import Callable, Collection, Coroutine, Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, tzinfo
from email.utils import formatdate
from functools import partial
from typing import Final, Protocol

from broadsheet.press.edge.cookies import Cookies, Finder, OddCookiesError
from broadsheet.press.edge.edition import EVERYBODY, Change, Edition, Kind
from broadsheet.press.edge.encodings import Encoding, chosen, encode
from broadsheet.press.edge.heads import Head, readable
from broadsheet.press.edge.ledger.front import Ledger
from broadsheet.press.edge.ledger.stores import Asked, Outcome, Result
from broadsheet.press.edge.opens import Keep, OpenCounter, ignore
from broadsheet.press.edge.passes import NOBODY, PASS_LASTS, Pass, Passes, Standing
from broadsheet.press.edge.plates import (
    NEVER,
    Plate,
    Plates,
    Printed,
    Store,
    Terms,
    key_of,
    matches,
)
from broadsheet.press.edge.refusals import POLICIES
from broadsheet.press.edge.used_months import UsedMonths
from broadsheet.press.outages import outages
from broadsheet.rules.access import Access, Person
from broadsheet.rules.meter import (
    OPENING,
    Decision,
    Reason,
    decide,
    month_of,
    month_starts_at,
    next_month,
    resets_at,
)
from broadsheet.rules.variants import Variant, variant_for

log = logging.getLogger("broadsheet.edge")

# Seconds after a change that an old plate may be sent while a new one is printed. A worker that
# nobody asked anything hears of a change late: what counts is when it was.
STALE_FOR = 0.5
BUDGET = 64 * 1024 * 1024  # bytes of plates
_ROUNDS = 8
_REMEMBERED = 8192
# The ledger has the last word where one of these is what the month list says.
_ASK = (Reason.WITHIN_ALLOWANCE, Reason.ALLOWANCE_USED)
_NOT_ASKED = (Result.FAILED, Result.CLOSED)
_TRIES = 3


class Press(Protocol):
    """Who prints pages: Django. Called in threads, with an address and nothing else."""

    def look_up(self, path: str) -> Terms | None:
        """Return under what terms a page is read, or None where there is no page for plates.

        It loads no word of the page.
        """

    def print(self, path: str, variant: Variant) -> Printed | None:
        """Print a page in one variant, or return None when it has gone.

        For a teaser it loads no word beyond it.
        """


class Connection(Protocol):
    """Who waits for an answer."""

    def resume(self, answer: bytes | None) -> None:
        """Send the answer; None: Django gives it."""


class Wait:
    """An answer that comes later, by ``Connection.resume``."""


WAIT: Final = Wait()


class _Bearer:
    """Who asks, as their cookies say.

    :param stories: those that the month list names
    :param until: the moment, in seconds since 1970, up to which all this holds
    """

    __slots__ = ("blocked", "person", "reader", "staff", "stories", "until")

    def __init__(self, who: Pass, stories: tuple[int, ...], now: float) -> None:
        self.reader = who.reader
        self.stories = stories
        self.person = who.person(now)
        self.staff = who.standing is Standing.STAFF
        self.blocked = who.standing is Standing.BLOCKED
        self.until: float = who.expires_at
        if self.person is Person.SUBSCRIBER:
            self.until = min(self.until, who.subscriber_until)


_VISITOR = _Bearer(NOBODY._replace(expires_at=2**32 - 1), (), 0)


class _Case:
    """A request whose answer takes more than a look at what is there."""

    __slots__ = ("bearer", "connection", "head", "number", "outcome", "plates", "rounds", "terms")

    def __init__(self, head: Head, connection: Connection, bearer: _Bearer | None = None) -> None:
        self.head = head
        self.connection = connection
        # Who asks, and the stories their month list names.
        self.bearer = bearer
        # The terms under which the ledger was asked, the edition's number then, and what it said.
        self.terms: Terms | None = None
        self.number = -1
        self.outcome: Outcome | None = None
        # What was just printed for it, which the store may be too small to keep.
        self.plates: Plates | None = None
        self.rounds = 0


class Edge:
    """One to a process, used on its event loop.

    :param zone: the paper's own; months turn in it
    :param hosts: the names it answers to, as browsers send them, ports included
    :param never: beginnings of paths that are Django's alone
    :param is_crawler: tells by its User-Agent whether somebody has to be judged by Django
    :param threads: for printing pages
    :param keep_opens: writes down how often stories were opened; called in one of the threads
    """

    def __init__(
        self,
        *,
        press: Press,
        ledger: Ledger,
        passes: Passes,
        edition: Edition,
        zone: tzinfo,
        hosts: Iterable[str],
        cookies: Cookies | None = None,
        budget: int = BUDGET,
        never: Iterable[str] = (),
        is_crawler: Callable[[str], bool] = lambda _: False,
        threads: int = 4,
        clock: Callable[[], float] = time.time,
        opens: OpenCounter | None = None,
        keep_opens: Keep = ignore,
    ) -> None:
        self.opens = opens or OpenCounter()
        self._keep_opens = keep_opens
        self.ledger = ledger
        self.passes = passes
        self.plates = Store(budget)
        self.cookies = cookies or Cookies()
        self.decisions: Counter[Reason] = Counter()
        self.printed = 0
        self._press = press
        self._edition = edition
        self._zone = zone
        self._hosts = frozenset(host.encode() for host in hosts)
        self._never = tuple(start.encode() for start in never)
        self._is_crawler = is_crawler
        self._agents: dict[bytes, bool] = {}
        self._no_pages: set[bytes] = set()
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="press")
        self._clock = clock
        self._flights: dict[object, asyncio.Task[Plates | None]] = {}
        self._finder = Finder(self.cookies.session, self.cookies.pass_, self.cookies.month)
        self._bearers: dict[bytes, _Bearer] = {}
        self._used_months = UsedMonths(time.monotonic)
        self._month = self._next_month = 0
        self._month_starts_at = self._month_ends_at = 0.0
        self._seen = -1
        self._revoked: dict[int, int] = {}
        self._issued_since = 0
        self.tick()

    def tick(self) -> None:
        """Do what is due once a second, best when it begins."""
        now = self._clock()
        self._date = f"Date: {formatdate(now, usegmt=True)}\r\n".encode()
        self._ok = b"HTTP/1.1 200 OK\r\n" + self._date
        # What nginx may keep it keeps until this second is over, so never longer than a second. It
        # must stand before Cache-Control, which older versions would heed first.
        self._shared = self._date + f"X-Accel-Expires: @{int(now)}\r\n".encode()
        self._ok_shared = b"HTTP/1.1 200 OK\r\n" + self._shared
        self._edition.check()
        if opens := self.opens.take_due(time.monotonic()):
            self._threads.submit(self._keep_opens, opens)

    def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)
        self.ledger.close()

    # The answer.

    def consider(self, head: Head, connection: Connection) -> bytes | Wait | None:
        """Return the answer to a request, WAIT when it comes later, None when Django gives it."""
        read = head.read
        if read.get("host") not in self._hosts:
            return None
        agent = read.get("agent", b"")
        crawls = self._agents.get(agent)
        if crawls is None:
            crawls = self._judge_agent(agent)
        if crawls or not self._up_to_date():
            return None
        # What most requests are: something free to all, a teaser, a story somebody comes back to.
        # Everything else goes by _serve, which would come to the same answer here.
        bearer = reason = None
        plates = self.plates.get(head.path)
        if plates is not None and plates.expires_at == NEVER:
            plate, terms = plates.full, plates.terms
            if terms.access is not Access.FREE:
                bearer = self._bearer(read.get("cookie"))
                if bearer is None:
                    return None
                reason = _decide(head, terms, bearer, bearer.stories).reason
                if "purpose" in read:
                    plate = None
                else:
                    if reason in _ASK and not head.head_only:
                        if not self._is_used_up(terms, bearer):
                            return self._ask(_Case(head, connection, bearer), terms, bearer)
                        reason = Reason.ALLOWANCE_USED
                    if reason not in OPENING:
                        plate = plates.of(variant_for(reason, bearer.person))
            if plate is not None:
                tail = plate.tails.get(chosen(read.get("accept_encoding")))
                if tail is not None:
                    if reason is not None:
                        self.decisions[reason] += 1
                    return self._answer(head, plate, tail)
        return self._serve(_Case(head, connection, bearer))

    def _judge_agent(self, agent: bytes) -> bool:
        crawls = self._is_crawler(agent.decode("latin-1"))
        if len(self._agents) < _REMEMBERED:
            self._agents[agent] = crawls
        return crawls

    def _serve(self, case: _Case) -> bytes | Wait | None:
        """Take a request one step on: answer it, or begin what is still missing."""
        head = case.head
        case.rounds += 1
        if case.rounds > _ROUNDS or not self._up_to_date():
            return None
        plates, case.plates = case.plates, None
        if plates is None or plates.number != self._seen:
            plates = self._current(head.path)
        if plates is None:
            if head.path in self._no_pages or head.path.startswith(self._never):
                return None
            return self._begin(case, head.path, partial(self._look_up, head.path))
        decision = None
        extra = b""
        variant = Variant.FULL
        if plates.terms.access is not Access.FREE:
            judged = self._judge(case, plates.terms)
            if not isinstance(judged, Decision):
                return judged
            decision = judged
            if not decision.opens:
                if head.ahead_of_time:
                    return self._declined(head)
                assert case.bearer is not None
                variant = variant_for(decision.reason, case.bearer.person)
            elif case.outcome is not None:
                extra = self._set_cookies(case, plates.terms)
        encoding = chosen(head.read.get("accept_encoding"))
        plate = plates.of(variant)
        tail = plate.tails.get(encoding) if plate is not None else None
        if plate is None:
            printing = partial(self._print, head.path, variant, encoding)
            return self._begin(case, (head.path, variant), printing)
        if tail is None:
            coding = partial(self._encode, head.path, plates, plate, encoding)
            return self._begin(case, (plate, encoding), coding)
        if plates.stale:
            # This one is still sent; whoever comes after it is printed gets the new one.
            self._fly((head.path, variant), partial(self._print, head.path, variant, encoding))
        if decision is not None:
            self.decisions[decision.reason] += 1
        return self._answer(head, plate, tail, extra, stale=plates.stale)

    def _judge(self, case: _Case, terms: Terms) -> Decision | Wait | None:
        """Decide about a story that isn't free; WAIT while the ledger is asked."""
        head, outcome = case.head, case.outcome
        if case.bearer is None:
            case.bearer = self._bearer(head.read.get("cookie"))
            if case.bearer is None:
                return None
        told = outcome is not None and outcome.result not in _NOT_ASKED
        opened = outcome.opened if outcome is not None and told else case.bearer.stories
        decision = _decide(head, terms, case.bearer, opened)
        if decision.reason is Reason.OPENED_BEFORE and outcome is not None and told:
            counted = outcome.result is Result.COUNTED
            return Decision(Reason.WITHIN_ALLOWANCE, decision.left) if counted else decision
        if decision.reason not in _ASK or not _is_reading(head):
            return decision
        if outcome is None:
            if self._is_used_up(terms, case.bearer):
                return Decision(Reason.ALLOWANCE_USED, 0)
            return self._ask(case, terms, case.bearer)
        if decision.counts and not told:
            opens = outcome.result is Result.FAILED
            return Decision(Reason.STORE_FAILED_OPEN if opens else Reason.STORE_FAILED_CLOSED, 0)
        return Decision(Reason.ALLOWANCE_USED, 0)

    def _ask(self, case: _Case, terms: Terms, bearer: _Bearer) -> Wait | None:
        """Ask the ledger to count a story."""
        if bearer.reader == 0:
            # Django gives the visitor a pass with a number to count for.
            return None
        allowance = terms.policy.allowance(bearer.person)
        assert allowance is not None
        case.terms = terms
        case.number = self._seen
        now = self._clock()
        asked = Asked(bearer.reader, self._month_at(now), terms.story, allowance, int(now))
        walled = terms.story not in bearer.stories and len(bearer.stories) >= allowance
        self.ledger.ask(asked, partial(self._recorded, case), walled)
        return WAIT

    def _is_used_up(self, terms: Terms, bearer: _Bearer) -> bool:
        """Tell whether the ledger would refuse to count a story, as far as it is remembered."""
        allowance = terms.policy.allowance(bearer.person)
        return self._used_months.refuses(bearer.reader, terms.story, allowance)

    def _recorded(self, case: _Case, outcome: Outcome) -> None:
        case.outcome = outcome
        if outcome.result is Result.REFUSED:
            self._remember_used_up(case, outcome)
        answer = self._counted(case) if outcome.result is Result.COUNTED else None
        if answer is None:
            self._resume(case)
        else:
            case.connection.resume(answer)

    def _remember_used_up(self, case: _Case, outcome: Outcome) -> None:
        """Remember that a month is used up, so that the next request need not ask.

        A reading given back is announced on the change feed after the ledger has let it go. Whatever
        was announced while the ledger was asked may have been about this person, so nothing is
        remembered then; what is announced later makes the edge forget.
        """
        assert case.bearer is not None
        now = self._clock()
        if self._edition.number() != case.number or outcome.month != self._month_at(now):
            return
        self._used_months.remember(case.bearer.reader, outcome.opened)

    def _counted(self, case: _Case) -> bytes | None:
        """Answer with a story just counted, where its plate is at hand and holds.

        None elsewhere; _serve, which takes twice as long, would come to the same answer here.
        """
        head = case.head
        plates = self.plates.get(head.path) if self._up_to_date() else None
        if plates is None or plates.expires_at != NEVER or plates.terms is not case.terms:
            return None
        plate = plates.full
        if plate is None:
            return None
        tail = plate.tails.get(chosen(head.read.get("accept_encoding")))
        if tail is None:
            return None
        self.decisions[Reason.WITHIN_ALLOWANCE] += 1
        return self._answer(head, plate, tail, self._set_cookies(case, plates.terms))

    def _answer(
        self, head: Head, plate: Plate, tail: bytes, extra: bytes = b"", *, stale: bool = False
    ) -> bytes:
        if plate.story and _is_reading(head):
            self.opens.counts[plate.story] += 1
        shared = plate.shared and not stale
        start = self._ok_shared if shared else self._ok
        named = head.read.get("if_none_match")
        if named is not None and plate.etag and matches(named.decode("latin-1"), plate.etag):
            date = self._shared if shared else self._date
            start, tail = b"HTTP/1.1 304 Not Modified\r\n" + date, plate.not_modified
        if not head.keeps_alive:
            extra += b"Connection: close\r\n"
        if head.head_only:
            tail = tail[: tail.index(b"\r\n\r\n") + 4]
        return b"".join((start, extra, tail)) if extra else start + tail

    def _declined(self, head: Head) -> bytes:
        """Refuse to fetch ahead of time what isn't open: it would be counted, or kept and shown."""
        close = b"" if head.keeps_alive else b"Connection: close\r\n"
        return (
            b"HTTP/1.1 503 Service Unavailable\r\n%b%bCache-Control: no-store\r\n%b"
            b"Content-Length: 0\r\n\r\n" % (self._date, close, POLICIES)
        )

    # Who asks.

    def _bearer(self, header: bytes | None) -> _Bearer | None:
        """Return who asks; None when Django must tell."""
        if header is None:
            return _VISITOR
        now = self._clock()
        self._month_at(now)
        bearer = self._bearers.get(header)
        if bearer is None or bearer.until <= now:
            bearer = self._read_cookies(header, now)
            if bearer is not None:
                # Readers ask for story after story with the same cookies.
                if len(self._bearers) >= _REMEMBERED:
                    self._bearers.clear()
                self._bearers[header] = bearer
        return bearer

    def _read_cookies(self, header: bytes, now: float) -> _Bearer | None:
        try:
            session, sealed, month = self._finder.find(header)
        except OddCookiesError:
            return None
        if sealed is None:
            return None if session is not None else _VISITOR
        who = self.passes.read(sealed)
        if who is None or who.expires_at <= now:
            return None
        if (who.standing is Standing.VISITOR) is (session is not None):
            # Signed in or out since, and the pass not yet changed.
            return None
        if who.epoch < self._revoked.get(who.reader, 0):
            return None
        if who.reader > 0 and who.expires_at - PASS_LASTS < self._issued_since:
            # It may have been revoked before this process came to listen.
            return None
        listed = self.passes.read_month(month) if month is not None else None
        if listed is None or listed.reader != who.reader:
            return _Bearer(who, (), now)
        # Nobody's month goes back: see rules.meter.month_counted.
        current = listed.month in {self._month, self._next_month}
        return _Bearer(who, listed.stories if current else (), now)

    def _month_at(self, now: float) -> int:
        """Return the paper's month, computed once a month."""
        if not self._month_starts_at <= now < self._month_ends_at:
            month = month_of(datetime.fromtimestamp(now, UTC), self._zone)
            self._month_starts_at = month_starts_at(month, self._zone).timestamp()
            self._month_ends_at = resets_at(month, self._zone).timestamp()
            self._month, self._next_month = month, next_month(month)
            self._bearers.clear()
            self._used_months.clear()
        return self._month

    def _set_cookies(self, case: _Case, terms: Terms) -> bytes:
        """Return the header lines that tell the browser what is counted."""
        assert case.bearer is not None
        assert case.outcome is not None
        bearer = case.bearer
        _, month, opened = case.outcome
        if not opened:
            # The store failed, and the story opens: the list remembers it meanwhile.
            opened = (*bearer.stories, terms.story)
        allowance = terms.policy.allowance(bearer.person)
        listed, shown = self.counted_cookies(bearer.reader, month, opened, allowance)
        return f"Set-Cookie: {listed}\r\nSet-Cookie: {shown}\r\n".encode()

    def counted_cookies(
        self, reader: int, month: int, opened: tuple[int, ...], allowance: int | None
    ) -> tuple[str, str]:
        """Return what a browser is to keep after a reading, as values of Set-Cookie.

        :param opened: the stories counted this month
        """
        now = self._clock()
        # The month after the present one, where a clock was put back.
        current = month == self._month_at(now)
        ends_at = self._month_ends_at if current else resets_at(month, self._zone).timestamp()
        seconds = max(0, int(ends_at - now)) + 86_400
        sealed = self.passes.write_month(reader, month, opened)
        shown = f"{len(opened)}-{allowance}"
        return (
            self.cookies.line(self.cookies.month, sealed, seconds=seconds),
            self.cookies.line(self.cookies.counted, shown, seconds=seconds, script=True),
        )

    # What changes.

    def _up_to_date(self) -> bool:
        """Drop the plates that have changed; tell whether the rest may be sent."""
        number = self._edition.number()
        if number == self._seen:
            return True
        if number < 0:
            return False
        if self._seen < 0:
            self._seen, changes, self._issued_since = self._edition.remembered()
            self._bearers.clear()
            self._used_months.clear()
            self._hear(changes)
            return True
        self._seen, told = self._edition.changes(self._seen)
        self._no_pages.clear()
        if told is None:
            # More than is remembered: nothing of what was known holds.
            self.plates.clear()
            self._bearers.clear()
            self._used_months.clear()
            self._seen, changes, self._issued_since = self._edition.remembered()
            self._hear(one for one in changes if one.kind is Kind.REVOKED)
        else:
            self._hear(told)
        return True

    def _hear(self, changes: Iterable[Change]) -> None:
        now, clock = time.monotonic(), time.time()
        for kind, key, epoch, at in changes:
            until = now + min(max(at + STALE_FOR - clock, 0), STALE_FOR)
            if kind is Kind.REVOKED and key == EVERYBODY:
                self._issued_since = max(self._issued_since, epoch)
                self._bearers.clear()
                self._used_months.clear()
            elif kind is Kind.REVOKED:
                self._revoked[key] = max(epoch, self._revoked.get(key, 0))
                self._bearers.clear()
                self._used_months.forget(key)
            elif kind is Kind.ACCESS:
                if key:
                    self.plates.drop(key)
                else:
                    # The policies may have changed, and with them how many stories are many.
                    self.plates.clear()
                    self._used_months.clear()
            elif key:
                self.plates.age(key, until)
            else:
                self.plates.age_all(until)

    def _current(self, path: bytes) -> Plates | None:
        plates = self.plates.get(path)
        if plates is not None and plates.expires_at <= time.monotonic():
            self.plates.drop_path(path)
            return None
        return plates

    # What takes a while: pages are looked up and printed in threads, each once for all who wait.

    def _begin(
        self, case: _Case, key: object, make: Callable[[], Coroutine[None, None, Plates | None]]
    ) -> Wait:
        flight = self._fly(key, make)
        flight.add_done_callback(partial(self._landed, case))
        return WAIT

    def _fly(
        self, key: object, make: Callable[[], Coroutine[None, None, Plates | None]]
    ) -> asyncio.Task[Plates | None]:
        flight = self._flights.get(key)
        if flight is None:
            flight = self._flights[key] = asyncio.get_running_loop().create_task(make())
            flight.add_done_callback(lambda _: self._flights.pop(key, None))
            flight.add_done_callback(_tell)
        return flight

    def _landed(self, case: _Case, flight: asyncio.Task[Plates | None]) -> None:
        failed = flight.cancelled() or flight.exception() is not None
        case.plates = None if failed else flight.result()
        if case.plates is None:
            case.connection.resume(None)
        else:
            self._resume(case)

    def _resume(self, case: _Case) -> None:
        try:
            answer = self._serve(case)
        except Exception:
            log.exception("The edge failed at %r", case.head.path)
            answer = None
        if not isinstance(answer, Wait):
            case.connection.resume(answer)

    async def _look_up(self, path: bytes) -> Plates | None:
        words = readable(path)
        if words is None:
            self._remember_no_page(path)
            return None
        keys = frozenset({key_of(words)})
        for _ in range(_TRIES):
            before = self._edition.number()
            terms = await self._in_thread(partial(self._press.look_up, words))
            if self._holds_since(before, keys):
                if terms is None:
                    self._remember_no_page(path)
                    return None
                plates = Plates(terms, keys, self._seen)
                self.plates.put(path, plates)
                return plates
        return None

    def _remember_no_page(self, path: bytes) -> None:
        if len(self._no_pages) >= _REMEMBERED:
            self._no_pages.clear()
        self._no_pages.add(path)

    async def _print(self, path: bytes, variant: Variant, encoding: Encoding) -> Plates | None:
        words = readable(path)
        assert words is not None

        def work() -> tuple[Printed, Plate] | None:
            printed = self._press.print(words, variant)
            if printed is None:
                return None
            lasts = printed.variant_lasts
            expires_at = NEVER if lasts is None else time.monotonic() + lasts
            plate = Plate(printed, variant, expires_at)
            plate.add(encoding, encode(printed.words, encoding))
            return printed, plate

        for _ in range(_TRIES):
            before = self._edition.number()
            made = await self._in_thread(work)
            if made is None:
                return None
            self.printed += 1
            printed, plate = made
            keys = frozenset(map(key_of, (words, *printed.keys)))
            if self._holds_since(before, keys):
                return self._keep(path, variant, printed, plate, keys)
        # It changes faster than it can be printed.
        return None

    def _keep(
        self, path: bytes, variant: Variant, printed: Printed, plate: Plate, keys: frozenset[int]
    ) -> Plates:
        plates = self._current(path)
        if plates is None or plates.stale or plates.terms != printed.terms:
            plates = Plates(printed.terms, keys)
        self.plates.drop_path(path)
        plates.keys |= keys
        plates.number = self._seen
        plates.set(variant, plate)
        if printed.lasts is not None:
            plates.expires_at = min(plates.expires_at, time.monotonic() + printed.lasts)
        self.plates.put(path, plates)
        return plates

    async def _encode(
        self, path: bytes, plates: Plates, plate: Plate, encoding: Encoding
    ) -> Plates | None:
        coded = await self._in_thread(lambda: encode(plate.words(), encoding))
        plate.add(encoding, coded)
        if self.plates.get(path) is plates:
            # Its size has grown.
            self.plates.put(path, plates)
        return plates

    async def _in_thread[T](self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._threads, work)

    def _holds_since(self, number: int, keys: frozenset[int]) -> bool:
        """Tell whether nothing that is shown has changed since the edition had a number."""
        if number < 0 or not self._up_to_date():
            return False
        _, changes = self._edition.changes(number)
        return changes is not None and not any(
            change.kind is not Kind.REVOKED and (change.key == 0 or change.key in keys)
            for change in changes
        )


def _decide(head: Head, terms: Terms, bearer: _Bearer, opened: Collection[int]) -> Decision:
    return decide(
        terms.story,
        terms.access,
        bearer.person,
        terms.policy,
        opened,
        staff=bearer.staff,
        blocked=bearer.blocked,
        reading=_is_reading(head),
    )


def _is_reading(head: Head) -> bool:
    """Tell whether somebody asks who is going to read it."""
    return not head.head_only and not ("purpose" in head.read and head.ahead_of_time)


def _tell(flight: asyncio.Task[Plates | None]) -> None:
    error = None if flight.cancelled() else flight.exception()
    if error is not None and not outages.record(error):
        log.error("A page can't be printed", exc_info=error)
