"""The sub-commands, and what they share."""

import sys

import click
from rich.console import Console

console = Console(stderr=True)


def start_django() -> None:
    """Set Django up, or stop with every fault of the options."""
    from broadsheet.config.options import OptionsError

    try:
        import django

        django.setup()
    except OptionsError as error:
        click.secho("The paper can't start. Mend this first:", fg="red", err=True)
        for fault in error.faults:
            click.echo(f"  - {fault}", err=True)
        sys.exit(2)


def need_migrated() -> None:
    """Stop, in words, unless the paper's database answers and is up to date."""
    from broadsheet.config.commands.check import unmigrated

    if said := unmigrated():
        click.secho(said, fg="red", err=True)
        sys.exit(2)
