"""What a thread of 10,000 comments costs, in CPU milliseconds, and how many a second are posted.

    python -m bench.comments [--comments 10000] [--seconds 10] [--folder FOLDER]

One process, SQLite, CPU time of the process (median of many). A third of the
thread answers nothing, a third answers that, a third is one conversation in which each comment answers
the one before. Posting takes the whole way of a comment: rules of the paper,
the checks that count, the detector that comes with the paper, the row, the numbers, the edition's
number; each is committed and synchronised to the disk before the next. The limits, which the view counts,
are left out; then comments are posted over HTTP to a served paper, limits and all (bench/posting.py),
beside as many by the action alone. While one process posts, another prints the first page again and again, and how long that
takes is told.
"""

import argparse
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

MOST_FIRST_PAGE = 5.0  # CPU milliseconds
LEAST_POSTED = 200  # comments a second
MOST_RATIO = 2.0  # the dearest page against the first
WHO = ["The council", "Our street", "The harbour office", "My neighbour", "The school"]
DID = ["answered a letter about", "paid for", "repaired", "wrote twice about", "looked after"]
WHAT = ["the bridge", "the old drains", "a new timetable", "the library roof", "the market"]
WHEN = ["last spring", "before the monsoon", "in the first week of June", "a year ago"]


def start(folder: Path) -> None:
    """Set Django up on a paper of its own."""
    os.environ |= {
        "PAPER_DIR": str(folder),
        "SECRET_KEY": "bench-" * 12,
        "PAPER_ADDRESS": "http://127.0.0.1",
        "DJANGO_SETTINGS_MODULE": "broadsheet.config.settings",
        "LOG_LEVEL": "error",
    }
    import django

    django.setup()


def said(number: int, sentences: int = 5) -> str:
    """Return a comment unlike every other, in sentences that nobody minds."""
    dice = random.Random(number)
    return f"I counted {number} of them. " + " ".join(
        f"{dice.choice(WHO)} {dice.choice(DID)} {dice.choice(WHAT)} {dice.choice(WHEN)}."
        for _ in range(sentences)
    )


def make(count: int) -> Any:
    """Make a story with a thread: see above."""
    from django.core.management import call_command
    from django.utils import timezone

    from broadsheet.comments import looking, markup, posting
    from broadsheet.comments.models import Comment, PaperRules, Thread
    from broadsheet.comments.pages import ANSWERS
    from broadsheet.demo import factories

    call_command("migrate", verbosity=0, interactive=False)
    now = timezone.now()
    PaperRules.objects.create(pk=1, read_first_comments=0)
    section = factories.section("World")
    story = factories.story("A long talk", section=section, published_at=now - timedelta(days=2))
    writers = [
        factories.reader(f"w{n}@example.org", name=f"Writer {n}", password=None) for n in range(200)
    ]
    Thread.objects.create(pk=story.pk)
    rows: list[Comment] = []
    for number in range(1, count + 1):
        text = said(number)
        row = Comment(
            pk=number,
            thread_id=story.pk,
            number=number,
            writer=writers[number % len(writers)],
            text=text,
            html=markup.render(text),
            standing="published",
            is_shown=True,
            posted_at=now - timedelta(days=1) + timedelta(seconds=number // 3),
            appeared_at=now,
            score=number * 37 % 900_000,
            thoughtful=number % 9,
        )
        third = number * 3 // count
        parent = None if third == 0 else rows[number % (count // 3)] if third == 1 else rows[-1]
        posting.under(row, parent)
        rows.append(row)
    for row in rows:
        if row.root_id:
            rows[row.root_id - 1].answers += 1
    Comment.objects.bulk_create(rows, batch_size=500)
    Thread.objects.filter(pk=story.pk).update(published=count, last_number=count)
    assert ANSWERS
    return looking.story_for_posting(story.pk), writers


def cost(function: Callable[[], object], rounds: int) -> float:
    """Return the median CPU time of a call in milliseconds."""
    function()
    taken = []
    for _ in range(rounds):
        began = time.process_time()
        function()
        taken.append((time.process_time() - began) * 1_000)
    return statistics.median(taken)


def pages_cost(story: Any, rounds: int) -> dict[str, float]:
    from broadsheet.comments import pages, printing
    from broadsheet.comments.models import Comment
    from broadsheet.comments.pages import Order
    from broadsheet.edition import plates, threads

    address = threads.address(story)

    def page(order: Order, after: str = "") -> Callable[[], object]:
        return lambda: printing.page(pages.page(story.pk, order, after=after), address=address)

    roots = Comment.objects.first_in_thread(story.pk)
    half = roots.newest()[roots.count() // 2]
    deepest = Comment.objects.filter(thread=story.pk).latest("depth")
    return {
        "first page: list fetched and printed": cost(page(Order.NEWEST), rounds),
        "first page: whole plate printed": cost(lambda: plates.print_thread(story), rounds),
        "page in the middle, newest": cost(
            page(Order.NEWEST, pages.write_moment(half.posted_at, half.pk)), rounds
        ),
        "page in the middle, oldest": cost(
            page(Order.OLDEST, pages.write_moment(half.posted_at, half.pk)), rounds
        ),
        "page in the middle, most valued": cost(
            page(Order.VALUED, f"{half.score}-{half.pk}"), rounds
        ),
        f"conversation at level {deepest.depth:,}": cost(lambda: pages.around(deepest), rounds),
    }


def post(
    story: Any, writers: list[Any], seconds: float, first: int
) -> tuple[int, float, float, float]:
    """Post until the time is over; return how many, seconds of CPU for all and the median for one,
    and seconds on the clock.
    """
    from django.utils import timezone

    from broadsheet.comments import actions, screening

    screening.warm_up()
    began = time.perf_counter()
    taken: list[float] = []
    count = 0
    while time.perf_counter() - began < seconds:
        number = first + count
        one = time.process_time()
        actions.post_comment(
            story=story,
            writer=writers[number % len(writers)],
            text=said(number),
            key=f"key-{number}",
            network="192.0.2.0",
            now=timezone.now(),
        )
        taken.append(time.process_time() - one)
        count += 1
    return count, sum(taken), statistics.median(taken), time.perf_counter() - began


def read(folder: Path, pk: int, seconds: float) -> None:
    """Print the first page again and again, in a process of its own, and tell how long it took."""
    start(folder)
    from broadsheet.comments import looking
    from broadsheet.edition import plates

    taken = []
    until = time.perf_counter() + seconds
    while time.perf_counter() < until:
        began = time.perf_counter()
        story = looking.story_for_posting(pk)
        assert story is not None
        plates.print_thread(story)
        taken.append((time.perf_counter() - began) * 1_000)
        time.sleep(0.05)
    taken.sort()
    print(len(taken), taken[len(taken) // 2], taken[len(taken) * 95 // 100], taken[-1])


def hostile() -> dict[str, float]:
    """Return what the checks take for texts made to keep them busy, the dearest of all, in ms."""
    from broadsheet.comments import markup
    from broadsheet.rules import threads
    from broadsheet.rules.guidelines import judging
    from broadsheet.rules.guidelines.findings import Written
    from broadsheet.rules.guidelines.policy import Policy

    texts = {
        "letters": "a" * 5_000,
        "words": "A " * 2_500,
        "digits": "1 " * 2_500,
        "addresses": "a.b" * 1_600,
        "marks": "!x" * 2_500,
        "at signs": "@" * 5_000,
        "stars": "*a" * 2_500,
        "quotations": ">" * 5_000,
        "combining": "a" + "\u0301" * 5_000,
    }
    policy = Policy()

    def look(text: str) -> Callable[[], object]:
        return lambda: (
            judging.find(Written(threads.clean(text), earlier=[text] * 10), None, policy),
            markup.render(text),
        )

    return {name: cost(look(text), 3) for name, text in texts.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--comments", type=int, default=10_000)
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--rounds", type=int, default=60)
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--read", type=int, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.read:
        read(given.folder, given.read, given.seconds)
        return
    with tempfile.TemporaryDirectory(prefix="broadsheet-bench-") as made:
        folder = given.folder or Path(made)
        start(folder)
        story, writers = make(given.comments)
        print(f"A thread of {given.comments:,} comments, SQLite, CPU ms, medians of {given.rounds}")
        costs = pages_cost(story, given.rounds)
        for name, taken in costs.items():
            print(f"  {name:44} {taken:7.2f}")
        first = costs["first page: list fetched and printed"]
        dearest = max(taken for name, taken in costs.items() if name.startswith("page in"))
        print(
            f"  first page within {MOST_FIRST_PAGE} ms: {'yes' if first <= MOST_FIRST_PAGE else 'NO'}"
        )
        print(f"  dearest page / first: {dearest / first:.2f} (at most {MOST_RATIO})")
        _posting(given, folder, story, writers)
        print("Texts made to keep the checks and the markup busy, 5,000 characters each, CPU ms")
        for name, taken in hostile().items():
            print(f"  {name:44} {taken:7.2f}")


def _posting(given: Any, folder: Path, story: Any, writers: list[Any]) -> None:
    from django.db import connections

    # What is loaded, compiled and planned with the first ones isn't counted.
    first = given.comments + 1 + post(story, writers, 2, given.comments + 1)[0]
    count, cpu, median, clock = post(story, writers, given.seconds, first)
    print(
        f"Posting alone: {count / cpu:.0f} a CPU second ({1 / median:.0f} by the median), "
        f"{count / clock:.0f} on the clock, {count} in all"
    )
    told = "yes" if count / cpu >= LEAST_POSTED else "NO"
    print(f"  at least {LEAST_POSTED} a second on one core: {told}")
    count += _over_http(folder, story, writers, first + count)
    reader = subprocess.Popen(
        [sys.executable, "-m", "bench.comments", "--folder", str(folder), "--read", str(story.pk)]
        + ["--seconds", str(given.seconds)],
        stdout=subprocess.PIPE,
        text=True,
    )
    time.sleep(3)
    more, cpu, _, clock = post(story, writers, given.seconds - 3, first + count)
    out, _ = reader.communicate(timeout=120)
    times, median, ninety, most = map(float, out.split())
    print(f"While read: {more / cpu:.0f} a CPU second, {more / clock:.0f} on the clock")
    print(
        f"  the first page was printed {times:.0f} times meanwhile: median {median:.0f} ms on the "
        f"clock, 95th {ninety:.0f}, longest {most:.0f}"
    )
    connections.close_all()


def _over_http(folder: Path, story: Any, writers: list[Any], first: int) -> int:
    """Tell what posting over HTTP costs; return how many were posted."""
    from bench import posting

    costs = posting.cost(folder, story, writers, first)
    many = 2 * (posting.POSTS + posting.WARM_UP)
    more, cpu, _, _ = post(story, writers, 3, first + many + 1)
    print(
        f"Posted over HTTP, CPU ms of the served process; the action alone {cpu / more * 1_000:.1f}"
    )
    for name, taken in costs.items():
        told = "yes" if taken <= posting.MOST_POST else "NO"
        print(f"  {name:20} {taken:5.1f}   at most {posting.MOST_POST}: {told}")
    return many + 1 + more


if __name__ == "__main__":
    main()
