"""``broadsheet check addresses``: which old addresses don't answer."""

import sys
from pathlib import Path

import click

from broadsheet.config.commands import need_migrated, start_django

SHOWN = 50


@click.command("addresses")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option(
    "--report",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write those that don't answer, one a line.",
)
def command(file: Path, report: Path | None) -> None:
    """Tell which old addresses don't answer.

    FILE is a list, one address a line, or a sitemap (or an index of sitemaps beside it), plain or
    gzip: take the former site's before it goes. Nothing is fetched.

    Status: 0 when all answer, 3 when some don't, 2 when the file can't be used.
    """
    start_django()
    need_migrated()
    from broadsheet.archive.checking import check
    from broadsheet.press.importers.records import UnusableError

    try:
        found = check(file)
    except UnusableError as error:
        click.secho(str(error), fg="red", err=True)
        sys.exit(2)
    click.echo(
        f"{found.read} addresses: {found.live} are pages of the paper, {found.redirected} lead to one, "
        f"{found.gone} are gone, {len(found.missing)} don't answer."
    )
    for address in found.missing[:SHOWN]:
        click.secho(f"  {address}", fg="red")
    if len(found.missing) > SHOWN:
        click.echo(f"  … and {len(found.missing) - SHOWN} more; --report FILE keeps all of them.")
    if report is not None:
        try:
            report.write_text("".join(f"{one}\n" for one in found.missing), encoding="utf-8")
        except OSError as error:
            click.secho(
                f"--report: {report} can't be written ({error.strerror}).", fg="red", err=True
            )
            sys.exit(2)
    sys.exit(3 if found.missing else 0)
