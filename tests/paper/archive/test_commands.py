import gzip
import json

import pytest
from click.testing import CliRunner
from django.core import checks

from broadsheet.config.commands import addresses, check, exporting, importing
from broadsheet.newsroom.models import Picture, StoryPage


@pytest.fixture
def run(db, monkeypatch):
    # Asking for the migrations closes the connection, and the test's transaction with it.
    monkeypatch.setattr("broadsheet.config.commands.check.unmigrated", lambda: "")

    def run(command, *arguments):
        return CliRunner().invoke(command, [str(one) for one in arguments])

    return run


def stories(run, *arguments):
    return run(importing.command, "stories", *arguments)


def test_nothing_refused_is_status_0(run, wordpress, tmp_path):
    done = stories(run, wordpress, "--report", tmp_path / "report.json")

    assert done.exit_code == 0, done.output
    assert "4 read: 4 imported, 0 already there, 0 refused." in done.output
    report = json.loads((tmp_path / "report.json").read_text())
    assert list(report) == ["read", "imported", "already_there", "refused", "warnings"]
    assert (report["read"], report["imported"], report["refused"]) == (4, 4, [])


def test_something_refused_is_status_3(run, fixtures, tmp_path):
    done = stories(run, fixtures / "rss.xml", "--report", tmp_path / "report.json")

    assert done.exit_code == 3
    report = json.loads((tmp_path / "report.json").read_text())
    assert report["read"] == report["imported"] + report["already_there"] + len(report["refused"])
    [refused] = report["refused"]
    assert refused["place"].startswith("rss.xml, line ")
    assert "neither a headline" in refused["reason"]


@pytest.mark.parametrize("content", [None, b"", b"name,email", b"<html></html>"])
def test_file_that_cant_be_used_is_status_2_in_words(run, tmp_path, content):
    file = tmp_path / "file.xml"
    if content is not None:
        file.write_bytes(content)

    done = stories(run, file)

    assert done.exit_code == 2
    assert "file.xml: " in done.output
    assert "Traceback" not in done.output


def test_one_unusable_file_keeps_all_out(run, wordpress, tmp_path):
    (tmp_path / "a.csv").write_text("a,b")

    done = stories(run, wordpress, tmp_path / "a.csv")

    assert done.exit_code == 2
    assert not StoryPage.objects.exists()


def test_format_can_be_named(run, fixtures):
    assert stories(run, fixtures / "ninjs1.json", "--from", "ninjs").exit_code == 0
    assert stories(run, fixtures / "ninjs1.json", "--from", "paper").exit_code == 2


def test_wrong_time_zone_is_refused_in_words(run, wordpress):
    done = stories(run, wordpress, "--time-zone", "Kolkata")

    assert done.exit_code == 2
    assert "Asia/Kolkata" in done.output


def test_export_and_import_are_commands(run, wordpress, tmp_path):
    stories(run, wordpress)
    archive = tmp_path / "paper.zip"

    assert run(exporting.command, archive).exit_code == 0
    assert run(exporting.command, archive).exit_code == 2
    assert run(exporting.command, archive, "--force").exit_code == 0
    for arguments in (
        ("paper", archive),
        ("stories", archive),
        ("stories", archive, "--from", "broadsheet"),
    ):
        done = run(importing.command, *arguments)
        assert done.exit_code == 0, done.output
        assert "4 already there" in done.output


def test_export_names_every_file_that_is_gone(run, db, tmp_path):
    Picture.objects.create(title="Quay", file="original_images/gone.jpg", width=6, height=4)

    done = run(exporting.command, tmp_path / "paper.zip")

    assert done.exit_code == 3
    assert "gone from the paper's media: 1" in done.output
    assert "original_images/gone.jpg" in done.output
    assert (tmp_path / "paper.zip").exists()


def test_addresses_that_dont_answer_are_told(run, wordpress, tmp_path):
    stories(run, wordpress)
    file = tmp_path / "list.txt"
    file.write_text(
        "https://old.example/2011/03/ferry-talks/\n/?p=11\n/town/harbour/\n/never/was/\nhttps://old.example/?p=13\n"
        "/search/\n/topics/ferries/\n/topics/never/\n"
    )

    done = run(addresses.command, file, "--report", tmp_path / "missing.txt")

    assert done.exit_code == 3
    assert (
        "8 addresses: 4 are pages of the paper, 2 lead to one, 0 are gone, 2 don't answer"
        in done.output
    )
    assert (tmp_path / "missing.txt").read_text() == "/never/was/\n/topics/never/\n"


def test_sitemaps_are_read_with_those_they_name(run, wordpress, tmp_path):
    stories(run, wordpress)
    (tmp_path / "index.xml").write_text(
        '<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><sitemap>'
        "<loc>https://old.example/maps/one.xml.gz</loc></sitemap></sitemapindex>"
    )
    (tmp_path / "one.xml.gz").write_bytes(
        gzip.compress(
            b'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><url>'
            b"<loc>https://old.example/2011/03/ferry-talks/</loc></url></urlset>"
        )
    )

    done = run(addresses.command, tmp_path / "index.xml")

    assert done.exit_code == 0, done.output
    assert "1 lead to one" in done.output


def test_file_that_is_no_text_is_status_2(run, tmp_path):
    (tmp_path / "list.txt").write_bytes(b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x1b[31m" * 99)

    done = run(addresses.command, tmp_path / "list.txt")

    assert done.exit_code == 2
    assert "neither a list of addresses nor a sitemap" in done.output
    assert "PNG" not in done.output


def test_list_of_two_bytes_to_a_letter_is_read(run, wordpress, tmp_path):
    stories(run, wordpress)
    (tmp_path / "list.txt").write_text("/town/harbour/\n/search/\n", encoding="utf-16")

    assert "2 addresses: 2 are pages" in run(addresses.command, tmp_path / "list.txt").output


def test_missing_list_is_status_2(run, tmp_path):
    assert run(addresses.command, tmp_path / "nowhere.txt").exit_code == 2


def test_check_asks_for_no_app_that_a_paper_on_postgresql_does_without(run, monkeypatch):
    asked = checks.Error("it must be installed", id="postgres.E005")
    monkeypatch.setattr("django.core.checks.run_checks", lambda: [asked])

    assert run(check.command).exit_code == 0
