"""``broadsheet demo``, started as a newcomer would start it."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

COMMAND = [str(Path(sys.executable).with_name("broadsheet")), "demo"]


@pytest.fixture(scope="module")
def started(tmp_path_factory):
    """Start the demo with another paper's options in the environment; yield what it said."""
    folder = tmp_path_factory.mktemp("home") / "demo"
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    process = subprocess.Popen(
        [*COMMAND, "--port", "0", "--dir", str(folder)],
        env={
            **kept,
            "PYTHONUNBUFFERED": "1",
            "DATABASE_URL": "postgresql://somebody@nowhere.invalid/paper",
            "PAPER_NAME": "Another Paper",
            "WORKERS": "1",
        },
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    said = ""
    while "Ctrl+C" not in said:
        line = process.stdout.readline()
        if not line:
            break
        said += line
    yield said, folder
    process.send_signal(signal.SIGTERM)
    process.wait(30)


def page(address):
    until = time.monotonic() + 30
    while True:
        try:
            with urllib.request.urlopen(address, timeout=20) as response:
                return response.read().decode()
        except urllib.error.HTTPError:
            raise
        except urllib.error.URLError:
            # The socket is open before the workers answer.
            if time.monotonic() > until:
                raise
            time.sleep(0.05)


def test_it_says_where_the_paper_is_and_whom_to_sign_in_as(started):
    said, folder = started

    assert re.search(r"Front page +http://localhost:\d+/", said)
    assert re.search(r"Back office +http://localhost:\d+/desk/", said)
    assert "reader@morningtide.example   high water at six" in said
    assert "editor@morningtide.example   view passed for press" in said
    assert str(folder) in said


def test_its_pages_are_those_of_the_demo_paper_whatever_the_environment_says(started):
    said, _ = started
    address = said.split("Front page")[1].split()[0]

    front = page(address)
    assert "The Morning Tide" in front
    assert "Another Paper" not in front
    assert "41,000 spent the night" in front
    moscow = page(f"{address}world/europe/russia-us-defence-chiefs-differ-on-libya/")
    assert "Serdyukov" in moscow
    # By number too, as it was printed until passkeys wanted a name.
    assert "The Morning Tide" in page(address.replace("localhost", "127.0.0.1"))


def test_a_taken_port_is_said_before_anything_is_written(tmp_path):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        ended = subprocess.run(
            [*COMMAND, "--port", str(port), "--dir", str(tmp_path / "paper")],
            capture_output=True,
            text=True,
            check=False,
        )

    assert ended.returncode == 1
    assert f"already listens on 127.0.0.1:{port}" in ended.stderr
    assert "broadsheet demo --port 0" in ended.stderr
    assert not (tmp_path / "paper").exists()
