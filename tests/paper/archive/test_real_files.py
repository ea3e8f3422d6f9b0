"""Files that real systems wrote. They are no part of the project: BROADSHEET_DATA names their folder."""

import os
from pathlib import Path

import pytest

from broadsheet.newsroom.models import StoryPage
from broadsheet.press.importers.records import UnusableError

DATA = os.environ.get("BROADSHEET_DATA", "")
FILES = sorted(one for one in Path(DATA, "stories").rglob("*") if one.is_file()) if DATA else []
# Descriptions of formats, and formats of things that are no stories.
UNUSABLE = ("schema", ".xsd", ".md", ".csv", ".html", "wp-api", "chorus", "tinynews")

pytestmark = pytest.mark.skipif(not FILES, reason="BROADSHEET_DATA names no folder with stories")


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_real_file_comes_in_with_a_report_that_adds_up(bring_in, file):
    if any(part in file.name for part in UNUSABLE):
        with pytest.raises(UnusableError, match="no format that can be read"):
            bring_in(file)
        return

    first = bring_in(file)
    again = bring_in(file)

    assert StoryPage.objects.count() <= first.imported
    assert again.imported == 0
    assert again.refused == first.refused
    for reason in [one["reason"] for one in first.refusals()]:
        assert "Error" not in reason


def test_stories_of_real_files_read_well_on_the_page(bring_in, client):
    for file in FILES:
        if file.parent.name in {"wxr", "ghost", "ninjs", "nitf", "newsml-g2", "arc-ans", "rss"}:
            try:
                bring_in(file)
            except UnusableError:
                continue

    live = list(StoryPage.objects.live())
    assert len(live) > 30
    for story in live:
        assert client.get(story.url).status_code == 200, story.url
