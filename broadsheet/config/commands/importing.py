"""``broadsheet import``: what a newsroom has, brought in."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, Self
from zoneinfo import ZoneInfo, available_timezones

import click
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from broadsheet.config.commands import console, need_migrated, start_django

SHOWN = 20  # refusals and warnings on the screen; the report file has all


@click.group("import")
def command() -> None:
    """Bring in what a newsroom has: stories, or a whole paper.

    Safe to run again: nothing comes in twice, and a story edited here is never overwritten.
    """


def _zone(_: click.Context, __: click.Parameter, value: str | None) -> str | None:
    if value is not None and value not in available_timezones():
        raise click.BadParameter(f"no time zone is called {value!r}; write it as in Asia/Kolkata")
    return value


@command.command("stories")
@click.argument(
    "files", metavar="FILE...", nargs=-1, required=True, type=click.Path(path_type=Path)
)
@click.option(
    "--from",
    "name",
    type=click.Choice(
        ["wordpress", "ghost", "ninjs", "newsml-g2", "nitf", "rss", "ans", "broadsheet"]
    ),
    help="The format. Guessed from each file when not given.",
)
@click.option("--dry-run", is_flag=True, help="Read and report, change nothing.")
@click.option(
    "--report",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write the whole report as JSON.",
)
@click.option(
    "--pictures",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="A folder with the pictures, as in wp-content/uploads.",
)
@click.option("--fetch-pictures", is_flag=True, help="Fetch pictures from their old addresses.")
@click.option("--pages", is_flag=True, help="Bring in a site's pages too, as in “About us”.")
@click.option(
    "--section", default="", help="The section of stories that come without one [Archive]."
)
@click.option(
    "--site",
    default="",
    help="The former site's address, where the file doesn't name it, as in https://old.example.",
)
@click.option(
    "--time-zone", callback=_zone, help="The zone of moments that name none [the paper's own]."
)
def stories(  # noqa: PLR0917  # click gives what the options name
    files: tuple[Path, ...],
    name: str | None,
    dry_run: bool,
    report: Path | None,
    pictures: Path | None,
    fetch_pictures: bool,
    pages: bool,
    site: str,
    section: str,
    time_zone: str | None,
) -> None:
    """Bring stories in from files or folders, plain, gzip or zip.

    \b
    broadsheet import stories export.xml --dry-run      what would come in?
    broadsheet import stories export.xml --pictures wp-content/uploads
    broadsheet import stories nitf-2004/ --time-zone America/New_York

    Status: 0 when nothing was refused, 3 when something was, 2 when a file can't be used. Stopped
    half-way, run it again: it goes on where it ended. docs/migrating/ has a page to each format.
    """
    _checked_report(report)
    start_django()
    from django.conf import settings
    from django.utils import timezone

    from broadsheet.archive import actions, restoring
    from broadsheet.archive.pictures import Folder, Pictures
    from broadsheet.archive.reports import Report
    from broadsheet.press.importers import fetching, formats
    from broadsheet.press.importers.records import UnusableError, Wishes

    need_migrated()
    told = Report()
    try:
        if name == "broadsheet" or (
            name is None and len(files) == 1 and restoring.is_ours(files[0])
        ):
            if len(files) != 1:
                raise UnusableError("Give one archive at a time.")
            _restore(files[0], told, dry_run=dry_run)
            _finish(told, report, dry_run=dry_run)
        finders: list[Callable[[str], bytes | None]] = []
        if pictures:
            finders.append(Folder(pictures))
        if fetch_pictures:
            finders.append(fetching.Fetcher())
        wishes = Wishes(zone=ZoneInfo(time_zone or settings.TIME_ZONE), pages=pages, site=site)
        items = formats.read(list(files), wishes, name)
        with _Shown(dry_run) as shown:
            actions.import_stories(
                items,
                now=timezone.now(),
                report=told,
                pictures=Pictures([] if dry_run else finders, told),
                section=section,
                files=[str(file) for file in files],
                dry_run=dry_run,
                progress=shown,
            )
    except UnusableError as error:
        click.secho(str(error), fg="red", err=True)
        sys.exit(2)
    _finish(told, report, dry_run=dry_run)


@command.command("paper")
@click.argument("archive", type=click.Path(path_type=Path))
@click.option("--dry-run", is_flag=True, help="Read and report, change nothing.")
@click.option(
    "--report",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write the whole report as JSON.",
)
def paper(archive: Path, dry_run: bool, report: Path | None) -> None:
    """Bring a whole paper in from ARCHIVE, as `broadsheet export` wrote it.

    Into an empty paper it gives the same paper. What is there already is left as it is, so it is
    safe to run again. Status as of `broadsheet import stories`.
    """
    _checked_report(report)
    start_django()
    from broadsheet.archive.reports import Report
    from broadsheet.press.importers.records import UnusableError

    need_migrated()
    told = Report()
    try:
        _restore(archive, told, dry_run=dry_run)
    except UnusableError as error:
        click.secho(str(error), fg="red", err=True)
        sys.exit(2)
    _finish(told, report, dry_run=dry_run)


def _restore(archive: Path, told: Any, *, dry_run: bool) -> None:
    from django.utils import timezone

    from broadsheet.archive import restoring

    with _Shown(dry_run) as shown:
        restoring.restore(archive, report=told, now=timezone.now(), dry_run=dry_run, progress=shown)


def _checked_report(report: Path | None) -> None:
    if report is not None and not report.parent.is_dir():
        click.secho(f"--report: the folder {report.parent} is not there.", fg="red", err=True)
        sys.exit(2)


class _Shown:
    """A line on the screen that says how far a run has come."""

    def __init__(self, dry_run: bool) -> None:
        self._word = "would come in" if dry_run else "imported"
        self._progress = Progress(
            SpinnerColumn(),
            TextColumn("{task.fields[said]}"),
            TimeElapsedColumn(),
            console=console,
            transient=True,
            disable=not console.is_terminal,
        )
        self._task = self._progress.add_task("", total=None, said="Reading…")

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def __call__(self, report: Any) -> None:
        said = (
            f"{report.read:,} read, {report.imported:,} {self._word}, "
            f"{report.already_there:,} already there, {report.refused:,} refused"
        )
        self._progress.update(self._task, said=said)


def _finish(told: Any, report: Path | None, *, dry_run: bool) -> None:
    """Show the report, write it, and end with its status."""
    word = "would come in" if dry_run else "imported"
    click.echo(
        f"{told.read} read: {told.imported} {word}, {told.already_there} already there, "
        f"{told.refused} refused."
    )
    for number, one in enumerate(told.refusals()):
        if number == SHOWN:
            click.echo(f"  … and {told.refused - SHOWN} more; --report FILE keeps all of them.")
            break
        click.secho(f"  refused: {one['place']}: {one['reason']}", fg="red")
    warnings = told.warnings()
    for one in warnings[:SHOWN]:
        where = f" ({one['count']} times, first: {one['places'][0]})" if one["count"] > 1 else ""
        where = where or (f" ({one['places'][0]})" if one["places"][0] else "")
        click.echo(f"  note: {one['reason']}{where}")
    if len(warnings) > SHOWN:
        click.echo(
            f"  … and {len(warnings) - SHOWN} more kinds of notes; --report FILE keeps them."
        )
    if report is not None:
        try:
            told.write(report)
        except OSError as error:
            click.secho(
                f"--report: {report} can't be written ({error.strerror}).", fg="red", err=True
            )
            sys.exit(2)
    sys.exit(3 if told.refused else 0)
