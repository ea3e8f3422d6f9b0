from datetime import UTC, datetime

from broadsheet.press.importers.records import Byline, Picture, Standing, Term
from tests.plain.press.importers.reading import FIXTURES, fixture, kinds, read, words


def test_newsml_with_nitf_inside():
    story = fixture("newsml.xml").stories[0]

    assert story.source_id == "urn:story"
    assert story.headline == "A NITF inside"
    assert story.standfirst == "And below it"
    assert story.dateline == "MOSCOW"
    assert story.bylines == (Byline("Rhona Bell"),)
    assert story.sections == (Term("Islands"),)
    assert story.topics == (Term("central bank"), Term("tides"))
    assert kinds(story) == ["paragraph", "crosshead", "quotation", "paragraph", "correction"]
    assert story.body[2]["value"]["speaker"] == "Jo"
    assert story.body[-1]["value"]["corrected_at"] == datetime(2011, 3, 24, 10, tzinfo=UTC)


def test_picture_of_a_package_belongs_to_its_story():
    assert fixture("newsml.xml").stories[0].lead_picture == Picture(
        "large.jpg", caption="A caption", credit="A. Person/Agency"
    )


def test_newsml_with_xhtml_and_plain_text_inside():
    _, xhtml, plain, _ = fixture("newsml.xml").stories

    assert kinds(xhtml) == ["crosshead", "paragraph"]
    assert xhtml.embargoed_until == datetime(2012, 1, 2, tzinfo=UTC)
    assert words(plain) == "['<p>One &lt; two.</p>', '<p>Second.</p>']"
    assert plain.standing is Standing.DRAFT


def test_nitf_in_an_older_encoding():
    [story] = fixture("nitf-latin1.xml").stories

    assert story.headline == "Stürme über dem Fjord"
    assert story.standfirst == "Und darüber hinaus"
    assert "„Ja“" in words(story)
    assert story.bylines == (Byline("Åse Nørgård", office="Coast writer"),)
    assert story.dateline == "Tromsø, Norway"
    assert story.sections == (Term("Coast"),)
    assert story.topics == (Term("Storms"), Term("tides"))
    assert story.old_addresses == ("http://old.example/x.ece",)
    assert kinds(story) == ["paragraph", "picture", "markup", "paragraph"]
    assert story.body[1]["value"]["picture"] == Picture("sturm.jpg", "Waves", "Waves", "A. Person")
    assert story.body[-1]["value"] == "<p>Ende.</p>"


def test_moment_without_a_zone_is_in_the_zone_asked_for():
    [story] = fixture("nitf-latin1.xml").stories

    assert story.published_at == datetime(2004, 2, 25, 9, 0, tzinfo=UTC)


def test_rss_with_modules():
    found = fixture("rss.xml")
    whole = found.stories[0]

    assert whole.source_id == "g1"
    assert whole.standfirst == 'In "short".'
    assert words(whole) == "['<p>Whole text.</p>']"
    assert whole.published_at == datetime(2011, 3, 22, 15, 41, tzinfo=UTC)
    assert whole.bylines == (Byline("Jo Bloggs"),)
    assert (whole.sections, whole.topics) == ((Term("World"),), (Term("Talks"),))
    assert whole.old_addresses == ("https://old.example/a/b.html",)
    assert whole.lead_picture == Picture(
        "https://old.example/p.jpg", caption="A caption", credit="A. Person"
    )


def test_rss_without_guid_is_known_by_its_words_twice():
    first, second = (fixture("rss.xml").stories[1] for _ in range(2))

    assert first.source_id.startswith("sha256:")
    assert first.source_id == second.source_id
    assert first.bylines == (Byline("Jo Bloggs"),)
    assert words(first) == "['<p>Only this.</p>']"


def test_atom_with_xhtml():
    [story] = fixture("atom.xml").stories

    assert story.headline == "Atom & more"
    assert story.source_id == "urn:uuid:1"
    assert story.standfirst == "Short."
    assert "XHTML <b>content</b>." in words(story)
    assert story.updated_at == datetime(2011, 3, 25, 10, tzinfo=UTC)
    assert story.old_addresses == ("https://old.example/e/1",)


def test_every_format_is_told_from_its_file():
    told = {one.source for file in sorted(FIXTURES.iterdir()) for one in read(file).stories}

    assert told == {"wordpress", "ghost", "ninjs", "newsml-g2", "nitf", "rss", "ans"}


def test_folder_of_files_is_read_in_order(tmp_path):
    for name in ("b.xml", "a.xml"):
        (tmp_path / name).write_bytes((FIXTURES / "atom.xml").read_bytes())
    (tmp_path / "notes.txt").write_text("nothing to read")
    (tmp_path / "picture.jpg").write_bytes(b"\xff\xd8")

    found = read(tmp_path)

    assert [one.place.split(",")[0] for one in found.stories] == [
        f"{tmp_path.name}/a.xml", f"{tmp_path.name}/b.xml",
    ]  # fmt: skip
    assert len(found.complaints) == 1
