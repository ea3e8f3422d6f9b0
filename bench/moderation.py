"""What the moderators' desk costs with 10,000 comments and with 100,000, in CPU milliseconds.

    python -m bench.moderation [--small 10000] [--large 100000] [--rounds 15]

Each paper is asked in a process of its own through Django, signed in as a moderator, without a
network; counted is the process's own CPU time, the median of all rounds.
Of the comments a tenth is held, a hundredth reported, a hundredth removed by a decision; half of
them hold the same common word, one in two hundred a rare one. The paper is SQLite.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

LATEST_AT = datetime(2026, 11, 24, 12, tzinfo=UTC)
STORIES = 20
WRITERS = 300
MOST_RATIO = 1.3
RARE, COMMON = "zephyr", "harbour"
FINDING = {
    "guideline": "shouting",
    "start": 0,
    "end": 9,
    "strength": 0.7,
    "explanation": "Words all in capitals read like shouting.",
}


def fill(times: int) -> None:
    """Make the comments, in bulk, and a moderator."""
    from broadsheet.comments.models import Comment, Decision, PaperRules, Report, Ruling, Thread
    from broadsheet.demo import factories
    from broadsheet.readers.models import Reader

    PaperRules.objects.create(pk=1, read_first_comments=0)
    section = factories.section("World")
    stories = [factories.story(f"Story {n}", section=section) for n in range(STORIES)]
    Thread.objects.bulk_create(Thread(story=one) for one in stories)
    Reader.objects.bulk_create(
        Reader(email=f"w{n}@example.org", name=f"Writer {n}") for n in range(WRITERS)
    )
    writers = list(Reader.objects.filter(name__startswith="Writer"))
    moderator = factories.staff("mo@example.org", role="Moderators", name="Mo")
    rows = []
    for n in range(times):
        held, removed = n % 10 == 3, n % 100 == 7
        words = f"{COMMON if n % 2 else 'valley'} {RARE if n % 200 == 5 else 'cart'}"
        rows.append(
            Comment(
                thread_id=stories[n % STORIES].pk,
                number=n // STORIES + 1,
                place=f"{n // STORIES + 1:05}",
                writer=writers[n % WRITERS],
                text=f"EVERYBODY said {n} times that the {words} was late by {n % 97} minutes, "
                f"and that the people of quarter {n % 211} had written {n % 53} letters about it.",
                standing="held" if held else "removed" if removed else "published",
                reason="new-reader" if n % 20 == 3 else "doubtful" if held else "clean",
                findings=[FINDING] if held or removed else [],
                is_shown=not (held or removed),
                reports=n % 5 + 1 if n % 100 == 9 else 0,
                posted_at=LATEST_AT - timedelta(seconds=30 * (times - n)),
            )
        )
    Comment.objects.bulk_create(rows, batch_size=2_000)
    for thread in Thread.objects.all():
        mine = [one.standing for one in rows if one.thread_id == thread.pk]
        thread.held, thread.published = mine.count("held"), mine.count("published")
        thread.last_number = len(mine)
        thread.save()
    Report.objects.bulk_create(
        [
            Report(comment=one, reader=writers[0], reason="untrue", made_at=LATEST_AT)
            for one in rows
            if one.reports
        ],
        batch_size=2_000,
    )
    gone = [one for one in rows if one.standing == "removed"]
    decisions = Decision.objects.bulk_create(
        [
            Decision(
                act="remove",
                moderator=moderator,
                moderator_name="Mo",
                comment=one,
                thread_id=one.thread_id,
                reader=one.writer,
                words="Why.",
                before={"standing": "held"},
                after={"standing": "removed"},
                decided_at=one.posted_at + timedelta(hours=1),
            )
            for one in gone
        ],
        batch_size=2_000,
    )
    Ruling.objects.bulk_create(
        [
            Ruling(
                decision=one,
                comment_id=one.comment_id or 0,
                guideline="shouting",
                strength=0.7,
                is_upheld=True,
                decided_at=one.decided_at,
            )
            for one in decisions
        ],
        batch_size=2_000,
    )


def addresses() -> dict[str, str]:
    from broadsheet.comments.desk.queues import Queue, page
    from broadsheet.comments.models import Comment, Thread

    held = page(Queue.HELD)
    middle = Comment.objects.filter(standing="held").order_by("posted_at")
    at = middle[middle.count() // 2].pk
    every = page(Queue.ALL)
    base = "/desk/comments/"
    return {
        "held": f"{base}?queue=held",
        "held, rows of the next page": f"{base}rows/?queue=held&after={held.after}",
        "new readers": f"{base}?queue=new",
        "reported": f"{base}?queue=reported",
        "all": f"{base}?queue=all",
        "all, rows of the next page": f"{base}rows/?queue=all&after={every.after}",
        "removed": f"{base}rows/?queue=all&standing=removed",
        "one writer": f"{base}rows/?queue=all&writer={Comment.objects.get(pk=at).writer_id}",
        "one thread": f"{base}rows/?queue=all&thread={Thread.objects.latest('pk').pk}",
        "beside one": f"{base}{at}/beside/?queue=held",
        "a common word": f"{base}rows/?queue=all&typed={COMMON}",
        "a rare word": f"{base}rows/?queue=all&typed={RARE}",
        "a phrase": f"{base}rows/?queue=all&typed=%22people+of+quarter+7%22",
        "a common word, removed": f"{base}rows/?queue=all&typed={COMMON}&standing=removed",
        "a word in none": f"{base}rows/?queue=all&typed=nowherefound",
        "log": f"{base}log/",
        "load": f"{base}load/",
        "guidelines": f"{base}guidelines/",
    }


def measure(rounds: int) -> dict[str, Any]:
    from django.test import Client

    from broadsheet.comments.models import Comment
    from broadsheet.readers.models import Reader

    desk = Client()
    desk.force_login(Reader.objects.get(email="mo@example.org"))
    found: dict[str, Any] = {}
    for name, address in addresses().items():
        for _ in range(2):
            assert desk.get(address).status_code == 200, address
        spent = []
        for _ in range(rounds):
            begun = time.process_time()
            desk.get(address)
            spent.append((time.process_time() - begun) * 1_000)
        found[name] = statistics.median(spent)
    spent = []
    for one in Comment.objects.filter(standing="held").order_by("posted_at")[: rounds * 3]:
        begun = time.process_time()
        answer = desk.post(
            f"/desk/comments/{one.pk}/act/",
            {"act": "approve", "version": one.version},
            headers={"Accept": "application/json"},
        )
        spent.append((time.process_time() - begun) * 1_000)
        assert answer.json()["done"], answer.text
    found["approve one"] = statistics.median(spent)
    return found


def child(times: int, rounds: int) -> None:
    import django
    from django.core.management import call_command

    django.setup()
    from django.conf import settings

    settings.ALLOWED_HOSTS = ["testserver"]
    call_command("migrate", verbosity=0)
    begun = time.monotonic()
    fill(times)
    print(json.dumps({"filled_s": time.monotonic() - begun, "pages": measure(rounds)}))


def ask(times: int, rounds: int) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        env = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "broadsheet.config.settings",
            "PAPER_DIR": folder,
            "SECRET_KEY": "bench-" * 10,
            "PAPER_ADDRESS": "http://testserver",
            "LOG_LEVEL": "error",
        }
        told = subprocess.run(
            [sys.executable, "-m", "bench.moderation", "--child", str(times), str(rounds)],
            env=env,
            cwd=Path(__file__).parents[1],
            check=True,
            stdout=subprocess.PIPE,
            text=True,
        )
    answer: dict[str, Any] = json.loads(told.stdout.splitlines()[-1])
    return answer


def main() -> None:
    if "--child" in sys.argv:
        child(int(sys.argv[2]), int(sys.argv[3]))
        return
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--small", type=int, default=10_000)
    parser.add_argument("--large", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=15)
    given = parser.parse_args()
    small, large = ask(given.small, given.rounds), ask(given.large, given.rounds)
    print(f"{given.large:,} comments made in {large['filled_s']:.0f} s")
    print(f"{'':32}{'small':>8}{'large':>8}{'ratio':>8}")
    for name, before in small["pages"].items():
        after = large["pages"][name]
        mark = "" if after / before <= MOST_RATIO else "  over"
        print(f"{name:32}{before:8.1f}{after:8.1f}{after / before:8.2f}{mark}")


if __name__ == "__main__":
    main()
