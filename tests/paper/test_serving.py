"""The paper's processes, started as a person would start them."""

import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from broadsheet.config import statics, work
from broadsheet.press.edge.edition import EVERYBODY, EditionFile, Kind
from tests.conftest import _migrated

COMMAND = [str(Path(sys.executable).with_name("broadsheet"))]


def environment(folder: Path, **more: str) -> dict[str, str]:
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return {**kept, "PAPER_DIR": str(folder), "PYTHONUNBUFFERED": "1", **more}


def answer(url: str, **headers: str) -> tuple[int, dict[str, str]]:
    request = urllib.request.Request(url, headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=10) as response:
            return response.status, {
                name.lower(): value for name, value in response.headers.items()
            }
    except urllib.error.HTTPError as error:
        return error.code, {name.lower(): value for name, value in error.headers.items()}


def children(pid: int) -> set[int]:
    return {int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()}


@pytest.fixture(scope="module")
def folder(tmp_path_factory, django_db_setup):
    made = tmp_path_factory.mktemp("paper")
    shutil.copy(_migrated(), made / "paper.sqlite3")
    return made


@pytest.fixture(scope="module")
def served(folder):
    process = subprocess.Popen(
        [*COMMAND, "serve", "--port", "0", "--workers", "2"],
        env=environment(folder),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdout is not None
    line = process.stdout.readline()
    address = next(word for word in line.split() if word.startswith("http://127"))
    until = time.monotonic() + 30
    while time.monotonic() < until:
        try:
            answer(f"{address}/robots.txt")
            break
        except urllib.error.URLError:
            time.sleep(0.05)
    yield process, address
    process.send_signal(signal.SIGTERM)
    process.wait(30)


def test_static_files_come_compressed_and_stay_for_good_where_a_version_is_named(served):
    _, address = served
    file = f"{address}/static/wagtailadmin/js/vendor.js"

    status, headers = answer(f"{file}?v=1", **{"Accept-Encoding": "br"})
    assert (status, headers["content-encoding"]) == (200, "br")
    assert "immutable" in headers["cache-control"]
    assert "immutable" not in answer(file)[1]["cache-control"]


def test_a_process_that_dies_is_started_again_and_every_page_is_printed_anew(served, folder):
    process, address = served
    edition = EditionFile(folder / "edition.number")
    number = edition.number()
    before = children(process.pid)
    assert len(before) == 3

    victim = min(before)
    os.kill(victim, signal.SIGKILL)

    until = time.monotonic() + 20
    while time.monotonic() < until and (len(now := children(process.pid)) < 3 or victim in now):
        time.sleep(0.05)
    assert victim not in now
    assert len(now) == 3
    # It may have died between a change and saying so.
    while edition.number() == number and time.monotonic() < until:
        time.sleep(0.05)
    _, changes = edition.changes(number)
    assert [(one.kind, one.key) for one in changes or ()] == [
        (Kind.ACCESS, 0),
        (Kind.REVOKED, EVERYBODY),
    ]
    assert answer(f"{address}/no-such-page/")[0] == 404


def test_a_taken_port_is_said_in_words(served, folder):
    _, address = served
    port = address.rpartition(":")[2]

    second = subprocess.run(
        [*COMMAND, "serve", "--port", port],
        env=environment(folder),
        capture_output=True,
        text=True,
        timeout=60,
    )

    assert second.returncode == 1
    assert f"already listens on 127.0.0.1:{port}" in second.stderr
    assert "Traceback" not in second.stderr


def test_a_paper_without_its_migrations_is_not_served(tmp_path):
    tried = subprocess.run(
        [*COMMAND, "serve"], env=environment(tmp_path), capture_output=True, text=True, timeout=60
    )

    assert tried.returncode == 1
    assert "Run `broadsheet migrate`" in tried.stderr


def test_check_lists_every_fault_at_once(tmp_path):
    tried = subprocess.run(
        [*COMMAND, "check"],
        env=environment(tmp_path, TIME_ZONE="Mars", PORT="x"),
        capture_output=True,
        text=True,
        timeout=60,
    )

    assert tried.returncode == 2
    assert "TIME_ZONE" in tried.stderr
    assert "PORT" in tried.stderr


@pytest.mark.parametrize(
    ("command", "name"),
    [
        (["check"], "nowhere/paper.sqlite3"),
        (["check"], "junk.sqlite3"),
        (["migrate"], "junk.sqlite3"),
        (["export", "x.zip"], "junk.sqlite3"),
    ],
)
def test_a_database_that_is_none_is_told_in_words(tmp_path, command, name):
    (tmp_path / "junk.sqlite3").write_bytes(b"This is no database. " * 500)
    tried = subprocess.run(
        [*COMMAND, *command],
        env=environment(tmp_path, DATABASE_URL=f"sqlite:///{name}"),
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
    )

    assert tried.returncode in {1, 2}
    assert "The database doesn't answer" in tried.stderr
    assert name in tried.stderr
    assert "Traceback" not in tried.stderr


@pytest.mark.parametrize(
    "command", [["export", "x.zip"], ["check", "addresses", "x.txt"], ["reindex"], ["work"]]
)
def test_no_command_begins_without_the_migrations(tmp_path, command):
    tried = subprocess.run(
        [*COMMAND, *command],
        env=environment(tmp_path),
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
    )

    assert tried.returncode == 2
    assert "Run `broadsheet migrate`" in tried.stderr
    assert "Traceback" not in tried.stderr


def test_check_is_content_with_a_migrated_paper(folder):
    tried = subprocess.run(
        [*COMMAND, "check"], env=environment(folder), capture_output=True, text=True, timeout=60
    )

    assert (tried.returncode, tried.stderr) == (0, "")


def test_static_files_are_made_once_and_older_ones_go(tmp_path):
    (tmp_path / "older").mkdir()

    made = statics.collect(tmp_path)
    stamp = made.stat().st_mtime_ns

    assert statics.collect(tmp_path) == made
    assert made.stat().st_mtime_ns == stamp
    assert not (tmp_path / "older").exists()


class Duty:
    name, every_seconds = "failing", 10

    def __init__(self):
        self.times = 0

    def function(self, *, now):
        self.times += 1
        raise OSError("the disk is full")


def test_a_failing_duty_waits_its_turn_and_keeps_nobody_from_theirs(caplog):
    failing, other = Duty(), Duty()
    other.name = "other"
    due: dict[str, float] = {}

    assert work.turn(due, [failing, other], 100.0) == 2
    assert work.turn(due, [failing, other], 105.0) == 0
    assert work.turn(due, [failing, other], 110.0) == 2
    assert failing.times == other.times == 2
    assert "the disk is full" in caplog.text


def test_stylesheets_go_out_without_their_comments():
    css = b'/*! Theirs, MIT */a::after{content:"/* kept */"}/* what a tab is: it\'s "ours" */b{}\n/* more */'

    assert statics.without_comments(css) == b'/*! Theirs, MIT */a::after{content:"/* kept */"}b{}\n'


def test_scripts_of_ours_go_out_without_lines_that_are_comments(tmp_path):
    made = statics.collect(tmp_path)

    script = (made / "edition/site.js").read_text()
    assert "document.cookie" in script
    assert not [line for line in script.splitlines() if line.lstrip().startswith("//")]
