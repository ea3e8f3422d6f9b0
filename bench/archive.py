"""What an archive costs: import, start, lists, search, publishing and old addresses, by its size.

Two papers are made from exports of their own, one of 100 stories and one of 100,000, in processes
of their own, and the same things are done in both. The newest stories of the large one are those of
the small one, word for word, so that pages of both show the same. A ratio of 1.0 is a cost that
does not grow.

    python -m bench.archive                   about ten minutes and 3 GB of disk
    python -m bench.archive --stories 10000   a quicker look
"""

import argparse
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import quote

SMALL = 100
NEWEST_AT = datetime(2026, 10, 31, 18, 0, tzinfo=UTC)
APART = timedelta(hours=2)  # a hundred thousand stories go back to 2004
RARE = "ferryman"  # stands in one story
SECTIONS = ["world", "nation", "sport", "business", "culture", "science"]
WORDS = 6_000
REPEATS = 41

HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:excerpt="http://wordpress.org/export/1.2/excerpt/"
 xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:wp="http://wordpress.org/export/1.2/"><channel><title>Old</title><link>https://old.example</link>
<wp:base_blog_url>https://old.example</wp:base_blog_url>
"""


def moment_of(number: int) -> datetime:
    return NEWEST_AT - number * APART


def address_of(number: int) -> str:
    """Return the address a story had, from the root on."""
    return f"/{moment_of(number):%Y/%m}/story-{number}.html"


def export(file: Path, stories: int) -> None:
    """Write a WordPress export of made-up words, about 500 to a story."""
    dice = random.Random(20110322)
    letters = "abcdefghijklmnoprstuvwy"
    words = ["".join(dice.choices(letters, k=dice.randint(2, 9))) for _ in range(WORDS)]

    def some(count: int) -> str:
        return " ".join(dice.choices(words, k=count))

    with file.open("w") as out:
        out.write(HEAD)
        for n in range(60):
            out.write(
                f"<wp:author><wp:author_login>w{n}</wp:author_login>"
                f"<wp:author_display_name>Writer {n}</wp:author_display_name></wp:author>\n"
            )
        for n in range(1, stories + 1):
            text = "".join(
                f"<!-- wp:paragraph --><p>{some(60).capitalize()} everywhere.</p>\n"
                for _ in range(8)
            )
            if n % 10 == 0:
                text += (
                    f'<p>See <a href="https://old.example/?p={max(1, n * 7 % 90)}">this</a>.</p>'
                )
            if n == 7:
                text += f"<p>The {RARE} knows.</p>"
            section = SECTIONS[n % len(SECTIONS)]
            tags = "".join(
                f'<category domain="post_tag" nicename="t{one}">Topic {one}</category>'
                for one in dice.sample(range(400), 3)
            )
            out.write(
                f"<item><title>{some(8).title()}</title>"
                f"<link>https://old.example{address_of(n)}</link>"
                f"<dc:creator>w{n % 60}</dc:creator><content:encoded><![CDATA[{text}]]></content:encoded>"
                f"<excerpt:encoded><![CDATA[{some(20)}]]></excerpt:encoded><wp:post_id>{n}</wp:post_id>"
                f"<wp:post_date_gmt>{moment_of(n):%Y-%m-%d %H:%M:%S}</wp:post_date_gmt>"
                f"<wp:post_name>story-{n}</wp:post_name><wp:status>publish</wp:status>"
                f"<wp:post_type>post</wp:post_type>"
                f'<category domain="category" nicename="{section}">{section.title()}</category>{tags}</item>\n'
            )
        out.write("</channel></rss>\n")


def run(arguments: list[str], paper: Path) -> tuple[float, float, float]:
    """Run a command on a paper; return seconds on the wall, CPU seconds and peak MiB."""
    environment = {
        **os.environ,
        "PAPER_DIR": str(paper),
        "DJANGO_SETTINGS_MODULE": "broadsheet.config.settings",
    }
    start = time.perf_counter()
    process = subprocess.Popen(arguments, env=environment, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        sys.exit(f"{' '.join(arguments)} ended with status {os.waitstatus_to_exitcode(status)}")
    return time.perf_counter() - start, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def make(folder: Path, stories: int) -> Path:
    """Make a paper of so many stories, and say what its import cost."""
    paper = folder / f"paper-{stories}"
    file = folder / f"export-{stories}.xml"
    export(file, stories)
    broadsheet = str(Path(sys.executable).with_name("broadsheet"))
    run([broadsheet, "migrate"], paper)
    wall, cpu, peak = run([broadsheet, "import", "stories", str(file)], paper)
    print(
        f"import of {stories:,} ({file.stat().st_size / 2**20:.0f} MiB): {wall:.0f} s, {cpu:.0f} CPU s, "
        f"{stories / wall:.0f} stories/s, {stories / cpu:.0f} per CPU second, peak {peak:.0f} MiB"
    )
    file.unlink()
    return paper


def measure() -> None:
    """Do in one paper what is measured; print CPU milliseconds as JSON."""
    started = time.process_time()
    import django

    django.setup()
    from django.conf import settings
    from django.test import Client

    settings.ALLOWED_HOSTS = ["*"]
    settings.STAFF_SECOND_FACTOR = False
    client = Client()

    def get(address: str, wanted: int, client: Client = client) -> None:
        response = client.get(address)
        b"".join(response) if response.streaming else response.content
        assert response.status_code == wanted, (address, response.status_code)

    get("/", 200)
    told = {"start, to the first front page": (time.process_time() - started) * 1000}

    from broadsheet.archive.models import OldAddress
    from broadsheet.newsroom.models import StoryPage
    from broadsheet.newsroom.signals import announce
    from broadsheet.readers.models import Reader

    newest = StoryPage.objects.live().order_by("-published_at").first()
    assert newest is not None
    rare = OldAddress.objects.get(key="/?p=7").page
    assert rare is not None
    StoryPage.objects.filter(pk=rare.pk).update(access="free")
    announce([rare.pk])
    staff, _ = Reader.objects.get_or_create(
        email="desk@bench.example", is_staff=True, is_superuser=True
    )
    desk = Client()
    desk.force_login(staff)
    section = newest.get_parent().pk

    def publish() -> None:
        story = StoryPage.objects.get(pk=newest.pk)
        story.standfirst = f"{story.standfirst} more"
        story.save_revision().publish()

    for name, do in {
        "front page": lambda: get("/", 200),
        "section page": lambda: get("/world/", 200),
        "story page": lambda: get(newest.url, 200),
        "archive day": lambda: get("/archive/2026/10/29/", 200),
        "archive month": lambda: get("/archive/2026/10/", 200),
        "search, a word all stories hold": lambda: get("/search/?q=everywhere", 200),
        "search, a rare word": lambda: get(f"/search/?q={RARE}", 200),
        "old address": lambda: get(address_of(12).removesuffix(".html").title(), 301),
        "old address by number": lambda: get("/?p=12", 301),
        "back office: all stories": lambda: get("/desk/stories/", 200, desk),
        "back office: stories of a section": lambda: get(f"/desk/pages/{section}/", 200, desk),
        "back office: editing a story": lambda: get(f"/desk/pages/{newest.pk}/edit/", 200, desk),
        "back office: search": lambda: get(
            f"/desk/pages/search/?q={quote(newest.title)}", 200, desk
        ),
        "publish": publish,
    }.items():
        taken = []
        for _ in range(REPEATS if name != "publish" else 9):
            start = time.process_time()
            do()
            taken.append((time.process_time() - start) * 1000)
        told[name] = statistics.median(taken[1:])
    print(json.dumps(told))


def measured(paper: Path) -> dict[str, float]:
    environment = {
        **os.environ,
        "PAPER_DIR": str(paper),
        "DJANGO_SETTINGS_MODULE": "broadsheet.config.settings",
    }
    done = subprocess.run(
        [sys.executable, "-m", "bench.archive", "--measure"],
        env=environment,
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--stories", type=int, default=100_000)
    options.add_argument("--folder", type=Path, help="Where the papers are made, and kept.")
    options.add_argument("--measure", action="store_true", help=argparse.SUPPRESS)
    chosen = options.parse_args()
    if chosen.measure:
        measure()
        return
    with tempfile.TemporaryDirectory(prefix="broadsheet-bench-") as temporary:
        folder = chosen.folder or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        papers = [make(folder, stories) for stories in (SMALL, chosen.stories)]
        # In turns, so that a machine that is busy meanwhile is busy for both.
        rounds = [[measured(paper) for paper in papers] for _ in range(3)]
    print(f"\n{'CPU ms':34}{SMALL:>10,}{chosen.stories:>10,}{'ratio':>8}")
    for name in rounds[0][0]:
        small, large = (statistics.median(one[at][name] for one in rounds) for at in (0, 1))
        print(f"{name:34}{small:10.2f}{large:10.2f}{large / small:8.2f}")


if __name__ == "__main__":
    main()
