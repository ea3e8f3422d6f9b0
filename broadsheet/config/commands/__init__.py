"""The sub-commands, and what they share."""

import os
import sys
from typing import TYPE_CHECKING, NoReturn

import click
from rich.console import Console

if TYPE_CHECKING:
    from broadsheet.config.options import Options

console = Console(stderr=True)


def read_options() -> "Options":
    """Read the options, or stop with every fault of them."""
    from broadsheet.config.options import OptionsError, load

    try:
        return load()
    except OptionsError as error:
        _stop(error.faults)


def _stop(faults: list[str]) -> NoReturn:
    from broadsheet.config.faults import lookalikes
    from broadsheet.config.options import Options

    click.secho("The paper can't start. Fix this first:", fg="red", err=True)
    for fault in [*faults, *lookalikes(os.environ, Options.model_fields)]:
        click.echo(f"  - {fault}", err=True)
    sys.exit(2)


def start_django() -> None:
    """Set Django up, or stop with every fault of the options."""
    from broadsheet.config.options import OptionsError

    try:
        import django

        django.setup()
    except OptionsError as error:
        _stop(error.faults)


def need_migrated() -> None:
    """Stop, in words, unless the paper's database answers and is up to date."""
    from broadsheet.config.commands.check import unmigrated

    if said := unmigrated():
        click.secho(said, fg="red", err=True)
        sys.exit(2)
