"""``broadsheet backup`` and ``broadsheet restore``: the whole paper kept elsewhere, and back."""

import sys
from datetime import UTC, datetime
from pathlib import Path

import click

from broadsheet.config.commands import read_options


def _size(files: dict[str, int]) -> str:
    return f"{len(files):,} files, {sum(files.values()) / 1e6:,.1f} MB"


def _tell_missing(missing: list[str]) -> None:
    if missing:
        click.secho("Not in it:", fg="red", err=True)
        for one in missing:
            click.echo(f"  - {one}", err=True)
        sys.exit(3)


@click.command("backup")
@click.argument("folder", type=click.Path(path_type=Path))
def command(folder: Path) -> None:
    """Write the whole paper to FOLDER, while it runs.

    The database, the readings and those that still wait to be counted, pictures and documents, the
    secret key and what else is in the paper's folder, as they are at one moment. FOLDER must not be
    there yet, or be empty; it appears when the backup is complete. Whoever has it has every reader's
    data and can sign in as anybody: keep it where only you get at it.

    On PostgreSQL this runs pg_dump. Status: 0, or 3 when something is kept elsewhere and must be
    backed up there, which is named then.
    """
    from broadsheet.config import backup

    try:
        made = backup.take(folder, read_options(), now=datetime.now(UTC))
    except backup.BackupError as error:
        raise click.ClickException(f"{error}.") from error
    click.echo(f"{made.folder} has the whole paper: {_size(made.files)}.")
    _tell_missing(made.missing)


@click.command("restore")
@click.argument("folder", type=click.Path(path_type=Path, exists=True, file_okay=False))
def restore_command(folder: Path) -> None:
    """Make a paper from the backup in FOLDER.

    PAPER_DIR must have no paper yet, and a PostgreSQL that DATABASE_URL names must be empty: nothing
    that is there is written over. Each file is compared with what was written first.
    """
    from broadsheet.config import backup

    options = read_options()
    try:
        made = backup.restore(folder, options)
    except backup.BackupError as error:
        raise click.ClickException(f"{error}.") from error
    click.echo(f"{options.paper_dir} has the paper again: {_size(made.files)}.")
    click.echo("Next: broadsheet migrate, broadsheet check, broadsheet serve.")
    _tell_missing(made.missing)
