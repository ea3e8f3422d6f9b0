"""What docs/developing.md shows works as it stands there."""

import re
import sys
import types
from datetime import UTC
from enum import StrEnum
from pathlib import Path
from typing import Any

import pytest
from django.test import RequestFactory, override_settings

from broadsheet.archive.names import Names, named
from broadsheet.demo import factories
from broadsheet.edition import pieces
from broadsheet.newsroom import blocks as story_blocks
from broadsheet.newsroom import bodies
from broadsheet.newsroom.models import StoryPage
from broadsheet.press.importers import formats
from broadsheet.press.importers.records import Complaint, StoryRecord, Wishes
from broadsheet.rules.guidelines import findings
from broadsheet.rules.guidelines.policy import Policy

PAGE = (Path(__file__).parents[2] / "docs" / "developing.md").read_text(encoding="utf-8")


def shown(file: str) -> str:
    """Return the code that the page shows for a file."""
    found = re.search(
        rf"```(?:python|html)\n(?:# |{{# )[^\n]*{re.escape(file)}[^\n]*\n(.*?)```", PAGE, re.DOTALL
    )
    assert found, f"docs/developing.md shows no {file}"
    return found[1]


def run(file: str, names: dict[str, Any] | None = None) -> dict[str, Any]:
    space = dict(names or {}, __name__="shown")
    exec(compile(shown(file), file, "exec"), space)  # our own page
    return space


def with_templates(**templates: str) -> Any:
    """Let the paper have some more templates."""
    loaders = [
        ("django.template.loaders.locmem.Loader", templates),
        "django.template.loaders.app_directories.Loader",
    ]
    from django.conf import settings

    engine = settings.TEMPLATES[0]
    options = {**engine["OPTIONS"], "loaders": loaders}
    return override_settings(
        TEMPLATES=[{**engine, "APP_DIRS": False, "OPTIONS": options}, *settings.TEMPLATES[1:]]
    )


@pytest.fixture
def fact_box(monkeypatch):
    """A kind of block as the page shows it, in the body of stories."""
    kind = run("newsroom/blocks.py", vars(story_blocks))["FactBox"]()
    kind.set_name("fact_box")
    for field in ("body", "teaser"):
        known = StoryPage._meta.get_field(field).stream_block.child_blocks
        monkeypatch.setitem(known, "fact_box", kind)
    monkeypatch.setitem(story_blocks.KINDS, "fact_box", kind)
    pieces.template_of.cache_clear()
    yield kind
    pieces.template_of.cache_clear()


@pytest.fixture
def story(db, fact_box):
    value = {"title": "The river", "text": "<p>It is <b>870</b> km long.</p>"}
    return factories.story(
        "Talks on the river",
        section=factories.section("World"),
        access="free",
        body=[*factories.paragraphs("They met."), ("fact_box", value)],
    )


def test_a_kind_of_block_is_known_everywhere_from_its_class(story, client):
    assert story.words == 2 + 2 + 5
    assert [words for _, words in bodies.texts(story.body)][-1] == "The river It is 870 km long."
    assert "<h3>The river</h3><p>It is <b>870</b> km long.</p>" in client.get(story.url).text
    assert "870" in client.get("/rss.xml").text
    assert "870" in client.get(f"/api/v1/stories/{story.pk}").text
    assert "Talks on the river" in client.get("/search/?q=870").text
    exported = named.blocks(list(story.body.raw_data), Names())
    assert exported[-1]["value"]["title"] == "The river"


def test_a_kind_of_block_is_printed_by_its_template(story, client):
    template = shown("edition/blocks/fact_box.html")
    with with_templates(**{"edition/blocks/fact_box.html": template}):
        assert (
            '<div class="fact-box" role="group" aria-label="The river">'
            in client.get(story.url).text
        )


def test_a_kind_of_block_that_leaves_something_unsaid_is_refused(monkeypatch):
    from django.core.exceptions import ImproperlyConfigured
    from wagtail import blocks

    from broadsheet.newsroom.story_block import StoryBlock

    class Mute(StoryBlock, blocks.CharBlock):
        def words(self, value: Any) -> str:
            return str(value)

    with pytest.raises(ImproperlyConfigured, match="“mute” doesn't say: prepare, html"):
        story_blocks.Body([("mute", Mute())])
    with pytest.raises(ImproperlyConfigured, match="“other” is no StoryBlock"):
        story_blocks.Body([("other", blocks.CharBlock())])


def test_a_guideline_finds_what_it_is_about(monkeypatch):
    name, value = re.findall(r"Add `(\w+) = \"([\w-]+)\"` to `Guideline`", PAGE)[0]
    members = {one.name: one.value for one in findings.Guideline}
    monkeypatch.setattr(findings, "Guideline", StrEnum("Guideline", {**members, name: value}))
    find = run("rules/guidelines/phone_numbers.py")["find"]

    (found,) = find(findings.Written("Call me: 0484 230 1234."), None, Policy())

    assert found.guideline == "phone-numbers"
    assert (found.start, found.end) == (9, 22)
    assert not list(find(findings.Written("It was in 1984."), None, Policy()))


def test_an_importer_reads_stories_and_complains_of_the_rest(tmp_path, monkeypatch):
    name = "broadsheet.press.importers.lines"
    module = types.ModuleType(name)
    vars(module).update(run("press/importers/lines.py"))
    monkeypatch.setitem(sys.modules, name, module)
    monkeypatch.setitem(formats.FORMATS, "lines", "lines")
    file = tmp_path / "old.txt"
    file.write_text("2011-03-22T21:11:00+05:30\tTalks go on\tThey met & parted.\nnothing\n")

    read = list(formats.read([file], Wishes(UTC), "lines"))

    story, complaint = read
    assert isinstance(story, StoryRecord)
    assert story.headline == "Talks go on"
    assert story.body[0]["value"] == "<p>They met &amp; parted.</p>"
    assert isinstance(complaint, Complaint)
    assert complaint.place == "old.txt, line 2"


@pytest.mark.django_db
def test_a_page_is_printed():
    from broadsheet.edition import views

    factories.author("Raghav Kurup")
    view = run("edition/views.py", vars(views))["who_we_are"]
    template = shown("edition/masthead_page.html")
    with with_templates(**{"edition/masthead_page.html": template}):
        answer = view(RequestFactory().get("/who-we-are/"))

    assert answer.status_code == 200
    assert '<a href="/authors/raghav-kurup/">Raghav Kurup</a>' in answer.text
