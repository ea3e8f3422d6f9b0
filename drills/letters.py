"""Background workers that share a database are killed while they send letters.

    python -m drills.letters [--letters 300] [--kills 12] [--seed 7] [--postgres ADDRESS]

Two workers send what readers are owed about comments (notices and mails of threads they follow) to
a mail server that kills, with -9, the worker whose letter it has just read: half of the times
before it says that it has taken the letter, half of the times in the same moment after. Each time
another worker is started. What was left out, and what came twice, is counted at the mail server by
Message-ID. Nobody may be left out; a letter may come twice only where its worker was killed after
the mail server had taken it, and then it is the same letter, which mail programs recognise.
"""

import argparse
import random
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from email.message import EmailMessage
from pathlib import Path

from tests.paper.served import COMMAND, Desk, environment, until
from tests.paper.smtp import Mailbox, mail_server
from tests.paper.workers import OWED, PLANT, Crew

SECRET = "letters-of-killed-workers-" * 3
LEASE = 20.0  # seconds, instead of ten minutes; a turn and its last letter are shorter
# Both kinds of letters are looked for at every turn, not once a minute.
HURRY = "from broadsheet.comments import follows\nanswer = follows.mail_due(now=timezone.now())"


class Killer:
    """Kills workers at letters chosen by chance."""

    def __init__(self, kills: int, chance: random.Random) -> None:
        self._left = {"before": kills // 2, "after": kills - kills // 2}
        self._chance = chance
        self._guard = threading.Lock()
        self.crew: Crew | None = None
        self.killed = {"before": set[str](), "after": set[str]()}

    def before(self, letter: EmailMessage, port: int) -> bool:
        return not self._strikes("before", letter, port)

    def after(self, letter: EmailMessage, port: int) -> None:
        self._strikes("after", letter, port)

    def _strikes(self, when: str, letter: EmailMessage, port: int) -> bool:
        with self._guard:
            if not self._left[when] or self._chance.random() > 0.08 or self.crew is None:
                return False
            worker = self.crew.who_has(port)
            if worker is None:
                return False
            self.crew.kill(worker)
            self._left[when] -= 1
            self.killed[when].add(str(letter["Message-ID"]))
            self.crew.start()
            return True


def drill(name: str, options: dict[str, str], arguments: argparse.Namespace) -> bool:
    killer = Killer(arguments.kills, random.Random(arguments.seed))
    mailbox = Mailbox(killer.before, killer.after)
    with tempfile.TemporaryDirectory(prefix="drill-letters-") as made, mail_server(mailbox):
        folder = Path(made)
        options = {"SECRET_KEY": SECRET, "MAIL_URL": mailbox.url, **options}
        subprocess.run(
            [*COMMAND, "migrate"],
            env=environment(folder, **options),
            check=True,
            stdout=subprocess.DEVNULL,
        )
        desk = Desk(folder, **options)
        follows = arguments.letters // 4
        owed = desk.do(PLANT, notices_owed=arguments.letters - follows, follows_owed=follows)
        killer.crew = crew = Crew(folder, lease=LEASE, **options)
        began = time.monotonic()
        for _ in range(2):
            crew.start()
        done = until(lambda: desk.do(OWED) == 0 or (desk.do(HURRY) and False), 240)
        lasted = time.monotonic() - began
        crew.close()
        desk.close()
    counts = Counter(mailbox.ids())
    twice = {one for one, count in counts.items() if count > 1}
    kills = sum(map(len, killer.killed.values()))
    good = done and len(counts) == owed and twice <= killer.killed["after"] and kills > 0
    print(
        f"{name}: {'as it must be' if good else 'WRONG'}: {owed} letters owed, {len(counts)} "
        f"arrived, {owed - len(counts)} left out; {kills} workers killed, "
        f"{len(killer.killed['before'])} before the mail server took their letter, "
        f"{len(killer.killed['after'])} right after; {len(twice)} letters came twice, all of them "
        f"{'among the latter' if twice <= killer.killed['after'] else 'NOT among the latter'}, with "
        f"the Message-ID they had ({lasted:.0f} s)."
    )
    return good


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--letters", type=int, default=300)
    parser.add_argument("--kills", type=int, default=12)
    parser.add_argument("--seed", type=int, default=2011)
    parser.add_argument("--postgres", help="an empty database: postgresql://user@host/name")
    arguments = parser.parse_args()
    good = drill("SQLite", {}, arguments)
    if arguments.postgres:
        good &= drill("PostgreSQL", {"DATABASE_URL": arguments.postgres}, arguments)
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()
