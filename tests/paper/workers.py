"""Background workers to be killed: forked by one process that has loaded the paper once."""

import os
import signal
import subprocess
import sys
from pathlib import Path

from tests.paper.served import ROOT, environment

# Forks a worker for each line it reads, and says its number.
_CREW = """
import os, sys
from datetime import timedelta
import django
django.setup()
from django.db import connections
from broadsheet.comments import claims
from broadsheet.config import work
lease = float(sys.argv[1])
if lease:
    claims.LEASE = timedelta(seconds=lease)
connections.close_all()
for line in sys.stdin:
    number = os.fork()
    if number == 0:
        work.run()
        os._exit(0)
    print(number, flush=True)
"""
PLANT = """
from datetime import timedelta
from django.utils import timezone
from broadsheet.comments import actions, decisions, notices
from broadsheet.comments.models import Follow, Notice
from broadsheet.demo import factories
now = timezone.now()
story = factories.story("Ferries", section=factories.section("World"), published_at=now)
writer = factories.reader("writer@example.org", name="Wanda Writer")
readers = [factories.reader(f"reader-{one}@example.org") for one in range(follows_owed)]
for reader in readers:
    actions.follow(reader=reader, story=story, now=now - timedelta(hours=1))
for one in range(notices_owed):
    notices.tell(reader=writer, comment=None, subject=f"Notice {one}", words="Words.", now=now)
moderator = factories.staff("moderator@example.org", role="Moderators")
posted = actions.post_comment(story=story, writer=writer, now=now - timedelta(minutes=2),
                              text="The ferry was late on Monday because of the fog.")
# A new reader's comment waits for somebody, who lets it appear.
decisions.approve(comment=posted.comment, by=decisions.By(moderator=moderator, words=""),
                  now=now - timedelta(minutes=1))
answer = Notice.objects.count() + len(readers)
"""
OWED = """
from django.db.models import F
answer = (Notice.objects.filter(mailed_at=None).count()
          + Follow.objects.filter(thread__last_published_at__gt=F("told_until")).count())
"""


class Crew:
    """:param lease: seconds after which a dead worker's letters are free; 0: as long as ever"""

    def __init__(self, folder: Path, *, lease: float = 0.0, **options: str) -> None:
        settings = {"DJANGO_SETTINGS_MODULE": "broadsheet.config.settings"}
        self.alive: set[int] = set()
        self._process = subprocess.Popen(
            [sys.executable, "-c", _CREW, str(lease)],
            env=environment(folder, **settings, **options),
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )

    def start(self) -> int:
        """Start a worker; return its process number."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write("start\n")
        self._process.stdin.flush()
        number = int(self._process.stdout.readline())
        self.alive.add(number)
        return number

    def kill(self, number: int) -> None:
        self.alive.discard(number)
        os.kill(number, signal.SIGKILL)

    def close(self) -> None:
        for number in sorted(self.alive):
            self.kill(number)
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(30)

    def who_has(self, port: int) -> int | None:
        """Return which worker holds a port of loopback."""
        for line in Path("/proc/net/tcp").read_text().splitlines()[1:]:
            fields = line.split()
            if fields[1].endswith(f":{port:04X}"):
                held = f"socket:[{fields[9]}]"
                return next((one for one in self.alive if _holds(one, held)), None)
        return None


def _holds(number: int, socket: str) -> bool:
    for link in Path(f"/proc/{number}/fd").iterdir():
        try:
            if str(link.readlink()) == socket:
                return True
        except OSError:
            continue
    return False
