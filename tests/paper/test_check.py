"""What `broadsheet check` and `serve` tell somebody who sets a paper up."""

import json
import shutil
import subprocess
import time

import pytest

from broadsheet.config import forwarding, reachability
from tests.conftest import _migrated
from tests.paper.served import COMMAND, environment, until
from tests.paper.smtp import Mailbox, mail_server

NOBODY = "127.0.0.1:9"  # the discard port, on which nothing listens


@pytest.fixture(scope="module")
def folder(tmp_path_factory, django_db_setup):
    made = tmp_path_factory.mktemp("paper")
    shutil.copy(_migrated(), made / "paper.sqlite3")
    return made


@pytest.fixture
def paper_dir(settings, tmp_path):
    settings.OPTIONS = settings.OPTIONS.model_copy(update={"paper_dir": tmp_path})
    return tmp_path


def trusting(settings, proxies):
    settings.OPTIONS = settings.OPTIONS.model_copy(update={"trusted_proxies": proxies})


def check(folder, **options):
    return subprocess.run(
        [*COMMAND, "check"],
        env=environment(folder, **options),
        capture_output=True,
        text=True,
        timeout=120,
    )


def test_check_asks_every_server_and_names_what_looks_wrong(folder):
    told = check(
        folder,
        PAPER_ADDRESS="https://paper.example",
        LEDGER_URL=f"redis://user:sesame@{NOBODY}/0",
        EDITION_URL=f"postgresql://user:sesame@{NOBODY}/paper",
        MAIL_URL=f"smtp://user:sesame@{NOBODY}",
        DATABSE_URL="postgresql://elsewhere/paper",
    )

    assert told.returncode == 2
    assert f"LEDGER_URL: the server of the readings at {NOBODY} doesn't answer" in told.stderr
    assert f"EDITION_URL: the server of the edition's number at {NOBODY} doesn't" in told.stderr
    assert f"MAIL_URL: the mail server at {NOBODY} doesn't answer" in told.stderr
    assert "DATABSE_URL: there is no option of this name; did you mean DATABASE_URL?" in told.stderr
    assert "TRUSTED_PROXIES: is 0 though readers come by https" in told.stderr
    assert "sesame" not in told.stderr
    assert "Traceback" not in told.stderr


def test_check_is_content_with_servers_that_are_there(folder):
    with mail_server(Mailbox()) as mailbox:
        told = check(
            folder,
            PAPER_ADDRESS="https://paper.example",
            TRUSTED_PROXIES="1",
            MAIL_URL=f"smtp://127.0.0.1:{mailbox.port}",
        )

    assert (told.returncode, told.stderr) == (0, "")


def test_a_mail_server_that_says_nothing_is_not_waited_for(settings, monkeypatch):
    import socket

    monkeypatch.setattr(reachability, "PATIENCE", 0.2)
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        options = {"host": "127.0.0.1", "port": silent.getsockname()[1], "timeout": 3600}
        smtp = "django.core.mail.backends.smtp.EmailBackend"
        settings.MAILERS = {"default": {"BACKEND": smtp, "OPTIONS": options}}

        (said,) = reachability.unreachable()

    assert "doesn't answer" in said
    assert "timed out" in said


@pytest.mark.parametrize(
    ("trusted", "forwarded", "words"),
    [
        (0, "203.0.113.9", "is not believed, since TRUSTED_PROXIES is 0"),
        (2, "203.0.113.9", "names 1 address, fewer than TRUSTED_PROXIES=2"),
        (1, "203.0.113.9", None),
        (1, "198.51.100.1, 203.0.113.9", None),
        (0, None, None),
    ],
)
def test_addresses_that_are_passed_on_in_vain_are_noted_once(
    client, settings, paper_dir, caplog, trusted, forwarded, words
):
    trusting(settings, trusted)
    headers = {"x-forwarded-for": forwarded} if forwarded else {}

    for _ in range(3):
        client.get("/robots.txt", headers=headers)

    told = [one.message for one in caplog.records if "X-Forwarded-For" in one.message]
    assert len(told) == (1 if words else 0)
    if words:
        assert words in told[0]
        assert "from 127.0.0.1" in told[0]
        assert forwarding.warning() == told[0]
        # Mended: nothing is told any more.
        trusting(settings, 1)
    assert forwarding.warning() == ""


def test_a_note_of_long_ago_tells_nothing(settings, paper_dir):
    trusting(settings, 0)
    note = {"peer": "127.0.0.1", "named": 1, "at": int(time.time()) - 2 * forwarding.KEPT}
    (paper_dir / forwarding.NOTED).write_text(json.dumps(note))

    assert forwarding.warning() == ""


def test_serve_logs_one_line_and_check_tells_it(folder, tmp_path):
    from tests.paper.served import serve

    log = tmp_path / "log"
    with log.open("w") as told, serve(folder, told, workers=2) as served:
        for worker in served.workers():
            for _ in range(2):
                worker.get("/accounts/login/", X_Forwarded_For="203.0.113.9")
        assert until(lambda: "X-Forwarded-For" in log.read_text())
    told_once = [line for line in log.read_text().splitlines() if "X-Forwarded-For" in line]
    checked = check(folder)

    assert len(told_once) == 1
    assert checked.returncode == 0
    assert "Look at this: X-Forwarded-For comes from 127.0.0.1" in checked.stderr
