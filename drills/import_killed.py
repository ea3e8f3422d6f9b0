"""Imports that are killed: twice, at random points, and then left to end.

For each format a file of made-up stories is imported into one paper at a stretch. Into another the
same file is imported and the process killed (SIGKILL) when a random number of stories stand in its
database, again after more of them, and while links between them are placed; then it is run to its
end. Both papers are exported, and the
exports must be equal, byte by byte but for the moments at which something was made.

    python -m drills.import_killed                       all formats, about three minutes
    python -m drills.import_killed ghost --stories 5000 --seed 7
"""

import argparse
import io
import json
import os
import random
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterator
from contextlib import closing
from html import escape
from pathlib import Path

from PIL import Image

FIRST = "https://old.example/story"
BROADSHEET = str(Path(sys.executable).with_name("broadsheet"))


class Story:
    """One made-up story. Some link to others, before or after them; some have a picture."""

    def __init__(self, number: int, of: int, chance: random.Random) -> None:
        self.number = number
        self.headline = f"Story {number} of the {chance.choice(['tide', 'mill', 'ferry', 'fair'])}"
        self.section = chance.choice(["World", "Sport", "Culture"])
        self.topic = f"Topic {chance.randrange(40)}"
        self.author = f"Writer {chance.randrange(20)}"
        self.day = f"{2001 + number % 20}-{number % 12 + 1:02}-{number % 28 + 1:02}"
        self.address = f"{FIRST}-{number}.html"
        self.picture = f"https://old.example/pictures/{number % 30}.jpg" if number % 7 == 0 else ""
        words = " ".join(chance.choices(["salt", "rope", "harbour", "light", "rain"], k=120))
        self.body = f"<p>{words}.</p><p>{words[:300]}</p>"
        if number % 3 == 0:
            to = f"{FIRST}-{chance.randrange(1, of + 1)}.html"
            self.body += f'<p>See <a href="{to}">this one</a>.</p>'


def wordpress(stories: list[Story]) -> str:
    items = "".join(
        f"<item><title>{one.headline}</title><link>{one.address}</link>"
        f"<dc:creator>{one.author}</dc:creator><content:encoded><![CDATA[{one.body}]]></content:encoded>"
        f"<wp:post_id>{one.number}</wp:post_id><wp:post_date_gmt>{one.day} 08:11:00</wp:post_date_gmt>"
        f"<wp:status>publish</wp:status><wp:post_type>post</wp:post_type>"
        f'<category domain="category" nicename="{one.section.lower()}">{one.section}</category>'
        f'<category domain="post_tag" nicename="{one.topic.lower()}">{one.topic}</category>'
        + (
            f"<wp:postmeta><wp:meta_key>_thumbnail_id</wp:meta_key>"
            f"<wp:meta_value>9{one.number}</wp:meta_value></wp:postmeta></item>\n"
            f"<item><title>Picture</title><wp:post_id>9{one.number}</wp:post_id>"
            f"<wp:post_type>attachment</wp:post_type><wp:attachment_url>{one.picture}</wp:attachment_url></item>\n"
            if one.picture
            else "</item>\n"
        )
        for one in stories
    )
    return (
        '<rss xmlns:wp="http://wordpress.org/export/1.2/" xmlns:dc="http://purl.org/dc/elements/1.1/" '
        'xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel>'
        f"<link>https://old.example</link>{items}</channel></rss>"
    )


def ghost(stories: list[Story]) -> str:
    posts = [
        {
            "id": str(one.number),
            "title": one.headline,
            "slug": f"story-{one.number}",
            "html": one.body.replace(".html", "/").replace("https://old.example", "__GHOST_URL__"),
            "feature_image": one.picture or None,
            "status": "published",
            "visibility": "public",
            "published_at": f"{one.day}T08:11:00.000Z",
        }
        for one in stories
    ]
    topics = sorted({one.topic for one in stories} | {one.section for one in stories})
    number = {name: str(at) for at, name in enumerate(topics)}
    links = [
        {"post_id": str(one.number), "tag_id": number[name], "sort_order": at}
        for one in stories
        for at, name in enumerate((one.section, one.topic))
    ]
    data = {
        "posts": posts,
        "tags": [{"id": at, "name": name, "slug": name.lower()} for name, at in number.items()],
        "posts_tags": links,
    }
    return json.dumps({"db": [{"meta": {"version": "6.65.0"}, "data": data}]})


def ninjs(stories: list[Story]) -> str:
    return "\n".join(
        json.dumps(
            {
                "uri": f"http://old.example/ninjs/{one.number}",
                "type": "text",
                "pubstatus": "usable",
                "versioncreated": f"{one.day}T08:11:00Z",
                "headline": one.headline,
                "byline": one.author,
                "body_html": one.body,
                "subject": [{"name": one.section}, {"name": one.topic}],
            }
        )
        for one in stories
    )


def ans(stories: list[Story]) -> str:
    return "\n".join(
        json.dumps(
            {
                "type": "story",
                "version": "0.10.9",
                "_id": f"ID{one.number:08}",
                "canonical_url": one.address.removeprefix("https://old.example"),
                "headlines": {"basic": one.headline},
                "first_publish_date": f"{one.day}T08:11:00Z",
                "credits": {"by": [{"type": "author", "name": one.author}]},
                "taxonomy": {
                    "primary_section": {"_id": f"/{one.section.lower()}", "name": one.section},
                    "tags": [{"text": one.topic}],
                },
                "content_elements": [{"type": "text", "content": one.body}],
            }
        )
        for one in stories
    )


def rss(stories: list[Story]) -> str:
    items = "".join(
        f"<item><title>{one.headline}</title><link>{one.address}</link><guid>{one.address}</guid>"
        f"<pubDate>{one.day}T08:11:00Z</pubDate><category>{one.section}</category>"
        f"<category>{one.topic}</category><description>{escape(one.body)}</description></item>\n"
        for one in stories
    )
    return f'<rss version="2.0"><channel><link>https://old.example</link>{items}</channel></rss>'


def newsml(stories: list[Story]) -> str:
    items = "".join(
        f'<newsItem guid="urn:story:{one.number}" version="1" standard="NewsML-G2"><itemMeta>'
        f'<itemClass qcode="ninat:text"/><versionCreated>{one.day}T08:11:00Z</versionCreated>'
        '<pubStatus qcode="stat:usable"/></itemMeta><contentMeta>'
        f"<contentCreated>{one.day}T08:11:00Z</contentCreated><by>{one.author}</by>"
        f"<headline>{one.headline}</headline><keyword>{one.topic}</keyword></contentMeta><contentSet>"
        '<inlineXML contenttype="application/xhtml+xml"><html xmlns="http://www.w3.org/1999/xhtml">'
        f"<body>{one.body}</body></html></inlineXML></contentSet></newsItem>\n"
        for one in stories
    )
    return (
        '<newsMessage xmlns="http://iptc.org/std/nar/2006-10-01/"><header/>'
        f"<itemSet>{items}</itemSet></newsMessage>"
    )


def nitf(stories: list[Story]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for one in stories:
            document = (
                '<?xml version="1.0" encoding="ISO-8859-1"?>\n<nitf><head><docdata management-status="usable">'
                f'<doc-id id-string="old.{one.number}"/><date.issue norm="{one.day}T081100Z"/>'
                f'<key-list><keyword key="{one.topic}"/></key-list></docdata>'
                f'<pubdata position.section="{one.section}" ex-ref="{one.address}"/></head><body>'
                f"<body.head><hedline><hl1>{one.headline}</hl1></hedline><byline>By {one.author}</byline>"
                f"</body.head><body.content>{one.body}</body.content></body></nitf>"
            )
            archive.writestr(f"{one.number:06}.xml", document.encode("latin-1"))
    return packed.getvalue()


FORMATS: dict[str, tuple[str, Callable[[list[Story]], str | bytes]]] = {
    "wordpress": ("export.xml", wordpress),
    "ghost": ("export.json", ghost),
    "ninjs": ("export.jsonl", ninjs),
    "ans": ("export.jsonl", ans),
    "rss": ("export.rss", rss),
    "newsml-g2": ("export.xml", newsml),
    "nitf": ("export.zip", nitf),
}


def run(paper: Path, *arguments: object) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [BROADSHEET, *map(str, arguments)],
        env={**os.environ, "PAPER_DIR": str(paper)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )


def done(process: subprocess.Popen[bytes]) -> None:
    _, said = process.communicate()
    if process.returncode:
        sys.exit(f"{process.args!r}: status {process.returncode}\n{said.decode()}")


def stories_in(paper: Path) -> int:
    with closing(sqlite3.connect(f"file:{paper / 'paper.sqlite3'}?mode=ro", uri=True)) as found:
        count: int = found.execute("SELECT count(*) FROM newsroom_storypage").fetchone()[0]
        return count


def killed_at(paper: Path, arguments: list[object], stories: int, later: float) -> int:
    """Import, kill the process some seconds after so many stories are there; return how many are.

    :raises SystemExit: when the import ended before all stories were there
    """
    process = run(paper, *arguments)
    while process.poll() is None and stories_in(paper) < stories:
        time.sleep(0.002)
    time.sleep(later)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    if process.returncode not in {-signal.SIGKILL, 0}:
        sys.exit(f"the import ended with {process.returncode} before it could be killed")
    return stories_in(paper)


# When something was made is no part of what it is.
_MADE_AT = re.compile(rb'"made_at": "[^"]*"')


def exported(paper: Path, file: Path) -> dict[str, bytes]:
    done(run(paper, "export", file))
    with zipfile.ZipFile(file) as archive:
        return {name: _MADE_AT.sub(b"", archive.read(name)) for name in archive.namelist()}


def faults(paper: Path) -> Iterator[str]:
    """Yield what is wrong with a paper's database by itself."""
    with closing(sqlite3.connect(paper / "paper.sqlite3")) as found:
        for (said,) in found.execute("PRAGMA integrity_check"):
            if said != "ok":
                yield str(said)
        if found.execute("PRAGMA foreign_key_check").fetchall():
            yield "a row names one that is not there"
        wrong = found.execute(
            "SELECT count(*) FROM wagtailcore_page AS above WHERE numchild != (SELECT count(*) "
            "FROM wagtailcore_page WHERE depth = above.depth + 1 AND path > above.path "
            "AND path < above.path || 'ZZZZZ')"
        ).fetchone()[0]
        if wrong:
            yield f"{wrong} pages count their children wrongly"


def drill(name: str, folder: Path, empty: Path, stories: int, chance: random.Random) -> bool:
    """Kill one format's import twice, and say how it ended."""
    told, write = FORMATS[name]
    file = folder / told
    made = write([Story(n, stories, chance) for n in range(1, stories + 1)])
    file.write_bytes(made.encode() if isinstance(made, str) else made)
    papers = [folder / "whole", folder / "killed"]
    for paper in papers:
        shutil.copytree(empty, paper)
    arguments: list[object] = ["import", "stories", file, "--from", name]
    arguments += ["--site", "https://old.example", "--pictures", empty / "pictures"]
    done(run(papers[0], *arguments))
    stood = [0]
    for part in (0.5, 1):
        # Somewhere behind what is there already, in the middle of whatever is done then.
        point = chance.randint(stood[-1] + 1, max(stood[-1] + 1, int(stories * part) - 300))
        stood.append(killed_at(papers[1], arguments, point, chance.random() * 0.25))
    # All are there, and links and pictures are being placed.
    killed_at(papers[1], arguments, stories, chance.random() * 0.2)
    done(run(papers[1], *arguments))
    exports = [exported(paper, folder / f"{paper.name}.zip") for paper in papers]
    wrong = [*faults(papers[1])]
    if list(exports[0]) != list(exports[1]):
        wrong.append("other files in the export")
    wrong += [f"{entry} differs" for entry, said in exports[0].items() if exports[1][entry] != said]
    print(
        f"{name:10} killed with {stood[1]:,} and {stood[2]:,} of {stories:,} stories there, and once "
        "more while links were placed: "
        + ("; ".join(wrong) if wrong else f"equal, {len(exports[0])} entries"),
        flush=True,
    )
    return not wrong


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("formats", nargs="*", choices=[*FORMATS, []], help="[all]")
    options.add_argument("--stories", type=int, default=1500)
    options.add_argument("--seed", type=int, default=random.randrange(10**6))
    chosen = options.parse_args()
    print(f"seed {chosen.seed}")
    chance = random.Random(chosen.seed)
    with tempfile.TemporaryDirectory(prefix="broadsheet-drill-") as temporary:
        empty = Path(temporary) / "empty"
        (empty / "pictures").mkdir(parents=True)
        for number in range(0, 30, 2):
            Image.new("RGB", (64, 48), (number * 8, 80, 120)).save(
                empty / "pictures" / f"{number}.jpg"
            )
        done(run(empty, "migrate"))
        results = []
        for name in chosen.formats or FORMATS:
            folder = Path(temporary) / name
            folder.mkdir()
            results.append(drill(name, folder, empty, chosen.stories, chance))
            shutil.rmtree(folder)
    sys.exit(not all(results))


if __name__ == "__main__":
    main()
