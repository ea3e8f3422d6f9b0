"""Prepare the demo paper: `make prepare`.

Makes the paper of broadsheet/demo in an empty database, with its pictures in every size, and packs
it into broadsheet/demo/prepared. Sizes that are packed already and whose picture has not changed
are taken from there, so that only the first time is slow. Run it after a change to a story, a
picture or a migration; the drawings themselves are made by tools/draw_pictures.py.
"""

import json
import os
import random
import shutil
import sys
import tempfile
import uuid
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from broadsheet.demo import prepared

# The moment that the paper's clock stands at when it is packed: the day of its newest story.
PACKED_AT = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


def predictable() -> None:
    """Let numbers that are drawn by lot come out the same each time, for packages that don't change
    without cause. None of them guards anything.
    """
    dice = random.Random(1887)
    uuid.uuid4 = lambda: uuid.UUID(int=dice.getrandbits(128), version=4)


def options(folder: Path) -> None:
    """Set the paper's options; those of whoever prepares it don't count."""
    from broadsheet.config.options import Options
    from broadsheet.demo.paper_options import of_demo

    for name in Options.model_fields:
        os.environ.pop(name.upper(), None)
    os.environ.pop("BROADSHEET_FILE", None)
    os.environ["PAPER_DIR"] = str(folder)
    os.environ["SECRET_KEY"] = "of no consequence, for nothing that is packed is signed with it"
    (folder / "broadsheet.toml").write_text(of_demo(), encoding="utf-8")


def known_passwords() -> None:
    """Hash the demo's passwords with salts that stay the same."""
    from django.contrib.auth.hashers import get_hasher

    from broadsheet.demo import paper
    from broadsheet.readers.models import Reader

    told = paper.description()
    for who in ("reader", "editor"):
        person = told[who]
        hashed = get_hasher().encode(person["password"], f"demo paper {who}")
        Reader.objects.filter(email=person["email"]).update(password=hashed)


def wanted_renditions() -> dict[int, list[str]]:
    """Return number of a picture → the filters of all sizes it is printed in."""
    from broadsheet.newsroom import renditions
    from broadsheet.newsroom.models import Picture, StoryPage

    uses: dict[int, dict[renditions.Use, None]] = {}
    for story in StoryPage.objects.live():
        for number, those in renditions.of_story(story).items():
            uses.setdefault(number, {}).update(dict.fromkeys(those))
    widths = dict(Picture.objects.values_list("pk", "width"))
    return {number: renditions.specs(those, width=widths[number]) for number, those in uses.items()}


def take_over(media: Path, packed: dict[str, Any]) -> int:
    """Take renditions that are packed already; return how many."""
    from broadsheet.newsroom.models import Picture, Rendition

    wanted = wanted_renditions()
    taken = 0
    for picture in Picture.objects.filter(pk__in=wanted):
        name = Path(picture.file.name).name
        before = packed.get("renditions", {}).get(name)
        if not before or before["digest"] != prepared.digest(prepared.PICTURES / name):
            continue
        for one in before["made"]:
            file = prepared.FOLDER / "media" / one["file"]
            if one["spec"] not in wanted[picture.pk] or not file.exists():
                continue
            target = media / one["file"]
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(file, target)
            Rendition.objects.create(
                image=picture,
                filter_spec=one["spec"],
                focal_point_key=one["key"],
                file=one["file"],
                width=one["width"],
                height=one["height"],
            )
            taken += 1
    return taken


def make_the_rest() -> None:
    from rich.progress import track

    from broadsheet.newsroom import renditions
    from broadsheet.newsroom.models import Picture, StoryPage

    stories = list(StoryPage.objects.live())
    for story in track(stories, description="Pictures in every size"):
        uses = renditions.of_story(story)
        for number, picture in Picture.objects.in_bulk(uses).items():
            renditions.make(picture, uses[number])


def made_renditions() -> dict[str, Any]:
    from broadsheet.newsroom.models import Picture

    told = {}
    for picture in Picture.objects.prefetch_related("renditions").order_by("pk"):
        name = Path(picture.file.name).name
        made = [
            {
                "spec": one.filter_spec,
                "key": one.focal_point_key,
                "file": one.file.name,
                "width": one.width,
                "height": one.height,
            }
            for one in picture.renditions.order_by("filter_spec")
        ]
        told[name] = {"digest": prepared.digest(prepared.PICTURES / name), "made": made}
    return told


def pack(folder: Path) -> None:
    """Write the prepared paper from a paper's folder."""
    import brotli
    from django.db import connection

    told = {
        "fingerprint": prepared.fingerprint(),
        "pictures": {
            file.name: prepared.digest(file) for file in sorted(prepared.PICTURES.glob("*.avif"))
        },
        "renditions": made_renditions(),
    }
    small = folder / "packed.sqlite3"
    with connection.cursor() as cursor:
        cursor.execute("VACUUM INTO %s", [str(small)])
    connection.close()

    into = prepared.FOLDER
    media = folder / "media"
    kept = sorted(file for file in media.rglob("*") if file.is_file())
    kept = [file for file in kept if file.parent.name != "original_images"]
    shutil.rmtree(into, ignore_errors=True)
    into.mkdir()
    database = into / "paper.sqlite3.br"
    database.write_bytes(brotli.compress(small.read_bytes(), quality=11, lgwin=24))
    for file in kept:
        target = into / "media" / file.relative_to(media)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(file, target)
    told["database"] = prepared.digest(database)
    told["media"] = {file.relative_to(media).as_posix(): prepared.digest(file) for file in kept}
    (into / "manifest.json").write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
    size = sum(file.stat().st_size for file in into.rglob("*") if file.is_file())
    size += sum(file.stat().st_size for file in prepared.PICTURES.glob("*.avif"))
    print(
        f"Packed {len(kept)} pictures' sizes and a database of {small.stat().st_size / 1e6:.1f} MB "
        f"({database.stat().st_size / 1e6:.1f} MB packed); {size / 1e6:.1f} MB in all."
    )


def main() -> None:
    import time_machine

    predictable()
    folder = Path(tempfile.mkdtemp(prefix="broadsheet-prepare-"))
    try:
        options(folder)
        os.environ["DJANGO_SETTINGS_MODULE"] = "broadsheet.config.settings"
        import django

        django.setup()
        from django.core.management import call_command
        from django_tasks_db.models import DBTaskResult

        from broadsheet.demo import paper

        try:
            packed = prepared.manifest()
        except prepared.PreparedError:
            packed = {}

        def at(moment: datetime) -> time_machine.travel:
            return time_machine.travel(moment.astimezone(UTC), tick=False)

        with at(PACKED_AT):
            call_command("migrate", verbosity=0, interactive=False)
            paper.make(at=at)
            known_passwords()
            taken = take_over(folder / "media", packed)
        print(f"{taken} sizes of pictures are packed already.")
        make_the_rest()
        # What was put off until there is somebody to do it has been done here, or comes out of
        # what is packed.
        DBTaskResult.objects.all().delete()
        pack(folder)
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    if os.environ.get("PYTHONHASHSEED") != "0":
        # Sets come in another order in each process unless this stands when it starts.
        os.execve(
            sys.executable, [sys.executable, *sys.argv], {**os.environ, "PYTHONHASHSEED": "0"}
        )
    main()
