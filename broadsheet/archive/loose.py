"""The second pass: links between stories and pictures that were not there at first.

What waits is in the database, so a run that was stopped goes on from there.
"""

from collections.abc import Callable, Iterable
from typing import Any

from django.db import transaction

from broadsheet.archive import words
from broadsheet.archive.models import Loose, OldAddress
from broadsheet.archive.pictures import Pictures
from broadsheet.archive.reports import Report
from broadsheet.newsroom import bodies
from broadsheet.newsroom.models import StoryPage
from broadsheet.newsroom.signals import announce

_AT_ONCE = 100


def pages(keys: Iterable[str]) -> dict[str, int]:
    """Return key → page of the old addresses that are known."""
    wanted = list(keys)
    found: dict[str, int] = {}
    for start in range(0, len(wanted), 500):
        rows = OldAddress.objects.filter(key__in=wanted[start : start + 500], page__isnull=False)
        found |= dict(rows.values_list("key", "page_id"))
    return found


def place_all(
    *, pictures: Pictures, report: Report, progress: Callable[[], None] = lambda: None
) -> None:
    """Give every story what it waits for, as far as it is there now."""
    last = 0
    waiting = Loose.objects.order_by("pk")
    if not pictures.can_find:
        waiting = waiting.exclude(hosts=[])
    while True:
        some = waiting.filter(pk__gt=last).values_list("pk", "story__source", "pictures")
        batch = list(some[:_AT_ONCE])
        if not batch:
            break
        last = batch[-1][0]
        if pictures.can_find:
            # Before anything is locked: a server of former days may be slow.
            for _, source, blocks in batch:
                for block in blocks.values():
                    for picture in words.pictures_in(words.from_json(block)):
                        pictures.number(picture, source=source)
        with transaction.atomic():
            rows = Loose.objects.select_for_update(of=("self",)).select_related("story")
            found = rows.filter(pk__in=[number for number, *_ in batch]).order_by("pk")
            changed = [one.story_id for one in found if _place(one, pictures, report)]
            if changed:
                announce(changed)
        progress()
    if not report.imported and not pictures.can_find:
        return
    if stories := Loose.objects.exclude(pictures={}).count():
        report.warn(
            "",
            f"stories of this paper that wait for pictures: {stories}. Run the import again with "
            "--pictures FOLDER, or with --fetch-pictures to fetch them from their old addresses",
        )


def _place(one: Loose, pictures: Pictures, report: Report) -> bool:
    """Place what is there; return whether the story has changed."""
    story: StoryPage = one.story
    raw: list[dict[str, Any]] = [dict(block) for block in story.body.raw_data]
    before = words.digest_as_stored(
        headline=story.title,
        standfirst=story.standfirst,
        dateline=story.dateline,
        access=story.access,
        raw=raw,
    )
    is_edited = before != story.imported_digest[32:] or story.latest_revision_id is not None
    if is_edited and not one.pictures:
        one.delete()
        return False
    if is_edited:
        # The next revision would take it away again, and the words are the desk's now.
        report.warn(
            story.url_path, "a story edited here has pictures that were not there when it came in"
        )
        one.delete()
        return False
    changed = False
    if one.hosts:
        links = words.own_links(raw, frozenset(one.hosts))
        known = pages(links.values())
        found = {address: known[key] for address, key in links.items() if key in known}
        if found:
            raw = words.relinked(raw, found)
            changed = True
        one.hosts = []
    if one.pictures and pictures.can_find:
        raw, lead, left = _pictured(one, raw, pictures, story.source)
        if lead is not None:
            story.lead_picture_id = lead
        if left != one.pictures:
            one.pictures = left
            changed = True
    if changed:
        story.body = _stream(raw)
        story.words = bodies.count_words(raw)
        story.teaser = _stream(
            bodies.teaser(story.body, words=story.teaser_words, path=story.path), "teaser"
        )
        story.imported_digest = story.imported_digest[:32] + words.digest_as_stored(
            headline=story.title,
            standfirst=story.standfirst,
            dateline=story.dateline,
            access=story.access,
            raw=raw,
        )
        StoryPage.objects.filter(pk=story.pk).update(
            body=story.body,
            words=story.words,
            teaser=story.teaser,
            lead_picture=story.lead_picture_id,
            imported_digest=story.imported_digest,
        )
    if one.pictures:
        one.save()
    else:
        one.delete()
    return changed and story.live


def _pictured(
    one: Loose, raw: list[dict[str, Any]], pictures: Pictures, source: str
) -> tuple[list[dict[str, Any]], int | None, dict[str, Any]]:
    """Return the body with the pictures that are there, the lead picture, and what still waits."""
    left = dict(one.pictures)

    def find(picture: Any) -> int | None:
        return pictures.number(picture, source=source)

    lead = None
    if "lead" in left:
        lead = find(words.from_json(left["lead"])["value"]["picture"])
        if lead is not None:
            del left["lead"]
    made: list[dict[str, Any]] = []
    for block in raw:
        waiting = left.get(block["id"])
        if waiting is None:
            made.append(block)
            continue
        body = words.Body((), seed=block["id"], find=find)
        body.add(words.from_json(waiting), block["id"])
        made += body.raw
        del left[block["id"]]
        left |= body.waiting
    return made, lead, left


def _stream(raw: list[dict[str, Any]], name: str = "body") -> Any:
    from wagtail.blocks.stream_block import StreamValue

    return StreamValue(StoryPage._meta.get_field(name).stream_block, raw, is_lazy=True)
