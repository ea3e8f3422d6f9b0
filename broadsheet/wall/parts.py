"""The wall's part in the reader's pages, the export, the erasure and circulation's desk."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.http import HttpRequest

from broadsheet.newsroom.models import StoryPage
from broadsheet.press.edge.ledger.stores import Reading as Counted
from broadsheet.press.edge.ledger.stores import StoreError
from broadsheet.readers.models import Reader
from broadsheet.readers.registry import Month, Panel, Part, Reading, Sheet
from broadsheet.rules.access import Person
from broadsheet.rules.meter import month_of, resets_at
from broadsheet.wall import gate, policies
from broadsheet.wall.models import Subscription


def _stories(counted: Sequence[Counted]) -> dict[int, StoryPage]:
    found: dict[int, StoryPage] = (
        StoryPage.objects.live()
        .defer("body", "teaser")
        .in_bulk(list({reading.story for reading in counted}))
    )
    return found


def _readings(counted: Sequence[Counted]) -> list[Reading]:
    live = _stories(counted)
    return [
        Reading(
            headline=live[one.story].title if one.story in live else "(no longer published)",
            url=live[one.story].url or "" if one.story in live else "",
            read_at=datetime.fromtimestamp(one.at, UTC),
        )
        for one in counted
    ]


def is_subscriber(reader: Reader, now: datetime) -> bool:
    return Subscription.objects.holding(now).filter(reader=reader).exists()


def month(reader: Reader, now: datetime) -> Month | None:
    """Return what counted this month; None while the store of readings can't be asked."""
    number = month_of(now, gate.zone())
    try:
        counted = gate.ledger().readings(reader.pk, number)
    except StoreError:
        return None
    unlimited = reader.is_staff or is_subscriber(reader, now)
    allowance = None if unlimited else policies.load().paper.allowance(Person.READER)
    return Month(
        readings=_readings(counted),
        allowance=allowance,
        left=None if allowance is None else max(0, allowance - len(counted)),
        resets_at=resets_at(number, gate.zone()),
    )


def state(reader: Reader, stories: Sequence[int], now: datetime) -> dict[str, Any]:
    found = month(reader, now)
    if found is None:
        return {}
    return {"left": found.left, "allowance": found.allowance}


def export(reader: Reader) -> Iterator[Sheet]:
    counted = gate.ledger().readings(reader.pk)
    live = _stories(counted)
    yield Sheet(
        "readings",
        "Stories that counted",
        [
            {
                "headline": live[one.story].title if one.story in live else "(no longer published)",
                "address": f"{settings.PAPER_ADDRESS}{live[one.story].url}"
                if one.story in live
                else "",
                "month": f"{one.month // 100}-{one.month % 100:02}",
                "read": datetime.fromtimestamp(one.at, UTC),
            }
            for one in counted
        ],
    )
    rows = Subscription.objects.filter(reader=reader).order_by("pk")
    yield Sheet(
        "subscriptions",
        "Subscriptions",
        [
            {
                "address": row.email,
                "given": row.granted_at,
                "until": row.until,
                "ended": row.ended_at,
            }
            for row in rows
        ],
    )


def erase(reader: Reader, choices: dict[str, str], now: datetime) -> dict[str, int]:
    """Forget the readings, and whom subscriptions were for."""
    counted = len(gate.ledger().readings(reader.pk))
    gate.ledger().forget(reader.pk)
    gate.revoked(reader.pk, now.timestamp())
    ended = Subscription.objects.filter(reader=reader).delete()[0]
    return {"readings": counted, "subscriptions": ended}


def desk(reader: Reader, request: HttpRequest, now: datetime) -> Panel | None:
    """Show circulation what the reader sees, and why."""
    number = month_of(now, gate.zone())
    try:
        counted = gate.ledger().readings(reader.pk, number)
    except StoreError as error:
        return Panel(title="Meter", lines=[f"The store of readings can't be asked: {error}"])
    live = _stories(counted)
    return Panel(
        title="Meter and subscription",
        template="wall/desk/_trace.html",
        facts={
            "month": month(reader, now),
            "readings": [
                {
                    "story": one.story,
                    "headline": live[one.story].title
                    if one.story in live
                    else "(no longer published)",
                    "url": live[one.story].url if one.story in live else "",
                    "read_at": datetime.fromtimestamp(one.at, UTC),
                }
                for one in counted
            ],
            "subscription": Subscription.objects.holding(now)
            .filter(reader=reader)
            .order_by("-until")
            .first(),
            "reader": reader,
        },
    )


PART = Part(
    name="wall",
    order=10,
    benefits=policies.benefits,
    month=month,
    state=state,
    export=export,
    erase=erase,
    desk=desk,
    cookies=(gate.cookies().pass_, gate.cookies().month, gate.cookies().counted),
    superseded=(gate.cookies().counted,),
)
