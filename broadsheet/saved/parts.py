"""The saved list's and the history's part in the reader's pages, the export and the erasure."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

from django.conf import settings
from django.urls import reverse
from wagtail.models import Site

from broadsheet.newsroom.models import StoryPage
from broadsheet.readers.models import Reader
from broadsheet.readers.registry import Intention, Panel, Part, Sheet
from broadsheet.readers.requests import number
from broadsheet.rules.addresses import own_path
from broadsheet.saved import actions
from broadsheet.saved.models import HistoryChoice, OfReaderQuerySet, ReadStory, SavedStory

SHOWN = 3  # stories in the overview


def panel(reader: Reader, now: datetime) -> Panel:
    unread = SavedStory.objects.filter(reader=reader, read_at=None).from_latest()
    numbers = list(unread.values_list("story_id", flat=True)[:SHOWN])
    live = StoryPage.objects.live().for_lists().in_bulk(numbers)
    stories = [live[one] for one in numbers if one in live]
    return Panel(
        title="Saved to read later",
        template="saved/_panel.html",
        facts={"stories": stories},
        link=reverse("saved"),
        link_text="All saved stories",
    )


def state(reader: Reader, stories: Sequence[int], now: datetime) -> dict[str, Any]:
    return {"saved": actions.saved_among(reader=reader, stories=list(stories))}


def _rows(rows: OfReaderQuerySet, moments: dict[str, str]) -> Iterator[dict[str, Any]]:
    """Yield rows for the export; of the stories only what stands in it is fetched."""
    (root,) = (site.root_path for site in Site.get_site_root_paths()[:1])
    fields = ["story__title", "story__url_path", "story__live", *moments.values()]
    for title, path, live, *values in (
        rows.order_by("pk").values_list(*fields).iterator(chunk_size=2_000)
    ):
        yield {
            "headline": title if live else "(no longer published)",
            "address": f"{settings.PAPER_ADDRESS}/{path.removeprefix(root)}" if live else "",
            **dict(zip(moments, values, strict=True)),
        }


def export(reader: Reader) -> Iterator[Sheet]:
    saved = SavedStory.objects.filter(reader=reader)
    yield Sheet(
        "saved-stories", "Saved stories", _rows(saved, {"saved": "saved_at", "read": "read_at"})
    )
    read = ReadStory.objects.filter(reader=reader)
    yield Sheet(
        "reading-history",
        "What you read",
        _rows(read, {"last read": "last_read_at", "times": "times"}),
    )
    yield Sheet(
        "history-setting",
        "Whether your history is kept",
        [{"kept": actions.history_is_kept(reader)}],
    )


def erase(reader: Reader, choices: dict[str, str], now: datetime) -> dict[str, int]:
    HistoryChoice.objects.filter(reader=reader).delete()
    return {
        "saved stories": SavedStory.objects.filter(reader=reader).delete()[0],
        "stories in the history": ReadStory.objects.filter(reader=reader).delete()[0],
    }


PART = Part(
    name="saved",
    order=20,
    benefits=("save stories to read later, as many as you like",),
    links=(("Saved stories", "saved"), ("Reading history", "history")),
    panel=panel,
    state=state,
    export=export,
    erase=erase,
)


def _asked(place: str, name: str) -> str:
    return parse_qs(urlsplit(place).query).get(name, [""])[0]


def _story(place: str) -> StoryPage | None:
    """Return the story that a visitor wanted to save."""
    pk = number(_asked(place, "story"))
    found: StoryPage | None = StoryPage.objects.live().for_lists().filter(pk=pk).first()
    return found


def describe(place: str) -> str:
    story = _story(place)
    return f"“{story.title}” is saved for you." if story else ""


def complete(reader: Reader, place: str, now: datetime) -> str:
    """Save the story, now that the visitor is a reader, and say so.

    With script its own page does, in the place where they left it.
    """
    story = _story(place)
    if story is None:
        return reverse("saved")
    actions.save(reader=reader, story=story, now=now)
    if _asked(place, "script") != "1":
        return place
    url: str | None = own_path(_asked(place, "next")) or story.url
    return url or reverse("saved")


INTENTION = Intention(prefix="/saved/add/", describe=describe, complete=complete)
