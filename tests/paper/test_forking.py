"""What may go through a fork, and that a supervisor ends with all its processes."""

import json
import os
import subprocess
import sys

from tests.paper.served import ROOT

# Opens one thing after another, and says what the check before a fork makes of each.
HOLDING = """
import json, os, socket, sqlite3, sys, tempfile, threading
from django.conf import settings
folder = tempfile.mkdtemp()
settings.configure(DATABASES={"default": {
    "ENGINE": "django.db.backends.sqlite3", "NAME": f"{folder}/paper.sqlite3"}})
from django.db import connection
from broadsheet.config.forking import UnsafeForkError, check_before_fork, close_databases

def said(*allowed):
    try:
        check_before_fork(allowed)
    except UnsafeForkError as error:
        return str(error)
    return ""

found = {"nothing": said()}
listening = socket.create_server(("127.0.0.1", 0))
found["a socket"], found["an allowed socket"] = said(), said(listening.fileno())
listening.close()
ends = os.pipe()
found["a pipe"], found["an allowed pipe"] = said(), said(*ends)
os.close(ends[0]), os.close(ends[1])
connection.ensure_connection()
found["a connection"] = said()
close_databases()
found["a closed connection"] = said()
raw = sqlite3.connect(f"{folder}/other.sqlite3")
raw.execute("CREATE TABLE one (two)")
found["a database file"] = said()
raw.close()
with open(f"{folder}/log", "w"):
    found["a file to write to"] = said()
with open(f"{folder}/log"):
    found["a file to read"] = said()
end = threading.Event()
thread = threading.Thread(target=end.wait, name="busy")
thread.start()
found["a thread"] = said()
end.set()
thread.join()
found["nothing any more"] = said()
print(json.dumps(found))
"""
FINE = {
    "nothing",
    "an allowed socket",
    "an allowed pipe",
    "a closed connection",
    "a file to read",
    "nothing any more",
}
# A whole group is told to end, at a random moment from its first process on, again and again.
ENDING = """
import os, random, signal, sys, time
from broadsheet.config.server import Supervisor

def work():
    while True:
        time.sleep(1)

hung = 0
for turn in range(15):
    ready, says = os.pipe()
    os.set_inheritable(says, True), os.set_inheritable(ready, True)
    number = os.fork()
    if not number:
        os.setsid()
        def first():
            os.write(says, b".")
            work()
        wanted = {"web 1": first, "web 2": work, "web 3": work, "work": work}
        os._exit(Supervisor(wanted).run())
    os.read(ready, 1)
    time.sleep(random.random() * 0.01)
    os.killpg(number, signal.SIGTERM)
    end = time.monotonic() + 10
    while time.monotonic() < end and os.waitpid(number, os.WNOHANG)[0] == 0:
        time.sleep(0.005)
    try:
        os.killpg(number, signal.SIGKILL)
        hung += 1
    except ProcessLookupError:
        pass
    os.close(ready), os.close(says)
print(hung)
"""


def run(program: str, *, inherited: tuple[int, ...] = ()) -> str:
    return subprocess.run(
        [sys.executable, "-c", program],
        check=True,
        cwd=ROOT,
        pass_fds=inherited,
        stdout=subprocess.PIPE,
        text=True,
        timeout=600,
    ).stdout


def test_nobody_forks_who_holds_what_two_must_not_share():
    # A descriptor that the shell left open is none of the paper's.
    given = os.pipe()
    found = json.loads(run(HOLDING, inherited=given))
    for one in given:
        os.close(one)

    assert {name for name, said in found.items() if not said} == FINE
    assert "connection to the database 'default'" in found["a connection"]
    assert "the thread 'busy'" in found["a thread"]
    assert "socket:" in found["a socket"] or sys.platform != "linux"


def test_a_group_that_is_told_to_end_ends_at_whatever_moment():
    assert run(ENDING) == "0\n"
