"""The prepared paper: it is the one that the sources would make, and is unpacked whole or not."""

import json
import shutil
import sqlite3

import pytest
from click.testing import CliRunner

from broadsheet.config.command import main
from broadsheet.config.commands import demo
from broadsheet.demo import paper_options, prepared


@pytest.fixture
def packed(tmp_path):
    """Return a copy of the prepared paper, to be damaged."""
    return shutil.copytree(prepared.FOLDER, tmp_path / "prepared")


def headlines(folder):
    with sqlite3.connect(folder / "paper.sqlite3") as database:
        rows = database.execute("SELECT title FROM wagtailcore_page WHERE depth > 3").fetchall()
    return {title for (title,) in rows}


def test_the_prepared_paper_is_made_from_the_present_sources():
    assert prepared.manifest()["fingerprint"] == prepared.fingerprint(), (
        "A migration, a story or a picture changed after the demo paper was packed: run "
        "`make prepare` and commit broadsheet/demo/prepared."
    )


def test_a_paper_is_unpacked_with_its_database_pictures_and_options(tmp_path):
    folder = tmp_path / "new" / "paper"

    prepared.unpack(folder, options=paper_options.of_demo())

    assert prepared.is_unpacked(folder)
    assert len(headlines(folder)) > 40
    pictures = {file.name for file in prepared.PICTURES.glob("*.avif")}
    assert {file.name for file in (folder / "media" / "original_images").iterdir()} == pictures
    assert any(file.suffix == ".webp" for file in (folder / "media" / "images").iterdir())
    assert 'paper_name = "The Morning Tide"' in (folder / "broadsheet.toml").read_text()


def test_every_size_of_a_picture_that_the_database_names_is_packed(tmp_path):
    prepared.unpack(tmp_path / "paper", options="")

    with sqlite3.connect(tmp_path / "paper" / "paper.sqlite3") as database:
        files = [
            file for (file,) in database.execute("SELECT file FROM newsroom_rendition").fetchall()
        ]
    assert len(files) > 100
    assert [file for file in files if not (tmp_path / "paper" / "media" / file).exists()] == []


def damaged_database(folder):
    (folder / "paper.sqlite3.br").write_bytes(b"not what was packed")


def missing_picture(folder):
    next((folder / "media" / "images").iterdir()).unlink()


def cut_short(folder):
    file = folder / "paper.sqlite3.br"
    file.write_bytes(file.read_bytes()[:-1000])
    told = json.loads((folder / "manifest.json").read_text())
    told["database"] = prepared.digest(file)
    (folder / "manifest.json").write_text(json.dumps(told))


def broken_manifest(folder):
    (folder / "manifest.json").write_text('{"fingerprint": ')


def empty_manifest(folder):
    (folder / "manifest.json").write_text("[]")


@pytest.mark.parametrize(
    "damage", [damaged_database, missing_picture, cut_short, broken_manifest, empty_manifest]
)
def test_a_damaged_paper_is_refused_with_the_file_and_leaves_nothing_behind(
    packed, tmp_path, damage
):
    damage(packed)
    before = set(tmp_path.iterdir())

    with pytest.raises(prepared.PreparedError, match=r"damaged: .*/prepared/.*make prepare"):
        prepared.unpack(tmp_path / "paper", options="", prepared=packed)

    assert set(tmp_path.iterdir()) == before


def test_where_there_is_no_prepared_paper_it_is_said_how_to_get_one(tmp_path):
    with pytest.raises(prepared.PreparedError, match="make prepare"):
        prepared.unpack(tmp_path / "paper", options="", prepared=tmp_path)


def test_a_folder_with_something_else_in_it_is_left_alone(tmp_path):
    (tmp_path / "thesis.txt").write_text("the only copy")

    ended = CliRunner().invoke(main, ["demo", "--dir", str(tmp_path), "--port", "0", "--fresh"])

    assert ended.exit_code == 1
    assert "holds something else. Choose another folder with --dir" in ended.stderr
    assert [file.name for file in tmp_path.iterdir()] == ["thesis.txt"]


def test_a_second_start_keeps_what_was_changed(tmp_path):
    folder = tmp_path / "paper"
    assert demo.settle(folder, fresh=False) is True
    with sqlite3.connect(folder / "paper.sqlite3") as database:
        database.execute("UPDATE wagtailcore_page SET title = 'Mine' WHERE slug = 'paris-agrees'")
    (folder / "broadsheet.toml").write_text('paper_name = "My Own Tide"\n')

    assert demo.settle(folder, fresh=False) is False

    assert "Mine" in headlines(folder)
    assert "My Own Tide" in (folder / "broadsheet.toml").read_text()


def test_a_fresh_start_throws_away_what_was_changed(tmp_path):
    folder = tmp_path / "paper"
    demo.settle(folder, fresh=False)
    with sqlite3.connect(folder / "paper.sqlite3") as database:
        database.execute("UPDATE wagtailcore_page SET title = 'Mine' WHERE slug = 'paris-agrees'")

    assert demo.settle(folder, fresh=True) is True

    assert "Mine" not in headlines(folder)
