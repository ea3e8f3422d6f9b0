"""Where the API's answers come from."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any, cast

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from broadsheet.edition import cursors, stories
from broadsheet.edition.services import addresses, lists, wire
from broadsheet.edition.services.api import schemas
from broadsheet.edition.services.wire import Dispatch
from broadsheet.newsroom import listings
from broadsheet.newsroom.models import Author, Listing, SectionPage, Topic


class NoSuchError(Exception):
    """A filter names what isn't there. ``where`` is the parameter."""

    def __init__(self, where: str, said: str) -> None:
        super().__init__(said)
        self.where, self.said = where, said


def keys(*, section: str | None, topic: str | None, author: str | None) -> list[str]:
    """Return the keys of the lists that a story must stand in.

    :raises NoSuchError: for the first that there is none of
    """
    wanted: list[str] = []
    found: SectionPage | Topic | Author | None
    for where, named in (("section", section), ("topic", topic), ("author", author)):
        if named is None:
            continue
        match where:
            case "section":
                found = stories.section_at(named.strip("/") + "/")
            case "topic":
                found = lists.topics().filter(slug=named).first()
            case _:
                found = lists.authors().filter(slug=named).first()
        if found is None:
            raise NoSuchError(where, f"There is no {where} at “{named[:120]}”.")
        wanted.append(listings.key(found))
    return wanted


def page(
    places: list[str],
    *,
    since: datetime | date | None,
    until: datetime | date | None,
    before: cursors.Place | None,
    limit: int,
) -> schemas.Stories:
    """Return a page of the stories that stand in all of these lists, latest first."""
    now = timezone.now()
    first, *others = places or [listings.ALL]
    rows = Listing.objects.filter(key=first, published_at__lte=now)
    for other in others:
        # Looked up story by story in the order of the first list: nothing is sorted.
        rows = rows.filter(Exists(Listing.objects.filter(key=other, story=OuterRef("story"))))
    if since is not None:
        rows = rows.filter(published_at__gte=_moment(since))
    if until is not None:
        rows = rows.filter(published_at__lt=_moment(until, days=1))
    if before is not None:
        moment, number = before
        rows = rows.filter(
            Q(published_at__lte=moment) & (Q(published_at__lt=moment) | Q(story_id__lt=number))
        )
    found = list(
        rows.order_by("-published_at", "-story_id").values_list("published_at", "story_id")[
            : limit + 1
        ]
    )
    shown = found[:limit]
    fetched = listings.fetch(number for _, number in shown)
    return schemas.Stories(
        stories=[schemas.StoryInList(**_story(one)) for one in wire.dispatches(fetched, now=now)],
        next_cursor=cursors.write(shown[-1]) if len(found) > limit else None,
    )


def story(number: int) -> schemas.Story | None:
    now = timezone.now()
    if not Listing.objects.filter(story=number, key=listings.ALL).exists():
        return None
    found = next(iter(wire.dispatches(listings.fetch([number]), now=now)), None)
    if found is None:
        return None
    corrections = found.story.corrections.order_by("corrected_at", "pk")
    return schemas.Story(
        **_story(found),
        body=schemas.Body(
            complete=found.complete,
            html=found.html,
            blocks=[schemas.Block(type=one.kind, html=one.html) for one in found.blocks],
        ),
        corrections=[
            schemas.Correction(corrected_at=one.corrected_at, html=wire.clean(one.text))
            for one in corrections
        ],
    )


def _story(entry: Dispatch) -> dict[str, Any]:
    printed, picture = entry.picture, entry.story.lead_picture
    return {
        "id": entry.number,
        "key": entry.key,
        "url": entry.address,
        "headline": entry.headline,
        "standfirst": entry.standfirst,
        "dateline": entry.story.dateline,
        "language": entry.language,
        "access": entry.story.access,
        "published_at": entry.published_at,
        "updated_at": entry.updated_at,
        "section": _section(entry.story.section) if entry.story.section else None,
        "topics": [_topic(one) for one in entry.topics],
        "authors": [_author(one.author) for one in entry.story.bylines.all()],
        "picture": schemas.Picture(
            url=addresses.whole(printed.address),
            width=printed.width,
            height=printed.height,
            alternative_text=printed.alternative_text,
            caption=entry.caption,
            credit=picture.credit,
        )
        if printed and picture
        else None,
    }


def sections() -> schemas.Sections:
    every = list(SectionPage.objects.live().order_by("path"))
    by_path = {one.path: one.pk for one in every}
    return schemas.Sections(
        sections=[
            schemas.Section(
                **_section(one),
                description=one.description,
                parent_id=by_path.get(one.path[: -one.steplen]),
            )
            for one in every
        ]
    )


def topics(*, after: int, limit: int) -> schemas.Topics:
    found = list(lists.topics().filter(pk__gt=after).order_by("pk")[: limit + 1])
    return schemas.Topics(
        topics=[schemas.Topic(**_topic(one), description=one.description) for one in found[:limit]],
        next_cursor=_after(found, limit),
    )


def authors(*, after: int, limit: int) -> schemas.Authors:
    found = list(lists.authors().filter(pk__gt=after).order_by("pk")[: limit + 1])
    return schemas.Authors(
        authors=[
            schemas.Author(
                **_author(one),
                kind=cast("Any", one.kind),
                office=one.office,
                about_html=wire.rich(one.about),
            )
            for one in found[:limit]
        ],
        next_cursor=_after(found, limit),
    )


def _after(found: list[Any], limit: int) -> str | None:
    return str(found[limit - 1].pk) if len(found) > limit else None


def _section(section: SectionPage) -> dict[str, Any]:
    return {
        "id": section.pk,
        "title": section.title,
        "path": section.url_path.split("/", 2)[2].strip("/"),
        "url": addresses.of(section),
    }


def _topic(topic: Topic) -> dict[str, Any]:
    return {
        "id": topic.pk,
        "name": topic.name,
        "slug": topic.slug,
        "url": addresses.whole(topic.get_absolute_url()),
    }


def _author(author: Author) -> dict[str, Any]:
    return {
        "id": author.pk,
        "name": author.name,
        "slug": author.slug,
        "url": addresses.whole(author.get_absolute_url()),
    }


def _moment(given: datetime | date, *, days: int = 0) -> datetime:
    """Return a moment in UTC, and of a day its beginning in the paper's zone.

    :param days: to count on from the beginning of a day
    """
    try:
        if not isinstance(given, datetime):
            on = given + timedelta(days=days)
            given = datetime.combine(on, time(), tzinfo=timezone.get_default_timezone())
        return given.astimezone(UTC)
    except OverflowError:
        # At either end of the calendar.
        if given.year == 1:
            return datetime.min.replace(tzinfo=UTC)
        return datetime.max.replace(tzinfo=UTC)
