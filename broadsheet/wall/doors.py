"""Whether a story opens for a request that Django answers.

The edge decides the same by the same rule (broadsheet.press.edge.edge); what it isn't sure of comes
here. Who asks is told by the session, never by the pass alone.
"""

import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from broadsheet.press.edge.ledger.stores import Asked, Result
from broadsheet.press.edge.passes import (
    NOBODY,
    PASS_LASTS,
    VISITOR_PASS_LASTS,
    MonthList,
    Pass,
    Standing,
)
from broadsheet.readers.models import Reader
from broadsheet.readers.requests import internet_address
from broadsheet.rules import crawlers
from broadsheet.rules.access import Access, Person
from broadsheet.rules.meter import Decision, Policy, Reason, decide, month_of, next_month, resets_at
from broadsheet.rules.variants import Variant, variant_for
from broadsheet.wall import gate, policies
from broadsheet.wall.models import Subscription

_ASK = frozenset({Reason.WITHIN_ALLOWANCE, Reason.ALLOWANCE_USED})


@dataclass(slots=True)
class Opening:
    """What a request gets of a story, and what its browser is to keep.

    :param person: who asks; it makes no difference for a free story
    :param lines: values of Set-Cookie; only ever for answers that nobody keeps
    """

    decision: Decision
    person: Person = Person.VISITOR
    lines: list[str] = field(default_factory=list)

    @property
    def opens(self) -> bool:
        return self.decision.opens

    @property
    def variant(self) -> Variant:
        return variant_for(self.decision.reason, self.person)

    def give(self, response: HttpResponse) -> None:
        """Write the cookies into an answer."""
        for line in self.lines:
            name = line.partition("=")[0]
            response.cookies.load(line)
            response.cookies[name]["path"] = "/"


def is_signed_in(request: HttpRequest) -> bool:
    """Tell whether a reader asks. A visitor's request doesn't touch the store of sessions."""
    return settings.SESSION_COOKIE_NAME in request.COOKIES and request.user.is_authenticated


def bearer_of(reader: Reader, now: float) -> Pass:
    """Return the pass of a reader, as things stand."""
    moment = datetime.fromtimestamp(now, UTC)
    until = (
        Subscription.objects.holding(moment)
        .filter(reader=reader)
        .order_by("-until")
        .values_list("until", flat=True)
        .first()
    )
    return Pass(
        reader.pk,
        Standing.STAFF if reader.is_staff else Standing.READER,
        min(int(until.timestamp()), 2**32 - 1) if until else 0,
        int(now),
        int(now) + PASS_LASTS,
    )


def who_asks(request: HttpRequest, now: float) -> Pass:
    """Return who asks: by the session, or for a visitor by the number in their pass."""
    if is_signed_in(request):
        assert isinstance(request.user, Reader)
        return bearer_of(request.user, now)
    sealed = request.COOKIES.get(gate.cookies().pass_)
    carried = gate.passes().read(sealed.encode()) if sealed else None
    if carried is None or carried.standing is not Standing.VISITOR or carried.expires_at <= now:
        return NOBODY
    return carried


def counted_already(request: HttpRequest, who: Pass, month: int) -> tuple[int, ...]:
    """Return the stories that the browser's month list names for whoever asks."""
    sealed = request.COOKIES.get(gate.cookies().month)
    listed: MonthList | None = gate.passes().read_month(sealed.encode()) if sealed else None
    if listed is None or listed.reader != who.reader:
        return ()
    return listed.stories if listed.month in {month, next_month(month)} else ()


def is_ahead_of_time(request: HttpRequest) -> bool:
    """Tell whether a browser fetches it for a reader who may come to want it."""
    names = ("Sec-Purpose", "Purpose", "X-Purpose", "X-Moz")
    said = " ".join(request.headers.get(name, "") for name in names).lower()
    return any(one in said for one in ("prefetch", "prerender", "preview"))


def is_reading(request: HttpRequest) -> bool:
    """Tell whether somebody asks who is going to read it: not HEAD, prefetch or prerender."""
    return request.method == "GET" and not is_ahead_of_time(request)


def proved_crawler(request: HttpRequest, allowed: policies.Policies) -> bool:
    """Tell whether a search engine asks whose address proves it, and count every crawler."""
    from broadsheet.wall.actions import count_crawler

    named = crawlers.name(request.headers.get("User-Agent", ""))
    if named is None:
        return False
    address = internet_address(request)
    proof = crawlers.Proof.UNKNOWN
    if named.purpose is crawlers.Purpose.SEARCH:
        proof = gate.proofs().of(named, address)
    verdict = crawlers.judge(
        named,
        proof,
        search=allowed.search_engines_read_on,
        training=allowed.training_is_allowed,
    )
    count_crawler(
        token=named.token, verdict=verdict, address=address, path=request.path, now=timezone.now()
    )
    return verdict is crawlers.Verdict.SEARCH_PROVED


def knock(request: HttpRequest, *, story: int, access: Access, path: str) -> Opening:
    """Decide whether a story opens, count it if it must be, and say what the browser keeps.

    :param path: the story's place in the tree, which tells its sections
    """
    if access is Access.FREE:
        return Opening(Decision(Reason.FREE_STORY, None))
    allowed = policies.load()
    now = time.time()
    month = month_of(datetime.fromtimestamp(now, UTC), gate.zone())
    policy = allowed.of(path)
    who = who_asks(request, now)
    reading = is_reading(request)
    known = counted_already(request, who, month)

    def judge(opened: tuple[int, ...], *, crawler: bool = False) -> Decision:
        return decide(
            story,
            access,
            who.person(now),
            policy,
            opened,
            staff=who.standing is Standing.STAFF,
            crawler=crawler,
            reading=reading,
        )

    decision = judge(known, crawler=who.reader == 0 and proved_crawler(request, allowed))
    opening = Opening(decision, who.person(now))
    if decision.reason in _ASK and reading:
        opening = _ask(
            who, month=month, story=story, policy=policy, judge=judge, known=known, now=now
        )
    if opening.opens and who.reader > 0:
        opening.lines.append(_pass_line(who, PASS_LASTS))
    return opening


def _ask(
    who: Pass,
    *,
    month: int,
    story: int,
    policy: Policy,
    judge: Callable[[tuple[int, ...]], Decision],
    known: tuple[int, ...],
    now: float,
) -> Opening:
    """Ask the ledger to count a story; it has the last word."""
    lines = []
    person = who.person(now)
    if who.reader == 0:
        # A visitor who may open some: a number to count for.
        who = Pass(
            -secrets.randbelow(2**62) - 1, Standing.VISITOR, 0, 0, int(now) + VISITOR_PASS_LASTS
        )
        lines.append(_pass_line(who, VISITOR_PASS_LASTS))
    allowance = policy.allowance(person)
    assert allowance is not None
    walled = judge(known).reason is Reason.ALLOWANCE_USED
    asked = Asked(who.reader, month, story, allowance, int(now))
    outcome = gate.ledger().record_now(asked, walled=walled)
    opened = outcome.opened
    match outcome.result:
        case Result.FAILED:
            decision = Decision(Reason.STORE_FAILED_OPEN, 0)
            opened = (*(one for one in known if one != story), story)
        case Result.CLOSED:
            reason = Reason.ALLOWANCE_USED if walled else Reason.STORE_FAILED_CLOSED
            return Opening(Decision(reason, 0), person)
        case Result.COUNTED:
            decision = Decision(Reason.WITHIN_ALLOWANCE, max(0, allowance - len(opened)))
        case Result.ALREADY:
            decision = judge(opened)
        case _:
            return Opening(Decision(Reason.ALLOWANCE_USED, 0), person)
    lines += counted_lines(who, outcome.month, opened, allowance, now)
    return Opening(decision, person, lines)


def counted_lines(
    who: Pass, month: int, opened: tuple[int, ...], allowance: int, now: float
) -> list[str]:
    """Return what a browser is to keep of the month: the sealed list, and what its script shows."""
    cookies = gate.cookies()
    seconds = max(0, int(resets_at(month, gate.zone()).timestamp() - now)) + 86_400
    sealed = gate.passes().write_month(who.reader, month, opened)
    counted = f"{len(opened)}-{allowance}"
    return [
        cookies.line(cookies.month, sealed, seconds=seconds),
        cookies.line(cookies.counted, counted, seconds=seconds, script=True),
    ]


def _pass_line(who: Pass, seconds: int) -> str:
    cookies = gate.cookies()
    return cookies.line(cookies.pass_, gate.passes().issue(who), seconds=seconds)


def renew_pass(request: HttpRequest, response: HttpResponse) -> None:
    """Give a signed-in reader's browser a fresh pass with an answer that nobody keeps."""
    if not is_signed_in(request) or not isinstance(request.user, Reader):
        return
    now = time.time()
    sealed = request.COOKIES.get(gate.cookies().pass_)
    carried = gate.passes().read(sealed.encode()) if sealed else None
    if (
        carried is not None
        and carried.reader == request.user.pk
        and carried.expires_at > now + PASS_LASTS / 2
    ):
        return
    fresh = _pass_line(bearer_of(request.user, now), PASS_LASTS)
    Opening(Decision(Reason.FREE_STORY, None), lines=[fresh]).give(response)
