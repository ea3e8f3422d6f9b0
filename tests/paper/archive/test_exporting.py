import json
import shutil
import zipfile

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from wagtail.models import Page

from broadsheet.archive import exporting, restoring
from broadsheet.archive.models import OldAddress, PastEvent, Run
from broadsheet.archive.reports import Report
from broadsheet.demo import factories
from broadsheet.newsroom import bodies, listings, portable
from broadsheet.newsroom.models import (
    Author,
    FrontPage,
    Listing,
    Picture,
    Placement,
    StoryPage,
    Topic,
)
from broadsheet.press.importers.records import UnusableError
from broadsheet.wall import portable as wall_portable
from broadsheet.wall.models import SectionPolicy, WallPolicy
from tests.conftest import NOW
from tests.paper.archive.test_importing import picture_file


@pytest.fixture
def paper(bring_in, wordpress, fixtures, tmp_path, reader):
    """A paper with one of everything."""
    picture_file(tmp_path / "uploads", "2011/03/quay.jpg")
    bring_in(
        wordpress, fixtures / "ans.json", fixtures / "redirects.json", pictures=tmp_path / "uploads"
    )
    ferry = StoryPage.objects.get(slug="ferry-talks")
    section = factories.section("World")
    body = [
        ("paragraph", f'<p>See <a linktype="page" id="{ferry.pk}">this</a>.</p>'),
        ("related", {"title": "Read more", "stories": [ferry]}),
        (
            "picture",
            {"picture": ferry.lead_picture, "caption": "C", "credit": "", "alternative_text": ""},
        ),
    ]
    written = factories.story(
        "Written here", section=section, body=body, authors=[factories.author("Jo")]
    )
    # A draft that links to a story which comes later in the order of the tree.
    last = factories.story("Last of all", section=section)
    written.title = "Being rewritten"
    written.body = [*body, ("paragraph", f'<p><a linktype="page" id="{last.pk}">Later</a></p>')]
    written.save_revision()
    factories.story("Never shown", section=section, publish=False)
    front_page = FrontPage.objects.get()
    front_page.lead = ferry
    front_page.placements = [Placement(story=written, size="large")]
    front_page.save()
    policy = WallPolicy.objects.create(reader_allowance=7, teaser_words=12)
    SectionPolicy.objects.create(policy=policy, section=section, visitor_allowance=2)
    author = Author.objects.get(name="Jo")
    author.portrait = ferry.lead_picture
    author.reader = reader
    author.save()


def empty():
    FrontPage.objects.update(lead=None)
    for page in FrontPage.objects.get().get_children():
        page.specific.delete()
    for model in (Picture, Topic, Author, OldAddress, Run, Listing, PastEvent, WallPolicy):
        model.objects.all().delete()


def export(file):
    exporting.export(file, now=NOW)
    with zipfile.ZipFile(file) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def restore(file, **options):
    report = Report()
    restoring.restore(file, report=report, now=NOW, **options)
    assert report.read == report.imported + report.already_there + report.refused
    return report


def rows(entries, name):
    return [json.loads(line) for line in entries[f"{name}.jsonl"].splitlines()]


def lists():
    return sorted(Listing.objects.values_list("story__url_path", "published_at"))


def test_a_paper_taken_out_and_in_is_the_same_paper(paper, tmp_path):
    before, standing = export(tmp_path / "one.zip"), lists()
    empty()
    assert not StoryPage.objects.exists()

    report = restore(tmp_path / "one.zip")

    after = export(tmp_path / "two.zip")
    assert report.refused == 0
    assert report.warnings() == []
    assert list(after) == list(before)
    for name, content in before.items():
        assert after[name] == content, name
    assert lists() == standing
    assert not Page.find_problems()[0]


def test_restored_paper_works(paper, tmp_path, client):
    export(tmp_path / "one.zip")
    empty()
    restore(tmp_path / "one.zip")

    assert client.get("/2011/03/ferry-talks/", follow=True).redirect_chain == [
        ("/town/harbour/ferry-talks/", 301)
    ]
    written = StoryPage.objects.get(slug="written-here")
    ferry = StoryPage.objects.get(slug="ferry-talks")
    assert f'id="{ferry.pk}"' in written.body.raw_data[0]["value"]
    assert [one.pk for one in written.body[1].value["stories"]] == [ferry.pk]
    draft = written.get_latest_revision_as_object()
    assert draft.title == "Being rewritten"
    last = StoryPage.objects.get(slug="last-of-all")
    assert f'id="{last.pk}"' in draft.body.raw_data[-1]["value"]
    assert ferry.lead_picture.file.read(3) == b"\xff\xd8\xff"
    assert ferry in listings.page(listings.ALL)


def test_restored_teasers_follow_the_policy_that_came_along(paper, tmp_path):
    export(tmp_path / "one.zip")
    empty()
    restore(tmp_path / "one.zip")

    ferry = StoryPage.objects.get(slug="ferry-talks")
    assert list(ferry.teaser.raw_data) == bodies.teaser(ferry.body, words=12)
    assert list(ferry.teaser.raw_data) != bodies.teaser(ferry.body)


def test_paper_that_has_set_no_policy_has_none_afterwards(db, tmp_path):
    before = export(tmp_path / "one.zip")

    restore(tmp_path / "one.zip")

    assert rows(before, "wall") == []
    assert not WallPolicy.objects.exists()


def test_policy_that_is_there_stays(paper, tmp_path):
    export(tmp_path / "one.zip")
    WallPolicy.objects.update(reader_allowance=3)

    restore(tmp_path / "one.zip")

    assert [one.reader_allowance for one in WallPolicy.objects.all()] == [3]


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([{"section": None, "reader_allowance": -4}], "can't be what it says"),
        ([{"section": None, "teaser_words": "many"}], "can't be what it says"),
        ([{"section": "/never/was/", "reader_allowance": 3}], "is not there"),
    ],
)
def test_policy_that_can_be_none_is_told(db, rows, said):
    told = []

    wall_portable.read(rows, told.append)

    assert said in " ".join(told)


def test_second_restoring_brings_nothing_twice(paper, tmp_path):
    before = export(tmp_path / "one.zip")

    report = restore(tmp_path / "one.zip")

    assert (report.imported, report.already_there) == (0, len(rows(before, "stories")))
    assert export(tmp_path / "two.zip") == before


def test_import_after_restoring_knows_its_stories(paper, tmp_path, bring_in, wordpress):
    export(tmp_path / "one.zip")
    empty()
    restore(tmp_path / "one.zip")

    again = bring_in(wordpress)

    assert (again.imported, again.already_there) == (0, 4)


def test_dry_restoring_changes_nothing(paper, tmp_path):
    export(tmp_path / "one.zip")
    empty()

    report = restore(tmp_path / "one.zip", dry_run=True)

    assert report.imported > 4
    assert not StoryPage.objects.exists()


def test_export_holds_no_secret(paper, tmp_path):
    entries = export(tmp_path / "one.zip")

    told = b"".join(entries.values()).decode("utf-8", "replace").lower()
    for secret in ('"password', "secret_key", "argon2", "md5$", "reader@example.org", "session"):
        assert secret not in told


def test_export_tells_what_its_page_documents(paper, tmp_path):
    from pathlib import Path

    page = (Path(__file__).parents[3] / "docs/migrating/export.md").read_text()
    entries = export(tmp_path / "one.zip")

    for name in entries:
        if name.endswith(".jsonl"):
            assert f"`{name}`" in page
    for field in rows(entries, "stories")[0]:
        assert f"`{field}`" in page


def test_parts_of_other_apps_go_along(db, tmp_path, monkeypatch):
    monkeypatch.setattr(portable, "_parts", {})
    came = []
    portable.register(
        portable.Part(
            "things", lambda: iter([{"a": 1}, {"a": 2}]), lambda some, _: came.extend(some)
        )
    )

    entries = export(tmp_path / "one.zip")
    restore(tmp_path / "one.zip")

    assert rows(entries, "things") == [{"a": 1}, {"a": 2}]
    assert came == [{"a": 1}, {"a": 2}]


def test_unfinished_export_never_has_its_name(paper, tmp_path, monkeypatch):
    def breaks():
        raise OSError(28, "No space left on device")
        yield

    monkeypatch.setattr(exporting, "_redirects", breaks)

    with pytest.raises(OSError, match="No space"):
        exporting.export(tmp_path / "one.zip", now=NOW)

    assert list(tmp_path.glob("*zip*")) == []


def damaged(file, into, *names):
    """Copy an archive with one byte of some entries turned."""
    content = bytearray(file.read_bytes())
    with zipfile.ZipFile(file) as archive:
        for name in names:
            entry = archive.getinfo(name)
            # Behind the entry's head, name and the sizes of large files.
            content[entry.header_offset + 30 + len(name) + 20 + 10] ^= 0xFF
    into.write_bytes(content)
    return into


def without(file, into, *names):
    with zipfile.ZipFile(file) as archive, zipfile.ZipFile(into, "w") as left:
        for name in archive.namelist():
            if name not in names:
                left.writestr(name, archive.read(name))
    return into


@pytest.fixture
def lost(paper, tmp_path):
    """An archive, with the name of a picture in it, of a paper that is empty now."""
    entries = export(tmp_path / "one.zip")
    empty()
    names = [name.removeprefix("files/") for name in entries if name.startswith("files/")]
    for name in names:
        default_storage.delete(name)
    return tmp_path / "one.zip", names[0]


@pytest.mark.parametrize(
    ("breaks", "said"), [(damaged, "damaged in the archive"), (without, "not in the archive")]
)
def test_picture_lost_in_the_archive_is_told_each_time_and_mended_by_a_whole_one(
    lost, tmp_path, breaks, said
):
    whole, name = lost
    broken = breaks(whole, tmp_path / "broken.zip", f"files/{name}")

    for _ in range(2):
        report = restore(broken)
        [refused] = report.refusals()
        assert said in refused["reason"]
        assert name in refused["reason"]
        assert not default_storage.exists(name)
    assert restore(whole).refused == 0

    assert export(tmp_path / "two.zip") == entries_of(whole)


def entries_of(file):
    with zipfile.ZipFile(file) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_what_a_killed_run_left_is_not_taken_for_the_picture(lost, tmp_path):
    whole, name = lost
    default_storage.save(name, ContentFile(b"\xff\xd8\xff"))

    assert restore(whole).refused == 0

    with default_storage.open(name) as stream:
        assert stream.read() == entries_of(whole)[f"files/{name}"]


def test_dry_restoring_tells_of_a_lost_picture(lost, tmp_path):
    whole, name = lost

    report = restore(without(whole, tmp_path / "broken.zip", f"files/{name}"), dry_run=True)

    assert report.refused == 1


def test_archive_with_damaged_lines_changes_nothing(lost, tmp_path):
    whole, _ = lost

    with pytest.raises(UnusableError, match="can't be read"):
        restore(damaged(whole, tmp_path / "broken.zip", "stories.jsonl"))

    assert not Picture.objects.exists()


@pytest.mark.parametrize(
    ("entries", "said"),
    [
        ({}, "no export"),
        ({"broadsheet.json": b"nothing"}, "can't be read"),
        ({"broadsheet.json": b'{"broadsheet": 99}'}, "later version"),
    ],
)
def test_archive_of_another_kind_is_refused_in_words(db, tmp_path, entries, said):
    file = tmp_path / "other.zip"
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in entries.items():
            archive.writestr(name, content)

    with pytest.raises(UnusableError, match=said):
        restore(file)


def test_hostile_archive_writes_nothing_outside(db, tmp_path):
    file = tmp_path / "other.zip"
    picture = {
        "file": "../../evil.jpg", "title": "x", "alternative_text": "", "caption": "", "credit": "",
        "width": 1, "height": 1, "focal_point": [None] * 4, "source": "", "source_id": "", "tags": [],
        "made_at": NOW.isoformat(),
    }  # fmt: skip
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("broadsheet.json", b'{"broadsheet": 1}')
        archive.writestr("pictures.jsonl", json.dumps(picture) + "\n[]\nno json\n")
        archive.writestr("stories.jsonl", '{"address": "/x/y/"}\n"text"\n' + "[" * 200_000 + "\n")
        archive.writestr("files/../../evil.jpg", b"x")

    report = restore(file)

    assert report.imported == 0
    assert report.refused == 5
    assert "points outside" in str(report.warnings())
    assert not list(tmp_path.parent.rglob("evil.jpg"))
    assert not Picture.objects.exists()


def test_an_archive_of_empty_entries_is_refused_by_number(lost, tmp_path):
    whole, _ = lost
    packed = tmp_path / "many.zip"
    shutil.copy(whole, packed)
    with zipfile.ZipFile(packed, "a") as archive:
        for number in range(20_000):
            archive.writestr(f"files/{number}", b"")

    with pytest.raises(UnusableError, match=r"20,0\d\d empty files"):
        restore(packed)


@pytest.mark.parametrize("number", ["NaN", "-Infinity", "1e999"])
def test_a_line_with_what_is_no_number_is_refused(lost, tmp_path, number):
    whole, _ = lost
    packed = tmp_path / "nan.zip"
    entries = entries_of(whole)
    entries["sections.jsonl"] += f'{{"name": {number}}}\n'.encode()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, words in entries.items():
            archive.writestr(name, words)

    report = restore(packed)

    assert any("number" in one["reason"] for one in report.refusals())
