"""``broadsheet export``: the whole paper, taken out."""

import sys
from pathlib import Path

import click
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from broadsheet.config.commands import console, need_migrated, start_django


@click.command("export")
@click.argument("archive", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--force", is_flag=True, help="Replace an archive that is there already.")
def command(archive: Path, force: bool) -> None:
    """Write the whole paper to ARCHIVE, a zip file of JSON lines and pictures.

    Stories with drafts, corrections and the days they were revised, sections, topics, authors,
    pictures, old addresses, the front page. No accounts of readers or staff, no passwords, no keys:
    readers' data has ways of its own.

    `broadsheet import paper ARCHIVE` into an empty paper gives the same paper again.
    docs/migrating/export.md says what every line means.

    Status: 0, or 3 when files of pictures or documents are gone, which are named then.
    """
    if archive.exists() and not force:
        click.secho(f"{archive} is there already; --force replaces it.", fg="red", err=True)
        sys.exit(2)
    start_django()
    need_migrated()
    from django.utils import timezone

    from broadsheet.archive.exporting import export

    lost: list[str] = []
    with Progress(
        SpinnerColumn(),
        TextColumn("{task.fields[said]}"),
        TimeElapsedColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    ) as shown:
        task = shown.add_task("", total=None, said="Writing…")
        try:
            stories = export(
                archive,
                now=timezone.now(),
                progress=lambda what, count: shown.update(task, said=f"{count:,} {what}"),
                lost=lost.append,
            )
        except OSError as error:
            click.secho(f"{archive} can't be written ({error.strerror}).", fg="red", err=True)
            sys.exit(2)
    click.echo(f"{stories} stories written to {archive}.")
    if lost:
        click.secho(f"Not in it, gone from the paper's media: {len(lost)}", fg="red", err=True)
        for name in lost:
            click.echo(f"  - {name}", err=True)
        sys.exit(3)
