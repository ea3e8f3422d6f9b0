"""Everything the paper keeps about a reader, in one archive."""

import io
import json
import zipfile
from datetime import UTC, datetime

import pytest
from django.utils import timezone

from broadsheet.demo import factories
from broadsheet.readers import actions, exports
from broadsheet.readers.models import AccountEvent
from broadsheet.saved.actions import remember_reading, save


@pytest.fixture
def archive(signed_in, reader, story):
    """Ask for the archive of a reader who has something of everything."""
    now = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
    save(reader=reader, story=story, now=now)
    remember_reading(reader=reader, story_pk=story.pk, now=now)
    response = signed_in.post("/you/data/")
    assert response.headers["Content-Type"] == "application/zip"
    return zipfile.ZipFile(io.BytesIO(b"".join(response.streaming_content)))


def rows(archive, name):
    return json.loads(archive.read(f"data/{name}.json"))


def test_the_archive_holds_a_page_and_a_file_for_each_kind(archive):
    names = set(archive.namelist())

    assert {
        "index.html",
        "data/account.json",
        "data/addresses.json",
        "data/events.json",
        "data/sessions.json",
        "data/saved-stories.json",
        "data/reading-history.json",
    } <= names


def test_json_and_page_say_the_same(archive, story):
    page = archive.read("index.html").decode()
    (saved,) = rows(archive, "saved-stories")

    assert saved["headline"] == story.title
    assert saved["address"] == f"http://testserver{story.url}"
    assert saved["saved"] == "2026-11-24T12:00:00+00:00"
    assert story.title in page
    # The page is for people: on the paper's clock.
    assert "2026-11-24 17:30" in page


def test_nothing_in_it_opens_the_account(archive, reader):
    everything = "".join(archive.read(name).decode() for name in archive.namelist())

    assert reader.password not in everything
    assert "session_key" not in everything
    assert "secret" not in everything


def test_hostile_text_stays_text(reader, section):
    factories.story("<script>alert(1)</script>", section=section, slug="x")
    reader.name = "<b>Mira</b>"
    reader.save()
    events = [("<img src=x onerror=alert(1)>")]
    for text in events:
        reader.events.create(
            kind=AccountEvent.Kind.SIGNED_IN, happened_at=timezone.now(), browser=text
        )

    bundle = zipfile.ZipFile(exports.archive(reader, now=timezone.now()))

    page = bundle.read("index.html").decode()
    assert "<b>Mira" not in page
    assert "<img" not in page


def test_an_export_is_written_down(archive, reader):
    assert reader.events.filter(kind=AccountEvent.Kind.EXPORTED).count() == 1


def test_exports_are_limited(signed_in):
    answers = [signed_in.post("/you/data/").status_code for _ in range(11)]

    assert answers == [200] * 10 + [429]


def test_asking_by_a_link_exports_nothing(signed_in, reader):
    signed_in.get("/you/data/")

    assert not reader.events.filter(kind=AccountEvent.Kind.EXPORTED).exists()


def test_what_staff_did_is_in_it(reader):
    staff = factories.staff("circulation@example.org", role="Circulation")
    actions.block(reader=reader, staff=staff, reason="spam", now=timezone.now())

    bundle = zipfile.ZipFile(exports.archive(reader, now=timezone.now()))

    (act,) = json.loads(bundle.read("data/acts-of-staff.json"))
    assert (act["what"], act["why"]) == ("blocked", "spam")
