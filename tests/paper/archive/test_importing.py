from datetime import UTC, datetime

import pytest
from django.core.management import call_command
from django.db import connection
from PIL import Image

from broadsheet.archive import actions, writing
from broadsheet.archive.models import Loose, Run
from broadsheet.archive.pictures import Folder, Pictures
from broadsheet.archive.reports import Report
from broadsheet.newsroom import bodies, listings
from broadsheet.newsroom.models import Author, Correction, Listing, Picture, StoryPage
from broadsheet.newsroom.signals import stories_changed
from broadsheet.press.importers import formats
from broadsheet.press.importers.records import Wishes
from broadsheet.wall.models import WallPolicy
from tests.conftest import NOW


@pytest.fixture
def brought(bring_in, wordpress):
    return bring_in(wordpress)


def story(slug="ferry-talks"):
    return StoryPage.objects.get(slug=slug)


def kinds(one):
    return [block["type"] for block in one.body.raw_data]


def test_stories_come_in_with_what_stands_around_them(brought):
    ferry = story()

    assert (brought.read, brought.imported, brought.refused) == (4, 4, 0)
    assert ferry.url == "/town/harbour/ferry-talks/"
    assert ferry.section.title == "Harbour"
    assert [one.author.name for one in ferry.bylines.all()] == ["Mara Lindqvist", "guest", "Agency"]
    assert [one.name for one in ferry.topics.all()] == ["Ferries"]
    assert (
        ferry.published_at == ferry.first_published_at == datetime(2011, 3, 22, 21, 11, tzinfo=UTC)
    )
    assert ferry.access == "subscribers"
    assert ferry.words > 20


def test_dateline_of_the_first_words_is_data(brought):
    ferry = story()

    assert ferry.dateline == "PORT ELLEN"
    assert ferry.body.raw_data[0]["value"].startswith("<p>The ferry will sail")
    assert Author.objects.get(name="Agency").kind == "agency"


def test_imported_story_stands_in_its_lists_and_search(brought):
    ferry = story()

    assert ferry in listings.page(listings.ALL)
    assert ferry in listings.page(f"s{ferry.section.pk}")
    assert ferry in listings.page(f"s{ferry.section.get_parent().pk}")
    keys = set(Listing.objects.filter(story=ferry).values_list("key", flat=True))
    listings.refresh([ferry])
    assert keys == set(Listing.objects.filter(story=ferry).values_list("key", flat=True))


def test_others_are_told_of_live_stories_once(bring_in, wordpress):
    told = []

    def hear(pks, **_):
        told.append(sorted(pks))

    stories_changed.connect(hear)
    try:
        bring_in(wordpress)
    finally:
        stories_changed.disconnect(hear)

    live = sorted(StoryPage.objects.live().values_list("pk", flat=True))
    assert told == [live]


def test_correction_is_listed(brought):
    [one] = Correction.objects.all()

    assert one.story == story()
    assert one.text == "<p>The ferry sails at six, not at five.</p>"


def test_drafts_are_nobodys_business(brought, client):
    assert {one.title for one in StoryPage.objects.filter(live=False)} == {
        "A secret",
        "With a password",
    }
    assert client.get("/from-the-archive/a-secret/").status_code == 404
    assert not Listing.objects.filter(story__live=False)


def test_story_without_a_section_comes_into_the_archive(brought, bring_in, wordpress):
    assert story("older-words").url == "/from-the-archive/older-words/"


def test_section_of_stories_without_one_can_be_named(bring_in, wordpress):
    bring_in(wordpress, section="Older days")

    assert story("older-words").url == "/older-days/older-words/"


def test_links_between_stories_lead_to_pages_whichever_comes_first(brought):
    older = story("older-words")

    assert (
        f'<a linktype="page" id="{older.pk}">He said so before</a>'
        in story().body.raw_data[0]["value"]
    )
    assert 'href="https://elsewhere.example/x"' in story().body.raw_data[0]["value"]


def test_second_import_brings_nothing_twice(brought, bring_in, wordpress):
    before = list(StoryPage.objects.order_by("pk").values())

    again = bring_in(wordpress)

    assert (again.imported, again.already_there) == (0, 4)
    assert list(StoryPage.objects.order_by("pk").values()) == before


def test_stories_and_pictures_that_are_there_are_found_by_an_index(brought):
    if connection.vendor != "sqlite":
        pytest.skip("asks SQLite how it looks them up")
    stories = StoryPage.objects.come_from("wordpress", ["a", "b"])
    pictures = Picture.objects.filter(source="wordpress", source_id="a").exclude(source="")

    for rows in (stories, pictures):
        assert "SCAN" not in rows.explain()
        assert "imported_once" in rows.explain()


def test_edited_story_is_never_overwritten(brought, bring_in, wordpress, tmp_path):
    ferry = story()
    ferry.title = "Edited here"
    ferry.save_revision().publish()

    again = bring_in(changed(wordpress, tmp_path))

    assert story().title == "Edited here"
    assert (again.imported, again.already_there) == (0, 4)
    assert "edited here" in str(again.warnings())


def test_draft_of_an_editor_is_never_overwritten(brought, bring_in, wordpress, tmp_path):
    story().save_revision()

    bring_in(changed(wordpress, tmp_path))

    assert story().title == "Ferry talks & tides"


def test_unedited_story_follows_its_source(brought, bring_in, wordpress, tmp_path):
    number = story().pk

    again = bring_in(changed(wordpress, tmp_path))

    assert (again.imported, again.already_there) == (1, 3)
    assert (story().pk, story().title, story().url) == (
        number, "Ferry talks, changed", "/town/harbour/ferry-talks/",
    )  # fmt: skip
    assert [one.author.name for one in story().bylines.all()] == [
        "Mara Lindqvist",
        "guest",
        "Agency",
    ]
    assert not writing.is_edited(story())


def changed(wordpress, tmp_path):
    file = tmp_path / "later.xml"
    file.write_text(
        wordpress.read_text().replace("Ferry talks &amp;amp; tides", "Ferry talks, changed")
    )
    return file


def test_dry_run_changes_nothing(bring_in, wordpress):
    report = bring_in(wordpress, dry_run=True)

    assert report.imported == 4
    assert not StoryPage.objects.exists()
    assert not Run.objects.exists()


def counts(report):
    return (report.imported, report.already_there, report.refused)


@pytest.mark.parametrize("edited", [False, True])
def test_dry_run_tells_what_a_real_one_would(bring_in, tmp_path, edited):
    there = [item(f"Story {n}", n) for n in range(3)]
    bring_in(feed(tmp_path, *there))
    if edited:
        one = story("story-1")
        one.title = "Edited here"
        one.save_revision().publish()
    versions = [
        item("Story 1", 1, "Snow."),
        item("Story 1", 1, "Hail."),
        item("Story 1", 1, "Hail."),
        item("Story 1", 1, "Rain."),
    ]
    new = [item("New", 9), item("New", 9), item("New", 9, "Fog."), item("New", 9)]
    broken = "<item><guid>x</guid></item>"
    file = feed(tmp_path, *there, *versions, *new, broken, *there, name="later.xml")

    dry = bring_in(file, dry_run=True)
    assert not StoryPage.objects.filter(title="New").exists()
    real = bring_in(file)

    assert counts(dry) == counts(real)
    assert dry.read == 15
    assert dry.warnings() == real.warnings()
    assert counts(real) == ((3, 11, 1) if edited else (6, 8, 1))


def test_dry_run_over_what_is_there_finds_all_of_it(bring_in, wordpress, fixtures):
    bring_in(wordpress)

    for files in ([wordpress], [wordpress, fixtures / "ghost.json"], [wordpress, wordpress]):
        dry = bring_in(*files, dry_run=True)
        assert counts(dry) == counts(bring_in(*files))


def test_dry_run_counts_redirects_as_a_real_one_does(bring_in, wordpress, tmp_path):
    file = tmp_path / "redirects.json"
    file.write_text(
        '[{"from": "/a", "to": "/b"}, {"from": "/A/", "to": "/c"}, {"from": "/2011/03/ferry-talks",'
        ' "to": "/x"}, {"from": "", "to": "/x"}]'
    )

    dry = bring_in(wordpress, file, dry_run=True)

    assert counts(dry) == counts(bring_in(wordpress, file))


def test_run_is_kept_with_its_report(brought):
    [run] = Run.objects.all()

    assert (run.stories_read, run.imported, run.already_there, run.refused) == (4, 4, 0, 0)
    assert run.ended_at == NOW


def test_stories_of_one_name_have_addresses_of_their_own(bring_in, tmp_path):
    feed = "".join(
        f"<item><title>Weather</title><guid>g{n}</guid><pubDate>Tue, 22 Mar 2011 0{n}:00:00 GMT</pubDate>"
        f"<description>Rain {n}.</description></item>"
        for n in range(4)
    )
    file = tmp_path / "feed.xml"
    file.write_text(f"<rss><channel>{feed}</channel></rss>")

    bring_in(file)

    slugs = set(StoryPage.objects.values_list("slug", flat=True))
    assert len(slugs) == 4
    assert {"weather", "weather-2011-03-22"} < slugs


def test_equal_stories_by_the_dozen_have_addresses_of_their_own(bring_in, tmp_path):
    file = feed(tmp_path, *(item("Weather", f"g{n}") for n in range(12)))

    first, again = bring_in(file), bring_in(file)

    assert (first.imported, first.refused) == (12, 0)
    assert (again.imported, again.already_there) == (0, 12)
    assert len(set(StoryPage.objects.values_list("url_path", flat=True))) == 12


def feed(tmp_path, *items, name="feed.xml"):
    file = tmp_path / name
    file.write_text(
        f"<rss xmlns:content='http://purl.org/rss/1.0/modules/content/'><channel>"
        f"<link>https://old.example</link>{''.join(items)}</channel></rss>"
    )
    return file


def item(title, guid, text="Rain.", link=""):
    return (
        f"<item><title>{title}</title><guid isPermaLink='false'>{guid}</guid><link>{link}</link>"
        f"<pubDate>Tue, 22 Mar 2011 00:00:00 GMT</pubDate><description>{text}</description></item>"
    )


def test_story_that_cant_be_stored_is_refused_and_the_rest_comes_in(
    bring_in, tmp_path, monkeypatch
):
    row_of = writing.row_of

    def breaks(one, *rest):
        if one.record.headline == "Two":
            raise ValueError("no number")
        return row_of(one, *rest)

    monkeypatch.setattr(writing, "row_of", breaks)
    items = [item(title, title, link=f"/{title}") for title in ("One", "Two", "Three")]

    report = bring_in(feed(tmp_path, *items))

    assert (report.imported, report.refused) == (2, 1)
    [refused] = report.refusals()
    assert "“Two”" in refused["place"] or "Two" in refused["place"]
    assert "could not be stored" in refused["reason"]
    assert {one.title for one in StoryPage.objects.all()} == {"One", "Three"}
    assert [one.numchild for one in {one.section for one in StoryPage.objects.all()}] == [2]


def test_pictures_are_looked_for_before_anything_is_locked(bring_in, wordpress, tmp_path):
    asked = []

    class Finding(Folder):
        def __call__(self, address):
            asked.append(len(connection.savepoint_ids))
            return super().__call__(address)

    outside = len(connection.savepoint_ids)
    picture_file(tmp_path / "uploads", "2011/03/quay.jpg")
    report = Report()
    actions.import_stories(
        formats.read([wordpress], Wishes(zone=UTC)),
        now=NOW,
        report=report,
        pictures=Pictures([Finding(tmp_path / "uploads")], report),
    )

    assert story().lead_picture is not None
    assert set(asked) == {outside}


def test_teaser_of_an_imported_story_follows_the_desks_policy(bring_in, wordpress):
    WallPolicy.objects.create(teaser_words=12)

    bring_in(wordpress)

    shown = list(story().teaser.raw_data)
    assert shown == bodies.teaser(story().body, words=12)
    assert shown != bodies.teaser(story().body)


WORDS = "The ferry will sail at six o'clock on every day of the week, and on Sundays twice"


@pytest.mark.parametrize(
    ("standfirst", "kept"),
    [
        (f"{WORDS} […]", False),
        (f"{WORDS[:60]}…", False),
        ("The ferry will sail again, and the mayor is glad of it, she says.", True),
        ("The ferry will sail", True),
    ],
)
def test_standfirst_that_repeats_the_first_words_is_for_search_engines(
    bring_in, tmp_path, standfirst, kept
):
    text = f"<content:encoded><![CDATA[<p>(Agency) - {WORDS}.</p><p>More.</p>]]></content:encoded>"
    file = feed(tmp_path, item("Ferry", "g", standfirst).replace("</item>", f"{text}</item>"))

    report = bring_in(file)

    ferry = story("ferry")
    assert bool(ferry.standfirst) is kept
    assert bool(ferry.search_description) is not kept
    assert ("repeated" in str(report.warnings())) is not kept


def test_story_without_words_is_told(bring_in, tmp_path):
    report = bring_in(feed(tmp_path, item("Only a headline", "g", "")))

    assert "no words there" in str(report.warnings())


def test_section_never_takes_an_address_of_the_paper(bring_in, tmp_path):
    file = tmp_path / "feed.xml"
    file.write_text(
        "<rss><channel><item><title>A</title><guid>g</guid><category>Search</category>"
        "<pubDate>Tue, 22 Mar 2011 00:00:00 GMT</pubDate><description>B.</description></item></channel></rss>"
    )

    bring_in(file)

    assert story("a").url == "/search-section/a/"


def test_story_without_a_date_is_a_draft(bring_in, fixtures):
    report = bring_in(fixtures / "rss.xml")

    assert report.refused == 1
    assert StoryPage.objects.get(title="Words without a headline.").live is False


def test_story_of_the_future_waits_for_its_moment(bring_in, wordpress):
    bring_in(wordpress, now=datetime(2010, 1, 1, tzinfo=UTC))
    waiting = story()
    assert not waiting.live

    with pytest.MonkeyPatch.context():
        call_command("publish_scheduled", verbosity=0)

    assert story().live


def test_withdrawn_story_is_gone(bring_in, fixtures, client):
    bring_in(fixtures / "ninjs3.jsonl")

    assert StoryPage.objects.get().live is False
    assert client.get("/a/camel").status_code == 410


@pytest.mark.parametrize(
    "name", ["ghost.json", "ninjs1.json", "newsml.xml", "nitf-latin1.xml", "atom.xml", "ans.json"]
)
def test_every_format_comes_in_once(bring_in, fixtures, name):
    first, second = bring_in(fixtures / name), bring_in(fixtures / name)

    assert first.imported > 0
    assert (second.imported, second.already_there) == (0, first.imported)


def test_imported_story_can_be_edited_at_once(brought, client, editor):
    client.force_login(editor)
    editor.is_superuser = True
    editor.save()

    response = client.get(f"/desk/pages/{story().pk}/edit/")

    assert response.status_code == 200
    found = client.get("/desk/pages/search/", {"q": "ferry"})
    assert "Ferry talks" in found.content.decode()


def test_saving_an_untouched_story_makes_a_first_revision(brought):
    ferry = story()

    ferry.save_revision().publish()

    assert kinds(story()) == [
        "paragraph",
        "crosshead",
        "quotation",
        "markup",
        "embed",
        "table",
        "correction",
    ]
    assert Correction.objects.count() == 1


def picture_file(folder, name, colour="navy"):
    file = folder / name
    file.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", (40, 30), colour).save(file)
    return file


def test_pictures_come_from_a_folder(bring_in, wordpress, tmp_path):
    picture_file(tmp_path / "uploads", "2011/03/quay.jpg")
    picture_file(tmp_path / "uploads", "gull.png")

    bring_in(wordpress, pictures=tmp_path / "uploads")

    ferry = story()
    assert ferry.lead_picture.alternative_text == "A quay"
    assert kinds(ferry)[3] == "picture"
    assert ferry.body.raw_data[3]["value"]["credit"] == "Mara Lindqvist"
    gallery = story("older-words").body.raw_data[2]
    assert gallery["type"] == "gallery"
    assert len(gallery["value"]["pictures"]) == 2
    assert Picture.objects.count() == 2


def test_pictures_that_come_later_find_their_place(brought, bring_in, wordpress, tmp_path):
    assert Loose.objects.count() == 2
    assert kinds(story())[3] == "markup"
    assert "The quay at dawn" in story().body.raw_data[3]["value"]
    picture_file(tmp_path / "uploads", "2011/03/quay.jpg")

    again = bring_in(wordpress, pictures=tmp_path / "uploads")

    assert again.imported == 0
    assert kinds(story())[3] == "picture"
    assert story().lead_picture is not None
    assert not writing.is_edited(story())
    # The other story's boat and gull are still missing.
    assert Loose.objects.get().story == story("older-words")


def test_file_that_is_no_picture_is_refused(bring_in, wordpress, tmp_path):
    file = tmp_path / "uploads" / "2011/03/quay.jpg"
    file.parent.mkdir(parents=True)
    file.write_text("<svg onload=alert(1)>")

    report = bring_in(wordpress, pictures=tmp_path / "uploads")

    assert not Picture.objects.exists()
    assert "should be a picture is none" in str(report.warnings())


def test_picture_outside_the_folder_is_never_read(bring_in, tmp_path):
    picture_file(tmp_path, "secret.jpg")
    (tmp_path / "uploads").mkdir()
    (tmp_path / "uploads" / "link.jpg").symlink_to(tmp_path / "secret.jpg")

    find = Folder(tmp_path / "uploads")

    for address in (
        "../secret.jpg",
        "/../secret.jpg",
        "%2e%2e/secret.jpg",
        "link.jpg",
        str(tmp_path / "secret.jpg"),
    ):
        assert find(address) is None


@pytest.mark.parametrize("killed_after", [[1], [1, 2]])
def test_import_that_is_killed_ends_as_one_that_ran_through(
    bring_in, tmp_path, monkeypatch, killed_after
):
    monkeypatch.setattr(actions, "BATCH", 3)
    file = tmp_path / "feed.xml"
    file.write_text(
        "<rss><channel><link>https://old.example</link>"
        + "".join(
            f"<item><title>Story {n}</title><link>https://old.example/{n}</link><category>C{n % 2}</category>"
            f"<pubDate>Tue, 22 Mar 2011 00:{n:02}:00 GMT</pubDate>"
            f'<description>&lt;p&gt;&lt;a href="https://old.example/{10 - n}"&gt;x&lt;/a&gt;&lt;/p&gt;</description></item>'
            for n in range(11)
        )
        + "</channel></rss>"
    )

    class KilledError(BaseException):
        pass

    write = writing.write
    for batches in killed_after:
        done = []

        def dies(made, state, batches=batches, done=done):
            write(made, state)
            done.append(1)
            if len(done) > batches:
                raise KilledError

        monkeypatch.setattr(writing, "write", dies)
        with pytest.raises(KilledError):
            bring_in(file)
    monkeypatch.setattr(writing, "write", write)
    bring_in(file)

    stories = StoryPage.objects.order_by("path")
    assert [one.title for one in stories.order_by("published_at")] == [
        f"Story {n}" for n in range(11)
    ]
    assert len({one.path for one in stories}) == 11
    for one in stories:
        other = stories.get(title=f"Story {10 - int(one.title.split()[1])}")
        assert one.body.raw_data[0]["value"] == f'<p><a linktype="page" id="{other.pk}">x</a></p>'
    for section in {one.section for one in stories}:
        section.refresh_from_db()
        assert section.numchild == section.get_children().count()
    assert not Loose.objects.exists()
